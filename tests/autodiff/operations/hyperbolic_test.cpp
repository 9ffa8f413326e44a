#include "hesse/autodiff/operations/hyperbolic.hpp"

#include "rule_check.hpp"

#include <boost/test/unit_test.hpp>

namespace {
using namespace hesse;
using test::infinity;
using test::not_a_number;
}  // namespace

BOOST_AUTO_TEST_SUITE(hyperbolic)

BOOST_AUTO_TEST_CASE(sinh_has_its_derivatives) {
    test::check_rule<Sinh>({0.3, -709, -20, -1, -1e-3, -1e-6, 0, 1e-9, 1e-6, 1e-3, 0.5, 1, 5, 80, 710.4});
    test::check_value<Sinh>(800, infinity);
    test::check_value<Sinh>(-infinity, -infinity);
    test::check_value<Sinh>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(cosh_has_its_derivatives) {
    test::check_rule<Cosh>({0.3, -709, -20, -1, -1e-3, -1e-6, 0, 1e-9, 1e-6, 1e-3, 0.5, 1, 5, 80, 710.4});
    test::check_value<Cosh>(-800, infinity);
    test::check_value<Cosh>(-infinity, infinity);
    test::check_value<Cosh>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(tanh_has_its_derivatives) {
    // y' = 1 - y^2 is accurate relative to 1
    test::check_rule<Tanh>({0.3, -800, -30, -19, -1, -1e-3, -1e-6, 0, 1e-9, 1e-6, 1e-3, 0.6, 0.7, 5, 20, 800},
                           {8, 1});
    test::check_value<Tanh>(infinity, 1);
    test::check_value<Tanh>(-infinity, -1);
    test::check_value<Tanh>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(the_slopes_of_sinh_and_cosh_count_as_zero_where_they_overflow) {
    for (const auto& y : {sinh(test::seeded(800.0)), cosh(test::seeded(-800.0))}) {
        BOOST_TEST(y.value.value == infinity);
        BOOST_TEST(y.value.tangent == 0);
        BOOST_TEST(y.tangent.tangent == 0);
    }
}

BOOST_AUTO_TEST_CASE(asinh_has_its_derivatives) {
    test::check_rule<Asinh>({0.3, -1.7e308, -1e300, -1e150, -1e12, -1e9, -20, -1, -1e-3, -1e-6, 0, 1e-9, 1e-3,
                             0.5, 1, 5, 80, 1e20});
    test::check_value<Asinh>(infinity, infinity);
    test::check_value<Asinh>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(acosh_has_its_derivatives) {
    test::check_rule<Acosh>({1.3, 1 + 0x1p-52, 1 + 1e-12, 1.0001, 1.1, 2, 5, 80, 1e9, 1e20, 1e200, 1.7e308});
    test::check_value<Acosh>(1, 0);
    test::check_value<Acosh>(0.5, not_a_number);
    test::check_value<Acosh>(-1e50, not_a_number);
    test::check_value<Acosh>(infinity, infinity);
    BOOST_TEST(acosh(test::seeded(1.0)).value.tangent == 0);
    BOOST_TEST(acosh(test::seeded(1.0)).tangent.tangent == 0);
}

BOOST_AUTO_TEST_CASE(atanh_has_its_derivatives) {
    test::check_rule<Atanh>(
        {0.3, -1 + 0x1p-53, -0.999999, -0.9, -0.5, -1e-3, -1e-6, 0, 1e-9, 0.25, 0.7, 0.99, 1 - 0x1p-53});
    test::check_value<Atanh>(1, infinity);
    test::check_value<Atanh>(-1, -infinity);
    test::check_value<Atanh>(1.5, not_a_number);
}

BOOST_AUTO_TEST_SUITE_END()
