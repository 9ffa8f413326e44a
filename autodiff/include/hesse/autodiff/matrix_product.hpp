#pragma once

#include "hesse/autodiff/matrix_functions.hpp"
#include "hesse/autodiff/reductions.hpp"

/// Products of matrices that are more than a * b. All throw std::invalid_argument, naming both shapes, if these do not
/// fit.
namespace hesse {

/// An argument as an array of the library's.
template <class T, class X>
auto as_matrix(X&& x, Tape<T>* tape) {
    return ArrayView<T, is_active_argument<X>, Words::matrix>(entries_of<T>(std::forward<X>(x), tape));
}

/// x' a x of a vector x (n) and a square matrix a, symmetric or not: a scalar.
template <class X, class A>
    requires MatrixArguments<X, A>
auto quadratic_form(X&& x, A&& a, SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<X, A>;
    const auto form = [](const ArrayOperand<T>& vector, const ArrayOperand<T>& matrix) {
        if (!vector.is_vector())
            throw_shapes("quadratic_form", vector.rows, vector.cols, matrix.rows, matrix.cols);
        return MatrixFunctions<T>::quadratic_form(vector.cols == 1 ? vector : vector.transposed(), matrix);
    };
    return apply_to_operands(form, std::forward<X>(x), std::forward<A>(a))(0);
}
/// The same for each column of x, (1 x cols), or each row, (rows x 1).
template <class X, class A>
    requires MatrixArguments<X, A>
auto quadratic_form(X&& x, A&& a, Slices slices, SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<X, A>;
    const auto form = [&](const ArrayOperand<T>& vectors, const ArrayOperand<T>& matrix) {
        if (slices == by_row)
            return MatrixFunctions<T>::quadratic_form(vectors.transposed(), matrix).transposed();
        return MatrixFunctions<T>::quadratic_form(vectors, matrix);
    };
    return apply_to_operands(form, std::forward<X>(x), std::forward<A>(a));
}

/// The sum of the diagonal of a square matrix, a scalar.
template <ArrayLike A>
auto trace(A&& a, SourceLine line = SourceLine::here()) {
    note(line);
    if (a.rows() != a.cols()) throw_shapes("trace", a.rows(), a.cols(), a.cols(), a.cols());
    return a.expression().trace();
}

/// tr(a b), a scalar, in one pass over both: the product is not formed.
template <class A, class B>
    requires MatrixArguments<A, B>
auto trace_of_product(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<A, B>;
    if (a.rows() != b.cols() || a.cols() != b.rows())
        throw_shapes("trace_of_product", a.rows(), a.cols(), b.rows(), b.cols());
    Tape<T>* tape = nullptr;
    if constexpr (is_active_argument<A>) tape = tape_of_argument<T>(a);
    if constexpr (is_active_argument<B>) tape = tape != nullptr ? tape : tape_of_argument<T>(b);
    return as_matrix<T>(std::forward<A>(a), tape)
        .cwiseProduct(as_matrix<T>(std::forward<B>(b), tape).transpose())
        .sum();
}

/// x y' of two vectors (m) and (n), rows or columns: (m x n).
template <class X, class Y>
    requires MatrixArguments<X, Y>
auto outer(X&& x, Y&& y, SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<X, Y>;
    return apply_to_operands(
        [](const ArrayOperand<T>& left, const ArrayOperand<T>& right) {
            if (!left.is_vector() || !right.is_vector())
                throw_shapes("outer", left.rows, left.cols, right.rows, right.cols);
            return ArrayNodes<T>::multiply(left.cols == 1 ? left : left.transposed(),
                                           right.rows == 1 ? right : right.transposed());
        },
        std::forward<X>(x), std::forward<Y>(y));
}

/// The Kronecker product of a (m x n) and b (p x q), (m p x n q): block (i, j) is a(i, j) b.
template <class A, class B>
    requires MatrixArguments<A, B>
auto kronecker(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<A, B>;
    return apply_to_operands(MatrixFunctions<T>::kronecker, std::forward<A>(a), std::forward<B>(b));
}

// ---------------------------------------------------------------------------------------- sparse matrices

/// A sparse matrix of Eigen's, a map or the transpose of one, or an expression of them.
template <class X>
concept EigenSparse = std::is_same_v<typename std::remove_cvref_t<X>::StorageKind, Eigen::Sparse>;

/// Rows and columns of the entries that a sparse matrix, or its transpose, stores.
template <class A, bool transposed>
std::vector<std::pair<Index, Index>> stored_entries(const void* object) {
    const typename A::PlainObject& matrix = *static_cast<const A*>(object);
    std::vector<std::pair<Index, Index>> places;
    for (Index k = 0; k < matrix.outerSize(); ++k) {
        for (typename A::PlainObject::InnerIterator it(matrix, k); it; ++it)
            places.emplace_back(transposed ? it.col() : it.row(), transposed ? it.row() : it.col());
    }
    return places;
}

/// A named sparse matrix is referred to, and has to stay as it is while a linearisation lives; anything else is kept.
template <class S, EigenSparse X>
LinearMap<S> linear_map(X&& a) {
    using A = std::remove_cvref_t<X>;
    using In = Eigen::Map<const Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>>;
    using Out = Eigen::Map<Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>>;
    const auto apply = [](const void* object, const S* x, Index columns, S* y) {
        const A& matrix = *static_cast<const A*>(object);
        Out(y, matrix.rows(), columns) = matrix.template cast<S>() * In(x, matrix.cols(), columns);
    };
    const auto apply_transposed = [](const void* object, const S* x, Index columns, S* y) {
        const A& matrix = *static_cast<const A*>(object);
        Out(y, matrix.cols(), columns) =
            matrix.template cast<S>().transpose() * In(x, matrix.rows(), columns);
    };
    std::shared_ptr<const void> object;
    if constexpr (std::is_lvalue_reference_v<X> && std::is_same_v<typename A::PlainObject, A>) {
        object = std::shared_ptr<const void>(object, &a);
    } else {
        object = std::make_shared<const A>(std::forward<X>(a));
    }
    return {"multiply",
            a.rows(),
            a.cols(),
            std::move(object),
            apply,
            apply_transposed,
            stored_entries<A, false>,
            stored_entries<A, true>};
}

template <EigenSparse X>
inline constexpr bool is_matrix_factor<X> = true;

/// The product of a constant sparse matrix and a dense array, one node.
template <EigenSparse A, ArrayLike B>
    requires(std::remove_cvref_t<B>::Expression::kind == Words::matrix)
auto times(SourceLine line, A&& a, B&& b) {
    note(line);
    using T = NumberOfArguments<B>;
    const auto map = linear_map<ScalarOf<T>>(std::forward<A>(a));
    return apply_to_operands([&](const auto& x) { return MatrixFunctions<T>::apply_map(map, x); },
                             std::forward<B>(b));
}
template <ArrayLike A, EigenSparse B>
    requires(std::remove_cvref_t<A>::Expression::kind == Words::matrix)
auto times(SourceLine line, A&& a, B&& b) {
    note(line);
    using T = NumberOfArguments<A>;
    if (a.cols() != b.rows()) throw_shapes("multiply", a.rows(), a.cols(), b.rows(), b.cols());
    const auto map = linear_map<ScalarOf<T>>(std::forward<B>(b)).transposed();
    return apply_to_operands(
        [&](const ArrayOperand<T>& x) {
            return MatrixFunctions<T>::apply_map(map, x.transposed()).transposed();
        },
        std::forward<A>(a));
}

}  // namespace hesse
