#include "hesse/optim/nesterov.hpp"

#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/minimize.hpp"
#include "support/analytic_objectives.hpp"
#include "support/method_checks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <optional>
#include <vector>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

/// The first points of a run, the start included.
template <Objective F, Optimizer M>
std::vector<VectorXd> path(const F& f, const VectorXd& start, const M& method, Index steps) {
    std::vector<VectorXd> points;
    minimize(f, start, method, Stopping{.gradient_norm = 0.0, .iterations = steps, .second_order = false},
             [&](Iteration& now) { points.emplace_back(now.x()); });
    return points;
}

/// Steps until the loss of a quadratic with eigenvalues from 1 to `condition` is 1e-10 of what it was.
Index steps_to_ten_digits(const Nesterov& method, double condition) {
    const Index n = 50;
    const VectorXd d = (std::log(condition) * VectorXd::LinSpaced(n, 0.0, 1.0).array())
                           .exp();  // evenly, of their logarithms
    const auto f = test::quadratic(d.asDiagonal());
    double first = 0.0;
    Index steps = -1;
    minimize(f, VectorXd::Ones(n), method,
             Stopping{.gradient_norm = 0.0, .iterations = 100000, .second_order = false},
             [&](Iteration& now) {
                 if (now.iteration() == 0) first = now.value();
                 if (now.value() > 1e-10 * first) return;
                 steps = now.iteration();
                 now.stop();
             });
    return steps;
}

Nesterov::Options growing(double step_size, Restart restart) {
    return {.step_size = step_size, .momentum = std::nullopt, .restart = restart};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nesterov)

BOOST_AUTO_TEST_CASE(it_is_the_two_sequences_of_the_paper) {
    const auto f = test::rosenbrock();
    const double a = 1e-3, b = 0.8;
    VectorXd x = Vector2d(-0.5, 0.5), v = VectorXd::Zero(2);
    const auto points = path(f, x, Nesterov({a, b}), 50);
    for (const VectorXd& point : points) {
        const VectorXd y = x + b * v;
        BOOST_TEST((point - y).norm() < 1e-13);
        v = b * v - a * f.linearize(y).gradient();
        x += v;
    }
}

BOOST_AUTO_TEST_CASE(the_growing_momentum_is_that_of_1983) {
    // On -x the gradient is the same everywhere: x_k = a k, y_k = x_k + (t_k - 1) / t_{k+1} (x_k - x_{k-1}) for
    // the first three t = 1, 1.618..., 2.194..., and 2.750 next.
    const test::AnalyticObjective slope(
        1, [](const VectorXd& x) { return -x[0]; },
        [](const VectorXd&) -> VectorXd { return VectorXd::Constant(1, -1.0); },
        [](const VectorXd&, const VectorXd&) -> VectorXd { return VectorXd::Zero(1); });
    const auto points = path(slope, VectorXd::Zero(1), Nesterov(growing(1.0, Restart::never)), 3);
    const double golden = 0.5 * (1.0 + std::sqrt(5.0));
    const double t2 = 0.5 * (1.0 + std::sqrt(1.0 + 4.0 * golden * golden));
    const double t3 = 0.5 * (1.0 + std::sqrt(1.0 + 4.0 * t2 * t2));
    BOOST_TEST(std::abs(points[1][0] - 1.0) < 1e-15);  // t1 - 1 = 0: no momentum yet
    const double y2 = 2.0 + (golden - 1.0) / t2;       // x2 = y1 + 1
    BOOST_TEST(std::abs(points[2][0] - y2) < 1e-14);
    const double x3 = y2 + 1.0;
    BOOST_TEST(std::abs(points[3][0] - (x3 + (t2 - 1.0) / t3 * (x3 - 2.0))) < 1e-14);
}

BOOST_AUTO_TEST_CASE(for_convex_losses_it_keeps_the_bound_of_the_theorem) {
    // f(x_k) - f* <= 2 |x0 - x*|^2 / (a (k + 1)^2): Nesterov 1983; the iterate y is of the same order.
    const Index n = 200;
    const VectorXd d = VectorXd::LinSpaced(n, 0.0, 1.0).array().square();
    const auto f = test::quadratic(d.asDiagonal());
    const auto points = path(f, VectorXd::Ones(n), Nesterov(growing(1.0, Restart::never)), 200);
    for (std::size_t k = 1; k < points.size(); ++k) {
        const double steps = static_cast<double>(k);
        BOOST_TEST(f.value(points[k]) <= 2.0 * static_cast<double>(n) / (steps * steps));
    }
}

BOOST_AUTO_TEST_CASE(restarts_come_close_to_the_momentum_of_a_known_condition_number) {
    for (const double condition : {1e3, 1e4}) {
        const double a = 1.0 / condition, root = std::sqrt(condition);
        const Index known = steps_to_ten_digits(Nesterov({a, (root - 1.0) / (root + 1.0)}), condition);
        const Index never = steps_to_ten_digits(Nesterov(growing(a, Restart::never)), condition);
        const Index gradient = steps_to_ten_digits(Nesterov(growing(a, Restart::gradient)), condition);
        const Index value = steps_to_ten_digits(Nesterov(growing(a, Restart::value)), condition);
        const Index descent = steps_to_ten_digits(Nesterov({a, 0.0}), condition);
        BOOST_TEST_MESSAGE("condition " << condition << ": known " << known << ", never " << never
                                        << ", gradient " << gradient << ", value " << value << ", descent "
                                        << descent);
        BOOST_TEST(known > 0);
        BOOST_TEST(gradient > 0);
        BOOST_TEST(value > 0);
        BOOST_TEST(gradient <= 3 * known);
        BOOST_TEST(value <= 3 * known);
        BOOST_TEST(3 * gradient <= never);
        BOOST_TEST(3 * value <= never);
        // (1 - 1 / sqrt(condition))^k = 1e-10 at k = 23 sqrt(condition)
        BOOST_TEST(static_cast<double>(gradient) <= 23.0 * root);
    }
}

BOOST_AUTO_TEST_CASE(a_restart_forgets_the_velocity) {
    // Downhill on x^2 / 2 with momentum 0.9 and step 0.1 the point passes the minimum; the step after that restarts.
    const auto f = test::quadratic(Eigen::MatrixXd::Identity(1, 1));
    ErasedObjective erased(f);
    const double start = 1.0;
    for (const Restart rule : {Restart::gradient, Restart::value}) {
        Iterate at(erased, &start);
        Nesterov method({.step_size = 0.1, .momentum = 0.9, .restart = rule});
        method.start(at);
        while (method.restarts() == 0 && at.x()[0] > -10.0) {
            const double y = at.x()[0];
            BOOST_TEST((method.step(at) == StepOutcome::moved));
            if (method.restarts() > 0) BOOST_TEST(at.x()[0] == y - 0.1 * y);  // no look ahead
            else if (y > 0.0) BOOST_TEST(method.restarts() == 0);
        }
        BOOST_TEST(method.restarts() == 1);
    }
}

BOOST_AUTO_TEST_CASE(without_momentum_it_is_gradient_descent) {
    const auto f = test::rosenbrock();
    const Vector2d start(-0.5, 0.5);
    const auto plain = path(f, start, GradientDescent({1e-3}), 20);
    BOOST_TEST((path(f, start, Nesterov({1e-3, 0.0}), 20).back() - plain.back()).norm() < 1e-14);
}

BOOST_AUTO_TEST_CASE(on_the_stable_axis_it_ends_at_the_saddle_and_says_so) {
    for (const Restart rule : {Restart::never, Restart::gradient, Restart::value}) {
        const auto result = minimize(test::saddle(), Vector2d(0.1, 0.0),
                                     Nesterov({.step_size = 0.1, .momentum = 0.9, .restart = rule}));
        BOOST_TEST(result.status == Status::saddle);
        BOOST_TEST(result.x.norm() < 1e-6);
    }
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_every_method) {
    for (const Restart rule : {Restart::never, Restart::gradient, Restart::value}) {
        const Nesterov fixed({.step_size = 1e-3, .momentum = 0.9, .restart = rule});
        test::check_saved_state(fixed);
        test::check_failed_steps(fixed);
        test::check_saved_state(Nesterov(growing(1e-3, rule)), 40);
        test::check_failed_steps(Nesterov(growing(1e-3, rule)));
    }
}

BOOST_AUTO_TEST_CASE(bad_options_are_named) {
    BOOST_TEST(test::message_of<Nesterov>({0.1, 1.0}) ==
               "Nesterov: momentum is 1, expected 0 <= momentum < 1");
    BOOST_TEST(test::message_of<Nesterov>({-1.0, 0.5}) ==
               "Nesterov: step_size is -1, expected a finite positive number");
}

BOOST_AUTO_TEST_SUITE_END()
