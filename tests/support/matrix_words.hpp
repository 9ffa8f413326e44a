#pragma once

#include "hesse/hesse.hpp"
#include "support/derivative_check.hpp"

#include <string>
#include <utility>
#include <vector>

/// The matrix functions, each as a loss of two matrices, and the same as plain loops over hyper-dual numbers.
namespace hesse::test {

enum class Word {
    solve,
    solve_positive_definite,
    solve_symmetric,
    solve_lower,
    solve_upper,
    solve_unit_lower,
    solve_unit_upper,
    least_squares,
    inverse,
    determinant,
    log_determinant,
    log_determinant_positive_definite,
    cholesky,
    symmetric_eigenvalues,
    symmetric_eigen,
    singular_values,
    matrix_exponential,
    quadratic_form,
    quadratic_forms,
    quadratic_forms_by_row,
    trace,
    trace_of_product,
    outer,
    kronecker,
    batched_multiply,
    lower_product,
    unit_upper_product,
    strictly_lower_product,
    product_with_upper,
    symmetric_product,
    product_with_symmetric_upper,
    symmetric_matrix,
    unit_lower_matrix,
    scaled_rows,
    scaled_columns,
    diagonal_matrix
};

/// What a word is tried on: the shapes of a and b, and a constant that is added to a, so that it can be factorised.
struct WordCase {
    Word word;
    std::string name;
    Shape a, b;
    MatrixXd shift;
    bool uses_b;
};
std::vector<WordCase> word_cases();

using Table = Eigen::Matrix<HyperDual, Eigen::Dynamic, Eigen::Dynamic>;
/// The truth: the entries of the word's result; a scalar as (1 x 1).
Table word_as_loops(Word word, const Table& a, const Table& b);

/// y -> sum of w o (y + y^2 / 2) with fixed w, so that first and second derivatives of y are seen apart.
inline MatrixXd weights_of_result(Index rows, Index cols) { return random_matrix(rows, cols, 5, 0.3, 1.0); }

/// The same function of the library's arrays, measured.
template <class A>
typename A::Scalar word_as_loss(Word word, const A& a, const A& b) {
    using S = ScalarOf<typename A::T>;
    const auto measure = [](const auto& y) -> typename A::Scalar {
        const MatrixXd weights = weights_of_result(y.rows(), y.cols());
        const auto w = copy(weights.cast<S>().array());
        return ((y.array() + S(0.5) * y.array().square()) * w).sum();
    };
    const auto measure_number = [](const typename A::Scalar& y) ->
        typename A::Scalar { return (y + S(0.5) * y * y) * static_cast<S>(weights_of_result(1, 1)(0, 0)); };
    switch (word) {
        case Word::solve:
            return measure(solve(a, b));
        case Word::solve_positive_definite:
            return measure(solve_positive_definite(a, b));
        case Word::solve_symmetric:
            return measure(solve_symmetric(a, b));
        case Word::solve_lower:
            return measure(a.template triangularView<Eigen::Lower>().solve(b));
        case Word::solve_upper:
            return measure(solve_triangular(Eigen::Upper, a, b));
        case Word::solve_unit_lower:
            return measure(solve_triangular(Eigen::UnitLower, a, b));
        case Word::solve_unit_upper:
            return measure(a.template triangularView<Eigen::UnitUpper>().solve(b));
        case Word::least_squares:
            return measure(least_squares(a, b));
        case Word::inverse:
            return measure(inverse(a));
        case Word::determinant:
            return measure_number(determinant(a));
        case Word::log_determinant:
            return measure_number(log_determinant(a));
        case Word::log_determinant_positive_definite:
            return measure_number(log_determinant_positive_definite(a));
        case Word::cholesky:
            return measure(cholesky(a));
        case Word::symmetric_eigenvalues:
            return measure(symmetric_eigenvalues(a));
        case Word::symmetric_eigen: {
            const auto pairs = symmetric_eigen(a);
            // signs of eigenvectors are arbitrary
            return measure(pairs.eigenvectors *
                           (pairs.eigenvalues.asDiagonal() * b).eval().colwise().sum().asDiagonal() *
                           pairs.eigenvectors.transpose());
        }
        case Word::singular_values:
            return measure(singular_values(a));
        case Word::matrix_exponential:
            return measure(matrix_exponential(a));
        case Word::quadratic_form:
            return measure_number(quadratic_form(b, a));
        case Word::quadratic_forms:
            return measure(quadratic_form(b, a, by_column));
        case Word::quadratic_forms_by_row:
            return measure(quadratic_form(b, a, by_row));
        case Word::trace:
            return measure_number(trace(a));
        case Word::trace_of_product:
            return measure_number(trace_of_product(a, b));
        case Word::outer:
            return measure(outer(a, b));
        case Word::kronecker:
            return measure(kronecker(a, b));
        case Word::batched_multiply:
            return measure(batched_multiply(a, b, 3));
        case Word::lower_product:
            return measure(a.template triangularView<Eigen::Lower>() * b);
        case Word::unit_upper_product:
            return measure(a.template triangularView<Eigen::UnitUpper>() * b);
        case Word::strictly_lower_product:
            return measure(a.template triangularView<Eigen::StrictlyLower>() * b);
        case Word::product_with_upper:
            return measure(b.transpose() * a.template triangularView<Eigen::Upper>());
        case Word::symmetric_product:
            return measure(a.template selfadjointView<Eigen::Lower>() * b);
        case Word::product_with_symmetric_upper:
            return measure(b.transpose() * a.template selfadjointView<Eigen::Upper>());
        case Word::symmetric_matrix:
            return measure(a.template selfadjointView<Eigen::Lower>().toDenseMatrix());
        case Word::unit_lower_matrix:
            return measure(a.template triangularView<Eigen::UnitLower>().toDenseMatrix());
        case Word::scaled_rows:
            return measure(a.asDiagonal() * b);
        case Word::scaled_columns:
            return measure(b * a.asDiagonal());
        case Word::diagonal_matrix:
            return measure(a.asDiagonal().toDenseMatrix());
    }
    return measure(a);
}

/// How an operand lies in memory.
enum class WordLayout { dense, block, transposed };

/// The loss of a word whose operands are parts of theta or, where they are constant, random numbers.
struct WordLoss {
    WordCase word;
    bool a_variable, b_variable;
    WordLayout layout;

    [[nodiscard]] Index size() const {
        return (a_variable ? entries(word.a) : 0) + (b_variable ? entries(word.b) : 0);
    }
    auto operator()(const auto& theta) const {
        using S = typename std::decay_t<decltype(theta)>::Scalar;
        const Index first_of_b = a_variable ? entries(word.a) : 0;
        const auto a = operand<S>(theta, word.a, a_variable, 0, 11);
        const auto b = operand<S>(theta, word.b, b_variable, first_of_b, 12);
        return word_as_loss(word.word, (a + word.shift).eval(), b);
    }
    HyperDual loops(const HyperDualVector& theta) const {
        const Index first_of_b = a_variable ? entries(word.a) : 0;
        const Table a = table(theta, word.a, a_variable, 0, 11),
                    b = table(theta, word.b, b_variable, first_of_b, 12);
        const Table y = word_as_loops(word.word, a + word.shift.cast<HyperDual>(), b);
        const MatrixXd w = weights_of_result(y.rows(), y.cols());
        HyperDual sum = 0;
        for (Index j = 0; j < y.cols(); ++j) {
            for (Index i = 0; i < y.rows(); ++i) sum += (y(i, j) + y(i, j) * y(i, j) * 0.5) * w(i, j);
        }
        return sum;
    }

private:
    // A block lies in a matrix of one more row and two more columns.
    [[nodiscard]] Index entries(Shape s) const {
        return layout == WordLayout::block ? (s.rows + 1) * (s.cols + 2) : s.rows * s.cols;
    }
    [[nodiscard]] auto arranged(const auto& all, Shape s) const {
        switch (layout) {
            case WordLayout::block:
                return all.reshaped(s.rows + 1, s.cols + 2).block(1, 1, s.rows, s.cols);
            case WordLayout::transposed:
                return all.reshaped(s.cols, s.rows).transpose();
            default:
                return all.reshaped(s.rows, s.cols);
        }
    }
    template <class S>
    [[nodiscard]] auto operand(const auto& theta, Shape s, bool variable, Index first,
                               std::uint64_t seed) const {
        if (variable) return arranged(theta.segment(first, entries(s)), s);
        return arranged(Matrix<S>(random_vector(entries(s), seed)).expression(), s);
    }
    [[nodiscard]] Table table(const HyperDualVector& theta, Shape s, bool variable, Index first,
                              std::uint64_t seed) const {
        const HyperDualVector all = variable
                                        ? HyperDualVector(theta.segment(first, entries(s)))
                                        : HyperDualVector(random_vector(entries(s), seed).cast<HyperDual>());
        switch (layout) {
            case WordLayout::block:
                return all.reshaped(s.rows + 1, s.cols + 2).block(1, 1, s.rows, s.cols);
            case WordLayout::transposed:
                return all.reshaped(s.cols, s.rows).transpose();
            default:
                return all.reshaped(s.rows, s.cols);
        }
    }
};

}  // namespace hesse::test
