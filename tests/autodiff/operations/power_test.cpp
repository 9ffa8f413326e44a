#include "hesse/autodiff/operations/power.hpp"

#include "rule_check.hpp"

#include <boost/test/unit_test.hpp>

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
    test::check_rule<Sqrt>({0.3, 1e-150, 1e-6, 1, 2, 50, 1e150});
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

BOOST_AUTO_TEST_CASE(pow_has_its_partials) {
    for (const double a : {1e-8, 0.3, 1.0, 2.0, 7.5, 40.0}) {
        for (const double b : {-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.5}) {
            const auto exact = test::exact_power(a, b);
            // ln a and the sum 1 + b ln a are accurate relative to 1 + |b ln a|
            const double size = std::abs(exact.value / a) * (1 + std::abs(b * std::log(a)));
            const auto check = [&](const auto& along_aa, const auto& along_ab, const auto& along_bb) {
                test::check_number<double>("a^b", a, along_aa.value.value, exact.value, {});
                test::check_number<double>("a^b, a", a, along_aa.value.tangent, exact.a, {});
                test::check_number<double>("a^b, aa", a, along_aa.tangent.tangent, exact.aa, {});
                test::check_number<double>("a^b, b", a, along_bb.value.tangent, exact.b, {});
                test::check_number<double>("a^b, bb", a, along_bb.tangent.tangent, exact.bb, {});
                test::check_number<double>("a^b, ab", a, along_ab.tangent.tangent, exact.ab, {8, size});
            };
            check(mixed<double>(a, b, true, true), mixed<double>(a, b, true, false),
                  mixed<double>(a, b, false, false));
            const auto first = [](const Dual<Dual<Pack<double>>>& y) {
                return DD({y.value.value[0], y.value.tangent[0]}, {y.tangent.value[0], y.tangent.tangent[0]});
            };
            using P = Pack<double>;
            check(first(mixed<P>(a, b, true, true)), first(mixed<P>(a, b, true, false)),
                  first(mixed<P>(a, b, false, false)));
        }
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
