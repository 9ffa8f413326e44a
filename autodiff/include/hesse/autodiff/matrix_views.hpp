#pragma once

#include "hesse/autodiff/linear_solve.hpp"
#include "hesse/autodiff/matrix_product.hpp"
#include "hesse/autodiff/matrix_spectrum.hpp"
#include "hesse/autodiff/matrix_words.hpp"

/// Parts of matrices as factors of products: triangles, symmetric matrices, diagonal ones, in Eigen's words.
namespace hesse {

/// A square matrix of which a triangle is read: as that triangle, or as the symmetric matrix that it is half of.
template <class View, unsigned part>
class MatrixPartView {
public:
    using T = typename View::T;

    explicit MatrixPartView(View matrix) : matrix_(std::move(matrix)) {}
    [[nodiscard]] Index rows() const { return matrix_.rows(); }
    [[nodiscard]] Index cols() const { return matrix_.cols(); }

    /// The matrix with all its entries.
    [[nodiscard]] auto toDenseMatrix(SourceLine line = SourceLine::here()) const {
        note(line);
        return apply_to_operands([](const auto& a) { return MatrixFunctions<T>::dense_part(part, a); },
                                 matrix_);
    }
    /// x with part x = b, of a triangle.
    template <MatrixArgument B>
        requires((part & Eigen::SelfAdjoint) == 0)
    [[nodiscard]] auto solve(B&& b, SourceLine line = SourceLine::here()) const {
        note(line);
        return solve_triangular(part, matrix_, std::forward<B>(b));
    }
    /// Of the transpose.
    [[nodiscard]] auto transpose() const {
        constexpr unsigned other = part ^ (Eigen::Lower | Eigen::Upper);
        return MatrixPartView<View, other>(matrix_.transpose());
    }
    /// Of a symmetric matrix, ascending.
    [[nodiscard]] auto eigenvalues(SourceLine line = SourceLine::here()) const
        requires((part & Eigen::SelfAdjoint) != 0)
    {
        note(line);
        if constexpr ((part & Eigen::Lower) != 0) return symmetric_eigenvalues(matrix_);
        else return symmetric_eigenvalues(matrix_.transpose());
    }

    template <MatrixArgument B>
    friend auto operator*(OperandAt<MatrixPartView> a, B&& b) {
        note(a.line);
        return multiply(a.x.matrix_, std::forward<B>(b));
    }
    template <MatrixArgument A>
    friend auto operator*(A&& a, OperandAt<MatrixPartView> b) {
        note(b.line);
        return (b.x.transpose() * transposed_argument(a)).transpose();
    }

private:
    template <class, unsigned>
    friend class MatrixPartView;

    template <class B>
    static auto multiply(const View& a, B&& b) {
        using Number = NumberOfArguments<View, B>;
        return apply_to_operands(
            [](const auto&... x) { return MatrixFunctions<Number>::multiply_part(part, x...); }, a,
            std::forward<B>(b));
    }
    template <class A>
    static auto transposed_argument(const A& a) {
        if constexpr (ArrayLike<A>) return a.expression().transpose();
        else return a.transpose();
    }

    View matrix_;
};

template <class Constant, unsigned part>
inline constexpr bool is_matrix_factor<Eigen::TriangularView<Constant, part>> = true;
template <class Constant, unsigned part>
inline constexpr bool is_matrix_factor<Eigen::SelfAdjointView<Constant, part>> = true;

/// A part of a constant matrix of Eigen's times an array of the library's.
template <class Constant, unsigned part, ArrayLike B>
auto multiply_constant_part(const Constant& a, B&& b) {
    using T = NumberOfArguments<B>;
    return apply_to_operands([](const auto&... x) { return MatrixFunctions<T>::multiply_part(part, x...); },
                             a, std::forward<B>(b));
}
template <class Constant, unsigned part, ArrayLike B>
auto times(SourceLine line, const Eigen::TriangularView<Constant, part>& a, B&& b) {
    note(line);
    return multiply_constant_part<std::remove_cvref_t<Constant>, part>(a.nestedExpression(),
                                                                       std::forward<B>(b));
}
template <class Constant, unsigned part, ArrayLike B>
auto times(SourceLine line, const Eigen::SelfAdjointView<Constant, part>& a, B&& b) {
    note(line);
    return multiply_constant_part<std::remove_cvref_t<Constant>, part | unsigned(Eigen::SelfAdjoint)>(
        a.nestedExpression(), std::forward<B>(b));
}

/// The diagonal matrix of a vector: as a factor it scales rows or columns.
template <class View>
class DiagonalView {
public:
    explicit DiagonalView(View vector) : vector_(std::move(vector)) {
        if (vector_.rows() != 1 && vector_.cols() != 1)
            throw_shapes("asDiagonal", vector_.rows(), vector_.cols(), vector_.size(), 1);
    }
    [[nodiscard]] Index rows() const { return vector_.size(); }
    [[nodiscard]] Index cols() const { return vector_.size(); }
    [[nodiscard]] const View& diagonal() const { return vector_; }
    [[nodiscard]] auto inverse() const { return DiagonalView<View>(vector_.cwiseInverse().eval()); }
    /// The matrix with all its entries.
    [[nodiscard]] auto toDenseMatrix(SourceLine line = SourceLine::here()) const {
        note(line);
        using T = typename View::T;
        return apply_to_operands(MatrixFunctions<T>::diagonal_matrix, vector_.reshaped());
    }

    template <MatrixArgument B>
    friend auto operator*(OperandAt<DiagonalView> d, B&& b) {
        note(d.line);
        return scale<Slices::by_column>(d.x, std::forward<B>(b));
    }
    template <MatrixArgument A>
    friend auto operator*(A&& a, OperandAt<DiagonalView> d) {
        note(d.line);
        return scale<Slices::by_row>(d.x, std::forward<A>(a));
    }

private:
    template <Slices slices, class B>
    static auto scale(const DiagonalView& d, B&& b) {
        using T = NumberOfArguments<View, B>;
        Tape<T>* tape = nullptr;
        if constexpr (View::active) tape = tape_of_argument<T>(d.vector_);
        if constexpr (is_active_argument<B>) tape = tape != nullptr ? tape : tape_of_argument<T>(b);
        const auto matrix = as_matrix<T>(std::forward<B>(b), tape);
        if constexpr (slices == Slices::by_column) return matrix.colwise() * d.vector_;
        else return matrix.rowwise() * d.vector_;
    }

    View vector_;
};
template <class Constant>
void accept_diagonal(const Eigen::DiagonalBase<Constant>&);
template <class X>
    requires requires(const X& x) { accept_diagonal(x); }
inline constexpr bool is_matrix_factor<X> = true;

template <class Constant, ArrayLike B>
auto times(SourceLine line, const Eigen::DiagonalBase<Constant>& d, B&& b) {
    note(line);
    return std::forward<B>(b).expression().colwise() * d.diagonal();
}
template <ArrayLike A, class Constant>
auto times(SourceLine line, A&& a, const Eigen::DiagonalBase<Constant>& d) {
    note(line);
    return std::forward<A>(a).expression().rowwise() * d.diagonal();
}

template <class Matrix>
template <unsigned part>
auto MatrixWords<Matrix>::triangularView() const {
    auto matrix = view();
    return MatrixPartView<decltype(matrix), part>(std::move(matrix));
}
template <class Matrix>
template <unsigned part>
auto MatrixWords<Matrix>::selfadjointView() const {
    static_assert(part == Eigen::Lower || part == Eigen::Upper);
    auto matrix = view();
    return MatrixPartView<decltype(matrix), part | unsigned(Eigen::SelfAdjoint)>(std::move(matrix));
}
template <class Matrix>
auto MatrixWords<Matrix>::asDiagonal(SourceLine line) const {
    note(line);
    return DiagonalView(view());
}

}  // namespace hesse
