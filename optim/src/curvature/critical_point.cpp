#include "hesse/optim/curvature/critical_point.hpp"

#include "../options.hpp"
#include "hesse/optim/curvature/basis.hpp"
#include "hesse/optim/curvature/lanczos.hpp"
#include "hesse/optim/curvature/random_start_bound.hpp"
#include "hesse/optim/curvature/symmetry.hpp"
#include "hesse/optim/random.hpp"

#include <Eigen/Eigenvalues>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace hesse {

void ClassifyOptions::check(const char* function) const {
    if (gradient_tolerance) require_not_negative(function, "gradient_tolerance", *gradient_tolerance);
    require_not_negative(function, "curvature_tolerance", curvature_tolerance);
    require_not_negative(function, "tolerance", tolerance);
    require_not_negative(function, "scale_tolerance", scale_tolerance);
    require_in(function, "failure_probability", failure_probability, std::numeric_limits<double>::min(), 1.0);
    require_not_negative(function, "certificate", certificate);
    require_at_least(function, "index_pairs", index_pairs, 0);
    // Two for the symmetry, one step, and one measurement at each end.
    require_at_least(function, "max_products", max_products, check_symmetry ? 5 : 3);
    if (precision) require_not_negative(function, "precision", *precision);
}

namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();

/// The kind that the numbers of a verdict amount to.
CriticalPointKind judge(const Verdict& v) {
    const double tau = v.curvature_tolerance;
    if (!(v.gradient_norm <= v.gradient_tolerance)) return CriticalPointKind::not_critical;
    if (v.lowest.value < -tau) {
        if (v.highest.value > tau) return CriticalPointKind::saddle;
        if (v.highest.value >= -tau)
            return v.highest.converged ? CriticalPointKind::degenerate : CriticalPointKind::not_minimum;
        return v.highest_bound < 0.0 ? CriticalPointKind::maximum : CriticalPointKind::not_minimum;
    }
    if (v.lowest.value > tau)
        return v.lowest_bound > 0.0 ? CriticalPointKind::minimum : CriticalPointKind::second_order_point;
    return v.lowest.converged ? CriticalPointKind::degenerate : CriticalPointKind::second_order_point;
}

class Classification {
public:
    Classification(OperatorRef hessian, const ClassifyOptions& options, double precision, double* direction)
        : hessian_(hessian),
          options_(options),
          precision_(precision),
          direction_(direction),
          space_(hessian.rows()),
          random_(options.seed),
          lanczos_(space_, columns(hessian.rows(), options), {.precision = precision}),
          bound_(hessian.rows(), options.failure_probability),
          product_(static_cast<std::size_t>(hessian.rows())) {}

    /// Fills in all of the verdict that belongs to the Hessian.
    void run(Verdict& verdict) {
        if (options_.check_symmetry) {
            require_symmetric("classify", hessian_, random_, precision_);
            other_products_ = 2;
        }
        explore();
        measure_ends(verdict);
        if (!verdict.lowest.converged || !verdict.highest.converged) improve(verdict);
        verdict.dimension = space_.dimension();
        verdict.norm_estimate = norm();
        const double tau = verdict.curvature_tolerance = tolerance();
        // What rounding makes of V'V and HV is far below tau.
        verdict.index_lower_bound =
            std::count_if(projected_.begin(), projected_.end(), [tau](double value) { return value < -tau; });
        // A later run may have found negative curvature where the first saw none.
        if (verdict.lowest.value < -tau)
            verdict.index_lower_bound = std::max<Index>(verdict.index_lower_bound, 1);
        verdict.lowest_bound = std::min(lower_bound_, verdict.lowest.value);
        verdict.highest_bound = std::max(upper_bound_, verdict.highest.value);
        verdict.failure_probability =
            lanczos_.steps() == space_.dimension() ? 0.0 : options_.failure_probability;
        verdict.steps = lanczos_.steps();
        verdict.products = products();
        verdict.seed = options_.seed;
        verdict.certified = certified(verdict);
        verdict.gradient_tolerance =
            options_.gradient_tolerance.value_or(1e-8 * std::max(1.0, verdict.norm_estimate));
        verdict.kind = judge(verdict);
    }

private:
    static Index columns(Index n, const ClassifyOptions& options) {
        const auto affordable =
            static_cast<Index>(options.memory / (sizeof(double) * static_cast<std::size_t>(n)));
        // One more than the steps: the column that comes next.
        return std::max<Index>(2, std::min({std::max<Index>(8, affordable), n + 1, options.max_products}));
    }

    Index products() const { return lanczos_.products() + other_products_; }
    double norm() const { return std::max(std::abs(lowest_.value), std::abs(highest_.value)); }
    double tolerance() const {
        const double rounding = 50.0 * precision_ * std::sqrt(static_cast<double>(space_.dimension()));
        return std::max({options_.curvature_tolerance, 1e-8 * norm(), rounding * norm()});
    }

    /// The run from a random start, never restarted, until the ends are found and the kind is decided.
    void explore() {
        const Index limit = std::min(columns(space_.dimension(), options_) - 1,
                                     options_.max_products - other_products_ - 2);  // two measurements
        random_.unit_vector(space_, direction_);
        lanczos_.start(hessian_, direction_);
        for (Index next_look = 1;;) {
            const Lanczos::Step step = lanczos_.step();
            if (step == Lanczos::Step::not_finite) throw_not_finite();
            const bool last = lanczos_.steps() >= std::min(limit, space_.dimension());
            if (step == Lanczos::Step::grown && !last && lanczos_.steps() < next_look) continue;
            next_look = lanczos_.steps() + std::max<Index>(1, lanczos_.steps() / 16);

            look();
            if (step == Lanczos::Step::invariant && count_until_ == 0)
                count_until_ = lanczos_.steps() + 2 * options_.index_pairs;  // half may be positive
            if (last || (ends_found() && decided(limit) && !more_to_count())) return;
            if (step == Lanczos::Step::invariant) {
                // One start sees one vector of each eigenspace. Go on in what is left.
                random_.unit_vector(space_, direction_);
                if (!lanczos_.continue_with(direction_)) return;
            }
        }
    }

    void look() {
        lowest_ = lanczos_.lowest();
        highest_ = lanczos_.highest();
        const double error =
            bound_.error(lanczos_.steps(), lanczos_.beta().back(), highest_.value - lowest_.value);
        // The bounds of all steps hold together.
        lower_bound_ = std::max(lower_bound_, lowest_.value - error - lanczos_.rounding());
        upper_bound_ = std::min(upper_bound_, highest_.value + error + lanczos_.rounding());
    }

    bool ends_found() const {
        return lowest_.residual <= allowed_low() && highest_.residual <= allowed_high();
    }
    double allowed() const { return std::max(options_.tolerance * norm(), lanczos_.rounding()); }
    double allowed_low() const {
        return lowest_.value > tolerance() ? std::max(allowed(), 0.1 * lowest_.value) : allowed();
    }
    double allowed_high() const {
        if (highest_.value > tolerance()) return std::max(allowed(), options_.scale_tolerance * norm());
        return highest_.value < -tolerance() ? std::max(allowed(), -0.1 * highest_.value) : allowed();
    }

    /// Whether what is left to doubt is as small as it can be made within `limit` steps.
    bool decided(Index limit) const {
        const double spread = highest_.value - lowest_.value, tau = tolerance();
        const bool saddle = lowest_.value < -tau && highest_.value > tau;
        if (saddle) return true;
        const double doubt = std::max(lowest_.value - lower_bound_, upper_bound_ - highest_.value);
        double margin = options_.certificate * spread;
        const double distance = std::max(lowest_.value, -highest_.value);  // of a definite H from zero
        if (distance > tau && bound_.steps_for(distance, spread) <= limit) margin = distance;
        return doubt <= std::max(margin, 2.0 * lanczos_.rounding());
    }

    /// The promise of Verdict::certified. 1.01: the ends were Ritz values when the run was ended for it.
    bool certified(const Verdict& v) const {
        const double margin = options_.certificate * (v.highest.value - v.lowest.value);
        return v.lowest.converged &&
               (v.lowest_bound > 0.0 ||
                v.lowest.value - v.lowest_bound <= 1.01 * std::max(margin, 2.0 * lanczos_.rounding()));
    }

    /// Whether to look for more negative eigenvalues after a breakdown: an eigenvalue that occurs many times
    /// is cheap to count then.
    bool more_to_count() const {
        if (lanczos_.steps() >= count_until_) return false;
        const Index negative = lanczos_.tridiagonal().count_below(-tolerance());
        return negative > 0 && negative < options_.index_pairs;
    }

    /// The lowest Ritz vectors, measured by explicit products: the lower end, and the index. Then the upper.
    void measure_ends(Verdict& verdict) {
        const double tau = tolerance();
        const Index affordable = options_.max_products - products() - 1;
        const Index negative = lanczos_.tridiagonal().count_below(-tau);
        const Index count = std::clamp<Index>(std::min(negative, options_.index_pairs), 1, affordable);
        Basis v(space_);
        Eigen::MatrixXd projected = Eigen::MatrixXd::Zero(count, count);
        std::vector<double> coefficients;
        Buffer ritz(product_.size());
        for (const TridiagonalEigenpair& pair : lowest_eigenpairs(lanczos_.tridiagonal(), count)) {
            lanczos_.expand(pair.vector, ritz.data());
            const double length = v.orthogonalize(ritz.data(), coefficients);
            if (length < 0.5) continue;  // a copy of one before
            v.append(ritz.data(), length);
            const Index j = v.columns() - 1;
            apply(v[j]);
            for (Index i = 0; i <= j; ++i) projected(j, i) = space_.dot(v[i], product_.data());
            if (j == 0) verdict.lowest = estimate(v[0], allowed_low());
        }
        space_.copy(v[0], direction_);
        const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
            projected.topLeftCorner(v.columns(), v.columns()), Eigen::EigenvaluesOnly);
        projected_.assign(solver.eigenvalues().begin(), solver.eigenvalues().end());

        lanczos_.ritz_vector(lanczos_.steps() - 1, ritz.data());
        apply(ritz.data());
        verdict.highest = estimate(ritz.data(), allowed_high());
    }

    /// The basis was full before the ends were found: spends what is left on restarted runs for them. The
    /// probability goes on speaking of the first run, which no restart has touched.
    void improve(Verdict& verdict) {
        const Index left = options_.max_products - products();
        if (left < 3) return;
        const EigenpairOptions options{.tolerance = options_.tolerance,
                                       .max_products = left,
                                       .memory = options_.memory,
                                       .seed = random_.bits(),
                                       .precision = precision_,
                                       .check_symmetry = false};
        Buffer low(verdict.lowest.converged ? 0 : product_.size());
        Buffer high(verdict.highest.converged ? 0 : product_.size());
        const ExtremeEigenvalues found =
            extreme_eigenvalues(hessian_, options, low.empty() ? nullptr : low.data(),
                                high.empty() ? nullptr : high.data(), "classify");
        other_products_ += found.products;
        if (found.lowest.value < verdict.lowest.value) {
            verdict.lowest = found.lowest;
            lowest_.value = found.lowest.value;
            space_.copy(low.data(), direction_);
        }
        if (found.highest.value > verdict.highest.value) {
            verdict.highest = found.highest;
            highest_.value = found.highest.value;
        }
    }

    void apply(const double* in) {
        ++other_products_;
        hessian_.apply(in, product_.data());
        if (!space_.all_finite(product_.data())) throw_not_finite();
    }

    /// What y, of unit length, is worth as an eigenvector, given its product.
    EigenvalueEstimate estimate(const double* y, double allowed_residual) {
        EigenvalueEstimate found;
        found.value = space_.dot(y, product_.data());
        space_.add(-found.value, y, product_.data());
        found.residual = space_.norm(product_.data());
        found.error_bound = found.residual + lanczos_.rounding();
        found.converged = found.residual <= allowed_residual;
        return found;
    }

    [[noreturn]] void throw_not_finite() const {
        throw std::invalid_argument(
            fmt::format("classify: product {} of the Hessian is not finite", products()));
    }

    OperatorRef hessian_;
    const ClassifyOptions& options_;
    double precision_;
    double* direction_;
    VectorSpace space_;
    RandomGenerator random_;
    Lanczos lanczos_;
    RandomStartBound bound_;
    Buffer product_;
    RitzValue lowest_, highest_;
    double lower_bound_ = -std::numeric_limits<double>::infinity();
    double upper_bound_ = std::numeric_limits<double>::infinity();
    Index other_products_ = 0;
    Index count_until_ = 0;          // steps
    std::vector<double> projected_;  // eigenvalues of V'HV, which those of H below them outnumber
};

}  // namespace

Verdict classify(const ObjectiveRef& f, ObjectiveRef::Slot slot, const ClassifyOptions& options,
                 double* direction) {
    options.check("classify");
    const VectorSpace space(f.size());
    Verdict verdict;
    verdict.value = f.value(slot);
    if (!std::isfinite(verdict.value))
        throw std::invalid_argument(
            fmt::format("classify: the loss at x is {}, expected a finite number", verdict.value));
    if (!space.all_finite(f.gradient(slot)))
        throw std::invalid_argument("classify: the gradient at x has an entry that is not finite");
    verdict.gradient_norm = space.norm(f.gradient(slot));

    const double precision = options.precision.value_or(std::max(eps, f.product_precision(slot)));
    const HessianRef hessian(f, slot);
    Classification(hessian, options, precision, direction).run(verdict);
    return verdict;
}

Verdict classify(OperatorRef hessian, const ClassifyOptions& options, double* direction) {
    options.check("classify");
    Verdict verdict;
    verdict.gradient_norm = 0.0;
    Classification(hessian, options, options.precision.value_or(eps), direction).run(verdict);
    return verdict;
}

}  // namespace hesse
