#include "hesse/optim/trust_region.hpp"

#include "hesse/optim/minimize.hpp"
#include "hesse/optim/random.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <string>

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
    // Flat in r^2 = 9 directions: the lowest eigenvalue is zero, and it is certain within the bound that
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

BOOST_AUTO_TEST_CASE(stops_at_the_rounding_floor) {
    // Differences of 1e8 + |x|^2 / 2 below 1e-8 are rounding; a gradient of 1e-20 cannot be reached by them.
    const test::AnalyticObjective f{
        2, [](const VectorXd& x) { return 1e8 + std::cosh(x[0]) + 0.5 * x[1] * x[1]; },
        [](const VectorXd& x) -> VectorXd { return Vector2d(std::sinh(x[0]) + 1e-13, x[1] + 1e-13); },
        [](const VectorXd& x, const VectorXd& v) -> VectorXd {
            return Vector2d(std::cosh(x[0]) * v[0], v[1]);
        }};
    const auto result = minimize(f, Vector2d(1.0, 1.0), TrustRegion{}, Stopping{.gradient_norm = 0.0});
    BOOST_TEST((result.status == Status::rounding_floor || result.status == Status::second_order));
    BOOST_TEST(result.gradient_norm < 1e-12);
    BOOST_TEST(result.iterations < 20);
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
    BOOST_TEST(message_of({.subspace = 1}) == "TrustRegion: subspace is 1, expected at least 2");
}

BOOST_AUTO_TEST_SUITE_END()
