#pragma once

#include "hesse/autodiff/engine/cholesky.hpp"
#include "hesse/autodiff/engine/determinant.hpp"
#include "hesse/autodiff/engine/eigenvalues.hpp"
#include "hesse/autodiff/engine/exponential.hpp"
#include "hesse/autodiff/engine/linear_solve.hpp"
#include "hesse/autodiff/engine/matrix_product.hpp"
#include "hesse/autodiff/matrix_functions.hpp"

/// The functions of matrix_functions.hpp, on operands over any number.
namespace hesse {
namespace engine {

/// Factors of a kind, of a matrix that several functions may share.
template <template <class> class Factors>
struct Factorize {
    std::shared_ptr<SharedFactors> shared;
    template <class S>
    Factors<S> operator()(const Dense<S>& a) const {
        if (shared == nullptr) return Factors<S>(a);
        if (shared->factors == nullptr) shared->factors = std::make_shared<const Factors<S>>(a);
        return *static_cast<const Factors<S>*>(shared->factors.get());
    }
};
struct ReadTriangle {
    MatrixPart part;
    template <class S>
    TriangularFactors<S> operator()(const Dense<S>& a) const {
        return {a, part};
    }
};

}  // namespace engine

template <class T>
ArrayOperand<T> MatrixFunctions<T>::solve(Factorization kind, const ArrayOperand<T>& a,
                                          const ArrayOperand<T>& b,
                                          const std::shared_ptr<SharedFactors>& shared) {
    using namespace engine;
    switch (kind) {
        case Factorization::lu:
            return run_function<T>(Solve{Factorize<LuFactors>{shared}, "solve"}, a, b);
        case Factorization::cholesky:
            return run_function<T>(Solve{Factorize<CholeskyFactors>{shared}, "solve_positive_definite"}, a,
                                   b);
        default:
            return run_function<T>(Solve{Factorize<LdltFactors>{shared}, "solve_symmetric"}, a, b);
    }
}
template <class T>
ArrayOperand<T> MatrixFunctions<T>::solve_triangular(unsigned part, const ArrayOperand<T>& a,
                                                     const ArrayOperand<T>& b) {
    using namespace engine;
    return run_function<T>(Solve{ReadTriangle{{part}}, "solve_triangular"}, a, b);
}
template <class T>
ArrayOperand<T> MatrixFunctions<T>::least_squares(const ArrayOperand<T>& a, const ArrayOperand<T>& b) {
    return engine::run_function<T>(engine::LeastSquares{}, a, b);
}
template <class T>
ArrayOperand<T> MatrixFunctions<T>::log_determinant(Factorization kind, const ArrayOperand<T>& a,
                                                    const std::shared_ptr<SharedFactors>& shared) {
    using namespace engine;
    if (kind == Factorization::cholesky) {
        return run_function<T>(
            LogDeterminant{Factorize<CholeskyFactors>{shared}, "log_determinant_positive_definite"}, a);
    }
    return run_function<T>(LogDeterminant{Factorize<LuFactors>{shared}, "log_determinant"}, a);
}
template <class T>
ArrayOperand<T> MatrixFunctions<T>::determinant(const ArrayOperand<T>& a) {
    return engine::run_function<T>(engine::Determinant{}, a);
}
template <class T>
ArrayOperand<T> MatrixFunctions<T>::inverse(const ArrayOperand<T>& a) {
    return engine::run_function<T>(engine::MatrixInverse{}, a);
}
template <class T>
ArrayOperand<T> MatrixFunctions<T>::cholesky(const ArrayOperand<T>& a) {
    return engine::run_function<T>(engine::Cholesky{}, a);
}
template <class T>
ArrayOperand<T> MatrixFunctions<T>::symmetric_eigenvalues(const ArrayOperand<T>& a) {
    return engine::run_function<T>(engine::SymmetricEigenvalues{}, a);
}
template <class T>
ArrayOperand<T> MatrixFunctions<T>::symmetric_eigen(const ArrayOperand<T>& a) {
    return engine::run_function<T>(engine::SymmetricEigen{}, a);
}
template <class T>
ArrayOperand<T> MatrixFunctions<T>::singular_values(const ArrayOperand<T>& a) {
    return engine::run_function<T>(engine::SingularValues{}, a);
}
template <class T>
ArrayOperand<T> MatrixFunctions<T>::exponential(const ArrayOperand<T>& a) {
    return engine::run_function<T>(engine::MatrixExponential{}, a);
}
template <class T>
ArrayOperand<T> MatrixFunctions<T>::quadratic_form(const ArrayOperand<T>& x, const ArrayOperand<T>& a) {
    return engine::run_function<T>(engine::QuadraticForm{}, x, a);
}
template <class T>
ArrayOperand<T> MatrixFunctions<T>::kronecker(const ArrayOperand<T>& a, const ArrayOperand<T>& b) {
    return engine::run_function<T>(engine::Kronecker{}, a, b);
}
template <class T>
ArrayOperand<T> MatrixFunctions<T>::multiply_part(unsigned part, const ArrayOperand<T>& a,
                                                  const ArrayOperand<T>& b) {
    return engine::run_function<T>(engine::PartProduct{{part}}, a, b);
}
template <class T>
ArrayOperand<T> MatrixFunctions<T>::dense_part(unsigned part, const ArrayOperand<T>& a) {
    return engine::run_function<T>(engine::DensePart{{part}}, a);
}
template <class T>
ArrayOperand<T> MatrixFunctions<T>::diagonal_matrix(const ArrayOperand<T>& x) {
    return engine::run_function<T>(engine::DiagonalMatrix{}, x);
}
template <class T>
ArrayOperand<T> MatrixFunctions<T>::apply_map(const LinearMap<ScalarOf<T>>& map, const ArrayOperand<T>& x) {
    return engine::run_function<T>(engine::LinearMapFunction<ScalarOf<T>>{map}, x);
}

}  // namespace hesse
