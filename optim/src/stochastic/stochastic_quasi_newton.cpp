#include "hesse/optim/stochastic/stochastic_quasi_newton.hpp"

#include "hesse/optim/state_text.hpp"
#include "hesse/optim/stochastic/batch_loss.hpp"
#include "options.hpp"
#include "step_options.hpp"

#include <istream>
#include <ostream>
#include <utility>

namespace hesse {

StochasticQuasiNewton::StochasticQuasiNewton(Options options)
    : options_(std::move(options)),
      state_{.sampler = {},
             .pairs = {options_.memory, options_.pair_interval,
                       curvature_batches(options_.batches, options_.curvature_rows)}} {
    options_.batches.check(name);
    options_.step_size.check_positive(name, "step_size");
    if (options_.gradient_step_size) options_.gradient_step_size->check_positive(name, "gradient_step_size");
    require_at_least(name, "steps", options_.steps, 0);
    require_at_least(name, "memory", options_.memory, 1);
    require_at_least(name, "pair_interval", options_.pair_interval, 1);
    require_at_least(name, "curvature_rows", options_.curvature_rows, 0);
}

void StochasticQuasiNewton::start(Iterate& at) {
    state_.sampler = BatchSampler(options_.batches);
    state_.sampler.start(at.data_rows(), name);
    state_.pairs.start(at);
    state_.steps = 0;
    shortening_.start();
    for (Buffer* vector : {&x_, &direction_}) vector->resize(static_cast<std::size_t>(at.size()));
}

void StochasticQuasiNewton::restart(Iterate&) { state_.pairs.forget(); }

StepOutcome StochasticQuasiNewton::step(Iterate& at) {
    State next = state_;  // the state stays where it is if the loss throws, or is not finite
    if (!batch_steps(at, next) || !shortening_.take_trial(at, at.linearize_trial(x_.data())))
        return shortening_.reject(at);
    state_ = std::move(next);
    return shortening_.made(at);
}

/// x_ <- where the steps lead. false if the loss on a batch is not finite.
bool StochasticQuasiNewton::batch_steps(Iterate& at, State& state) {
    const VectorSpace& space = at.space();
    const Index steps = options_.steps > 0 ? options_.steps : state.sampler.batches_per_epoch();
    space.copy(at.x_data(), x_.data());
    for (Index k = 0; k < steps; ++k) {
        const Schedule::Moment moment{
            .step = ++state.steps, .value = at.value(), .gradient_norm = at.gradient_norm()};
        const bool second_order = state.pairs.pairs() > 0;
        const double step_size =
            second_order || !options_.gradient_step_size
                ? options_.step_size.value_at(moment, name, "step_size")
                : options_.gradient_step_size->value_at(moment, name, "gradient_step_size");
        BatchLoss loss(at, state.sampler.next());
        const double* gradient = loss.gradient(x_.data());
        if (gradient == nullptr) return false;
        space.copy(gradient, direction_.data());
        state.pairs.apply(direction_.data());
        space.add(-shortening_.factor() * step_size, direction_.data(), x_.data());
        if (!space.all_finite(x_.data())) return false;
        state.pairs.add(at, x_.data());
    }
    return true;
}

void StochasticQuasiNewton::save(std::ostream& out) const {
    StateWriter state(out, name, 2);
    shortening_.save(state);
    state.integer("steps", state_.steps);
    state_.sampler.save(state);
    state_.pairs.save(state);
}

void StochasticQuasiNewton::load(std::istream& in) {
    StateReader reader(in, name, 2);
    StepShortening shortening;
    shortening.load(reader);
    State state = state_;
    state.steps = reader.integer("steps");
    state.sampler.load(reader);
    state.pairs.load(reader, "StochasticQuasiNewton");
    state_ = std::move(state);
    shortening_ = shortening;
}

}  // namespace hesse
