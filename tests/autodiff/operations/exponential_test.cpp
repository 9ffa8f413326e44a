#include "hesse/autodiff/operations/exponential.hpp"

#include "rule_check.hpp"

#include <boost/test/unit_test.hpp>

namespace {
using namespace hesse;
using test::infinity;
using test::not_a_number;
}  // namespace

BOOST_AUTO_TEST_SUITE(exponential)

BOOST_AUTO_TEST_CASE(exp_has_its_derivatives) {
    test::check_rule<Exp>({-1e-6, -745, -730, -708.5, -30, -1, 0, 1e-300, 1e-6, 0.5, 1, 20, 80, 709, 709.7});
    test::check_value<Exp>(-800, 0);
    test::check_value<Exp>(800, infinity);
    test::check_value<Exp>(-infinity, 0);
    test::check_value<Exp>(infinity, infinity);
    test::check_value<Exp>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(the_slope_of_what_overflows_counts_as_zero) {
    // so that 1 / (1 + e^-x) has the derivative 0, and not 0 times infinity
    for (const double x : {-800.0, 800.0}) {
        const auto y = 1.0 / (1.0 + exp(-test::seeded(x)));
        BOOST_TEST(y.value.value == (x > 0 ? 1 : 0));
        BOOST_TEST(y.value.tangent == 0);
        BOOST_TEST(y.tangent.tangent == 0);
    }
    for (const auto& y : {exp(test::seeded(800.0)), expm1(test::seeded(800.0)), exp2(test::seeded(1100.0))}) {
        BOOST_TEST(y.value.value == infinity);
        BOOST_TEST(y.value.tangent == 0);
        BOOST_TEST(y.tangent.tangent == 0);
    }
}

BOOST_AUTO_TEST_CASE(exp2_has_its_derivatives) {
    test::check_rule<Exp2>(
        {-1e-6, -1073, -1030, -1021.5, -30, -1, 0, 1e-300, 1e-6, 0.5, 1, 20, 1023, 1023.7});
    test::check_value<Exp2>(-1100, 0);
    test::check_value<Exp2>(1100, infinity);
    test::check_value<Exp2>(10, 1024);
    test::check_value<Exp2>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(expm1_has_its_derivatives) {
    // y' = y + 1 is accurate relative to 1
    test::check_rule<Expm1>(
        {0.3, -1e300, -700, -50, -20, -1, -1e-3, -1e-6, 0, 1e-9, 1e-6, 1e-3, 1, 20, 80, 709.7}, {8, 1});
    test::check_value<Expm1>(-800, -1);
    test::check_value<Expm1>(800, infinity);
    test::check_value<Expm1>(-infinity, -1);
    test::check_value<Expm1>(infinity, infinity);
    test::check_value<Expm1>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(log_has_its_derivatives) {
    test::check_rule<Log>(
        {0.3, 1e-150, 1e-20, 1e-6, 0.1, 0.999, 1, 1.001, 2, 50, 1e20, 1e150, 1e-300, 1.7e308});
    test::check_value<Log>(0, -infinity);
    test::check_value<Log>(-1, not_a_number);
    test::check_value<Log>(5e-324, -744.4400719213812);
    test::check_value<Log>(infinity, infinity);
    test::check_value<Log>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(log2_and_log10_have_their_derivatives) {
    test::check_rule<Log2>({0.3, 1e-150, 1e-20, 1e-6, 0.1, 0.999, 1, 1.001, 2, 50, 1e20, 1e150});
    test::check_rule<Log10>({0.3, 1e-150, 1e-20, 1e-6, 0.1, 0.999, 1, 1.001, 2, 50, 1e20, 1e150});
    test::check_value<Log2>(5e-324, -1074);
    test::check_value<Log2>(1024, 10);
    test::check_value<Log10>(5e-324, -323.30621534311581);
    test::check_value<Log10>(1000, 3);
    test::check_value<Log2>(0, -infinity);
    test::check_value<Log10>(-1, not_a_number);
}

BOOST_AUTO_TEST_CASE(log1p_has_its_derivatives) {
    test::check_rule<Log1p>(
        {0.3, -1 + 0x1p-53, -0.999, -0.5, -1e-3, -1e-6, 0, 1e-12, 1e-6, 1e-3, 1, 50, 1e20, 1e300});
    test::check_value<Log1p>(-1, -infinity);
    test::check_value<Log1p>(-2, not_a_number);
    test::check_value<Log1p>(infinity, infinity);
    test::check_value<Log1p>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_SUITE_END()
