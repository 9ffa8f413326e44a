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
    test::check_rule<Sinh>({0.3, -709, -20, -1, -1e-3, -1e-6, 0, 1e-9, 1e-6, 1e-3, 0.5, 1, 5, 80, 710});
    test::check_value<Sinh>(800, infinity);
    test::check_value<Sinh>(-infinity, -infinity);
    test::check_value<Sinh>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(cosh_has_its_derivatives) {
    test::check_rule<Cosh>({0.3, -709, -20, -1, -1e-3, -1e-6, 0, 1e-9, 1e-6, 1e-3, 0.5, 1, 5, 80, 710});
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

BOOST_AUTO_TEST_SUITE_END()
