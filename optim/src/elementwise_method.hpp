#pragma once

#include "hesse/optim/elementwise_method.hpp"
#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <istream>
#include <limits>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>

namespace hesse {

/// What a rule may know of a step, besides one parameter. Norms are those of the group; for rules that ask for them alone.
struct StepMoment {
    double step_size = 0.0;
    std::int64_t age = 1;  // the number of this step since the state began
    Schedule::Moment schedule{};
    double parameter_norm = 0.0;
    double gradient_norm = 0.0;  // after clipping
};

/// The checks of what all rules have in common.
template <class Options>
void check_common(std::string_view type, const Options& options) {
    options.step_size.check_positive(type, "step_size");
    require_finite_not_negative(type, "weight_decay", options.weight_decay);
    if (!(options.clip_norm > 0.0))
        throw std::invalid_argument(
            fmt::format("{}: clip_norm is {}, expected a positive number", type, options.clip_norm));
}

/// A rule whose step is |x| / |u| u, u being what `move` returns, once the whole group has one.
template <class Rule>
concept ScalesGroups = requires { Rule::scales_groups; };
/// A rule that asks for norms before the step.
template <class Rule>
concept UsesNorms = requires { Rule::uses_norms; };

/// The step of `length` parameters: next = keep x + the rule's move, or the move alone where it is scaled later. By blocks in arrays of its own,
/// which nothing else can point to: the loop over a block becomes one over registers.
template <class Rule>
void move_entries(typename Rule::Step step, double shorten, double keep, Index length, const double* g,
                  const double* x, const std::array<const double*, Rule::vectors>& before, double* next,
                  const std::array<double*, Rule::vectors>& after) {
    constexpr Index block = 128;
    std::array<std::array<double, block>, Rule::vectors> states;
    std::array<double, block> moved;
    for (Index first = 0; first < length; first += block) {
        const Index count = std::min(block, length - first);
        for (std::size_t k = 0; k < states.size(); ++k)
            std::copy(before[k] + first, before[k] + first + count, states[k].begin());
        for (Index i = 0; i < count; ++i) {
            const auto entry = static_cast<std::size_t>(i);
            std::array<double, Rule::vectors> state{};
            for (std::size_t k = 0; k < states.size(); ++k) state[k] = states[k][entry];
            const double at_x = x[first + i];
            const double change = step.move(shorten * g[first + i], at_x, state.data());
            moved[entry] = ScalesGroups<Rule> ? change : keep * at_x + change;
            for (std::size_t k = 0; k < states.size(); ++k) states[k][entry] = state[k];
        }
        std::copy(moved.begin(), moved.begin() + count, next + first);
        for (std::size_t k = 0; k < states.size(); ++k)
            std::copy(states[k].begin(), states[k].begin() + count, after[k] + first);
    }
}

template <class Rule>
ElementwiseMethod<Rule>::ElementwiseMethod(Options options, std::vector<Group> groups)
    : given_(std::move(groups)) {
    std::sort(given_.begin(), given_.end(),
              [](const Group& a, const Group& b) { return a.where.first < b.where.first; });
    Index end = 0;
    for (const Group& group : given_) {
        if (group.where.first < end || group.where.count < 0 ||
            group.where.count > std::numeric_limits<Index>::max() - group.where.first)
            throw std::invalid_argument(
                fmt::format("{}: a group has {} parameters from {} on, expected none before {}, where the "
                            "one before it ends",
                            name, group.where.count, group.where.first, end));
        end = group.where.first + group.where.count;
        check_common(name, group.options);
        Rule::check(group.options);
    }
    check_common(name, options);
    Rule::check(options);
    given_.push_back({{end, 0}, std::move(options)});
}

template <class Rule>
void ElementwiseMethod<Rule>::start(Iterate& at) {
    const Group& last = given_.back();
    if (last.where.first > at.size())
        throw std::invalid_argument(fmt::format("{}: the groups end at {} but the objective has size {}",
                                                name, last.where.first, at.size()));
    groups_.clear();
    Index end = 0;
    for (std::size_t k = 0; k < given_.size(); ++k) {
        const bool rest = k + 1 == given_.size();
        const Index first = rest ? at.size() : given_[k].where.first;
        if (first > end) groups_.push_back({{end, first - end}, last.options});
        if (!rest && given_[k].where.count > 0) groups_.push_back(given_[k]);
        end = first + given_[k].where.count;
    }
    steps_ = 0;
    shortening_.start();
    for (Buffer& vector : next_state_) vector.resize(static_cast<std::size_t>(at.size()));
    restart(at);
}

template <class Rule>
void ElementwiseMethod<Rule>::restart(Iterate& at) {
    age_ = 0;
    for (Buffer& vector : state_) vector.assign(static_cast<std::size_t>(at.size()), 0.0);
}

/// Writes the next point and state of one group; returns how far it moves, squared.
template <class Rule>
double ElementwiseMethod<Rule>::move(Iterate& at, const Group& group) {
    const VectorSpace part(group.where.count);
    const double* g = at.gradient_data() + group.where.first;
    const double* x = at.x_data() + group.where.first;
    double* next = at.next_data() + group.where.first;
    const Options& options = group.options;

    StepMoment moment{.age = age_ + 1, .schedule = {steps_ + 1, at.value(), at.gradient_norm()}};
    moment.step_size = options.step_size.value_at(moment.schedule, name, "step_size");
    double shorten = 1.0;
    if (UsesNorms<Rule> || std::isfinite(options.clip_norm)) {
        const double norm = part.norm(g);
        if (norm > options.clip_norm) shorten = options.clip_norm / norm;
        moment.gradient_norm = shorten * norm;
    }
    if constexpr (UsesNorms<Rule> || ScalesGroups<Rule>) moment.parameter_norm = part.norm(x);

    const typename Rule::Step step(options, moment);
    // Rules that look at norms count the decay as a part of the gradient.
    constexpr bool decays_itself = UsesNorms<Rule> || ScalesGroups<Rule>;
    const double keep = decays_itself ? 1.0 : 1.0 - moment.step_size * options.weight_decay;
    const double square = part.sum_of_blocks([&](Index begin, Index length) {
        std::array<const double*, Rule::vectors> before{};
        std::array<double*, Rule::vectors> after{};
        for (std::size_t k = 0; k < before.size(); ++k) {
            before[k] = state_[k].data() + group.where.first + begin;
            after[k] = next_state_[k].data() + group.where.first + begin;
        }
        move_entries<Rule>(step, shorten, keep, length, g + begin, x + begin, before, next + begin, after);
        if constexpr (ScalesGroups<Rule>) return 0.0;  // it is not the step yet
        else
            return VectorSpace(length).squared_distance(next + begin,
                                                        x + begin);  // while both are in the cache
    });
    if constexpr (!ScalesGroups<Rule>) return square;
    const double length = part.norm(next);
    const double ratio = moment.parameter_norm > 0.0 && length > 0.0 ? moment.parameter_norm / length : 1.0;
    return part.step(x, -moment.step_size * ratio, next, next);
}

template <class Rule>
StepOutcome ElementwiseMethod<Rule>::step(Iterate& at) {
    double square = 0.0;
    for (const Group& group : groups_) square += move(at, group);
    if (const double part = shortening_.factor(); part < 1.0) {
        at.space().combine(1.0 - part, at.x_data(), part, at.next_data());
        square = at.space().squared_distance(at.next_data(), at.x_data());
    }
    if (!shortening_.take_trial(at, at.linearize_next(square))) {
        restart(at);
        return shortening_.reject(at);
    }
    state_.swap(next_state_);
    ++steps_;
    ++age_;
    return shortening_.made(at);
}

template <class Rule>
void ElementwiseMethod<Rule>::save(std::ostream& out) const {
    StateWriter state(out, name, 2);
    state.integer("steps", steps_);
    state.integer("age", age_);
    shortening_.save(state);
    for (std::size_t k = 0; k < state_.size(); ++k) state.vector("state_" + std::to_string(k), state_[k]);
}

template <class Rule>
void ElementwiseMethod<Rule>::load(std::istream& in) {
    StateReader state(in, name, 2);
    const std::int64_t steps = state.integer("steps");
    const std::int64_t age = state.integer("age");
    StepShortening shortening;
    shortening.load(state);
    std::array<Buffer, Rule::vectors> vectors;
    for (std::size_t k = 0; k < vectors.size(); ++k)
        vectors[k] = state.vector("state_" + std::to_string(k), state_[k].size());
    steps_ = steps;
    age_ = age;
    shortening_ = shortening;
    state_ = std::move(vectors);
}

}  // namespace hesse
