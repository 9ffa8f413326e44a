#include "hesse/optim/longer_steps.hpp"

#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/momentum.hpp"
#include "support/analytic_objectives.hpp"
#include "support/method_checks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <stdexcept>
#include <string>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

BOOST_AUTO_TEST_SUITE(longer_steps)

BOOST_AUTO_TEST_CASE(a_saddle_is_left_in_a_fraction_of_the_gradients) {
    // f = x^2/2 - y^2/2 + y^4/4 from beside the stable axis: y grows by 1 + 0.05 a step, or by 1 + 10 * 0.05.
    const auto f = test::double_well();
    const Vector2d start(1.0, 1e-8);
    const Stopping stopping{
        .gradient_norm = 1e-9, .iterations = 3000, .lowest_value = -0.2, .second_order = false};
    const GradientDescent plain{{.step_size = 0.05}};
    const LongerSteps longer(plain);
    const Solution slow = minimize(f, start, plain, stopping), fast = minimize(f, start, longer, stopping);
    BOOST_TEST(slow.value <= -0.2);  // on the way to a minimum of -1/4
    BOOST_TEST(fast.value <= -0.2);
    BOOST_TEST(fast.gradient_equivalents < 0.5 * slow.gradient_equivalents);
}

BOOST_AUTO_TEST_CASE(steps_that_would_climb_are_not_taken) {
    // Step 1 of 1 / L: ten times as far is beyond the minimum and higher.
    const auto f = test::quadratic(Vector2d(1.0, 1.0).asDiagonal());
    LongerSteps method(GradientDescent{{.step_size = 0.9}});
    ErasedObjective erased(f);
    const Vector2d start(1.0, 2.0);
    Iterate at(erased, start.data());
    method.start(at);
    double value = at.value();
    for (int k = 0; k < 20; ++k) {
        BOOST_TEST((method.step(at) == StepOutcome::moved));
        BOOST_TEST(at.value() <= value);
        value = at.value();
    }
    BOOST_TEST(method.lengthened() == 0);
    BOOST_TEST((at.x() - std::pow(0.1, 20) * start).norm() <= 1e-25);
    BOOST_TEST(at.counters().total().values <= 6);  // tries after 1, 2, 4, 8 and 16 steps
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_every_method) {
    const LongerSteps method(HeavyBall{{.step_size = 1e-4}}, {.factor = 3.0, .gradient_threshold = 1e3});
    test::check_saved_state(method);
    test::check_failed_steps(LongerSteps(GradientDescent{{.step_size = 1e-3}}));
    const auto text = [](LongerStepOptions options) -> std::string {
        try {
            LongerSteps(GradientDescent{}, options);
        } catch (const std::invalid_argument& error) {
            return error.what();
        }
        return {};
    };
    BOOST_TEST(text({.factor = 0.5}) == "LongerSteps: factor is 0.5, expected 1 <= factor < 1000000");
    BOOST_TEST(text({.gradient_threshold = -2.0}) ==
               "LongerSteps: gradient_threshold is -2, expected a number that is not negative");
    BOOST_TEST(text({.longest_wait = 0}) == "LongerSteps: longest_wait is 0, expected at least 1");
}

BOOST_AUTO_TEST_SUITE_END()
