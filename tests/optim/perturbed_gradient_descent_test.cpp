#include "hesse/optim/perturbed_gradient_descent.hpp"

#include "hesse/optim/minimize.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

/// A method at a point, step by step. The gradient goal is zero.
template <class F>
struct Standing {
    F f;
    ErasedObjective<F> erased{f};
    Iterate at;
    PerturbedGradientDescent method;

    Standing(F loss, const VectorXd& x, const PerturbedGradientDescent::Options& options)
        : f(std::move(loss)), at(erased, x.data()), method(options) {
        method.start(at);
    }
    StepOutcome step() { return method.step(at); }
    std::string state() const {
        std::ostringstream out;
        method.save(out);
        return out.str();
    }
};

/// -slope x: the gradient is the same everywhere, and small enough to be perturbed if the threshold says so.
test::AnalyticObjective slope(double slope, double value = 0.0) {
    return {1, [=](const VectorXd& x) { return value - slope * x[0]; },
            [=](const VectorXd&) -> VectorXd { return VectorXd::Constant(1, -slope); },
            [](const VectorXd&, const VectorXd&) -> VectorXd { return VectorXd::Zero(1); }};
}

}  // namespace

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

BOOST_AUTO_TEST_CASE(the_noise_has_the_radius_that_is_asked_for) {
    // In a hundred dimensions all but 0.9^100 = 3e-5 of the ball is farther than 0.9 radius from its middle.
    const Index n = 100;
    for (const double radius : {1e-2, 0.5, 4.0}) {
        Standing run(test::quadratic(MatrixXd::Identity(n, n)), VectorXd::Zero(n), {.radius = radius});
        BOOST_TEST((run.step() == StepOutcome::moved));
        BOOST_TEST(run.at.x().norm() <= radius);
        BOOST_TEST(run.at.x().norm() >= 0.9 * radius);
    }
    // Without an answer it is 1e-3 max(1, |x|).
    Standing far(slope(0.0), VectorXd::Constant(1, 1e6), {});
    far.step();
    BOOST_TEST(far.at.last_move() <= 1e3);
    BOOST_TEST(far.at.last_move() >= 1.0);  // a thousandth of the radius
}

BOOST_AUTO_TEST_CASE(gradients_up_to_the_threshold_are_perturbed) {
    const auto perturbations = [](double threshold) {
        Standing run(slope(1.0), VectorXd::Zero(1), {.gradient_threshold = threshold});
        run.step();
        return run.method.perturbations();
    };
    BOOST_TEST(perturbations(0.99) == 0);
    BOOST_TEST(perturbations(1.0) == 1);
    BOOST_TEST(perturbations(0.0) == 0);  // the run's goal, zero here
}

BOOST_AUTO_TEST_CASE(noise_is_given_more_than_patience_steps) {
    // The loss drops by 1e-2 a step, so that the method never ends. The noise of step 1 is followed by
    // `patience` steps, by the one that finds the decrease, and only then by more noise.
    for (const Index patience : {1, 2, 7}) {
        Standing run(slope(1.0), VectorXd::Zero(1),
                     {.step_size = 1e-2,
                      .gradient_threshold = 2.0,
                      .radius = 1e-6,
                      .patience = patience,
                      .decrease = 1e-3});
        for (Index k = 1; k <= 20; ++k) {
            BOOST_TEST((run.step() == StepOutcome::moved));
            BOOST_TEST(run.method.perturbations() == 1 + (k - 1) / (patience + 2), "step " << k);
        }
    }
}

BOOST_AUTO_TEST_CASE(less_than_ten_rounding_floors_are_no_decrease) {
    // A step lowers 1 - 1e-8 x by size 1e-16; the floor at 1 is ten units in the last place, 10 eps.
    const double eps = std::numeric_limits<double>::epsilon();
    const auto outcome = [&](double floors) {
        Standing run(slope(1e-8, 1.0), VectorXd::Zero(1),
                     {.step_size = floors * 10.0 * eps * 1e16,
                      .gradient_threshold = 1.0,
                      .radius = 1e-12,
                      .patience = 1});
        run.step();
        run.step();
        BOOST_TEST(std::abs((1.0 - run.at.value()) / run.at.rounding_floor() - floors) <= 0.1);
        return run.step();
    };
    BOOST_TEST((outcome(5.0) == StepOutcome::converged));
    BOOST_TEST((outcome(20.0) == StepOutcome::moved));
}

BOOST_AUTO_TEST_CASE(noise_beyond_the_domain_is_drawn_again) {
    // The saddle (0, 0) of the double well lies on the border x >= 0 of the loss's domain.
    int gradients_outside = 0;
    const auto well = test::double_well();
    const test::AnalyticObjective f(
        2, [=](const VectorXd& x) { return x[0] < 0.0 ? std::nan("") : well.value(x); },
        [=, &gradients_outside](const VectorXd& x) -> VectorXd {
            gradients_outside += x[0] < 0.0;
            return well.linearize(x).gradient();
        },
        [=](const VectorXd& x, const VectorXd& v) -> VectorXd {
            VectorXd out(2);
            well.linearize(x).hessian().apply(v, out);
            return out;
        });
    int rejected = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const PerturbedGradientDescent::Options options{.step_size = 0.1, .seed = seed};
        BOOST_TEST(minimize(f, Vector2d(0.0, 0.0), PerturbedGradientDescent(options)).value <= -0.25 + 1e-10);
        Standing run(f, Vector2d(0.0, 0.0), options);
        const std::string before = run.state();
        if (run.step() != StepOutcome::rejected) continue;
        ++rejected;
        BOOST_TEST((run.at.x() == Vector2d(0.0, 0.0)));
        BOOST_TEST(run.state() != before);  // the generator went on
    }
    BOOST_TEST(rejected > 0);
    BOOST_TEST(gradients_outside == 0);
    // Where there is no other point at all, the loop gives up.
    const test::AnalyticObjective point(
        1, [](const VectorXd& x) { return x[0] == 0.0 ? 0.0 : std::nan(""); },
        [](const VectorXd&) -> VectorXd { return VectorXd::Zero(1); },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return -v; });
    const auto result = minimize(point, VectorXd::Zero(1), PerturbedGradientDescent{});
    BOOST_TEST(result.status == Status::not_finite);
}

BOOST_AUTO_TEST_CASE(a_loss_that_throws_leaves_the_state_untouched) {
    bool broken = false;
    const test::AnalyticObjective f(
        1,
        [&broken](const VectorXd& x) {
            if (broken) throw std::runtime_error("no data");
            return -x[0];
        },
        [](const VectorXd&) -> VectorXd { return VectorXd::Constant(1, -1.0); },
        [](const VectorXd&, const VectorXd&) -> VectorXd { return VectorXd::Zero(1); });
    Standing run(f, VectorXd::Zero(1), {.gradient_threshold = 2.0, .patience = 3});
    for (int k = 0; k < 6; ++k) {  // noise, and steps after it
        const std::string before = run.state();
        const double x = run.at.x()[0];
        broken = true;
        BOOST_CHECK_THROW(run.step(), std::runtime_error);
        broken = false;
        BOOST_TEST(run.state() == before);
        BOOST_TEST(run.at.x()[0] == x);
        run.step();
    }
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
    const auto options = PerturbedGradientDescent::theory_parameters_2017({.dimension = 100,
                                                                           .gradient_lipschitz = 2.0,
                                                                           .hessian_lipschitz = 4.0,
                                                                           .accuracy = 1e-2,
                                                                           .value_gap = 1.0,
                                                                           .failure_probability = 0.1,
                                                                           .constant = 0.1});
    const double chi = 3.0 * std::log(2e8), root = std::sqrt(0.1);
    BOOST_TEST(std::abs(options.step_size({}) - 0.05) < 1e-16);
    BOOST_TEST(std::abs(options.radius - root / (chi * chi) * 1e-2 / 2.0) < 1e-12 * options.radius);
    BOOST_TEST(std::abs(options.gradient_threshold - 2.0 * options.radius) < 1e-15 * options.radius);
    BOOST_TEST(std::abs(options.decrease - 0.1 / std::pow(chi, 3) * 0.5e-3) < 1e-12 * options.decrease);
    BOOST_TEST(options.patience == static_cast<Index>(std::ceil(chi / 0.01 * 2.0 / 0.2)));
}

BOOST_AUTO_TEST_CASE(theory_parameters_of_2019_keep_the_bound_of_the_proof_and_no_more) {
    const double l = 2.0, rho = 4.0, epsilon = 1e-2, gap = 3.0, delta = 0.1, n = 100.0;
    const auto options = PerturbedGradientDescent::theory_parameters_2019({.dimension = 100,
                                                                           .gradient_lipschitz = l,
                                                                           .hessian_lipschitz = rho,
                                                                           .accuracy = epsilon,
                                                                           .value_gap = gap,
                                                                           .failure_probability = delta});
    const double iota = std::cbrt(epsilon / (400.0 * l * options.radius));
    const auto failure = [&](double i) {
        const double steps = 8.0 * gap * 50.0 * l * std::pow(i, 4) / (epsilon * epsilon);
        return steps * l * std::sqrt(n) / std::sqrt(rho * epsilon) * i * i * std::exp2(8.0 - i);
    };
    BOOST_TEST(iota > 1.0);
    BOOST_TEST(failure(1.000001 * iota) <= delta);
    BOOST_TEST(failure(0.999999 * iota) > delta);
    BOOST_TEST(options.step_size({}) == 0.5);
    BOOST_TEST(options.gradient_threshold == epsilon);
    BOOST_TEST(options.patience == static_cast<Index>(std::ceil(10.0 * iota)));
    BOOST_TEST(std::abs(options.decrease - 0.5e-3 / (50.0 * std::pow(iota, 3))) < 1e-12 * options.decrease);
    // Where the loss has little to lose, iota = 1 will do.
    const auto short_run = PerturbedGradientDescent::theory_parameters_2019({.value_gap = 1e-20});
    BOOST_TEST(std::abs(short_run.radius - 1e-3 / 400.0) < 1e-18);
}

BOOST_AUTO_TEST_CASE(with_the_parameters_of_the_theory_it_leaves_a_saddle_and_stops_behind_it) {
    // Within |y| <= 1.2 the gradient of the double well has l = 3.4 and rho = 7.2; sqrt(rho epsilon) = 0.6 < 1.
    PerturbedGradientDescent::Problem problem{.dimension = 2,
                                              .gradient_lipschitz = 3.4,
                                              .hessian_lipschitz = 7.2,
                                              .accuracy = 0.05,
                                              .value_gap = 0.75};
    auto options = PerturbedGradientDescent::theory_parameters_2019(problem);
    for (options.seed = 0; options.seed < 5; ++options.seed) {
        const auto result =
            minimize(test::double_well(), Vector2d(1.0, 0.0), PerturbedGradientDescent(options),
                     Stopping{.gradient_norm = 0.05, .iterations = 5000});
        BOOST_TEST(result.status == Status::second_order);
        BOOST_TEST(result.value < -0.24);
        BOOST_TEST(result.iterations >= options.patience);
    }
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
               "PerturbedGradientDescent: radius is -1, expected a finite number that is not negative");
    BOOST_TEST(message_of([] { PerturbedGradientDescent({.patience = 0}); }) ==
               "PerturbedGradientDescent: patience is 0, expected at least 1");
    BOOST_TEST(
        message_of([] { PerturbedGradientDescent::theory_parameters_2017({.accuracy = 0.0}); }) ==
        "PerturbedGradientDescent::theory_parameters_2017: accuracy is 0, expected a finite positive number");
    // sqrt(rho epsilon) = 1e-11 and l = 1e15: 1e28 steps and more.
    const std::string overflow = message_of([] {
        PerturbedGradientDescent::theory_parameters_2017(
            {.gradient_lipschitz = 1e15, .hessian_lipschitz = 1e-10, .accuracy = 1e-12});
    });
    BOOST_TEST(overflow.starts_with(
        "PerturbedGradientDescent::theory_parameters_2017: patience chi / c^2 l / sqrt(rho epsilon) is "));
    BOOST_TEST(
        overflow.ends_with("expected less than 4.611686018427388e+18; accuracy is 1e-12, "
                           "gradient_lipschitz 1000000000000000, hessian_lipschitz 1e-10, constant 0"));
}

BOOST_AUTO_TEST_SUITE_END()
