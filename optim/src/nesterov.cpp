#include "hesse/optim/nesterov.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <cmath>
#include <istream>
#include <ostream>
#include <utility>

namespace hesse {

Nesterov::Nesterov(Options options) : options_(options) {
    require_positive(name, "step_size", options_.step_size);
    if (options_.momentum) require_in(name, "momentum", *options_.momentum, 0.0, 1.0);
}

void Nesterov::start(Iterate& at) {
    base_.assign(at.x_data(), at.x_data() + at.size());  // no velocity yet: nothing to look ahead by
    next_base_.resize(base_.size());
    next_.resize(base_.size());
    t_ = 1.0;
    base_value_ = at.value();
    restarts_ = 0;
}

StepOutcome Nesterov::step(Iterate& at) {
    const VectorSpace& space = at.space();
    space.copy(at.x_data(), next_base_.data());
    space.add(-options_.step_size, at.gradient_data(), next_base_.data());

    double base_value = base_value_;
    bool restart = false;
    if (options_.restart == Restart::gradient) {
        space.copy(next_base_.data(), next_.data());
        restart = space.add_dot(-1.0, base_.data(), next_.data(), at.gradient_data()) > 0.0;
    } else if (options_.restart == Restart::value) {
        base_value = at.value_at(next_base_.data());
        restart = base_value > base_value_;
    }
    double momentum = options_.momentum.value_or(0.0), t = t_;
    if (restart) {
        momentum = 0.0;
        t = 1.0;
    } else if (!options_.momentum) {
        t = 0.5 * (1.0 + std::sqrt(1.0 + 4.0 * t_ * t_));
        momentum = (t_ - 1.0) / t;
    }
    space.copy(base_.data(), next_.data());
    space.combine(1.0 + momentum, next_base_.data(), -momentum, next_.data());
    if (!at.move_to(next_.data())) return StepOutcome::not_finite;
    std::swap(base_, next_base_);
    t_ = t;
    base_value_ = base_value;
    restarts_ += restart ? 1 : 0;
    return StepOutcome::moved;
}

void Nesterov::save(std::ostream& out) const {
    StateWriter state(out, name, 2);
    state.number("t", t_);
    state.number("base_value", base_value_);
    state.integer("restarts", restarts_);
    state.vector("base", base_);
}

void Nesterov::load(std::istream& in) {
    StateReader state(in, name, 2);
    const double t = state.number("t"), base_value = state.number("base_value");
    const Index restarts = state.integer("restarts");
    base_ = state.vector("base", next_.size());
    t_ = t;
    base_value_ = base_value;
    restarts_ = restarts;
}

}  // namespace hesse
