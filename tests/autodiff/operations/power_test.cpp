#include "hesse/autodiff/operations/power.hpp"

#include "rule_check.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

namespace {
using namespace hesse;
using D = Dual<double>;
using DD = Dual<Dual<double>>;

using test::infinity;
using test::not_a_number;

/// d2 a^b / (du dv) where u and v are a or b: the tangents say along which argument each level looks.
template <class T>
Dual<Dual<T>> mixed(double a, double b, bool u_is_a, bool v_is_a) {
    const auto seed = [](double x, bool outer, bool inner) {
        return Dual<Dual<T>>(Dual<T>(T(x), T(inner)), Dual<T>(T(outer), T(0)));
    };
    return pow(seed(a, u_is_a, v_is_a), seed(b, !u_is_a, !v_is_a));
}
}  // namespace

BOOST_AUTO_TEST_SUITE(power)

BOOST_AUTO_TEST_CASE(square_has_its_derivatives) {
    test::check_rule<Square>({0.3, -1e100, -3, -1e-6, 0, 1e-100, 1e-6, 1, 50});
    BOOST_TEST(square(3) == 9.0);
    test::check_value<Square>(-infinity, infinity);
    test::check_value<Square>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(inverse_has_its_derivatives) {
    test::check_rule<Inverse>({0.3, -1e80, -3, -1e-6, 1e-80, 1e-6, 1, 50});
    BOOST_TEST(inverse(4) == 0.25);
    test::check_value<Inverse>(0, infinity);
    test::check_value<Inverse>(infinity, 0);
    test::check_value<Inverse>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(sqrt_has_its_derivatives) {
    test::check_rule<Sqrt>({0.3, 1e-200, 1e-150, 1e-6, 1, 2, 50, 1e150, 1.7e308});
    test::check_value<Sqrt>(-1, not_a_number);
    test::check_value<Sqrt>(infinity, infinity);
    test::check_value<Sqrt>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(the_slope_of_sqrt_counts_as_zero_at_zero) {
    const DD y = sqrt(test::seeded(0.0));
    BOOST_TEST(y.value.tangent == 0);
    BOOST_TEST(y.tangent.tangent == 0);
    // so that a norm has a subgradient at the origin
    const D x(0.0, 1.0);
    BOOST_TEST(sqrt(x * x + 2.0 * (x * x)).tangent == 0);
}

BOOST_AUTO_TEST_CASE(rsqrt_and_cube_have_their_derivatives) {
    test::check_rule<Rsqrt>({0.3, 1e-150, 1e-6, 1, 2, 50, 1e100});
    test::check_value<Rsqrt>(0, infinity);
    test::check_value<Rsqrt>(-1, not_a_number);
    test::check_rule<Cube>({0.3, -1e100, -3, -1e-6, 1e-100, 1e-6, 1, 50});
    BOOST_TEST(cube(test::seeded(0.0)).tangent.tangent == 0);
}

BOOST_AUTO_TEST_CASE(cbrt_has_its_derivatives) {
    test::check_rule<Cbrt>({0.3, -1e150, -50, -2, -1e-6, 1e-100, 1e-6, 1, 8, 50, 1e100});
    test::check_value<Cbrt>(0, 0);
    BOOST_TEST(cbrt(Pack<double>(1e-310))[0] == 4.6415888336127788e-104, boost::test_tools::tolerance(1e-15));
    test::check_value<Cbrt>(-infinity, -infinity);
    BOOST_TEST(cbrt(test::seeded(0.0)).value.tangent == 0);
    BOOST_TEST(cbrt(test::seeded(0.0)).tangent.tangent == 0);
}

BOOST_AUTO_TEST_CASE(pow_has_its_partials) {
    std::vector<test::Point> points;
    for (const double a : {1e-8, 0.3, 1.0, 2.0, 7.5, 40.0}) {
        for (const double b : {-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.5})
            points.push_back({a, b});
    }
    // the mixed one, a^(b-1) (1 + b ln a), is accurate relative to its terms: absolutely where they nearly cancel
    test::check_binary_rule<Power>(points, {16, 1});
}

BOOST_AUTO_TEST_CASE(hypot_has_its_partials) {
    // the second ones are accurate relative to 1 / y
    test::check_binary_rule<Hypot>({{3, 4}, {-3, 4}, {1e-6, 1}, {1, 0}, {0, -2}, {0.5, 30}}, {8, 1});
    test::check_binary_rule<Hypot>({{1e200, 1e200}, {1e-100, -1e-100}, {1e-300, 1}, {1.2e308, -1.2e308}});
    test::check_rule_of_several<Hypot, true, true, true>({{1, 2, 2}, {0, 0, -3}, {0, 1, 1}, {1e-3, 40, 0.5}},
                                                         {8, 1});
    BOOST_TEST(hypot(3, 4) == 5);
    BOOST_TEST(hypot(2.0, 3.0, 6.0) == 7);
    BOOST_TEST(hypot(infinity, not_a_number) == infinity);
    BOOST_TEST(hypot(1.0, infinity, 0.0) == infinity);
}

BOOST_AUTO_TEST_CASE(the_slope_of_hypot_counts_as_zero_at_the_origin) {
    const DD x = test::seeded(0.0);
    for (const DD& y : {hypot(x, x), hypot(x, 0.0), hypot(0.0, x), hypot(x, x, x), hypot(0.0, 0.0, x)}) {
        BOOST_TEST(y.value.value == 0);
        BOOST_TEST(y.value.tangent == 0);
        BOOST_TEST(y.tangent.tangent == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_product_with_a_root_has_the_derivative_zero_at_zero) {
    // x^1.5, whose second derivative is infinite there, and counts as 0
    const DD x = test::seeded(0.0);
    for (const DD& y : {x * sqrt(x), pow(x, 1.5), x * pow(x, 0.5), sqrt(x) * sqrt(x) * sqrt(x)}) {
        BOOST_TEST(y.value.value == 0);
        BOOST_TEST(y.value.tangent == 0);
        BOOST_TEST(y.tangent.tangent == 0);
    }
}

BOOST_AUTO_TEST_CASE(whole_powers_are_right_at_zero_to_second_order) {
    const double first[] = {0, 1, 0, 0, 0};
    const double second[] = {0, 0, 2, 0, 0};
    for (int n = 0; n < 5; ++n) {
        const DD y = pow(test::seeded(0.0), n);
        BOOST_TEST(y.value.value == (n == 0 ? 1 : 0));
        BOOST_TEST(y.value.tangent == first[n]);
        BOOST_TEST(y.tangent.tangent == second[n]);
        const auto z = pow(test::seeded(Pack<double>(0.0)), static_cast<double>(n));
        BOOST_TEST(z.value.tangent[0] == first[n]);
        BOOST_TEST(z.tangent.tangent[0] == second[n]);
    }
}

BOOST_AUTO_TEST_CASE(whole_powers_of_negative_numbers_are_right) {
    const DD y = pow(test::seeded(-2.0), 3);
    BOOST_TEST(y.value.value == -8);
    BOOST_TEST(y.value.tangent == 12);
    BOOST_TEST(y.tangent.tangent == -12);
    const DD z = pow(test::seeded(-2.0), -1.0);
    BOOST_TEST(z.value.value == -0.5);
    BOOST_TEST(z.value.tangent == -0.25);
    BOOST_TEST(z.tangent.tangent == -0.25);
}

BOOST_AUTO_TEST_CASE(the_infinite_slope_of_a_fractional_power_counts_as_zero_at_zero) {
    const DD y = pow(test::seeded(0.0), 0.5);
    BOOST_TEST(y.value.tangent == 0);
    BOOST_TEST(y.tangent.tangent == 0);
    const DD z = pow(test::seeded(0.0), 1.5);
    BOOST_TEST(z.value.tangent == 0);
    BOOST_TEST(z.tangent.tangent == 0);
}

BOOST_AUTO_TEST_CASE(an_active_exponent_at_base_zero_gives_no_nan) {
    for (const double b : {1.0, 2.0, 2.5, 3.0}) {
        const DD aa = mixed<double>(0.0, b, true, true);
        const DD bb = mixed<double>(0.0, b, false, false);
        BOOST_TEST(aa.value.tangent == (b == 1 ? 1 : 0));
        BOOST_TEST(aa.tangent.tangent == (b == 2 ? 2 : 0));
        BOOST_TEST(bb.value.tangent == 0);
        BOOST_TEST(bb.tangent.tangent == 0);
        BOOST_TEST(std::isfinite(mixed<double>(0.0, b, true, false).tangent.tangent));
    }
}

BOOST_AUTO_TEST_CASE(a_real_exponent_of_a_negative_base_has_no_derivative) {
    const D y = pow(D(-2.0, 0.0), D(2.0, 1.0));
    BOOST_TEST(y.value == 4);
    BOOST_TEST(std::isnan(y.tangent));
    // but a constant exponent is never asked for one
    BOOST_TEST(pow(D(-2.0, 1.0), 2.0).tangent == -4);
}

BOOST_AUTO_TEST_CASE(a_constant_base_is_an_exponential) {
    const DD y = pow(2, test::seeded(3.0));
    const double ln2 = std::log(2.0);
    BOOST_TEST(y.value.value == 8);
    BOOST_TEST(y.value.tangent == 8 * ln2, boost::test_tools::tolerance(1e-15));
    BOOST_TEST(y.tangent.tangent == 8 * ln2 * ln2, boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(lanes_of_different_exponents_do_not_disturb_each_other) {
    using P = Pack<double>;
    const double base[] = {1.7, 1.7, 1.7, 1.7, 1.7, 1.7, 1.7, 1.7};
    const double exponent[] = {2, 2.5, 3, 0.1, 1, 2, -1, 0};
    for (int i = 0; i + P::size <= 8; i += P::size) {
        const P together = pow(P::load(base + i), P::load(exponent + i));
        for (int lane = 0; lane < P::size; ++lane) {
            BOOST_TEST(together[lane] == apply<Power>(P(1.7), P(exponent[i + lane]))[0]);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
