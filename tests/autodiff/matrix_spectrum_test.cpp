#include "hesse/autodiff/matrix_spectrum.hpp"

#include "hesse/autodiff/constants.hpp"
#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/reductions.hpp"
#include "support/derivative_check.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>

namespace {
using namespace hesse;
using namespace hesse::test;

/// Functions of eigenvalues and singular values; those of `matrix` come by another way.
struct SpectralLoss {
    enum class Which {
        sum_of_exponentials,
        sum_of_exponentials_by_matrix,
        sum_of_squares,
        largest,
        eigenvectors,
        squares_of_singular_values
    };
    Which which;
    Index rows, cols;
    auto operator()(const auto& theta) const -> typename std::decay_t<decltype(theta)>::Scalar {
        const auto a = theta.reshaped(rows, cols);
        switch (which) {
            case Which::sum_of_exponentials:
                return sum(exp(symmetric_eigenvalues(a)));
            case Which::sum_of_exponentials_by_matrix: {
                const auto e = matrix_exponential(0.5 * (a + a.transpose()));
                return e.trace();
            }
            case Which::sum_of_squares:
                return symmetric_eigenvalues(a).squaredNorm();
            case Which::largest:
                return symmetric_eigenvalues(a)(rows - 1);
            case Which::eigenvectors:
                return symmetric_eigen(a).eigenvectors(0, 0);
            default:
                return singular_values(a).squaredNorm();
        }
    }
};
auto loss(SpectralLoss::Which which, Index rows, Index cols) {
    return objective(SpectralLoss{which, rows, cols}, rows * cols);
}
using Which = SpectralLoss::Which;

MatrixXd with_eigenvalues(const VectorXd& w) {
    const MatrixXd q = random_matrix(w.size(), w.size(), 3).householderQr().householderQ();
    const MatrixXd a = q * w.asDiagonal() * q.transpose();
    return 0.5 * (a + a.transpose());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(matrix_spectrum)

BOOST_AUTO_TEST_CASE(functions_symmetric_in_equal_eigenvalues_have_exact_second_derivatives) {
    const MatrixXd points[] = {MatrixXd::Identity(4, 4), MatrixXd::Zero(4, 4),
                               with_eigenvalues(Eigen::Vector4d(1, 1, 2, 2)),
                               with_eigenvalues(Eigen::Vector4d(-1, 3, 3, 3))};
    const auto f = loss(Which::sum_of_exponentials, 4, 4),
               g = loss(Which::sum_of_exponentials_by_matrix, 4, 4),
               squares = loss(Which::sum_of_squares, 4, 4);
    for (const MatrixXd& a : points) {
        const VectorXd x = a.reshaped();
        const MatrixXd d = random_matrix(4, 4, 5);
        const MatrixXd symmetric = d + d.transpose();
        const VectorXd v = symmetric.reshaped();
        const auto at = f.linearize(x), expected = g.linearize(x);
        BOOST_TEST(at.value() == expected.value(), boost::test_tools::tolerance(1e-13));
        // One reads the lower triangle, the other all: along symmetric directions they agree.
        const auto mirrored = [](const VectorXd& lower) {
            const MatrixXd m = lower.reshaped(4, 4);
            return MatrixXd(0.5 * (m + m.transpose()));
        };
        const double size = expected.value();
        BOOST_TEST((mirrored(at.gradient()) - mirrored(expected.gradient())).norm() < 1e-13 * size);
        BOOST_TEST((mirrored(at.hessian() * v) - mirrored(expected.hessian() * v)).norm() < 1e-12 * size);
        BOOST_TEST((mirrored(squares.linearize(x).hessian() * v) - 2 * symmetric).norm() < 1e-12);
    }
}

BOOST_AUTO_TEST_CASE(what_has_no_second_derivative_at_equal_eigenvalues_is_nan) {
    const VectorXd x = MatrixXd::Identity(3, 3).reshaped(), v = random_vector(9, 1);
    const auto at = loss(Which::largest, 3, 3).linearize(x);
    BOOST_TEST(at.value() == 1);
    BOOST_TEST(std::abs(MatrixXd(VectorXd(at.gradient()).reshaped(3, 3)).trace() - 1) <
               1e-14);  // that of one eigenvector
    BOOST_TEST(VectorXd(at.hessian() * v).array().isNaN().any());
    BOOST_TEST(VectorXd(loss(Which::eigenvectors, 3, 3).linearize(x).gradient()).array().isNaN().any());
}

BOOST_AUTO_TEST_CASE(the_square_of_a_norm_by_singular_values_is_smooth_where_they_vanish) {
    for (const auto& [rows, cols] : {std::pair<Index, Index>{3, 2}, {2, 4}, {3, 3}}) {
        const auto f = loss(Which::squares_of_singular_values, rows, cols);
        const VectorXd v = random_vector(rows * cols, 1), u = random_vector(rows, 2);
        const VectorXd rank_one = (u * random_vector(cols, 3).transpose()).reshaped();
        for (const VectorXd& x : {VectorXd(VectorXd::Zero(rows * cols)), rank_one}) {
            const auto at = f.linearize(x);
            BOOST_TEST((VectorXd(at.gradient()) - 2 * x).norm() < 1e-13);
            BOOST_TEST((VectorXd(at.hessian() * v) - 2 * v).norm() < 1e-12);
        }
    }
}

// Moler and Van Loan, "Nineteen dubious ways to compute the exponential of a matrix", 1978: eigenvalues -1 and -17.
BOOST_AUTO_TEST_CASE(the_exponential_of_a_dubious_matrix_is_known) {
    const MatrixXd a = (MatrixXd(2, 2) << -49, 24, -64, 31).finished();
    const MatrixXd v = (MatrixXd(2, 2) << 1, 3, 2, 4).finished();
    const MatrixXd exact = v * Eigen::Vector2d(std::exp(-1.0), std::exp(-17.0)).asDiagonal() * v.inverse();
    const auto y = matrix_exponential(copy(a));
    for (Index i = 0; i < 4; ++i) BOOST_TEST(std::abs(y.reshaped()(i) - exact.reshaped()(i)) < 1e-13);
    const auto zero = matrix_exponential(copy(MatrixXd::Zero(3, 3)));
    for (Index i = 0; i < 9; ++i) BOOST_TEST(zero.reshaped()(i) == (i % 4 == 0 ? 1 : 0));
}

BOOST_AUTO_TEST_SUITE_END()
