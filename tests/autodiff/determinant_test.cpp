#include "hesse/autodiff/determinant.hpp"

#include "hesse/autodiff/constants.hpp"
#include "hesse/autodiff/objective.hpp"
#include "support/matrix_words.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

namespace {
using namespace hesse;
using namespace hesse::test;

MatrixXd of_rank(Index rank) {
    const MatrixXd left = random_matrix(4, 4, 1), right = random_matrix(4, 4, 2);
    return left.leftCols(rank) * right.topRows(rank);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(determinants)

// A determinant is a polynomial: there is nothing special about singular matrices.
BOOST_AUTO_TEST_CASE(determinants_of_singular_matrices_have_all_their_derivatives) {
    for (const Index rank : {0, 1, 2, 3, 4}) {
        BOOST_TEST_CONTEXT("rank " << rank) {
            const WordLoss loss{
                {Word::determinant, "", {4, 4}, {4, 1}, of_rank(rank), false}, true, false, {}};
            check_loss(objective(loss, 16), [&](const HyperDualVector& theta) { return loss.loops(theta); },
                       VectorXd::Zero(16), {.scale = 10, .relative = 1e-13});
        }
    }
}

BOOST_AUTO_TEST_CASE(logarithms_of_determinants_do_not_overflow_and_have_a_sign) {
    const Index n = 300;
    const auto large = copy(MatrixXd(-100 * MatrixXd::Identity(n, n))),
               odd = copy(MatrixXd(-0.5 * MatrixXd::Identity(3, 3)));
    BOOST_TEST(log_determinant(large) == 300 * std::log(100.0), boost::test_tools::tolerance(1e-14));
    BOOST_TEST(sign_log_determinant(large).sign == 1);
    BOOST_TEST(sign_log_determinant(odd).sign == -1);
    BOOST_TEST(std::isinf(determinant(large)));
    BOOST_TEST(sign_log_determinant(copy(MatrixXd::Zero(2, 2))).sign == 0);
}

BOOST_AUTO_TEST_CASE(inverse_is_that_of_the_matrix_or_of_the_entries_as_in_eigen) {
    const auto a = copy(MatrixXd(2 * MatrixXd::Ones(2, 2) + MatrixXd::Identity(2, 2)));
    BOOST_TEST(inverse(a)(0, 0) == 0.6, boost::test_tools::tolerance(1e-15));
    BOOST_TEST(a.inverse()(0, 1) == -0.4, boost::test_tools::tolerance(1e-15));
    BOOST_TEST(inverse(a.array())(0, 1) == 0.5);
    BOOST_TEST(a.array().inverse()(0, 1) == 0.5);
    const Matrix<double> owner(MatrixXd(4 * MatrixXd::Identity(3, 3)));
    BOOST_TEST(owner.inverse()(2, 2) == 0.25);
    BOOST_TEST(inverse(owner)(2, 2) == 0.25);
    BOOST_TEST(owner.block(0, 0, 2, 2).determinant() == 16);
}

BOOST_AUTO_TEST_SUITE_END()
