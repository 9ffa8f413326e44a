#include "hesse/optim/layerwise_methods.hpp"

#include "hesse/optim/minimize.hpp"
#include "support/analytic_objectives.hpp"
#include "support/method_checks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>

using Eigen::Vector2d;
using Eigen::Vector4d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

/// g everywhere.
test::AnalyticObjective plane(const VectorXd& g) {
    return {g.size(), [g](const VectorXd& x) { return g.dot(x); },
            [g](const VectorXd&) -> VectorXd { return g; },
            [](const VectorXd&, const VectorXd& v) -> VectorXd { return 0.0 * v; }};
}

template <Objective F, Optimizer M>
VectorXd after(const F& f, const VectorXd& start, const M& method, Index steps) {
    return minimize(f, start, method,
                    Stopping{.gradient_norm = 0.0, .iterations = steps, .second_order = false})
        .x;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(layerwise_methods)

BOOST_AUTO_TEST_CASE(lars_takes_first_steps_by_hand) {
    // |x| = 5, |g| = 10: the local rate is 0.01 * 5 / 10.
    const VectorXd x = Vector2d(3.0, 4.0), g = Vector2d(-8.0, 6.0);
    const LARS::Options options{.step_size = 0.5, .trust_coefficient = 0.01};
    const VectorXd one = after(plane(g), x, LARS(options), 1);
    BOOST_TEST((one - (x - 0.5 * 0.005 * g)).norm() <= 1e-15);
    // The second one has the velocity, and a rate of its own.
    const VectorXd two = after(plane(g), x, LARS(options), 2);
    const double rate = 0.01 * one.norm() / 10.0;
    BOOST_TEST((two - (one + 0.9 * (one - x) - 0.5 * rate * g)).norm() <= 1e-15);
    // With decay the gradient is g + 0.1 x, and the rate 0.01 * 5 / (10 + 0.1 * 5).
    const VectorXd decayed =
        after(plane(g), x, LARS{{.step_size = 0.5, .trust_coefficient = 0.01, .weight_decay = 0.1}}, 1);
    BOOST_TEST((decayed - (x - 0.5 * (0.05 / 10.5) * (g + 0.1 * x))).norm() <= 1e-15);
}

BOOST_AUTO_TEST_CASE(lamb_moves_each_layer_by_its_own_length) {
    // The first direction of Adam has entries of one: |u| = sqrt 2.
    const Vector4d x(3.0, 4.0, 0.3, 0.4), g(-8.0, 6.0, 1e-3, 1e-3);
    const LAMB::Options options{.step_size = 0.1, .epsilon = 0.0};
    const auto [first, second] = layout(shape(2), shape(2));
    const VectorXd next = after(plane(g), x, LAMB(options, {{first, options}, {second, options}}), 1);
    const double root = std::sqrt(2.0);
    BOOST_TEST((next.head(2) - (x.head(2) - 0.1 * 5.0 / root * Vector2d(-1.0, 1.0))).norm() <= 1e-14);
    BOOST_TEST((next.tail(2) - (x.tail(2) - 0.1 * 0.5 / root * Vector2d(1.0, 1.0))).norm() <= 1e-14);
    for (const double decay : {0.0, 0.3}) {
        LAMB::Options with = options;
        with.weight_decay = decay;
        const VectorXd moved = after(plane(g.head(2)), x.head(2), LAMB(with), 1);
        BOOST_TEST(std::abs((moved - x.head(2)).norm() - 0.1 * 5.0) <= 1e-14);  // whatever the decay
    }
}

BOOST_AUTO_TEST_CASE(a_layer_of_zeros_moves_without_scaling) {
    const VectorXd zero = VectorXd::Zero(2), g = Vector2d(-8.0, 6.0);
    BOOST_TEST((after(plane(g), zero, LARS{{.step_size = 0.1}}, 1) - -0.1 * g).norm() <= 1e-15);
    BOOST_TEST(
        (after(plane(g), zero, LAMB{{.step_size = 0.1, .epsilon = 0.0}}, 1) - Vector2d(0.1, -0.1)).norm() <=
        1e-15);
    BOOST_TEST((after(plane(0.0 * g), g, LARS{}, 3) == g));
    BOOST_TEST((after(plane(0.0 * g), g, LAMB{}, 3) == g));
}

BOOST_AUTO_TEST_CASE(the_units_of_the_loss_do_not_matter) {
    const VectorXd x = Vector2d(3.0, 4.0), g = Vector2d(-8.0, 6.0);
    BOOST_TEST((after(plane(g), x, LARS{}, 5) == after(plane(0x1p40 * g), x, LARS{}, 5)));
    BOOST_TEST((after(plane(g), x, LAMB{{.epsilon = 0.0}}, 5) ==
                after(plane(0x1p-40 * g), x, LAMB{{.epsilon = 0.0}}, 5)));
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_every_method) {
    test::check_saved_state(LARS{});
    test::check_failed_steps(LARS{});
    test::check_saved_state(LAMB{});
    test::check_failed_steps(LAMB{});
    BOOST_TEST(test::message_of<LARS>({.trust_coefficient = 0.0}) ==
               "LARS: trust_coefficient is 0, expected a finite positive number");
    BOOST_TEST(test::message_of<LARS>({.momentum = 1.0}) ==
               "LARS: momentum is 1, expected 0 <= momentum < 1");
    BOOST_TEST(test::message_of<LAMB>({.second_decay = 1.0}) ==
               "LAMB: second_decay is 1, expected 0 <= second_decay < 1");
}

BOOST_AUTO_TEST_SUITE_END()
