#pragma once

#include "hesse/optim/minimize.hpp"
#include "support/method_checks.hpp"
#include "support/sums_of_losses.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>

/// What must hold of every optimizer that looks at batches.
namespace hesse::test {

/// The run ends at the minimizer of a linear regression, which the normal equations give.
template <Optimizer M>
void check_linear_regression(const M& method, Index steps, double tolerance) {
    const Eigen::MatrixXd a = normal_matrix(300, 6, 3);
    const Eigen::VectorXd b = a.col(0) + normal_matrix(300, 1, 4).col(0);
    const Eigen::VectorXd truth = (a.transpose() * a).llt().solve(a.transpose() * b);
    const Solution found =
        minimize(linear_regression(a, b), Eigen::VectorXd::Constant(6, 2.0), method,
                 Stopping{.gradient_norm = tolerance, .iterations = steps, .second_order = false});
    BOOST_TEST_MESSAGE(M::name << ": " << found.iterations << " steps, " << (found.x - truth).norm());
    BOOST_TEST((found.status == Status::first_order));
    BOOST_TEST((found.x - truth).norm() <=
               3.0 * tolerance);  // the least eigenvalue of a'a / 300 is above 1/3
}

/// A state that is saved in the midst of a run, and loaded by another one, goes on bit for bit; a foreign one is refused.
template <Optimizer M>
void check_saved_batches(const M& method) {
    const Eigen::MatrixXd a = normal_matrix(200, 5, 1);
    const Eigen::VectorXd y = noisy_labels(a, 2);
    const auto f = logistic_regression(a, y, 0.1);
    ErasedObjective erased(f), other(f);
    const Eigen::VectorXd start = Eigen::VectorXd::Ones(5);
    Iterate at(erased, start.data());
    M first = method, second = method;
    first.start(at);
    for (int k = 0; k < 3; ++k) BOOST_TEST((first.step(at) == StepOutcome::moved));
    std::stringstream state;
    first.save(state);
    Iterate beside(other, at.x_data());
    second.start(beside);
    second.load(state);
    for (int k = 0; k < 3; ++k) {
        BOOST_TEST((first.step(at) == StepOutcome::moved));
        BOOST_TEST((second.step(beside) == StepOutcome::moved));
        BOOST_TEST((at.x() == beside.x()));
    }
    const std::string before = state_of(second);
    BOOST_TEST(before == state_of(first));
    std::stringstream foreign("NoMethod 1\n"), cut(before.substr(0, before.size() / 2));
    BOOST_CHECK_THROW(second.load(foreign), std::invalid_argument);
    BOOST_CHECK_THROW(second.load(cut), std::invalid_argument);
    BOOST_TEST(state_of(second) == before);
}

/// A step at which the loss of a batch throws, or is not finite, changes neither the point nor the state.
template <Optimizer M>
void check_failed_batches(M method) {
    enum { sound, throwing, infinite } loss = sound;
    int calls_left = 0;  // until it fails
    const Eigen::MatrixXd a = normal_matrix(40, 3, 1);
    const auto f = sum_of_objectives(
        40,
        [&](const Rows& rows) {
            return AnalyticObjective(
                3,
                [&, rows](const Eigen::VectorXd& x) {
                    if (loss != sound && calls_left-- <= 0) {
                        if (loss == throwing) throw std::runtime_error("no data");
                        return std::numeric_limits<double>::infinity();
                    }
                    return 0.5 * (rows.of(a) * x).squaredNorm() / 40.0;
                },
                [&, rows](const Eigen::VectorXd& x) -> Eigen::VectorXd {
                    return rows.of(a).transpose() * (rows.of(a) * x) / 40.0;
                },
                [&, rows](const Eigen::VectorXd&, const Eigen::VectorXd& v) -> Eigen::VectorXd {
                    return rows.of(a).transpose() * (rows.of(a) * v) / 40.0;
                });
        },
        3, {.rows_per_part = 40, .threads = 1});
    ErasedObjective erased(f);
    const Eigen::Vector3d start(1.0, -1.0, 2.0);
    Iterate at(erased, start.data());
    method.start(at);
    for (int k = 0; k < 4; ++k) {
        const std::string before = state_of(method);
        const Eigen::VectorXd x = at.x();
        loss = throwing;
        calls_left = k;
        BOOST_CHECK_THROW(method.step(at), std::runtime_error);
        BOOST_TEST(state_of(method) == before);
        BOOST_TEST((at.x() == x));
        loss = infinite;
        calls_left = k;
        const StepOutcome outcome = method.step(at);
        if (outcome != StepOutcome::rejected) {  // a shorter one is next
            BOOST_TEST((outcome == StepOutcome::not_finite));
            BOOST_TEST(state_of(method) == before);
        }
        BOOST_TEST((at.x() == x));
        loss = sound;
        BOOST_TEST((method.step(at) == StepOutcome::moved));
    }
}

/// A run that is stopped, and resumed from its checkpoint, ends where one without the stop does, with the same counts.
template <Optimizer M>
void check_resumed_run(const M& method) {
    const Eigen::MatrixXd a = normal_matrix(200, 5, 1);
    const Eigen::VectorXd y = noisy_labels(a, 2);
    const auto f = logistic_regression(a, y, 0.1);
    const Eigen::VectorXd start = Eigen::VectorXd::Ones(5);
    const auto stop = [](Index steps) {
        return Stopping{.gradient_norm = 1e-30, .iterations = steps, .second_order = false};
    };
    const std::string path = std::string(M::name) + "_resumed_run.checkpoint";
    minimize(f, start, method, stop(3), checkpoint_to(path));
    const Solution resumed = minimize(f, start, method, stop(6), resume_from(path));
    const Solution whole = minimize(f, start, method, stop(6));
    BOOST_TEST((resumed.x == whole.x));
    BOOST_TEST((resumed.counters == whole.counters));
    BOOST_TEST(resumed.iterations == whole.iterations);
    const Evaluations asked = whole.counters.total();
    BOOST_TEST(asked.batch_gradients + asked.batch_products > 0.0);
    std::remove(path.c_str());
}

}  // namespace hesse::test
