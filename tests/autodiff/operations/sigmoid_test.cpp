#include "hesse/autodiff/operations/sigmoid.hpp"

#include "rule_check.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace {
using namespace hesse;
using test::infinity;
using test::not_a_number;

const std::vector<double> points = {0.3,  -800, -740, -100, -36, -1, -1e-6, 0,  1e-9,
                                    1e-6, 1,    5,    17,   36,  40, 100,   800};
}  // namespace

BOOST_AUTO_TEST_SUITE(sigmoid_family)

BOOST_AUTO_TEST_CASE(sigmoid_has_its_derivatives) {
    // y' = y (1 - y) and its derivative are accurate relative to 1
    test::check_rule<Sigmoid>(points, {8, 1});
    test::check_value<Sigmoid>(infinity, 1);
    test::check_value<Sigmoid>(-infinity, 0);
    test::check_value<Sigmoid>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(sigmoid_keeps_its_digits_far_below_zero) {
    for (const double x : {-30.0, -300.0, -700.0}) {
        const auto y = apply<Sigmoid>(test::seeded(x));
        BOOST_TEST(y.value.tangent == std::exp(x), boost::test_tools::tolerance(1e-12));
        BOOST_TEST(y.tangent.tangent == std::exp(x), boost::test_tools::tolerance(1e-12));
    }
}

BOOST_AUTO_TEST_CASE(softplus_has_its_derivatives) {
    test::check_rule<Softplus>(points, {8, 1});
    test::check_value<Softplus>(infinity, infinity);
    test::check_value<Softplus>(-infinity, 0);
    test::check_value<Softplus>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(log_sigmoid_has_its_derivatives) {
    test::check_rule<LogSigmoid>(points, {8, 1});
    test::check_value<LogSigmoid>(infinity, 0);
    test::check_value<LogSigmoid>(-infinity, -infinity);
    test::check_value<LogSigmoid>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(plain_numbers_are_accepted) {
    BOOST_TEST(sigmoid(0) == 0.5);
    BOOST_TEST(sigmoid(0.0f) == 0.5f);
    static_assert(std::is_same_v<decltype(sigmoid(0.0f)), float>);
    BOOST_TEST(softplus(0.0) == std::log(2.0));
    BOOST_TEST(log_sigmoid(0.0) == -std::log(2.0));
}

BOOST_AUTO_TEST_CASE(logaddexp_has_its_partials) {
    test::check_binary_rule<LogAddExp>(
        {{0.3, 1}, {2, 2}, {-800, 3}, {3, -800}, {800, 801}, {-800, -801}, {-1, -0.5}, {30, 0}}, {8, 1, 1});
    BOOST_TEST(logaddexp(infinity, infinity) == infinity);
    BOOST_TEST(logaddexp(-infinity, -infinity) == -infinity);
    BOOST_TEST(logaddexp(-infinity, 2.0) == 2);
    BOOST_TEST(std::isnan(logaddexp(not_a_number, 2.0)));
    const auto y = logaddexp(test::seeded(-infinity), -infinity);
    BOOST_TEST(y.value.tangent == 0.5);
}

BOOST_AUTO_TEST_SUITE_END()
