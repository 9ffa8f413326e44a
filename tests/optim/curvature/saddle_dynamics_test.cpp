#include "hesse/optim/curvature/saddle_dynamics.hpp"

#include "hesse/autodiff.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>

namespace {

using namespace hesse;
using Eigen::VectorXd;

BOOST_AUTO_TEST_SUITE(dynamics_towards_saddles)

BOOST_AUTO_TEST_CASE(gentlest_ascent_climbs_out_of_a_well) {
    // Minima at (0, +-1), a saddle at 0.
    const auto f = objective(
        [](const auto& x) {
            const auto y = x[1] * x[1] - 1.0;
            return x[0] * x[0] + 0.25 * y * y;
        },
        2, scalars);
    for (const double y : {0.8, 0.4, -0.6}) {
        const FoundSaddle found = saddle_dynamics(f, VectorXd{{0.3, y}});
        BOOST_TEST(found.converged);
        BOOST_TEST(found.x.norm() <= 1e-5);
        BOOST_TEST(found.index.determined);
        BOOST_TEST(found.index.lower_bound == 1);
        BOOST_TEST(std::abs(std::abs(found.directions(1, 0)) - 1.0) <= 1e-3);
    }
}

BOOST_AUTO_TEST_CASE(a_saddle_of_index_six_among_a_thousand_parameters) {
    const Index n = 1000, zeros = 6;
    const auto f = objective(
        [n](const auto& x) {
            return cos(x).sum() + 0.02 * (x.head(n - 1).array() * x.tail(n - 1).array()).sum();
        },
        n);
    VectorXd start = VectorXd::Constant(n, std::numbers::pi);
    start.head(zeros).setZero();
    start += 0.2 * VectorXd::Random(n);
    const FoundSaddle found = saddle_dynamics(f, start, {.index = zeros});
    BOOST_TEST(found.converged);
    BOOST_TEST(found.index.determined);
    BOOST_TEST(found.index.lower_bound == zeros);
    // The same point as by steps of Newton's method.
    const FoundSaddle other = find_saddle(f, start, {.index = zeros});
    BOOST_TEST((found.x - other.x).norm() <= 1e-5);
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const auto f = objective([](const auto& x) { return x[0] * x[0] - x[1] * x[1]; }, 2, scalars);
    const auto says = [](const char* text) {
        return [text](const std::invalid_argument& e) {
            return std::string(e.what()).find(text) != std::string::npos;
        };
    };
    BOOST_CHECK_EXCEPTION(saddle_dynamics(f, VectorXd::Zero(3)), std::invalid_argument,
                          says("the start has 3 entries"));
    BOOST_CHECK_EXCEPTION(saddle_dynamics(f, VectorXd::Zero(2), {.index = 3}), std::invalid_argument,
                          says("index is 3"));
    BOOST_CHECK_EXCEPTION(saddle_dynamics(f, VectorXd::Zero(2), {.radius = -1.0}), std::invalid_argument,
                          says("radius is -1"));
    BOOST_CHECK_EXCEPTION(saddle_dynamics(f, VectorXd::Constant(2, INFINITY)), std::invalid_argument,
                          says("the start has an entry that is not finite"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
