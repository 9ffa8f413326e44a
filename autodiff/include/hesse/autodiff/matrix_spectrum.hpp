#pragma once

#include "hesse/autodiff/matrix_functions.hpp"

/// Factors, eigenvalues and functions of square matrices. Of symmetric matrices only the lower triangle is read; its
/// entries off the diagonal get the gradient of both places. All throw std::invalid_argument if a is not square.
namespace hesse {

/// l, lower triangular, with l l' = a for a positive definite matrix a. NaN where it is not.
template <LibraryMatrix A>
auto cholesky(A&& a, SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<A>;
    return apply_to_operands(MatrixFunctions<T>::cholesky, std::forward<A>(a));
}

/// The eigenvalues of a symmetric matrix, ascending, (n x 1).
///
/// Where some coincide (to n times the machine epsilon of the largest), functions that are symmetric in them, such as
/// their sum, product or log-sum-exp, have exact gradients and Hessian products there, too. A function that is not has
/// none: its gradient is one of those found nearby, its Hessian products are NaN. Third and higher derivatives are NaN
/// where eigenvalues coincide. Where they nearly do, second derivatives lose as many digits as the gap is small.
template <LibraryMatrix A>
auto symmetric_eigenvalues(A&& a, SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<A>;
    return apply_to_operands(MatrixFunctions<T>::symmetric_eigenvalues, std::forward<A>(a));
}

/// Eigenvalues (n x 1), ascending, and the eigenvectors as columns (n x n), of length one.
template <class View>
struct SymmetricEigenpairs {
    View eigenvalues, eigenvectors;
};
/// Those of a symmetric matrix. The sign of an eigenvector is arbitrary. Where eigenvalues coincide their eigenvectors
/// are no functions of a, and the gradient is NaN; symmetric_eigenvalues is there for what needs no eigenvectors.
template <LibraryMatrix A>
auto symmetric_eigen(A&& a, SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<A>;
    const auto both = apply_to_operands(MatrixFunctions<T>::symmetric_eigen, std::forward<A>(a));
    return SymmetricEigenpairs<std::remove_const_t<decltype(both)>>{both.col(0), both.rightCols(both.rows())};
}

/// The singular values of any matrix (m x n), descending, (min(m, n) x 1). Where some coincide or are zero, what is said
/// of symmetric_eigenvalues holds. Costs the eigenvalues of a symmetric matrix of m + n rows.
template <LibraryMatrix A>
auto singular_values(A&& a, SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<A>;
    return apply_to_operands(MatrixFunctions<T>::singular_values, std::forward<A>(a));
}

/// exp(a) = 1 + a + a^2 / 2 + ... of a square matrix, by scaling and squaring.
/// Higham, SIAM J. Matrix Anal. Appl. 26 (2005) 1179-1193.
template <LibraryMatrix A>
auto matrix_exponential(A&& a, SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<A>;
    return apply_to_operands(MatrixFunctions<T>::exponential, std::forward<A>(a));
}

}  // namespace hesse
