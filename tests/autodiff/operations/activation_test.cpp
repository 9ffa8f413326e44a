#include "hesse/autodiff/operations/activation.hpp"

#include "rule_check.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace {
using namespace hesse;
using test::infinity;
using test::not_a_number;

const std::vector<double> points = {0.3,  -800, -100, -36, -5, -1, -1e-6, 0,   1e-9,
                                    1e-6, 1,    5,    17,  36, 40, 100,   800, 1e200};
}  // namespace

BOOST_AUTO_TEST_SUITE(activation)

BOOST_AUTO_TEST_CASE(leaky_relu_has_its_partials) {
    test::check_binary_rule<LeakyRelu>({{0.3, 0.01}, {-2, 0.1}, {5, 0}, {-1e100, 0.5}});
    BOOST_TEST(leaky_relu(Dual<double>(0.0, 1.0)).tangent == 0.01);  // 0 belongs to the lower piece
    BOOST_TEST(leaky_relu(-2.0) == -0.02);
}

BOOST_AUTO_TEST_CASE(elu_has_its_partials) {
    // the mixed derivative in the order of alpha and x comes from the one of expm1
    test::check_binary_rule<Elu>({{0.3, 1}, {-2, 1}, {-30, 1.5}, {-1e-6, 2}, {800, 1}, {-800, 0.7}}, {8, 1});
    BOOST_TEST(elu(Dual<double>(0.0, 1.0), 2.0).tangent == 2);
    BOOST_TEST(elu(-infinity) == -1);
}

BOOST_AUTO_TEST_CASE(silu_has_its_derivatives) {
    // the second one is accurate relative to its terms, of size x
    test::check_rule<Silu>(points, {8, 40});
    test::check_rule<Silu>({-800, -100, -36, -5, -1, 0, 1});
    test::check_value<Silu>(-infinity, 0);
    test::check_value<Silu>(infinity, infinity);
    test::check_value<Silu>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(gelu_has_its_derivatives) {
    test::check_rule<Gelu>(points);
    test::check_rule<Gelu>({-37, -20, -10, -3, -2.1, -1.9, 0.5, 2.5});
    test::check_value<Gelu>(-infinity, 0);
    test::check_value<Gelu>(infinity, infinity);
}

BOOST_AUTO_TEST_CASE(gelu_tanh_has_its_derivatives) {
    test::check_rule<GeluTanh>(points, {32, 40});
    test::check_value<GeluTanh>(-infinity, 0);
    test::check_value<GeluTanh>(infinity, infinity);
    BOOST_TEST(gelu_tanh(1.0) == 0.8411919906, boost::test_tools::tolerance(1e-10));
}

BOOST_AUTO_TEST_SUITE_END()
