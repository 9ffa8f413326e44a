#include "hesse/autodiff/operations/bessel.hpp"

#include "rule_check.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

namespace {
using namespace hesse;
using test::infinity;

std::vector<test::Point> of_orders(const std::vector<double>& xs) {
    std::vector<test::Point> points;
    for (const double n : {0.0, 1.0, 2.0, 5.0}) {
        for (const double x : xs) points.push_back({n, x});
    }
    return points;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(bessel)

// Near their zeros they are accurate relative to their amplitude, which is below 1.
BOOST_AUTO_TEST_CASE(functions_of_the_first_kind_have_their_derivatives) {
    test::check_rule_of_several<BesselJ, false, true>(
        of_orders({0.3, -7, -1, 0, 1e-3, 2.404, 5, 20, 75, 500}), {16, 1, 1});
    BOOST_TEST(bessel_j0(0) == 1);
    BOOST_TEST(bessel_j1(0.0) == 0);
    BOOST_TEST(bessel_jn(-3, 2.0) == -bessel_jn(3, 2.0));
}

BOOST_AUTO_TEST_CASE(functions_of_the_second_kind_have_their_derivatives) {
    test::check_rule_of_several<BesselY, false, true>(of_orders({0.3, 0.9, 1.5, 5, 20, 60, 500}), {32, 1, 1});
    BOOST_TEST(bessel_y0(0.0) == -infinity);
    BOOST_TEST(std::isnan(bessel_y1(-1.0)));
    BOOST_TEST(bessel_yn(-3, 2.0) == -bessel_yn(3, 2.0));
}

BOOST_AUTO_TEST_CASE(modified_functions_have_their_derivatives) {
    test::check_rule_of_several<BesselI, false, true>(of_orders({0.3, -7, -1, 1e-3, 2, 20, 300, 700, 713}),
                                                      {32});
    test::check_rule_of_several<BesselI, false, true>({{0, 0}, {1, 0}, {2, 0}});
    BOOST_TEST(bessel_i0(0) == 1);
    BOOST_TEST(bessel_i0(800.0) == infinity);
    BOOST_TEST(bessel_in(2, infinity) == infinity);
    BOOST_TEST(bessel_i1(-2.0) == -bessel_i1(2.0));
    BOOST_TEST(bessel_in(-3, 2.0) == bessel_in(3, 2.0));
}

BOOST_AUTO_TEST_SUITE_END()
