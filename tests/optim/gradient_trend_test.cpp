#include "hesse/optim/gradient_trend.hpp"

#include "hesse/optim/random.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

namespace {

using hesse::GradientTrend;
using hesse::Index;

/// Iterations of a tenth of a second, with these norms.
template <class Norm>
GradientTrend trend_of(Index iterations, Norm norm) {
    GradientTrend trend;
    for (Index k = 0; k < iterations; ++k)
        trend.note(k, 0.1 * static_cast<double>(k), norm(static_cast<double>(k)));
    return trend;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gradient_trend)

BOOST_AUTO_TEST_CASE(a_geometric_fall_is_followed_to_its_goal) {
    for (const Index seen : {20, 64, 65, 200, 10'000, 12'345}) {
        // 10^(-k/10000) is 1e-3 at the iteration 30,000.
        const auto left =
            trend_of(seen, [](double k) { return std::pow(10.0, -k / 10'000); }).seconds_until(1e-3);
        BOOST_TEST_REQUIRE(left.has_value());
        BOOST_TEST(*left == 0.1 * static_cast<double>(30'000 - (seen - 1)),
                   boost::test_tools::tolerance(1e-6));
    }
}

BOOST_AUTO_TEST_CASE(what_is_reached_takes_no_time) {
    BOOST_TEST(trend_of(100, [](double k) { return std::exp(-k); }).seconds_until(1e-3).value() == 0.0);
}

BOOST_AUTO_TEST_CASE(the_beginning_is_forgotten) {
    // A jump down, then a slow fall by 1 percent a step.
    const auto left = trend_of(1000, [](double k) {
                          return k < 100 ? 1e6 : std::pow(0.99, k);
                      }).seconds_until(std::pow(0.99, 2000));
    BOOST_TEST_REQUIRE(left.has_value());
    BOOST_TEST(*left == 100.1, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(an_iteration_that_took_long_says_nothing_of_the_fall) {
    GradientTrend trend;
    for (Index k = 0; k < 100; ++k)
        trend.note(k, static_cast<double>(k) + (k > 90 ? 1000.0 : 0.0),
                   std::pow(0.9, static_cast<double>(k)));
    // Its time is shared by the iterations of the latter half, some fifty.
    const auto left = trend.seconds_until(std::pow(0.9, 199.0));
    BOOST_TEST_REQUIRE(left.has_value());
    BOOST_TEST(std::abs(*left - 2100.0) < 200.0);
}

BOOST_AUTO_TEST_CASE(noise_around_a_fall_does_not_hide_it_but_a_walk_is_none) {
    hesse::RandomGenerator random(3);
    const auto left = trend_of(500, [&](double k) {
                          return std::pow(0.98, k) * std::exp(0.3 * random.normal());
                      }).seconds_until(std::pow(0.98, 1000));
    BOOST_TEST_REQUIRE(left.has_value());
    BOOST_TEST(std::abs(*left - 50.0) < 10.0);
    for (int run = 0; run < 20; ++run)
        BOOST_TEST(!trend_of(500, [&](double) { return std::exp(random.normal()); }).seconds_until(1e-9));
}

BOOST_AUTO_TEST_CASE(nothing_is_said_of_what_does_not_fall_or_is_not_known) {
    BOOST_TEST(!trend_of(100, [](double) { return 1.0; }).seconds_until(1e-3).has_value());
    BOOST_TEST(!trend_of(100, [](double k) { return 1.0 + k; }).seconds_until(1e-3).has_value());
    BOOST_TEST(!trend_of(10, [](double k) { return std::exp(-k); }).seconds_until(1e-3).has_value());
    BOOST_TEST(!trend_of(100, [](double k) { return std::exp(-k); }).seconds_until(0.0).has_value());
    BOOST_TEST(!trend_of(100, [](double) { return 0.0; }).seconds_until(1e-3).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
