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
    sy_.resize(memory_.size() * memory_.size());
    yy_.resize(sy_.size());
    columns_.reserve(2 * memory_.size());
    coefficients_.resize(2 * memory_.size());
    projections_.resize(4 * memory_.size());
    next_ = pairs_ = 0;
    curvature_ = 0.0;
}

/// Where the pair is that is `age` additions old.
std::size_t LimitedMemoryInverse::slot(Index age) const {
    const auto size = static_cast<Index>(memory_.size());
    return static_cast<std::size_t>((next_ - 1 - age + 2 * size) % size);
}

/// s and y of the last pair, of the one before, and so on.
std::span<const double* const> LimitedMemoryInverse::columns() {
    columns_.clear();
    for (Index age = 0; age < pairs_; ++age) {
        const Pair& pair = memory_[slot(age)];
        columns_.push_back(pair.s.data());
        columns_.push_back(pair.y.data());
    }
    return columns_;
}

bool LimitedMemoryInverse::add(Pair& pair) {
    if (!space_->divided()) return add_parts(pair);
    part_->copy(pair.s.data() + space_->part_first(), spare_.s.data());
    part_->copy(pair.y.data() + space_->part_first(), spare_.y.data());
    return add_parts(spare_);
}

bool LimitedMemoryInverse::add_parts(Pair& pair) {
    const double *s = pair.s.data(), *y = pair.y.data();
    const std::array<const double*, 2> both{s, y};
    std::array<double, 4> products{};  // s's, s'y; y's, y'y
    part_->project_pair(both, s, y, products.data());
    space_->sum_over_ranks(products.data(), 4);
    const double product = products[1], length = space_->norm_of_parts(y, products[3]);
    if (!(product > 1e-10 * space_->norm_of_parts(s, products[0]) * length)) return false;
    pair.product = product;
    take(pair);
    curvature_ = length / product * length;
    return true;
}

/// Puts a pair into the memory, in exchange for the oldest.
void LimitedMemoryInverse::take(Pair& pair) {
    learn_newest();
    const auto size = static_cast<Index>(memory_.size());
    std::swap(pair, memory_[static_cast<std::size_t>(next_)]);
    next_ = (next_ + 1) % size;
    pairs_ = std::min(pairs_ + 1, size);
    newest_known_ = false;
}

/// Keeps y'[S Y] of the newest pair, (columns) numbers `stride` apart.
void LimitedMemoryInverse::keep_newest(const double* products, std::size_t stride) {
    const std::size_t size = memory_.size(), newest = slot(0);
    for (Index age = 0; age < pairs_; ++age, products += 2 * stride) {
        const std::size_t other = slot(age);
        sy_[other * size + newest] = products[0];
        yy_[other * size + newest] = yy_[newest * size + other] = products[stride];
    }
    newest_known_ = true;
}

void LimitedMemoryInverse::learn_newest() {
    if (pairs_ == 0 || newest_known_) return;
    part_->project(columns(), memory_[slot(0)].y.data(), projections_.data());
    space_->sum_over_ranks(projections_.data(), 2 * pairs_);
    keep_newest(projections_.data(), 1);
}

/// projections_ = [S Y]'v, by ages: those of the newest y come from the same pass where they are not known.
void LimitedMemoryInverse::project(const double* part) {
    if (newest_known_) {
        part_->project(columns(), part, projections_.data());
        return space_->sum_over_ranks(projections_.data(), 2 * pairs_);
    }
    part_->project_pair(columns(), part, memory_[slot(0)].y.data(), projections_.data());
    space_->sum_over_ranks(projections_.data(), 4 * pairs_);
    keep_newest(projections_.data() + 1, 2);
    for (std::size_t k = 0; k < columns_.size(); ++k) projections_[k] = projections_[2 * k];
}

void LimitedMemoryInverse::apply(const double* v, double* out, double scale) {
    if (pairs_ == 0) return space_->combine(scale, v, 0.0, out);
    const double* const part = v + space_->part_first();
    project(part);

    // q = v - sum a_j y_j, from the last pair to the first; r = gamma q + sum (a_j - b_j) s_j, back again. By ages.
    const std::size_t size = memory_.size();
    const auto sv = [&](Index age) { return scale * projections_[static_cast<std::size_t>(2 * age)]; };
    const auto yv = [&](Index age) { return scale * projections_[static_cast<std::size_t>(2 * age + 1)]; };
    const auto sy = [&](Index older, Index newer) { return sy_[slot(older) * size + slot(newer)]; };
    const auto yy = [&](Index i, Index j) { return yy_[slot(i) * size + slot(j)]; };
    const auto along_s = [&](Index age) -> double& {
        return coefficients_[static_cast<std::size_t>(2 * age)];
    };
    const auto along_y = [&](Index age) -> double& {
        return coefficients_[static_cast<std::size_t>(2 * age + 1)];
    };
    for (Index age = 0; age < pairs_; ++age) {
        double sq = sv(age);
        for (Index newer = 0; newer < age; ++newer) sq -= along_y(newer) * sy(age, newer);
        along_y(age) = sq / memory_[slot(age)].product;
    }
    const double gamma = memory_[slot(0)].product / yy(0, 0);
    for (Index age = pairs_; age-- > 0;) {
        double yq = yv(age), yr = 0.0;
        for (Index other = 0; other < pairs_; ++other) yq -= along_y(other) * yy(age, other);
        for (Index older = age + 1; older < pairs_; ++older) yr += along_s(older) * sy(older, age);
        along_s(age) = along_y(age) - (gamma * yq + yr) / memory_[slot(age)].product;
    }
    for (Index age = 0; age < pairs_; ++age) along_y(age) *= -gamma;
    part_->combine(columns(), coefficients_.data(), gamma * scale, part, out + space_->part_first());
    space_->gather(out);
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
        const Pair& p = memory_[slot(age)];
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
    next_ = pairs_ = 0;
    for (Pair& pair : state.pairs) take(pair);
    curvature_ = state.curvature;
}

}  // namespace hesse
