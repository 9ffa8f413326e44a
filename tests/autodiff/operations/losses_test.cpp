#include "hesse/autodiff/operations/losses.hpp"

#include "rule_check.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

namespace {
using namespace hesse;
using test::infinity;
using test::not_a_number;
using DD = Dual<Dual<double>>;
}  // namespace

BOOST_AUTO_TEST_SUITE(losses)

BOOST_AUTO_TEST_CASE(huber_has_its_partials) {
    test::check_binary_rule<Huber>({{0.3, 1}, {-0.3, 1}, {2, 1}, {-2, 1}, {1e200, 0.5}, {0, 1}, {-3, 4}});
    const DD y = huber(test::seeded(1.0));  // the end of the parabola
    BOOST_TEST(y.value.value == 0.5);
    BOOST_TEST(y.value.tangent == 1);
    BOOST_TEST(y.tangent.tangent == 1);
}

BOOST_AUTO_TEST_CASE(log_cosh_has_its_derivatives) {
    // y'' = 1 - tanh^2 is accurate relative to 1
    test::check_rule<LogCosh>({0.3, -1e300, -800, -20, -1, -0.9, -1e-3, 0, 1e-9, 1e-6, 1, 1.1, 5, 40, 800},
                              {8, 1});
    test::check_value<LogCosh>(infinity, infinity);
    test::check_value<LogCosh>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(xlogx_has_its_derivatives) {
    // ln x + 1 vanishes at 1/e
    test::check_rule<XLogX>({0.3, 1e-140, 1e-6, 0.36787944117144233, 1, 2, 50, 1e100}, {8, 1});
    const DD y = xlogx(test::seeded(0.0));
    BOOST_TEST(y.value.value == 0);
    BOOST_TEST(y.value.tangent == 0);
    BOOST_TEST(y.tangent.tangent == 0);
    test::check_value<XLogX>(-1, not_a_number);
    test::check_value<XLogX>(infinity, infinity);
}

BOOST_AUTO_TEST_CASE(xlogy_has_its_partials) {
    test::check_binary_rule<XLogY>({{0.3, 2}, {2, 0.3}, {0, 3}, {-1, 5}, {3, 1}, {1e-3, 1e-3}});
    test::check_value<XLogX>(0, 0);
    const DD x = test::seeded(0.0);
    for (const DD& y : {xlogy(x, 0.0), xlogy(0.0, x), xlogy(x, x)}) {
        BOOST_TEST(y.value.value == 0);
        BOOST_TEST(y.value.tangent == 0);
        BOOST_TEST(y.tangent.tangent == 0);
    }
    BOOST_TEST(xlogy(1.0, 0.0) == -infinity);
    BOOST_TEST(std::isnan(xlogy(0.0, -1.0)));
}

BOOST_AUTO_TEST_CASE(xlog1py_has_its_partials) {
    test::check_binary_rule<XLog1pY>({{0.3, 2}, {2, 1e-9}, {0, 3}, {0, 0}, {-1, 5}, {3, -0.5}, {5, 1e-6}});
    const DD x = test::seeded(0.0);
    for (const DD& y : {xlog1py(x, -1.0), xlog1py(0.0, x - 1.0)}) {
        BOOST_TEST(y.value.value == 0);
        BOOST_TEST(y.value.tangent == 0);
        BOOST_TEST(y.tangent.tangent == 0);
    }
    BOOST_TEST(xlog1py(1.0, -1.0) == -infinity);
}

BOOST_AUTO_TEST_SUITE_END()
