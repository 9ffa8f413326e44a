#include "hesse/optim/perturbed.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/optim/adaptive_methods.hpp"
#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/limited_memory_bfgs.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/momentum.hpp"
#include "hesse/optim/trust_region.hpp"
#include "support/analytic_objectives.hpp"
#include "support/method_checks.hpp"
#include "support/published_losses.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <stdexcept>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

BOOST_AUTO_TEST_SUITE(perturbed)

BOOST_AUTO_TEST_CASE(every_method_leaves_a_saddle_by_noise_and_spends_no_product) {
    const auto leaves = [](auto method, Index patience) {
        const Perturbed noisy(method, {.patience = patience});
        const Solution found = minimize(test::double_well(), Vector2d(0.0, 0.0), noisy,
                                        Stopping{.iterations = 2000, .second_order = false});
        BOOST_TEST(std::abs(found.value + 0.25) <= 1e-8);
        BOOST_TEST(found.counters.total().products == 0);
        BOOST_TEST((found.status == Status::first_order));
    };
    leaves(GradientDescent{{.step_size = 0.1}}, 100);
    leaves(HeavyBall{{.step_size = 0.05}}, 50);
    leaves(Adam{{.step_size = 0.05}}, 200);
    leaves(LimitedMemoryBfgs{}, 20);
}

BOOST_AUTO_TEST_CASE(noise_that_does_not_help_is_taken_back) {
    const auto f = test::quadratic(Vector2d(1.0, 2.0).asDiagonal());
    Perturbed method(GradientDescent{{.step_size = 0.3}}, {.patience = 10});
    ErasedObjective erased(f);
    const Vector2d start(0.0, 0.0);
    Iterate at(erased, start.data());
    at.set_limits(1e-6, 1e9, {});
    method.start(at);
    StepOutcome outcome = StepOutcome::moved;
    for (int k = 0; outcome == StepOutcome::moved; ++k) {
        outcome = method.step(at);
        BOOST_REQUIRE(k < 20);
        if (k == 0) BOOST_TEST(at.x().norm() > 1e-4);
    }
    BOOST_TEST((outcome == StepOutcome::converged));
    BOOST_TEST((at.x() == start));
    BOOST_TEST(method.perturbations() == 1);
    // Through the loop it is a second-order point.
    const Solution found = minimize(f, start, method);
    BOOST_TEST((found.status == Status::second_order));
    BOOST_TEST((found.x == start));
}

BOOST_AUTO_TEST_CASE(the_saddle_of_woods_function_is_left) {
    // From the published start limited-memory BFGS may stall at f = 7.8768, a saddle of index one.
    const auto f = objective(test::wood, 4, scalars);
    const auto at_saddle = minimize(f, Eigen::Vector4d(-0.967974, 0.947139, -0.969517, 0.951242),
                                    Perturbed(LimitedMemoryBfgs{}, {.radius = 1e-2, .patience = 20}),
                                    Stopping{.gradient_norm = 1e-6, .iterations = 2000});
    BOOST_TEST(at_saddle.value <= 1e-8);
}

BOOST_AUTO_TEST_CASE(runs_repeat_by_their_seed) {
    const auto end = [](std::uint64_t seed) {
        return minimize(test::double_well(), Vector2d(0.0, 0.0),
                        Perturbed(GradientDescent{{.step_size = 0.1}}, {.patience = 60, .seed = seed}),
                        Stopping{.iterations = 40, .second_order = false})
            .x;
    };
    BOOST_TEST((end(1) == end(1)));
    BOOST_TEST((end(1) != end(2)));
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_every_method) {
    test::check_saved_state(
        Perturbed(HeavyBall{{.step_size = 1e-4}}, {.gradient_threshold = 1e3, .patience = 3}));
    test::check_failed_steps(Perturbed(GradientDescent{{.step_size = 1e-3}}));
    test::check_rounding_floor(Perturbed(LimitedMemoryBfgs{}, {.patience = 10}));
    const auto text = [](Perturbation::Options options) -> std::string {
        try {
            Perturbed(GradientDescent{}, options);
        } catch (const std::invalid_argument& error) {
            return error.what();
        }
        return {};
    };
    BOOST_TEST(text({.radius = -1.0}) ==
               "Perturbed: radius is -1, expected a finite number that is not negative");
    BOOST_TEST(text({.patience = 0}) == "Perturbed: patience is 0, expected at least 1");
}

BOOST_AUTO_TEST_CASE(a_method_that_ends_at_a_stationary_point_is_asked_what_it_is) {
    const auto ends = [](const auto& method) {
        return minimize(test::double_well(), Vector2d(0.0, 0.0), Perturbed(method)).status;
    };
    BOOST_TEST((ends(TrustRegion{}) == Status::second_order));
    BOOST_TEST((ends(LimitedMemoryBfgs{}) == Status::second_order));
}

BOOST_AUTO_TEST_SUITE_END()
