#include "hesse/optim/momentum.hpp"

#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/nesterov.hpp"
#include "support/analytic_objectives.hpp"
#include "support/method_checks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;
using hesse::test::message_of;
using hesse::test::state_of;

namespace {

/// The first points of a run, the start included.
template <Objective F, Optimizer M>
std::vector<VectorXd> path(const F& f, const VectorXd& start, const M& method, Index steps) {
    std::vector<VectorXd> points;
    minimize(f, start, method, Stopping{.gradient_norm = 0.0, .iterations = steps, .second_order = false},
             [&](Iteration& now) { points.emplace_back(now.x()); });
    return points;
}

constexpr double rounding = 1e-15;  // of a few operations on numbers of size 0.1

}  // namespace

BOOST_AUTO_TEST_SUITE(momentum)

// x^2 - y^2 from (0.1, 0.1), step 0.1, momentum 0.9.
BOOST_AUTO_TEST_CASE(moving_average_takes_the_known_first_step) {
    const auto points = path(test::saddle(), Vector2d(0.1, 0.1), MovingAverageMomentum({0.1, 0.9}), 1);
    BOOST_TEST((points[1] - Vector2d(0.098, 0.102)).norm() < rounding);
    BOOST_TEST((test::saddle().linearize(points[1]).gradient() - Vector2d(0.196, -0.204)).norm() < rounding);
}

BOOST_AUTO_TEST_CASE(heavy_ball_takes_the_known_first_steps) {
    const auto points = path(test::saddle(), Vector2d(0.1, 0.1), HeavyBall({0.1, 0.9}), 2);
    BOOST_TEST((points[1] - Vector2d(0.08, 0.12)).norm() < rounding);
    BOOST_TEST((points[2] - Vector2d(0.046, 0.162)).norm() < rounding);
}

BOOST_AUTO_TEST_CASE(nesterovs_momentum_takes_the_known_first_step_and_the_path_of_the_method_with_restarts) {
    const auto first = path(test::saddle(), Vector2d(0.1, 0.1), NesterovMomentum({0.1, 0.9}), 1);
    BOOST_TEST((first[1] - Vector2d(0.062, 0.138)).norm() < rounding);
    const auto f = test::rosenbrock();
    const Vector2d start(-0.5, 0.5);
    const auto by_entry = path(f, start, NesterovMomentum({1e-3, 0.9}), 50);
    const auto whole = path(f, start, Nesterov({.step_size = 1e-3, .momentum = 0.9}), 50);
    for (std::size_t k = 0; k < whole.size(); ++k) BOOST_TEST((by_entry[k] - whole[k]).norm() < 1e-14 * 50.0);
}

BOOST_AUTO_TEST_CASE(what_some_notes_print_for_the_moving_average_is_plain_gradient_descent) {
    const auto points = path(test::saddle(), Vector2d(0.1, 0.1), GradientDescent({0.1}), 2);
    BOOST_TEST((points[1] - Vector2d(0.08, 0.12)).norm() < rounding);
    BOOST_TEST((points[2] - Vector2d(0.064, 0.144)).norm() < rounding);
}

BOOST_AUTO_TEST_CASE(moving_average_and_heavy_ball_are_one_path) {
    const auto f = test::rosenbrock();
    const Vector2d start(-0.5, 0.5);
    const auto average = path(f, start, MovingAverageMomentum({5e-3, 0.9}), 50);
    const auto ball = path(f, start, HeavyBall({5e-3 * (1.0 - 0.9), 0.9}), 50);
    for (std::size_t k = 0; k < average.size(); ++k)
        BOOST_TEST((average[k] - ball[k]).norm() < 1e-14 * 50.0);  // some 1e-14 a step of rounding adds up
}

BOOST_AUTO_TEST_CASE(polyaks_choice_converges_at_his_rate) {
    // On a quadratic the error falls like k times sqrt(momentum)^k.
    const auto f = test::quadratic(Vector2d(1.0, 100.0).asDiagonal());
    const MomentumOptions best = polyak_momentum(1.0, 100.0);
    BOOST_TEST(std::abs(best.step_size({}) - 4.0 / 121.0) < rounding);
    BOOST_TEST(std::abs(best.momentum({}) - 81.0 / 121.0) < rounding);
    const auto points = path(f, Vector2d(1.0, 1.0), HeavyBall(best), 100);
    BOOST_TEST(points.back().norm() < 100.0 * 10.0 * std::pow(9.0 / 11.0, 100));
}

BOOST_AUTO_TEST_CASE(without_momentum_each_form_is_gradient_descent) {
    const auto f = test::rosenbrock();
    const Vector2d start(-0.5, 0.5);
    const auto plain = path(f, start, GradientDescent({1e-3}), 20);
    for (const auto& points :
         {path(f, start, MovingAverageMomentum({1e-3, 0.0}), 20), path(f, start, HeavyBall({1e-3, 0.0}), 20)})
        BOOST_TEST((points.back() - plain.back()).norm() < 1e-14);
}

BOOST_AUTO_TEST_CASE(on_the_stable_axis_every_form_ends_at_the_saddle_and_says_so) {
    const auto ends_at_the_saddle = [](auto method) {
        const auto result = minimize(test::saddle(), Vector2d(0.1, 0.0), method);
        BOOST_TEST(result.status == Status::saddle);
        BOOST_TEST(result.x.norm() < 1e-6);
    };
    ends_at_the_saddle(GradientDescent({0.1}));
    ends_at_the_saddle(MovingAverageMomentum({0.1, 0.9}));
    ends_at_the_saddle(HeavyBall({0.1, 0.9}));
}

BOOST_AUTO_TEST_CASE(a_step_that_fails_leaves_the_state_untouched) {
    test::check_failed_steps(MovingAverageMomentum({1e-3, 0.9}));
    test::check_failed_steps(HeavyBall({1e-3, 0.9}));
    test::check_failed_steps(NesterovMomentum({1e-3, 0.9}));
}

BOOST_AUTO_TEST_CASE(bad_options_are_named) {
    BOOST_TEST(message_of<HeavyBall>({0.0, 0.9}) ==
               "HeavyBall: step_size is 0, expected a finite positive number");
    BOOST_TEST(message_of<MovingAverageMomentum>({0.1, -0.5}) ==
               "MovingAverageMomentum: momentum is -0.5, expected 0 <= momentum < 1");
    BOOST_TEST(message_of<GradientDescent>({std::nan("")}) ==
               "GradientDescent: step_size is nan, expected a finite positive number");
    BOOST_CHECK_THROW(polyak_momentum(2.0, 1.0), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
