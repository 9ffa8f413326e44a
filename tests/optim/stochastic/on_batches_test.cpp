#include "hesse/optim/stochastic/on_batches.hpp"

#include "error_text.hpp"
#include "hesse/autodiff.hpp"
#include "hesse/optim/adaptive_methods.hpp"
#include "hesse/optim/checkpoint.hpp"
#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/momentum.hpp"
#include "hesse/optim/nesterov.hpp"
#include "hesse/optim/schedule.hpp"
#include "sums_of_losses.hpp"
#include "support/stochastic_checks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::test::message_of;

namespace {

constexpr Index count = 60, width = 3;

/// The mean of (a_i'x - b_i)^2 / 2, whose minimizer is known.
struct LeastSquares {
    MatrixXd a = MatrixXd::NullaryExpr(count, width, [](Index i, Index j) {
        return std::sin(1.0 + 2.3 * static_cast<double>(i) + static_cast<double>(i * j)) +
               (j == 0 ? 1.0 : 0.0);
    });
    VectorXd b = VectorXd::NullaryExpr(count, [](Index i) { return std::cos(0.7 * static_cast<double>(i)); });
    VectorXd minimizer = a.householderQr().solve(b);

    auto sum() const {
        return test::linear_regression(a, b, {.rows_per_part = 16, .threads = 1, .average = true});
    }
    VectorXd gradient_of(const std::vector<Index>& rows, const VectorXd& x) const {
        VectorXd g = VectorXd::Zero(width);
        for (const Index i : rows) g += (a.row(i).dot(x) - b[i]) * a.row(i).transpose();
        return g / static_cast<double>(rows.size());
    }
};

const Stopping ten{.gradient_norm = 0.0, .iterations = 10, .second_order = false};

}  // namespace

BOOST_AUTO_TEST_SUITE(on_batches_)

BOOST_AUTO_TEST_CASE(a_step_of_the_loop_is_gradient_descent_on_one_batch_after_the_other) {
    const LeastSquares data;
    const auto f = data.sum();
    const BatchSampler::Options batches{.size = 25, .seed = 5};
    VectorXd x = VectorXd::Ones(width);
    BatchSampler sampler(batches);
    sampler.start(count, "test");
    for (int epoch = 1; epoch <= 3; ++epoch) {
        for (int k = 0; k < 3; ++k) {
            const auto rows = sampler.next();
            x -= 0.1 * data.gradient_of({rows.begin(), rows.end()}, x);
        }
        const auto found = minimize(
            f, VectorXd::Ones(width), on_batches(GradientDescent({.step_size = 0.1}), {.batches = batches}),
            Stopping{.gradient_norm = 0.0, .iterations = epoch, .second_order = false});
        // The last point, which is the best one here.
        BOOST_TEST((found.x - x).norm() < 1e-13);
    }
}

BOOST_AUTO_TEST_CASE(one_batch_of_all_rows_is_the_method_itself) {
    const LeastSquares data;
    const auto f = data.sum();
    const auto compare = [&](const auto& method) {
        // In the order of the data, as drawn without replacement and sorted by nobody: sums of other orders differ by rounding.
        const auto whole = minimize(f, VectorXd::Ones(width), method, ten);
        const auto batched =
            minimize(f, VectorXd::Ones(width), on_batches(method, {.batches = {.size = count}}), ten);
        BOOST_TEST((whole.x - batched.x).norm() < 1e-13);
        BOOST_TEST(whole.iterations == batched.iterations);
    };
    compare(GradientDescent({.step_size = 0.1}));
    compare(HeavyBall({.step_size = 0.05}));
    compare(Nesterov({.step_size = 0.05}));
    compare(Adam({.step_size = 0.05}));
    compare(AMSGrad({.step_size = cosine_decay(0.05, 20)}));
}

BOOST_AUTO_TEST_CASE(where_sums_are_exact_one_batch_of_all_rows_is_the_method_bit_for_bit) {
    // Small integers and steps of 1/8: four steps round nothing, in whatever order rows come.
    const MatrixXd a = MatrixXd::NullaryExpr(
        8, 2, [](Index i, Index j) { return static_cast<double>(j == 0 ? i % 3 - 1 : i % 2); });
    const VectorXd b = VectorXd::NullaryExpr(8, [](Index i) { return static_cast<double>(i - 3); });
    const auto f = finite_sum(
        8, [&](const auto& x, const Rows& rows) { return 0.5 * (rows.of(a) * x - rows.of(b)).squaredNorm(); },
        2, {.rows_per_part = 3, .threads = 1, .average = true});
    const Stopping four{.gradient_norm = 0.0, .iterations = 4, .second_order = false};
    const GradientDescent method({.step_size = 0.125});
    const auto whole = minimize(f, VectorXd::Ones(2), method, four);
    const auto batched =
        minimize(f, VectorXd::Ones(2), on_batches(method, {.batches = {.size = 8}, .steps = 1}), four);
    BOOST_TEST((whole.x == batched.x));
}

BOOST_AUTO_TEST_CASE(a_loss_that_fails_at_any_batch_of_a_step_leaves_everything_as_it_was) {
    test::check_failed_batches(on_batches(HeavyBall({.step_size = 0.02}), {.batches = {.size = 6}}));
    test::check_saved_batches(on_batches(Adam({.step_size = 0.02}), {.batches = {.size = 7}, .steps = 5}));
}

BOOST_AUTO_TEST_CASE(falling_steps_converge_to_the_minimizer_and_constant_ones_to_its_neighbourhood) {
    const LeastSquares data;
    const auto f = data.sum();
    const auto distance = [&](const Schedule& step, Index epochs) {
        const auto found =
            minimize(f, VectorXd::Zero(width),
                     on_batches(GradientDescent({.step_size = step}), {.batches = {.size = 4}}),
                     Stopping{.gradient_norm = 0.0, .iterations = epochs, .second_order = false});
        return (found.x - data.minimizer).norm();
    };
    const Schedule falling(
        [](const Schedule::Moment& now) { return 4.0 / (40.0 + static_cast<double>(now.step)); });
    BOOST_TEST(distance(falling, 400) < 5e-4);
    BOOST_TEST(distance(falling, 400) < 0.2 * distance(0.1, 400));
}

BOOST_AUTO_TEST_CASE(what_batches_cost_is_counted_in_shares_of_the_whole) {
    const LeastSquares data;
    const auto found = minimize(data.sum(), VectorXd::Zero(width),
                                on_batches(Adam({.step_size = 0.01}), {.batches = {.size = 20}}), ten);
    const Evaluations total = found.counters.total();
    BOOST_TEST(total.gradients == 11);  // at the start and after each of ten passes
    // Three batches of a third a pass, and one more at the start.
    BOOST_TEST(std::abs(total.batch_gradients - (10.0 + 1.0 / 3.0)) < 1e-12);
    BOOST_TEST(std::abs(found.gradient_equivalents - (11.0 + 10.0 + 1.0 / 3.0)) < 1e-12);
    const auto limited = minimize(data.sum(), VectorXd::Zero(width),
                                  on_batches(Adam({.step_size = 0.01}), {.batches = {.size = 20}}),
                                  Stopping{.gradient_norm = 0.0, .budget = 12.0});
    BOOST_TEST((limited.status == Status::budget));
    BOOST_TEST(limited.gradient_equivalents < 14.5);
}

BOOST_AUTO_TEST_CASE(a_resumed_run_is_the_same_bit_for_bit) {
    const LeastSquares data;
    const auto f = data.sum();
    const std::string path =
        (std::filesystem::temp_directory_path() / "hesse_on_batches_test").string() + std::to_string(count);
    const auto method = on_batches(HeavyBall({.step_size = 0.02}), {.batches = {.size = 7}, .steps = 5});
    const auto whole = minimize(f, VectorXd::Ones(width), method, ten);
    Stopping four = ten;
    four.iterations = 4;
    minimize(f, VectorXd::Ones(width), method, four, checkpoint_to(path));
    const auto resumed = minimize(f, VectorXd::Ones(width), method, ten, resume_from(path));
    std::filesystem::remove(path);
    BOOST_TEST((resumed.x == whole.x));
    BOOST_TEST(resumed.counters.total().batch_gradients == whole.counters.total().batch_gradients);
}

BOOST_AUTO_TEST_CASE(a_loss_that_throws_or_is_not_finite_leaves_the_method_where_it_was) {
    const LeastSquares data;
    bool throws = false, finite = true;
    const auto f = finite_sum(count,
                              [&](const auto& x, const Rows& rows) {
                                  if (throws && rows.size() == 6) throw std::runtime_error("a batch");
                                  const double factor =
                                      finite ? 0.5 : std::numeric_limits<double>::quiet_NaN();
                                  return factor * (rows.of(data.a) * x - rows.of(data.b)).squaredNorm();
                              },
                              width, {.rows_per_part = 6, .threads = 1, .average = true});
    ErasedObjective<std::remove_const_t<decltype(f)>> erased(f);
    const VectorXd start = VectorXd::Ones(width);
    Iterate at(erased, start.data()), twin(erased, start.data());
    auto method = on_batches(HeavyBall({.step_size = 0.02}), {.batches = {.size = 6}});
    method.start(at);
    method.step(at);
    auto copy = method;
    twin.move_to(at.x_data());
    throws = true;
    BOOST_TEST(message_of([&] { method.step(at); }) == "a batch");
    throws = false;
    BOOST_TEST((method.step(at) == StepOutcome::moved));
    BOOST_TEST((copy.step(twin) == StepOutcome::moved));
    BOOST_TEST((at.x() == twin.x()));
}

BOOST_AUTO_TEST_CASE(a_pass_to_where_the_whole_loss_is_not_finite_is_rejected) {
    // Row 0 alone has a wall, at 1/2, and batches of other rows lead beyond it.
    const auto f = finite_sum(60,
                              [](const auto& x, const Rows& rows) {
                                  auto sum = 0.0 * x[0];
                                  for (Index i = 0; i < rows.size(); ++i) {
                                      sum = sum + (x[0] - 1.0) * (x[0] - 1.0);
                                      if (rows[i] == 0) sum = sum - 0.01 * log(0.5 - x[0]);
                                  }
                                  return sum;
                              },
                              1, scalars, {.rows_per_part = 6, .threads = 1, .average = true});
    const auto found =
        minimize(f, VectorXd::Zero(1),
                 on_batches(GradientDescent({.step_size = 0.45}), {.batches = {.size = 6}, .steps = 1}),
                 Stopping{.iterations = 200, .second_order = false});
    BOOST_TEST(found.status != Status::not_finite);
    BOOST_TEST(found.x[0] < 0.5);
    BOOST_TEST(found.value < 0.5 * f.value(VectorXd::Zero(1)));
}

BOOST_AUTO_TEST_CASE(options_that_do_not_fit_are_named) {
    const GradientDescent method({.step_size = 0.1});
    BOOST_TEST(message_of([&] { (void)on_batches(method, {.batches = {.size = 0}}); }) ==
               "OnBatches: batches.size is 0, expected at least 1");
    BOOST_TEST(message_of([&] { (void)on_batches(method, {.steps = -1}); }) ==
               "OnBatches: steps is -1, expected at least 0");
    const LeastSquares data;
    BOOST_TEST(message_of([&] {
                   minimize(data.sum(), VectorXd::Zero(width), on_batches(method, {.batches = {.size = 61}}),
                            ten);
               }) == "OnBatches: batches.size is 61, expected at most 60, the number of rows");
}

BOOST_AUTO_TEST_SUITE_END()
