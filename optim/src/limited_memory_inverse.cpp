#include "hesse/optim/limited_memory_inverse.hpp"

#include "hesse/optim/state_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <utility>

namespace hesse {

void LimitedMemoryInverse::start(const VectorSpace& space, Index memory) {
    space_.emplace(space);
    part_.emplace(space.part());
    memory_.resize(static_cast<std::size_t>(memory));
    const auto resize = [&](Pair& pair) {
        pair.s.resize(static_cast<std::size_t>(part_->dimension()));
        pair.y.resize(pair.s.size());
    };
    for (Pair& pair : memory_) resize(pair);
    if (space.divided()) resize(spare_);
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
    if (!space_->divided()) return add_parts(pair);
    part_->copy(pair.s.data() + space_->part_first(), spare_.s.data());
    part_->copy(pair.y.data() + space_->part_first(), spare_.y.data());
    return add_parts(spare_);
}

bool LimitedMemoryInverse::add_parts(Pair& pair) {
    const double *s = pair.s.data(), *y = pair.y.data();
    std::array<double, 3> products{part_->dot(s, y), part_->dot(s, s), part_->dot(y, y)};
    space_->sum_over_ranks(products.data(), 3);
    const double length = space_->norm_of_parts(y, products[2]);
    if (!(products[0] > 1e-10 * space_->norm_of_parts(s, products[1]) * length)) return false;
    pair.product = products[0];
    curvature_ = length / pair.product * length;
    std::swap(pair, memory_[static_cast<std::size_t>(next_)]);
    const auto size = static_cast<Index>(memory_.size());
    next_ = (next_ + 1) % size;
    pairs_ = std::min(pairs_ + 1, size);
    return true;
}

/// x'v of a vector's parts.
double LimitedMemoryInverse::dot(const Buffer& x, const double* part) const {
    double sum = part_->dot(x.data(), part);
    space_->sum_over_ranks(&sum, 1);
    return sum;
}

void LimitedMemoryInverse::apply(double* v) {
    if (pairs_ == 0) return;
    double* const part = v + space_->part_first();
    for (Index age = 0; age < pairs_; ++age) {
        const Pair& p = pair(age);
        const double c = dot(p.s, part) / p.product;
        coefficients_[static_cast<std::size_t>(age)] = c;
        part_->add(-c, p.y.data(), part);
    }
    const Pair& last = pair(0);
    part_->scale(last.product / dot(last.y, last.y.data()), part);
    for (Index age = pairs_; age-- > 0;) {
        const Pair& p = pair(age);
        const double c = coefficients_[static_cast<std::size_t>(age)] - dot(p.y, part) / p.product;
        part_->add(c, p.s.data(), part);
    }
    space_->gather(v);
}

void LimitedMemoryInverse::save(StateWriter& out) const {
    out.number("curvature", curvature_);
    out.integer("pairs", pairs_);
    // All of a vector, so that any number of ranks can go on from it.
    Buffer all(space_->divided() ? static_cast<std::size_t>(space_->dimension()) : 0);
    const auto write = [&](const char* what, const Buffer& part) {
        if (!space_->divided()) return out.vector(what, part);
        std::copy(part.begin(), part.end(), all.begin() + space_->part_first());
        space_->gather(all.data());
        out.vector(what, all);
    };
    for (Index age = pairs_; age-- > 0;) {
        const Pair& p = pair(age);
        out.number("product", p.product);
        write("s", p.s);
        write("y", p.y);
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
    const auto read_part = [&](Buffer all) {
        if (!space_->divided()) return all;
        const auto first = all.begin() + space_->part_first();
        return Buffer(first, first + part_->dimension());
    };
    for (Pair& p : state.pairs) {
        p.product = in.number("product");
        p.s = read_part(in.vector("s", n));
        p.y = read_part(in.vector("y", n));
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
