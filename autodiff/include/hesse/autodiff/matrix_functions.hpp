#pragma once

#include "hesse/autodiff/array.hpp"

/// Linear algebra within a loss: each function is one node with exact second order, whatever is constant.
namespace hesse {

/// The functions on operands. Defined in engine/linear_algebra.hpp, compiled once for double and float.
template <class T>
struct MatrixFunctions {
    static ArrayOperand<T> solve(const ArrayOperand<T>& a, const ArrayOperand<T>& b);
    static ArrayOperand<T> log_determinant(const ArrayOperand<T>& a);
};
extern template struct MatrixFunctions<double>;
extern template struct MatrixFunctions<float>;

/// `function` (a member of MatrixFunctions) of arrays of the library and of Eigen's constants, as an array.
template <class... X, class Function>
auto apply_to_operands(const Function& function, X&&... x) {
    using T = NumberOfArguments<X...>;
    constexpr bool active = (is_active_argument<X> || ...);
    Tape<T>* tape = nullptr;
    if constexpr (active) {
        ((tape = tape != nullptr ? tape : tape_of_argument<T>(x)), ...);
    }
    return ArrayView<T, active, Words::matrix>(function(entries_of<T>(std::forward<X>(x), tape)...));
}

/// x with a x = b, for a square matrix a (n x n) and b (n x k), by LU with partial pivoting.
/// One factorisation a point; a gradient or product solves with the factors. Throws std::invalid_argument if the shapes
/// do not fit. A singular a gives infinities or NaN, as a division by zero does.
template <class A, class B>
    requires ArrayArguments<A, B>
auto solve(A&& a, B&& b) {
    using T = NumberOfArguments<A, B>;
    return apply_to_operands(MatrixFunctions<T>::solve, std::forward<A>(a), std::forward<B>(b));
}

/// log |det a| of a square matrix, a scalar; -inf where a is singular.
template <ArrayLike A>
auto log_determinant(A&& a) {
    using T = NumberOfArguments<A>;
    return apply_to_operands(MatrixFunctions<T>::log_determinant, std::forward<A>(a))(0);
}

}  // namespace hesse
