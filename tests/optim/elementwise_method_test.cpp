#include "hesse/optim/elementwise_method.hpp"

#include "hesse/optim/adaptive_methods.hpp"
#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/momentum.hpp"
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
using Eigen::Vector4d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

template <Objective F, Optimizer M>
VectorXd after(const F& f, const VectorXd& start, const M& method, Index steps) {
    return minimize(f, start, method,
                    Stopping{.gradient_norm = 0.0, .iterations = steps, .second_order = false})
        .x;
}

/// A loss whose parameters have nothing to do with each other: what one of them does, it does alone too.
test::AnalyticObjective separable(Index n) {
    return {n, [](const VectorXd& x) { return x.array().square().square().sum() + x.sum(); },
            [](const VectorXd& x) -> VectorXd { return 4.0 * x.array().cube() + 1.0; },
            [](const VectorXd& x, const VectorXd& v) -> VectorXd {
                return 12.0 * x.array().square() * v.array();
            }};
}

std::string construction_error(auto make) {
    try {
        make();
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(elementwise_method)

BOOST_AUTO_TEST_CASE(layout_follows_unpack) {
    const auto [weights, bias, rest] = layout(shape(2, 3), shape(3), shape(1));
    VectorXd theta = VectorXd::LinSpaced(10, 0.0, 9.0);
    const auto [w, b, r] = unpack(theta, shape(2, 3), shape(3), shape(1));
    BOOST_TEST(theta[weights.first] == w(0, 0));
    BOOST_TEST(weights.count == w.size());
    BOOST_TEST(theta[bias.first] == b(0));
    BOOST_TEST(bias.count == b.size());
    BOOST_TEST(theta[rest.first] == r(0));
    BOOST_TEST(rest.first + rest.count == theta.size());
}

BOOST_AUTO_TEST_CASE(each_group_moves_as_it_would_alone_with_its_options) {
    const VectorXd start = Vector4d(0.5, -0.4, 0.3, -0.2);
    const auto check = [&](auto method, auto first, auto rest) {
        using M = decltype(method);
        const M grouped(rest, {{{0, 2}, first}});
        const VectorXd together = after(separable(4), start, grouped, 12);
        const VectorXd one = after(separable(2), start.head(2), M(first), 12);
        const VectorXd other = after(separable(2), start.tail(2), M(rest), 12);
        BOOST_TEST((together.head(2) == one));
        BOOST_TEST((together.tail(2) == other));
    };
    // The order in which groups are named does not matter.
    const Adam::Options slow{.step_size = 1e-3}, fast{.step_size = 1e-2};
    BOOST_TEST((after(separable(4), start, Adam(slow, {{{2, 1}, fast}, {{0, 1}, fast}}), 5) ==
                after(separable(4), start, Adam(slow, {{{0, 1}, fast}, {{2, 1}, fast}}), 5)));
    check(Adam{}, Adam::Options{.step_size = 0.05}, Adam::Options{.step_size = 0.01, .first_decay = 0.5});
    check(HeavyBall{}, MomentumOptions{.step_size = 0.05, .momentum = 0.5},
          MomentumOptions{.weight_decay = 0.5});
    check(GradientDescent{}, GradientDescent::Options{.step_size = step_decay(0.1, 0.5, 3)},
          GradientDescent::Options{.clip_norm = 0.25});
}

BOOST_AUTO_TEST_CASE(decay_is_decoupled_and_a_clipped_gradient_keeps_its_direction) {
    // g = (3, 4) everywhere.
    const test::AnalyticObjective plane{
        2, [](const VectorXd& x) { return 3.0 * x[0] + 4.0 * x[1]; },
        [](const VectorXd&) -> VectorXd { return Vector2d(3.0, 4.0); },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return 0.0 * v; }};
    const VectorXd start = Vector2d(10.0, 20.0);
    const auto gd = [&](GradientDescent::Options options) {
        return after(plane, start, GradientDescent(options), 1);
    };
    BOOST_TEST((gd({.step_size = 0.1, .weight_decay = 0.5}) - Vector2d(9.5 - 0.3, 19.0 - 0.4)).norm() <=
               1e-14);
    BOOST_TEST((gd({.step_size = 0.1, .clip_norm = 1.0}) - Vector2d(10.0 - 0.06, 20.0 - 0.08)).norm() <=
               1e-14);
    BOOST_TEST((gd({.step_size = 0.1, .clip_norm = 5.1}) == gd({.step_size = 0.1})));
    // Adam's scaling does not touch the decay: AdamW is Adam with weight decay.
    const MomentOptions options{.step_size = 0.1, .weight_decay = 0.01};
    BOOST_TEST((after(plane, start, Adam(options), 9) == after(plane, start, AdamW{{.step_size = 0.1}}, 9)));
    // Adam forgets the size of the gradient, clipped or not.
    BOOST_TEST((after(plane, start, Adam{{.step_size = 0.1, .epsilon = 0.0, .clip_norm = 1.0}}, 1) -
                after(plane, start, Adam{{.step_size = 0.1, .epsilon = 0.0}}, 1))
                   .norm() <= 1e-14);
}

BOOST_AUTO_TEST_CASE(a_run_in_groups_is_saved_and_goes_on) {
    test::check_saved_state(Adam(Adam::Options{}, {{{1, 1}, {.step_size = 0.1}}}));
    test::check_failed_steps(HeavyBall(MomentumOptions{.step_size = 1e-3}, {{{0, 1}, {.step_size = 1e-4}}}));
}

BOOST_AUTO_TEST_CASE(groups_that_do_not_fit_and_options_out_of_range_are_named) {
    BOOST_TEST(
        construction_error([] {
            Adam(Adam::Options{}, {{{0, 3}, {}}, {{2, 2}, {}}});
        }) ==
        "Adam: a group has 2 parameters from 2 on, expected none before 3, where the one before it ends");
    BOOST_TEST(
        construction_error([] {
            Adam(Adam::Options{}, {{{0, -1}, {}}});
        }) ==
        "Adam: a group has -1 parameters from 0 on, expected none before 0, where the one before it ends");
    BOOST_TEST(construction_error([] {
                   HeavyBall(HeavyBall::Options{}, {{{0, 1}, {.momentum = 1.5}}});
               }) == "HeavyBall: momentum is 1.5, expected 0 <= momentum < 1");
    BOOST_TEST(construction_error([] {
                   minimize(test::rosenbrock(), Vector2d(0.0, 0.0), Adam(Adam::Options{}, {{{1, 2}, {}}}));
               }) == "Adam: the groups end at 3 but the objective has size 2");
    BOOST_TEST(test::message_of<GradientDescent>({.clip_norm = 0.0}) ==
               "GradientDescent: clip_norm is 0, expected a positive number");
    BOOST_TEST(test::message_of<GradientDescent>({.weight_decay = -1.0}) ==
               "GradientDescent: weight_decay is -1, expected a finite number that is not negative");
}

BOOST_AUTO_TEST_SUITE_END()
