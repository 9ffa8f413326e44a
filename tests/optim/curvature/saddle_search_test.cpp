#include "hesse/optim/curvature/saddle_search.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/optim/random.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

namespace {

using namespace hesse;
using Eigen::VectorXd;

/// x^2 - y^2 bent: minima at (0, +-1), a saddle at 0.
const auto double_well = [](const auto& x) {
    const auto y = x[1] * x[1] - 1.0;
    return x[0] * x[0] + 0.25 * y * y;
};

BOOST_AUTO_TEST_SUITE(search_for_saddles)

BOOST_AUTO_TEST_CASE(the_saddle_of_a_double_well_is_found_from_its_sides) {
    const auto f = objective(double_well, 2, scalars);
    for (const double y : {0.9, 0.6, 0.3, -0.7}) {
        const FoundSaddle found = find_saddle(f, VectorXd{{0.5, y}});
        BOOST_TEST(found.converged);
        BOOST_TEST(found.x.norm() <= 1e-7);
        BOOST_TEST(found.index.lower_bound == 1);
        BOOST_TEST(found.index.determined);
        BOOST_TEST(std::abs(std::abs(found.directions(1, 0)) - 1.0) <= 1e-3);
    }
}

BOOST_AUTO_TEST_CASE(index_zero_is_a_minimum_and_index_two_a_maximum) {
    const auto f = objective([](const auto& x) { return cos(x).sum() + 0.1 * x[0] * x[1]; }, 2);
    const FoundSaddle low = find_saddle(f, VectorXd{{2.0, 2.5}}, {.index = 0});
    BOOST_TEST(low.converged);
    BOOST_TEST(low.index.lower_bound == 0);
    const FoundSaddle high = find_saddle(f, VectorXd{{0.5, -0.7}}, {.index = 2});
    BOOST_TEST(high.converged);
    BOOST_TEST(high.index.lower_bound == 2);
    BOOST_TEST(high.x.norm() <= 1e-7);
}

BOOST_AUTO_TEST_CASE(high_dimensions_and_a_high_index) {
    // Coupled cosines: near every point of {0, pi}^n lies one of the index that the zeros count.
    const Index n = 1000, zeros = 6;
    const auto f = objective(
        [n](const auto& x) {
            return cos(x).sum() + 0.02 * (x.head(n - 1).array() * x.tail(n - 1).array()).sum();
        },
        n);
    VectorXd start = VectorXd::Constant(n, std::numbers::pi);
    start.head(zeros).setZero();
    VectorXd noise = VectorXd::Random(n);
    const FoundSaddle found = find_saddle(f, start + 0.2 * noise, {.index = zeros});
    BOOST_TEST(found.converged);
    BOOST_TEST(found.gradient_norm <= 1e-8);
    BOOST_TEST(found.index.lower_bound == zeros);
    BOOST_TEST(found.index.determined);
}

BOOST_AUTO_TEST_CASE(an_autoencoder_has_saddles_of_several_indices) {
    // tanh, 40-13-40 with weight decay, n = 1040, on data of rank three.
    const Index inputs = 40, hidden = 13, n = 2 * inputs * hidden;
    RandomGenerator random(5);
    const auto normal = [&](Index rows, Index cols) {
        Eigen::MatrixXd m(rows, cols);
        for (double& entry : m.reshaped()) entry = random.normal();
        return m;
    };
    const Eigen::MatrixXd data = 0.5 * normal(inputs, 3) * normal(3, 30);
    const auto f = objective(
        [=](const auto& theta) {
            const auto encoder = theta.head(inputs * hidden).reshaped(hidden, inputs);
            const auto decoder = theta.tail(inputs * hidden).reshaped(inputs, hidden);
            return (decoder * tanh(encoder * data) - data).squaredNorm() / 30.0 + 0.05 * theta.squaredNorm();
        },
        n);
    const VectorXd start = 0.03 * normal(n, 1);
    for (const Index index : {1, 5}) {
        const FoundSaddle found = find_saddle(f, start, {.index = index});
        BOOST_TEST(found.converged);
        BOOST_TEST(found.gradient_norm <= 1e-8);
        BOOST_TEST(found.x.norm() > 1.0);  // not the one at zero
        BOOST_TEST(found.index.determined);
        BOOST_TEST(found.index.lower_bound == index);
        // What the count says is so: the loss falls both ways along each direction.
        for (Index i = 0; i < index; ++i)
            for (const double t : {0.05, -0.05})
                BOOST_TEST(f.value(found.x + t * found.directions.col(i)) < found.value);
    }
}

BOOST_AUTO_TEST_CASE(mueller_and_brown_have_two_saddles) {
    // Müller and Brown, Theor. Chim. Acta 53 (1979) 75; saddles at (-0.822, 0.624) and (0.212, 0.293).
    const auto f = objective(
        [](const auto& x) {
            const double A[] = {-200, -100, -170, 15}, a[] = {-1, -1, -6.5, 0.7}, b[] = {0, 0, 11, 0.6};
            const double c[] = {-10, -10, -6.5, 0.7}, X[] = {1, 0, -0.5, -1}, Y[] = {0, 0.5, 1.5, 1};
            typename std::decay_t<decltype(x)>::Scalar sum = 0;
            for (int i = 0; i < 4; ++i) {
                const auto u = x[0] - X[i], v = x[1] - Y[i];
                sum += A[i] * exp(a[i] * u * u + b[i] * u * v + c[i] * v * v);
            }
            return sum;
        },
        2, scalars);
    const FoundSaddle first =
        find_saddle(f, VectorXd{{-0.7, 0.7}}, {.gradient_tolerance = 1e-7, .radius = 0.05});
    BOOST_TEST(first.converged);
    BOOST_TEST((first.x - VectorXd{{-0.8220016, 0.6243128}}).norm() <= 1e-6);
    BOOST_TEST(first.index.lower_bound == 1);
    const FoundSaddle second =
        find_saddle(f, VectorXd{{0.3, 0.3}}, {.gradient_tolerance = 1e-7, .radius = 0.05});
    BOOST_TEST(second.converged);
    BOOST_TEST((second.x - VectorXd{{0.2124866, 0.2929883}}).norm() <= 1e-6);
}

BOOST_AUTO_TEST_CASE(a_start_that_is_critical_has_its_directions) {
    const auto f = objective([](const auto& x) { return cos(x).sum(); }, 12);
    for (const Index products : {Index{40}, Index{10'000}}) {
        const FoundSaddle found =
            find_saddle(f, VectorXd::Zero(12), {.index = 5, .max_iterations = 0, .max_products = products});
        BOOST_TEST(found.converged);
        BOOST_TEST_REQUIRE(found.directions.cols() == 5);
        BOOST_TEST((found.directions.transpose() * found.directions).isIdentity(1e-10));
    }
}

BOOST_AUTO_TEST_CASE(a_short_budget_says_so) {
    const auto f = objective(double_well, 2, scalars);
    const FoundSaddle found = find_saddle(f, VectorXd{{0.5, 0.9}}, {.max_iterations = 1});
    BOOST_TEST(!found.converged);
    BOOST_TEST(found.iterations == 1);
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const auto f = objective(double_well, 2, scalars);
    const VectorXd x = VectorXd::Zero(2);
    BOOST_CHECK_THROW((void)find_saddle(f, VectorXd::Zero(3)), std::invalid_argument);
    BOOST_CHECK_THROW((void)find_saddle(f, x, {.index = 3}), std::invalid_argument);
    BOOST_CHECK_THROW((void)find_saddle(f, x, {.radius = 0.0}), std::invalid_argument);
    BOOST_CHECK_THROW((void)find_saddle(f, VectorXd::Constant(2, std::numeric_limits<double>::quiet_NaN())),
                      std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
