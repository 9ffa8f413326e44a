#include "hesse/optim/stochastic/multi_batch_bfgs.hpp"

#include "hesse/optim/state_text.hpp"
#include "hesse/optim/stochastic/batch_loss.hpp"
#include "options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <istream>
#include <ostream>
#include <stdexcept>
#include <utility>

namespace hesse {
namespace {

constexpr int most_halvings = 30;

/// How the rows are drawn that a batch does not share with the one before.
BatchSampler::Options new_rows(BatchSampler::Options batches, double overlap, Index shared) {
    if (overlap < 1.0) batches.size -= shared;
    return batches;
}

Index rows_shared(Index size, double overlap) {
    if (!((overlap > 0.0 && overlap <= 0.5) || overlap == 1.0))
        throw std::invalid_argument(fmt::format(
            "MultiBatchBfgs: overlap is {}, expected more than 0 and at most 0.5, or 1", overlap));
    require_at_least(MultiBatchBfgs::name, "batches.size", size, overlap < 1.0 ? 2 : 1);
    return std::max<Index>(1, static_cast<Index>(std::llround(overlap * static_cast<double>(size))));
}

}  // namespace

MultiBatchBfgs::MultiBatchBfgs(Options options)
    : options_(std::move(options)), shared_rows_(rows_shared(options_.batches.size, options_.overlap)) {
    options_.batches.check(name);
    options_.step_size.check_positive(name, "step_size");
    if (options_.gradient_step_size) options_.gradient_step_size->check_positive(name, "gradient_step_size");
    require_probability(name, "sufficient_decrease", options_.sufficient_decrease);
    require_at_least(name, "steps", options_.steps, 0);
    require_at_least(name, "memory", options_.memory, 1);
}

void MultiBatchBfgs::start(Iterate& at) {
    state_.sampler = BatchSampler(new_rows(options_.batches, options_.overlap, shared_rows_));
    state_.sampler.start(at.data_rows(), name);
    state_.inverse.start(at.space(), options_.memory);
    state_.shared.clear();
    state_.steps = 0;
    shortening_.start();
    for (Buffer* vector : {&fresh_.s, &fresh_.y, &x_, &next_, &direction_})
        vector->resize(static_cast<std::size_t>(at.size()));
}

void MultiBatchBfgs::restart(Iterate&) { state_.inverse.forget(); }

StepOutcome MultiBatchBfgs::step(Iterate& at) {
    State next = state_;  // the state stays where it is if the loss throws, or is not finite
    const Index steps = options_.steps > 0 ? options_.steps : next.sampler.batches_per_epoch();
    at.space().copy(at.x_data(), x_.data());
    bool moved = false;
    for (Index k = 0; k < steps; ++k) {
        const BatchOutcome outcome = batch_step(at, next);
        if (outcome == BatchOutcome::not_finite) return shortening_.reject(at);
        moved = moved || outcome == BatchOutcome::moved;
    }
    if (!moved) return StepOutcome::line_search;
    if (!shortening_.take_trial(at, at.linearize_trial(x_.data()))) return shortening_.reject(at);
    state_ = std::move(next);
    return shortening_.made(at);
}

/// The rows of the next batch, those that it shares with the one before first. The last ones are shared with the one after.
std::vector<Index> MultiBatchBfgs::next_rows(State& state) const {
    std::vector<Index> rows = state.shared;
    const auto drawn = state.sampler.next();
    rows.insert(rows.end(), drawn.begin(), drawn.end());
    if (!whole_overlap()) {
        const auto count = std::min(static_cast<std::size_t>(shared_rows_), rows.size());
        state.shared.assign(rows.end() - static_cast<std::ptrdiff_t>(count), rows.end());
    }
    return rows;
}

/// How long a step along the direction is to be.
double MultiBatchBfgs::step_length(const Iterate& at, const double* gradient, State& state) const {
    const Schedule::Moment moment{
        .step = ++state.steps, .value = at.value(), .gradient_norm = at.gradient_norm()};
    const double factor = shortening_.factor();
    const bool second_order = state.inverse.pairs() > 0;
    if (!second_order && options_.gradient_step_size)
        return factor * options_.gradient_step_size->value_at(moment, name, "gradient_step_size");
    const double length = factor * options_.step_size.value_at(moment, name, "step_size");
    const double norm = second_order ? 1.0 : at.space().norm(gradient);
    return norm > 0.0 ? length / norm : length;
}

/// next_ = x_ + length d, halved until the loss on the batch falls enough. stayed if it never does.
MultiBatchBfgs::BatchOutcome MultiBatchBfgs::go_along(const Iterate& at, BatchLoss& loss,
                                                      const double* gradient, double length) {
    const VectorSpace& space = at.space();
    const auto go = [&] { space.step(x_.data(), length, direction_.data(), next_.data()); };
    go();
    if (!options_.backtracking) return BatchOutcome::moved;
    const double slope = space.dot(direction_.data(), gradient), before = loss.value();
    bool finite = false;
    const auto enough = [&] {
        const double value = loss.value(next_.data());
        const double limit = before + options_.sufficient_decrease * length * slope;
        finite = finite || std::isfinite(value);
        return value <= limit || value <= limit + at.rounding_floor();
    };
    for (int halvings = 0; !enough(); ++halvings) {
        if (halvings == most_halvings) return finite ? BatchOutcome::stayed : BatchOutcome::not_finite;
        length *= 0.5;
        go();
    }
    return BatchOutcome::moved;
}

/// A pair from the gradients at both ends, of the same loss. false if one is not finite.
bool MultiBatchBfgs::add_pair(const VectorSpace& space, const double* begin, const double* end,
                              State& state) {
    if (begin == nullptr || end == nullptr) return false;
    space.subtract(end, begin, fresh_.y.data());
    space.subtract(next_.data(), x_.data(), fresh_.s.data());
    state.inverse.add(fresh_);
    return true;
}

/// One step of x_ on the next batch.
MultiBatchBfgs::BatchOutcome MultiBatchBfgs::batch_step(Iterate& at, State& state) {
    const VectorSpace& space = at.space();
    const std::vector<Index> rows = next_rows(state);
    BatchLoss loss(at, rows);
    const double* gradient = loss.gradient(x_.data());
    if (gradient == nullptr) return BatchOutcome::not_finite;
    const double length = step_length(at, gradient, state);
    state.inverse.apply(gradient, direction_.data(), -1.0);
    const BatchOutcome outcome = go_along(at, loss, gradient, length);
    if (outcome == BatchOutcome::stayed) state.inverse.forget();
    if (outcome != BatchOutcome::moved) return outcome;
    if (!space.all_finite(next_.data())) return BatchOutcome::not_finite;

    bool added = false;
    if (whole_overlap()) {
        added = add_pair(space, gradient, loss.gradient(next_.data(), ObjectiveRef::Slot::trial), state);
    } else {
        BatchLoss overlap(at, state.shared);
        const double* begin = overlap.gradient(x_.data());
        added = add_pair(space, begin, overlap.gradient(next_.data(), ObjectiveRef::Slot::trial), state);
    }
    if (!added) return BatchOutcome::not_finite;
    std::swap(x_, next_);
    return BatchOutcome::moved;
}

void MultiBatchBfgs::save(std::ostream& out) const {
    StateWriter state(out, name, 2);
    shortening_.save(state);
    state.integer("steps", state_.steps);
    state.integer("shared", static_cast<std::int64_t>(state_.shared.size()));
    for (const Index row : state_.shared) state.integer("row", row);
    state_.inverse.save(state);
    state_.sampler.save(state);
}

void MultiBatchBfgs::load(std::istream& in) {
    StateReader reader(in, name, 2);
    StepShortening shortening;
    shortening.load(reader);
    State state = state_;
    state.steps = reader.integer("steps");
    const std::int64_t shared = reader.integer("shared");
    if (shared < 0 || shared > shared_rows_)
        throw std::invalid_argument(
            fmt::format("MultiBatchBfgs: the state has {} shared rows, expected at most {} as "
                        "options.overlap says",
                        shared, shared_rows_));
    state.shared.resize(static_cast<std::size_t>(shared));
    for (Index& row : state.shared) row = reader.integer("row");
    state.inverse.set_state(state.inverse.read(reader, "MultiBatchBfgs"));
    state.sampler.load(reader);
    state_ = std::move(state);
    shortening_ = shortening;
}

}  // namespace hesse
