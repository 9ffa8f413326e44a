#include "hesse/autodiff/operations/trigonometric.hpp"

#include "rule_check.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace {
using namespace hesse;
using test::infinity;
using test::not_a_number;
constexpr double pi = 3.141592653589793;

// Every quadrant, the numbers nearest to multiples of pi / 2, and both sides of where lanes go to <cmath>.
const std::vector<double> angles = {0.3, -1e-6,        0,        1e-6,       0.7853,    0.7855, pi / 2, 2,
                                    pi,  3.5,          -3.5,     3 * pi / 2, 2 * pi,    7,      22,     -22,
                                    355, 710 * pi / 2, 999999.5, 1e6,        1000000.5, -1e8};

template <class Rule>
void check_slope_counts_as_zero_at_the_ends() {
    for (const double x : {-1.0, 1.0}) {
        const auto y = apply<Rule>(test::seeded(x));
        BOOST_TEST(y.value.tangent == 0);
        BOOST_TEST(y.tangent.tangent == 0);
    }
}
}  // namespace

BOOST_AUTO_TEST_SUITE(trigonometric)

BOOST_AUTO_TEST_CASE(sin_has_its_derivatives) {
    test::check_rule<Sin>(angles);
    test::check_value<Sin>(infinity, not_a_number);
    test::check_value<Sin>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(cos_has_its_derivatives) {
    test::check_rule<Cos>(angles);
    test::check_value<Cos>(-infinity, not_a_number);
    test::check_value<Cos>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(tan_has_its_derivatives) {
    test::check_rule<Tan>(angles, {16, 0});
    test::check_value<Tan>(infinity, not_a_number);
}

BOOST_AUTO_TEST_CASE(asin_has_its_derivatives) {
    // y'' near 0 is a difference of terms of size 1
    test::check_rule<Asin>(
        {0.3, -0.999, -0.7, -0.5, -1e-3, 0, 1e-6, 0.25, 0.5, 0.6, 0.7, 0.9, 0.999, 1 - 0x1p-30, 1 - 0x1p-53},
        {16, 1});
    check_slope_counts_as_zero_at_the_ends<Asin>();
    test::check_value<Asin>(1, pi / 2);
    test::check_value<Asin>(1.5, not_a_number);
}

BOOST_AUTO_TEST_CASE(acos_has_its_derivatives) {
    test::check_rule<Acos>(
        {0.3, -0.999, -0.7, -0.5, -1e-3, 0, 1e-6, 0.25, 0.5, 0.6, 0.7, 0.9, 0.999, 1 - 0x1p-30, 1 - 0x1p-53},
        {16, 1});
    check_slope_counts_as_zero_at_the_ends<Acos>();
    test::check_value<Acos>(1, 0);
    test::check_value<Acos>(-1, pi);
    test::check_value<Acos>(-1.5, not_a_number);
}

BOOST_AUTO_TEST_CASE(atan_has_its_derivatives) {
    // y''' is a difference of terms of size 1
    test::check_rule<Atan>(
        {0.3, -1e150, -1e8, -3, -0.6, -0.45, -1e-6, 0, 1e-9, 1e-3, 0.4375, 0.6, 0.7, 1, 1.2, 2, 2.5, 1e5},
        {.third_floor = 1});
    test::check_value<Atan>(infinity, pi / 2);
    test::check_value<Atan>(-infinity, -pi / 2);
    test::check_value<Atan>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(atan2_has_its_partials_in_every_quadrant_and_on_the_axes) {
    test::check_binary_rule<Atan2>({{1, 2},
                                    {1, -2},
                                    {-1, 2},
                                    {-1, -2},
                                    {1, 0},
                                    {-1, 0},
                                    {0, 3},
                                    {1e-9, 1},
                                    {1, 1e-9},
                                    {1e200, -1e200},
                                    {1e-100, 3e-100},
                                    {20, 0.5}});
    BOOST_TEST(atan2(0.0, -1.0) == pi);
    BOOST_TEST(atan2(-0.0, -1.0) == -pi);
    // on the cut, where 300 digits see both branches
    const auto y = atan2(test::seeded(0.0), -2.0);
    BOOST_TEST(y.value.tangent == -0.5);
    BOOST_TEST(y.tangent.tangent == 0);
    const auto origin = atan2(test::seeded(0.0), test::seeded(0.0));
    BOOST_TEST(origin.value.value == 0);
    BOOST_TEST(origin.value.tangent == 0);
    BOOST_TEST(origin.tangent.tangent == 0);
}

BOOST_AUTO_TEST_SUITE_END()
