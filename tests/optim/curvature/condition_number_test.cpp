#include "hesse/optim/curvature/condition_number.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::condition_number;
using hesse::ConditionNumber;
using hesse::Index;

constexpr double infinity = std::numeric_limits<double>::infinity();

BOOST_AUTO_TEST_SUITE(condition_numbers)

BOOST_AUTO_TEST_CASE(hilberts_matrix_of_order_five) {
    MatrixXd a(5, 5);
    for (Index i = 0; i < 5; ++i)
        for (Index j = 0; j < 5; ++j) a(i, j) = 1.0 / static_cast<double>(i + j + 1);
    // 4.7661e5: Todd, Nat. Bur. Standards Appl. Math. Ser. 39 (1954) 109.
    const ConditionNumber found = condition_number(a);
    BOOST_TEST(std::abs(found.value - 4.7661e5) <= 5.0);
    BOOST_TEST(found.converged);
    BOOST_TEST(found.lower_bound <= found.value);
    BOOST_TEST(found.upper_bound >= found.value);
    BOOST_TEST(std::abs(condition_number((-a).eval()).value - found.value) <= 1e-6 * found.value);
}

BOOST_AUTO_TEST_CASE(the_laplacian_of_a_line_has_a_closed_form) {
    const Index n = 60;
    MatrixXd a = 2.0 * MatrixXd::Identity(n, n);
    a.diagonal(1).setConstant(-1.0);
    a.diagonal(-1).setConstant(-1.0);
    const double exact = std::pow(std::tan(0.5 * M_PI * n / (n + 1.0)), 2);
    const ConditionNumber found = condition_number(a);
    BOOST_TEST(std::abs(found.value - exact) <= 1e-9 * exact);
    BOOST_TEST(found.lower_bound <= exact);
    BOOST_TEST(found.upper_bound >= exact);
}

BOOST_AUTO_TEST_CASE(an_indefinite_operator_is_measured_by_its_square) {
    VectorXd d = VectorXd::LinSpaced(200, 1.0, 8.0);
    d.head(100) *= -1.0;
    d[7] = -0.25;
    const ConditionNumber found = condition_number(d.asDiagonal());
    BOOST_TEST(std::abs(found.value - 32.0) <= 1e-6);
    BOOST_TEST(found.smallest.value > 0.0);
    BOOST_TEST(found.lower_bound <= 32.0 + 1e-9);
    BOOST_TEST(found.upper_bound >= 32.0 - 1e-9);
}

BOOST_AUTO_TEST_CASE(singular_operators_have_none) {
    VectorXd d = VectorXd::LinSpaced(20, 0.0, 1.0);
    BOOST_TEST(condition_number(d.asDiagonal()).value == infinity);
    BOOST_TEST(condition_number(d.asDiagonal()).upper_bound == infinity);
    BOOST_TEST(condition_number(MatrixXd::Zero(3, 3).eval()).value == infinity);
    BOOST_TEST(condition_number(MatrixXd::Constant(1, 1, -4.0).eval()).value == 1.0);
}

BOOST_AUTO_TEST_CASE(bad_operators_are_named) {
    const MatrixXd a{{1.0, 2.0}, {0.0, 1.0}};
    BOOST_CHECK_EXCEPTION(condition_number(a), std::invalid_argument, [](const std::invalid_argument& e) {
        return std::string(e.what()).starts_with("condition_number: the operator is not symmetric");
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
