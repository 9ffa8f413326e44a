#include "hesse/optim/curvature/flatness.hpp"

#include "hesse/autodiff.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace {

using namespace hesse;
using Eigen::VectorXd;

BOOST_AUTO_TEST_SUITE(flatness_of_minima)

BOOST_AUTO_TEST_CASE(a_quadratic_is_as_sharp_as_its_highest_eigenvalue) {
    const VectorXd d = VectorXd::LinSpaced(40, 0.5, 8.0);
    const auto f =
        objective([&](const auto& x) { return 1.0 + 0.5 * (x.array().square() * d.array()).sum(); }, 40);
    const Flatness found = flatness(f, VectorXd::Zero(40), {.radius = 0.1});
    BOOST_TEST(std::abs(found.highest.value - 8.0) <= 1e-6);
    BOOST_TEST(std::abs(found.trace.value - d.sum()) <= 1e-10);  // as many products as parameters
    BOOST_TEST(std::abs(found.sharpness - 0.5 * 8.0 * 0.01) <= 1e-9);
    BOOST_TEST(std::abs(found.relative_sharpness - 100.0 * found.sharpness / 2.0) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(on_a_slope_the_gradient_counts) {
    const auto f = objective([](const auto& x) { return 3.0 * x.sum(); }, 4);
    const Flatness found = flatness(f, VectorXd::Ones(4), {.radius = 0.2});
    BOOST_TEST(std::abs(found.sharpness - 0.2 * 6.0) <= 1e-12);
    BOOST_TEST(found.highest.value == 0.0);
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const auto f = objective([](const auto& x) { return x.sum(); }, 4);
    BOOST_CHECK_THROW((void)flatness(f, VectorXd::Ones(3)), std::invalid_argument);
    BOOST_CHECK_THROW((void)flatness(f, VectorXd::Ones(4), {.radius = 0.0}), std::invalid_argument);
    BOOST_CHECK_THROW((void)flatness(f, VectorXd::Constant(4, std::numeric_limits<double>::infinity())),
                      std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
