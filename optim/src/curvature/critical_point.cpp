#include "hesse/optim/curvature/critical_point.hpp"

#include "eigenpair_options.hpp"
#include "hesse/optim/curvature/basis.hpp"
#include "hesse/optim/curvature/lanczos.hpp"
#include "hesse/optim/curvature/random_start_bound.hpp"
#include "hesse/optim/curvature/saddle_index.hpp"
#include "hesse/optim/curvature/symmetry.hpp"
#include "hesse/optim/random.hpp"
#include "scaled_bound.hpp"
#include "thick_restart.hpp"

#include <Eigen/Eigenvalues>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

namespace hesse {

void ClassifyOptions::check(const char* function) const {
    if (gradient_tolerance) require_not_negative(function, "gradient_tolerance", *gradient_tolerance);
    require_not_negative(function, "curvature_tolerance", curvature_tolerance);
    require_not_negative(function, "tolerance", tolerance);
    require_not_negative(function, "scale_tolerance", scale_tolerance);
    require_probability(function, "failure_probability", failure_probability);
    require_not_negative(function, "certificate", certificate);
    require_at_least(function, "index_pairs", index_pairs, 0);
    // Two for the symmetry, one step, and one measurement at each end.
    require_at_least(function, "max_products", max_products, check_symmetry ? 5 : 3);
    if (precision) require_not_negative(function, "precision", *precision);
    if (product_rounding) require_not_negative(function, "product_rounding", *product_rounding);
}

namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();

/// A scaled run is tried once this one is as long.
constexpr Index steps_before_scaling = 100;

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
          space_(hessian.rows(), hessian.communicator()),
          random_(options.seed),
          stored_(stored_columns(hessian.rows(), options)),
          bound_(hessian.rows(), options.failure_probability),
          product_(static_cast<std::size_t>(hessian.rows())) {}

    /// Fills in all of the verdict that belongs to the Hessian.
    void run(Verdict& verdict) {
        if (options_.check_symmetry) {
            require_symmetric("classify", hessian_, random_, precision_,
                              options_.product_rounding.value_or(0.0));
            other_products_ = 2;
        }
        lanczos_.emplace(space_, stored_,
                         LanczosOptions{.precision = precision_,
                                        .basis = options_.basis_precision,
                                        .reorthogonalization = options_.reorthogonalization,
                                        .rounding = options_.product_rounding.value_or(0.0)});
        explore();
        measure_ends(verdict);
        verdict.failure_probability = lanczos_->fills_space() ? 0.0 : options_.failure_probability;
        verdict.steps = lanczos_->steps();
        rounding_ = lanczos_->rounding();
        other_products_ = products();
        lanczos_.reset();  // its basis, for what comes next
        if (!low_end_found(verdict) || !verdict.highest.converged) improve(verdict);
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
        verdict.failure_probability *= scaled_ ? 2.0 : 1.0;  // of two runs
        if (verdict.lowest_bound > 0.0) verdict.index_upper_bound = 0;
        else if (options_.bound_index) bound_index(verdict);
        verdict.products = products();
        verdict.seed = options_.seed;
        verdict.certified = certified(verdict);
        verdict.gradient_tolerance =
            options_.gradient_tolerance.value_or(1e-8 * std::max(1.0, verdict.norm_estimate));
        verdict.kind = judge(verdict);
    }

private:
    static Index stored_columns(Index n, const ClassifyOptions& options) {
        // An eighth is left to the vectors that prove the index, and eight columns are those of the algorithm itself.
        const std::size_t others = 8 * sizeof(double) * static_cast<std::size_t>(n) + options.memory / 8;
        const Index affordable = others < options.memory ? Basis::columns_within(options.memory - others, n,
                                                                                 options.basis_precision)
                                                         : 0;
        // One more than the steps: the column that comes next.
        return std::max<Index>(2, std::min({std::max<Index>(4, affordable), n + 1, options.max_products}));
    }

    Index products() const { return (lanczos_ ? lanczos_->products() : 0) + other_products_; }
    double norm() const { return std::max(std::abs(lowest_.value), std::abs(highest_.value)); }
    double tolerance() const {
        const double rounding = 50.0 * precision_ * std::sqrt(static_cast<double>(space_.dimension()));
        return std::max({options_.curvature_tolerance, 1e-8 * norm(), rounding * norm(),
                         options_.product_rounding.value_or(0.0)});
    }

    /// How many steps can be paid for: columns beyond the stored ones cost two products each, and two measure the ends.
    Index most_steps() const {
        const Index left = options_.max_products - other_products_ - 2;
        return left <= stored_ ? left : stored_ + (left - stored_) / 2;
    }

    /// The run from a random start, never restarted, until the ends are found and the kind is decided.
    void explore() {
        Index limit = most_steps();
        random_.unit_vector(space_, direction_);
        lanczos_->start(hessian_, direction_);
        for (Index next_look = 1;;) {
            const Lanczos::Step step = lanczos_->step();
            if (step == Lanczos::Step::not_finite) throw_not_finite();
            const bool last = lanczos_->steps() >= limit || lanczos_->fills_space();
            if (step == Lanczos::Step::grown && !last && lanczos_->steps() < next_look) continue;
            next_look = lanczos_->steps() + std::max<Index>(1, lanczos_->steps() / 16);

            look();
            if (step == Lanczos::Step::invariant && count_until_ == 0)
                count_until_ = lanczos_->steps() + 2 * options_.index_pairs;  // half may be positive
            if (!tried_scaling_ && lanczos_->steps() >= steps_before_scaling) {
                try_scaling(limit);
                limit = most_steps();
            }
            if (last || (ends_found() && decided(limit) && !more_to_count())) return;
            if (step == Lanczos::Step::invariant) {
                // One start sees one vector of each eigenspace. Go on in what is left.
                random_.unit_vector(space_, direction_);
                if (!lanczos_->continue_with(direction_)) return;
            }
        }
    }

    void look() {
        lowest_ = lanczos_->lowest();
        highest_ = lanczos_->highest();
        // Without the whole basis neither n steps nor a small beta say that nothing was missed.
        const double beta =
            lanczos_->stores_basis() ? lanczos_->beta().back() : std::numeric_limits<double>::infinity();
        const double error = bound_.error(lanczos_->steps(), beta, highest_.value - lowest_.value);
        // The bounds of all steps hold together.
        lower_bound_ = std::max(lower_bound_, lowest_.value - error - lanczos_->rounding());
        upper_bound_ = std::min(upper_bound_, highest_.value + error + lanczos_->rounding());
    }

    bool ends_found() const {
        return (scaled_ || lowest_.residual <= allowed_low()) && highest_.residual <= allowed_high();
    }
    double rounding() const { return lanczos_ ? lanczos_->rounding() : rounding_; }
    double allowed() const { return std::max(options_.tolerance * norm(), rounding()); }
    double allowed_low() const {
        return lowest_.value > tolerance() ? std::max(allowed(), 0.1 * lowest_.value) : allowed();
    }
    double allowed_high() const {
        if (highest_.value > tolerance()) return std::max(allowed(), options_.scale_tolerance * norm());
        return highest_.value < -tolerance() ? std::max(allowed(), -0.1 * highest_.value) : allowed();
    }

    /// Where the lowest eigenvalue is positive, as it seems, but too small for this run to prove it: whether a scaled one does.
    void try_scaling(Index limit) {
        const double spread = highest_.value - lowest_.value;
        if (!(lowest_.value > tolerance()) || lower_bound_ > 0.0 ||
            bound_.steps_for(lowest_.value, spread) <= limit)
            return;
        tried_scaling_ = true;
        ScaledBoundOptions options;
        options.max_products = (limit - lanczos_->steps()) / 2;
        options.stored_columns =
            std::clamp<Index>(Basis::columns_within(options_.memory / 4, space_.dimension()), 2, stored_);
        options.failure_probability = options_.failure_probability;
        options.precision = precision_;
        options.rounding = options_.product_rounding.value_or(0.0);
        options.norm_estimate = norm();
        options.seed = options_.seed + 1;
        const ScaledBound found = scaled_bound(hessian_, options);
        other_products_ += found.products;
        scaled_ = found.lowest > 0.0;
        if (scaled_) lower_bound_ = std::max(lower_bound_, found.lowest);
    }

    /// The lowest eigenvalue need not be, where all are known to be positive.
    bool low_end_found(const Verdict& verdict) const { return verdict.lowest.converged || scaled_; }

    /// Whether what is left to doubt is as small as it can be made within `limit` steps.
    bool decided(Index limit) const {
        const double spread = highest_.value - lowest_.value, tau = tolerance();
        const bool saddle = lowest_.value < -tau && highest_.value > tau;
        if (saddle) return true;
        const double doubt = std::max(lowest_.value - lower_bound_, upper_bound_ - highest_.value);
        double margin = options_.certificate * spread;
        const double distance = std::max(lowest_.value, -highest_.value);  // of a definite H from zero
        if (distance > tau && bound_.steps_for(distance, spread) <= limit) margin = distance;
        return doubt <= std::max(margin, 2.0 * rounding());
    }

    /// The promise of Verdict::certified. 1.01: the ends were Ritz values when the run was ended for it.
    bool certified(const Verdict& v) const {
        const double margin = options_.certificate * (v.highest.value - v.lowest.value);
        return v.lowest_bound > 0.0 || (v.lowest.converged && v.lowest.value - v.lowest_bound <=
                                                                  1.01 * std::max(margin, 2.0 * rounding()));
    }

    /// Whether to look for more negative eigenvalues after a breakdown: an eigenvalue that occurs many times
    /// is cheap to count then.
    bool more_to_count() const {
        if (lanczos_->steps() >= count_until_) return false;
        const Index negative = lanczos_->tridiagonal().count_below(-tolerance());
        return negative > 0 && negative < options_.index_pairs;
    }

    /// The lowest Ritz vectors, measured by explicit products: the lower end, and the index. Then the upper. Where columns
    /// must be made again for the vectors, one of each.
    void measure_ends(Verdict& verdict) {
        const Tridiagonal t = lanczos_->tridiagonal();
        const Index n = space_.dimension(), negative = t.count_below(-tolerance());
        const Index affordable = lanczos_->stores_basis()
                                     ? std::min(options_.max_products - products() - 1,
                                                Basis::columns_within(options_.memory / 8, n))
                                     : 1;
        const Index count =
            std::clamp<Index>(std::min(negative, options_.index_pairs), 1, std::max<Index>(1, affordable));
        const auto lowest = lowest_eigenpairs(t, count);
        std::vector<double> ends = lowest.front().vector;
        ends.resize(2 * ends.size());
        t.eigenvector(highest_.value, std::span(ends).last(ends.size() / 2));
        Buffer ritz(2 * product_.size());
        lanczos_->expand(ends, 2, ritz.data());

        Basis v(space_);
        Eigen::MatrixXd projected = Eigen::MatrixXd::Zero(count, count);
        std::vector<double> coefficients;
        Buffer next(count > 1 ? product_.size() : 0);
        for (Index k = 0; k < count; ++k) {
            double* w = k == 0 ? ritz.data() : next.data();
            if (k > 0) lanczos_->expand(lowest[static_cast<std::size_t>(k)].vector, w);
            const double length = v.orthogonalize(w, coefficients);
            if (length < 0.5) continue;  // a copy of one before
            v.append(w, length);
            const Index j = v.columns() - 1;
            v.copy_column(j, w);
            apply(w);
            coefficients.resize(static_cast<std::size_t>(j + 1));
            v.project(product_.data(), j + 1, coefficients.data());
            for (Index i = 0; i <= j; ++i) projected(j, i) = coefficients[static_cast<std::size_t>(i)];
            if (j > 0) continue;
            verdict.lowest = estimate(w, allowed_low());
            space_.copy(w, direction_);
        }
        const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
            projected.topLeftCorner(v.columns(), v.columns()), Eigen::EigenvaluesOnly);
        projected_.assign(solver.eigenvalues().begin(), solver.eigenvalues().end());

        double* y = ritz.data() + n;
        space_.scale(1.0 / space_.norm(y), y);
        apply(y);
        verdict.highest = estimate(y, allowed_high());
        if (!verdict.highest.converged) highest_vector_.assign(y, y + n);
    }

    /// The run ended before the ends were found, or its basis is too coarse for their vectors: spends what is left on
    /// restarted runs that begin with these. The probability goes on speaking of the first run, which no restart has touched.
    void improve(Verdict& verdict) {
        const bool low = !low_end_found(verdict), high = !verdict.highest.converged;
        const Index left = options_.max_products - products();
        if (left < 4) return;
        ThickRestart search("classify", hessian_, {options_.tolerance, options_.tolerance, precision_}, low,
                            high, basis_columns(space_.dimension(), low + high, options_.memory));
        if (low) search.start(direction_);
        if (high) search.start(highest_vector_.data());
        search.run(random_, left - (low + high));
        Buffer y(product_.size());
        const auto take = [&](bool highest, EigenvalueEstimate& known, double sign) {
            const EigenvalueEstimate found = search.measure(highest, 0, y.data());
            const double further = sign * (known.value - found.value);
            const bool better =
                further > rounding_ || (further >= -rounding_ && found.residual <= known.residual);
            if (better) known = found;
            return better;
        };
        if (low && take(false, verdict.lowest, 1.0)) space_.copy(y.data(), direction_);
        if (high) take(true, verdict.highest, -1.0);
        lowest_.value = verdict.lowest.value;
        highest_.value = verdict.highest.value;
        other_products_ += search.products();
    }

    void bound_index(Verdict& verdict) {
        constexpr Index fewest = 32;
        if (options_.max_products - products() < fewest) return;
        SaddleIndexOptions options;
        options.curvature_tolerance = verdict.curvature_tolerance;
        options.failure_probability = options_.failure_probability;
        options.max_products = options_.max_products - products();
        options.memory = options_.memory;
        options.seed = random_.bits();
        options.precision = precision_;
        options.check_symmetry = false;
        const SaddleIndex found = saddle_index(hessian_, options);
        verdict.index_lower_bound = std::max(verdict.index_lower_bound, found.lower_bound);
        verdict.index_upper_bound = found.upper_bound;
        verdict.index_estimate = found.estimate;
        other_products_ += found.products;
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
        found.error_bound = found.residual + rounding();
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
    Index stored_;  // columns
    std::optional<Lanczos> lanczos_;
    RandomStartBound bound_;
    Buffer product_, highest_vector_;
    RitzValue lowest_, highest_;
    double lower_bound_ = -std::numeric_limits<double>::infinity();
    double upper_bound_ = std::numeric_limits<double>::infinity();
    bool tried_scaling_ = false, scaled_ = false;
    Index other_products_ = 0;
    double rounding_ = 0.0;
    Index count_until_ = 0;          // steps
    std::vector<double> projected_;  // eigenvalues of V'HV, which those of H below them outnumber
};

}  // namespace

CriticalPointKind Verdict::conclusion() const {
    if (kind != CriticalPointKind::degenerate || !higher_order) return kind;
    switch (higher_order->kind) {
        case DegenerateKind::saddle:
            return CriticalPointKind::saddle;
        case DegenerateKind::minimum:
            return CriticalPointKind::minimum;
        case DegenerateKind::maximum:
            return CriticalPointKind::maximum;
        default:
            return kind;
    }
}

double product_rounding(const ObjectiveRef& f, ObjectiveRef::Slot slot, double norm_of_x) {
    const double error = std::max(f.rounding_error(slot), eps * std::abs(f.value(slot)));
    const double length = std::max(1.0, norm_of_x);
    return 100.0 * error / (length * length);
}

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
