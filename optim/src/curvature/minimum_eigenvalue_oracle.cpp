#include "hesse/optim/curvature/minimum_eigenvalue_oracle.hpp"

#include "../options.hpp"
#include "hesse/optim/curvature/lanczos.hpp"
#include "hesse/optim/curvature/random_start_bound.hpp"
#include "hesse/optim/curvature/symmetry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace hesse {

void MinimumEigenvalueOptions::check(const char* function) const {
    require_positive(function, "epsilon", epsilon);
    require_probability(function, "failure_probability", failure_probability);
    require_not_negative(function, "residual", residual);
    require_at_least(function, "runs", runs, 1);
    require_at_least(function, "max_products", max_products, 2);  // one step, one measurement
    require_not_negative(function, "precision", precision);
}

namespace {

class Oracle {
public:
    Oracle(OperatorRef a, const MinimumEigenvalueOptions& options, RandomGenerator& random, double* direction)
        : a_(a),
          options_(options),
          random_(random),
          direction_(direction),
          space_(a.rows(), a.communicator()),
          stored_(stored_columns(a.rows(), options)),
          lanczos_(space_, stored_,
                   {.precision = options.precision,
                    .basis = options.basis_precision,
                    .reorthogonalization = options.reorthogonalization}),
          bound_(a.rows(), options.failure_probability),
          product_(static_cast<std::size_t>(a.rows())) {
        result_.failure_probability = options.failure_probability;
        result_.epsilon = options.epsilon;
        result_.seed = random.seed();
        result_.runs = 1;
    }

    MinimumEigenvalue run() {
        random_.unit_vector(space_, direction_);
        lanczos_.start(a_, direction_);
        for (bool more = true; more;) {
            const Lanczos::Step step = lanczos_.step();
            if (step == Lanczos::Step::not_finite) return finish(CurvatureAnswer::not_finite);
            const bool last = !affordable(1) || lanczos_.fills_space();
            if (step == Lanczos::Step::grown && !last && !due()) continue;

            const RitzValue lowest = update_lower_bound();
            const bool negative = lowest.value <= -0.5 * options_.epsilon;
            const bool exact = step == Lanczos::Step::invariant;
            if (negative &&
                (exact || last || lowest.residual <= options_.residual * std::abs(lowest.value))) {
                if (!measure()) return finish(CurvatureAnswer::not_finite);
                if (result_.curvature <= -0.5 * options_.epsilon) return finish(CurvatureAnswer::negative);
            }
            if (!negative && result_.lower_bound >= -options_.epsilon) {
                return finish(measure() ? CurvatureAnswer::certified : CurvatureAnswer::not_finite);
            }
            // An invariant subspace says nothing new however long one looks at it: leave it at random.
            if (step == Lanczos::Step::invariant && !last) {
                random_.unit_vector(space_, direction_);
                more = lanczos_.continue_with(direction_);
            } else {
                more = !last;
            }
        }
        return finish(measure() ? CurvatureAnswer::undecided : CurvatureAnswer::not_finite);
    }

private:
    static Index stored_columns(Index n, const MinimumEigenvalueOptions& options) {
        const Index affordable = Basis::columns_within(options.memory, n, options.basis_precision);
        return std::clamp<Index>(affordable, 2, std::max<Index>(2, std::min(n, options.max_products)));
    }

    /// Whether `more` steps leave enough for the direction: its columns that are not stored, its measurement.
    bool affordable(Index more) const {
        const Index steps = lanczos_.steps() + more;
        const Index replayed = std::max<Index>(0, steps - stored_);
        return products() + more + replayed + 1 <= options_.max_products;
    }

    Index products() const { return lanczos_.products() + measurements_; }

    /// The eigenvalues of T are looked at after every step at first, then after every sixteenth part.
    bool due() {
        if (lanczos_.steps() < next_look_) return false;
        next_look_ = lanczos_.steps() + std::max<Index>(1, lanczos_.steps() / 16);
        return true;
    }

    RitzValue update_lower_bound() {
        const RitzValue lowest = lanczos_.lowest();
        const double spread = lanczos_.highest().value - lowest.value;
        // Without the whole basis neither n steps nor a small beta say that nothing was missed.
        const double beta =
            lanczos_.stores_basis() ? lanczos_.beta().back() : std::numeric_limits<double>::infinity();
        const double error = bound_.error(lanczos_.steps(), beta, spread);
        // The bounds of all steps hold together.
        result_.lower_bound = std::max(result_.lower_bound, lowest.value - error - lanczos_.rounding());
        return lowest;
    }

    /// d = the lowest Ritz vector, its curvature and residual by one explicit product.
    bool measure() {
        lanczos_.ritz_vector(0, direction_);
        ++measurements_;
        a_.apply(direction_, product_.data());
        if (!space_.all_finite(product_.data())) return false;
        result_.curvature = space_.dot(direction_, product_.data());
        space_.add(-result_.curvature, direction_, product_.data());
        result_.residual = space_.norm(product_.data());
        return true;
    }

    MinimumEigenvalue finish(CurvatureAnswer answer) {
        result_.answer = answer;
        result_.norm_estimate = lanczos_.norm_estimate();
        result_.steps = lanczos_.steps();
        result_.products = products();
        return result_;
    }

    OperatorRef a_;
    const MinimumEigenvalueOptions& options_;
    RandomGenerator& random_;
    double* direction_;
    VectorSpace space_;
    Index stored_;
    Lanczos lanczos_;
    RandomStartBound bound_;
    Buffer product_;
    MinimumEigenvalue result_;
    Index measurements_ = 0;
    Index next_look_ = 1;
};

}  // namespace

MinimumEigenvalue minimum_eigenvalue(OperatorRef a, const MinimumEigenvalueOptions& options,
                                     RandomGenerator& random, double* direction) {
    options.check("minimum_eigenvalue");
    MinimumEigenvalueOptions one = options;
    one.failure_probability = std::pow(options.failure_probability, 1.0 / static_cast<double>(options.runs));
    MinimumEigenvalue all = Oracle(a, one, random, direction).run();
    Buffer other;
    while (all.answer == CurvatureAnswer::certified && all.runs < options.runs) {
        one.max_products = options.max_products - all.products;
        if (one.max_products < 2) {
            all.answer = CurvatureAnswer::undecided;
            break;
        }
        other.resize(static_cast<std::size_t>(a.rows()));
        const MinimumEigenvalue found = Oracle(a, one, random, other.data()).run();
        all.answer = found.answer;
        // Wrong only where every run was: no run claims more than this.
        all.lower_bound = std::min(all.lower_bound, found.lower_bound);
        all.norm_estimate = std::max(all.norm_estimate, found.norm_estimate);
        all.steps += found.steps;
        all.products += found.products;
        ++all.runs;
        if (!(found.curvature < all.curvature)) continue;
        all.curvature = found.curvature;
        all.residual = found.residual;
        std::copy(other.begin(), other.end(), direction);
    }
    all.failure_probability = all.runs == options.runs
                                  ? options.failure_probability
                                  : std::pow(one.failure_probability, static_cast<double>(all.runs));
    return all;
}

MinimumEigenvalue minimum_eigenvalue(OperatorRef a, const MinimumEigenvalueOptions& options,
                                     std::uint64_t seed, double* direction) {
    options.check("minimum_eigenvalue");
    RandomGenerator random(seed);
    require_symmetric("minimum_eigenvalue", a, random, options.precision);
    MinimumEigenvalue found = minimum_eigenvalue(a, options, random, direction);
    if (found.answer == CurvatureAnswer::not_finite)
        throw std::invalid_argument(
            fmt::format("minimum_eigenvalue: product {} of the operator is not finite", found.products));
    found.products += 2;
    return found;
}

}  // namespace hesse
