#include "hesse/optim/trust_region.hpp"

#include "hesse/optim/minimize.hpp"
#include "hesse/optim/random.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <utility>

using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

MatrixXd gaussian(Index rows, Index columns, std::uint64_t seed) {
    RandomGenerator random(seed);
    MatrixXd m(rows, columns);
    for (double& entry : m.reshaped()) entry = random.normal();
    return m;
}

/// f times a factor: the same loss in other units.
template <Objective F>
test::AnalyticObjective scaled(const F& f, double factor) {
    return {f.size(), [=](const VectorXd& x) { return factor * f.value(x); },
            [=](const VectorXd& x) -> VectorXd { return factor * f.linearize(x).gradient(); },
            [=](const VectorXd& x, const VectorXd& v) -> VectorXd {
                VectorXd out(v.size());
                f.linearize(x).hessian().apply(v, out);
                return factor * out;
            }};
}

/// Of one variable, from f and its first two derivatives.
template <class F, class G, class H>
test::AnalyticObjective of_one_variable(F f, G first, H second) {
    return {1, [=](const VectorXd& x) { return f(x[0]); },
            [=](const VectorXd& x) -> VectorXd { return VectorXd::Constant(1, first(x[0])); },
            [=](const VectorXd& x, const VectorXd& v) -> VectorXd { return second(x[0]) * v; }};
}

/// A method that stands somewhere, ready to step.
struct Standing {
    test::AnalyticObjective f;
    ErasedObjective<test::AnalyticObjective> erased{f};
    Iterate at;
    TrustRegion method;
    Standing(test::AnalyticObjective objective, const VectorXd& x, TrustRegion::Options options = {})
        : f(std::move(objective)), at(erased, x.data()), method(options) {
        method.start(at);
    }
};

/// -x + (1 - ratio) |x|^3: at 0 the model is -x, so that the step of radius 1 ends at 1 and gains `ratio` of
/// what is predicted.
test::AnalyticObjective with_ratio(double ratio) {
    return of_one_variable([=](double x) { return -x + (1.0 - ratio) * std::abs(x * x * x); },
                           [=](double x) { return -1.0 + 3.0 * (1.0 - ratio) * x * std::abs(x); },
                           [=](double x) { return 6.0 * (1.0 - ratio) * std::abs(x); });
}

const VectorXd origin = VectorXd::Zero(1), unit = VectorXd::Ones(1);

}  // namespace

BOOST_AUTO_TEST_SUITE(trust_region)

BOOST_AUTO_TEST_CASE(leaves_the_double_well_saddle_that_the_gradient_points_to) {
    const auto f = test::double_well();
    const auto result = minimize(f, Vector2d(1.0, 0.0), TrustRegion{});
    BOOST_TEST(result.status == Status::second_order);
    BOOST_REQUIRE(result.verdict.has_value());
    BOOST_TEST((result.verdict->kind == CriticalPointKind::minimum));
    BOOST_TEST(std::abs(result.verdict->lowest.value - 1.0) < 1e-6);
    BOOST_TEST(result.escapes == 1);
    BOOST_TEST(std::abs(result.value - -0.25) < 1e-12);
    BOOST_TEST(std::abs(std::abs(result.x[1]) - 1.0) < 1e-6);
}

BOOST_AUTO_TEST_CASE(leaves_the_saddles_of_quartic_pca) {
    // The minima are +-sqrt(10) e_10 with value -10^2 / 4.
    const MatrixXd a = VectorXd::LinSpaced(10, 1.0, 10.0).asDiagonal();
    const auto f = test::quartic_pca(a);
    const auto result = minimize(f, 0.5 * VectorXd::Unit(10, 0), TrustRegion{});
    BOOST_TEST(result.status == Status::second_order);
    BOOST_REQUIRE(result.verdict.has_value());
    BOOST_TEST((result.verdict->kind == CriticalPointKind::minimum));
    BOOST_TEST(std::abs(result.value - -25.0) < 1e-10);
    BOOST_TEST(std::abs(std::abs(result.x[9]) - std::sqrt(10.0)) < 1e-6);
}

BOOST_AUTO_TEST_CASE(factorises_a_matrix_from_the_saddle_at_zero) {
    const MatrixXd m = gaussian(20, 15, 2024);
    const auto f = test::factorisation(m, 3);
    const auto result = minimize(f, VectorXd::Zero(f.size()), TrustRegion{}, Stopping{.gradient_norm = 1e-8});
    // Eckart and Young: half the squares of the singular values that a matrix of rank three leaves out.
    const VectorXd singular = Eigen::JacobiSVD<MatrixXd>(m).singularValues();
    const double optimum = 0.5 * singular.tail(12).squaredNorm();
    BOOST_TEST(std::abs(result.value - optimum) <= 1e-10 * optimum);
    BOOST_TEST(result.status == Status::degenerate);
    BOOST_TEST(result.escapes >= 1);
    // Flat in r^2 = 9 directions: the lowest eigenvalue is origin, and it is certain within the bound that
    // nothing lies further below it.
    BOOST_REQUIRE(result.verdict.has_value());
    BOOST_TEST((result.verdict->kind == CriticalPointKind::degenerate));
    BOOST_TEST(std::abs(result.verdict->lowest.value) < 1e-7);
    const double norm = result.verdict->norm_estimate;
    BOOST_TEST(result.verdict->lowest_bound > -2e-3 * norm);
    BOOST_TEST(result.verdict->lowest_bound <= result.verdict->lowest.value + 1e-12 * norm);
    BOOST_TEST_MESSAGE(describe(result));
}

BOOST_AUTO_TEST_CASE(converges_superlinearly_on_rosenbrock) {
    const auto f = test::rosenbrock();
    const auto result = minimize(f, Vector2d(-1.2, 1.0), TrustRegion{}, Stopping{.gradient_norm = 1e-10});
    BOOST_TEST(result.status == Status::second_order);
    BOOST_TEST((result.x - Vector2d(1.0, 1.0)).norm() < 1e-9);
    BOOST_TEST(result.iterations < 40);
}

BOOST_AUTO_TEST_CASE(powers_of_two_of_the_loss_take_the_same_path) {
    const auto f = test::rosenbrock();
    const Vector2d start(-1.2, 1.0);
    const auto result = minimize(f, start, TrustRegion{}, Stopping{.gradient_norm = 0x1p-30});
    for (const double factor : {0x1p40, 0x1p-40}) {
        const auto other =
            minimize(scaled(f, factor), start, TrustRegion{}, Stopping{.gradient_norm = 0x1p-30 * factor});
        BOOST_TEST(other.iterations == result.iterations);
        BOOST_TEST((other.x.array() == result.x.array()).all());
        BOOST_TEST(other.value == factor * result.value);
    }
}

BOOST_AUTO_TEST_CASE(the_ratio_decides_the_radius_and_the_step) {
    struct Case {
        double ratio, radius;
    };
    for (const Case expected : {Case{0.99, 8.0}, Case{0.9, 2.5}, Case{0.8, 2.0}, Case{1.1, 2.5},
                                Case{0.5, 1.0}, Case{0.2, 0.5}, Case{0.1, 0.5}, Case{0.001, 0.5}}) {
        Standing standing(with_ratio(expected.ratio), origin);
        BOOST_TEST((standing.method.step(standing.at) == StepOutcome::moved));
        BOOST_TEST(std::abs(standing.method.radius() - expected.radius) < 1e-10);
        BOOST_TEST(std::abs(standing.at.x()[0] - 1.0) < 1e-12);
    }
    // Rejected at 1. At 1/2 the ratio is 1 - (1 - ratio) / 4: the radius doubles, or stays; or it is rejected again.
    struct Rejected {
        double ratio, step, radius;
    };
    for (const Rejected expected :
         {Rejected{5e-5, 0.5, 1.0}, Rejected{-1.0, 0.5, 0.5}, Rejected{-4.0, 0.25, 0.25}}) {
        Standing standing(with_ratio(expected.ratio), origin);
        BOOST_TEST((standing.method.step(standing.at) == StepOutcome::moved));
        BOOST_TEST(std::abs(standing.at.x()[0] - expected.step) < 1e-12);
        BOOST_TEST(std::abs(standing.method.radius() - expected.radius) < 1e-12);
    }
    Standing strict(with_ratio(0.1), origin, {.acceptance = 0.2});
    strict.method.step(strict.at);
    BOOST_TEST(std::abs(strict.at.x()[0] - 0.5) < 1e-12);
    Standing bounded(with_ratio(0.9), origin, {.maximum_radius = 1.5});
    bounded.method.step(bounded.at);
    BOOST_TEST(bounded.method.radius() == 1.5);
}

BOOST_AUTO_TEST_CASE(rejected_steps_spend_no_products) {
    // 1/2 x'Dx - c'x + 1e4 |x|^4: the quadratic model at 0 knows nothing of the quartic wall.
    const VectorXd d = VectorXd::LinSpaced(20, 1.0, 20.0), c = VectorXd::Ones(20);
    const test::AnalyticObjective f{
        20,
        [=](const VectorXd& x) {
            return 0.5 * x.dot(d.cwiseProduct(x)) - c.dot(x) + 1e4 * x.squaredNorm() * x.squaredNorm();
        },
        [=](const VectorXd& x) -> VectorXd { return d.cwiseProduct(x) - c + 4e4 * x.squaredNorm() * x; },
        [=](const VectorXd& x, const VectorXd& v) -> VectorXd {
            return d.cwiseProduct(v) + 4e4 * (x.squaredNorm() * v + 2.0 * x.dot(v) * x);
        }};
    Standing standing(f, VectorXd::Zero(20));
    BOOST_TEST((standing.method.step(standing.at) == StepOutcome::moved));
    const Index trials = standing.at.counters().total().values;
    BOOST_TEST(trials >= 3);  // all but the last were rejected
    BOOST_TEST(standing.method.radius() < 0.1);

    KrylovTrustRegion once(VectorSpace(20), 200);
    const MatrixXd h = d.asDiagonal();
    const VectorXd g = -c;
    const auto model = once.minimize(h, g.data(), 1.0, 0.5 * g.norm(), 200, 0.5);
    BOOST_TEST(standing.f.counts().products == model.products);
}

BOOST_AUTO_TEST_CASE(steps_on_the_floor_of_the_loss_are_judged_by_the_gradient) {
    // The Newton step predicts 1/2 (1e-5)^2: less than ten roundings of 1e8, and no value can judge it.
    const auto f = of_one_variable([](double x) { return 1e8 + 0.5 * x * x; }, [](double x) { return x; },
                                   [](double) { return 1.0; });
    Standing standing(f, 1e-5 * unit);
    BOOST_TEST((standing.method.step(standing.at) == StepOutcome::moved));  // the gradient falls to zero
    BOOST_TEST(standing.at.x()[0] == 0.0);
    BOOST_TEST(standing.at.counters().total().values == 0);
}

BOOST_AUTO_TEST_CASE(a_floor_where_the_gradient_falls_no_further_is_reported) {
    // The gradient has an error of 1e-5 that the step does not remove.
    const auto f = of_one_variable([](double x) { return 1e8 + 0.5 * x * x; }, [](double) { return 1e-5; },
                                   [](double) { return 1.0; });
    Standing standing(f, origin);
    BOOST_TEST((standing.method.step(standing.at) == StepOutcome::rounding_floor));
    BOOST_TEST(standing.at.x()[0] == 0.0);
    BOOST_TEST(standing.at.counters().total().values == 0);
}

BOOST_AUTO_TEST_CASE(noise_of_the_loss_above_its_floor_rejects_no_good_step) {
    // 1e6 + x^2/2, and 2 floors more everywhere but at the start, where a step predicts 5 floors. The ratio of
    // the plain differences is 0.6, and -1 with a noise of 10 floors; the regularised one is near 1.
    const double floor = 10.0 * std::numeric_limits<double>::epsilon() * 1e6;
    const double start = std::sqrt(2.0 * 5.0 * floor);
    for (const double noise : {2.0, 10.0}) {
        const auto f =
            of_one_variable([=](double x) { return 1e6 + 0.5 * x * x + (x == start ? 0.0 : noise * floor); },
                            [](double x) { return x; }, [](double) { return 1.0; });
        Standing standing(f, start * unit);
        BOOST_TEST((standing.method.step(standing.at) == StepOutcome::moved));
        BOOST_TEST(std::abs(standing.at.x()[0]) < 1e-12);
        BOOST_TEST(standing.at.counters().total().values == 1);
        BOOST_TEST(standing.method.radius() == 1.0);
    }
}

BOOST_AUTO_TEST_CASE(restart_takes_the_length_of_the_move_as_the_radius) {
    Standing standing(test::double_well(), Vector2d(1.0, 0.0),
                      {.initial_radius = 0.5, .maximum_radius = 30.0});
    standing.at.move_to(Vector2d(1.0, 10.0));
    standing.method.restart(standing.at);
    BOOST_TEST(standing.method.radius() == 10.0);
    standing.at.move_to(Vector2d(1.0, 9.0));
    standing.method.restart(standing.at);
    BOOST_TEST(standing.method.radius() == 10.0);  // a shorter move does not shrink it
    standing.at.move_to(Vector2d(1.0, 100.0));
    standing.method.restart(standing.at);
    BOOST_TEST(standing.method.radius() == 30.0);
}

BOOST_AUTO_TEST_CASE(a_loaded_state_goes_on_as_the_saved_one) {
    // Residuals are asked for in units of the largest gradient seen: the number of products tells when that is
    // forgotten.
    const VectorXd d = VectorXd::LinSpaced(100, 1.0, 1000.0);
    const auto f = test::quadratic(d.asDiagonal());
    const TrustRegion::Options options{.initial_radius = 1e4};
    Standing first(f, VectorXd::Ones(100), options), second(f, VectorXd::Ones(100), options);
    for (int k = 0; k < 3; ++k) BOOST_TEST((first.method.step(first.at) == StepOutcome::moved));
    std::stringstream text, again;
    first.method.save(text);
    second.method.load(text);
    second.method.save(again);
    BOOST_TEST(again.str() == text.str());
    BOOST_TEST(second.method.radius() == first.method.radius());

    second.at.move_to(first.at.x());
    const Index before[] = {first.at.counters().total().products, second.at.counters().total().products};
    first.method.step(first.at);
    second.method.step(second.at);
    BOOST_TEST(second.at.counters().total().products - before[1] ==
               first.at.counters().total().products - before[0]);
    BOOST_TEST((second.at.x().array() == first.at.x().array()).all());
}

BOOST_AUTO_TEST_CASE(residuals_shrink_with_the_gradient) {
    // Where the gradient is the largest seen, a Newton step need not do more than halve it; at the same point
    // after a gradient ten thousand times as large, the residual is a hundredth.
    const VectorXd d = VectorXd::LinSpaced(100, 1.0, 1000.0);
    const auto f = test::quadratic(d.asDiagonal());
    const TrustRegion::Options options{.initial_radius = 1e4};
    Standing fresh(f, VectorXd::Ones(100), options);
    const double before = fresh.at.gradient_norm();
    fresh.method.step(fresh.at);
    BOOST_TEST(fresh.at.gradient_norm() <= 0.5 * before * (1.0 + 1e-9));
    BOOST_TEST(fresh.at.gradient_norm() > 0.01 * before);

    Standing late(f, 1e4 * VectorXd::Ones(100), options);
    late.method.step(late.at);
    late.at.move_to(VectorXd::Ones(100));
    late.method.step(late.at);
    BOOST_TEST(late.at.gradient_norm() <= 1e-2 * before * (1.0 + 1e-9));
}

BOOST_AUTO_TEST_CASE(stops_at_the_rounding_floor) {
    // Differences of 1e8 + ... below 1e-7 are rounding. The gradient carries an error of 1e-13, so that the goal
    // of zero is out of reach; that it becomes zero by chance at one point would end the run as second_order.
    const test::AnalyticObjective f{
        2, [](const VectorXd& x) { return 1e8 + std::cosh(x[0]) + 0.5 * x[1] * x[1]; },
        [](const VectorXd& x) -> VectorXd {
            return Vector2d(std::sinh(x[0]) + std::copysign(1e-13, x[0]), x[1] + std::copysign(1e-13, x[1]));
        },
        [](const VectorXd& x, const VectorXd& v) -> VectorXd {
            return Vector2d(std::cosh(x[0]) * v[0], v[1]);
        }};
    const auto result = minimize(f, Vector2d(1.0, 1.0), TrustRegion{}, Stopping{.gradient_norm = 0.0});
    BOOST_TEST(result.status == Status::rounding_floor);
    BOOST_TEST(result.gradient_norm < 1e-12);
    BOOST_TEST(result.iterations < 20);
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_finite_at_the_start_only_ends_as_not_finite) {
    // With f = 1 the radius shrinks until predictions are below the floor; that is no rounding floor.
    for (const double slope : {1.0, 100.0})
        for (const double value : {0.0, 1.0}) {
            const auto f = of_one_variable(
                [=](double x) { return x == 0.0 ? value : std::numeric_limits<double>::infinity(); },
                [=](double) { return slope; }, [](double) { return 1.0; });
            const auto result = minimize(f, origin, TrustRegion{});
            BOOST_TEST(result.status == Status::not_finite);
            BOOST_TEST(result.counters[Purpose::certificate].products == 0);
            BOOST_TEST(result.counters.total().values <= 110);
        }
}

BOOST_AUTO_TEST_CASE(kinks_and_cliffs_end_the_run) {
    // The radius shrinks until it means nothing; lambda = |g| / radius once overflowed, and the step never ended.
    for (const double slope : {1.0, 100.0, 1e10}) {
        const auto kink =
            of_one_variable([=](double x) { return slope * std::abs(x); },
                            [=](double x) { return x < 0.0 ? -slope : slope; }, [](double) { return 0.0; });
        Standing standing(kink, origin);
        BOOST_TEST((standing.method.step(standing.at) == StepOutcome::line_search));
        BOOST_TEST(standing.at.counters().total().values <= 110);
    }
    const auto cliff =
        of_one_variable([](double x) { return std::sqrt(x); }, [](double x) { return 0.5 / std::sqrt(x); },
                        [](double x) { return -0.25 * std::pow(x, -1.5); });
    for (const double radius : {1.0, 0.5, 0.3, 0.1}) {
        const auto result =
            minimize(cliff, unit, TrustRegion({.initial_radius = radius, .maximum_radius = radius}));
        BOOST_TEST(result.iterations < 1000);
        BOOST_TEST(result.value < 1e-6);  // on the way to 0, where the loss has no gradient
    }
}

BOOST_AUTO_TEST_CASE(a_wall_of_infinities_is_backed_away_from) {
    // -log(1 - x) - log(1 + x) + (x - 2)^2: the first Newton steps leave the domain.
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
    const auto result =
        minimize(f, VectorXd::Zero(1), TrustRegion{TrustRegion::Options{.initial_radius = 100.0}});
    BOOST_TEST(result.status == Status::second_order);
    BOOST_TEST(result.gradient_norm < 1e-6);
}

BOOST_AUTO_TEST_CASE(products_keep_within_the_budget) {
    const auto f = test::quadratic(VectorXd::LinSpaced(500, 0.001, 1.0).asDiagonal(), VectorXd::Ones(500));
    const auto result =
        minimize(f, VectorXd::Zero(500), TrustRegion{TrustRegion::Options{.initial_radius = 1e4}},
                 Stopping{.gradient_norm = 1e-12, .budget = 60.0});
    BOOST_TEST(result.status == Status::budget);
    BOOST_TEST(result.gradient_equivalents < 60.0 + 2.0);  // the last step's value and gradient
    BOOST_TEST(f.counts().products == result.counters.total().products);
}

BOOST_AUTO_TEST_CASE(bad_options_are_named) {
    const auto message_of = [](TrustRegion::Options options) {
        try {
            TrustRegion{options};
        } catch (const std::invalid_argument& error) {
            return std::string(error.what());
        }
        return std::string("nothing thrown");
    };
    BOOST_TEST(message_of({.initial_radius = -1.0}) ==
               "TrustRegion: initial_radius is -1, expected a finite positive number");
    BOOST_TEST(message_of({.acceptance = 0.5}) ==
               "TrustRegion: acceptance is 0.5, expected 0 <= acceptance < 0.25");
    BOOST_TEST(message_of({.initial_radius = 2.0, .maximum_radius = 1.0}) ==
               "TrustRegion: initial_radius is 2, expected at most maximum_radius, which is 1");
    BOOST_TEST(message_of({.subspace = 1}) == "TrustRegion: subspace is 1, expected at least 2");
}

BOOST_AUTO_TEST_CASE(wrong_derivatives_and_kinks_end_the_run_soon) {
    // Uphill for downhill: steps of the size of rounding may be accepted, but lead nowhere.
    const test::AnalyticObjective wrong{2, [](const VectorXd& x) { return 0.5 * x.squaredNorm(); },
                                        [](const VectorXd& x) -> VectorXd { return -x; },
                                        [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; }};
    const auto uphill = minimize(wrong, Eigen::Vector2d(3.0, 1.0), TrustRegion{});
    BOOST_TEST(uphill.status == Status::line_search);
    BOOST_TEST(uphill.iterations < 500);
    const test::AnalyticObjective kink{
        2, [](const VectorXd& x) { return x.lpNorm<1>() + x.squaredNorm() + 1.0; },
        [](const VectorXd& x) -> VectorXd { return x.array().sign() + 2.0 * x.array(); },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return 2.0 * v; }};
    const auto kinked = minimize(kink, Eigen::Vector2d(3.0, 1.0), TrustRegion{});
    BOOST_TEST((kinked.status == Status::line_search || kinked.status == Status::rounding_floor));
    BOOST_TEST(kinked.iterations < 500);
    BOOST_TEST(kinked.value < 1.1);
}

BOOST_AUTO_TEST_CASE(no_unit_of_the_parameters_is_too_large_and_no_first_radius_too_small) {
    // A bowl around (1e12, 2e12).
    const Vector2d middle(1e12, 2e12);
    const test::AnalyticObjective far(
        2, [=](const VectorXd& x) { return 1.0 + 0.5e-24 * (x - middle).squaredNorm(); },
        [=](const VectorXd& x) -> VectorXd { return 1e-24 * (x - middle); },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return 1e-24 * v; });
    const auto found = minimize(far, Vector2d(1e10, 1e10), TrustRegion{},
                                Stopping{.gradient_norm = 1e-18, .iterations = 30, .second_order = false});
    BOOST_TEST((found.status == Status::first_order));
    const auto down = minimize(test::linear_loss(Vector2d(1.0, -2.0)), Vector2d(0.0, 0.0), TrustRegion{});
    BOOST_TEST((down.status == Status::unbounded));
    BOOST_TEST(down.iterations < 100);
    const auto slow =
        minimize(test::rosenbrock(), Vector2d(-1.2, 1.0), TrustRegion({.initial_radius = 1e-50}));
    BOOST_TEST((slow.status == Status::second_order));
}

BOOST_AUTO_TEST_SUITE_END()
