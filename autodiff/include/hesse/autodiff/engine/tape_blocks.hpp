#pragma once

#include "hesse/autodiff/engine/tape_sweeps.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

/// Products of a Hessian with several directions at once.
namespace hesse {
namespace engine {

inline constexpr std::size_t most_planes = 16;
/// As many numbers as fill a cache line.
template <class T>
inline constexpr std::size_t directions_at_once = std::is_floating_point_v<T> ? 64 / sizeof(T) : 1;

/// Rows of a matrix by columns, `leading` numbers apart, of which the last may stand for several.
template <class T>
struct Columns {
    T* column[directions_at_once<std::remove_const_t<T>>];

    Columns(T* columns, std::size_t leading, std::size_t count) {
        for (std::size_t k = 0; k < directions_at_once<std::remove_const_t<T>>; ++k)
            column[k] = columns + std::min(k, count - 1) * leading;
    }
};

// Both ways by tiles of two by two: half the loads and stores.
template <class T>
struct Two {
    typedef T Pair [[gnu::vector_size(2 * sizeof(T))]];
    static Pair load(const T* from) {
        Pair pair;
        std::memcpy(&pair, from, sizeof pair);
        return pair;
    }
    static void store(const T& first, const T& second, T* to) {
        const Pair pair{first, second};
        std::memcpy(to, &pair, sizeof pair);
    }
};

/// The columns of a matrix (rows x count) put side by side: entry k of row i comes to out[i * directions_at_once + k].
/// The last column stands for those that are missing.
template <class T>
void side_by_side(const T* columns, std::size_t leading, std::size_t rows, std::size_t count, T* out) {
    constexpr std::size_t lanes = directions_at_once<T>;
    const Columns<const T> from(columns, leading, count);
    std::size_t i = 0;
    if constexpr (lanes > 1) {
        for (; i + 1 < rows; i += 2) {
            for (std::size_t k = 0; k < lanes; k += 2) {
                const auto a = Two<T>::load(from.column[k] + i), b = Two<T>::load(from.column[k + 1] + i);
                Two<T>::store(a[0], b[0], out + i * lanes + k);
                Two<T>::store(a[1], b[1], out + (i + 1) * lanes + k);
            }
        }
    }
    for (; i < rows; ++i) {
        for (std::size_t k = 0; k < lanes; ++k) out[i * lanes + k] = from.column[k][i];
    }
}
/// The way back, of the columns that there are.
template <class T>
void one_by_one(const T* rows_of_lanes, std::size_t rows, std::size_t count, T* columns,
                std::size_t leading) {
    constexpr std::size_t lanes = directions_at_once<T>;
    const Columns<T> to(columns, leading, count);
    std::size_t i = 0;
    if constexpr (lanes > 1) {
        for (; count == lanes && i + 1 < rows; i += 2) {
            for (std::size_t k = 0; k < lanes; k += 2) {
                const auto a = Two<T>::load(rows_of_lanes + i * lanes + k),
                           b = Two<T>::load(rows_of_lanes + (i + 1) * lanes + k);
                Two<T>::store(a[0], b[0], to.column[k] + i);
                Two<T>::store(a[1], b[1], to.column[k + 1] + i);
            }
        }
    }
    for (; i < rows; ++i) {
        for (std::size_t k = 0; k < count; ++k) to.column[k][i] = rows_of_lanes[i * lanes + k];
    }
}

}  // namespace engine

template <class T>
void Tape<T>::products(const T* directions, std::size_t leading, std::size_t count, T* out,
                       std::size_t out_leading) {
    for (std::size_t k = 0; k < count; ++k) {
        require_finite("hessian: the direction", directions + k * leading, static_cast<Index>(parameters_));
    }
    const bool side_by_side = only_scalars_ && engine::directions_at_once<T> > 1;
    for (std::size_t k = 0; k < count;) {
        const T* in = directions + k * leading;
        T* to = out + k * out_leading;
        const std::size_t left = count - k;
        if (side_by_side && left > 1) {
            const std::size_t at_once = std::min(left, engine::directions_at_once<T>);
            linearize_statements(true);
            products_of_scalars(in, leading, at_once, to, out_leading);
            k += at_once;
        } else if (prefers_planes_ && left > 1) {
            const std::size_t at_once = std::min(left, engine::most_planes);
            linearize_statements(true);
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
    for (std::size_t k = 0; k < count; ++k) tangents_[result_ + k * stride] = T(0);
    // Scalar statements take one plane after the other.
    sweep_forward(
        [&](const Run& run, Position at) { return run.operations().tangents(arrays, at, run.count()); },
        [&](std::size_t segment) {
            for (std::size_t k = 0; k < count; ++k) local_->forward(segment, arrays.plane(k).tangent);
        });
    for (std::size_t k = 0; k < count; ++k) {
        const SweepArrays<T> plane = arrays.plane(k);
        clear_adjoints(plane.out, plane.second);
    }
    sweep_reverse(
        [&](const Run& run, Position at) { return run.operations().products(arrays, at, run.count()); },
        [&](std::size_t segment) {
            for (std::size_t k = 0; k < count; ++k) {
                local_->backward(segment, arrays.plane(k).tangent, arrays.plane(k).second);
            }
        });
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
    constexpr std::size_t lanes = engine::directions_at_once<T>;
    tangents_.resize(local_->size() * lanes);
    seconds_.resize(local_->size() * lanes);
    T* tangent = tangents_.data();
    T* second = seconds_.data();
    engine::side_by_side(directions, leading, parameters_, count, tangent);
    for (std::size_t i = 0; i < local_->segments().size(); ++i) local_->template forward<lanes>(i, tangent);
    for (std::size_t i = local_->segments().size(); i-- > 0;)
        local_->template backward<lanes>(i, tangent, second);
    engine::one_by_one(second, parameters_, count, out, out_leading);
}

template <class T>
void Tape<T>::push_forwards(const T* directions, std::size_t leading, std::size_t count,
                            const std::vector<OutputPiece>& outputs, T* out, std::size_t out_leading,
                            Index results) {
    constexpr std::size_t lanes = engine::directions_at_once<T>;
    for (std::size_t k = 0; k < count; ++k) {
        require_finite("jacobian: the direction", directions + k * leading, static_cast<Index>(parameters_));
    }
    linearize_statements(false);
    if (!only_scalars_ || lanes == 1) {
        for (std::size_t k = 0; k < count; ++k)
            push_forward(directions + k * leading, outputs, out + k * out_leading, results);
        return;
    }
    tangents_.resize(values_.size() * lanes);
    T* const tangent = tangents_.data();
    for (std::size_t k = 0; k < count; k += lanes) {
        const std::size_t at_once = std::min(lanes, count - k);
        engine::side_by_side(directions + k * leading, leading, parameters_, at_once, tangent);
        for (std::size_t i = 0; i < local_->segments().size(); ++i)
            local_->template forward<lanes>(i, tangent);
        for (std::size_t l = 0; l < at_once; ++l) {
            T* const column = out + (k + l) * out_leading;
            std::fill_n(column, results, T(0));
            for (const OutputPiece& piece : outputs) {
                for (std::size_t r = 0; r < piece.size; ++r)
                    column[piece.first + static_cast<Index>(r)] = tangent[(piece.slot + r) * lanes + l];
            }
        }
    }
}

}  // namespace hesse
