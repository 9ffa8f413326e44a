#pragma once

#include "hesse/autodiff/directions.hpp"
#include "hesse/autodiff/expression.hpp"
#include "hesse/autodiff/tape.hpp"

#include <algorithm>
#include <functional>
#include <limits>

namespace hesse {
namespace engine {

inline constexpr std::size_t most_planes = 16;
inline constexpr std::size_t kept_block_size = std::size_t{1} << 16;

/// Constants take a slot so that statements can read them; nothing flows through it.
template <class T>
inline constexpr Operations<T> constant_slot = {
    [](const SweepArrays<T>&, Position at, std::uint32_t count) {
        return Position{at.payload, at.slot - count};
    },
    [](const SweepArrays<T>& arrays, Position at, std::uint32_t count) {
        std::fill_n(arrays.tangent + at.slot, count, T(0));
        return Position{at.payload, at.slot + count};
    },
    [](const SweepArrays<T>&, Position at, std::uint32_t count) {
        return Position{at.payload, at.slot - count};
    },
    [](const SweepArrays<T>& arrays, Position at, std::uint32_t count) {
        std::fill_n(arrays.tangent + at.slot * directions_at_once<T>, count * directions_at_once<T>, T(0));
        return Position{at.payload, at.slot + count};
    },
    [](const SweepArrays<T>&, Position at, std::uint32_t count) {
        return Position{at.payload, at.slot - count};
    },
    true,
    "constant",
};

[[noreturn]] void throw_too_long();

/// The columns of a matrix (rows x count) put side by side: entry k of row i comes to out[i * directions_at_once + k].
/// There are zeros for the columns that are missing.
template <class T>
void side_by_side(const T* columns, std::size_t leading, std::size_t rows, std::size_t count, T* out) {
    constexpr std::size_t lanes = directions_at_once<T>;
    const T* column[lanes];
    for (std::size_t k = 0; k < lanes; ++k) column[k] = columns + std::min(k, count - 1) * leading;
    for (std::size_t i = 0; i < rows; ++i, out += lanes) {
        for (std::size_t k = 0; k < lanes; ++k) out[k] = column[k][i];
        if (count < lanes) std::fill(out + count, out + lanes, T(0));
    }
}
/// The way back.
template <class T>
void one_by_one(const T* rows_of_lanes, std::size_t rows, std::size_t count, T* columns,
                std::size_t leading) {
    constexpr std::size_t lanes = directions_at_once<T>;
    if (count == lanes) {
        T* column[lanes];
        for (std::size_t k = 0; k < lanes; ++k) column[k] = columns + k * leading;
        for (std::size_t i = 0; i < rows; ++i, rows_of_lanes += lanes) {
            for (std::size_t k = 0; k < lanes; ++k) column[k][i] = rows_of_lanes[k];
        }
    } else {
        for (std::size_t k = 0; k < count; ++k) {
            for (std::size_t i = 0; i < rows; ++i) columns[i + k * leading] = rows_of_lanes[i * lanes + k];
        }
    }
}

}  // namespace engine

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
    runs_.push_back({nullptr, 0});  // so that there is a last run to compare with; sweeps pass over it
    parameters_ = n;
    copy_finite("objective: the point", x, static_cast<Index>(n), values_.extend(n));
    scalar_parameters_ = !array_of_parameters;
    if (array_of_parameters) arrays_.push_back({0, n});
}

template <class T>
void Tape<T>::make_room() {
    constexpr std::uint32_t statements = 256;
    runs_.reserve_more(statements);
    payload_.reserve_more(statements * largest_payload);
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
        if (kept_block_ == kept_.size()) kept_.emplace_back(std::max(count, engine::kept_block_size));
        auto& block = kept_[kept_block_];
        if (kept_used_ + count <= block.size()) {
            T* numbers = block.data() + kept_used_;
            kept_used_ += count;
            return numbers;
        }
    }
}

template <class T>
void Tape<T>::read_by_entry(Region region) {
    scalar_parameters_ = scalar_parameters_ || region.begin < parameters_;
    if (cleared_first_.size() != 0) {
        const Interval& last = cleared_first_.back();
        if (last.begin <= region.begin && region.begin + region.size <= last.end) return;
    }
    cleared_first_.push_back({region.begin, region.begin + region.size});
}

// Entries of two arrays read by turns leave many equal intervals.
template <class T>
void Tape<T>::merge_cleared_first() {
    Interval* all = cleared_first_.data();
    const std::size_t size = cleared_first_.size();
    std::sort(all, all + size, [](const Interval& a, const Interval& b) { return a.begin < b.begin; });
    std::size_t merged = 0;
    for (std::size_t i = 0; i < size; ++i) {
        if (merged != 0 && all[i].begin <= all[merged - 1].end) {
            all[merged - 1].end = std::max(all[merged - 1].end, all[i].end);
        } else {
            all[merged++] = all[i];
        }
    }
    cleared_first_.resize(merged);
}

template <class T>
template <class Visit>
void Tape<T>::for_each_gap_between_arrays(const Visit& visit) const {
    std::size_t from = 0;
    for (std::size_t i = 0; i < arrays_.size(); ++i) {
        visit(from, arrays_[i].begin);
        from = arrays_[i].end;
    }
    visit(from, values_.size());
}

// Everything but arrays starts from zero; arrays where the plan says so.
template <class T>
void Tape<T>::clear_adjoints(T* parameters, T* others) const {
    const auto clear = [&](std::size_t begin, std::size_t end) {
        const std::size_t middle = std::clamp(parameters_, begin, end);
        std::fill(parameters + begin, parameters + middle, T(0));
        std::fill(others + middle, others + end, T(0));
    };
    for_each_gap_between_arrays(clear);
    for (std::size_t i = 0; i < cleared_first_.size(); ++i) {
        clear(cleared_first_[i].begin, cleared_first_[i].end);
    }
}

template <class T>
void Tape<T>::cover(std::size_t begin, std::size_t end) {
    if (begin == end) return;
    auto first = std::lower_bound(covered_.begin(), covered_.end(), begin,
                                  [](const Interval& i, std::size_t at) { return i.end < at; });
    auto last = first;
    Interval merged{begin, end};
    for (; last != covered_.end() && last->begin <= end; ++last) {
        merged.begin = std::min(merged.begin, last->begin);
        merged.end = std::max(merged.end, last->end);
    }
    if (first == last) {
        covered_.insert(first, merged);
    } else {
        *first = merged;
        covered_.erase(first + 1, last);
    }
}

// What nothing has contributed to yet is cleared, now and at the start of every later sweep.
template <class T>
void Tape<T>::clear_gaps(std::size_t begin, std::size_t end) {
    const auto clear = [&](std::size_t from, std::size_t to) {
        if (from >= to) return;
        std::fill(adjoints_.data() + from, adjoints_.data() + to, T(0));
        cleared_first_.push_back({from, to});
    };
    auto it = std::lower_bound(covered_.begin(), covered_.end(), begin,
                               [](const Interval& i, std::size_t at) { return i.end <= at; });
    std::size_t from = begin;
    for (; it != covered_.end() && it->begin < end; ++it) {
        clear(from, it->begin);
        from = it->end;
    }
    clear(from, end);
    cover(begin, end);
}

template <class T>
bool Tape<T>::first_contribution(Region region) {
    const std::size_t begin = region.begin, end = region.begin + region.size;
    const auto it = std::lower_bound(covered_.begin(), covered_.end(), begin,
                                     [](const Interval& i, std::size_t at) { return i.end <= at; });
    if (it == covered_.end() || it->begin >= end) {
        cover(begin, end);
        return true;
    }
    clear_gaps(begin, end);
    return false;
}

template <class T>
void Tape<T>::require_adjoints(Region region) {
    clear_gaps(region.begin, region.begin + region.size);
}

template <class T>
template <typename Operations<T>::Pass Operations<T>::*pass>
void Tape<T>::sweep_forward(const SweepArrays<T>& arrays) {
    Position at{payload_.data(), parameters_};
    for (std::size_t i = 1; i < runs_.size(); ++i)
        at = (runs_[i].operations->*pass)(arrays, at, runs_[i].count);
}

template <class T>
template <typename Operations<T>::Pass Operations<T>::*pass>
void Tape<T>::sweep_reverse(const SweepArrays<T>& arrays) {
    Position at{payload_.data() + payload_.size(), values_.size()};
    for (std::size_t i = runs_.size(); i-- > 1;)
        at = (runs_[i].operations->*pass)(arrays, at, runs_[i].count);
}

// The loss of a recording is nearly always where it was in the one before. Should it not be, or should anything come
// after that is part of it, the adjoints are computed again.
template <class T>
bool Tape<T>::begin_early_sweep(std::size_t slot) {
    if (slot != result_ || cleared_first_.size() != 0) return false;
    adjoints_.resize(slot + 1);
    adjoints_[slot] = T(1);
    covered_.clear();
    early_.slot = slot;
    return true;
}

template <class T>
void Tape<T>::end_early_sweep() {
    early_.payload = payload_.size();
    early_.cleared_first = cleared_first_.size();
}

// Clears the adjoints that a sweep adds to, lets `seed` set those that it starts from, and sweeps.
template <class T>
template <class Seed>
void Tape<T>::sweep_gradient(const Seed& seed) {
    if (values_.size() > std::numeric_limits<std::uint32_t>::max()) engine::throw_too_long();
    adjoints_.resize(values_.size());
    merge_cleared_first();
    if (!early_.valid) covered_.clear();
    const auto clear = [this](std::size_t begin, std::size_t end) {
        std::fill(adjoints_.data() + begin, adjoints_.data() + end, T(0));
        cover(begin, end);
    };
    for_each_gap_between_arrays(clear);
    for (std::size_t i = 0; !early_.valid && i < cleared_first_.size(); ++i) {
        clear(cleared_first_[i].begin, cleared_first_[i].end);
    }
    seed();
    sweep_reverse<&Operations<T>::gradient>(arrays_of_gradient());
    require_adjoints({0, parameters_});
}

template <class T>
void Tape<T>::gradient(std::size_t result) {
    result_ = result;
    early_.valid = early_.slot == result && early_.payload == payload_.size() &&
                   early_.cleared_first == cleared_first_.size();
    sweep_gradient([&] {
        require_adjoints({result, 1});
        adjoints_[result] = T(1);
    });
}

template <class T>
void Tape<T>::begin_results() {
    result_ = no_slot;
    early_.valid = false;
}

template <class T>
void Tape<T>::prepare_sweeps() {
    sweep_gradient([] {});
}

template <class T>
void Tape<T>::pull_back_derivative(const T* direction, const std::vector<OutputPiece>& outputs,
                                   const T* weights, const T* weight_tangents, T* out) {
    pull_back(weights, outputs, out);
    tangents_.resize(values_.size());
    seconds_.resize(values_.size());
    std::copy_n(direction, parameters_, tangents_.data());
    const SweepArrays<T> arrays{*this,   values_.data(), adjoints_.data(), tangents_.data(), seconds_.data(),
                                result_, parameters_,    tangents_.data(), seconds_.data()};
    sweep_forward<&Operations<T>::tangent>(arrays);
    clear_adjoints(seconds_.data(), seconds_.data());
    for (const OutputPiece& piece : outputs) {
        for (std::size_t k = 0; k < piece.size; ++k) {
            seconds_[piece.slot + k] += weight_tangents[static_cast<std::size_t>(piece.first) + k];
        }
    }
    sweep_reverse<&Operations<T>::product>(arrays);
    std::copy_n(seconds_.data(), parameters_, out);
}

template <class T>
void Tape<T>::pull_back(const T* weights, const std::vector<OutputPiece>& outputs, T* out) {
    sweep_gradient([&] {
        for (const OutputPiece& piece : outputs) require_adjoints({piece.slot, piece.size});
        for (const OutputPiece& piece : outputs) {
            for (std::size_t k = 0; k < piece.size; ++k) {
                adjoints_[piece.slot + k] += weights[static_cast<std::size_t>(piece.first) + k];
            }
        }
    });
    std::copy_n(adjoints_.data(), parameters_, out);
}

template <class T>
void Tape<T>::push_forward(const T* direction, const std::vector<OutputPiece>& outputs, T* out,
                           Index results) {
    tangents_.resize(values_.size());
    copy_finite("jacobian: the direction", direction, static_cast<Index>(parameters_), tangents_.data());
    T* const tangents = tangents_.data();
    sweep_forward<&Operations<T>::tangent>({*this, values_.data(), adjoints_.data(), tangents,
                                            adjoints_.data(), result_, parameters_, tangents, nullptr});
    std::fill_n(out, results, T(0));
    for (const OutputPiece& piece : outputs)
        std::copy_n(tangents + piece.slot, piece.size, out + piece.first);
}

template <class T>
void Tape<T>::product(const T* direction, T* out) {
    tangents_.resize(values_.size());
    seconds_.resize(values_.size());
    const auto n = static_cast<Index>(parameters_);
    const bool apart =
        std::less_equal<const T*>()(direction + n, out) || std::less_equal<const T*>()(out + n, direction);
    SweepArrays<T> arrays{*this,
                          values_.data(),
                          adjoints_.data(),
                          tangents_.data(),
                          seconds_.data(),
                          result_,
                          parameters_,
                          direction,
                          out};
    if (scalar_parameters_) arrays.out = seconds_.data();
    if (scalar_parameters_ || !apart) {
        copy_finite("hessian: the direction", direction, n, tangents_.data());
        arrays.direction = tangents_.data();
    } else {
        require_finite("hessian: the direction", direction, n);
    }
    tangents_[result_] = T(0);
    sweep_forward<&Operations<T>::tangent>(arrays);
    clear_adjoints(arrays.out, seconds_.data());
    sweep_reverse<&Operations<T>::product>(arrays);
    if (arrays.out != out) std::copy_n(arrays.out, n, out);
}

template <class T>
void Tape<T>::products(const T* directions, std::size_t leading, std::size_t count, T* out,
                       std::size_t out_leading) {
    for (std::size_t k = 0; k < count; ++k) {
        require_finite("hessian: the direction", directions + k * leading, static_cast<Index>(parameters_));
    }
    const bool side_by_side = only_scalars_ && count > 1 &&
                              std::all_of(runs_.data() + 1, runs_.data() + runs_.size(),
                                          [](const Run& run) { return run.operations->tangents != nullptr; });
    for (std::size_t k = 0; k < count;) {
        const T* in = directions + k * leading;
        T* to = out + k * out_leading;
        const std::size_t left = count - k;
        if (side_by_side && left > 1) {
            const std::size_t at_once = std::min(left, directions_at_once<T>);
            products_of_scalars(in, leading, at_once, to, out_leading);
            k += at_once;
        } else if (prefers_planes_ && left > 1) {
            const std::size_t at_once = std::min(left, engine::most_planes);
            products_in_planes(in, leading, at_once, to, out_leading);
            k += at_once;
        } else {
            product(in, to);
            ++k;
        }
    }
}

template <class T>
void Tape<T>::products_in_planes(const T* directions, std::size_t leading, std::size_t count, T* out,
                                 std::size_t out_leading) {
    constexpr std::size_t line = alignment / sizeof(T);
    const std::size_t stride = (values_.size() + line - 1) / line * line;
    tangents_.resize(stride * count);
    seconds_.resize(stride * count);
    SweepArrays<T> arrays{*this,
                          values_.data(),
                          adjoints_.data(),
                          tangents_.data(),
                          seconds_.data(),
                          result_,
                          parameters_,
                          directions,
                          out,
                          count,
                          stride,
                          leading,
                          out_leading};
    if (scalar_parameters_) {
        for (std::size_t k = 0; k < count; ++k) {
            std::copy_n(directions + k * leading, parameters_, tangents_.data() + k * stride);
        }
        arrays.direction = tangents_.data();
        arrays.out = seconds_.data();
        arrays.direction_stride = arrays.out_stride = stride;
    }
    // Scalar statements take one plane after the other.
    const auto pass = [&](const Run& run, Position at, auto one, auto several) {
        if (!run.operations->scalar) return (run.operations->*several)(arrays, at, run.count);
        Position next = at;
        for (std::size_t k = 0; k < count; ++k) next = (run.operations->*one)(arrays.plane(k), at, run.count);
        return next;
    };
    for (std::size_t k = 0; k < count; ++k) tangents_[result_ + k * stride] = T(0);
    Position at{payload_.data(), parameters_};
    for (std::size_t i = 1; i < runs_.size(); ++i) {
        at = pass(runs_[i], at, &Operations<T>::tangent, &Operations<T>::tangents);
    }
    for (std::size_t k = 0; k < count; ++k) {
        const SweepArrays<T> plane = arrays.plane(k);
        clear_adjoints(plane.out, plane.second);
    }
    at = {payload_.data() + payload_.size(), values_.size()};
    for (std::size_t i = runs_.size(); i-- > 1;) {
        at = pass(runs_[i], at, &Operations<T>::product, &Operations<T>::products);
    }
    if (arrays.out != out) {
        for (std::size_t k = 0; k < count; ++k) {
            std::copy_n(seconds_.data() + k * stride, parameters_, out + k * out_leading);
        }
    }
}

// One pass over the statements for all directions: those of a slot lie side by side.
template <class T>
void Tape<T>::products_of_scalars(const T* directions, std::size_t leading, std::size_t count, T* out,
                                  std::size_t out_leading) {
    constexpr std::size_t lanes = directions_at_once<T>;
    tangents_.resize(values_.size() * lanes);
    seconds_.resize(values_.size() * lanes);
    T* tangent = tangents_.data();
    T* second = seconds_.data();
    engine::side_by_side(directions, leading, parameters_, count, tangent);
    const SweepArrays<T> arrays{*this,   values_.data(), adjoints_.data(), tangent, second,
                                result_, parameters_,    tangent,          second};
    std::fill_n(tangent + result_ * lanes, lanes, T(0));
    sweep_forward<&Operations<T>::tangents>(arrays);
    std::fill_n(second, values_.size() * lanes, T(0));
    sweep_reverse<&Operations<T>::products>(arrays);
    engine::one_by_one(second, parameters_, count, out, out_leading);
}

// A scalar statement is swept alone, on adjoints that are zero but for its own, to see what it contributes to which.
template <class T>
T Tape<T>::rounding_error() {
    using std::abs;
    seconds_.resize(values_.size());
    std::fill_n(seconds_.data(), values_.size(), T(0));
    SweepArrays<T> alone = arrays_of_gradient();
    alone.adjoint = seconds_.data();
    T sum(0);
    Position at{payload_.data(), parameters_};
    for (std::size_t i = 1; i < runs_.size(); ++i) {
        const Operations<T>& operations = *runs_[i].operations;
        if (operations.rounding != nullptr) {
            for (std::uint32_t k = 0; k < runs_[i].count; ++k, at.payload += sizeof(std::uint64_t)) {
                sum += operations.rounding(arrays_of_gradient(), at.payload);
                at.slot = operations.slots_after(*this, at.payload);
            }
            continue;
        }
        const auto& layout = operations.payload;
        if (layout.bytes == 0) {  // constants
            at.slot += runs_[i].count;
            continue;
        }
        for (std::uint32_t k = 0; k < runs_[i].count; ++k) {
            std::uint32_t y = static_cast<std::uint32_t>(at.slot);
            if (layout.in_place) std::memcpy(&y, at.payload, sizeof y);
            const T y_bar = adjoints_[y];
            at.payload += layout.bytes;
            if (!layout.in_place) ++at.slot;
            if (y_bar == T(0)) continue;
            alone.adjoint[y] = y_bar;
            operations.gradient(alone, at, 1);
            alone.adjoint[y] = T(0);
            for (int v = 0; v < layout.variables; ++v) {
                std::uint32_t x;
                std::memcpy(&x, at.payload - layout.bytes + layout.slots_at + 4 * v, sizeof x);
                sum += abs(T(alone.adjoint[x] * values_[x]));
                alone.adjoint[x] = T(0);
            }
            sum += abs(T(y_bar * values_[y])) * (layout.in_place ? T(0.125) : T(1));
        }
    }
    return sum * std::numeric_limits<ScalarOf<T>>::epsilon() / T(2);
}

template <class T>
typename Tape<T>::Memory Tape<T>::memory() const {
    std::size_t kept = 0;
    for (const auto& block : kept_) kept += block.capacity() * sizeof(T);
    return {values_.capacity_in_bytes(),
            adjoints_.capacity_in_bytes() + tangents_.capacity_in_bytes() + seconds_.capacity_in_bytes(),
            runs_.capacity_in_bytes() + payload_.capacity_in_bytes(), nodes_.capacity_in_bytes(), kept};
}

}  // namespace hesse
