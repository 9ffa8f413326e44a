#include "hesse/optim/stochastic/noisy_gradient_descent.hpp"

#include "../options.hpp"
#include "hesse/optim/state_text.hpp"

#include <cstddef>
#include <utility>

namespace hesse {

NoisyGradientDescent::NoisyGradientDescent(Options options)
    : options_(std::move(options)), random_(options_.seed) {
    options_.step_size.check_positive(name, "step_size");
    require_not_negative(name, "noise", options_.noise);
}

void NoisyGradientDescent::start(Iterate& at) {
    random_ = RandomGenerator(options_.seed);
    steps_ = 0;
    shortening_.start();
    noise_.resize(static_cast<std::size_t>(at.size()));
}

StepOutcome NoisyGradientDescent::step(Iterate& at) {
    const VectorSpace& space = at.space();
    const double step =
        shortening_.factor() *
        options_.step_size.value_at({steps_ + 1, at.value(), at.gradient_norm()}, name, "step_size");
    RandomGenerator random = random_;
    random.unit_vector(space, noise_.data());
    double* const next = at.next_data();
    space.copy(at.x_data(), next);
    space.add(-step, at.gradient_data(), next);
    space.add(-step * options_.noise, noise_.data(), next);
    if (!shortening_.take_trial(at, at.linearize_trial(next))) return shortening_.reject(at);
    random_ = std::move(random);
    ++steps_;
    return shortening_.made(at);
}

void NoisyGradientDescent::save(std::ostream& out) const {
    StateWriter state(out, name, 2);
    shortening_.save(state);
    state.integer("steps", steps_);
    state.random("random", random_);
}

void NoisyGradientDescent::load(std::istream& in) {
    StateReader state(in, name, 2);
    StepShortening shortening;
    shortening.load(state);
    const std::int64_t steps = state.integer("steps");
    random_ = state.random("random");
    steps_ = steps;
    shortening_ = shortening;
}

}  // namespace hesse
