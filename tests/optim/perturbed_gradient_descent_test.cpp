#include "hesse/optim/perturbed_gradient_descent.hpp"

#include "hesse/optim/minimize.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <string>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

BOOST_AUTO_TEST_SUITE(perturbed_gradient_descent)

BOOST_AUTO_TEST_CASE(noise_leaves_the_saddle_that_gradient_descent_ends_at) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const auto result = minimize(test::double_well(), Vector2d(1.0, 0.0),
                                     PerturbedGradientDescent({.step_size = 0.1, .seed = seed}));
        BOOST_TEST(result.status == Status::second_order);
        BOOST_TEST(std::abs(result.value - -0.25) < 1e-10);
    }
}

BOOST_AUTO_TEST_CASE(a_minimum_is_returned_as_it_was_before_the_noise) {
    // Where noise gained nothing, the point before it is the answer: its gradient is below the goal.
    const auto f = test::quadratic(Vector2d(1.0, 3.0).asDiagonal());
    const auto result = minimize(f, Vector2d(1.0, 1.0), PerturbedGradientDescent({.step_size = 0.1}));
    BOOST_TEST(result.status == Status::second_order);
    BOOST_TEST(result.gradient_norm <= 1e-6);
}

BOOST_AUTO_TEST_CASE(the_seed_decides_everything) {
    const auto run_with = [](std::uint64_t seed) {
        return minimize(test::double_well(), Vector2d(1.0, 0.0),
                        PerturbedGradientDescent({.step_size = 0.1, .seed = seed}));
    };
    const auto first = run_with(1), second = run_with(1), third = run_with(2);
    BOOST_TEST((first.x.array() == second.x.array()).all());
    BOOST_TEST((first.x.array() != third.x.array()).any());
}

BOOST_AUTO_TEST_CASE(theory_parameters_are_those_of_the_paper) {
    // chi = 3 log(100 * 2 * 1 / (0.1 * 1e-4 * 0.1)) = 3 log(2e8)
    const auto options = PerturbedGradientDescent::theory_parameters({.dimension = 100,
                                                                      .gradient_lipschitz = 2.0,
                                                                      .hessian_lipschitz = 4.0,
                                                                      .accuracy = 1e-2,
                                                                      .value_gap = 1.0,
                                                                      .failure = 0.1,
                                                                      .constant = 0.1});
    const double chi = 3.0 * std::log(2e8), root = std::sqrt(0.1);
    BOOST_TEST(std::abs(options.step_size - 0.05) < 1e-16);
    BOOST_TEST(std::abs(options.radius - root / (chi * chi) * 1e-2 / 2.0) < 1e-12 * options.radius);
    BOOST_TEST(std::abs(options.gradient_threshold - 2.0 * options.radius) < 1e-15 * options.radius);
    BOOST_TEST(std::abs(options.decrease - 0.1 / std::pow(chi, 3) * 0.5e-3) < 1e-12 * options.decrease);
    BOOST_TEST(options.patience == static_cast<Index>(std::ceil(chi / 0.01 * 2.0 / 0.2)));
}

BOOST_AUTO_TEST_CASE(bad_options_are_named) {
    const auto message_of = [](auto make) {
        try {
            make();
        } catch (const std::invalid_argument& error) {
            return std::string(error.what());
        }
        return std::string("nothing thrown");
    };
    BOOST_TEST(message_of([] { PerturbedGradientDescent({.radius = -1.0}); }) ==
               "PerturbedGradientDescent: radius is -1, expected a number that is not negative");
    BOOST_TEST(message_of([] { PerturbedGradientDescent({.patience = 0}); }) ==
               "PerturbedGradientDescent: patience is 0, expected at least 1");
    BOOST_TEST(
        message_of([] { PerturbedGradientDescent::theory_parameters({.accuracy = 0.0}); }) ==
        "PerturbedGradientDescent::theory_parameters: accuracy is 0, expected a finite positive number");
}

BOOST_AUTO_TEST_SUITE_END()
