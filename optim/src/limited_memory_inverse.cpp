#include "hesse/optim/limited_memory_inverse.hpp"

#include "hesse/optim/state_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <utility>

namespace hesse {

void LimitedMemoryInverse::start(const VectorSpace& space, Index memory) {
    space_.emplace(space);
    memory_.resize(static_cast<std::size_t>(memory));
    for (Pair& pair : memory_) {
        pair.s.resize(static_cast<std::size_t>(space.dimension()));
        pair.y.resize(pair.s.size());
    }
    coefficients_.resize(memory_.size());
    next_ = pairs_ = 0;
    curvature_ = 0.0;
}

/// The pair that is `age` additions old.
const LimitedMemoryInverse::Pair& LimitedMemoryInverse::pair(Index age) const {
    const auto size = static_cast<Index>(memory_.size());
    return memory_[static_cast<std::size_t>((next_ - 1 - age + 2 * size) % size)];
}

bool LimitedMemoryInverse::add(Pair& pair) {
    pair.product = space_->dot(pair.s.data(), pair.y.data());
    const double length = space_->norm(pair.y.data());
    if (!(pair.product > 1e-10 * space_->norm(pair.s.data()) * length)) return false;
    curvature_ = length / pair.product * length;
    std::swap(pair, memory_[static_cast<std::size_t>(next_)]);
    const auto size = static_cast<Index>(memory_.size());
    next_ = (next_ + 1) % size;
    pairs_ = std::min(pairs_ + 1, size);
    return true;
}

void LimitedMemoryInverse::apply(double* v) {
    if (pairs_ == 0) return;
    for (Index age = 0; age < pairs_; ++age) {
        const Pair& p = pair(age);
        const double c = space_->dot(p.s.data(), v) / p.product;
        coefficients_[static_cast<std::size_t>(age)] = c;
        space_->add(-c, p.y.data(), v);
    }
    const Pair& last = pair(0);
    space_->scale(last.product / space_->dot(last.y.data(), last.y.data()), v);
    for (Index age = pairs_; age-- > 0;) {
        const Pair& p = pair(age);
        const double c =
            coefficients_[static_cast<std::size_t>(age)] - space_->dot(p.y.data(), v) / p.product;
        space_->add(c, p.s.data(), v);
    }
}

void LimitedMemoryInverse::save(StateWriter& out) const {
    out.number("curvature", curvature_);
    out.integer("pairs", pairs_);
    for (Index age = pairs_; age-- > 0;) {
        const Pair& p = pair(age);
        out.number("product", p.product);
        out.vector("s", p.s);
        out.vector("y", p.y);
    }
}

LimitedMemoryInverse::State LimitedMemoryInverse::read(StateReader& in, const char* type) const {
    State state;
    state.curvature = in.number("curvature");
    const std::int64_t pairs = in.integer("pairs");
    if (pairs < 0 || pairs > static_cast<std::int64_t>(memory_.size()))
        throw std::invalid_argument(
            fmt::format("{}: the state has {} pairs, expected at most {} as options.memory says", type, pairs,
                        memory_.size()));
    state.pairs.resize(static_cast<std::size_t>(pairs));
    const auto n = static_cast<std::size_t>(space_->dimension());
    for (Pair& p : state.pairs) {
        p.product = in.number("product");
        p.s = in.vector("s", n);
        p.y = in.vector("y", n);
    }
    return state;
}

void LimitedMemoryInverse::set_state(State state) {
    curvature_ = state.curvature;
    pairs_ = static_cast<Index>(state.pairs.size());
    next_ = pairs_ % static_cast<Index>(memory_.size());
    for (std::size_t k = 0; k < state.pairs.size(); ++k) std::swap(memory_[k], state.pairs[k]);
}

}  // namespace hesse
