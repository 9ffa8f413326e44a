#include "hesse/optim/curvature/lobpcg.hpp"

#include "../options.hpp"
#include "hesse/optim/curvature/symmetry.hpp"
#include "hesse/optim/random.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <vector>

namespace hesse {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr const char* function = "lobpcg";
constexpr double eps = std::numeric_limits<double>::epsilon();

/// Columns and their products with A.
struct Block {
    MatrixXd v, av;

    [[nodiscard]] Index cols() const { return v.cols(); }
    void subtract(const Block& other, const MatrixXd& c) {
        v.noalias() -= other.v * c;
        if (av.cols() > 0) av.noalias() -= other.av * c;
    }
    void subtract(Index from, Index to, double c) {
        v.col(to) -= c * v.col(from);
        if (av.cols() > 0) av.col(to) -= c * av.col(from);
    }
    void scale(Index j, double c) {
        v.col(j) *= c;
        if (av.cols() > 0) av.col(j) *= c;
    }
    void move(Index from, Index to) {
        if (from == to) return;
        v.col(to) = v.col(from);
        if (av.cols() > 0) av.col(to) = av.col(from);
    }
    void keep(Index count) {
        v.conservativeResize(Eigen::NoChange, count);
        if (av.cols() > 0) av.conservativeResize(Eigen::NoChange, count);
    }
};

/// Makes the columns of y orthonormal, and orthogonal to the others, which are orthonormal. Those of which less than
/// `least` of their length is left are dropped.
void orthonormalize(Block& y, const std::vector<const Block*>& others, double least) {
    for (Index j = 0; j < y.cols(); ++j) {
        const double length = y.v.col(j).norm();
        if (length > 0.0) y.scale(j, 1.0 / length);
    }
    for (int pass = 0; pass < 2; ++pass)
        for (const Block* other : others)
            if (other->cols() > 0 && y.cols() > 0) y.subtract(*other, other->v.transpose() * y.v);
    Index kept = 0;
    for (Index j = 0; j < y.cols(); ++j) {
        for (int pass = 0; pass < 2; ++pass)
            for (Index i = 0; i < kept; ++i) y.subtract(i, j, y.v.col(i).dot(y.v.col(j)));
        const double left = y.v.col(j).norm();
        if (!(left > least)) continue;
        y.scale(j, 1.0 / left);
        y.move(j, kept++);
    }
    y.keep(kept);
    // What was subtracted within may have brought back a part of the others.
    for (const Block* other : others)
        if (other->cols() > 0 && y.cols() > 0) y.subtract(*other, other->v.transpose() * y.v);
    for (Index j = 0; j < y.cols(); ++j) y.scale(j, 1.0 / y.v.col(j).norm());
}

class Iteration {
public:
    Iteration(OperatorRef a, OperatorRef t, const LobpcgOptions& options)
        : a_(a),
          t_(t),
          options_(options),
          random_(options.seed),
          n_(a.rows()),
          sign_(options.highest ? -1.0 : 1.0) {
        constraints_.v = options.constraints.matrix();
        block_ = std::min(options.count + options.guard, n_ - constraints_.cols());
        p_ = {MatrixXd(n_, 0), MatrixXd(n_, 0)};
    }

    LobpcgResult run() {
        if (options_.check_symmetry) {
            require_symmetric(function, a_, random_, options_.precision);
            require_symmetric("lobpcg, preconditioner", t_, random_, options_.precision);
            result_.products = result_.preconditioner_products = 2;
        }
        begin();
        for (;; ++result_.iterations) {
            std::vector<Index> active = residuals();
            if (converged_) {
                if (confirmed()) break;
                active = residuals();
            }
            if (result_.products + static_cast<Index>(active.size()) + options_.count > options_.max_products)
                break;
            if (stalls(active)) break;
            if (!step(active)) break;
        }
        finish();
        return std::move(result_);
    }

private:
    [[nodiscard]] double rounding() const {
        return 10.0 * options_.precision * norm_ * std::sqrt(static_cast<double>(n_));
    }
    [[nodiscard]] double allowed(double value) const {
        const double relative =
            options_.tolerance * std::max(std::abs(value), std::pow(eps, 2.0 / 3.0) * norm_);
        return std::max({relative, options_.norm_tolerance * norm_, rounding()});
    }

    MatrixXd multiply(const MatrixXd& v) {
        MatrixXd product(n_, v.cols());
        if (v.cols() == 0) return product;
        a_.apply_block(v.data(), v.cols(), product.data());
        result_.products += v.cols();
        if (!product.allFinite())
            throw std::invalid_argument(
                fmt::format("{}: one of the first {} products of the operator is not finite", function,
                            result_.products));
        return sign_ * product;
    }

    void begin() {
        x_.v.resize(n_, block_);
        const Index given = std::min(options_.start.cols(), block_);
        for (Index j = 0; j < block_; ++j) {
            if (j < given) x_.v.col(j) = options_.start.col(j);
            else random_.unit_vector(VectorSpace(n_), x_.v.col(j).data());
        }
        orthonormalize(x_, {&constraints_}, 1e-8);
        while (x_.cols() < block_) {  // those given were dependent
            Block more{MatrixXd(n_, block_ - x_.cols()), {}};
            for (Index j = 0; j < more.cols(); ++j)
                random_.unit_vector(VectorSpace(n_), more.v.col(j).data());
            orthonormalize(more, {&constraints_, &x_}, 1e-8);
            MatrixXd all(n_, x_.cols() + more.cols());
            all << x_.v, more.v;
            x_.v = all;
        }
        x_.av = multiply(x_.v);
        rayleigh_ritz({&x_});
    }

    /// X becomes the Ritz vectors in the space of the blocks, X the first of them; P what they have that was not in X.
    void rayleigh_ritz(const std::vector<const Block*>& blocks) {
        Index size = 0;
        for (const Block* block : blocks) size += block->cols();
        MatrixXd v(n_, size), av(n_, size);
        Index first = 0;
        for (const Block* block : blocks) {
            v.middleCols(first, block->cols()) = block->v;
            av.middleCols(first, block->cols()) = block->av;
            first += block->cols();
        }
        MatrixXd projected = v.transpose() * av;
        projected = (0.5 * (projected + projected.transpose())).eval();
        const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(projected);
        values_ = solver.eigenvalues().head(block_);
        norm_ = std::max(norm_, solver.eigenvalues().cwiseAbs().maxCoeff());
        const MatrixXd z = solver.eigenvectors().leftCols(block_);
        const Index others = size - x_.cols();
        if (others > 0) {
            p_.v = v.rightCols(others) * z.bottomRows(others);
            p_.av = av.rightCols(others) * z.bottomRows(others);
        }
        x_.v = (v * z).eval();
        x_.av = (av * z).eval();
        // Rounding would add up otherwise.
        orthonormalize(x_, {}, 0.5);
    }

    /// R = AX - X theta. Returns the columns that have not converged.
    std::vector<Index> residuals() {
        residual_ = x_.av - x_.v * values_.asDiagonal();
        // Parts along the constraints belong to these.
        if (constraints_.cols() > 0)
            residual_ -= constraints_.v * (constraints_.v.transpose() * residual_).eval();
        std::vector<Index> active;
        converged_ = true;
        for (Index j = 0; j < block_; ++j) {
            if (residual_.col(j).norm() <= allowed(values_[j])) continue;
            active.push_back(j);
            if (j < options_.count) converged_ = false;
        }
        return active;
    }

    /// Whether the residuals wanted have not fallen for long: they are rounding then, whatever was asked. The first time, all that
    /// rounding may have spoiled is made afresh.
    bool stalls(std::vector<Index>& active) {
        const auto patience = [this](double residual) { return residual <= 1e3 * rounding() ? 40 : 200; };
        const double largest = residual_.leftCols(options_.count).colwise().norm().maxCoeff();
        if (largest < 0.9 * progress_) {
            progress_ = largest;
            progress_at_ = result_.iterations;
        }
        if (largest < best_) {
            best_ = largest;
            best_x_ = x_;
        }
        if (result_.iterations - progress_at_ < patience(best_)) return false;
        if (refreshed_ || result_.products + block_ + options_.count > options_.max_products) return true;
        refreshed_ = true;
        progress_at_ = result_.iterations;
        x_ = best_x_;
        p_ = {MatrixXd(n_, 0), MatrixXd(n_, 0)};
        x_.av = multiply(x_.v);
        active = residuals();
        return false;
    }

    /// AX is a combination of products, whose errors add up: whether the residuals hold for fresh ones.
    bool confirmed() {
        if (confirmed_at_ == result_.iterations) return true;  // fresh already, and still not better
        if (result_.products + block_ > options_.max_products) return true;
        x_.av = multiply(x_.v);
        confirmed_at_ = result_.iterations;
        residuals();
        return converged_;
    }

    bool step(const std::vector<Index>& active) {
        MatrixXd r(n_, static_cast<Index>(active.size()));
        for (std::size_t k = 0; k < active.size(); ++k)
            r.col(static_cast<Index>(k)) = residual_.col(active[k]);
        Block w{MatrixXd(n_, r.cols()), {}};
        t_.apply_block(r.data(), r.cols(), w.v.data());
        result_.preconditioner_products += r.cols();
        if (!w.v.allFinite())
            throw std::invalid_argument(
                fmt::format("{}: a product of the preconditioner is not finite", function));
        for (Index j = 0; j < r.cols(); ++j) {
            const double along = r.col(j).dot(w.v.col(j));
            if (!(along > 0.0))
                throw std::invalid_argument(
                    fmt::format("{}: the preconditioner is not positive definite: r'Tr = {:.6g} for a "
                                "residual r, expected more than 0",
                                function, along));
        }
        orthonormalize(w, {&constraints_, &x_}, 1e-10);
        w.av = multiply(w.v);
        if (p_.cols() > 0) {
            Block p{MatrixXd(n_, r.cols()), MatrixXd(n_, r.cols())};
            for (std::size_t k = 0; k < active.size(); ++k) {
                p.v.col(static_cast<Index>(k)) = p_.v.col(active[k]);
                p.av.col(static_cast<Index>(k)) = p_.av.col(active[k]);
            }
            // To the constraints P is orthogonal as a combination of columns that are.
            orthonormalize(p, {&x_, &w}, std::sqrt(eps));
            p_ = p;
        }
        if (w.cols() + p_.cols() == 0) return false;  // X spans all there is
        rayleigh_ritz({&x_, &w, &p_});
        return true;
    }

    void finish() {
        const Index count = std::min(options_.count, x_.cols());
        if (!converged_ && best_x_.cols() > 0 &&
            best_ < residual_.leftCols(count).colwise().norm().maxCoeff()) {
            x_ = best_x_;
            confirmed_at_ = -1;
        }
        // What is promised is measured.
        if (confirmed_at_ != result_.iterations) {
            const MatrixXd fresh = multiply(x_.v.leftCols(count));
            x_.av.leftCols(count) = fresh;
        }
        result_.vectors = Columns(x_.v.leftCols(count));
        for (Index j = 0; j < count; ++j) {
            EigenvalueEstimate estimate;
            const double value = x_.v.col(j).dot(x_.av.col(j));
            VectorXd r = x_.av.col(j) - value * x_.v.col(j);
            if (constraints_.cols() > 0) r -= constraints_.v * (constraints_.v.transpose() * r).eval();
            estimate.value = sign_ * value;
            estimate.residual = r.norm();
            estimate.error_bound = estimate.residual + rounding();
            estimate.converged = estimate.residual <= std::max(allowed(value), 2.0 * rounding());
            result_.values.push_back(estimate);
        }
    }

    OperatorRef a_, t_;
    const LobpcgOptions& options_;
    RandomGenerator random_;
    Index n_, block_ = 0;
    double sign_;
    Block constraints_, x_, p_;
    VectorXd values_;
    MatrixXd residual_;
    double norm_ = 0.0;
    bool converged_ = false, refreshed_ = false;
    // The largest residual wanted, at its smallest, and X there; when it last fell by a tenth.
    double best_ = std::numeric_limits<double>::infinity(), progress_ = best_;
    Block best_x_;
    Index progress_at_ = 0;
    Index confirmed_at_ = -1;
    LobpcgResult result_;
};

void check(OperatorRef a, OperatorRef t, const LobpcgOptions& options) {
    const Index n = a.rows();
    require_at_least(function, "the number of rows", n, 1);
    if (t.rows() != n)
        throw std::invalid_argument(fmt::format(
            "{}: the preconditioner has {} rows, expected the {} of the operator", function, t.rows(), n));
    require_not_negative(function, "tolerance", options.tolerance);
    require_not_negative(function, "norm_tolerance", options.norm_tolerance);
    require_not_negative(function, "precision", options.precision);
    require_at_least(function, "count", options.count, 1);
    require_at_least(function, "guard", options.guard, 0);
    for (const auto& [name, columns] :
         {std::pair{"start", &options.start}, {"constraints", &options.constraints}}) {
        if (columns->cols() == 0) continue;
        if (columns->rows() != n)
            throw std::invalid_argument(fmt::format("{}: {} has {} rows, expected the {} of the operator",
                                                    function, name, columns->rows(), n));
        if (!columns->matrix().allFinite())
            throw std::invalid_argument(
                fmt::format("{}: {} has an entry that is not finite", function, name));
    }
    if (options.count > n - options.constraints.cols())
        throw std::invalid_argument(fmt::format(
            "{}: count is {}, expected at most the {} rows of the operator without {} constraints", function,
            options.count, n, options.constraints.cols()));
    if (options.constraints.cols() > 0) {
        const auto v = options.constraints.matrix();
        const double error =
            (v.transpose() * v - MatrixXd::Identity(v.cols(), v.cols())).cwiseAbs().maxCoeff();
        if (!(error <= 1e-10))
            throw std::invalid_argument(fmt::format(
                "{}: the constraints differ from orthonormal columns by {:.3g}", function, error));
    }
    require_at_least(function, "max_products", options.max_products,
                     (options.check_symmetry ? 2 : 0) + 2 * (options.count + options.guard));
}

}  // namespace

LobpcgResult lobpcg(OperatorRef a, OperatorRef preconditioner, const LobpcgOptions& options) {
    check(a, preconditioner, options);
    return Iteration(a, preconditioner, options).run();
}

}  // namespace hesse
