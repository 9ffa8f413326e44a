#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/autodiff/shared_owner.hpp"
#include "hesse/autodiff/source_line.hpp"
#include "hesse/autodiff/tape.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

namespace hesse {

/// An array that a statement or a matrix operation reads: (rows x cols), entry (i, j) `i * inner + j * outer`
/// places after the first. A variable one lies on a tape, from `slot`; a constant one lies at `data`, kept
/// alive by `owner` where the library owns it. Views are operands with other strides: they copy nothing, and
/// nothing is recorded for them. A stride of zero repeats entries.
template <class T>
struct ArrayOperand {
    Tape<T>* tape = nullptr;  // none: constant
    const T* data = nullptr;
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;
    Index rows = 0;
    Index cols = 0;
    Index inner = 1;
    Index outer = 0;
    SharedOwner owner;

    [[nodiscard]] Index size() const { return rows * cols; }
    [[nodiscard]] bool is_vector() const { return rows == 1 || cols == 1; }
    /// Whether the entries follow one another, column by column.
    [[nodiscard]] bool is_dense() const {
        return (inner == 1 || rows == 1) && (outer == rows || cols == 1 || size() == 0);
    }
    [[nodiscard]] Index offset(Index i, Index j) const { return i * inner + j * outer; }
    /// Offset of entry k in the order of columns.
    [[nodiscard]] Index offset(Index k) const { return offset(k % rows, k / rows); }
    /// Distance from the first entry to one past the last.
    [[nodiscard]] Index extent() const {
        return size() == 0 ? 0 : (rows - 1) * inner + (cols - 1) * outer + 1;
    }
    [[nodiscard]] const T* values() const { return tape != nullptr ? tape->values() + slot : data; }
    [[nodiscard]] typename Tape<T>::Region region() const {
        return {slot, static_cast<std::size_t>(extent())};
    }

    [[nodiscard]] ArrayOperand view(Index first, Index view_rows, Index view_cols, Index view_inner,
                                    Index view_outer) const {
        ArrayOperand part = *this;
        if (tape != nullptr) {
            part.slot = static_cast<std::uint32_t>(slot + first);
        } else if (data != nullptr) {
            part.data = data + first;
        }
        part.rows = view_rows;
        part.cols = view_cols;
        part.inner = view_inner;
        part.outer = view_outer;
        return part;
    }
    [[nodiscard]] ArrayOperand transposed() const { return view(0, cols, rows, outer, inner); }
    /// The column repeated `count` times.
    [[nodiscard]] ArrayOperand repeated_columns(Index count) const {
        return view(0, size(), count, cols == 1 ? inner : outer, 0);
    }
    /// The row repeated `count` times.
    [[nodiscard]] ArrayOperand repeated_rows(Index count) const {
        return view(0, count, size(), 0, cols == 1 ? inner : outer);
    }
};

struct Shape {
    Index rows, cols;
};

/// Text "(3 x 4)" of a shape.
std::string shape_text(Index rows, Index cols);
/// Throws std::invalid_argument: "multiply: the shapes (2 x 3) and (2 x 4) do not fit".
[[noreturn]] void throw_shapes(const char* operation, Index rows, Index cols, Index other_rows,
                               Index other_cols);
/// Throws std::out_of_range, naming the part asked for and the shape it was asked of.
[[noreturn]] void throw_block(Index row, Index col, Index block_rows, Index block_cols, Index rows,
                              Index cols, SourceLine line = {});

/// Uninitialised constant storage of the library's own, dense (rows x cols).
template <class T>
struct OwnedArray {
    ArrayOperand<T> operand;
    T* data;
};
template <class T>
OwnedArray<T> allocate_array(Index rows, Index cols) {
    void* memory;
    ArrayOperand<T> operand;
    operand.owner = SharedOwner::of_storage(static_cast<std::size_t>(rows * cols) * sizeof(T), memory);
    operand.data = static_cast<T*>(memory);
    operand.rows = rows;
    operand.cols = cols;
    operand.outer = rows;
    return {std::move(operand), static_cast<T*>(memory)};
}

/// Dense storage that lives as long as what reads it: on the tape where there is one, else owned.
template <class T>
OwnedArray<T> allocate_constant(Tape<T>* tape, Index rows, Index cols) {
    if (tape == nullptr) return allocate_array<T>(rows, cols);
    T* data = tape->keep_numbers(static_cast<std::size_t>(rows * cols));
    ArrayOperand<T> operand;
    operand.data = data;
    operand.rows = rows;
    operand.cols = cols;
    operand.outer = rows;
    return {operand, data};
}

/// A new dense array on a tape.
template <class T>
ArrayOperand<T> allocate_variable(Tape<T>& tape, Index rows, Index cols) {
    ArrayOperand<T> operand;
    operand.tape = &tape;
    operand.slot = static_cast<std::uint32_t>(tape.append_array(static_cast<std::size_t>(rows * cols)).begin);
    operand.generation = tape.generation();
    operand.rows = rows;
    operand.cols = cols;
    operand.outer = rows;
    return operand;
}

[[noreturn]] void throw_mixed_tapes();
[[noreturn]] void throw_stale_handle();

/// The tape of several operands; none if all are constant. Throws std::logic_error as `tape_of` does.
template <class T>
Tape<T>* join_tapes(Tape<T>* known, Tape<T>* tape, std::uint32_t generation) {
    if (tape == nullptr) return known;
    if (known != nullptr && known != tape) throw_mixed_tapes();
    if (generation != tape->generation()) throw_stale_handle();
    return tape;
}

}  // namespace hesse
