#include "hesse/optim/nesterov.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <cmath>
#include <istream>
#include <ostream>
#include <utility>

namespace hesse {

Nesterov::Nesterov(Options options) : options_(std::move(options)) {
    options_.step_size.check_positive(name, "step_size");
    if (options_.momentum) require_in(name, "momentum", *options_.momentum, 0.0, 1.0);
}

void Nesterov::start(Iterate& at) {
    for (Buffer* vector : {&base_, &next_base_, &next_}) vector->resize(static_cast<std::size_t>(at.size()));
    steps_ = 0;
    shortening_.start();
    restarts_ = 0;
    restart(at);
}

void Nesterov::restart(Iterate& at) {
    at.space().copy(at.x_data(), base_.data());  // no velocity: nothing to look ahead by
    t_ = 1.0;
    base_value_ = at.value();
}

StepOutcome Nesterov::step(Iterate& at) {
    const VectorSpace& space = at.space();
    const double step_size =
        shortening_.factor() *
        options_.step_size.value_at({steps_ + 1, at.value(), at.gradient_norm()}, name, "step_size");
    space.step(at.x_data(), -step_size, at.gradient_data(), next_base_.data());
    at.project(next_base_.data());

    double base_value = base_value_;
    bool anew = false;
    space.subtract(next_base_.data(), base_.data(), next_.data());
    if (options_.restart == Restart::gradient) {
        anew = space.dot(next_.data(), at.gradient_data()) > 0.0;
    } else if (options_.restart == Restart::value) {
        base_value = at.value_at(next_base_.data());
        anew = base_value > base_value_;
    }
    double momentum = options_.momentum.value_or(0.0), t = t_;
    if (anew) {
        momentum = 0.0;
        t = 1.0;
    } else if (!options_.momentum) {
        t = 0.5 * (1.0 + std::sqrt(1.0 + 4.0 * t_ * t_));
        momentum = (t_ - 1.0) / t;
    }
    space.combine(1.0, next_base_.data(), momentum,
                  next_.data());  // x' + momentum (x' - x), x' itself on a bound
    if (!shortening_.take_trial(at, at.linearize_trial(next_.data()))) {
        restart(at);
        return shortening_.reject(at);
    }
    std::swap(base_, next_base_);
    t_ = t;
    base_value_ = base_value;
    restarts_ += anew ? 1 : 0;
    ++steps_;
    return shortening_.made(at);
}

void Nesterov::save(std::ostream& out) const {
    StateWriter state(out, name, 3);
    state.integer("steps", steps_);
    shortening_.save(state);
    state.number("t", t_);
    state.number("base_value", base_value_);
    state.integer("restarts", restarts_);
    state.vector("base", base_);
}

void Nesterov::load(std::istream& in) {
    StateReader state(in, name, 3);
    const std::int64_t steps = state.integer("steps");
    StepShortening shortening;
    shortening.load(state);
    const double t = state.number("t"), base_value = state.number("base_value");
    const Index restarts = state.integer("restarts");
    base_ = state.vector("base", next_.size());
    t_ = t;
    base_value_ = base_value;
    restarts_ = restarts;
    steps_ = steps;
    shortening_ = shortening;
}

}  // namespace hesse
