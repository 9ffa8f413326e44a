#include "hesse/optim/adaptive_cubic_regularization.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/trust_region.hpp"
#include "support/analytic_objectives.hpp"
#include "support/method_checks.hpp"
#include "support/published_losses.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <utility>

using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

const Stopping first_order{.gradient_norm = 1e-6, .iterations = 5000, .second_order = false};

/// A method that stands somewhere, ready to step.
struct Standing {
    test::AnalyticObjective f;
    ErasedObjective<test::AnalyticObjective> erased{f};
    Iterate at;
    AdaptiveCubicRegularization method;
    Standing(test::AnalyticObjective objective, const VectorXd& x,
             AdaptiveCubicRegularization::Options options = {})
        : f(std::move(objective)), at(erased, x.data()), method(options) {
        method.start(at);
    }
};

/// -x + a |x|^3 / 3
test::AnalyticObjective with_cubic(double a) {
    return {1, [=](const VectorXd& x) { return -x[0] + a / 3.0 * std::abs(x[0] * x[0] * x[0]); },
            [=](const VectorXd& x) -> VectorXd {
                return VectorXd::Constant(1, -1.0 + a * x[0] * std::abs(x[0]));
            },
            [=](const VectorXd& x, const VectorXd& v) -> VectorXd { return 2.0 * a * std::abs(x[0]) * v; }};
}

VectorXd alternating(Index n) {
    VectorXd x(n);
    for (Index i = 0; i < n; ++i) x[i] = i % 2 == 0 ? -1.2 : 1.0;
    return x;
}

BOOST_AUTO_TEST_SUITE(adaptive_cubic_regularization)

BOOST_AUTO_TEST_CASE(published_problems_are_solved) {
    const Solution w = minimize(objective(test::wood, 4, scalars), VectorXd{{-3.0, -1.0, -3.0, -1.0}},
                                AdaptiveCubicRegularization{}, first_order);
    BOOST_TEST((w.status == Status::first_order));
    BOOST_TEST((w.x - VectorXd::Ones(4)).norm() <= 1e-5);
    BOOST_TEST(w.counters.total().products <= 180);
    const Solution p = minimize(objective(test::powell_singular, 4, scalars), VectorXd{{3.0, -1.0, 0.0, 1.0}},
                                AdaptiveCubicRegularization{}, first_order);
    BOOST_TEST((p.status == Status::first_order));
    BOOST_TEST(p.value <= 1e-8);
    BOOST_TEST(p.counters.total().products <= 80);

    // The documented example of GALAHAD's ARC: from a point of index 1.
    const auto galahad = [](const auto& x) {
        const auto a = x[0] + x[2] + 4.0;
        const auto b = x[1] + x[2];
        return a * a + b * b + cos(x[0]);
    };
    const Solution g = minimize(objective(galahad, 3, scalars), VectorXd::Ones(3),
                                AdaptiveCubicRegularization{}, Stopping{.gradient_norm = 1e-8});
    BOOST_TEST((g.status == Status::second_order));
    BOOST_TEST(std::abs(g.value - -1.0) <= 1e-12);
    BOOST_TEST((g.x - VectorXd{{-3.141592653589793, 0.858407346410207, -0.858407346410207}}).norm() <= 1e-7);
    BOOST_TEST(g.iterations <= 12);
}

BOOST_AUTO_TEST_CASE(a_curved_valley_takes_not_many_more_products_than_a_trust_region) {
    const auto f = objective(test::chained_rosenbrock, 100);
    const Solution cubic = minimize(f, alternating(100), AdaptiveCubicRegularization{}, first_order);
    const Solution ball = minimize(f, alternating(100), TrustRegion{}, first_order);
    BOOST_TEST((cubic.status == Status::first_order));
    BOOST_TEST(static_cast<double>(cubic.counters.total().products) <=
               1.5 * static_cast<double>(ball.counters.total().products));
}

BOOST_AUTO_TEST_CASE(converges_superlinearly) {
    const Solution found = minimize(test::rosenbrock(), Vector2d(-1.2, 1.0), AdaptiveCubicRegularization{},
                                    Stopping{.gradient_norm = 1e-10});
    BOOST_TEST((found.status == Status::second_order));
    BOOST_TEST((found.x - Vector2d(1.0, 1.0)).norm() < 1e-9);
    BOOST_TEST(found.iterations < 40);
}

BOOST_AUTO_TEST_CASE(powers_of_two_of_the_loss_take_the_same_path) {
    const auto f = test::rosenbrock();
    const Vector2d start(-1.2, 1.0);
    const Solution found =
        minimize(f, start, AdaptiveCubicRegularization{}, Stopping{.gradient_norm = 0x1p-30});
    for (const double factor : {0x1p40, 0x1p-40}) {
        const test::AnalyticObjective scaled{
            2, [=](const VectorXd& x) { return factor * f.value(x); },
            [=](const VectorXd& x) -> VectorXd { return factor * f.linearize(x).gradient(); },
            [=](const VectorXd& x, const VectorXd& v) -> VectorXd {
                VectorXd out(2);
                f.linearize(x).hessian().apply(v, out);
                return factor * out;
            }};
        const Solution other = minimize(scaled, start, AdaptiveCubicRegularization{},
                                        Stopping{.gradient_norm = 0x1p-30 * factor});
        BOOST_TEST(other.iterations == found.iterations);
        BOOST_TEST((other.x == found.x));  // bit for bit
        BOOST_TEST(other.value == factor * found.value);
    }
}

BOOST_AUTO_TEST_CASE(the_first_step_has_the_length_that_is_asked_for) {
    for (const double length : {1.0, 1e-3, 50.0}) {
        // No curvature: exactly.
        Standing flat(with_cubic(1e-12), VectorXd::Zero(1), {.initial_length = length});
        BOOST_TEST((flat.method.step(flat.at) == StepOutcome::moved));
        BOOST_TEST(std::abs(flat.at.x()[0] / length - 1.0) < 1e-6);
    }
    // Much negative curvature and a small gradient: -c/2 x^2 - g x would be followed to c^2 / g.
    const test::AnalyticObjective hill{
        1, [](const VectorXd& x) { return -50.0 * x[0] * x[0] - 0.01 * x[0]; },
        [](const VectorXd& x) -> VectorXd { return VectorXd::Constant(1, -100.0 * x[0] - 0.01); },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return -100.0 * v; }};
    Standing steep(hill, VectorXd::Zero(1));
    BOOST_TEST((steep.method.step(steep.at) == StepOutcome::moved));
    BOOST_TEST(steep.at.x()[0] <= 1.5);
    BOOST_TEST(steep.at.x()[0] > 0.5);
}

BOOST_AUTO_TEST_CASE(sigma_becomes_what_the_loss_asks_for) {
    // At 0 the model is -x + sigma / 3 x^3, with sigma = 1 at first: its step ends at 1. The loss there has the model's form with
    // a for sigma.
    struct Case {
        double a, sigma;
    };
    for (const Case expected : {Case{0.01, 0.1}, Case{0.5, 0.5}, Case{1.0, 1.0}, Case{2.0, 1.0}}) {
        Standing standing(with_cubic(expected.a), VectorXd::Zero(1));
        BOOST_TEST((standing.method.step(standing.at) == StepOutcome::moved));
        BOOST_TEST(std::abs(standing.at.x()[0] - 1.0) < 1e-10);
        BOOST_TEST(std::abs(standing.method.sigma() / expected.sigma - 1.0) < 1e-9);
    }
    // 3 x^3 - x rises at 1: rejected, twice sigma, and what is promised is at 1 / sqrt(2).
    Standing uphill(with_cubic(9.0), VectorXd::Zero(1));
    BOOST_TEST((uphill.method.step(uphill.at) == StepOutcome::moved));
    BOOST_TEST(uphill.at.x()[0] < 1.0 / std::sqrt(3.0));
    BOOST_TEST(uphill.at.counters().total().values >= 2);
    BOOST_TEST(uphill.f.counts().products == 1);  // rejected steps spend none
}

BOOST_AUTO_TEST_CASE(saddles_are_left) {
    const MatrixXd a = VectorXd::LinSpaced(10, 1.0, 10.0).asDiagonal();
    const Solution found =
        minimize(test::quartic_pca(a), VectorXd::Zero(10), AdaptiveCubicRegularization{}, Stopping{});
    BOOST_TEST((found.status == Status::second_order));
    BOOST_TEST(found.escapes >= 1);
    BOOST_TEST(std::abs(found.value - -25.0) < 1e-10);  // -10^2 / 4
}

BOOST_AUTO_TEST_CASE(infinite_losses_are_backed_away_from) {
    // -log(1 - x) - log(1 + x) + (x - 2)^2
    const test::AnalyticObjective f{
        1,
        [](const VectorXd& x) {
            return -std::log(1.0 - x[0]) - std::log(1.0 + x[0]) + std::pow(x[0] - 2.0, 2);
        },
        [](const VectorXd& x) -> VectorXd {
            return VectorXd::Constant(1, 1.0 / (1.0 - x[0]) - 1.0 / (1.0 + x[0]) + 2.0 * (x[0] - 2.0));
        },
        [](const VectorXd& x, const VectorXd& v) -> VectorXd {
            return (std::pow(1.0 - x[0], -2) + std::pow(1.0 + x[0], -2) + 2.0) * v;
        }};
    const Solution found =
        minimize(f, VectorXd::Zero(1), AdaptiveCubicRegularization({.initial_length = 10.0}));
    BOOST_TEST((found.status == Status::second_order));
    BOOST_TEST(std::abs(found.x[0] - 0.6889) < 1e-4);

    const test::AnalyticObjective nowhere{
        1, [](const VectorXd& x) { return x[0] == 0.0 ? 1.0 : std::numeric_limits<double>::infinity(); },
        [](const VectorXd&) -> VectorXd { return VectorXd::Ones(1); },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; }};
    const Solution stuck = minimize(nowhere, VectorXd::Zero(1), AdaptiveCubicRegularization{});
    BOOST_TEST((stuck.status == Status::not_finite));
    BOOST_TEST(stuck.counters.total().values <= 250);
}

BOOST_AUTO_TEST_CASE(kinks_end_the_run) {
    const test::AnalyticObjective kink{
        2, [](const VectorXd& x) { return x.lpNorm<1>() + x.squaredNorm() + 1.0; },
        [](const VectorXd& x) -> VectorXd { return x.array().sign() + 2.0 * x.array(); },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return 2.0 * v; }};
    const Solution found = minimize(kink, Vector2d(3.0, 1.0), AdaptiveCubicRegularization{});
    BOOST_TEST((found.status == Status::line_search || found.status == Status::rounding_floor));
    BOOST_TEST(found.iterations < 500);
    BOOST_TEST(found.value < 1.1);
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_every_method) {
    test::check_saved_state(AdaptiveCubicRegularization{});
    test::check_failed_steps(AdaptiveCubicRegularization{});
    test::check_rounding_floor(AdaptiveCubicRegularization{});
    test::check_escape(AdaptiveCubicRegularization{});
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    using M = AdaptiveCubicRegularization;
    BOOST_TEST(test::message_of<M>({.initial_length = 0.0}) ==
               "AdaptiveCubicRegularization: initial_length is 0, expected a finite positive number");
    BOOST_TEST(test::message_of<M>({.acceptance = 0.1}) ==
               "AdaptiveCubicRegularization: acceptance is 0.1, expected 0 <= acceptance < 0.1");
    BOOST_TEST(test::message_of<M>({.subspace = 1}) ==
               "AdaptiveCubicRegularization: subspace is 1, expected at least 2");
}

BOOST_AUTO_TEST_CASE(a_model_beyond_all_numbers_ends_the_run) {
    const test::AnalyticObjective f(
        1, [](const VectorXd& x) { return std::log(x[0]); },
        [](const VectorXd& x) -> VectorXd { return x.cwiseInverse(); },
        [](const VectorXd& x, const VectorXd& v) -> VectorXd { return -v / (x[0] * x[0]); });
    const auto found =
        minimize(f, VectorXd::Constant(1, 1e-100), AdaptiveCubicRegularization({.initial_length = 5e-101}),
                 Stopping{.iterations = 10});
    BOOST_TEST((found.status == Status::not_finite));
    const auto from_one =
        minimize(f, VectorXd::Ones(1), AdaptiveCubicRegularization{}, Stopping{.iterations = 2000});
    BOOST_TEST((from_one.status == Status::not_finite));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
