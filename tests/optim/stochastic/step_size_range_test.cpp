#include "hesse/optim/stochastic/step_size_range.hpp"

#include "error_text.hpp"
#include "hesse/autodiff.hpp"
#include "hesse/optim/gradient_descent.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <sstream>
#include <string>

using namespace hesse;
using Eigen::VectorXd;
using hesse::test::message_of;

namespace {

/// The mean over 40 equal rows of |x|^2 / 2, whatever the batch: gradient descent multiplies x by 1 - step in each step.
auto bowl() {
    return finite_sum(40,
                      [](const auto& x, const Rows& rows) {
                          return 0.5 * static_cast<double>(rows.size()) * x.squaredNorm();
                      },
                      2, {.rows_per_part = 10, .threads = 1, .average = true});
}
GradientDescent descent(const Schedule& step) { return GradientDescent({.step_size = step}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(step_size_range_)

BOOST_AUTO_TEST_CASE(losses_are_those_of_the_method_with_growing_steps) {
    const StepSizeRangeOptions options{.lowest = 1e-3, .highest = 1.0, .steps = 4, .batches = {.size = 8}};
    const auto range = step_size_range(bowl(), VectorXd::Ones(2), descent, options);
    BOOST_TEST_REQUIRE(range.steps.size() == 4u);
    double factor = 1.0;
    for (std::size_t k = 0; k < 4; ++k) {
        const double step = std::pow(10.0, static_cast<double>(k) - 3.0);
        BOOST_TEST(std::abs(range.steps[k].step_size - step) < 1e-12);
        BOOST_TEST(std::abs(range.steps[k].loss - factor * factor) < 1e-12);
        factor *= 1.0 - step;
    }
    BOOST_TEST(range.diverged_at == std::numeric_limits<double>::infinity());
}

BOOST_AUTO_TEST_CASE(steps_that_are_too_long_end_it_and_the_suggestion_is_shorter) {
    const auto range =
        step_size_range(bowl(), VectorXd::Ones(2), descent,
                        {.lowest = 1e-4, .highest = 100.0, .steps = 300, .batches = {.size = 8}});
    // Steps longer than 2 make the loss grow.
    BOOST_TEST(range.diverged_at > 2.0);
    BOOST_TEST(range.diverged_at < 100.0);
    BOOST_TEST(range.suggested > 1e-3);
    BOOST_TEST(range.suggested < 2.0);
    BOOST_TEST(range.steps.size() < 300u);
}

BOOST_AUTO_TEST_CASE(a_loss_that_only_rises_diverges) {
    // Steps of 3 and more: the first one multiplies the loss by 4 already.
    const auto range = step_size_range(bowl(), VectorXd::Ones(2), descent,
                                       {.lowest = 3.0, .highest = 30.0, .steps = 50, .batches = {.size = 8}});
    BOOST_TEST(range.diverged_at < 10.0);
    BOOST_TEST(std::isnan(range.suggested));
}

BOOST_AUTO_TEST_CASE(what_batches_differ_by_is_neither_fall_nor_divergence) {
    // Rows (x - c_i)^2 / 2 whose c_i have mean 3 and spread 2: all steps below 2 are stable, those below 1e-3 do nothing in 200.
    const VectorXd c = VectorXd::NullaryExpr(200, [](Index i) {
        return 3.0 + 2.0 * std::sqrt(2.0) * std::sin(1.0 + 2.3 * static_cast<double>(i));
    });
    const auto f = finite_sum(200,
                              [&](const auto& x, const Rows& rows) {
                                  auto sum = 0.0 * x[0];
                                  for (const Index i : rows) sum = sum + 0.5 * (x[0] - c[i]) * (x[0] - c[i]);
                                  return sum;
                              },
                              1, {.rows_per_part = 50, .threads = 1, .average = true});
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto range =
            step_size_range(f, VectorXd::Zero(1), descent, {.batches = {.size = 8, .seed = seed}});
        BOOST_TEST(range.diverged_at > 1.0);
        BOOST_TEST(range.suggested > 1e-3);
        BOOST_TEST(range.suggested < 2.0);
    }
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_not_finite_any_more_ends_it) {
    const auto f = finite_sum(10, [](const auto& x, const Rows&) { return exp(x.squaredNorm()); }, 1,
                              {.rows_per_part = 5, .threads = 1});
    const auto range = step_size_range(f, VectorXd::Constant(1, 2.0), descent,
                                       {.lowest = 1e-3, .highest = 1e3, .steps = 50, .batches = {.size = 5}});
    BOOST_TEST(std::isfinite(range.diverged_at));
}

BOOST_AUTO_TEST_CASE(the_table_has_a_line_a_step) {
    StepSizeRange range;
    range.steps = {{0.5, 2.0, 3.0}};
    std::ostringstream out;
    range.write_csv(out);
    BOOST_TEST(out.str() == "step_size,loss,smoothed_loss\n0.5,2,3\n");
}

BOOST_AUTO_TEST_CASE(bad_input_is_named) {
    const auto f = bowl();
    const auto said = [&](const StepSizeRangeOptions& options) {
        return message_of([&] { (void)step_size_range(f, VectorXd::Ones(2), descent, options); });
    };
    BOOST_TEST(said({.lowest = 0.0}) == "step_size_range: lowest is 0, expected a finite positive number");
    BOOST_TEST(said({.lowest = 1.0, .highest = 0.5}) ==
               "step_size_range: highest is 0.5, expected more than 1, the lowest");
    BOOST_TEST(said({.steps = 1}) == "step_size_range: steps is 1, expected at least 2");
    BOOST_TEST(said({.smoothing = 1.0}) == "step_size_range: smoothing is 1, expected 0 <= smoothing < 1");
    BOOST_TEST(message_of([&] { (void)step_size_range(f, VectorXd::Ones(3), descent); }) ==
               "step_size_range: x has 3 entries but the objective has size 2");
}

BOOST_AUTO_TEST_SUITE_END()
