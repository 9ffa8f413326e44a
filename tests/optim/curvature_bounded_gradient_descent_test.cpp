#include "hesse/optim/curvature_bounded_gradient_descent.hpp"

#include "hesse/optim/minimize.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <string>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

BOOST_AUTO_TEST_SUITE(curvature_bounded_gradient_descent)

BOOST_AUTO_TEST_CASE(one_step_minimises_the_quadratic_along_the_gradient) {
    // g = (1, 4) at (1, 1) for diag(1, 4): a = 17 / 65
    const auto f = test::quadratic(Vector2d(1.0, 4.0).asDiagonal());
    const auto result = minimize(f, Vector2d(1.0, 1.0), CurvatureBoundedGradientDescent{},
                                 Stopping{.iterations = 1, .second_order = false});
    const double a = 17.0 / 65.0;
    BOOST_TEST((result.x - Vector2d(1.0 - a, 1.0 - 4.0 * a)).norm() < 1e-15);
    BOOST_TEST(result.counters.total().products == 1);
    BOOST_TEST(result.counters.total().values == 1);
    BOOST_TEST(result.counters.total().gradients == 2);
}

BOOST_AUTO_TEST_CASE(the_bound_is_twice_the_best_step) {
    // The change -a g'g + a^2/2 g'Hg is negative just below fraction 2; some notes miss the factor.
    const auto f = test::quadratic(Vector2d(1.0, 4.0).asDiagonal());
    for (const double fraction : {0.5, 1.0, 1.5, 1.99}) {
        const auto result = minimize(f, Vector2d(1.0, 1.0), CurvatureBoundedGradientDescent({fraction}),
                                     Stopping{.iterations = 1, .second_order = false});
        const double change = -17.0 * 17.0 / 65.0 * fraction * (1.0 - 0.5 * fraction);
        BOOST_TEST(std::abs(result.value - 2.5 - change) < 1e-14);
        BOOST_TEST(result.value < 2.5);
    }
}

BOOST_AUTO_TEST_CASE(minimises_what_is_badly_scaled_without_tuning) {
    const auto f = test::quadratic(Vector2d(1.0, 1e4).asDiagonal(), Vector2d(1.0, 1.0));
    for (const double fraction : {0.7, 1.0}) {
        const auto result = minimize(f, Vector2d(3.0, 2.0), CurvatureBoundedGradientDescent({fraction}),
                                     Stopping{.gradient_norm = 1e-6, .iterations = 200'000});
        BOOST_TEST(result.status == Status::second_order);
        BOOST_TEST((result.x - Vector2d(1.0, 1e-4)).norm() < 1e-5);
    }
}

BOOST_AUTO_TEST_CASE(along_negative_curvature_the_step_expands) {
    const auto result = minimize(test::double_well(), Vector2d(0.0, 1e-4), CurvatureBoundedGradientDescent{});
    BOOST_TEST(result.status == Status::second_order);
    BOOST_TEST(std::abs(result.value - -0.25) < 1e-11);
    BOOST_TEST(result.iterations < 20);
}

BOOST_AUTO_TEST_CASE(started_on_the_stable_axis_it_ends_at_the_saddle_and_says_so) {
    const auto result = minimize(test::double_well(), Vector2d(1.0, 0.0), CurvatureBoundedGradientDescent{});
    BOOST_TEST(result.status == Status::saddle);
    BOOST_TEST(result.value == 0.0);
}

BOOST_AUTO_TEST_CASE(a_step_into_infinity_is_halved) {
    // log barrier: full steps leave the domain x < 1
    int gradients_outside = 0;
    const test::AnalyticObjective f{
        1, [](const VectorXd& x) { return -2.0 * x[0] - std::log(1.0 - x[0]); },
        [&](const VectorXd& x) -> VectorXd {
            gradients_outside += !(x[0] < 1.0);
            return VectorXd::Constant(1, -2.0 + 1.0 / (1.0 - x[0]));
        },
        [](const VectorXd& x, const VectorXd& v) -> VectorXd { return std::pow(1.0 - x[0], -2) * v; }};
    const auto result = minimize(f, VectorXd::Constant(1, -9.0), CurvatureBoundedGradientDescent{});
    BOOST_TEST(result.status == Status::second_order);
    BOOST_TEST(std::abs(result.x[0] - 0.5) < 1e-6);
    BOOST_TEST(gradients_outside == 0);  // nothing is asked of a point where the loss has no value
}

BOOST_AUTO_TEST_CASE(a_step_that_raises_the_loss_is_halved) {
    // sqrt(1 + x^2): the model's step leads from x to -x^3, from 3 to -27. Halved three times it is 30/8 long;
    // after one and two halvings, at -12 and -4.5, the loss is still higher than at 3.
    const test::AnalyticObjective f{
        1, [](const VectorXd& x) { return std::sqrt(1.0 + x[0] * x[0]); },
        [](const VectorXd& x) -> VectorXd { return x / std::sqrt(1.0 + x[0] * x[0]); },
        [](const VectorXd& x, const VectorXd& v) -> VectorXd {
            return std::pow(1.0 + x[0] * x[0], -1.5) * v;
        }};
    const auto result = minimize(f, VectorXd::Constant(1, 3.0), CurvatureBoundedGradientDescent{},
                                 Stopping{.iterations = 1, .second_order = false});
    BOOST_TEST(std::abs(result.x[0] - -0.75) < 1e-13);
    BOOST_TEST(result.counters.total().values == 4);
    BOOST_TEST(result.counters.total().gradients == 2);
}

BOOST_AUTO_TEST_CASE(the_rounding_floor_ends_the_run) {
    // No double solves 7 x = 29: the gradient is never zero, and never much smaller than an ulp of 29, 3.6e-15.
    for (const double x : {std::nextafter(29.0 / 7.0, 0.0), 29.0 / 7.0, std::nextafter(29.0 / 7.0, 9.0)})
        BOOST_TEST(7.0 * x != 29.0);
    const auto f = test::quadratic(Vector2d(7.0, 100.0).asDiagonal(), Vector2d(29.0, 1.0));
    const auto result = minimize(f, Vector2d(3.0, 2.0), CurvatureBoundedGradientDescent{},
                                 Stopping{.gradient_norm = 1e-30, .iterations = 100'000});
    BOOST_TEST(result.status == Status::rounding_floor);
    BOOST_TEST(result.gradient_norm < 1e-13);
    BOOST_TEST(result.iterations < 1000);
}

BOOST_AUTO_TEST_CASE(bad_options_are_named) {
    const auto message_of = [](double fraction) {
        try {
            CurvatureBoundedGradientDescent({fraction});
        } catch (const std::invalid_argument& error) {
            return std::string(error.what());
        }
        return std::string("nothing thrown");
    };
    BOOST_TEST(message_of(2.0) ==
               "CurvatureBoundedGradientDescent: fraction is 2, expected 0 <= fraction < 2");
    BOOST_TEST(message_of(0.0) ==
               "CurvatureBoundedGradientDescent: fraction is 0, expected a finite positive number");
}

BOOST_AUTO_TEST_SUITE_END()
