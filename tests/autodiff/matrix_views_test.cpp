#include "hesse/autodiff/matrix_views.hpp"

#include "hesse/autodiff/constants.hpp"
#include "hesse/autodiff/matrix_decompositions.hpp"
#include "hesse/autodiff/objective.hpp"
#include "support/derivative_check.hpp"

#include <Eigen/Dense>
#include <Eigen/SparseCore>
#include <boost/test/unit_test.hpp>

namespace {
using namespace hesse;
using namespace hesse::test;

template <class Ours, class Theirs>
void require_equal(const char* what, const Ours& ours, const Theirs& theirs) {
    const MatrixXd expected = theirs;
    BOOST_TEST_REQUIRE(ours.rows() == expected.rows());
    BOOST_TEST_REQUIRE(ours.cols() == expected.cols());
    MatrixXd given(ours.rows(), ours.cols());
    for (Index j = 0; j < given.cols(); ++j) {
        for (Index i = 0; i < given.rows(); ++i) given(i, j) = ours(i, j);
    }
    BOOST_TEST((given - expected).norm() <= 1e-13 * (1 + expected.norm()),
               what << " differs: " << given - expected);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(matrix_views)

BOOST_AUTO_TEST_CASE(words_of_eigen_mean_what_they_mean_in_eigen) {
    const MatrixXd A = random_matrix(4, 4, 1) + 3 * MatrixXd::Identity(4, 4), B = random_matrix(4, 2, 2);
    const MatrixXd S = A * A.transpose(), T = random_matrix(6, 4, 3);
    const VectorXd d = random_vector(4, 4);
    const auto a = copy(A), b = copy(B), s = copy(S), t = copy(T), v = copy(d);
    using namespace Eigen;
    require_equal("inverse", a.inverse(), A.inverse());
    require_equal("inverse in array words", a.array().inverse(), A.array().inverse());
    BOOST_TEST(a.determinant() == A.determinant(), boost::test_tools::tolerance(1e-14));
    BOOST_TEST(trace(a) == A.trace(), boost::test_tools::tolerance(1e-14));
    require_equal("partialPivLu", a.partialPivLu().solve(b), A.partialPivLu().solve(B));
    require_equal("lu", a.lu().inverse(), A.inverse());
    BOOST_TEST(a.lu().determinant() == A.determinant(), boost::test_tools::tolerance(1e-14));
    BOOST_TEST(a.lu().logDeterminant() == std::log(std::abs(A.determinant())),
               boost::test_tools::tolerance(1e-14));
    require_equal("llt", s.llt().solve(B), S.llt().solve(B));
    require_equal("matrixL", s.llt().matrixL(), MatrixXd(S.llt().matrixL()));
    BOOST_TEST(s.llt().logDeterminant() == std::log(S.determinant()), boost::test_tools::tolerance(1e-13));
    require_equal("ldlt", s.ldlt().solve(b), S.ldlt().solve(B));
    require_equal("householderQr", t.householderQr().solve(copy(T)), T.householderQr().solve(T));
    require_equal("colPivHouseholderQr", a.colPivHouseholderQr().solve(b), A.colPivHouseholderQr().solve(B));

    require_equal("triangularView", a.triangularView<UnitUpper>() * b, A.triangularView<UnitUpper>() * B);
    require_equal("on the right", b.transpose() * a.triangularView<Lower>(),
                  B.transpose() * A.triangularView<Lower>());
    require_equal("constants on the right", B.transpose() * a.triangularView<Lower>(),
                  B.transpose() * A.triangularView<Lower>());
    require_equal("transposed", a.triangularView<Lower>().transpose() * b,
                  A.triangularView<Lower>().transpose() * B);
    require_equal("transposed solve", a.triangularView<UnitLower>().transpose().solve(b),
                  A.triangularView<UnitLower>().transpose().solve(B));
    require_equal("of a constant", A.triangularView<StrictlyUpper>() * b,
                  A.triangularView<StrictlyUpper>() * B);
    require_equal("selfadjointView", a.selfadjointView<Upper>() * b, A.selfadjointView<Upper>() * B);
    require_equal("symmetric constant", A.selfadjointView<Lower>() * b, A.selfadjointView<Lower>() * B);
    require_equal("eigenvalues", a.selfadjointView<Upper>().eigenvalues(),
                  A.selfadjointView<Upper>().eigenvalues());
    require_equal("toDenseMatrix", a.triangularView<UnitLower>().toDenseMatrix(),
                  A.triangularView<UnitLower>().toDenseMatrix());

    require_equal("asDiagonal", v.asDiagonal() * b, d.asDiagonal() * B);
    require_equal("asDiagonal on the right", a * v.asDiagonal(), A * d.asDiagonal());
    require_equal("of constants", d.asDiagonal() * a * d.asDiagonal(), d.asDiagonal() * A * d.asDiagonal());
    require_equal("inverse of a diagonal", v.asDiagonal().inverse() * B, d.asDiagonal().inverse() * B);
    require_equal("diagonal matrix", v.transpose().asDiagonal().toDenseMatrix(), MatrixXd(d.asDiagonal()));
}

BOOST_AUTO_TEST_CASE(sparse_constants_multiply_from_both_sides) {
    const MatrixXd A = random_matrix(4, 3, 1);
    const Eigen::SparseMatrix<double> sparse = A.sparseView();
    const Eigen::SparseMatrix<double, Eigen::RowMajor> by_rows = A.sparseView();
    const auto f = objective(
        [&](const auto& x) {
            const auto X = x.reshaped(3, 4);
            return (sparse * X).array().tanh().sum() + (X * by_rows).array().tanh().sum() +
                   (sparse.transpose() * X.transpose()).squaredNorm() +
                   (2.0 * sparse * x.head(3)).array().tanh().sum();
        },
        12);
    const auto g = objective(
        [&](const auto& x) {
            const auto X = x.reshaped(3, 4);
            return (A * X).array().tanh().sum() + (X * A).array().tanh().sum() +
                   (A.transpose() * X.transpose()).squaredNorm() + (2.0 * A * x.head(3)).array().tanh().sum();
        },
        12);
    const VectorXd x = random_vector(12, 2), v = random_vector(12, 3);
    const auto at = f.linearize(x), expected = g.linearize(x);
    BOOST_TEST(f.value(x) == at.value());
    BOOST_TEST(at.value() == expected.value(), boost::test_tools::tolerance(1e-14));
    BOOST_TEST((VectorXd(at.gradient()) - VectorXd(expected.gradient())).norm() < 1e-13);
    BOOST_TEST((VectorXd(at.hessian() * v) - VectorXd(expected.hessian() * v)).norm() < 1e-13);
    BOOST_CHECK_THROW(sparse * copy(A), std::invalid_argument);
    BOOST_CHECK_THROW(copy(A) * sparse, std::invalid_argument);
}

// One object, one factorisation; the derivatives of all that rests on it add up.
BOOST_AUTO_TEST_CASE(a_decomposition_serves_a_solution_and_a_determinant) {
    const MatrixXd noise = 3 * MatrixXd::Identity(3, 3);
    const VectorXd y = random_vector(3, 1);
    const auto shared = objective(
        [&](const auto& x) {
            const auto llt = (x.reshaped(3, 3) + noise).llt();
            return 0.5 * llt.solve(y).dot(y) + 0.5 * llt.logDeterminant();
        },
        9);
    const auto apart = objective(
        [&](const auto& x) {
            const auto k = (x.reshaped(3, 3) + noise).eval();
            return 0.5 * solve_positive_definite(k, y).dot(y) + 0.5 * log_determinant_positive_definite(k);
        },
        9);
    const VectorXd x = random_vector(9, 2), v = random_vector(9, 3);
    const auto at = shared.linearize(x), expected = apart.linearize(x);
    BOOST_TEST(at.value() == expected.value());
    require_same_bits(at.gradient(), expected.gradient());
    require_same_bits(at.hessian() * v, expected.hessian() * v);
}

BOOST_AUTO_TEST_SUITE_END()
