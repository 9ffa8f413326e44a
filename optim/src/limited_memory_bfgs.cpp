#include "hesse/optim/limited_memory_bfgs.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <istream>
#include <ostream>
#include <utility>

namespace hesse {

LimitedMemoryBfgs::LimitedMemoryBfgs(Options options) : options_(options), search_(options.search) {
    require_at_least(name, "memory", options_.memory, 1);
    require_positive(name, "first_length", options_.first_length);
    options_.search.check(name);
}

void LimitedMemoryBfgs::start(Iterate& at) {
    const auto n = static_cast<std::size_t>(at.size());
    search_.start(at);
    memory_.resize(static_cast<std::size_t>(options_.memory));
    for (Pair& pair : memory_) {
        pair.s.resize(n);
        pair.y.resize(n);
    }
    fresh_.s.resize(n);
    fresh_.y.resize(n);
    next_ = pairs_ = 0;
    curvature_ = 0.0;
    direction_.resize(n);
    coefficients_.resize(memory_.size());
}

const LimitedMemoryBfgs::Pair& LimitedMemoryBfgs::pair(Index age) const {
    const Index size = options_.memory;
    return memory_[static_cast<std::size_t>((next_ - 1 - age + 2 * size) % size)];
}

/// direction_ = -H g by the last `pairs` pairs.
void LimitedMemoryBfgs::find_direction(const Iterate& at, Index pairs) {
    const VectorSpace& space = at.space();
    double* d = direction_.data();
    space.combine(-1.0, at.gradient_data(), 0.0, d);
    for (Index age = 0; age < pairs; ++age) {
        const Pair& p = pair(age);
        const double c = space.dot(p.s.data(), d) / p.product;
        coefficients_[static_cast<std::size_t>(age)] = c;
        space.add(-c, p.y.data(), d);
    }
    if (pairs > 0) {
        const Pair& p = pair(0);
        space.scale(p.product / space.dot(p.y.data(), p.y.data()), d);
    }
    for (Index age = pairs; age-- > 0;) {
        const Pair& p = pair(age);
        const double c = coefficients_[static_cast<std::size_t>(age)] - space.dot(p.y.data(), d) / p.product;
        space.add(c, p.s.data(), d);
    }
}

/// The pair of the step to the iterate from the point in fresh_.
void LimitedMemoryBfgs::remember(const Iterate& at) {
    const VectorSpace& space = at.space();
    Pair& p = fresh_;
    space.combine(1.0, at.x_data(), -1.0, p.s.data());
    space.combine(1.0, at.gradient_data(), -1.0, p.y.data());
    p.product = space.dot(p.s.data(), p.y.data());
    const double length = space.norm(p.y.data());
    if (!(p.product > 1e-10 * space.norm(p.s.data()) * length)) return;
    curvature_ = length / p.product * length;
    std::swap(fresh_, memory_[static_cast<std::size_t>(next_)]);
    next_ = (next_ + 1) % options_.memory;
    pairs_ = std::min(pairs_ + 1, options_.memory);
}

StepOutcome LimitedMemoryBfgs::step(Iterate& at) {
    const VectorSpace& space = at.space();
    const double norm = at.gradient_norm();
    if (norm == 0.0) return StepOutcome::converged;
    Index pairs = pairs_;
    for (;; pairs = 0) {
        find_direction(at, pairs);
        const double slope = space.dot(direction_.data(), at.gradient_data());
        WolfeLineSearch::Result found;
        if (slope < 0.0 && std::isfinite(slope))
            found =
                search_.search(at, direction_.data(), slope, pairs > 0 ? 1.0 : options_.first_length / norm);
        if (found.end == LineSearchEnd::found) break;
        if (pairs > 0) continue;  // once more, along the gradient
        if (found.end == LineSearchEnd::not_finite) return StepOutcome::not_finite;
        // What the gradient still promises may be rounding.
        const bool rounding = 0.5 * norm * norm <= curvature_ * at.rounding_floor();
        return rounding ? StepOutcome::rounding_floor : StepOutcome::line_search;
    }
    space.copy(at.x_data(), fresh_.s.data());
    space.copy(at.gradient_data(), fresh_.y.data());
    at.accept_trial();
    pairs_ = pairs;
    remember(at);
    return StepOutcome::moved;
}

void LimitedMemoryBfgs::save(std::ostream& out) const {
    StateWriter state(out, name, 1);
    state.number("curvature", curvature_);
    state.integer("pairs", pairs_);
    for (Index age = pairs_; age-- > 0;) {
        const Pair& p = pair(age);
        state.number("product", p.product);
        state.vector("s", p.s);
        state.vector("y", p.y);
    }
}

void LimitedMemoryBfgs::load(std::istream& in) {
    StateReader state(in, name, 1);
    const double curvature = state.number("curvature");
    const std::int64_t pairs = state.integer("pairs");
    if (pairs < 0 || pairs > options_.memory)
        throw std::invalid_argument(
            fmt::format("{}: the state has {} pairs, expected at most {} as options.memory says", name, pairs,
                        options_.memory));
    std::vector<Pair> memory(static_cast<std::size_t>(pairs));
    for (Pair& p : memory) {
        p.product = state.number("product");
        p.s = state.vector("s", direction_.size());
        p.y = state.vector("y", direction_.size());
    }
    curvature_ = curvature;
    pairs_ = pairs;
    next_ = pairs % options_.memory;
    for (std::size_t k = 0; k < memory.size(); ++k) std::swap(memory_[k], memory[k]);
}

}  // namespace hesse
