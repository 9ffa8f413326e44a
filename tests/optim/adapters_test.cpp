#include "hesse/optim/adapters.hpp"

#include "error_text.hpp"
#include "hesse/autodiff/sums/finite_sum.hpp"
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
using hesse::adapters::Point;
using hesse::test::message_of;

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

BOOST_AUTO_TEST_CASE(steps_of_differences_fit_the_size_that_parameters_are_said_to_have) {
    // Rosenbrock of parameters of size 1e-8.
    const double size = 1e-8;
    const auto f = test::rosenbrock();
    const auto small = [&](const DifferenceOptions& differences) {
        return gradient_objective(
            2, [=](const Point& x) { return f.value(x / size); },
            [=](const Point& x) -> VectorXd { return f.linearize(x / size).gradient() / size; }, differences);
    };
    const VectorXd x = size * Vector2d(-1.2, 1.0), v = Vector2d(0.6, 0.8);
    const VectorXd exact = product(f.linearize(x / size).hessian(), v) / (size * size);
    BOOST_TEST((product(small({.typical_size = size}).linearize(x).hessian(), v) - exact).norm() <=
               1e-8 * exact.norm());
    BOOST_TEST((product(small({}).linearize(x).hessian(), v) - exact).norm() > exact.norm());
    BOOST_TEST(message_of([&] { (void)small({.typical_size = 0.0}); }) ==
               "gradient_objective: typical_size is 0.000000, expected a finite positive number");
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

BOOST_AUTO_TEST_CASE(noise_of_differences_is_no_curvature) {
    // Half the square of ten variables minus a quartic of ten more, around c = (100, ..., 100): the quartic has
    // no curvature at c, but a difference with step h = eps^(1/3) |c| sees -h^2 = -7e-6.
    const Index n = 20;
    const VectorXd c = VectorXd::Constant(n, 100.0);
    const auto f = gradient_objective(
        n,
        [=](const Point& x) {
            const VectorXd y = x - c;
            return 0.5 * y.head(10).squaredNorm() - 0.25 * y.tail(10).array().pow(4).sum();
        },
        [=](const Point& x) -> VectorXd {
            VectorXd g = x - c;
            g.tail(10) = -g.tail(10).array().cube();
            return g;
        });
    BOOST_TEST(f.linearize(c).hessian().precision() > 1e-8);
    const Verdict verdict = classify(f, c);
    BOOST_TEST(verdict.lowest.value < -1e-6);  // the noise is there,
    BOOST_TEST((verdict.kind == CriticalPointKind::degenerate));
    BOOST_TEST(!verdict.certain());  // and nothing is made of it
}

BOOST_AUTO_TEST_CASE(a_sum_of_inexact_parts_is_as_inexact_as_they_are) {
    const Index n = 20;
    const VectorXd c = VectorXd::Constant(n, 100.0);
    const auto sum = sum_of_objectives(
        6,
        [=](const Rows& rows) {
            const double count = static_cast<double>(rows.size());
            return gradient_objective(
                n, [=](const Point& x) { return -0.25 * count * (x - c).array().pow(4).sum(); },
                [=](const Point& x) -> VectorXd { return -count * (x - c).array().cube(); });
        },
        n, {.rows_per_part = 2});
    BOOST_TEST(sum.linearize(c).hessian().precision() > 1e-8);
    const Verdict verdict = classify(sum, c);
    BOOST_TEST((verdict.kind == CriticalPointKind::degenerate));
}

BOOST_AUTO_TEST_CASE(a_gradient_in_single_precision_states_a_large_error) {
    const auto f = gradient_objective(
        50, [](const Point& x) { return static_cast<double>(x.cast<float>().array().cos().sum()); },
        [](const Point& x) -> VectorXd { return (-x.cast<float>().array().sin()).cast<double>(); });
    const VectorXd x = VectorXd::Constant(50, 3.14159265358979);
    const auto at = f.linearize(x);
    // The arguments are rounded by up to 1.2e-7 each, 5e-7 together, over the step, 6e-6 |x| = 1.3e-4.
    BOOST_TEST(at.hessian().precision() >= 3e-4);
    BOOST_TEST(at.hessian().precision() <= 1.0);
    BOOST_CHECK_NO_THROW(classify(f, x));
    const auto result =
        minimize(f, VectorXd::Constant(50, 3.0), TrustRegion{}, Stopping{.gradient_norm = 1e-2});
    BOOST_TEST(result.gradient_norm <= 1e-2);
}

BOOST_AUTO_TEST_CASE(a_precision_is_measured_once_and_has_its_limits) {
    int gradients = 0;
    const auto linear = [&](double slope) {
        return gradient_objective(
            2, [](const Point&) { return 0.0; },
            [&gradients, slope](const Point& x) -> VectorXd { return ++gradients, slope * x; });
    };
    const auto at = linear(2.0).linearize(Vector2d(1.0, 1.0));
    BOOST_TEST(gradients == 1);
    BOOST_TEST(at.hessian().precision() == 1e-9);  // better than can be promised
    BOOST_TEST(gradients == 6);
    BOOST_TEST(at.hessian().precision() == 1e-9);
    BOOST_TEST(gradients == 6);
    BOOST_TEST(linear(0.0).linearize(Vector2d(1.0, 1.0)).hessian().precision() == 1e-9);
    // Of a fourth power at zero a difference sees nothing but its own error.
    const auto quartic = gradient_objective(
        2, [](const Point& x) { return 0.25 * x.array().pow(4).sum(); },
        [](const Point& x) -> VectorXd { return x.array().cube(); });
    BOOST_TEST(quartic.linearize(Vector2d::Zero().eval()).hessian().precision() == 1.0,
               boost::test_tools::tolerance(1e-9));
    const auto broken = gradient_objective(
        2, [](const Point&) { return 0.0; }, [](const Point& x) -> VectorXd { return x.array().log(); });
    BOOST_TEST(broken.linearize(Vector2d(1e-7, 1.0)).hessian().precision() == 1.0);
}

BOOST_AUTO_TEST_CASE(residuals_know_the_error_of_their_differences) {
    const auto f = rosenbrock_by_residuals();
    const auto exact = test::rosenbrock();  // twice the value
    const Vector2d x(-1.2, 0.7), v(0.3, -2.0);
    const auto [found, error] = f.linearize(x).hessian().product_with_error(v);
    const VectorXd expected = 0.5 * product(exact.linearize(x).hessian(), v);
    BOOST_TEST((found - expected).norm() <= 2.0 * error);
    BOOST_TEST(error < 1e-7 * expected.norm());
    BOOST_TEST((found == product(f.linearize(x).hessian(), v)));
    BOOST_TEST(f.linearize(x).hessian().precision() < 1e-7);
    BOOST_TEST(f.linearize(Vector2d(1.0, 1.0)).hessian().precision() == 1e-9);  // no residual, no error
}

BOOST_AUTO_TEST_CASE(where_vectors_lie_in_memory_does_not_matter) {
    // Eigen's own norms take the entries in another order when they are not aligned.
    const Index n = 1001;
    RandomGenerator random(1);
    VectorXd shifted(n + 1), shifted_direction(n + 1);
    random.normal(VectorSpace(n + 1), shifted.data());
    random.normal(VectorSpace(n + 1), shifted_direction.data());
    const VectorXd x = shifted.tail(n), v = shifted_direction.tail(n);
    const auto cube = [](const Point& y) -> VectorXd { return y.array().cube(); };
    const auto f = gradient_objective(
        n, [](const Point&) { return 0.0; }, cube);
    const VectorXd expected = product(f.linearize(x).hessian(), v);
    VectorXd found(n);
    f.linearize(shifted.tail(n)).hessian().apply(shifted_direction.tail(n), found);
    BOOST_TEST((found == expected));

    const auto scaled = [](const Point& y, const Point& u) -> VectorXd {
        return 3.0 * y.array().square() * u.array();
    };
    const auto residuals = residual_objective(n, n, cube, scaled, scaled);
    const VectorXd r = cube(x);
    BOOST_TEST(residuals.value(x) == 0.5 * VectorSpace(n).dot(r.data(), r.data()));
    BOOST_TEST(residuals.linearize(shifted.tail(n)).value() == residuals.value(x));
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
    BOOST_TEST(message_of([&] {
                   gradient_and_product_objective(2, zero, three, three_from_two).linearize(x);
               }) == "gradient_and_product_objective: the gradient has 3 entries, expected 2");
    BOOST_TEST(message_of([&] { residual_objective(2, 0, three, three_from_two, three_from_two); }) ==
               "residual_objective: m is 0, expected at least 1");
    BOOST_TEST(message_of([&] {
                   residual_objective(2, 2, three, three_from_two, three_from_two).value(x);
               }) == "residual_objective: the residual vector has 3 entries, expected 2");
    BOOST_TEST(message_of([&] {
                   residual_objective(2, 3, three, three_from_two, three_from_two).linearize(x);
               }) == "residual_objective: the transposed Jacobian product has 3 entries, expected 2");
}

BOOST_AUTO_TEST_CASE(points_and_directions_of_another_size_are_named) {
    const auto f = gradient_objective(
        2, [](const Point& x) { return 0.5 * x.squaredNorm(); },
        [](const Point& x) -> VectorXd { return x; });
    const auto message_of = [](const auto& work) -> std::string {
        try {
            work();
        } catch (const std::invalid_argument& error) {
            return error.what();
        }
        return "nothing thrown";
    };
    const VectorXd three = VectorXd::Ones(3), two = VectorXd::Ones(2);
    VectorXd out(2);
    BOOST_TEST(message_of([&] { (void)f.value(three); }).find("the point") != std::string::npos);
    BOOST_TEST(message_of([&] { (void)f.linearize(three); }).find("the point") != std::string::npos);
    BOOST_TEST(message_of([&] { f.linearize(two).hessian().apply(three, out); }).find("the direction") !=
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
