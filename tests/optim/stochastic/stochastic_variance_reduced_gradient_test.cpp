#include "hesse/optim/stochastic/stochastic_variance_reduced_gradient.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/autodiff/sums/finite_sum.hpp"
#include "hesse/optim/limited_memory_bfgs.hpp"
#include "hesse/optim/minimize.hpp"
#include "support/stochastic_checks.hpp"
#include "support/sums_of_losses.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

using Eigen::MatrixXd;
using Eigen::VectorXd;
using namespace hesse;
using SVRG = StochasticVarianceReducedGradient;

namespace {

/// A logistic regression, and its minimum from another method.
struct Logistic {
    MatrixXd a = test::normal_matrix(600, 10, 7);
    VectorXd y = test::noisy_labels(a, 8);
    decltype(test::logistic_regression(a, y, 0.0)) f = test::logistic_regression(a, y, 1e-2);
    double least = minimize(f, VectorXd::Zero(10), LimitedMemoryBfgs{},
                            Stopping{.gradient_norm = 1e-12, .iterations = 500, .second_order = false})
                       .value;

    /// f - least after each step of the loop.
    template <class M>
    std::vector<double> gaps(M method, int steps) const {
        ErasedObjective erased(f);
        const VectorXd start = VectorXd::Zero(10);
        Iterate at(erased, start.data());
        method.start(at);
        std::vector<double> result{at.value() - least};
        for (int k = 0; k < steps; ++k) {
            method.step(at);
            result.push_back(at.value() - least);
        }
        return result;
    }
};

BOOST_AUTO_TEST_SUITE(stochastic_variance_reduced_gradient)

BOOST_AUTO_TEST_CASE(one_inner_step_is_a_step_along_the_gradient_of_all_rows) {
    const Logistic problem;
    ErasedObjective erased(problem.f);
    const VectorXd start = VectorXd::LinSpaced(10, -1.0, 1.0);
    Iterate at(erased, start.data());
    for (const Index size : {600, 7}) {
        SVRG method({.step_size = 0.5, .batches = {.size = size}, .inner_steps = 1});
        method.start(at);
        const VectorXd expected = at.x() - 0.5 * at.gradient();
        BOOST_TEST((method.step(at) == StepOutcome::moved));
        BOOST_TEST((at.x() == expected));  // bit for bit
    }
}

BOOST_AUTO_TEST_CASE(inner_steps_are_those_of_the_paper) {
    // Rows d_i (w - c_i)^2 / 2, one in a batch. Over two of them x_1 = w - eta g, x_2 = x_1 - eta (d_j (x_1 - w) + g) for the row
    // j that came second.
    const MatrixXd d = Eigen::Vector2d(1.0, 3.0);
    const VectorXd c = Eigen::Vector2d(2.0, -1.0);
    const auto f = finite_sum(2,
                              [&](const auto& w, const Rows& rows) {
                                  auto sum = 0.0 * w(0);
                                  for (const Index i : rows)
                                      sum = sum + 0.5 * d(i) * (w(0) - c(i)) * (w(0) - c(i));
                                  return sum;
                              },
                              1, scalars, {.average = true});
    ErasedObjective erased(f);
    const VectorXd start = VectorXd::Constant(1, 1.0);
    Iterate at(erased, start.data());
    SVRG method({.step_size = 0.25, .batches = {.size = 1}});
    method.start(at);
    // g = (1 (1 - 2) + 3 (1 + 1)) / 2 = 5/2;  x_1 = 3/8, x_2 = 3/8 - 1/4 (-5/8 d_j + 5/2).
    BOOST_TEST((method.step(at) == StepOutcome::moved));
    const double x = at.x()[0], first = 0.375 - 0.25 * (2.5 - 0.625), second = 0.375 - 0.25 * (2.5 - 1.875);
    BOOST_TEST((std::abs(x - first) <= 1e-14 || std::abs(x - second) <= 1e-14));
    const Evaluations asked = at.counters().total();
    BOOST_TEST(asked.gradients == 2);          // at the start and at the end
    BOOST_TEST(asked.batch_gradients == 1.0);  // two on one row of two; none where x = w
    BOOST_TEST(asked.batch_products == 0.0);
}

BOOST_AUTO_TEST_CASE(the_loss_falls_by_a_factor_a_step_where_plain_stochastic_gradients_stall) {
    const Logistic problem;
    const BatchSampler::Options batches{.size = 10};
    const auto plain = problem.gaps(SVRG({.step_size = 0.3, .batches = batches}), 80);
    const auto second_order = problem.gaps(
        SVRG({.step_size = 0.1, .gradient_step_size = 0.3, .batches = batches, .memory = 10}), 80);
    for (const auto& gaps : {plain, second_order}) {
        for (std::size_t k = 5; k < gaps.size(); k += 5)
            if (gaps[k - 5] > 1e-10) BOOST_TEST(gaps[k] <= 0.5 * gaps[k - 5]);
        BOOST_TEST(gaps.back() <= 1e-10);
    }

    BatchSampler sampler(batches);
    sampler.start(600);
    VectorXd w = VectorXd::Zero(10);
    double least_gap = 1.0;
    for (int epoch = 0; epoch < 240; ++epoch) {  // as many gradients
        for (int k = 0; k < 60; ++k) w -= 0.3 * problem.f.batch(sampler.next()).linearize(w).gradient();
        least_gap = std::min(least_gap, problem.f.value(w) - problem.least);
    }
    BOOST_TEST(least_gap >= 1e-6);
    BOOST_TEST_MESSAGE("gaps " << plain[10] << " " << plain[20] << ", " << second_order[10] << " "
                               << second_order[20] << ", stochastic gradients " << least_gap);
}

BOOST_AUTO_TEST_CASE(curvature_helps_where_scales_differ) {
    MatrixXd a = test::normal_matrix(500, 8, 5);
    for (Index j = 0; j < 8; ++j) a.col(j) *= std::pow(0.6, double(j));  // condition number 1,300
    const VectorXd b = a * VectorXd::Ones(8) + 0.1 * test::normal_matrix(500, 1, 6).col(0);
    const auto f = test::linear_regression(a, b);
    const Stopping stopping{.gradient_norm = 1e-7, .iterations = 90, .second_order = false};
    const BatchSampler::Options batches{.size = 20};
    const VectorXd start = VectorXd::Zero(8);
    const Solution plain = minimize(f, start, SVRG({.step_size = 0.3, .batches = batches}), stopping);
    const Solution second_order =
        minimize(f, start, SVRG({.step_size = 0.2, .batches = batches, .memory = 10, .curvature_rows = 500}),
                 stopping);
    BOOST_TEST((plain.status == Status::iterations));
    BOOST_TEST((second_order.status == Status::first_order));
    BOOST_TEST_MESSAGE(plain.gradient_norm << ", " << second_order.gradient_norm << " after "
                                           << second_order.iterations);
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_methods_on_batches) {
    const SVRG plain({.step_size = 0.1, .batches = {.size = 16}, .inner_steps = 9});
    const SVRG second_order(
        {.step_size = 0.1, .batches = {.size = 16}, .inner_steps = 9, .memory = 3, .pair_interval = 4});
    test::check_linear_regression(plain, 200, 1e-9);
    test::check_linear_regression(second_order, 200, 1e-9);
    for (const SVRG& method : {plain, second_order}) {
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
    says(message_of<SVRG>({.step_size = -1.0}), "StochasticVarianceReducedGradient: step_size is -1");
    says(message_of<SVRG>({.gradient_step_size = 0.0}), "gradient_step_size is 0");
    says(message_of<SVRG>({.batches = {.size = 0}}), "batches.size is 0");
    says(message_of<SVRG>({.inner_steps = -1}), "inner_steps is -1");
    says(message_of<SVRG>({.memory = -2}), "memory is -2");
    says(message_of<SVRG>({.pair_interval = 0}), "pair_interval is 0");
    says(message_of<SVRG>({.curvature_rows = -3}), "curvature_rows is -3");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
