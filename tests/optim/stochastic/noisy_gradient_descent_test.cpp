#include "hesse/optim/stochastic/noisy_gradient_descent.hpp"

#include "analytic_objectives.hpp"
#include "hesse/autodiff/sums/finite_sum.hpp"
#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/stochastic/on_batches.hpp"
#include "method_checks.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <sstream>

using namespace hesse;
using namespace hesse::test;

BOOST_AUTO_TEST_SUITE(noisy_gradient_descent)

BOOST_AUTO_TEST_CASE(without_noise_it_is_gradient_descent) {
    const auto f = double_well();
    const Stopping some{.gradient_norm = 0.0, .iterations = 20, .second_order = false};
    const VectorXd start = Eigen::Vector2d(1.0, 0.3);
    const auto noisy = minimize(f, start, NoisyGradientDescent({.step_size = 0.1, .noise = 0.0}), some);
    const auto plain = minimize(f, start, GradientDescent({.step_size = 0.1}), some);
    BOOST_TEST((noisy.x - plain.x).norm() < 1e-15);
}

BOOST_AUTO_TEST_CASE(its_noise_has_the_length_that_was_asked_for) {
    // At a point of zero gradient a step is noise alone, step_size times `noise` long.
    const auto f = saddle();
    const auto found =
        minimize(f, Eigen::Vector2d::Zero(), NoisyGradientDescent({.step_size = 0.5, .noise = 0.02}),
                 Stopping{.iterations = 1, .second_order = false});
    BOOST_TEST(std::abs(found.history.back().step_length - 0.01) < 1e-15);
}

BOOST_AUTO_TEST_CASE(it_leaves_a_saddle_by_itself) {
    const auto f = double_well();
    const auto found = minimize(f, Eigen::Vector2d::Zero(),
                                NoisyGradientDescent({.step_size = 0.1, .noise = 1e-3, .seed = 7}),
                                Stopping{.gradient_norm = 0.0, .iterations = 300, .second_order = false});
    BOOST_TEST(std::abs(found.value + 0.25) < 1e-5);
    BOOST_TEST(std::abs(std::abs(found.x[1]) - 1.0) < 1e-2);
}

BOOST_AUTO_TEST_CASE(it_leaves_a_saddle_on_batches_and_goes_on_from_a_saved_state) {
    // Each row is x^2 / 2 + y^4 / 4 - y^2 / 2, whose minima are at y = -1 and 1.
    const auto f =
        finite_sum(40,
                   [](const auto& x, const Rows& rows) {
                       return static_cast<double>(rows.size()) *
                              (0.5 * x[0] * x[0] + 0.25 * x[1] * x[1] * x[1] * x[1] - 0.5 * x[1] * x[1]);
                   },
                   2, {.rows_per_part = 10, .threads = 1, .average = true});
    const auto method = on_batches(NoisyGradientDescent({.step_size = 0.1, .noise = 1e-3, .seed = 7}),
                                   {.batches = {.size = 8}});
    const auto found = minimize(f, VectorXd::Zero(2), method,
                                Stopping{.gradient_norm = 0.0, .iterations = 60, .second_order = false});
    BOOST_TEST(std::abs(found.value + 0.25) < 1e-5);

    ErasedObjective one(f), other(f);
    const VectorXd start = VectorXd::Zero(2);
    Iterate at(one, start.data());
    auto first = method, second = method;
    first.start(at);
    for (int k = 0; k < 3; ++k) first.step(at);
    std::stringstream state;
    first.save(state);
    Iterate beside(other, at.x_data());
    second.start(beside);
    second.load(state);
    for (int k = 0; k < 4; ++k) {
        first.step(at);
        second.step(beside);
        BOOST_TEST((at.x() == beside.x()));
    }
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    BOOST_TEST(message_of<NoisyGradientDescent>({.step_size = 0.0}) ==
               "NoisyGradientDescent: step_size is 0, expected a finite positive number");
    BOOST_TEST(message_of<NoisyGradientDescent>({.noise = -1.0}) ==
               "NoisyGradientDescent: noise is -1, expected a number that is not negative");
}

BOOST_AUTO_TEST_SUITE_END()
