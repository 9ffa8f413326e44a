// The whole way on losses as a user writes them: recorded, classified, left. The points are exact saddles at
// which SciPy's trust-krylov, trust-ncg, Newton-CG, BFGS and L-BFGS-B report success.
#include "hesse/hesse.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <functional>

using namespace hesse;
using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;

namespace {

constexpr auto double_well = []<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& p) {
    const T &x = p[0], y = p[1];
    return x * x / 2 - y * y / 2 + y * y * y * y / 4;
};

MatrixXd gaussian(Index rows, Index cols, std::uint64_t seed) {
    RandomGenerator random(seed);
    return MatrixXd::NullaryExpr(rows, cols, [&] { return random.normal(); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(taped_losses)

BOOST_AUTO_TEST_CASE(the_double_well_is_left_for_a_minimum) {
    const auto result = minimize(objective(double_well, 2), Vector2d(1.0, 0.0), TrustRegion{});
    BOOST_REQUIRE(result.verdict.has_value());
    BOOST_TEST((result.verdict->kind == CriticalPointKind::minimum));
    BOOST_TEST(std::abs(result.value + 0.25) < 1e-12);
    BOOST_TEST(std::abs(std::abs(result.x[1]) - 1.0) < 1e-6);
}

BOOST_AUTO_TEST_CASE(quartic_pca_is_left_for_the_leading_eigenvector) {
    const MatrixXd a = VectorXd::LinSpaced(10, 1.0, 10.0).asDiagonal();
    const auto f =
        objective([&](const auto& x) { return 0.25 * square(x.squaredNorm()) - 0.5 * x.dot(a * x); }, 10);
    const auto result = minimize(f, 0.5 * VectorXd::Unit(10, 0), TrustRegion{});
    BOOST_REQUIRE(result.verdict.has_value());
    BOOST_TEST((result.verdict->kind == CriticalPointKind::minimum));
    BOOST_TEST(std::abs(result.value + 25.0) < 1e-10);  // -10^2 / 4 at sqrt(10) e_10
    BOOST_TEST(std::abs(std::abs(result.x[9]) - std::sqrt(10.0)) < 1e-6);
}

BOOST_AUTO_TEST_CASE(a_factorisation_reaches_eckart_and_young_from_zero) {
    const Index rows = 20, cols = 15, rank = 3;
    const MatrixXd m = gaussian(rows, cols, 2024);
    const auto f = objective(
        [&](const auto& theta) {
            auto [u, v] = unpack(theta, shape(rows, rank), shape(cols, rank));
            return 0.5 * (u * v.transpose() - m).squaredNorm();
        },
        (rows + cols) * rank);
    const auto result = minimize(f, VectorXd::Zero(f.size()), TrustRegion{}, Stopping{.gradient_norm = 1e-8});
    const VectorXd singular = Eigen::JacobiSVD<MatrixXd>(m).singularValues();
    const double optimum = 0.5 * singular.tail(cols - rank).squaredNorm();
    BOOST_TEST(std::abs(result.value - optimum) <= 1e-10 * optimum);
    // Its minimisers are flat in r^2 directions: no more than that may be claimed.
    BOOST_REQUIRE(result.verdict.has_value());
    BOOST_TEST((result.verdict->kind == CriticalPointKind::degenerate));
    BOOST_TEST(std::abs(result.verdict->lowest.value) < 1e-7);
    BOOST_TEST(result.verdict->lowest_bound > -2e-3 * result.verdict->norm_estimate);
    BOOST_TEST(result.verdict->failure_probability <= 0.01);
}

BOOST_AUTO_TEST_CASE(a_linear_network_of_one_weight_a_layer_has_a_saddle_at_zero) {
    const auto f = objective([](const auto& w) { return square(1.0 - w(0) * w(1)); }, 2);
    const auto zero = classify(f, Vector2d(0.0, 0.0));
    BOOST_TEST((zero.kind == CriticalPointKind::saddle));
    BOOST_TEST(std::abs(zero.lowest.value + 2.0) < 1e-12);
    BOOST_TEST(std::abs(zero.highest.value - 2.0) < 1e-12);
    BOOST_TEST(std::abs(std::abs(zero.direction.dot(Vector2d(1, 1))) - std::sqrt(2.0)) < 1e-12);
    for (const double sign : {1.0, -1.0})
        BOOST_TEST(f.value(sign * 0.1 * zero.direction) < f.value(Vector2d(0, 0)));

    const auto valley = classify(f, Vector2d(1.0, 1.0));
    BOOST_TEST((valley.kind == CriticalPointKind::degenerate));
    BOOST_TEST(std::abs(valley.highest.value - 4.0) < 1e-12);
    BOOST_TEST(std::abs(valley.lowest.value) < 1e-12);
}

BOOST_AUTO_TEST_CASE(the_table_of_critical_points) {
    const auto kind_at_zero = [](auto loss) { return classify(objective(loss, 2), Vector2d(0.0, 0.0)).kind; };
    using enum CriticalPointKind;
    const auto is = [](CriticalPointKind found, CriticalPointKind expected) { return found == expected; };
    BOOST_TEST(
        is(kind_at_zero([](const auto& p) { return p(0) * p(0) + p(0) * p(1) + p(1) * p(1); }), minimum));
    BOOST_TEST(is(kind_at_zero([](const auto& p) { return -p.squaredNorm(); }), maximum));
    BOOST_TEST(is(kind_at_zero([](const auto& p) { return square(p(0)) - square(p(1)); }), saddle));
    // What only a higher order decides.
    BOOST_TEST(is(kind_at_zero([](const auto& p) { return square(p(0)) + pow(p(1), 4); }), degenerate));
    BOOST_TEST(is(kind_at_zero([](const auto& p) { return square(p(0)) - pow(p(1), 4); }), degenerate));
    BOOST_TEST(is(kind_at_zero([](const auto& p) { return square(p(0)) + pow(p(1), 3); }), degenerate));
    BOOST_TEST(is(kind_at_zero([](const auto& p) { return -square(p(0)) - pow(p(1), 4); }), degenerate));
    BOOST_TEST(is(kind_at_zero([](const auto& p) { return -square(p(0)) + pow(p(1), 4); }), degenerate));
    BOOST_TEST(
        is(kind_at_zero([](const auto& p) { return pow(p(0), 3) - 3.0 * p(0) * square(p(1)); }), degenerate));
}

BOOST_AUTO_TEST_CASE(a_deep_linear_network_is_degenerate_at_zero) {
    const MatrixXd x = gaussian(4, 30, 1), y = gaussian(3, 30, 2);
    const auto f = objective(
        [&](const auto& theta) {
            auto [w1, w2, w3] = unpack(theta, shape(4, 4), shape(4, 4), shape(3, 4));
            return 0.5 * (w3 * (w2 * (w1 * x)) - y).squaredNorm();
        },
        44);
    const auto point = classify(f, VectorXd::Zero(44));
    BOOST_TEST((point.kind == CriticalPointKind::degenerate));
    BOOST_TEST(point.highest.value == 0.0);
    BOOST_TEST(point.lowest.value == 0.0);
}

BOOST_AUTO_TEST_CASE(what_the_loss_throws_reaches_the_user_and_nothing_is_lost) {
    bool broken = false;
    const auto f = objective(
        [&](const auto& x) {
            auto y = exp(x.array()).sum();
            if (broken) throw std::runtime_error("the data are gone");
            return y - x.sum();
        },
        3);
    const VectorXd start = VectorXd::Constant(3, 2.0);
    const auto is_ours = [](const std::runtime_error& e) {
        return std::string(e.what()) == "the data are gone";
    };
    TrustRegion method;
    broken = true;
    BOOST_CHECK_EXCEPTION(minimize(f, start, method), std::runtime_error, is_ours);
    BOOST_CHECK_EXCEPTION(classify(f, start), std::runtime_error, is_ours);
    broken = false;
    const auto result = minimize(f, start, method);
    BOOST_TEST(result.x.norm() < 1e-6);  // e^x - x is least at 0
    BOOST_TEST((result.verdict->kind == CriticalPointKind::minimum));
}

BOOST_AUTO_TEST_SUITE_END()
