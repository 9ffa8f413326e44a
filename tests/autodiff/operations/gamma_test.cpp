#include "hesse/autodiff/operations/gamma.hpp"

#include "rule_check.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

namespace {
using namespace hesse;
using test::infinity;
using test::not_a_number;
}  // namespace

BOOST_AUTO_TEST_SUITE(gamma_functions)

BOOST_AUTO_TEST_CASE(lgamma_has_its_derivatives) {
    // digamma vanishes at 1.46
    test::check_rule<Lgamma>({0.3, -1000.3, -20.5, -3.75, -1.5, -0.5, -1e-3, 1e-100, 1e-6, 0.9,
                              1,   1.1,     1.46,  2,     3,    10,   50.5,  1e3,    1e10, 1e300},
                             {16, 1, 1});
    test::check_value<Lgamma>(0, infinity);
    test::check_value<Lgamma>(-1, infinity);
    test::check_value<Lgamma>(1, 0);
    test::check_value<Lgamma>(infinity, infinity);
    test::check_value<Lgamma>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(tgamma_has_its_derivatives) {
    test::check_rule<Tgamma>(
        {0.3, -150.5, -20.5, -3.75, -1.5, -0.5, -1e-3, 1e-6, 0.9, 1, 1.46, 2, 3, 10, 50.5, 150, 170},
        {32, 1});
    test::check_value<Tgamma>(-1, not_a_number);
    test::check_value<Tgamma>(0, infinity);
    test::check_value<Tgamma>(5, 24);
    const auto y = tgamma(test::seeded(200.0));
    BOOST_TEST(y.value.value == infinity);
    BOOST_TEST(y.value.tangent == 0);
}

BOOST_AUTO_TEST_CASE(digamma_and_its_derivatives_are_right) {
    test::check_rule<Digamma>(
        {0.3, -1000.3, -20.4, -3.75, -0.5, -1e-3, 1e-90, 1e-6, 0.9, 1, 1.4616, 2, 10, 1e3, 1e10, 1e300},
        {16, 0, 1});
    test::check_rule_of_several<Polygamma, false, true>(
        {{1, 0.3}, {1, -3.75}, {1, -0.5}, {1, 2}, {1, 50}, {2, 1.5}, {3, 0.1}, {0, 7}}, {32});
    test::check_value<Digamma>(0, not_a_number);
    test::check_value<Digamma>(-3, not_a_number);
    test::check_value<Digamma>(infinity, infinity);
    BOOST_TEST(trigamma(1.0) == std::pow(std::acos(-1.0), 2) / 6, boost::test_tools::tolerance(1e-15));
    BOOST_TEST(polygamma(2, 1.0) == -2.4041138063191886, boost::test_tools::tolerance(1e-15));
    BOOST_TEST(std::isnan(polygamma(-1, 1.0)));
}

BOOST_AUTO_TEST_CASE(beta_and_its_logarithm_have_their_partials) {
    const std::vector<test::Point> points = {{1, 1}, {0.3, 2.5}, {5, 0.1}, {20, 30}, {2, 9.5}, {0.1, 0.2}};
    // second partials are accurate relative to their terms, such as y psi'(a)
    test::check_binary_rule<Beta>(points, {64, 100});
    test::check_binary_rule<LogBeta>(points, {64, 1, 1});
    test::check_rule_of_several<LogBeta, true, true>(
        {{500, 700}, {9.9, 10.1}, {10, 10}, {0.5, 1e6}, {3, 1e5}, {1e4, 1e-3}}, {64, 1, 1});
    BOOST_TEST(std::isnan(beta(-1.0, 2.0)));
    BOOST_TEST(std::isnan(log_beta(1.0, 0.0)));
}

BOOST_AUTO_TEST_SUITE_END()
