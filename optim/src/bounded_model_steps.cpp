#include "hesse/optim/bounded_model_steps.hpp"

#include "hesse/optim/state_text.hpp"

#include <algorithm>
#include <cmath>

namespace hesse {

// Accepted steps that lead nowhere: differences of the loss are rounding there, or its derivatives are wrong.
constexpr Index patience = 50;
// Tighter bounds in a row that make a step no shorter: they are at the end of the numbers.
constexpr int most_futile_bounds = 10;

void BoundedModelSteps::start(const Iterate& at, double bound) {
    state_ = {.bound = bound};
    next_.resize(static_cast<std::size_t>(at.size()));
    if (at.bounded()) {
        move_.resize(next_.size());
        product_.resize(next_.size());
    }
}

StepOutcome BoundedModelSteps::step(Iterate& at, BoundedModel& model) {
    const VectorSpace& space = at.space();
    const double norm = at.gradient_norm();
    if (norm == 0.0) return StepOutcome::converged;
    const bool progress =
        at.value() < state_.least_value - at.rounding_floor() || norm < 0.9 * state_.least_gradient;
    if (!progress && state_.idle_steps >= patience) return StepOutcome::line_search;

    // Residuals that vanish faster than the gradient make the steps converge superlinearly, here with order 3/2.
    // The gradient counts in units of the largest one seen, so that the loss may be in any units. No step need be
    // solved more exactly than its model tells the next gradient, nor further below the goal of the run than to be
    // sure of it. Leaving the model's error out cost networks 14 % more products and gradients, and made no difference
    // on tests/problems; orders from 1.3 to 2 are about as good.
    const double largest = std::max(state_.largest_gradient, norm);
    const double forcing =
        std::clamp(std::max(std::sqrt(norm / largest), 0.5 * state_.model_error), 1e-6, 0.5);
    double bound = state_.bound;
    auto promised = model.minimize(bound, std::max(forcing * norm, 0.5 * at.gradient_goal()));

    const double before = at.value();
    const double regularisation = 100.0 * at.rounding_floor();
    // A shorter step does not change x. At x = 0 any step does: a hundred halvings are enough.
    const double smallest =
        std::max(std::numeric_limits<double>::epsilon() * space.norm(at.x_data()),
                 std::max(0x1p-100 * promised.length, std::numeric_limits<double>::min()));
    int futile_bounds = 0;
    for (;;) {
        if (!promised.finite) return StepOutcome::not_finite;
        space.step(at.x_data(), 1.0, model.step(), next_.data());
        if (promised.decrease <= at.rounding_floor()) return step_on_floor(at);
        if (at.bounded()) promised = project(at, promised);
        if (!promised.finite) return StepOutcome::not_finite;

        BoundedModel::Trial trial{
            .promised = promised, .change = std::numeric_limits<double>::infinity(), .ratio = -1.0};
        if (promised.decrease > 0.0) {  // a step that was cut off at bounds may lead uphill
            trial.change = at.value_at(next_.data()) - before;
            trial.ratio = (regularisation - trial.change) / (promised.decrease + regularisation);
        }
        if (trial.ratio > acceptance_) {
            trial.accepted = at.linearize_trial(next_.data());
        } else if (trial.change == 0.0 &&
                   gradient_falls(at)) {  // the same value to the last bit tells nothing
            trial.accepted = true;
            trial.ratio = 1.0;
        }
        bound = model.adapted(bound, trial);
        if (trial.accepted) {
            at.accept_trial();
            state_ = {.bound = bound,
                      .largest_gradient = largest,
                      .model_error = std::abs(at.gradient_norm() - promised.gradient) / norm,
                      .least_value = std::min(state_.least_value, before),
                      .least_gradient = std::min(state_.least_gradient, norm),
                      .idle_steps = progress ? 0 : state_.idle_steps + 1};
            return StepOutcome::moved;
        }
        if (promised.length <= smallest || futile_bounds >= most_futile_bounds)
            return at.last_trial_finite() ? StepOutcome::line_search : StepOutcome::not_finite;
        const double tried = promised.length;
        promised = model.again(bound);
        futile_bounds = promised.length < tried ? 0 : futile_bounds + 1;
    }
}

/// Projects next_ onto the bounds: what the model promises there. The length remains that of the step, which the bound on the model is
/// about.
BoundedModel::Minimum BoundedModelSteps::project(Iterate& at, BoundedModel::Minimum promised) {
    const VectorSpace& space = at.space();
    space.copy(next_.data(), move_.data());
    at.project(next_.data());
    if (next_ == move_) return promised;
    space.copy(next_.data(), move_.data());
    space.add(-1.0, at.x_data(), move_.data());
    at.apply_hessian(move_.data(), product_.data());
    promised.finite = space.all_finite(product_.data());
    promised.decrease =
        -space.dot(at.gradient_data(), move_.data()) - 0.5 * space.dot(move_.data(), product_.data());
    space.add(1.0, at.gradient_data(), product_.data());
    promised.gradient = space.norm(product_.data());
    return promised;
}

bool BoundedModelSteps::gradient_falls(Iterate& at) const {
    return at.linearize_trial(next_.data()) && at.trial_gradient_norm() < 0.9 * at.gradient_norm();
}

/// The loss cannot tell next_ from x any more; the gradient can.
StepOutcome BoundedModelSteps::step_on_floor(Iterate& at) {
    const double least = at.value() + at.rounding_floor();
    if (gradient_falls(at) && at.trial_value() <= least) {
        at.accept_trial();
        return StepOutcome::moved;
    }
    return at.last_trial_finite() ? StepOutcome::rounding_floor : StepOutcome::not_finite;
}

void BoundedModelSteps::save(StateWriter& out, std::string_view bound) const {
    out.number(bound, state_.bound);
    out.number("largest_gradient", state_.largest_gradient);
    out.number("model_error", state_.model_error);
    out.number("least_value", state_.least_value);
    out.number("least_gradient", state_.least_gradient);
    out.integer("idle_steps", state_.idle_steps);
}

BoundedModelSteps::State BoundedModelSteps::read(StateReader& in, std::string_view bound) {
    State state;
    state.bound = in.number(bound);
    state.largest_gradient = in.number("largest_gradient");
    state.model_error = in.number("model_error");
    state.least_value = in.number("least_value");
    state.least_gradient = in.number("least_gradient");
    state.idle_steps = in.integer("idle_steps");
    return state;
}

}  // namespace hesse
