#pragma once

#include "hesse/autodiff/array_nodes.hpp"
#include "hesse/autodiff/engine/node.hpp"
#include "hesse/autodiff/engine/series_product.hpp"

#include <vector>

/// What bilinear layers share: operands whose columns lie apart by any distance, and their four arrays.
namespace hesse::engine {

/// An operand stored by columns.
template <class T>
struct ColumnFactor {
    bool variable;
    std::uint32_t slot;
    const T* data;
    Index rows, cols, outer;

    [[nodiscard]] const T* value(const SweepArrays<T>& at) const { return variable ? at.value + slot : data; }
    [[nodiscard]] const T* tangent(const SweepArrays<T>& at) const { return at.tangent_at(slot); }
    [[nodiscard]] T* adjoint(const SweepArrays<T>& at) const { return at.adjoint + slot; }
    [[nodiscard]] T* second(const SweepArrays<T>& at) const { return at.second_at(slot); }
    [[nodiscard]] typename NodeDescription<T>::Array description() const {
        return {variable, slot, data, T(0), rows, cols, 1, outer};
    }
    [[nodiscard]] SlotArray slots() const {
        return variable ? SlotArray{slot, rows, cols, 1, outer} : SlotArray{};
    }
    [[nodiscard]] std::size_t extent() const {
        return rows * cols == 0 ? 0 : static_cast<std::size_t>((cols - 1) * outer + rows);
    }
    void require_adjoints(Tape<T>& tape) const {
        if (variable) tape.require_adjoints({slot, extent()});
    }
};

/// x where its columns are contiguous, else a copy of it.
template <class T>
ArrayOperand<T> by_columns(const ArrayOperand<T>& x) {
    const bool contiguous = (x.inner == 1 || x.rows == 1) && (x.outer >= x.rows || x.cols == 1);
    return contiguous || x.size() == 0 ? x : ArrayNodes<T>::copy(x);
}
/// Of an operand that is by_columns; kept alive by the tape.
template <class T>
ColumnFactor<T> column_factor(const ArrayOperand<T>& x, Tape<T>* tape) {
    if (tape != nullptr && x.owner) tape->keep_alive(x.owner);
    const Index outer = x.cols == 1 ? x.rows : x.outer;
    return {x.tape != nullptr, x.slot, x.data, x.rows, x.cols, std::max<Index>(outer, 1)};
}
template <class T>
Tape<T>* tape_of_operands(std::initializer_list<const ArrayOperand<T>*> operands) {
    Tape<T>* tape = nullptr;
    for (const ArrayOperand<T>* x : operands) tape = join_tapes(tape, x->tape, x->generation);
    return tape;
}

/// c (+)= op(a) op(b) for blocks (m x k) (k x n).
template <class T>
void block_product(Transpose a_op, Transpose b_op, Index m, Index n, Index k, const T* a, Index lda,
                   const T* b, Index ldb, bool add, T* c, Index ldc) {
    if (m == 0 || n == 0) return;
    product_of<T>(a_op, b_op, m, n, k, T(1), a, lda, b, ldb, T(add ? 1 : 0), c, ldc);
}
inline constexpr Transpose as_is = Transpose::no, transposed_factor = Transpose::yes;

}  // namespace hesse::engine
