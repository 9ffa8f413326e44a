// Bounds and fixed parameters under methods that look at batches: no row ever sees other values of them.
#include "hesse/autodiff/sums/finite_sum.hpp"
#include "hesse/optim/adaptive_cubic_regularization.hpp"
#include "hesse/optim/adaptive_methods.hpp"
#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/stochastic/multi_batch_bfgs.hpp"
#include "hesse/optim/stochastic/on_batches.hpp"
#include "hesse/optim/stochastic/stochastic_quasi_newton.hpp"
#include "hesse/optim/stochastic/stochastic_variance_reduced_gradient.hpp"
#include "hesse/optim/stochastic/subsampled.hpp"
#include "hesse/optim/trust_region.hpp"
#include "support/analytic_objectives.hpp"
#include "support/sums_of_losses.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace hesse;
using hesse::test::AnalyticObjective;
using hesse::test::normal_matrix;

namespace {

constexpr Index count = 120, width = 4;

/// The average of (a'w - b)^2 / 2 over rows, which throws where a row sees a w that is not `allowed`.
template <class Allowed>
struct Regression {
    Eigen::MatrixXd a = normal_matrix(count, width, 1);
    Eigen::VectorXd b = a * Eigen::Vector4d(1.0, -2.0, 3.0, 0.5) + 0.1 * normal_matrix(count, 1, 2).col(0);
    Allowed allowed;

    auto sum() const {
        return sum_of_objectives(
            count,
            [this](const Rows& rows) {
                return AnalyticObjective(
                    width,
                    [this, rows](const Eigen::VectorXd& w) {
                        if (!allowed(w)) throw std::logic_error("a row has seen other parameters");
                        return 0.5 * (rows.of(a) * w - rows.of(b)).squaredNorm();
                    },
                    [this, rows](const Eigen::VectorXd& w) -> Eigen::VectorXd {
                        return rows.of(a).transpose() * (rows.of(a) * w - rows.of(b));
                    },
                    [this, rows](const Eigen::VectorXd&, const Eigen::VectorXd& v) -> Eigen::VectorXd {
                        return rows.of(a).transpose() * (rows.of(a) * v);
                    });
            },
            width, {.rows_per_part = 30, .threads = 1, .average = true});
    }
};
template <class Allowed>
Regression(Allowed) -> Regression<Allowed>;

constexpr BatchSampler::Options batches{.size = 20};

}  // namespace

BOOST_AUTO_TEST_SUITE(bounds_on_batches)

BOOST_AUTO_TEST_CASE(no_batch_sees_fixed_parameters_elsewhere_and_the_others_are_trained_for_them) {
    const Eigen::Vector4d start(0.0, 0.25, 0.0, -1.5);
    const auto allowed = [](const Eigen::VectorXd& w) { return w[1] == 0.25 && w[3] == -1.5; };
    const Regression problem{.allowed = allowed};
    const auto f = problem.sum();
    // The least-squares solution for the two that are free.
    const Eigen::MatrixXd free = (Eigen::MatrixXd(count, 2) << problem.a.col(0), problem.a.col(2)).finished();
    const Eigen::Vector2d truth =
        (free.transpose() * free)
            .llt()
            .solve(free.transpose() * (problem.b - problem.a.col(1) * 0.25 + problem.a.col(3) * 1.5));
    const auto check = [&](const auto& method, double tolerance) {
        const auto found = minimize(f, start, method, Fixed{{{1, 1}, {3, 1}}},
                                    Stopping{.gradient_norm = 1e-6, .iterations = 200});
        BOOST_TEST_CONTEXT(found.method) {
            BOOST_TEST(found.x[1] == 0.25);
            BOOST_TEST(found.x[3] == -1.5);
            BOOST_TEST((Eigen::Vector2d(found.x[0], found.x[2]) - truth).norm() < tolerance);
        }
    };
    // Those that keep the noise of batches end beside it.
    check(on_batches(GradientDescent({.step_size = 0.1}), {.batches = batches}), 0.5);
    check(on_batches(AdamW({.step_size = 0.01, .weight_decay = 1e-3}), {.batches = batches}), 0.5);
    check(StochasticQuasiNewton({.step_size = 0.05, .gradient_step_size = 0.05, .batches = batches}), 0.5);
    check(MultiBatchBfgs({.step_size = 0.1, .batches = {.size = 60}, .overlap = 0.25}), 0.5);
    check(StochasticVarianceReducedGradient({.step_size = 0.1, .batches = batches, .memory = 0}), 1e-5);
    check(StochasticVarianceReducedGradient(
              {.step_size = 0.1, .gradient_step_size = 0.1, .batches = batches, .memory = 4}),
          1e-5);
    check(Subsampled(TrustRegion{}, {.rows = 20}), 1e-5);
    check(Subsampled(AdaptiveCubicRegularization{}, {.rows = 20}), 1e-5);
}

BOOST_AUTO_TEST_CASE(methods_of_first_order_keep_bounds_in_each_of_their_steps) {
    const auto allowed = [](const Eigen::VectorXd& w) { return (w.array().abs() <= 1.0).all(); };
    const Regression problem{.allowed = allowed};
    const auto f = problem.sum();
    const Bounds box(-1.0, 1.0);
    const auto best = minimize(f, Eigen::VectorXd::Zero(width), TrustRegion{}, box);
    BOOST_TEST(best.x[1] == -1.0);  // where the line through the data is beyond it
    BOOST_TEST(best.x[2] == 1.0);
    const auto check = [&](const auto& method) {
        const auto found = minimize(f, Eigen::VectorXd::Zero(width), on_batches(method, {.batches = batches}),
                                    box, Stopping{.iterations = 100});
        BOOST_TEST(found.value >= best.value);
        BOOST_TEST(found.value <= 1.05 * best.value);
    };
    check(GradientDescent({.step_size = 0.05}));
    check(Adam({.step_size = 0.02}));
}

BOOST_AUTO_TEST_SUITE_END()
