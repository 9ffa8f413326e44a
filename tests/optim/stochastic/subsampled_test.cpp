#include "hesse/optim/stochastic/subsampled.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/autodiff/sums/finite_sum.hpp"
#include "hesse/optim/adaptive_cubic_regularization.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/trust_region.hpp"
#include "support/stochastic_checks.hpp"
#include "support/sums_of_losses.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>

using Eigen::MatrixXd;
using Eigen::VectorXd;
using namespace hesse;

namespace {

/// A linear regression for the products of a vector and a number, both parameters: a saddle at zero, and a valley of minimizers.
auto factorization(const MatrixXd& a, const VectorXd& b) {
    const Index n = a.cols();
    return finite_sum(a.rows(),
                      [&a, &b, n](const auto& w, const Rows& rows) {
                          return 0.5 * (rows.of(a) * w.head(n) * w(n) - rows.of(b)).squaredNorm();
                      },
                      n + 1, {.average = true});
}

template <class M>
void check_all_rows_are_the_full_method(const M& method) {
    const MatrixXd a = test::normal_matrix(60, 4, 1);
    const VectorXd y = test::noisy_labels(a, 2);
    const auto f = test::logistic_regression(a, y, 0.01);
    ErasedObjective erased(f), other(f);
    const VectorXd start = VectorXd::Constant(4, 3.0);
    Iterate at(erased, start.data()), beside(other, start.data());
    M full = method;
    Subsampled sampled(method, {.rows = 60});
    full.start(at);
    sampled.start(beside);
    for (int k = 0; k < 5; ++k) {
        full.step(at);
        sampled.step(beside);
        BOOST_TEST((at.x() == beside.x()));  // bit for bit
        BOOST_TEST((at.counters() == beside.counters()));
    }
}

/// The first step is that of the model whose Hessian is the sample's, and whose gradient is that of all rows.
template <class M>
void check_first_step(const M& method) {
    const MatrixXd a = test::normal_matrix(80, 3, 1);
    const VectorXd b = test::normal_matrix(80, 1, 2).col(0);
    const auto f = test::linear_regression(a, b);
    HessianSample twin({.rows = 20, .seed = 9});
    twin.start(80);
    MatrixXd h = MatrixXd::Zero(3, 3);
    for (const Index row : twin.draw()) h += a.row(row).transpose() * a.row(row) / 20.0;
    ErasedObjective erased(f);
    const VectorXd start = VectorXd::Zero(3);
    Iterate at(erased, start.data());
    at.set_limits(0.0, 1e9, {});
    Subsampled sampled(method, {.rows = 20, .seed = 9});
    sampled.start(at);
    const VectorXd g = at.gradient();
    BOOST_TEST((sampled.step(at) == StepOutcome::moved));
    // A few steps of Lanczos in three dimensions: forcing leaves a residual of at most half of the gradient.
    const VectorXd model_gradient = h * (at.x() - start) + g;
    BOOST_TEST_MESSAGE(M::name << " residual " << model_gradient.norm() / g.norm());
    BOOST_TEST(model_gradient.norm() <= 0.5 * g.norm());
    const Evaluations asked = at.counters().total();
    BOOST_TEST(asked.products == 0);
    BOOST_TEST(std::abs(asked.batch_gradients - 0.25) <= 1e-12);
    BOOST_TEST(asked.batch_products > 0.0);
    BOOST_TEST(asked.batch_products <= 0.75);
}

BOOST_AUTO_TEST_SUITE(subsampled)

BOOST_AUTO_TEST_CASE(with_all_rows_it_is_the_full_method) {
    check_all_rows_are_the_full_method(TrustRegion{});
    check_all_rows_are_the_full_method(AdaptiveCubicRegularization{});
}

BOOST_AUTO_TEST_CASE(a_step_minimises_the_model_of_the_sample) {
    check_first_step(TrustRegion({.initial_radius = 100.0}));
    check_first_step(AdaptiveCubicRegularization({.initial_length = 100.0}));
}

BOOST_AUTO_TEST_CASE(samples_grow_to_all_rows_and_the_run_ends_at_the_minimizer) {
    test::check_linear_regression(Subsampled(TrustRegion{}, {.rows = 30}), 60, 1e-9);
    test::check_linear_regression(Subsampled(AdaptiveCubicRegularization{}, {.rows = 30}), 60, 1e-9);
    const MatrixXd a = test::normal_matrix(500, 5, 1);
    const VectorXd y = test::noisy_labels(a, 2);
    const auto f = test::logistic_regression(a, y, 0.01);
    ErasedObjective erased(f);
    const VectorXd start = VectorXd::Constant(5, 2.0);
    Iterate at(erased, start.data());
    Subsampled method(TrustRegion{}, {.rows = 50});
    method.start(at);
    BOOST_TEST(method.sample_rows() == 50);
    for (int k = 0; k < 30 && at.gradient_norm() > 1e-10; ++k) {
        const double before = at.value();
        if (method.step(at) != StepOutcome::moved) break;
        BOOST_TEST(at.value() <= before);
    }
    BOOST_TEST(at.gradient_norm() <= 1e-8);
    BOOST_TEST(method.sample_rows() == 500);
}

BOOST_AUTO_TEST_CASE(saddles_are_left) {
    const MatrixXd a = test::normal_matrix(200, 3, 1);
    const VectorXd b = a * Eigen::Vector3d(1.0, -2.0, 0.5);
    const auto f = factorization(a, b);
    const VectorXd start = VectorXd::Constant(4, 1e-3);
    for (const double cubic : {0.0, 1.0}) {
        const Stopping stopping{.gradient_norm = 1e-8, .iterations = 100};
        const Solution found = cubic > 0.0
                                   ? minimize(f, start, Subsampled(AdaptiveCubicRegularization{}), stopping)
                                   : minimize(f, start, Subsampled(TrustRegion{}), stopping);
        BOOST_TEST(found.value <= 1e-12);
        BOOST_TEST((found.x.head(3) * found.x[3] - Eigen::Vector3d(1.0, -2.0, 0.5)).norm() <= 1e-6);
    }
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_methods_on_batches) {
    const Subsampled trust_region(TrustRegion({.initial_radius = 0.1}), {.rows = 20});
    const Subsampled cubic(AdaptiveCubicRegularization({.initial_length = 0.1}), {.rows = 20});
    test::check_saved_batches(trust_region);
    test::check_saved_batches(cubic);
    test::check_failed_batches(trust_region);
    test::check_failed_batches(cubic);
    test::check_resumed_run(trust_region);
    test::check_resumed_run(cubic);
    BOOST_CHECK_EXCEPTION(
        Subsampled(TrustRegion{}, {.rows = -1}), std::invalid_argument, [](const auto& error) {
            return std::string(error.what()) == "HessianSample: rows is -1, expected at least 0";
        });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
