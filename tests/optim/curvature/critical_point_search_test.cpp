#include "hesse/optim/curvature/critical_point_search.hpp"

#include "hesse/autodiff.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>

namespace {

using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using End = CriticalPointSearchEnd;

/// Near every point of {0, pi}^n a critical point whose index counts the zeros.
auto coupled_cosines(Index n) {
    return objective(
        [n](const auto& x) {
            return cos(x).sum() + 0.02 * (x.head(n - 1).array() * x.tail(n - 1).array()).sum();
        },
        n);
}

BOOST_AUTO_TEST_SUITE(search_for_critical_points)

BOOST_AUTO_TEST_CASE(a_point_that_is_nearly_critical_is_polished_whatever_its_index) {
    const Index n = 1000;
    const auto f = coupled_cosines(n);
    for (const Index zeros : {0, 5, 8}) {
        VectorXd start = VectorXd::Constant(n, std::numbers::pi);
        start.head(zeros).setZero();
        const FoundCriticalPoint found = find_critical_point(f, start);
        BOOST_TEST((found.end == End::converged));
        BOOST_TEST(found.gradient_norm <= 1e-8);
        BOOST_TEST(found.index.determined);
        BOOST_TEST(found.index.lower_bound == zeros);
        BOOST_TEST(found.iterations <= 8);
    }
}

BOOST_AUTO_TEST_CASE(deflation_leads_from_one_start_to_one_point_after_the_other) {
    // x^3 - x: critical points of (x^2 - 1)^2 / 4 at -1, 0, 1.
    const auto f = objective(
        [](const auto& x) {
            const auto w = x[0] * x[0] - 1.0;
            return 0.25 * w * w;
        },
        1, scalars);
    const VectorXd start{{0.8}};
    Columns known(1, 0);
    double sum = 0.0, squares = 0.0;
    for (Index k = 0; k < 3; ++k) {
        const FoundCriticalPoint found = find_critical_point(f, start, {}, known);
        BOOST_REQUIRE((found.end == End::converged));
        sum += found.x[0];
        squares += found.x[0] * found.x[0];
        MatrixXd more(1, k + 1);
        more << known.matrix(), found.x;
        known = Columns(more);
    }
    BOOST_TEST(std::abs(sum) <= 1e-7);
    BOOST_TEST(std::abs(squares - 2.0) <= 1e-7);
    BOOST_TEST((find_critical_point(f, start, {}, known).end != End::converged));
}

BOOST_AUTO_TEST_CASE(deflation_finds_another_saddle_among_a_thousand_parameters) {
    const Index n = 1000;
    const auto f = coupled_cosines(n);
    VectorXd start = VectorXd::Constant(n, std::numbers::pi);
    start.head(6).setZero();
    const FoundCriticalPoint first = find_critical_point(f, start);
    CriticalPointSearchOptions options;
    options.deflation_length =
        50.0;  // the distance to a neighbour is about pi for each cosine that changes sign
    options.radius = 10.0;
    const FoundCriticalPoint second = find_critical_point(f, start, options, Columns(first.x));
    BOOST_TEST((second.end == End::converged));
    BOOST_TEST((second.x - first.x).norm() >= 1.0);
    BOOST_TEST(second.index.lower_bound >= 6);
}

BOOST_AUTO_TEST_CASE(a_network_has_a_saddle_at_zero_and_others_elsewhere) {
    // An autoencoder without biases, n = 2 * 40 * 13 = 1040: at zero all layers are zero, a degenerate saddle of index
    // min(13, rank of the data): between zero layers the Hessian is the product of data and targets.
    const Index inputs = 40, hidden = 13, n = 2 * inputs * hidden;
    const MatrixXd data = MatrixXd::Random(inputs, 30);
    const auto f = objective(
        [=](const auto& theta) {
            const auto encoder = theta.head(inputs * hidden).reshaped(hidden, inputs);
            const auto decoder = theta.tail(inputs * hidden).reshaped(inputs, hidden);
            return (decoder * tanh(encoder * data) - data).squaredNorm() / 30.0 + 0.05 * theta.squaredNorm();
        },
        n);
    const FoundCriticalPoint zero = find_critical_point(f, 1e-3 * VectorXd::Random(n));
    BOOST_TEST((zero.end == End::converged));
    BOOST_TEST(zero.x.norm() <= 1e-6);
    BOOST_TEST(zero.index.lower_bound > 0);
    const Eigen::JacobiSVD<MatrixXd> svd(data);
    // Hessian blocks -2/30 XX' between encoder and decoder, and 0.1 I: each eigenvalue of XX' above 1.5 is a negative pair for
    // each hidden unit.
    const Index negative = (svd.singularValues().array().square() > 1.5).count();
    BOOST_TEST(zero.index.lower_bound >= std::min<Index>(64, negative * hidden));
}

BOOST_AUTO_TEST_CASE(where_the_gradient_is_least_but_not_zero_nothing_is_found) {
    // e^x + x has no critical point; |g| falls for ever towards 1. x^3 + x: |g| >= 1, least at 0, where H = 0.
    const auto f = objective([](const auto& x) { return x[0] * x[0] * x[0] + x[0]; }, 1, scalars);
    const FoundCriticalPoint found = find_critical_point(f, VectorXd{{0.7}});
    BOOST_TEST((found.end != End::converged));
    BOOST_TEST(found.gradient_norm >= 1.0);
    const auto g = objective([](const auto& x) { return exp(x[0]) + x[0]; }, 1, scalars);
    BOOST_TEST((find_critical_point(g, VectorXd{{0.0}}).end != End::converged));
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const auto f = objective([](const auto& x) { return x[0] * x[0] + x[1] * x[1]; }, 2, scalars);
    const auto says = [](const char* text) {
        return [text](const std::invalid_argument& e) {
            return std::string(e.what()).find(text) != std::string::npos;
        };
    };
    BOOST_CHECK_EXCEPTION(find_critical_point(f, VectorXd::Zero(3)), std::invalid_argument,
                          says("find_critical_point: the start has 3 entries"));
    BOOST_CHECK_EXCEPTION(find_critical_point(f, VectorXd::Zero(2), {}, Columns(3, 1)), std::invalid_argument,
                          says("the known points have 3 entries"));
    BOOST_CHECK_EXCEPTION(find_critical_point(f, VectorXd::Constant(2, NAN)), std::invalid_argument,
                          says("the start has an entry that is not finite"));
    BOOST_CHECK_EXCEPTION(find_critical_point(f, VectorXd::Zero(2), {.radius = 0.0}), std::invalid_argument,
                          says("radius is 0"));
    const auto broken = objective([](const auto& x) { return log(x[0]) + x[1]; }, 2, scalars);
    BOOST_TEST((find_critical_point(broken, VectorXd{{-1.0, 0.0}}).end == End::not_finite));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
