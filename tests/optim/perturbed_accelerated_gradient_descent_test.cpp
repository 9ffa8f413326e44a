#include "hesse/optim/perturbed_accelerated_gradient_descent.hpp"

#include "hesse/optim/minimize.hpp"
#include "hesse/optim/perturbed_gradient_descent.hpp"
#include "support/analytic_objectives.hpp"
#include "support/method_checks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

using Method = PerturbedAcceleratedGradientDescent;

/// The method at a point, step by step. The gradient goal is zero: without a threshold of its own it adds no noise.
struct Standing {
    test::AnalyticObjective f;
    ErasedObjective<test::AnalyticObjective> erased{f};
    Iterate at;
    Method method;

    Standing(test::AnalyticObjective loss, const VectorXd& x, const Method::Options& options)
        : f(std::move(loss)), at(erased, x.data()), method(options) {
        method.start(at);
    }
    StepOutcome step() { return method.step(at); }
};

VectorXd spread(Index n) { return VectorXd::LinSpaced(n, -0.6, 1.1); }

}  // namespace

BOOST_AUTO_TEST_SUITE(perturbed_accelerated_gradient_descent)

BOOST_AUTO_TEST_CASE(noise_leaves_the_saddle_that_gradient_descent_ends_at) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const auto result =
            minimize(test::double_well(), Vector2d(1.0, 0.0), Method({.step_size = 0.1, .seed = seed}));
        BOOST_TEST(result.status == Status::second_order);
        BOOST_TEST(std::abs(result.value - -0.25) < 1e-10);
    }
}

BOOST_AUTO_TEST_CASE(a_minimum_is_returned_as_it_was_before_the_noise) {
    const auto f = test::quadratic(Vector2d(1.0, 3.0).asDiagonal());
    const auto result = minimize(f, Vector2d(1.0, 1.0), Method({.step_size = 0.1}));
    BOOST_TEST(result.status == Status::second_order);
    BOOST_TEST(result.gradient_norm <= 1e-6);
}

BOOST_AUTO_TEST_CASE(each_step_is_the_one_of_the_paper) {
    // Written down from the paper, on a loss with saddles; the exploitation is short at first, so that both cases occur.
    const VectorXd d = VectorXd{{3.0, 1.0, -0.5, 2.0}};
    const auto f = test::quartic_pca(d.asDiagonal());
    const double eta = 0.02, theta = 0.1, gamma = 0.05;
    for (const double s : {1e-3, 0.3}) {
        Standing run(f, VectorXd{{1e-2, 1.2, 0.3, 1e-3}},
                     {.step_size = eta, .momentum = 1.0 - theta, .concavity = gamma, .exploitation = s});
        VectorXd x = run.at.x(), v = VectorXd::Zero(4);
        Index exploited = 0;
        for (int k = 0; k < 150; ++k) {
            const VectorXd y = x + (1.0 - theta) * v, slope = f.linearize(y).gradient();
            const bool concave = v.norm() > 0.0 && f.value(x) <= f.value(y) + slope.dot(x - y) -
                                                                     0.5 * gamma * (x - y).squaredNorm();
            if (concave) {
                const VectorXd u = s * v.normalized();
                if (v.norm() < s) x = f.value(x + u) <= f.value(x - u) ? VectorXd(x + u) : VectorXd(x - u);
                v.setZero();
                ++exploited;
            } else {
                const VectorXd next = y - eta * slope;
                v = next - x;
                x = next;
            }
            run.step();
            BOOST_TEST((run.at.x() - x).norm() < 1e-11);
            BOOST_TEST(run.method.exploitations() == exploited);
        }
        BOOST_TEST(exploited > 0);
        BOOST_TEST(exploited < 100);
    }
}

BOOST_AUTO_TEST_CASE(the_hamiltonian_falls_unless_the_momentum_is_given_up) {
    // l <= 1 for the cosines; within |x| <= 2, where the runs stay, l <= 12 + 3 for the quartic.
    const auto check = [](const test::AnalyticObjective& f, const VectorXd& start, double step_size) {
        Standing run(f, start, {.step_size = step_size});
        Index steps = 0;
        for (int k = 0; k < 400; ++k) {
            const double before = run.method.hamiltonian(run.at);
            const Index exploitations = run.method.exploitations();
            run.step();
            if (run.method.exploitations() != exploitations) {
                BOOST_TEST(run.method.hamiltonian(run.at) == run.at.value());  // v = 0
                BOOST_TEST(run.at.value() <= before);
                continue;
            }
            ++steps;
            BOOST_TEST(run.method.hamiltonian(run.at) <= before + run.at.rounding_floor());
        }
        BOOST_TEST(steps > 300);
        return run.method.exploitations();
    };
    const Index cosines = check(test::cosines(20), spread(20), 0.25);
    const VectorXd d = VectorXd::LinSpaced(10, -1.0, 3.0);
    const Index quartic = check(test::quartic_pca(d.asDiagonal()), 0.1 * spread(10), 1.0 / 60.0);
    BOOST_TEST(cosines + quartic > 0);
}

BOOST_AUTO_TEST_CASE(concavity_that_rounding_could_have_made_is_none) {
    const auto f = test::quadratic(Vector2d(1.0, 1e-3).asDiagonal());
    Standing run(f, Vector2d(1.0, 1.0), {.step_size = 0.25, .momentum = 0.95, .concavity = 1e-12});
    for (int k = 0; k < 5000; ++k) run.step();
    BOOST_TEST(run.method.exploitations() == 0);
    BOOST_TEST(run.at.gradient_norm() < 1e-9);
}

BOOST_AUTO_TEST_CASE(a_saddle_is_left_in_fewer_steps_than_without_momentum) {
    // x^2 / 2 - c y^2 / 2 + y^4 / 4 with a small c: from noise of one size, about sqrt(c) against c a step.
    const double c = 1e-3;
    const test::AnalyticObjective f(
        2,
        [=](const VectorXd& x) {
            return 0.5 * x[0] * x[0] - 0.5 * c * x[1] * x[1] + 0.25 * std::pow(x[1], 4);
        },
        [=](const VectorXd& x) -> VectorXd { return Vector2d(x[0], -c * x[1] + std::pow(x[1], 3)); },
        [=](const VectorXd& x, const VectorXd& v) -> VectorXd {
            return Vector2d(v[0], (3.0 * x[1] * x[1] - c) * v[1]);
        });
    const auto iterations = [&](auto method) {
        const auto result = minimize(
            f, Vector2d(0.0, 1e-5), method,
            Stopping{.gradient_norm = 0.0, .iterations = 200000, .second_order = false}, [&](Iteration& now) {
                if (now.value() < -0.2 * c * c) now.stop();
            });
        BOOST_TEST(result.status == Status::stopped_by_user);
        return result.iterations;
    };
    const Index plain = iterations(PerturbedGradientDescent({.step_size = 0.25}));
    const Index accelerated = iterations(Method({.step_size = 0.25, .momentum = 0.98}));
    BOOST_TEST_MESSAGE("plain " << plain << ", accelerated " << accelerated);
    BOOST_TEST(4 * accelerated < plain);
}

BOOST_AUTO_TEST_CASE(a_loss_that_throws_leaves_the_state_untouched) {
    bool broken = false;
    const auto sound = test::double_well();
    const test::AnalyticObjective f(
        2,
        [&](const VectorXd& x) {
            if (broken) throw std::runtime_error("no data");
            return sound.value(x);
        },
        [&](const VectorXd& x) -> VectorXd { return sound.linearize(x).gradient(); },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; });
    Standing run(f, Vector2d(1.0, 1e-3), {.step_size = 0.2, .gradient_threshold = 0.1, .patience = 3});
    for (int k = 0; k < 100; ++k) {  // noise, momentum, and momentum given up
        const std::string before = test::state_of(run.method);
        const VectorXd x = run.at.x();
        broken = true;
        BOOST_CHECK_THROW(run.step(), std::runtime_error);
        broken = false;
        BOOST_TEST(test::state_of(run.method) == before);
        BOOST_TEST((run.at.x() == x));
        if (run.step() == StepOutcome::converged) run.method.restart(run.at);  // noise has not helped here
    }
    BOOST_TEST(run.method.perturbations() > 0);
    BOOST_TEST(run.method.exploitations() > 0);
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_every_method) {
    test::check_saved_state(Method({.step_size = 1e-3}), 20);
    test::check_saved_state(Method({.step_size = 1e-3, .gradient_threshold = 1e3, .patience = 3}), 20);
    test::check_failed_steps(Method({.step_size = 1e-3}));
}

BOOST_AUTO_TEST_CASE(theory_parameters_are_those_of_the_paper) {
    // kappa = 2 / 0.2 = 10, chi = log(100 * 2 / (4 * 1e-2 * 0.1)) = log(5e4), c = 1
    const auto options = Method::theory_parameters({.dimension = 100,
                                                    .gradient_lipschitz = 2.0,
                                                    .hessian_lipschitz = 4.0,
                                                    .accuracy = 1e-2,
                                                    .value_gap = 1.0,
                                                    .failure_probability = 0.1});
    const double chi = std::log(5e4), theta = 0.25 / std::sqrt(10.0);
    BOOST_TEST(options.step_size({}) == 0.125);
    BOOST_TEST(std::abs(options.momentum - (1.0 - theta)) < 1e-15);
    BOOST_TEST(std::abs(options.concavity - 0.05) < 1e-15);  // 1 / (16 kappa step) = sqrt(rho epsilon) / 4
    BOOST_TEST(std::abs(options.exploitation - 0.05 / 16.0) < 1e-16);
    BOOST_TEST(options.gradient_threshold == 1e-2);
    BOOST_TEST(std::abs(options.radius * std::pow(chi, 5) - 0.125e-2) < 1e-15);
    BOOST_TEST(options.patience == static_cast<Index>(std::ceil(std::sqrt(10.0) * chi)));
    BOOST_TEST(std::abs(options.decrease * std::pow(chi, 5) - 0.5e-3) < 1e-15);
}

BOOST_AUTO_TEST_CASE(bad_options_are_named) {
    BOOST_TEST(test::message_of<Method>({.momentum = 1.0}) ==
               "PerturbedAcceleratedGradientDescent: momentum is 1, expected 0 <= momentum < 1");
    BOOST_TEST(
        test::message_of<Method>({.concavity = -1.0}) ==
        "PerturbedAcceleratedGradientDescent: concavity is -1, expected a number that is not negative");
    BOOST_TEST(test::message_of<Method>({.patience = 0}) ==
               "PerturbedAcceleratedGradientDescent: patience is 0, expected at least 1");
    BOOST_CHECK_EXCEPTION(
        Method::theory_parameters({.gradient_lipschitz = 1.0, .hessian_lipschitz = 1.0, .accuracy = 2.0}),
        std::invalid_argument, [](const std::invalid_argument& e) {
            return std::string(e.what()) ==
                   "PerturbedAcceleratedGradientDescent::theory_parameters: accuracy is 2, expected at most "
                   "gradient_lipschitz^2 / hessian_lipschitz = 1";
        });
}

BOOST_AUTO_TEST_SUITE_END()
