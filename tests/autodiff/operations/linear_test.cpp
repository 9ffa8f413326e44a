#include "hesse/autodiff/operations/linear.hpp"

#include "rule_check.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

namespace {
using namespace hesse;
}  // namespace

BOOST_AUTO_TEST_SUITE(linear)

BOOST_AUTO_TEST_CASE(fma_has_its_partials) {
    test::check_rule_of_several<Fma, true, true, true>(
        {{2, 3, 5}, {-0.1, 10, 1}, {0, 0, 0}, {1e200, 1e-100, -1}});
    test::check_rule_of_several<Fma, true, false, true>({{2, 3, 5}, {-0.1, 10, 1}});
    // rounded once: 1/3 * 3 - 1 is what the rounding of 1/3 left
    BOOST_TEST(fma(1.0 / 3, 3.0, -1.0) == -0x1p-54);
    BOOST_TEST(apply<Fma>(Pack<double>(1.0 / 3), 3.0, -1.0)[0] == -0x1p-54);
}

BOOST_AUTO_TEST_CASE(lerp_has_its_partials) {
    test::check_rule_of_several<Lerp, true, true, true>(
        {{1, 3, 0.25}, {-2, 5, 1.5}, {4, 4, 0.5}, {1, 2, 0}, {1, 2, 1}, {2, 3, -1}});
    BOOST_TEST(lerp(0.1, 0.7, 1.0) == 0.7);
}

BOOST_AUTO_TEST_CASE(ldexp_has_its_derivative) {
    test::check_rule_of_several<Ldexp, true, false>({{0.3, 3}, {-5, -7}, {0, 2}, {1e-300, 1000}});
    BOOST_TEST(ldexp(3.0, 4) == 48);
}

BOOST_AUTO_TEST_SUITE_END()
