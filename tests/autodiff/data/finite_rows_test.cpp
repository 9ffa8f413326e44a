#include "hesse/data/finite_rows.hpp"

#include "error_text.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>

using hesse::test::message_of;

BOOST_AUTO_TEST_SUITE(finite_rows)

BOOST_AUTO_TEST_CASE(the_first_entry_by_rows_that_is_not_finite_is_named) {
    Eigen::MatrixXd x = Eigen::MatrixXd::Ones(300, 5);
    BOOST_TEST(message_of([&] { hesse::require_finite_rows("x", x); }) == "nothing thrown");
    x(200, 1) = std::numeric_limits<double>::quiet_NaN();
    x(17, 4) = -std::numeric_limits<double>::infinity();
    BOOST_TEST(message_of([&] { hesse::require_finite_rows("x", x); }) ==
               "x: the entry of row 17, column 4 is -inf, expected a finite number");
    BOOST_TEST(message_of([&] { hesse::require_finite_rows("x", x.bottomRows(150), 1'000'150); }) ==
               "x: the entry of row 1000200, column 1 is nan, expected a finite number");
    BOOST_TEST(message_of([&] { hesse::require_finite_rows("x", Eigen::MatrixXd(0, 3)); }) ==
               "nothing thrown");
    Eigen::VectorXf y = Eigen::VectorXf::Zero(9);
    y[8] = std::numeric_limits<float>::infinity();
    BOOST_TEST(message_of([&] { hesse::require_finite_rows("y", y); }) ==
               "y: the entry of row 8, column 0 is inf, expected a finite number");
}

BOOST_AUTO_TEST_SUITE_END()
