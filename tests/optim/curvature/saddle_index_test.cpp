#include "hesse/optim/curvature/saddle_index.hpp"

#include "hesse/autodiff.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <numbers>
#include <stdexcept>

namespace {

using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;

BOOST_AUTO_TEST_SUITE(index_of_saddles)

BOOST_AUTO_TEST_CASE(ten_negative_eigenvalues_of_a_hundred_are_never_overcounted) {
    VectorXd d(100);
    d << VectorXd::LinSpaced(10, -2.0, -0.2), VectorXd::LinSpaced(90, 0.1, 3.0);
    int determined = 0;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        const SaddleIndex found = saddle_index(d.asDiagonal(), {.seed = seed});
        BOOST_TEST_REQUIRE(found.lower_bound <= 10);
        determined += found.determined && found.lower_bound == 10 ? 1 : 0;
    }
    BOOST_TEST(determined >= 990);
}

BOOST_AUTO_TEST_CASE(an_eigenvalue_that_occurs_many_times_is_counted_as_often) {
    // sum cos x_i at x in {0, pi}^n: the Hessian is diagonal, -1 where x_i = 0.
    const auto f = objective([](const auto& x) { return cos(x).sum(); }, 60);
    for (const Index zeros : {0, 1, 7, 30, 60}) {
        VectorXd x = VectorXd::Constant(60, std::numbers::pi);
        x.head(zeros).setZero();
        const auto at = f.linearize(x);
        const SaddleIndex found = saddle_index(at.hessian());
        BOOST_TEST(found.lower_bound == zeros);
        BOOST_TEST(found.determined);
        BOOST_TEST_REQUIRE(found.upper_bound.has_value());
        BOOST_TEST(*found.upper_bound == zeros);
    }
}

BOOST_AUTO_TEST_CASE(more_than_are_looked_for_are_estimated) {
    VectorXd d(500);
    d << VectorXd::LinSpaced(100, -2.0, -0.5), VectorXd::LinSpaced(400, 0.5, 4.0);
    const SaddleIndex found = saddle_index(d.asDiagonal(), {.most = 12});
    BOOST_TEST(found.lower_bound == 12);
    BOOST_TEST(!found.upper_bound);
    BOOST_TEST(!found.determined);
    BOOST_TEST_REQUIRE(found.estimate.has_value());
    BOOST_TEST(std::abs(found.estimate->value - 100.0) <= 5.0 * found.estimate->standard_error);
    BOOST_TEST(describe(found).find("at least 12") == 0u);
}

BOOST_AUTO_TEST_CASE(definite_and_zero_operators) {
    const SaddleIndex positive = saddle_index(VectorXd::LinSpaced(200, 0.5, 2.0).asDiagonal());
    BOOST_TEST(positive.lower_bound == 0);
    BOOST_TEST(positive.determined);
    const SaddleIndex negative = saddle_index(MatrixXd(-MatrixXd::Identity(5, 5)));
    BOOST_TEST(negative.lower_bound == 5);
    BOOST_TEST(negative.determined);
    const SaddleIndex zero = saddle_index(MatrixXd::Zero(30, 30));
    BOOST_TEST(zero.lower_bound == 0);
    BOOST_TEST(saddle_index(MatrixXd::Constant(1, 1, -2.0)).lower_bound == 1);
}

BOOST_AUTO_TEST_CASE(eigenvalues_between_the_tolerances_keep_the_index_open) {
    VectorXd d = VectorXd::LinSpaced(50, 0.5, 2.0);
    d[0] = -1.0;
    d[1] = -0.15;  // between -2 tau and -tau
    const SaddleIndex found = saddle_index(d.asDiagonal(), {.curvature_tolerance = 0.1});
    BOOST_TEST(found.lower_bound == 2);
    BOOST_TEST(!found.determined);
    BOOST_TEST(found.upper_bound.has_value());
}

BOOST_AUTO_TEST_CASE(a_short_budget_leaves_a_lower_bound) {
    VectorXd d = VectorXd::LinSpaced(3000, 1e-6, 1.0);
    d[0] = -1.0;
    const SaddleIndex found = saddle_index(d.asDiagonal(), {.max_products = 60});
    BOOST_TEST(found.products <= 60);
    BOOST_TEST(found.lower_bound <= 1);
    BOOST_TEST(!found.upper_bound);
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const MatrixXd a = MatrixXd::Identity(3, 3);
    BOOST_CHECK_THROW((void)saddle_index(a, {.most = 0}), std::invalid_argument);
    BOOST_CHECK_THROW((void)saddle_index(a, {.failure_probability = 0.0}), std::invalid_argument);
    BOOST_CHECK_THROW((void)saddle_index(a, {.curvature_tolerance = -1.0}), std::invalid_argument);
    BOOST_CHECK_THROW((void)saddle_index(MatrixXd{{1.0, 2.0}, {0.0, 1.0}}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
