#include "hesse/optim/trust_region.hpp"

#include "current_hessian.hpp"
#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <algorithm>
#include <cmath>
#include <istream>
#include <limits>
#include <ostream>

namespace hesse {
TrustRegion::TrustRegion(Options options)
    : options_(options), escape_(options.escape), radius_(options.initial_radius) {
    require_positive(name, "initial_radius", options_.initial_radius);
    require_positive(name, "maximum_radius", options_.maximum_radius);
    require_in(name, "acceptance", options_.acceptance, 0.0, 0.25);
    require_at_least(name, "subspace", options_.subspace, 2);
}

// Accepted steps that lead nowhere: differences of the loss are rounding there, or its derivatives are wrong.
constexpr Index patience = 50;

void TrustRegion::start(Iterate& at) {
    least_value_ = least_gradient_ = std::numeric_limits<double>::infinity();
    idle_steps_ = 0;
    subproblem_.emplace(at.space(), options_.subspace, at.product_precision());
    escape_.start(at);
    radius_ = std::min(options_.initial_radius, options_.maximum_radius);
    largest_gradient_ = 0.0;
    next_.resize(static_cast<std::size_t>(at.size()));
}

void TrustRegion::restart(Iterate& at) {
    radius_ = std::min(std::max(radius_, at.last_move()), options_.maximum_radius);
}

StepOutcome TrustRegion::step(Iterate& at) {
    const VectorSpace& space = at.space();
    const double norm = at.gradient_norm();
    if (norm == 0.0) return StepOutcome::converged;
    const bool progress = at.value() < least_value_ - at.rounding_floor() || norm < 0.9 * least_gradient_;
    if (!progress && idle_steps_ >= patience) return StepOutcome::line_search;

    // Residuals that vanish faster than the gradient make the steps converge superlinearly, here with order 3/2.
    // The gradient counts in units of the largest one seen, so that the loss may be in any units; below the goal
    // of the run nobody asks for more. The rule min(1/2, |g|) for steps inside the region, of order 2 (trlib),
    // was measured: 1.3 times as many products (an autoencoder, Rosenbrock's function in 100 variables) to
    // nearly 5 times (a factorisation), and fewer nowhere.
    const double largest = std::max(largest_gradient_, norm);
    const double forcing = std::clamp(std::sqrt(norm / largest), 1e-6, 0.5);
    const double tolerance = std::max(forcing * norm, 0.1 * at.gradient_goal());
    const CurrentHessian hessian{at};
    auto model = subproblem_->minimize(hessian, at.gradient_data(), radius_, tolerance,
                                       std::max<Index>(at.affordable_products(), 1));
    if (!model.finite) return StepOutcome::not_finite;

    const double before = at.value();
    const double regularisation = 100.0 * at.rounding_floor();
    // A shorter step does not change x. At x = 0 any step does: a hundred quarterings are enough.
    const double smallest = std::max(std::numeric_limits<double>::epsilon() * space.norm(at.x_data()),
                                     std::max(0x1p-200 * radius_, std::numeric_limits<double>::min()));
    double radius = radius_;
    for (;;) {
        space.copy(at.x_data(), next_.data());
        space.add(1.0, subproblem_->step(), next_.data());
        const double predicted = -model.model;
        if (predicted <= at.rounding_floor()) return step_on_floor(at);

        const double value = at.value_at(next_.data());
        const double ratio = (before - value + regularisation) / (predicted + regularisation);
        const bool accepted = ratio > options_.acceptance && at.linearize_trial(next_.data());
        const double reached = model.norm;
        if (!accepted || ratio < 0.25) radius = 0.25 * reached;
        else if (ratio > 0.75 && reached >= 0.99 * radius)
            radius = std::min(2.0 * radius, options_.maximum_radius);
        if (accepted) {
            at.accept_trial();
            radius_ = radius;
            largest_gradient_ = largest;
            least_value_ = std::min(least_value_, before);
            least_gradient_ = std::min(least_gradient_, norm);
            idle_steps_ = progress ? 0 : idle_steps_ + 1;
            return StepOutcome::moved;
        }
        if (radius <= smallest)
            return at.last_trial_finite() ? StepOutcome::line_search : StepOutcome::not_finite;
        model = subproblem_->again(radius);
    }
}

/// The loss cannot tell next_ from x any more; the gradient can.
StepOutcome TrustRegion::step_on_floor(Iterate& at) {
    const double least = at.value() + at.rounding_floor();
    if (at.linearize_trial(next_.data()) && at.trial_value() <= least &&
        at.space().norm(at.trial_gradient()) < 0.9 * at.gradient_norm()) {
        at.accept_trial();
        return StepOutcome::moved;
    }
    return at.last_trial_finite() ? StepOutcome::rounding_floor : StepOutcome::not_finite;
}

void TrustRegion::save(std::ostream& out) const {
    StateWriter state(out, name, 1);
    state.number("radius", radius_);
    state.number("largest_gradient", largest_gradient_);
    state.number("least_value", least_value_);
    state.number("least_gradient", least_gradient_);
    state.integer("idle_steps", idle_steps_);
    escape_.save(out);
}

void TrustRegion::load(std::istream& in) {
    StateReader state(in, name, 1);
    const double radius = state.number("radius");
    const double largest_gradient = state.number("largest_gradient");
    const double least_value = state.number("least_value");
    const double least_gradient = state.number("least_gradient");
    const Index idle_steps = state.integer("idle_steps");
    escape_.load(in);
    radius_ = radius;
    least_value_ = least_value;
    least_gradient_ = least_gradient;
    idle_steps_ = idle_steps;
    largest_gradient_ = largest_gradient;
}

}  // namespace hesse
