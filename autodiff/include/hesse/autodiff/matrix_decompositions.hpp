#pragma once

#include "hesse/autodiff/determinant.hpp"
#include "hesse/autodiff/linear_solve.hpp"
#include "hesse/autodiff/matrix_product.hpp"
#include "hesse/autodiff/matrix_spectrum.hpp"
#include "hesse/autodiff/matrix_words.hpp"

/// Eigen's objects for factorisations: a.llt().solve(b). What one of them computes rests on one factorisation.
namespace hesse {

template <class View, Factorization kind>
class Decomposition {
public:
    explicit Decomposition(View matrix)
        : matrix_(std::move(matrix)), factors_(std::make_shared<SharedFactors>()) {}
    [[nodiscard]] Index rows() const { return matrix_.rows(); }
    [[nodiscard]] Index cols() const { return matrix_.cols(); }

    /// x with a x = b.
    template <MatrixArgument B>
    [[nodiscard]] auto solve(B&& b, SourceLine line = SourceLine::here()) const {
        note(line);
        using T = NumberOfArguments<View, B>;
        if constexpr (std::is_same_v<T, typename View::T>) {
            return solve_by(kind, matrix_, std::forward<B>(b), factors_);
        } else {
            return solve_by(kind, matrix_, std::forward<B>(b));
        }
    }
    /// log |det a|, a scalar.
    [[nodiscard]] auto logDeterminant(SourceLine line = SourceLine::here()) const
        requires(kind != Factorization::ldlt)
    {
        note(line);
        return log_determinant_by(kind, matrix_, factors_)(0);
    }
    [[nodiscard]] auto determinant(SourceLine line = SourceLine::here()) const
        requires(kind == Factorization::lu)
    {
        note(line);
        return hesse::determinant(matrix_);
    }
    [[nodiscard]] auto inverse(SourceLine line = SourceLine::here()) const
        requires(kind == Factorization::lu)
    {
        note(line);
        return hesse::inverse(matrix_);
    }
    /// l with l l' = a.
    [[nodiscard]] auto matrixL(SourceLine line = SourceLine::here()) const
        requires(kind == Factorization::cholesky)
    {
        note(line);
        return cholesky(matrix_);
    }

private:
    View matrix_;
    std::shared_ptr<SharedFactors> factors_;
};

/// x that minimises |a x - b|.
template <class View>
class QrDecomposition {
public:
    explicit QrDecomposition(View matrix) : matrix_(std::move(matrix)) {}
    [[nodiscard]] Index rows() const { return matrix_.rows(); }
    [[nodiscard]] Index cols() const { return matrix_.cols(); }
    template <MatrixArgument B>
    [[nodiscard]] auto solve(B&& b, SourceLine line = SourceLine::here()) const {
        note(line);
        return least_squares(matrix_, std::forward<B>(b));
    }

private:
    View matrix_;
};

template <class Matrix>
auto MatrixWords<Matrix>::inverse(SourceLine line) const {
    note(line);
    return hesse::inverse(view());
}
template <class Matrix>
auto MatrixWords<Matrix>::determinant(SourceLine line) const {
    note(line);
    return hesse::determinant(view());
}
template <class Matrix>
auto MatrixWords<Matrix>::partialPivLu() const {
    auto matrix = view();
    return Decomposition<decltype(matrix), Factorization::lu>(std::move(matrix));
}
template <class Matrix>
auto MatrixWords<Matrix>::lu() const {
    return partialPivLu();
}
template <class Matrix>
auto MatrixWords<Matrix>::llt() const {
    auto matrix = view();
    return Decomposition<decltype(matrix), Factorization::cholesky>(std::move(matrix));
}
template <class Matrix>
auto MatrixWords<Matrix>::ldlt() const {
    auto matrix = view();
    return Decomposition<decltype(matrix), Factorization::ldlt>(std::move(matrix));
}
template <class Matrix>
auto MatrixWords<Matrix>::householderQr() const {
    return QrDecomposition(view());
}
template <class Matrix>
auto MatrixWords<Matrix>::colPivHouseholderQr() const {
    return QrDecomposition(view());
}

}  // namespace hesse
