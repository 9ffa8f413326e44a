#include "hesse/optim/adapters.hpp"

#include "hesse/optim/minimize.hpp"
#include "hesse/optim/random.hpp"
#include "hesse/optim/trust_region.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <string>

using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

auto rosenbrock_by_gradient() {
    const auto f = test::rosenbrock();
    return gradient_objective(
        2, [=](const Point& x) { return f.value(x); },
        [=](const Point& x) -> VectorXd { return f.linearize(x).gradient(); });
}

/// Rosenbrock as residuals (10 (y - x^2), 1 - x): half their squares is half the function.
auto rosenbrock_by_residuals() {
    return residual_objective(
        2, 2, [](const Point& x) -> VectorXd { return Vector2d(10.0 * (x[1] - x[0] * x[0]), 1.0 - x[0]); },
        [](const Point& x, const Point& v) -> VectorXd {
            return Vector2d(10.0 * (v[1] - 2.0 * x[0] * v[0]), -v[0]);
        },
        [](const Point& x, const Point& u) -> VectorXd {
            return Vector2d(-20.0 * x[0] * u[0] - u[1], 10.0 * u[0]);
        });
}

template <class A>
VectorXd product(const A& a, const VectorXd& v) {
    VectorXd out(v.size());
    a.apply(v, out);
    return out;
}

template <class Work>
std::string message_of(Work work) {
    try {
        work();
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "nothing thrown";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(adapters)

BOOST_AUTO_TEST_CASE(products_by_differences_are_within_their_error_estimate) {
    RandomGenerator random(1);
    const auto f = rosenbrock_by_gradient();
    const auto exact = test::rosenbrock();
    for (int k = 0; k < 50; ++k) {
        const double scale = std::pow(10.0, k % 5 - 2);
        const Vector2d x(random.normal(), random.normal()),
            v(scale * random.normal(), scale * random.normal());
        const auto at = f.linearize(x);
        const VectorXd expected = product(exact.linearize(x).hessian(), v);
        const auto [found, error] = at.hessian().product_with_error(v);
        BOOST_TEST((found - expected).norm() <= 2.0 * error);
        BOOST_TEST(error < 1e-6 * (1.0 + expected.norm()) * (1.0 + v.norm()));
        BOOST_TEST((product(at.hessian(), v) - found).norm() == 0.0);
    }
    BOOST_TEST(product(f.linearize(Vector2d(1.0, 2.0)).hessian(), Vector2d::Zero()).norm() == 0.0);
}

BOOST_AUTO_TEST_CASE(products_of_a_quadratic_are_exact_but_for_rounding) {
    const Eigen::Matrix2d a{{2.0, 1.0}, {1.0, 3.0}};
    const auto f = gradient_objective(
        2, [=](const Point& x) { return 0.5 * x.dot(a * x); },
        [=](const Point& x) -> VectorXd { return a * x; });
    const Vector2d x(1e3, -1e3), v(1.0, 2.0);
    BOOST_TEST((product(f.linearize(x).hessian(), v) - a * v).norm() < 1e-9);
}

BOOST_AUTO_TEST_CASE(a_gradient_is_enough_for_every_method) {
    const auto result = minimize(rosenbrock_by_gradient(), Vector2d(-1.2, 1.0), TrustRegion{});
    BOOST_TEST(result.status == Status::second_order);
    BOOST_TEST((result.x - Vector2d(1.0, 1.0)).norm() < 1e-5);
    BOOST_TEST((result.verdict->kind == CriticalPointKind::minimum));
}

BOOST_AUTO_TEST_CASE(saddles_are_found_and_left_by_differences) {
    const auto well = test::double_well();
    const auto f = gradient_objective(
        2, [=](const Point& x) { return well.value(x); },
        [=](const Point& x) -> VectorXd { return well.linearize(x).gradient(); });
    const auto result = minimize(f, Vector2d(1.0, 0.0), TrustRegion{});
    BOOST_TEST(result.status == Status::second_order);
    BOOST_TEST(std::abs(result.value - -0.25) < 1e-10);
}

BOOST_AUTO_TEST_CASE(gradient_and_product_are_passed_through) {
    const MatrixXd a = Vector2d(1.0, -2.0).asDiagonal();
    const auto f = gradient_and_product_objective(
        2, [=](const Point& x) { return 0.5 * x.dot(a * x); },
        [=](const Point& x) -> VectorXd { return a * x; },
        [=](const Point&, const Point& v) -> VectorXd { return a * v; });
    const Vector2d x(1.0, 2.0), v(3.0, 4.0);
    const auto at = f.linearize(x);
    BOOST_TEST(at.value() == f.value(x));
    BOOST_TEST((at.gradient() == Vector2d(1.0, -4.0)));
    BOOST_TEST((product(at.hessian(), v) == Vector2d(3.0, -8.0)));
    BOOST_TEST((classify(f, Vector2d::Zero().eval()).kind == CriticalPointKind::saddle));
}

BOOST_AUTO_TEST_CASE(residuals_give_value_gradient_and_both_products) {
    const auto f = rosenbrock_by_residuals();
    const auto exact = test::rosenbrock();  // twice the value
    const Vector2d x(-1.2, 0.7), v(0.3, -2.0);
    const auto at = f.linearize(x);
    BOOST_TEST(f.residual_count() == 2);
    BOOST_TEST(std::abs(at.value() - 0.5 * exact.value(x)) < 1e-12);
    BOOST_TEST(at.value() == f.value(x));
    BOOST_TEST((at.gradient() - 0.5 * exact.linearize(x).gradient()).norm() < 1e-11);
    const VectorXd true_product = 0.5 * product(exact.linearize(x).hessian(), v);
    BOOST_TEST((product(at.hessian(), v) - true_product).norm() < 1e-7 * true_product.norm());
    Eigen::Matrix2d jacobian;
    jacobian << 24.0, 10.0, -1.0, 0.0;
    BOOST_TEST((product(at.gauss_newton(), v) - jacobian.transpose() * jacobian * v).norm() < 1e-11);
}

BOOST_AUTO_TEST_CASE(with_zero_residuals_the_hessian_is_gauss_newton) {
    const auto at = rosenbrock_by_residuals().linearize(Vector2d(1.0, 1.0));
    const Vector2d v(0.3, -2.0);
    BOOST_TEST((product(at.hessian(), v) == product(at.gauss_newton(), v)));
}

BOOST_AUTO_TEST_CASE(residuals_are_minimised) {
    const auto result = minimize(rosenbrock_by_residuals(), Vector2d(-1.2, 1.0), TrustRegion{});
    BOOST_TEST(result.status == Status::second_order);
    BOOST_TEST((result.x - Vector2d(1.0, 1.0)).norm() < 1e-5);
}

BOOST_AUTO_TEST_CASE(sizes_that_do_not_fit_are_named) {
    const auto zero = [](const Point&) { return 0.0; };
    const auto three = [](const Point&) -> VectorXd { return VectorXd::Zero(3); };
    const auto three_from_two = [](const Point&, const Point&) -> VectorXd { return VectorXd::Zero(3); };
    const Vector2d x(1.0, 2.0);
    BOOST_TEST(message_of([&] { gradient_objective(0, zero, three); }) ==
               "gradient_objective: n is 0, expected at least 1");
    BOOST_TEST(message_of([&] { gradient_objective(2, zero, three).linearize(x); }) ==
               "gradient_objective: the gradient has 3 entries, expected 2");
    BOOST_TEST(message_of([&] {
                   const auto at = gradient_and_product_objective(
                                       2, zero, [](const Point& y) -> VectorXd { return y; }, three_from_two)
                                       .linearize(x);
                   product(at.hessian(), x);
               }) == "gradient_and_product_objective: the product has 3 entries, expected 2");
    BOOST_TEST(message_of([&] { residual_objective(2, 0, three, three_from_two, three_from_two); }) ==
               "residual_objective: m is 0, expected at least 1");
    BOOST_TEST(message_of([&] {
                   residual_objective(2, 2, three, three_from_two, three_from_two).value(x);
               }) == "residual_objective: the residual vector has 3 entries, expected 2");
    BOOST_TEST(message_of([&] {
                   residual_objective(2, 3, three, three_from_two, three_from_two).linearize(x);
               }) == "residual_objective: the transposed Jacobian product has 3 entries, expected 2");
}

BOOST_AUTO_TEST_SUITE_END()
