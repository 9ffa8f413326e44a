#include "hesse/optim/stochastic/multi_batch_bfgs.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/autodiff/sums/finite_sum.hpp"
#include "hesse/optim/minimize.hpp"
#include "support/stochastic_checks.hpp"
#include "support/sums_of_losses.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

using Eigen::MatrixXd;
using Eigen::VectorXd;
using namespace hesse;

namespace {

BOOST_AUTO_TEST_SUITE(multi_batch_bfgs)

BOOST_AUTO_TEST_CASE(with_all_rows_it_is_bfgs_on_the_whole_loss) {
    const MatrixXd a = test::normal_matrix(40, 5, 1);
    const VectorXd b = test::normal_matrix(40, 1, 2).col(0);
    const auto f = test::linear_regression(a, b);
    const MatrixXd h = a.transpose() * a / 40.0;
    const VectorXd c = a.transpose() * b / 40.0;
    ErasedObjective erased(f);
    const VectorXd start = VectorXd::Ones(5);
    Iterate at(erased, start.data());
    MultiBatchBfgs method(
        {.step_size = 0.7, .gradient_step_size = 0.2, .batches = {.size = 40}, .overlap = 1.0});
    method.start(at);
    VectorXd x = start;
    std::vector<VectorXd> s, y;
    for (int k = 0; k < 6; ++k) {
        // BFGS with a dense matrix, from all pairs and the scale of the last.
        MatrixXd p = MatrixXd::Identity(5, 5);
        if (k > 0) p *= s.back().dot(y.back()) / y.back().squaredNorm();
        for (std::size_t j = 0; j < s.size(); ++j) {
            const double rho = 1.0 / s[j].dot(y[j]);
            const MatrixXd left = MatrixXd::Identity(5, 5) - rho * s[j] * y[j].transpose();
            p = left * p * left.transpose() + rho * s[j] * s[j].transpose();
        }
        const VectorXd next = x - (k == 0 ? 0.2 : 0.7) * p * (h * x - c);
        s.push_back(next - x);
        y.push_back(h * s.back());
        x = next;
        BOOST_TEST((method.step(at) == StepOutcome::moved));
        BOOST_TEST((at.x() - x).norm() <= 1e-10 * x.norm());
    }
    BOOST_TEST(method.pairs() == 6);
    const Evaluations asked = at.counters().total();
    BOOST_TEST(asked.gradients == 7);
    BOOST_TEST(asked.batch_gradients == 12.0);  // at both ends of each step
}

BOOST_AUTO_TEST_CASE(batches_share_rows_with_the_next_and_pairs_are_from_those) {
    // Losses (w - i)^2 d_i / 2 of rows i = 0, ..., 11 that write down where each was evaluated.
    std::vector<std::vector<Index>> seen;
    const auto f =
        sum_of_objectives(12,
                          [&](const Rows& rows) {
                              std::vector<Index> list(rows.begin(), rows.end());
                              return test::AnalyticObjective(
                                  1, [](const VectorXd&) { return 0.0; },
                                  [&seen, list](const VectorXd& x) -> VectorXd {
                                      seen.push_back(list);
                                      double sum = 0.0;
                                      for (const Index i : list)
                                          sum += (1.0 + double(i)) * (x[0] - double(i));
                                      return VectorXd::Constant(1, sum / 12.0);
                                  },
                                  [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; });
                          },
                          1, {.rows_per_part = 12, .threads = 1});
    ErasedObjective erased(f);
    const VectorXd start = VectorXd::Constant(1, 20.0);
    Iterate at(erased, start.data());
    MultiBatchBfgs method(
        {.step_size = 0.5, .gradient_step_size = 0.01, .batches = {.size = 5}, .overlap = 0.4, .steps = 3});
    method.start(at);
    seen.clear();
    BOOST_TEST((method.step(at) == StepOutcome::moved));
    BOOST_TEST(seen.size() == 10u);  // three times a batch and its overlap at two points; all rows
    const auto sorted = [](std::vector<Index> rows) {
        std::sort(rows.begin(), rows.end());
        return rows;
    };
    for (std::size_t k = 0; k < 3; ++k) {
        const auto &batch = seen[3 * k], &overlap = seen[3 * k + 1];
        BOOST_TEST(batch.size() == (k == 0 ? 3u : 5u));
        BOOST_TEST(overlap.size() == 2u);
        BOOST_TEST(seen[3 * k + 2] == overlap);
        const auto contains = [&](const std::vector<Index>& rows) {
            const auto all = sorted(rows), some = sorted(overlap);
            return std::includes(all.begin(), all.end(), some.begin(), some.end());
        };
        BOOST_TEST(contains(batch));
        if (k < 2) BOOST_TEST(contains(seen[3 * k + 3]));
    }
    // In one dimension P is the inverse of the curvature on the last overlap, so that the last step was
    //     x_3 = x_2 - 1/2 g_S(x_2) / h_O
    const auto curvature = [](const std::vector<Index>& rows) {
        double sum = 0.0;
        for (const Index i : rows) sum += 1.0 + double(i);
        return sum / double(rows.size());
    };
    const auto gradient = [](const std::vector<Index>& rows, double x) {
        double sum = 0.0;
        for (const Index i : rows) sum += (1.0 + double(i)) * (x - double(i));
        return sum / double(rows.size());
    };
    double x = 20.0;
    x -= 0.01 * gradient(seen[0], x);
    x -= 0.5 * gradient(seen[3], x) / curvature(seen[1]);
    x -= 0.5 * gradient(seen[6], x) / curvature(seen[4]);
    BOOST_TEST(std::abs(at.x()[0] - x) <= 1e-12 * std::abs(x));
}

BOOST_AUTO_TEST_CASE(the_first_step_is_as_long_as_it_says_in_any_units_of_the_loss) {
    for (const double unit : {0x1p-40, 1.0, 0x1p40}) {
        const auto f = finite_sum(
            8, [=](const auto& w, const Rows& rows) { return unit * double(rows.size()) * cosh(w).sum(); },
            3);
        ErasedObjective erased(f);
        const VectorXd start = VectorXd::Constant(3, 20.0);
        Iterate at(erased, start.data());
        MultiBatchBfgs method({.step_size = 0.5, .batches = {.size = 4}, .steps = 1});
        method.start(at);
        BOOST_TEST((method.step(at) == StepOutcome::moved));
        BOOST_TEST(std::abs((at.x() - start).norm() - 0.5) <= 1e-12);
    }
}

BOOST_AUTO_TEST_CASE(backtracking_halves_steps_that_are_too_long) {
    // w^2 / 2 from 1 along the gradient: f(1 - a) <= f(1) - 1e-4 a holds for a just below 2; 6, 3 and 1.5 are tried.
    const auto f = finite_sum(
        4, [](const auto& w, const Rows& rows) { return 0.5 * double(rows.size()) * w.squaredNorm(); }, 1,
        {.average = true});
    ErasedObjective erased(f);
    const VectorXd start = VectorXd::Ones(1);
    Iterate at(erased, start.data());
    MultiBatchBfgs method(
        {.step_size = 6.0, .backtracking = true, .batches = {.size = 4}, .overlap = 1.0, .steps = 1});
    method.start(at);
    BOOST_TEST((method.step(at) == StepOutcome::moved));
    BOOST_TEST(at.x()[0] == -0.5);
    BOOST_TEST(at.counters().total().batch_gradients == 2.0);
    BOOST_TEST(at.counters().total().batch_values == 3.0);
}

BOOST_AUTO_TEST_CASE(a_linear_regression_ends_at_its_minimizer) {
    test::check_linear_regression(
        MultiBatchBfgs({.backtracking = true, .batches = {.size = 300}, .overlap = 1.0}), 40, 1e-9);
    // Batches of half of the rows, and steps that fall.
    test::check_linear_regression(
        MultiBatchBfgs({.step_size = [](const Schedule::Moment& m) { return 1.0 / double(m.step); },
                        .gradient_step_size = 0.1,
                        .batches = {.size = 150}}),
        400, 1e-2);
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_methods_on_batches) {
    for (const bool backtracking : {false, true}) {
        const MultiBatchBfgs method({.step_size = 0.5,
                                     .gradient_step_size = 0.1,
                                     .backtracking = backtracking,
                                     .batches = {.size = 32},
                                     .steps = 5,
                                     .memory = 3});
        test::check_saved_batches(method);
        test::check_failed_batches(method);
        test::check_resumed_run(method);
    }
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    using test::message_of;
    const auto says = [](const std::string& message, const char* text) {
        BOOST_TEST(message.find(text) != std::string::npos, message);
    };
    says(message_of<MultiBatchBfgs>({.step_size = -1.0}), "MultiBatchBfgs: step_size is -1");
    says(message_of<MultiBatchBfgs>({.gradient_step_size = 0.0}), "gradient_step_size is 0");
    says(message_of<MultiBatchBfgs>({.sufficient_decrease = 1.0}), "sufficient_decrease is 1");
    says(message_of<MultiBatchBfgs>({.batches = {.size = 1}}),
         "MultiBatchBfgs: batches.size is 1, expected at least 2");
    says(message_of<MultiBatchBfgs>({.overlap = 0.7}),
         "overlap is 0.7, expected more than 0 and at most 0.5, or 1");
    says(message_of<MultiBatchBfgs>({.overlap = 0.0}), "overlap is 0,");
    says(message_of<MultiBatchBfgs>({.steps = -1}), "steps is -1");
    says(message_of<MultiBatchBfgs>({.memory = 0}), "memory is 0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
