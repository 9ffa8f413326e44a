#pragma once

#include "hesse/autodiff/memory.hpp"

#include <algorithm>
#include <array>

/// Blocks of entries of an array, and how they are read from and added to arrays of any strides.
namespace hesse {

/// The block of entries [first, first + count) in the order of columns.
struct Block {
    Index first, count;
};

/// Calls visit(block) for all blocks of a (rows x cols) statement. Long columns that do not follow one
/// another in every operand are cut one by one, so that entries of a block lie side by side.
template <class Visit>
void for_each_block(Index rows, Index cols, Index length, bool column_by_column, const Visit& visit) {
    const Index pieces = column_by_column ? cols : 1;
    const Index piece = column_by_column ? rows : rows * cols;
    for (Index k = 0; k < pieces; ++k) {
        for (Index i = 0; i < piece; i += length) visit(Block{k * piece + i, std::min(length, piece - i)});
    }
}

/// An array as a statement of (rows x cols) reads it.
struct Layout {
    Index rows, inner, outer;
    [[nodiscard]] bool dense(Index cols) const {
        return (inner == 1 || rows == 1) && (outer == rows || cols == 1);
    }
    /// Distance of the first entry of a block if the block lies side by side, else -1.
    [[nodiscard]] Index contiguous(Block block, Index cols) const {
        if (dense(cols)) return block.first;
        const Index j = block.first / rows;
        const Index i = block.first - j * rows;
        return inner == 1 && i + block.count <= rows ? i + j * outer : -1;
    }
    /// Calls visit(offset of the entries in the array, offset in the block, count, stride) column by column.
    template <class Visit>
    void for_each_piece(Block block, const Visit& visit) const {
        Index j = block.first / rows;
        Index i = block.first - j * rows;
        for (Index done = 0; done < block.count; ++j, i = 0) {
            const Index count = std::min(block.count - done, rows - i);
            visit(i * inner + j * outer, done, count, inner);
            done += count;
        }
    }
};

template <class T>
void gather(const T* array, const Layout& layout, Block block, T* out) {
    layout.for_each_piece(block, [&](Index at, Index to, Index count, Index stride) {
        const T* from = array + at;
        if (stride == 1) {
            std::copy_n(from, count, out + to);
        } else if (stride == 0) {
            std::fill_n(out + to, count, *from);
        } else {
            for (Index i = 0; i < count; ++i) out[to + i] = from[i * stride];
        }
    });
}

/// Sum in a fixed order that vectorises.
template <class T>
T sum_of(const T* x, Index n) {
    std::array<T, 8> lanes{};
    Index i = 0;
    for (; i + 8 <= n; i += 8) {
        for (Index k = 0; k < 8; ++k) lanes[static_cast<std::size_t>(k)] += x[i + k];
    }
    T sum = ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
    for (; i < n; ++i) sum += x[i];
    return sum;
}

/// to += in, with a stride; a stride of zero adds all up in one entry.
template <class T>
void add_piece(const T* in, T* to, Index count, Index stride) {
    if (stride == 1) {
        for (Index i = 0; i < count; ++i) to[i] += in[i];
    } else if (stride == 0) {
        *to += sum_of(in, count);
    } else {
        for (Index i = 0; i < count; ++i) to[i * stride] += in[i];
    }
}

/// array += in.
template <class T>
void scatter_add(const T* in, const Layout& layout, Block block, T* array) {
    layout.for_each_piece(block, [&](Index at, Index from, Index count, Index stride) {
        add_piece(in + from, array + at, count, stride);
    });
}

template <class T>
void scatter(const T* in, const Layout& layout, Block block, T* array) {
    layout.for_each_piece(block, [&](Index at, Index from, Index count, Index stride) {
        for (Index i = 0; i < count; ++i) array[at + i * stride] = in[from + i];
    });
}

}  // namespace hesse
