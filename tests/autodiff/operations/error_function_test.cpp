#include "hesse/autodiff/operations/error_function.hpp"

#include "rule_check.hpp"

#include <boost/test/unit_test.hpp>

namespace {
using namespace hesse;
using test::infinity;
using test::not_a_number;
}  // namespace

BOOST_AUTO_TEST_SUITE(error_function)

BOOST_AUTO_TEST_CASE(erf_and_erfc_have_their_derivatives) {
    test::check_rule<Gaussian>({0.3, -26, -3.7, -1e-6, 0, 1e-20, 0.9, 2.3, 9.1, 26, 30, 1e300});
    test::check_rule<Erf>({0.3, -26.5, -6, -3, -1, -1e-6, 0, 1e-300, 0.5, 0.9, 2, 5, 20});
    test::check_rule<Erfc>({0.3, -1e9, -6, -3, -1, -1e-6, 0, 0.5, 0.9, 2, 5, 9.1, 26});
    test::check_value<Erf>(infinity, 1);
    test::check_value<Erfc>(infinity, 0);
    test::check_value<Erfc>(-infinity, 2);
    test::check_value<Erf>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(erfinv_has_its_derivatives) {
    // y' and y'' grow like e^(y^2), which multiplies the error of y by 2 y^2
    test::check_rule<Erfinv>({0.3, -0.999999, -0.9, -0.5, -1e-6, 0, 1e-20, 0.5, 0.75, 0.99, 1 - 1e-9}, {32});
    test::check_rule<Erfinv>({-1 + 0x1p-53, 0.3}, {80});
    test::check_value<Erfinv>(1, infinity);
    test::check_value<Erfinv>(-1, -infinity);
    test::check_value<Erfinv>(1.5, not_a_number);
    test::check_value<Erfinv>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(the_normal_distribution_has_its_derivatives_in_both_tails) {
    test::check_rule<NormalPdf>({0.3, -37, -10, -1e-6, 0, 1.1, 3.3, 20.7, 36});
    // y''' vanishes at -1 and 1
    test::check_rule<NormalCdf>({0.3, -37, -20, -10, -5, -2.1, -1.9, -1, -1e-6, 0, 1, 3.3, 8, 37, 1e9},
                                {.third_floor = 1e-33});
    test::check_value<NormalCdf>(infinity, 1);
    test::check_value<NormalCdf>(-infinity, 0);
    test::check_value<NormalCdf>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(the_logarithm_of_the_normal_distribution_is_accurate_however_far_out) {
    // above -2, x + phi / Phi loses a digit; y''' is accurate relative to x
    test::check_rule<LogNormalCdf>({0.3, -40, -37, -20, -10, -5, -2.1, -1.9, -1, -1e-6, 0, 1, 3.3, 8, 37},
                                   {.units = 24, .third_floor = 10});
    test::check_rule<LogNormalCdf>({0.3, -1000, -100}, {.units = 24, .third_floor = 1000});
    test::check_rule<LogNormalCdf>({0.3, -1e8}, {.units = 24, .third_floor = 1e8});
    // accurate relative to x and 1, whose differences they are
    test::check_rule<InverseMills>({0.3, -40, -10, -2.1, -1.9, 0, 1, 5}, {8, 40, 0, 100});
    test::check_value<LogNormalCdf>(infinity, 0);
    test::check_value<LogNormalCdf>(-infinity, -infinity);
    test::check_value<LogNormalCdf>(not_a_number, not_a_number);
    BOOST_TEST(log_normal_cdf(-40.0) == -804.60844201375379, boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_SUITE_END()
