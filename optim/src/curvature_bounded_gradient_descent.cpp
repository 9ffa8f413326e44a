#include "hesse/optim/curvature_bounded_gradient_descent.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <algorithm>
#include <cmath>
#include <istream>
#include <ostream>

namespace hesse {

constexpr double armijo = 1e-4;  // Nocedal & Wright 2006, section 3.1
constexpr int halvings = 60;     // 2^-60 of the model's step: beyond any rounding
// Of the gradient norm, steepest descent needs 0.005 kappa steps for one percent: for a condition number kappa
// of 2e4 no more than these.
constexpr Index floor_patience = 100;

CurvatureBoundedGradientDescent::CurvatureBoundedGradientDescent(Options options) : options_(options) {
    require_positive(name, "fraction", options_.fraction);
    require_in(name, "fraction", options_.fraction, 0.0, 2.0);
}

void CurvatureBoundedGradientDescent::start(Iterate& at) {
    const auto n = static_cast<std::size_t>(at.size());
    for (Buffer* buffer : {&product_, &direction_}) buffer->resize(n);
    search_.start(at);
    step_size_ = 0.0;
    floor_steps_ = 0;
    floor_gradient_ = std::numeric_limits<double>::infinity();
}

StepOutcome CurvatureBoundedGradientDescent::step(Iterate& at) {
    const VectorSpace& space = at.space();
    const double norm = at.gradient_norm();
    if (norm == 0.0) return StepOutcome::converged;

    // H is applied to the unit vector, so that g'Hg neither over- nor underflows.
    space.combine(-1.0 / norm, at.gradient_data(), 0.0, direction_.data());
    at.apply_hessian_once(direction_.data(), product_.data());
    const double curvature = space.dot(direction_.data(), product_.data());
    if (!std::isfinite(curvature)) return StepOutcome::not_finite;
    if (curvature <= 0.0) {
        if (!search_.descend(at, direction_.data(), curvature))
            return at.last_trial_finite() ? StepOutcome::line_search : StepOutcome::not_finite;
        step_size_ = 0.0;
        floor_steps_ = 0;
        return StepOutcome::moved;
    }

    double a = options_.fraction / curvature;
    double step = a * norm, slope = -norm;  // along the direction
    if (at.bounded()) {
        slope = at.project_direction(direction_.data(), step);
        step = 1.0;
    }
    const double predicted = -slope * step * (1.0 - 0.5 * options_.fraction);
    const bool at_floor = predicted <= at.rounding_floor();
    const double before = at.value();
    const double slack = at_floor ? at.rounding_floor() : -armijo * predicted;
    bool accepted = false;
    for (int k = 0; k < halvings && !accepted; ++k) {
        // Nothing but the value is asked of a point that may be rejected: there may be nothing else there.
        accepted = at.value_along(direction_.data(), step) <= before + slack &&
                   at.linearize_along(direction_.data(), step);
        if (accepted) break;
        a *= 0.5;
        step *= 0.5;
    }
    if (!accepted) return at.last_trial_finite() ? StepOutcome::line_search : StepOutcome::not_finite;
    at.accept_trial();
    step_size_ = a;

    // On the floor the loss cannot judge a step any more; the gradient can.
    if (!at_floor || at.gradient_norm() < 0.99 * floor_gradient_) {
        floor_steps_ = 0;
        floor_gradient_ = at_floor ? at.gradient_norm() : std::numeric_limits<double>::infinity();
    } else if (++floor_steps_ >= floor_patience) {
        return StepOutcome::rounding_floor;
    }
    return StepOutcome::moved;
}

void CurvatureBoundedGradientDescent::save(std::ostream& out) const {
    StateWriter state(out, name, 1);
    state.number("step_size", step_size_);
    state.integer("floor_steps", floor_steps_);
    state.number("floor_gradient", floor_gradient_);
    search_.save(out);
}

void CurvatureBoundedGradientDescent::load(std::istream& in) {
    StateReader state(in, name, 1);
    const double step_size = state.number("step_size");
    const Index floor_steps = state.integer("floor_steps");
    const double floor_gradient = state.number("floor_gradient");
    search_.load(in);
    step_size_ = step_size;
    floor_steps_ = floor_steps;
    floor_gradient_ = floor_gradient;
}

}  // namespace hesse
