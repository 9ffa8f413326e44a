#pragma once

#include "hesse/autodiff/matrix_functions.hpp"

/// Linear equations and least squares. One factorisation a point: gradients and Hessian products solve with the factors
/// of the value. A singular matrix gives infinities or NaN, as a division by zero does. Functions of a triangle read
/// that triangle only, and the gradient is zero elsewhere; of a symmetric matrix that is the lower one, whose entries
/// off the diagonal get the share of both places. All throw std::invalid_argument if the shapes do not fit.
namespace hesse {

/// `part` of a square matrix a is to be solved with, as Eigen's triangularView<part>.
inline void require_triangle(const char* function, unsigned part) {
    if (part != Eigen::Lower && part != Eigen::Upper && part != Eigen::UnitLower &&
        part != Eigen::UnitUpper) {
        throw std::invalid_argument(std::string(function) + ": the part is " + std::to_string(part) +
                                    ", expected Eigen::Lower, Upper, UnitLower or UnitUpper");
    }
}

template <class A, class B>
auto solve_by(Factorization kind, A&& a, B&& b, const std::shared_ptr<SharedFactors>& shared = nullptr) {
    using T = NumberOfArguments<A, B>;
    return apply_to_operands([&](const auto&... x) { return MatrixFunctions<T>::solve(kind, x..., shared); },
                             std::forward<A>(a), std::forward<B>(b));
}

/// x with a x = b, for a square matrix a (n x n) and b (n x k), by LU with partial pivoting.
template <class A, class B>
    requires MatrixArguments<A, B>
auto solve(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    note(line);
    return solve_by(Factorization::lu, std::forward<A>(a), std::forward<B>(b));
}

/// The same for a positive definite matrix, by Cholesky at half the cost. Only the lower triangle of a is read. NaN
/// where a is not positive definite, so that a line search may step there and come back.
template <class A, class B>
    requires MatrixArguments<A, B>
auto solve_positive_definite(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    note(line);
    return solve_by(Factorization::cholesky, std::forward<A>(a), std::forward<B>(b));
}

/// The same for a symmetric matrix, by LDL' with diagonal pivoting. Only the lower triangle of a is read. As accurate
/// as Cholesky if a is definite; of an indefinite one pivots may grow, and `solve` is safer.
template <class A, class B>
    requires MatrixArguments<A, B>
auto solve_symmetric(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    note(line);
    return solve_by(Factorization::ldlt, std::forward<A>(a), std::forward<B>(b));
}

/// x with t x = b, where t is the triangle `part` of a: Eigen::Lower, Upper, UnitLower or UnitUpper. With the transpose
/// of t: solve_triangular(Eigen::Upper, l.transpose(), b).
template <class A, class B>
    requires MatrixArguments<A, B>
auto solve_triangular(unsigned part, A&& a, B&& b, SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<A, B>;
    require_triangle("solve_triangular", part);
    return apply_to_operands(
        [&](const auto&... x) { return MatrixFunctions<T>::solve_triangular(part, x...); },
        std::forward<A>(a), std::forward<B>(b));
}

/// x (n x k) that minimises |a x - b| in each column, for a (m x n) of full column rank, m >= n, and b (m x k): by
/// Householder QR, without the normal equations. Infinities, NaN or numbers of no use if the rank is not full.
template <class A, class B>
    requires MatrixArguments<A, B>
auto least_squares(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<A, B>;
    return apply_to_operands(MatrixFunctions<T>::least_squares, std::forward<A>(a), std::forward<B>(b));
}

/// A factorisation of Eigen's: SparseLU, SimplicialLDLT, PartialPivLU, ConjugateGradient ...: it can solve, and with the
/// transpose, which is the same for those that read a triangle.
template <class F>
concept EigenFactorization =
    !MatrixArgument<F> && requires(F& f, const Eigen::Matrix<typename F::Scalar, Eigen::Dynamic, 1>& b) {
        f.solve(b);
        requires(
            requires { F::UpLo; } || requires { f.transpose().solve(b); });
    };

template <class S, EigenFactorization F>
LinearMap<S> linear_map(const F& factorization) {
    using Numbers = Eigen::Matrix<typename F::Scalar, Eigen::Dynamic, Eigen::Dynamic>;
    using In = Eigen::Map<const Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>>;
    using Out = Eigen::Map<Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>>;
    const auto apply = [](const void* object, const S* x, Index columns, S* y) {
        const F& f = *static_cast<const F*>(object);
        const Numbers b = In(x, f.rows(), columns).template cast<typename F::Scalar>();
        const Numbers solution = f.solve(b);
        Out(y, f.cols(), columns) = solution.template cast<S>();
    };
    const auto apply_transposed = [](const void* object, const S* x, Index columns, S* y) {
        F& f = *static_cast<F*>(
            const_cast<void*>(object));  // SparseLU::transpose() is not const, but changes nothing
        const Numbers b = In(x, f.cols(), columns).template cast<typename F::Scalar>();
        Numbers solution;
        if constexpr (requires { F::UpLo; }) solution = f.solve(b);
        else solution = f.transpose().solve(b);
        Out(y, f.rows(), columns) = solution.template cast<S>();
    };
    return {"solve",
            factorization.cols(),
            factorization.rows(),
            std::shared_ptr<const void>(std::shared_ptr<const void>(), &factorization),
            apply,
            apply_transposed};
}

/// x with a x = b, for a constant matrix a that was factorised once, outside of the loss, by Eigen:
///
///     const Eigen::SparseLU<Eigen::SparseMatrix<double>> lu(a);
///     const auto loss = [&](const auto& b) { return solve(lu, b).squaredNorm(); };
///
/// The factorisation is referred to, and has to live as long as any recording. It may be used by many, and by several
/// threads if Eigen's own `solve` may.
template <EigenFactorization F, ArrayLike B>
auto solve(const F& factorization, B&& b, SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<B>;
    const auto map = linear_map<ScalarOf<T>>(factorization);
    return apply_to_operands([&](const auto& x) { return MatrixFunctions<T>::apply_map(map, x); },
                             std::forward<B>(b));
}
template <EigenFactorization F, ArrayLike B>
auto solve(const F&& factorization, B&& b) = delete;  // it would be gone when a gradient is wanted

}  // namespace hesse
