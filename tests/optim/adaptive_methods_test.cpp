#include "hesse/optim/adaptive_methods.hpp"

#include "hesse/optim/minimize.hpp"
#include "support/analytic_objectives.hpp"
#include "support/method_checks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

/// The points of a run, the start included.
template <Objective F, Optimizer M>
std::vector<VectorXd> path(const F& f, const VectorXd& start, const M& method, Index steps) {
    std::vector<VectorXd> points;
    minimize(f, start, method, Stopping{.gradient_norm = 0.0, .iterations = steps, .second_order = false},
             [&](Iteration& now) { points.emplace_back(now.x()); });
    return points;
}

/// A constant gradient, for which every method has a closed form.
test::AnalyticObjective plane(double scale = 1.0) {
    const Vector2d g(3.0 * scale, -2.0 * scale);
    return {2, [g](const VectorXd& x) { return g.dot(x); }, [g](const VectorXd&) -> VectorXd { return g; },
            [](const VectorXd&, const VectorXd& v) -> VectorXd { return 0.0 * v; }};
}

/// How far the first parameter of the plane moves in each step, in units of the step size.
template <class M>
std::vector<double> moves(M method, double step_size, Index steps = 6) {
    const auto points = path(plane(), VectorXd::Zero(2), method, steps);
    std::vector<double> found;
    for (std::size_t k = 1; k < points.size(); ++k) {
        found.push_back((points[k - 1][0] - points[k][0]) / step_size);
        // The other one has the opposite sign and the same length: the scale of a gradient does not matter.
        BOOST_TEST(std::abs(points[k][1] - points[k - 1][1] - (points[k - 1][0] - points[k][0])) <=
                   1e-7 * step_size);
    }
    return found;
}

constexpr double tolerance = 1e-6;  // epsilon is not zero

BOOST_AUTO_TEST_SUITE(adaptive_methods)

BOOST_AUTO_TEST_CASE(a_constant_gradient_has_closed_forms) {
    const double a = 1e-2;
    const auto adagrad = moves(AdaGrad{{.step_size = a}}, a);
    const auto rmsprop = moves(RMSprop{{.step_size = a, .decay = 0.9}}, a);
    const auto inside =
        moves(RMSprop{{.step_size = a, .decay = 0.9, .epsilon = 1e-12, .epsilon_in_root = true}}, a);
    const auto adam = moves(Adam{{.step_size = a}}, a);
    const auto amsgrad = moves(AMSGrad{{.step_size = a}}, a);
    const auto nadam = moves(NAdam{{.step_size = a}}, a);
    const auto belief = moves(AdaBelief{{.step_size = a, .epsilon = 1e-16}}, a);
    const auto lion = moves(Lion{{.step_size = a}}, a);
    for (std::size_t k = 0; k < adam.size(); ++k) {
        const double t = static_cast<double>(k + 1);
        BOOST_TEST(std::abs(adagrad[k] - 1.0 / std::sqrt(t)) <= tolerance);
        BOOST_TEST(std::abs(rmsprop[k] - 1.0 / std::sqrt(1.0 - std::pow(0.9, t))) <= tolerance);
        BOOST_TEST(std::abs(inside[k] - rmsprop[k]) <= tolerance);
        BOOST_TEST(std::abs(adam[k] - 1.0) <= tolerance);
        BOOST_TEST(std::abs(amsgrad[k] - 1.0) <= tolerance);
        const double b = 0.9, look = b * (1.0 - std::pow(b, t)) / (1.0 - std::pow(b, t + 1.0));
        BOOST_TEST(std::abs(nadam[k] - look - (1.0 - b) / (1.0 - std::pow(b, t))) <= tolerance);
        BOOST_TEST(std::abs(lion[k] - 1.0) <= tolerance);
        // Of the gradient 0.9^t is a surprise still, whose squares make a geometric sum.
        const double c = 0.999, q = 0.81;
        const double squares =
            (1.0 - c) * q * (std::pow(c, t) - std::pow(q, t)) / (c - q) / (1.0 - std::pow(c, t));
        BOOST_TEST(std::abs(belief[k] - 1.0 / std::sqrt(squares)) <= tolerance);
    }
}

BOOST_AUTO_TEST_CASE(first_steps_by_hand_at_a_saddle) {
    // f = x^2 - y^2 from (0.1, 0.1): g = (0.2, -0.2), each step moves both by the same.
    const auto f = test::saddle();
    const Vector2d start(0.1, 0.1);
    const auto moved = [&](const auto& method) {
        const VectorXd x = path(f, start, method, 1).back();
        BOOST_TEST(std::abs((start[0] - x[0]) - (x[1] - start[1])) <= 1e-12);
        return start[0] - x[0];
    };
    BOOST_TEST(std::abs(moved(Adam{{.step_size = 0.01}}) - 0.01 * 0.2 / (0.2 + 1e-8)) <= 1e-15);
    // Average of squares 0.1 * 0.04 = 0.004.
    BOOST_TEST(std::abs(moved(RMSprop{{.step_size = 0.01}}) - 0.01 * 0.2 / (std::sqrt(0.004) + 1e-8)) <=
               1e-15);
    // 0.9 * 0.02 / 0.19 + 0.2 over 0.2.
    BOOST_TEST(std::abs(moved(NAdam{{.step_size = 0.01}}) - 0.01473684) <= 1e-8);
    // Surprise 0.18: the root of (0.001 * 0.0324 + 1e-8) / 0.001.
    BOOST_TEST(std::abs(moved(AdaBelief{{.step_size = 0.01}}) - 0.01 * 0.2 / std::sqrt(0.03241)) <= 1e-8);
    const VectorXd decayed = path(f, start, AdamW{{.step_size = 0.01, .weight_decay = 0.5}}, 1).back();
    BOOST_TEST(std::abs(decayed[0] - (0.1 * (1.0 - 0.005) - 0.01)) <= 1e-8);
    const VectorXd lion = path(f, start, Lion{{.step_size = 0.01, .weight_decay = 0.5}}, 1).back();
    BOOST_TEST(std::abs(lion[0] - (0.1 - 0.01 * (1.0 + 0.05))) <= 1e-15);
}

BOOST_AUTO_TEST_CASE(amsgrad_never_lengthens_its_steps_where_adam_does) {
    // A large gradient once, small ones after: Adam's average of squares forgets it.
    int calls = 0;
    const test::AnalyticObjective f{
        1, [](const VectorXd& x) { return x[0]; },
        [&](const VectorXd&) -> VectorXd { return VectorXd::Constant(1, calls++ == 0 ? 100.0 : 1.0); },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return 0.0 * v; }};
    const MomentOptions options{.step_size = 0.01, .first_decay = 0.0, .second_decay = 0.5};
    const auto adam = path(f, VectorXd::Zero(1), Adam{options}, 30);
    calls = 0;
    const auto amsgrad = path(f, VectorXd::Zero(1), AMSGrad{options}, 30);
    const auto last = [](const auto& points) { return points[points.size() - 2][0] - points.back()[0]; };
    BOOST_TEST(last(adam) > 0.009);
    BOOST_TEST(last(amsgrad) < 0.0002);
}

BOOST_AUTO_TEST_CASE(the_scale_of_the_loss_does_not_matter_without_epsilon) {
    const auto rosenbrock = test::rosenbrock();
    for (const double scale : {0x1p-40, 0x1p40}) {
        const test::AnalyticObjective scaled{
            2, [&](const VectorXd& x) { return scale * rosenbrock.value(x); },
            [&](const VectorXd& x) -> VectorXd { return scale * rosenbrock.linearize(x).gradient(); },
            [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; }};
        const MomentOptions options{.step_size = 0.01, .epsilon = 0.0};
        const Vector2d start(-0.5, 0.5);
        BOOST_TEST((path(scaled, start, Adam{options}, 20).back() ==
                    path(rosenbrock, start, Adam{options}, 20).back()));
        BOOST_TEST((path(scaled, start, NAdam{options}, 20).back() ==
                    path(rosenbrock, start, NAdam{options}, 20).back()));
        BOOST_TEST((path(scaled, start, AMSGrad{options}, 20).back() ==
                    path(rosenbrock, start, AMSGrad{options}, 20).back()));
        BOOST_TEST((path(scaled, start, Lion{}, 20).back() == path(rosenbrock, start, Lion{}, 20).back()));
    }
}

BOOST_AUTO_TEST_CASE(a_parameter_without_gradient_stays_where_it_is) {
    const test::AnalyticObjective f{2, [](const VectorXd& x) { return x[0] * x[0]; },
                                    [](const VectorXd& x) -> VectorXd { return Vector2d(2.0 * x[0], 0.0); },
                                    [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; }};
    const VectorXd start = Vector2d(1.0, 7.0);
    BOOST_TEST(path(f, start, Adam{{.epsilon = 0.0}}, 5).back()[1] == 7.0);
    BOOST_TEST(path(f, start, RMSprop{{.epsilon = 0.0}}, 5).back()[1] == 7.0);
    BOOST_TEST(path(f, start, AdaGrad{{.epsilon = 0.0}}, 5).back()[1] == 7.0);
    BOOST_TEST(path(f, start, Lion{}, 5).back()[1] == 7.0);
}

BOOST_AUTO_TEST_CASE(they_go_down_rosenbrocks_valley) {
    const auto f = test::rosenbrock();
    const Vector2d start(-1.2, 1.0);
    const auto reached = [&](const auto& method) {
        return minimize(f, start, method, Stopping{.iterations = 20'000, .second_order = false}).value;
    };
    BOOST_TEST(reached(Adam{{.step_size = 0.01}}) <= 1e-8);
    BOOST_TEST(reached(AMSGrad{{.step_size = 0.01}}) <= 1e-4);
    BOOST_TEST(reached(NAdam{{.step_size = 0.01}}) <= 1e-8);
    BOOST_TEST(reached(AdaBelief{{.step_size = 0.01, .epsilon = 1e-16}}) <= 1e-8);
    BOOST_TEST(reached(RMSprop{{.step_size = 0.001}}) <= 1e-2);
    BOOST_TEST(reached(AdaGrad{{.step_size = 0.5}}) <= 1e-4);
    BOOST_TEST(reached(Lion{{.step_size = 5e-4}}) <= 5e-2);
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_every_method) {
    const auto check = [](const auto& method) {
        test::check_saved_state(method);
        test::check_failed_steps(method);
    };
    check(AdaGrad{});
    check(RMSprop{});
    check(Adam{});
    check(AdamW{});
    check(AMSGrad{});
    check(NAdam{});
    check(AdaBelief{});
    check(Lion{});
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    BOOST_TEST(test::message_of<Adam>({.step_size = 0.0}) ==
               "Adam: step_size is 0, expected a finite positive number");
    BOOST_TEST(test::message_of<Adam>({.first_decay = 1.0}) ==
               "Adam: first_decay is 1, expected 0 <= first_decay < 1");
    BOOST_TEST(test::message_of<NAdam>({.second_decay = -0.1}) ==
               "NAdam: second_decay is -0.1, expected 0 <= second_decay < 1");
    BOOST_TEST(test::message_of<AMSGrad>({.epsilon = -1.0}) ==
               "AMSGrad: epsilon is -1, expected a finite number that is not negative");
    BOOST_TEST(test::message_of<RMSprop>({.decay = 2.0}) == "RMSprop: decay is 2, expected 0 <= decay < 1");
    BOOST_TEST(test::message_of<AdamW>({.weight_decay = -1.0}) ==
               "AdamW: weight_decay is -1, expected a finite number that is not negative");
    BOOST_TEST(test::message_of<Lion>({.weight_decay = std::numeric_limits<double>::quiet_NaN()}) ==
               "Lion: weight_decay is nan, expected a finite number that is not negative");
    BOOST_TEST(test::message_of<AdaGrad>({.step_size = -1.0}) ==
               "AdaGrad: step_size is -1, expected a finite positive number");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
