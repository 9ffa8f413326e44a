#include "hesse/optim/stochastic/stochastic_quasi_newton.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/autodiff/sums/finite_sum.hpp"
#include "hesse/optim/minimize.hpp"
#include "support/stochastic_checks.hpp"
#include "support/sums_of_losses.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <vector>

using Eigen::MatrixXd;
using Eigen::VectorXd;
using namespace hesse;
using SQN = StochasticQuasiNewton;

namespace {

/// beta / k
Schedule falling(double beta) {
    return [beta](const Schedule::Moment& moment) { return beta / static_cast<double>(moment.step); };
}

BOOST_AUTO_TEST_SUITE(stochastic_quasi_newton)

BOOST_AUTO_TEST_CASE(first_steps_are_those_of_the_paper) {
    // On w'Dw / 2 with D = diag(1, 4) in every row, so that batches do not matter, and beta / k with beta = 1/4, L = 1:
    // w_1 = w_0 - 1/4 D w_0, w_2 = w_1 - 1/8 D w_1; then the pair s = w_2 - w_1, y = D s; w_3 = w_2 - 1/12 P D w_2 with
    const Eigen::Vector2d d(1.0, 4.0);
    const MatrixXd root = d.cwiseSqrt().asDiagonal();
    const auto f = finite_sum(
        6,
        [&](const auto& w, const Rows& rows) { return 0.5 * double(rows.size()) * (root * w).squaredNorm(); },
        2, {.average = true});
    ErasedObjective erased(f);
    const Eigen::Vector2d start(1.0, 1.0);
    Iterate at(erased, start.data());
    SQN method(
        {.step_size = falling(0.25), .batches = {.size = 2}, .steps = 1, .memory = 5, .pair_interval = 1});
    method.start(at);
    BOOST_TEST((method.step(at) == StepOutcome::moved));
    BOOST_TEST((at.x() - Eigen::Vector2d(0.75, 0.0)).norm() <= 1e-15);
    method.step(at);
    BOOST_TEST((at.x() - Eigen::Vector2d(0.65625, 0.0)).norm() <= 1e-15);
    BOOST_TEST(method.pairs() == 1);
    method.step(at);
    BOOST_TEST((at.x() - Eigen::Vector2d(0.65625 * 11.0 / 12.0, 0.0)).norm() <= 1e-15);
    const Evaluations asked = at.counters().total();
    BOOST_TEST(asked.gradients == 4);
    // Three batches of two, and two pairs on all six rows: 10 times 2 are more than there are.
    BOOST_TEST(asked.batch_gradients == 3.0);
    BOOST_TEST(asked.batch_products == 2.0);
}

BOOST_AUTO_TEST_CASE(averages_of_iterates_make_the_pairs) {
    // Two averages of two iterates each: w_1 .. w_4 on D = diag(1, 4), step size 1/8.
    const Eigen::Vector2d d(1.0, 4.0);
    const MatrixXd root = d.cwiseSqrt().asDiagonal();
    const auto f = finite_sum(
        3,
        [&](const auto& w, const Rows& rows) { return 0.5 * double(rows.size()) * (root * w).squaredNorm(); },
        2, {.average = true});
    ErasedObjective erased(f);
    const Eigen::Vector2d start(1.0, 1.0);
    Iterate at(erased, start.data());
    SQN method({.step_size = 0.125, .batches = {.size = 3}, .steps = 4, .memory = 5, .pair_interval = 2});
    method.start(at);
    method.step(at);
    BOOST_TEST(method.pairs() == 1);
    std::vector<Eigen::Vector2d> w{start};
    for (int k = 0; k < 4; ++k) w.push_back(w.back() - 0.125 * d.cwiseProduct(w.back()));
    BOOST_TEST((at.x() - w[4]).norm() <= 1e-15);
    const Eigen::Vector2d s = 0.5 * (w[3] + w[4]) - 0.5 * (w[1] + w[2]), y = d.cwiseProduct(s);
    const Eigen::Matrix2d reflect = Eigen::Matrix2d::Identity() - s * y.transpose() / s.dot(y);
    const Eigen::Matrix2d p =
        s.dot(y) / y.dot(y) * reflect * reflect.transpose() + s * s.transpose() / s.dot(y);
    const VectorXd expected = w[4] - 0.125 * p * d.cwiseProduct(w[4]);
    SQN one_more({.step_size = 0.125, .batches = {.size = 3}, .steps = 5, .memory = 5, .pair_interval = 2});
    Iterate beside(erased, start.data());
    one_more.start(beside);
    one_more.step(beside);
    BOOST_TEST((beside.x() - expected).norm() <= 1e-14);
}

BOOST_AUTO_TEST_CASE(a_linear_regression_ends_at_its_minimizer) {
    // Batches of all rows have no noise, and constant steps converge.
    test::check_linear_regression(
        SQN({.step_size = 0.5, .batches = {.size = 300}, .steps = 10, .memory = 5, .pair_interval = 2}), 40,
        1e-9);
    // Noise, and steps beta / k: the error falls as 1 / sqrt(k).
    test::check_linear_regression(
        SQN({.step_size = falling(1.0), .gradient_step_size = 0.1, .batches = {.size = 30}, .memory = 10}),
        400, 1e-2);
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_methods_on_batches) {
    const SQN method(
        {.step_size = 0.1, .batches = {.size = 16}, .steps = 9, .memory = 3, .pair_interval = 4});
    test::check_saved_batches(method);
    test::check_failed_batches(method);
    test::check_resumed_run(method);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    using test::message_of;
    const auto says = [](const std::string& message, const char* text) {
        BOOST_TEST(message.find(text) != std::string::npos, message);
    };
    says(message_of<SQN>({.step_size = -1.0}), "StochasticQuasiNewton: step_size is -1");
    says(message_of<SQN>({.gradient_step_size = 0.0}), "gradient_step_size is 0");
    says(message_of<SQN>({.batches = {.size = 0}}), "StochasticQuasiNewton: batches.size is 0");
    says(message_of<SQN>({.steps = -1}), "steps is -1");
    says(message_of<SQN>({.memory = 0}), "memory is 0");
    says(message_of<SQN>({.pair_interval = 0}), "pair_interval is 0");
    says(message_of<SQN>({.curvature_rows = -3}), "curvature_rows is -3");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
