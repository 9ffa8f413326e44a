#include "hesse/optim/schedule.hpp"

#include "error_text.hpp"
#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/momentum.hpp"
#include "hesse/optim/nesterov.hpp"
#include "hesse/optim/perturbed_accelerated_gradient_descent.hpp"
#include "hesse/optim/perturbed_gradient_descent.hpp"
#include "support/analytic_objectives.hpp"
#include "support/method_checks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

double at_step(const Schedule& schedule, std::int64_t step) { return schedule({.step = step}); }
bool near(double a, double b) { return std::abs(a - b) <= 1e-14 * std::abs(b) + 1e-300; }

}  // namespace

BOOST_AUTO_TEST_SUITE(schedule)

BOOST_AUTO_TEST_CASE(a_number_stays_as_it_is) {
    const Schedule constant = 0.25;
    BOOST_TEST(at_step(constant, 1) == 0.25);
    BOOST_TEST(at_step(constant, 1'000'000) == 0.25);
}

BOOST_AUTO_TEST_CASE(the_named_schedules_pass_through_the_points_that_define_them) {
    const Schedule steps = step_decay(0.8, 0.5, 10);
    BOOST_TEST(at_step(steps, 1) == 0.8);
    BOOST_TEST(at_step(steps, 10) == 0.8);
    BOOST_TEST(at_step(steps, 11) == 0.4);
    BOOST_TEST(near(at_step(steps, 35), 0.1));

    const Schedule cosine = cosine_decay(0.3, 100, 0.1);
    BOOST_TEST(near(at_step(cosine, 1), 0.3));
    BOOST_TEST(near(at_step(cosine, 51), 0.2));
    BOOST_TEST(near(at_step(cosine, 101), 0.1));
    BOOST_TEST(near(at_step(cosine, 5000), 0.1));
    BOOST_TEST(near(at_step(cosine, 26) - 0.2, 0.2 - at_step(cosine, 76)));

    const Schedule warm = warm_up(4, step_decay(1.0, 0.5, 1));
    BOOST_TEST(at_step(warm, 1) == 0.25);
    BOOST_TEST(at_step(warm, 4) == 1.0);
    BOOST_TEST(at_step(warm, 5) == 1.0);
    BOOST_TEST(at_step(warm, 7) == 0.25);

    const Schedule cycle = one_cycle(1.0, 101);
    BOOST_TEST(near(at_step(cycle, 1), 0.04));
    BOOST_TEST(near(at_step(cycle, 31), 1.0));
    BOOST_TEST(near(at_step(cycle, 101), 4e-6));
    for (std::int64_t k = 1; k < 101; ++k)
        BOOST_TEST((at_step(cycle, k + 1) > at_step(cycle, k)) == (k < 31));

    const Schedule momentum = growing_momentum(0.95);
    BOOST_TEST(at_step(momentum, 1) == 0.5);
    BOOST_TEST(at_step(momentum, 250) == 0.5);
    BOOST_TEST(at_step(momentum, 251) == 0.75);
    BOOST_TEST(at_step(momentum, 100'000) == 0.95);
}

BOOST_AUTO_TEST_CASE(polyaks_step_halves_the_distance_on_a_parabola) {
    // f = c |x|^2 / 2: (f - 0) / |g|^2 = 1 / (2 c), so that every step halves x, whatever c.
    for (const double c : {1e-3, 1.0, 1e3}) {
        const auto f = test::quadratic(Vector2d(c, c).asDiagonal());
        const auto found = minimize(f, Vector2d(8.0, -16.0), GradientDescent{{.step_size = polyak_step(0.0)}},
                                    Stopping{.gradient_norm = 0.0, .iterations = 3, .second_order = false});
        BOOST_TEST((found.x - Vector2d(1.0, -2.0)).norm() <= 1e-14);
    }
    // Where nothing is known but a bound on the step.
    BOOST_TEST(polyak_step(0.0, 0.1)({.step = 1, .value = 5.0, .gradient_norm = 1.0}) == 0.1);
    BOOST_TEST(polyak_step(1.0)({.step = 1, .value = 0.5, .gradient_norm = 1.0}) == 0.0);
    BOOST_TEST(polyak_step(0.0)({.step = 1, .value = 0.5, .gradient_norm = 0.0}) == 0.0);
    BOOST_TEST(std::isfinite(polyak_step(0.0)({.step = 1, .value = 0.5, .gradient_norm = 1e-300})));
}

BOOST_AUTO_TEST_CASE(any_callable_is_a_schedule_and_is_asked_step_by_step) {
    std::vector<std::int64_t> asked;
    const auto rule = [&](const Schedule::Moment& now) {
        asked.push_back(now.step);
        BOOST_TEST(now.value > 0.0);
        BOOST_TEST(now.gradient_norm > 0.0);
        return 0.1 / static_cast<double>(now.step);
    };
    const auto f = test::quadratic(Vector2d(1.0, 1.0).asDiagonal());
    const auto found = minimize(f, Vector2d(1.0, 1.0), GradientDescent{{.step_size = rule}},
                                Stopping{.iterations = 3, .second_order = false});
    BOOST_TEST((asked == std::vector<std::int64_t>{1, 2, 3}));
    const double expected = (1.0 - 0.1) * (1.0 - 0.05) * (1.0 - 0.1 / 3.0);
    BOOST_TEST(std::abs(found.x[0] - expected) <= 1e-15);
}

BOOST_AUTO_TEST_CASE(every_method_with_steps_of_its_own_takes_one) {
    // Without momentum, and far from stationary points, all are gradient descent.
    const auto f = test::quadratic(Vector2d(1.0, 3.0).asDiagonal());
    const auto end_of = [&](const auto& method) {
        return minimize(f, Vector2d(1.0, -2.0), method, Stopping{.iterations = 25, .second_order = false}).x;
    };
    const Schedule falling = step_decay(0.1, 0.5, 10);
    const VectorXd expected = end_of(GradientDescent{{.step_size = falling}});
    BOOST_TEST((expected - end_of(GradientDescent{{.step_size = 0.1}})).norm() > 0.1);
    BOOST_TEST((end_of(Nesterov({.step_size = falling, .momentum = 0.0})) - expected).norm() <= 1e-14);
    BOOST_TEST((end_of(PerturbedGradientDescent({.step_size = falling})) - expected).norm() <= 1e-14);
    BOOST_TEST(
        (end_of(PerturbedAcceleratedGradientDescent({.step_size = falling, .momentum = 0.0})) - expected)
            .norm() <= 1e-14);
    BOOST_TEST(test::message_of([&] { end_of(Nesterov({.step_size = [](const auto&) { return -1.0; }})); }) ==
               "Nesterov: the schedule of step_size gives -1 in step 1, expected 0 <= step_size < inf");
}

BOOST_AUTO_TEST_CASE(a_saved_run_goes_on_where_the_schedule_was) {
    test::check_saved_state(Nesterov({.step_size = cosine_decay(1e-3, 20)}));
    test::check_saved_state(PerturbedGradientDescent({.step_size = cosine_decay(1e-3, 20)}));
    test::check_saved_state(PerturbedAcceleratedGradientDescent({.step_size = cosine_decay(1e-3, 20)}));

    test::check_saved_state(HeavyBall{{.step_size = cosine_decay(1e-3, 20), .momentum = growing_momentum()}});
}

BOOST_AUTO_TEST_CASE(an_escape_does_not_begin_the_schedule_again) {
    std::vector<std::int64_t> asked;
    const auto rule = [&](const Schedule::Moment& now) {
        asked.push_back(now.step);
        return 0.1;
    };
    const auto found = minimize(test::double_well(), Vector2d(1.0, 0.0), HeavyBall{{.step_size = rule}},
                                Stopping{}, NegativeCurvatureEscape{});
    BOOST_TEST(found.escapes == 1);
    for (std::size_t k = 0; k < asked.size(); ++k) BOOST_TEST(asked[k] == static_cast<std::int64_t>(k + 1));
}

BOOST_AUTO_TEST_CASE(what_is_out_of_range_is_named) {
    BOOST_TEST(test::message_of([] { step_decay(0.1, 0.5, 0); }) ==
               "step_decay: every is 0, expected at least 1");
    BOOST_TEST(test::message_of([] { cosine_decay(-1.0, 10); }) ==
               "cosine_decay: first is -1, expected a finite positive number");
    BOOST_TEST(test::message_of([] { warm_up(0, 0.1); }) == "warm_up: steps is 0, expected at least 1");
    BOOST_TEST(test::message_of([] { warm_up(10, -1.0); }) ==
               "warm_up: then is -1, expected a finite positive number");
    BOOST_TEST(test::message_of([] { step_decay(0.1, 2.0, 5); }) ==
               "step_decay: factor is 2, expected at most 1");
    BOOST_TEST(test::message_of([] { cosine_decay(0.1, 10, 0.2); }) ==
               "cosine_decay: last is 0.2, expected at most first, which is 0.1");
    BOOST_TEST(test::message_of([] { one_cycle(1.0, 1); }) == "one_cycle: steps is 1, expected at least 2");
    BOOST_TEST(test::message_of([] { polyak_step(std::nan("")); }) ==
               "polyak_step: lowest_value is nan, expected a finite number");
    BOOST_TEST(test::message_of([] { growing_momentum(1.0); }) ==
               "growing_momentum: largest is 1, expected 0 <= largest < 1");
    // A rule is found out when it speaks.
    const auto wrong = [](const Schedule::Moment& now) { return now.step < 3 ? 0.1 : -1.0; };
    const std::string text = test::message_of([&] {
        minimize(test::quadratic(Vector2d(1.0, 1.0).asDiagonal()), Vector2d(1.0, 1.5),
                 GradientDescent{{.step_size = warm_up(10, wrong)}});
    });
    BOOST_TEST(
        text ==
        "GradientDescent: the schedule of step_size gives -1 in step 13, expected 0 <= step_size < inf");
}

BOOST_AUTO_TEST_SUITE_END()
