#include "hesse/optim/stopping.hpp"

#include "hesse/optim/checkpoint.hpp"
#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/momentum.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

/// x^2 / 2 in one variable. Gradient descent with step 1/2 halves x.
test::AnalyticObjective parabola() { return test::quadratic(Eigen::Matrix<double, 1, 1>(1.0)); }

Solution halve(double start, Stopping stopping) {
    return minimize(parabola(), VectorXd::Constant(1, start), GradientDescent({0.5}), stopping);
}

std::string message_of(Stopping stopping) {
    try {
        halve(1.0, stopping);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "nothing thrown";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stopping)

BOOST_AUTO_TEST_CASE(a_loss_as_low_as_the_target_is_low_enough) {
    // From 1024 the values are 2^(19 - 2k).
    const Solution found = halve(1024.0, {.target_value = 32.0});
    BOOST_TEST(found.status == Status::value_reached);
    BOOST_TEST(found.iterations == 7);
    BOOST_TEST(found.value == 32.0);  // as low as it, not lower
    const Solution at_once = halve(1024.0, {.target_value = 1e9});
    BOOST_TEST(at_once.status == Status::value_reached);
    BOOST_TEST(at_once.iterations == 0);
    BOOST_TEST(halve(1024.0, {.target_value = -1.0}).status == Status::second_order);
}

BOOST_AUTO_TEST_CASE(a_step_that_is_too_short_is_the_last_one) {
    // |s| = x after each step, relative to max(1, x).
    BOOST_TEST(halve(1024.0, {.step_length = 1.0}).iterations == 11);  // the first one below 1 leads to 1/2
    const Solution found = halve(1024.0, {.step_length = 0.1});
    BOOST_TEST(found.status == Status::small_step);
    BOOST_TEST(found.x[0] == 0.0625);
    BOOST_TEST(found.gradient_norm == 0.0625);
    BOOST_TEST(halve(1024.0, {.step_length = 1.5}).iterations ==
               1);  // long steps are short beside longer points
    BOOST_TEST(halve(1024.0, {}).status == Status::second_order);
}

BOOST_AUTO_TEST_CASE(the_decrease_of_several_steps_is_asked_for_together) {
    // Values v, v/4, ...: over k steps v falls by (4^k - 1) times what it is then.
    const auto ended = [](double decrease, Index steps) {
        return halve(1024.0, {.iterations = 8, .decrease = decrease, .decrease_steps = steps});
    };
    BOOST_TEST(ended(2.9, 1).status == Status::iterations);
    const Solution found = ended(3.1, 1);
    BOOST_TEST(found.status == Status::small_decrease);
    BOOST_TEST(found.iterations == 1);
    BOOST_TEST(ended(62.9, 3).status == Status::iterations);
    BOOST_TEST(ended(63.1, 3).iterations == 3);
    // Near zero the size of the loss is its value scale.
    const Solution near_zero = halve(1024.0, {.decrease = 1.0, .decrease_steps = 1, .value_scale = 8.0});
    BOOST_TEST(near_zero.status == Status::small_decrease);
    BOOST_TEST(near_zero.value == 2.0);  // from 8, by 6; from 32 it was 24
}

BOOST_AUTO_TEST_CASE(the_best_point_is_the_answer_where_the_loss_has_risen) {
    const Solution found = minimize(parabola(), VectorXd::Ones(1), HeavyBall({0.1, 0.99}),
                                    Stopping{.decrease = 1e-3, .decrease_steps = 2});
    BOOST_TEST(found.status == Status::small_decrease);
    BOOST_TEST(found.value < found.history.back().value);
}

BOOST_AUTO_TEST_CASE(a_stationary_point_is_called_so_whatever_the_steps) {
    // The steps that lead to a saddle are short, too: it is left all the same.
    const Solution found =
        minimize(test::double_well(), Vector2d(1.0, 0.0), GradientDescent({0.5}), NegativeCurvatureEscape{},
                 Stopping{.gradient_norm = 1e-3, .step_length = 1e-3, .decrease = 1e-12});
    BOOST_TEST(found.escapes == 1);
    BOOST_TEST(found.status == Status::second_order);
}

BOOST_AUTO_TEST_CASE(a_resumed_run_ends_where_the_whole_one_does) {
    const std::string path = (std::filesystem::temp_directory_path() / "hesse_stopping_test").string();
    for (const Stopping& stopping :
         {Stopping{.step_length = 1e-3}, Stopping{.decrease = 1e5, .decrease_steps = 9}}) {
        const Solution whole = halve(1.0, stopping);
        BOOST_TEST((whole.status == Status::small_step || whole.status == Status::small_decrease));
        for (Index first = 1; first <= whole.iterations; ++first) {
            Stopping part = stopping;
            part.iterations = first;
            minimize(parabola(), VectorXd::Ones(1), GradientDescent({0.5}), part, checkpoint_to(path));
            const Solution rest =
                minimize(parabola(), VectorXd::Ones(1), GradientDescent({0.5}), stopping, resume_from(path));
            BOOST_TEST(rest.iterations == whole.iterations);
            BOOST_TEST(rest.status == whole.status);
        }
        // What has ended so goes on when it is asked for more.
        const Solution further =
            minimize(parabola(), VectorXd::Ones(1), GradientDescent({0.5}), resume_from(path));
        BOOST_TEST(further.status == Status::second_order);
    }
    std::remove(path.c_str());
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    const double not_a_number = std::numeric_limits<double>::quiet_NaN();
    BOOST_TEST(message_of({.target_value = not_a_number}) ==
               "Stopping: target_value is nan, expected a number");
    BOOST_TEST(message_of({.step_length = -1.0}) ==
               "Stopping: step_length is -1, expected a number that is not negative");
    BOOST_TEST(message_of({.decrease = not_a_number}) ==
               "Stopping: decrease is nan, expected a number that is not negative");
    BOOST_TEST(message_of({.decrease_steps = 0}) == "Stopping: decrease_steps is 0, expected at least 1");
}

BOOST_AUTO_TEST_SUITE_END()
