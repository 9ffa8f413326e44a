#include "hesse/optim/stochastic/stochastic_variance_reduced_gradient.hpp"

#include "hesse/optim/state_text.hpp"
#include "hesse/optim/stochastic/batch_loss.hpp"
#include "options.hpp"
#include "step_options.hpp"

#include <istream>
#include <ostream>
#include <utility>

namespace hesse {

using Slot = ObjectiveRef::Slot;

StochasticVarianceReducedGradient::StochasticVarianceReducedGradient(Options options)
    : options_(std::move(options)) {
    options_.batches.check(name);
    options_.step_size.check_positive(name, "step_size");
    if (options_.gradient_step_size) options_.gradient_step_size->check_positive(name, "gradient_step_size");
    require_at_least(name, "inner_steps", options_.inner_steps, 0);
    require_at_least(name, "memory", options_.memory, 0);
    require_at_least(name, "pair_interval", options_.pair_interval, 1);
    require_at_least(name, "curvature_rows", options_.curvature_rows, 0);
    if (options_.memory > 0)
        state_.pairs.emplace(options_.memory, options_.pair_interval,
                             curvature_batches(options_.batches, options_.curvature_rows));
}

void StochasticVarianceReducedGradient::start(Iterate& at) {
    state_.sampler = BatchSampler(options_.batches);
    state_.sampler.start(at.data_rows(), name);
    if (state_.pairs) state_.pairs->start(at);
    state_.steps = 0;
    shortening_.start();
    for (Buffer* vector : {&x_, &direction_}) vector->resize(static_cast<std::size_t>(at.size()));
}

void StochasticVarianceReducedGradient::restart(Iterate&) {
    if (state_.pairs) state_.pairs->forget();
}

StepOutcome StochasticVarianceReducedGradient::step(Iterate& at) {
    if (at.gradient_norm() == 0.0) return StepOutcome::converged;
    State next = state_;  // the state stays where it is if the loss throws, or is not finite
    if (!inner_steps(at, next) || !shortening_.take_trial(at, at.linearize_trial(x_.data())))
        return shortening_.reject(at);
    state_ = std::move(next);
    return shortening_.made(at);
}

/// x_ <- where the steps lead. false if the loss on a batch is not finite.
bool StochasticVarianceReducedGradient::inner_steps(Iterate& at, State& state) {
    const VectorSpace& space = at.space();
    const Schedule::Moment moment{
        .step = ++state.steps, .value = at.value(), .gradient_norm = at.gradient_norm()};
    const double along_inverse = options_.step_size.value_at(moment, name, "step_size");
    const double along_gradient =
        state.pairs && options_.gradient_step_size
            ? options_.gradient_step_size->value_at(moment, name, "gradient_step_size")
            : along_inverse;
    const Index steps = options_.inner_steps > 0 ? options_.inner_steps : state.sampler.batches_per_epoch();
    space.copy(at.x_data(), x_.data());
    for (Index k = 0; k < steps; ++k) {
        const auto rows = state.sampler.next();
        space.copy(at.gradient_data(), direction_.data());
        if (k > 0) {  // at first x = w, where the terms on the batch cancel
            BatchLoss loss(at, rows);
            const double* here = loss.gradient(x_.data(), Slot::current);
            const double* there = loss.gradient(at.x_data(), Slot::trial);
            if (here == nullptr || there == nullptr) return false;
            space.add(1.0, here, direction_.data());
            space.add(-1.0, there, direction_.data());
        }
        const bool second_order = state.pairs && state.pairs->pairs() > 0;
        if (second_order) state.pairs->apply(direction_.data());
        space.add(-shortening_.factor() * (second_order ? along_inverse : along_gradient), direction_.data(),
                  x_.data());
        if (!space.all_finite(x_.data())) return false;
        if (state.pairs) state.pairs->add(at, x_.data());
    }
    return true;
}

void StochasticVarianceReducedGradient::save(std::ostream& out) const {
    StateWriter state(out, name, 2);
    shortening_.save(state);
    state.integer("steps", state_.steps);
    state_.sampler.save(state);
    if (state_.pairs) state_.pairs->save(state);
}

void StochasticVarianceReducedGradient::load(std::istream& in) {
    StateReader reader(in, name, 2);
    StepShortening shortening;
    shortening.load(reader);
    State state = state_;
    state.steps = reader.integer("steps");
    state.sampler.load(reader);
    if (state.pairs) state.pairs->load(reader, "StochasticVarianceReducedGradient");
    state_ = std::move(state);
    shortening_ = shortening;
}

}  // namespace hesse
