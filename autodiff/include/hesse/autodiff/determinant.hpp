#pragma once

#include "hesse/autodiff/matrix_functions.hpp"

/// Inverses and determinants of square matrices. All throw std::invalid_argument if a is not square.
namespace hesse {

/// The inverse of a matrix. (Of an array in array words, `inverse` is 1 / x entry by entry, as in Eigen.) To solve
/// equations, `solve` is faster and more accurate.
template <Number A>
    requires ArrayLike<A> && (std::remove_cvref_t<A>::Expression::kind == Words::matrix)
auto inverse(A&& a, SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<A>;
    return apply_to_operands(MatrixFunctions<T>::inverse, std::forward<A>(a));
}

/// det a, a scalar, by LU. A polynomial, with all its derivatives also where a is singular.
template <LibraryMatrix A>
auto determinant(A&& a, SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<A>;
    return apply_to_operands(MatrixFunctions<T>::determinant, std::forward<A>(a))(0);
}

template <class A>
auto log_determinant_by(Factorization kind, A&& a, const std::shared_ptr<SharedFactors>& shared = nullptr) {
    using T = NumberOfArguments<A>;
    return apply_to_operands(
        [&](const auto& x) { return MatrixFunctions<T>::log_determinant(kind, x, shared); },
        std::forward<A>(a));
}

/// log |det a|, a scalar, by LU, which neither over- nor underflows. -inf where a is singular.
template <LibraryMatrix A>
auto log_determinant(A&& a, SourceLine line = SourceLine::here()) {
    note(line);
    return log_determinant_by(Factorization::lu, std::forward<A>(a))(0);
}

/// det a = sign exp(log_absolute).
template <class Scalar, class T>
struct SignedLogDeterminant {
    Scalar log_absolute;
    T sign;  // 1, -1, or 0 where a is singular: a number, since it is constant elsewhere
};
template <LibraryMatrix A>
auto sign_log_determinant(A&& a, SourceLine line = SourceLine::here()) {
    note(line);
    const auto both = log_determinant_by(Factorization::lu, std::forward<A>(a));
    using View = std::remove_const_t<decltype(both)>;
    return SignedLogDeterminant<typename View::Scalar, typename View::T>{both(0), value_of(both(1))};
}

/// log det a of a positive definite matrix, by Cholesky at half the cost. Only the lower triangle of a is read. NaN
/// where a is not positive definite.
template <LibraryMatrix A>
auto log_determinant_positive_definite(A&& a, SourceLine line = SourceLine::here()) {
    note(line);
    return log_determinant_by(Factorization::cholesky, std::forward<A>(a))(0);
}

}  // namespace hesse
