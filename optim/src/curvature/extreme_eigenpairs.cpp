#include "hesse/optim/curvature/extreme_eigenpairs.hpp"

#include "../options.hpp"
#include "hesse/optim/curvature/basis.hpp"
#include "hesse/optim/curvature/symmetry.hpp"
#include "hesse/optim/random.hpp"

#include <Eigen/Eigenvalues>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace hesse {
namespace {

using Eigen::MatrixXd;

constexpr double eps = std::numeric_limits<double>::epsilon();

void check(const EigenpairOptions& options, const char* function) {
    require_not_negative(function, "tolerance", options.tolerance);
    require_not_negative(function, "precision", options.precision);
    // Two for the symmetry, one step, and one residual for each end.
    require_at_least(function, "max_products", options.max_products, options.check_symmetry ? 5 : 3);
}

/// Lanczos with thick restarts. The projected matrix P = V'AV is kept whole: full orthogonalisation yields
/// its columns anyway, and a restart, which makes it an arrow, needs no special case.
class ThickRestart {
public:
    ThickRestart(const char* function, OperatorRef a, const EigenpairOptions& options, bool lowest,
                 bool highest)
        : function_(function),
          a_(a),
          options_(options),
          space_(a.rows()),
          v_(space_),
          capacity_(columns(a.rows(), options.memory)),
          wanted_{lowest, highest},
          w_(static_cast<std::size_t>(a.rows())),
          p_(MatrixXd::Zero(capacity_, capacity_)) {}

    /// Runs until the wanted ends have converged, or max_steps products are spent.
    void run(RandomGenerator& random, Index max_steps) {
        random.unit_vector(space_, w_.data());
        v_.append(w_.data(), 1.0);
        for (Index next_check = 5; products_ < max_steps;) {
            const double beta = extend();
            const bool full = v_.columns() == capacity_;
            const bool invariant = beta <= rounding() || v_.columns() == space_.dimension();
            if (invariant || full || products_ >= next_check || products_ == max_steps) {
                decompose(beta);
                if (invariant || converged() || products_ == max_steps) return;
                // The decomposition costs columns^3, which must not outgrow the products.
                next_check = products_ + std::max<Index>(1, v_.columns() / 8);
                if (full) restart();
            }
            v_.append(w_.data(), beta);
        }
    }

    Index products() const { return products_; }

    /// One product: what y is worth as an eigenvector.
    EigenvalueEstimate measure(bool highest, double* y) {
        const MatrixXd& s = solver_.eigenvectors();
        const Index column = highest ? s.cols() - 1 : 0;
        v_.expand(0, s.rows(), s.col(column).data(), y);
        space_.scale(1.0 / space_.norm(y), y);
        apply(y);
        EigenvalueEstimate estimate;
        estimate.value = space_.dot(y, w_.data());
        space_.add(-estimate.value, y, w_.data());
        estimate.residual = space_.norm(w_.data());
        estimate.error_bound = estimate.residual + rounding();
        estimate.converged = estimate.residual <= allowed(estimate.value);
        return estimate;
    }

private:
    static Index columns(Index n, std::size_t memory) {
        const auto affordable = static_cast<Index>(memory / (sizeof(double) * static_cast<std::size_t>(n)));
        return std::min(n, std::clamp<Index>(affordable, 8, 100));
    }

    void apply(const double* in) {
        ++products_;
        a_.apply(in, w_.data());
        if (!space_.all_finite(w_.data()))
            throw std::invalid_argument(
                fmt::format("{}: product {} of the operator is not finite", function_, products_));
    }

    /// The product with the last column, its coefficients into P, the rest into w. Returns the rest's norm.
    double extend() {
        const Index j = v_.columns() - 1;
        apply(v_[j]);
        const double beta = v_.orthogonalize(w_.data(), coefficients_);
        for (Index i = 0; i <= j; ++i) p_(i, j) = p_(j, i) = coefficients_[static_cast<std::size_t>(i)];
        norm_ = std::max(norm_, p_.col(j).head(j + 1).cwiseAbs().maxCoeff());
        return beta;
    }

    void decompose(double beta) {
        const Index k = v_.columns();
        solver_.compute(p_.topLeftCorner(k, k));
        norm_ = std::max(norm_, solver_.eigenvalues().cwiseAbs().maxCoeff());
        residuals_ = beta * solver_.eigenvectors().row(k - 1).transpose().cwiseAbs();
    }

    double rounding() const {
        return 10.0 * options_.precision * norm_ * std::sqrt(static_cast<double>(space_.dimension()));
    }

    double allowed(double value) const {
        const double relative =
            options_.tolerance * std::max(std::abs(value), std::pow(eps, 2.0 / 3.0) * norm_);
        return std::max(relative, rounding());
    }

    bool converged() const {
        const auto good = [&](Index i) { return residuals_[i] <= allowed(solver_.eigenvalues()[i]); };
        return (!wanted_.lowest || good(0)) && (!wanted_.highest || good(residuals_.size() - 1));
    }

    /// V <- the Ritz vectors nearest to the wanted ends. What is left in w is orthogonal to them and comes
    /// next; its product fills the arrow's border.
    void restart() {
        const Index k = v_.columns();
        const Index kept = 3 * k / 5;
        const Index low = wanted_.lowest ? (wanted_.highest ? kept / 2 : kept) : 0;
        const MatrixXd& all = solver_.eigenvectors();
        MatrixXd s(k, kept);
        s << all.leftCols(low), all.rightCols(kept - low);
        p_.setZero();
        p_.diagonal().head(low) = solver_.eigenvalues().head(low);
        p_.diagonal().segment(low, kept - low) = solver_.eigenvalues().tail(kept - low);
        v_.rotate(s.data(), kept);
    }

    struct Wanted {
        bool lowest, highest;
    };

    const char* function_;
    OperatorRef a_;
    const EigenpairOptions& options_;
    VectorSpace space_;
    Basis v_;
    Index capacity_;
    Wanted wanted_;
    Buffer w_;
    MatrixXd p_;
    Eigen::SelfAdjointEigenSolver<MatrixXd> solver_;
    Eigen::VectorXd residuals_;
    std::vector<double> coefficients_;
    double norm_ = 0.0;
    Index products_ = 0;
};

}  // namespace

ExtremeEigenvalues extreme_eigenvalues(OperatorRef a, const EigenpairOptions& options, double* lowest_vector,
                                       double* highest_vector, const char* function) {
    check(options, function);
    if (a.rows() < 1)
        throw std::invalid_argument(
            fmt::format("{}: the operator has {} rows, expected at least 1", function, a.rows()));
    RandomGenerator random(options.seed);
    ExtremeEigenvalues found;
    if (options.check_symmetry) {
        require_symmetric(function, a, random, options.precision);
        found.products = 2;
    }
    ThickRestart lanczos(function, a, options, lowest_vector != nullptr, highest_vector != nullptr);
    const Index reserved = (lowest_vector != nullptr) + (highest_vector != nullptr);
    lanczos.run(random, options.max_products - found.products - reserved);
    if (lowest_vector != nullptr) found.lowest = lanczos.measure(false, lowest_vector);
    if (highest_vector != nullptr) found.highest = lanczos.measure(true, highest_vector);
    found.products += lanczos.products();
    return found;
}

}  // namespace hesse
