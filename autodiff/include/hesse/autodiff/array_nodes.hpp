#pragma once

#include "hesse/autodiff/array_operand.hpp"
#include "hesse/autodiff/elementwise.hpp"

namespace hesse {

/// Along what a reduction runs: over all entries, down each column, or along each row.
enum class Slices { all, by_column, by_row };
inline constexpr auto by_column = Slices::by_column;
inline constexpr auto by_row = Slices::by_row;

/// Operations on whole arrays, each a node with exact second order. They take operands of any layout, constant or
/// variable, and record only where an operand is variable. Defined in engine/, compiled once for double and float.
template <class T>
struct ArrayNodes {
    /// A new dense array of zeros on a tape, to be written part by part; what is not written stays constant.
    static ArrayOperand<T> zeros(Tape<T>& tape, Index rows, Index cols);

    /// A dense copy.
    static ArrayOperand<T> copy(const ArrayOperand<T>& x);

    /// C = A B.      A_bar += C_bar B', B_bar += A' C_bar
    /// (m x k) by (k x n); one product for the value, one for each variable operand's adjoint.
    static ArrayOperand<T> multiply(const ArrayOperand<T>& a, const ArrayOperand<T>& b);

    /// Sums of slices: (1 x cols) by column, (rows x 1) by row.
    static ArrayOperand<T> sum(const ArrayOperand<T>& x, Slices slices);

    /// Products of slices, in shapes as those of sums.
    static ArrayOperand<T> product(const ArrayOperand<T>& x, Slices slices);
};
extern template struct ArrayNodes<double>;
extern template struct ArrayNodes<float>;

}  // namespace hesse
