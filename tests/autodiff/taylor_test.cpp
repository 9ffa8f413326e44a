#include "hesse/autodiff/taylor.hpp"

#include "hesse/autodiff/dual.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/operations/sigmoid.hpp"
#include "hesse/autodiff/operations/trigonometric.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

namespace {
using namespace hesse;

constexpr int order = 8;
using Series = Taylor<double, order>;

Series series(double x, double slope = 1) {
    Series t(x);
    t[1] = slope;
    return t;
}

double factorial(int n) { return std::tgamma(n + 1.0); }
double binomial(double a, int k) {
    double product = 1;
    for (int j = 0; j < k; ++j) product *= (a - j) / (j + 1);
    return product;
}

void check(const std::string& what, const Series& got, const std::function<double(int)>& exact) {
    for (int k = 0; k <= order; ++k) {
        BOOST_CHECK_MESSAGE(std::abs(got[k] - exact(k)) <= 4e-15 * (1 + std::abs(exact(k))) * (k + 1),
                            what << ", term " << k << ": " << got[k] << ", exactly " << exact(k));
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(taylor)

BOOST_AUTO_TEST_CASE(terms_are_those_of_the_known_series) {
    const Series t = series(0);
    check("exp", exp(t), [](int k) { return 1 / factorial(k); });
    check("exp(0.5 - 2 t)", exp(0.5 - 2 * t),
          [](int k) { return std::exp(0.5) * std::pow(-2.0, k) / factorial(k); });
    check("expm1", expm1(t), [](int k) { return k == 0 ? 0 : 1 / factorial(k); });
    check("log(1 + t)", log(1 + t), [](int k) { return k == 0 ? 0 : (k % 2 == 1 ? 1.0 : -1.0) / k; });
    check("log1p", log1p(t), [](int k) { return k == 0 ? 0 : (k % 2 == 1 ? 1.0 : -1.0) / k; });
    check("1 / (1 - t)", 1 / (1 - t), [](int) { return 1; });
    check("t / (1 - t)", t / (1 - t), [](int k) { return k == 0 ? 0 : 1; });
    check("sqrt(1 + t)", sqrt(1 + t), [](int k) { return binomial(0.5, k); });
    check("(1 + t)^-1.5", pow(1 + t, -1.5), [](int k) { return binomial(-1.5, k); });
    check("(1 + t)^3", pow(1 + t, 3), [](int k) { return binomial(3, k); });
    check("2^t", pow(2.0, t), [](int k) { return std::pow(std::log(2.0), k) / factorial(k); });
    check("sin", sin(t), [](int k) { return k % 2 == 0 ? 0 : (k % 4 == 1 ? 1 : -1) / factorial(k); });
    check("cos", cos(t), [](int k) { return k % 2 == 1 ? 0 : (k % 4 == 0 ? 1 : -1) / factorial(k); });
    check("sinh", sinh(t), [](int k) { return k % 2 == 0 ? 0 : 1 / factorial(k); });
    check("cosh", cosh(t), [](int k) { return k % 2 == 1 ? 0 : 1 / factorial(k); });
    check("atan", atan(t), [](int k) { return k % 2 == 0 ? 0 : (k % 4 == 1 ? 1.0 : -1.0) / k; });
    check("asin", asin(t), [](int k) { return k % 2 == 0 ? 0 : std::abs(binomial(-0.5, k / 2)) / k; });
    const double tanh_terms[] = {0, 1, 0, -1.0 / 3, 0, 2.0 / 15, 0, -17.0 / 315, 0};
    check("tanh", tanh(t), [&](int k) { return tanh_terms[k]; });
    check("tan", tan(t), [&](int k) { return std::abs(tanh_terms[k]); });
    // 1 / (1 + e^-t) = 1/2 + 1/2 tanh(t/2)
    check("sigmoid", sigmoid(t), [&](int k) { return (k == 0 ? 1 : tanh_terms[k] / std::pow(2.0, k)) / 2; });
    check("softplus", softplus(t), [&](int k) {
        return k == 0 ? std::log(2.0) : (k == 1 ? 1 : tanh_terms[k - 1] / std::pow(2.0, k - 1)) / (2 * k);
    });
}

// Nested duals run the same rules in another way: the third derivative appears in their innermost part.
BOOST_AUTO_TEST_CASE(third_derivatives_are_those_of_nested_duals) {
    using First = Dual<double>;
    using Second = Dual<First>;
    using Third = Dual<Second>;
    const auto function = [](const auto& x) {
        return pow(x, sin(x)) * softplus(x) / (2 + max(x, x * x)) - abs(x - 3) * tanh(x) + exp(-x) * sqrt(x);
    };
    for (const double x : {0.3, 0.9, 1.7, 3.5}) {
        const Third nested(Second(First(x, 1), First(1, 0)), Second(First(1, 0), First(0, 0)));
        const double third = function(nested).tangent.tangent.tangent;
        BOOST_TEST(6 * function(Taylor<double, 3>(series(x).truncated<3>()))[3] == third,
                   boost::test_tools::tolerance(1e-12));
    }
}

BOOST_AUTO_TEST_CASE(infinite_slopes_and_flat_arguments_leave_no_nan) {
    const Series zero(0.0);
    for (int k = 0; k <= order; ++k) BOOST_TEST(sqrt(zero)[k] == 0);
    const Series cube = pow(series(0), 3);
    for (int k = 0; k <= order; ++k) BOOST_TEST(cube[k] == (k == 3 ? 1 : 0));
    const Series square = pow(series(0), 2.0);
    for (int k = 0; k <= order; ++k) BOOST_TEST(square[k] == (k == 2 ? 1 : 0));
}

BOOST_AUTO_TEST_SUITE_END()
