#include "hesse/autodiff/operations/rounding.hpp"

#include "hesse/autodiff/operations/exponential.hpp"
#include "rule_check.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

namespace {
using namespace hesse;
using test::infinity;
using test::not_a_number;
using DD = Dual<Dual<double>>;

// Between jumps; the number next to one half is where x + 1/2 would be rounded to 1.
const std::vector<double> points = {0.3,  -3.75, -2.25,    -0.75, 0.25, 0.49999999999999994,
                                    1.75, 40.2,  1e6 + 0.3};
}  // namespace

BOOST_AUTO_TEST_SUITE(rounding)

BOOST_AUTO_TEST_CASE(functions_of_whole_numbers_have_derivative_zero) {
    test::check_rule<Floor>(points);
    test::check_rule<Ceil>(points);
    test::check_rule<Trunc>(points);
    test::check_rule<Round>(points);
    test::check_rule<Sign>(points);
}

BOOST_AUTO_TEST_CASE(values_are_those_of_the_standard_library_to_the_sign_of_zero) {
    const auto check = [](auto rule, const auto& standard) {
        using Rule = decltype(rule);
        for (const double x : {0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -2.5, -0.3, 0.7, 1e300, 4503599627370495.5,
                               infinity, -infinity}) {
            const double packed = apply<Rule>(Pack<double>(x))[0];
            BOOST_TEST(apply<Rule>(x) == standard(x));
            BOOST_TEST(packed == standard(x));
            BOOST_TEST(std::signbit(packed) == std::signbit(standard(x)));
            BOOST_TEST(apply<Rule>(Pack<float>(x))[0] == standard(static_cast<float>(x)));
        }
        BOOST_TEST(std::isnan(apply<Rule>(Pack<double>(not_a_number))[0]));
    };
    check(Floor{}, [](auto x) { return std::floor(x); });
    check(Ceil{}, [](auto x) { return std::ceil(x); });
    check(Trunc{}, [](auto x) { return std::trunc(x); });
    check(Round{}, [](auto x) { return std::round(x); });
    check(Rint{}, [](auto x) { return std::rint(x); });
    BOOST_TEST(nearbyint(2.5) == 2);
}

BOOST_AUTO_TEST_CASE(jumps_have_derivative_zero_too) {
    for (const double x : {-1.0, 0.0, 0.5, 2.0}) {
        const DD at = test::seeded(x);
        for (const DD& y : {floor(at), ceil(at), trunc(at), round(at), rint(at), nearbyint(at), sign(at)}) {
            BOOST_TEST(y.value.tangent == 0);
            BOOST_TEST(y.tangent.tangent == 0);
        }
    }
    BOOST_TEST(sign(0.0) == 0);
    BOOST_TEST(std::isnan(sign(not_a_number)));
}

BOOST_AUTO_TEST_CASE(a_stopped_gradient_leaves_the_value_alone) {
    const DD x = test::seeded(3.0);
    const DD y = stop_gradient(x * x) * x;
    BOOST_TEST(y.value.value == 27);
    BOOST_TEST(y.value.tangent == 9);
    BOOST_TEST(y.tangent.tangent == 0);
    BOOST_TEST(stop_gradient(log(test::seeded(0.0))).value.tangent == 0);
    BOOST_TEST(stop_gradient(2.5) == 2.5);
}

BOOST_AUTO_TEST_CASE(fmod_and_remainder_have_their_partials) {
    const std::vector<test::Point> all = {{7.5, 2},    {-7.5, 2},    {7.25, -2}, {-7.25, -2}, {1, 3},
                                          {1e15, 3.7}, {1.5, 1e300}, {5.3, 0.1}, {20, 0.3}};
    test::check_binary_rule<Fmod>(all);
    test::check_binary_rule<Remainder>(all);
    // 0.9999999999999999 = 9 x 0.1 + ..., though the rounded quotient is 10
    const double a = std::nextafter(1.0, 0.0);
    BOOST_TEST(fmod(a, Dual<double>(0.1, 1.0)).tangent == -9);
    BOOST_TEST(std::isnan(fmod(1.0, 0.0)));
    BOOST_TEST(fmod(2.0, infinity) == 2);
}

BOOST_AUTO_TEST_SUITE_END()
