#pragma once

#include "hesse/autodiff/engine/local_derivatives.hpp"
#include "hesse/autodiff/expression.hpp"
#include "hesse/autodiff/source_line.hpp"
#include "hesse/autodiff/tape.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

/// How a tape is written.
namespace hesse {
namespace engine {

// In numbers. The first is small, since there may be many recordings of little.
inline constexpr std::size_t first_kept_block = std::size_t{1} << 9,
                             largest_kept_block = std::size_t{1} << 16;

/// Constants take a slot so that statements can read them; nothing flows through it.
template <class T>
inline constexpr Operations<T> constant_slot = {
    .gradient =
        [](const SweepArrays<T>&, Position at, std::uint32_t count) {
            return Position{at.payload, at.slot - count};
        },
    .tangent =
        [](const SweepArrays<T>& arrays, Position at, std::uint32_t count) {
            for (; count != 0; --count) arrays.tangent[at.slot++] = T(0);
            return at;
        },
    .product =
        [](const SweepArrays<T>&, Position at, std::uint32_t count) {
            return Position{at.payload, at.slot - count};
        },
    .scalar = true,
    .name = "constant",
};

[[noreturn]] void throw_too_long();

}  // namespace engine

template <class T>
Tape<T>::Tape() = default;
template <class T>
Tape<T>::~Tape() = default;

template <class T>
void Tape<T>::start(const T* x, std::size_t n, bool array_of_parameters) {
    runs_.clear();
    payload_.clear();
    nodes_.clear();
    values_.clear();
    arrays_.clear();
    cleared_first_.clear();
    covered_.clear();
    owners_.clear();
    kept_block_ = kept_used_ = 0;
    generation_ = (generation_ + 1) & generation_mask;
    room_ = 0;
    only_scalars_ = true;
    prefers_planes_ = false;
    early_ = {};
    if (local_) local_->forget();
    runs_.push_back(Run());  // so that there is a last run to compare with; sweeps pass over it
    parameters_ = n;
    copy_finite("objective: the point", x, static_cast<Index>(n), values_.extend(n));
    scalar_parameters_ = !array_of_parameters;
    if (array_of_parameters) arrays_.push_back({0, n});
}

template <class T>
void Tape<T>::make_room() {
    // Few at first, since there may be many recordings of little; many once that is not so, to be called seldom.
    const std::uint32_t statements = payload_.size() < std::size_t{1} << 12 ? 4 : 64;
    runs_.reserve_more(statements);
    payload_.reserve_more(statements * largest_payload<T>);
    values_.reserve_more(statements + 1);
    room_ = statements;
}

template <class T>
std::uint32_t Tape<T>::append_constant(const T& value) {
    append(engine::constant_slot<T>, 0);
    return append_value(value);
}

template <class T>
typename Tape<T>::Region Tape<T>::append_array(std::size_t size) {
    constexpr std::size_t line = alignment / sizeof(T);
    const std::size_t begin = (values_.size() + line - 1) / line * line;
    if (begin + size > std::numeric_limits<std::uint32_t>::max()) {
        engine::throw_too_long();
    }
    values_.extend(begin + size - values_.size());
    room_ = 0;
    arrays_.push_back({begin, begin + size});
    return {begin, size};
}

template <class T>
std::byte* Tape<T>::append_node(const Operations<T>& operations, std::size_t bytes) {
    const std::size_t offset = last_node_ = nodes_.size();
    constexpr std::size_t unit = alignof(std::max_align_t);
    only_scalars_ = false;
    if (noted_lines.of_nodes != nullptr) noted_lines.of_nodes->push_back({this, noted_lines.last});
    std::byte* node = nodes_.extend((bytes + unit - 1) / unit * unit);
    std::byte* payload = append(operations, sizeof(std::uint64_t));
    const std::uint64_t stored = offset;
    std::memcpy(payload, &stored, sizeof stored);
    return node;
}

template <class T>
T* Tape<T>::keep_numbers(std::size_t count) {
    constexpr std::size_t line = alignment / sizeof(T);
    count = (count + line - 1) / line * line;
    for (;; ++kept_block_, kept_used_ = 0) {
        if (kept_block_ == kept_.size()) {
            const std::size_t next = engine::first_kept_block << std::min<std::size_t>(2 * kept_.size(), 8);
            kept_.emplace_back(std::max(count, std::min(next, engine::largest_kept_block)));
        }
        auto& block = kept_[kept_block_];
        if (kept_used_ + count <= block.size()) {
            T* numbers = block.data() + kept_used_;
            kept_used_ += count;
            return numbers;
        }
    }
}

template <class T>
typename Tape<T>::Memory Tape<T>::memory() const {
    std::size_t kept = 0;
    for (const auto& block : kept_) kept += block.capacity() * sizeof(T);
    return {values_.capacity_in_bytes(),
            adjoints_.capacity_in_bytes() + tangents_.capacity_in_bytes() + seconds_.capacity_in_bytes() +
                (local_ ? local_->capacity_in_bytes() : 0),
            runs_.capacity_in_bytes() + payload_.capacity_in_bytes(), nodes_.capacity_in_bytes(), kept};
}

}  // namespace hesse
