#include "hesse/autodiff/implicit.hpp"

#include "hesse/hesse.hpp"
#include "support/derivative_check.hpp"

#include <Eigen/LU>
#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

namespace {
using namespace hesse;
using namespace hesse::test;

const MatrixXd root = random_matrix(4, 4, 1);
const MatrixXd a = root * root.transpose() + MatrixXd::Identity(4, 4);
const VectorXd start = VectorXd::Zero(4);

const auto scored = [](const auto& y, const auto& theta) { return y.squaredNorm() + sum(exp(y)) * theta(0); };

}  // namespace

BOOST_AUTO_TEST_SUITE(implicit_and_argmin)

// Ridge regression: y = (A + c^2 I)^-1 b is known, and `solve` differentiates that.
BOOST_AUTO_TEST_CASE(the_minimiser_of_a_quadratic_has_the_derivatives_of_its_solution) {
    const auto f = objective(
        [](const auto& theta) {
            const auto quadratic = [](const auto& b, const auto& c, const auto& y) {
                return 0.5 * y.dot(a * y) + 0.5 * (c * c) * y.squaredNorm() - b.dot(y);
            };
            return scored(argmin(quadratic, theta.head(4), theta(4), start), theta);
        },
        5);
    const auto exact = objective(
        [](const auto& theta) {
            const MatrixXd identity = MatrixXd::Identity(4, 4);
            return scored(solve(a + (theta(4) * theta(4)) * copy(identity), theta.head(4)), theta);
        },
        5);
    const VectorXd x = random_vector(5, 2), v = random_vector(5, 3);
    const auto at = f.linearize(x);
    const auto truth = exact.linearize(x);
    BOOST_TEST(f.value(x) == at.value());
    BOOST_TEST(at.value() == truth.value(), boost::test_tools::tolerance(1e-14));
    BOOST_TEST((at.gradient() - truth.gradient()).norm() < 1e-13);
    BOOST_TEST((at.hessian() * v - truth.hessian() * v).norm() < 1e-13);
}

// A quartic, once as a minimum and once as the root of its gradient with a solver of the user's; differences are the judge.
BOOST_AUTO_TEST_CASE(a_minimiser_and_the_root_of_the_gradient_agree) {
    const auto minimum = objective(
        [](const auto& theta) {
            const auto quartic = [](const auto& b, const auto& c, const auto& y) {
                return 0.5 * y.dot(a * y) - b.dot(y) + c * c * sum(y.array().square().square());
            };
            return scored(argmin(quartic, theta.head(4), theta(4), start), theta);
        },
        5);
    const auto root_of_gradient = objective(
        [](const auto& theta) {
            const auto gradient = [](const auto& b, const auto& c, const auto& y) {
                return a * y - b + 4 * (c * c) * (y.array().square() * y.array()).matrix();
            };
            const auto newton = [](const MatrixXd& b, double c) {
                VectorXd y = start;
                for (int k = 0; k < 60; ++k) {
                    MatrixXd slope = a;
                    slope.diagonal() += (12 * c * c * y.array().square()).matrix();
                    y -= slope.lu().solve(a * y - b + 4 * c * c * y.array().cube().matrix());
                }
                return y;
            };
            return scored(implicit(gradient, newton, theta.head(4), theta(4)), theta);
        },
        5);
    const VectorXd x = random_vector(5, 4), v = random_vector(5, 5);
    const auto one = minimum.linearize(x);
    const auto other = root_of_gradient.linearize(x);
    BOOST_TEST(one.value() == other.value(), boost::test_tools::tolerance(1e-14));
    BOOST_TEST((one.gradient() - other.gradient()).norm() < 1e-14);
    BOOST_TEST((one.hessian() * v - other.hessian() * v).norm() < 1e-13);
    const double h = 1e-5;
    const VectorXd slope =
        (minimum.linearize(x + h * v).gradient() - minimum.linearize(x - h * v).gradient()) / (2 * h);
    BOOST_TEST((one.hessian() * v - slope).norm() < 1e-8);
}

BOOST_AUTO_TEST_CASE(what_has_no_minimum_and_what_does_not_fit_is_said) {
    const auto unbounded = objective(
        [](const auto& theta) {
            return sum(argmin([](const auto& b, const auto& y) { return b.dot(y); }, theta, start));
        },
        4);
    BOOST_CHECK_EXCEPTION(
        (void)unbounded.linearize(VectorXd::Ones(4)), std::runtime_error,
        [](const std::runtime_error& error) {
            return std::string(error.what()).starts_with("argmin: the inner gradient is still 1");
        });
    const auto too_short = objective(
        [](const auto& theta) {
            return sum(implicit([](const auto&, const auto& y) { return y.head(2); },
                                [](const MatrixXd& x) { return x; }, theta));
        },
        4);
    BOOST_CHECK_EXCEPTION((void)too_short.linearize(VectorXd::Ones(4)), std::invalid_argument,
                          [](const std::invalid_argument& error) {
                              return std::string(error.what()) ==
                                     "implicit: the residual has 2 entries, but y has 4";
                          });
}

BOOST_AUTO_TEST_SUITE_END()
