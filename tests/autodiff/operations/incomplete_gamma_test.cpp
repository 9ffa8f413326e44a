#include "hesse/autodiff/operations/incomplete_gamma.hpp"

#include "hesse/autodiff/variable.hpp"
#include "rule_check.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

namespace {
using namespace hesse;
using test::infinity;

const std::vector<test::Point> points = {{0.5, 0.3}, {1, 1e-6}, {1, 2},   {2.5, 2.5},
                                         {3, 20},    {10, 3},   {30, 40}, {0.1, 5}};

template <class A, class X>
concept GammaFunctions = requires(const A& a, const X& x) { gamma_p(a, x), gamma_q(a, x); };
}  // namespace

BOOST_AUTO_TEST_SUITE(incomplete_gamma)

BOOST_AUTO_TEST_CASE(both_have_their_derivatives) {
    // (a - 1) / x - 1 vanishes at the mode
    test::check_rule_of_several<GammaP, false, true>(points, {64, 1});
    test::check_rule_of_several<GammaQ, false, true>(points, {64, 1});
    test::check_rule_of_several<GammaQ, false, true>({{2, 100}, {50, 300}}, {256});  // far out
}

BOOST_AUTO_TEST_CASE(at_zero_the_derivatives_are_their_limits_or_zero) {
    const auto at_zero = [](double a) { return gamma_p(a, test::seeded(0.0)); };
    BOOST_TEST(at_zero(1).value.tangent == 1);
    BOOST_TEST(at_zero(1).tangent.tangent == -1);
    BOOST_TEST(at_zero(2).value.tangent == 0);
    BOOST_TEST(at_zero(2).tangent.tangent == 1);
    BOOST_TEST(at_zero(3).tangent.tangent == 0);
    BOOST_TEST(at_zero(1.5).tangent.tangent == 0);
    BOOST_TEST(at_zero(0.5).value.value == 0);
    BOOST_TEST(at_zero(0.5).value.tangent == infinity);
}

BOOST_AUTO_TEST_CASE(outside_of_the_domain_they_are_nan) {
    BOOST_TEST(std::isnan(gamma_p(-1.0, 1.0)));
    BOOST_TEST(std::isnan(gamma_q(1.0, -1.0)));
    BOOST_TEST(gamma_p(2.0, infinity) == 1);
}

BOOST_AUTO_TEST_CASE(the_shape_is_data) {
    static_assert(GammaFunctions<double, Var> && GammaFunctions<int, Dual<double>>);
    static_assert(!GammaFunctions<Var, double> && !GammaFunctions<Dual<double>, double>);
}

BOOST_AUTO_TEST_SUITE_END()
