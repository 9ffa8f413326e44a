#include "hesse/hesse.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

/// Points where a tape may say NaN, or something finite and wrong, in scalar code and in words of arrays. Other tests pin
/// others of their kind:
/// - rules at their edges by themselves: operations/;
/// - a select whose other branch is NaN, 1 / (1 + exp(-x)) at +-800, a stopped gradient: evaluation_test;
/// - log_sum_exp with -inf: reductions_test; softmax and cross-entropy with -inf: layers_test;
/// - a badly scaled solve: linear_solve_test;
/// - y = y * y sixty-four times, sums whose earlier value is read, handles kept from earlier recordings:
///   scalar_statement_test; `+=` on an `auto`: settled_expression_test;
/// - ten million terms, numbers of any type on either side: variable_test.
namespace {
using namespace hesse;
using namespace hesse::test;

/// Value, gradient and Hessian, to be compared entry by entry.
struct Expected {
    double value;
    VectorXd gradient;
    MatrixXd hessian;
};

template <class F>
void check(const char* name, const F& f, const VectorXd& x, const Expected& expected) {
    BOOST_TEST_CONTEXT(name) {
        const auto at = f.linearize(x);
        BOOST_TEST(at.value() == f.value(x));
        BOOST_TEST(at.value() == expected.value, boost::test_tools::tolerance(1e-15));
        BOOST_TEST((at.gradient() - expected.gradient).norm() <= 1e-15 * (1 + expected.gradient.norm()));
        BOOST_TEST((at.hessian() * MatrixXd::Identity(x.size(), x.size()) - expected.hessian).norm() <=
                   1e-15 * (1 + expected.hessian.norm()));
    }
}

/// The same function of two numbers: of scalars, and of arrays with one entry.
template <class Function>
void check_both(const char* name, const Function& function, const VectorXd& x, const Expected& expected) {
    const auto of_scalars = [function](const auto& theta) {
        using T = typename std::decay_t<decltype(theta)>::Scalar;
        const T first = theta[0], second = theta[1];
        return T(function(first, second));
    };
    const auto of_arrays = [function](const auto& theta) {
        return function(theta.head(1).array(), theta.tail(1).array()).sum();
    };
    check(name, objective(of_scalars, 2, scalars), x, expected);
    check(name, objective(of_arrays, 2), x, expected);
}

const VectorXd origin = VectorXd::Zero(2);
const MatrixXd curved_in_second{{0, 0}, {0, 2}};
}  // namespace

BOOST_AUTO_TEST_SUITE(hard_points)

BOOST_AUTO_TEST_CASE(powers_at_zero_with_constant_exponents) {
    using hesse::pow, std::pow;
    const auto power = [](double b) {
        return [b](const auto& x, const auto& y) { return pow(x, b) + y * y; };
    };
    check_both("pow(x, 0)", power(0), origin, {1, origin, curved_in_second});
    check_both("pow(x, 1)", power(1), origin, {0, VectorXd{{1, 0}}, curved_in_second});
    check_both("pow(x, 2)", power(2), origin, {0, origin, MatrixXd{{2, 0}, {0, 2}}});
}

// With an active exponent b the mixed second derivative of x^b is x^(b-1) (1 + b ln x), whose logarithm counts as 0.
BOOST_AUTO_TEST_CASE(powers_at_zero_with_variable_exponents) {
    using hesse::pow, std::pow;
    const auto power = [](const auto& x, const auto& y) { return pow(x, y); };
    check_both("x^0", power, origin, {1, origin, MatrixXd::Zero(2, 2)});
    check_both("x^1", power, VectorXd{{0, 1}}, {0, VectorXd{{1, 0}}, MatrixXd{{0, 1}, {1, 0}}});
    check_both("x^2", power, VectorXd{{0, 2}}, {0, origin, MatrixXd{{2, 0}, {0, 0}}});
}

BOOST_AUTO_TEST_CASE(a_hyperbolic_tangent_far_out_is_flat) {
    using std::tanh;
    for (const double x : {-800.0, 800.0}) {
        check_both("tanh", [](const auto& a, const auto& b) { return tanh(a) * b; }, VectorXd{{x, 2}},
                   {x > 0 ? 2.0 : -2.0, VectorXd{{0, x > 0 ? 1.0 : -1.0}}, MatrixXd::Zero(2, 2)});
    }
}

BOOST_AUTO_TEST_CASE(roots_and_norms_at_zero_leave_other_coordinates_alone) {
    using hesse::hypot, std::hypot, std::sqrt;
    check_both("x sqrt(x)", [](const auto& x, const auto& y) { return x * sqrt(x) + y * y; },
               VectorXd{{0, 3}}, {9, VectorXd{{0, 6}}, curved_in_second});
    check_both("sqrt(x)", [](const auto& x, const auto& y) { return sqrt(x) * y + y * y; }, VectorXd{{0, 3}},
               {9, VectorXd{{0, 6}}, curved_in_second});
    check_both("hypot", [](const auto& x, const auto& y) { return hypot(x, x) + y * y; }, VectorXd{{0, 3}},
               {9, VectorXd{{0, 6}}, curved_in_second});
    check_both("hypot of both", [](const auto& x, const auto& y) { return hypot(x, y); }, origin,
               {0, origin, MatrixXd::Zero(2, 2)});

    const VectorXd x{{0, 0, 3}};
    const Expected expected{9, VectorXd{{0, 0, 6}}, VectorXd{{0, 0, 2}}.asDiagonal()};
    const auto norm = [](const auto& t) { return t.head(2).norm() + t(2) * t(2); };
    check("norm", objective(norm, 3), x, expected);
    check("Eigen's norm", objective(norm, 3, scalars), x, expected);
    check("stableNorm", objective([](const auto& t) { return t.head(2).stableNorm() + t(2) * t(2); }, 3), x,
          expected);
    check("norms of columns",
          objective(
              [](const auto& t) { return t.head(2).reshaped(1, 2).colwise().norm().sum() + t(2) * t(2); }, 3),
          x, expected);
    check("hypot of three",
          objective([](const auto& t) { return hesse::hypot(t(0), t(1), t(0) * t(1)) + t(2) * t(2); }, 3), x,
          expected);
}

// Of y over x: slopes x / r^2 and -y / r^2, curvatures -2xy / r^4, (y^2 - x^2) / r^4, 2xy / r^4, with r^2 = 5.
BOOST_AUTO_TEST_CASE(an_angle_has_the_derivatives_of_what_is_variable) {
    using hesse::atan2, std::atan2;
    const double y = 1, x = -2, angle = std::atan2(y, x);
    const double by_y = x / 5, by_x = -y / 5, yy = -2 * x * y / 25, yx = (y * y - x * x) / 25, xx = -yy;
    const VectorXd at{{y, x}};
    check_both("both", [](const auto& a, const auto& b) { return atan2(a, b); }, at,
               {angle, VectorXd{{by_y, by_x}}, MatrixXd{{yy, yx}, {yx, xx}}});
    check_both("the first", [](const auto& a, const auto& b) { return atan2(a, -2.0) + b * 0.0; }, at,
               {angle, VectorXd{{by_y, 0}}, MatrixXd{{yy, 0}, {0, 0}}});
    check_both("the second", [](const auto& a, const auto& b) { return atan2(1.0, b) + a * 0.0; }, at,
               {angle, VectorXd{{0, by_x}}, MatrixXd{{0, 0}, {0, xx}}});
    check_both("neither", [](const auto& a, const auto& b) { return atan2(1.0, -2.0) * a + 0.0 * b; }, at,
               {angle, VectorXd{{angle, 0}}, MatrixXd::Zero(2, 2)});
}

// The product itself is NaN, as it is of doubles; where nothing asks for it, nothing of it is seen.
BOOST_AUTO_TEST_CASE(a_product_of_zero_and_infinity_spoils_what_reads_it_alone) {
    using hesse::xlogy, hesse::select, std::exp, std::log;
    const auto spoiled = objective(
        [](const auto& t) {
            using std::exp;
            return t(0) * exp(t(1)) + t(2) * t(2);
        },
        3);
    const VectorXd far{{0, 1000, 3}};
    const auto at = spoiled.linearize(far);
    BOOST_TEST(std::isnan(at.value()));
    BOOST_TEST(std::isnan(spoiled.value(far)));
    BOOST_TEST(at.gradient()[2] == 6);  // of the other term
    BOOST_TEST(VectorXd(at.hessian() * VectorXd{{0, 0, 1}})[2] == 2);

    check_both("0 log 0", [](const auto& x, const auto& y) { return xlogy(x, x) + y * y; }, VectorXd{{0, 3}},
               {9, VectorXd{{0, 6}}, curved_in_second});
    check_both("selected",
               [](const auto& x, const auto& y) { return select(x > 0.0, x * log(x), x) + y * y; },
               VectorXd{{0, 3}}, {9, VectorXd{{1, 6}}, curved_in_second});
    check_both("overflow", [](const auto& x, const auto& y) { return x / (1.0 + exp(y)) + y * y; },
               VectorXd{{3, 800}}, {640000, VectorXd{{0, 1600}}, curved_in_second});
}

// Each name has a type of its own, and together they are far longer than one statement may be.
BOOST_AUTO_TEST_CASE(a_long_program_of_nothing_but_autos) {
    const auto program = [](const auto& x) {
        using std::exp, std::sin, std::log;
        auto a0 = x[0] * x[1];
        auto b0 = x[0] + x[1];
        auto a1 = a0 * b0 - 1.0;
        auto b1 = sin(b0) * a0;
        auto a2 = a1 / (b1 * b1 + 2.0);
        auto b2 = exp(-a1 * a1) + b1;
        auto a3 = a2 * b2 + a1;
        auto b3 = log(a2 * a2 + 1.0) - b2;
        auto a4 = a3 * b3 - a2;
        auto b4 = sin(a3) + b3 * a0;
        auto a5 = a4 + b4 * a3;
        auto b5 = exp(-b4 * b4) * a4;
        auto a6 = a5 * 0.5 - b5;
        auto b6 = a5 * b5 + b4;
        auto a7 = sin(a6) + b6;
        auto b7 = a6 * a6 - b6 / (a6 * a6 + 1.0);
        auto sum = a7 * b7;
        sum += a6 * b6;
        sum -= a5;
        sum += sum * b0;
        return sum + a7;
    };
    check_loss(objective(program, 2, scalars), program, VectorXd{{0.4, 0.7}}, {10.0, 1e-13});
}

BOOST_AUTO_TEST_SUITE_END()
