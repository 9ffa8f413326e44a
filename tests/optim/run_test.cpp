#include "hesse/optim/run.hpp"

#include "hesse/optim/curvature_bounded_gradient_descent.hpp"
#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/hessian_free.hpp"
#include "hesse/optim/history_csv.hpp"
#include "hesse/optim/levenberg_marquardt.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/momentum.hpp"
#include "hesse/optim/nesterov.hpp"
#include "hesse/optim/perturbed_accelerated_gradient_descent.hpp"
#include "hesse/optim/perturbed_gradient_descent.hpp"
#include "hesse/optim/trust_region.hpp"
#include "support/allocation_counter.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <filesystem>
#include <optional>
#include <string>

using Eigen::VectorXd;
using namespace hesse;

namespace {

/// sum_i a_i (cosh x_i - 1), badly scaled so that runs are long, on plain arrays: allocates nothing.
struct Chain {
    static constexpr Index n = 40;
    using Vector = Eigen::Matrix<double, n, 1>;

    static double weight(Index i) { return 1.0 / static_cast<double>(1 + i * i); }

    struct Linearization {
        Vector x;
        Vector g;
        [[nodiscard]] double value() const { return Chain().value(x); }
        [[nodiscard]] Eigen::Map<const VectorXd> gradient() const { return {g.data(), n}; }

        struct Hessian {
            const Linearization* at;
            [[nodiscard]] Index rows() const { return n; }
            void apply(const double* in, double* out) const {
                for (Index i = 0; i < n; ++i) out[i] = weight(i) * std::cosh(at->x[i]) * in[i];
            }
            void apply(const Eigen::Map<const VectorXd>& in, Eigen::Map<VectorXd>& out) const {
                apply(in.data(), out.data());
            }
        };
        [[nodiscard]] Hessian hessian() const { return {this}; }
        [[nodiscard]] Hessian gauss_newton() const { return {this}; }
    };

    [[nodiscard]] Index size() const { return n; }
    template <class X>
    [[nodiscard]] double value(const X& x) const {
        double sum = 0.0;
        for (Index i = 0; i < n; ++i) sum += weight(i) * (std::cosh(x[i]) - 1.0);
        return sum;
    }
    [[nodiscard]] Linearization linearize(const Eigen::Map<const VectorXd>& x) const {
        Linearization at;
        for (Index i = 0; i < n; ++i) {
            at.x[i] = x[i];
            at.g[i] = weight(i) * std::sinh(x[i]);
        }
        return at;
    }
};
static_assert(Objective<Chain>);

/// What a run takes from the heap from its fifth iteration to its last.
template <Optimizer M>
std::size_t allocated_in_the_steady_state(const M& method) {
    const VectorXd start = VectorXd::Constant(Chain::n, 3.0);
    const test::AllocationCounter counter;
    std::size_t before = 0, after = 0;
    Index seen = 0;
    minimize(Chain(), start, method,
             Stopping{.gradient_norm = 1e-7, .iterations = 300, .second_order = false}, [&](Iteration& now) {
                 if (now.iteration() == 5) before = counter.count();
                 after = counter.count();
                 seen = now.iteration();
             });
    BOOST_TEST(seen > 7);
    return after - before;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(run)

BOOST_AUTO_TEST_CASE(first_order_steps_allocate_nothing) {
    BOOST_TEST(allocated_in_the_steady_state(GradientDescent({0.05})) == 0);
    BOOST_TEST(allocated_in_the_steady_state(MovingAverageMomentum({0.1, 0.9})) == 0);
    BOOST_TEST(allocated_in_the_steady_state(HeavyBall({0.05, 0.9})) == 0);
    BOOST_TEST(allocated_in_the_steady_state(Nesterov({0.05, 0.9})) == 0);
    BOOST_TEST(allocated_in_the_steady_state(PerturbedGradientDescent({.step_size = 0.05})) == 0);
    BOOST_TEST(allocated_in_the_steady_state(
                   Nesterov({.step_size = 0.05, .momentum = std::nullopt, .restart = Restart::value})) == 0);
    BOOST_TEST(allocated_in_the_steady_state(PerturbedAcceleratedGradientDescent({.step_size = 0.05})) == 0);
    BOOST_TEST(allocated_in_the_steady_state(CurvatureBoundedGradientDescent{}) == 0);
}

BOOST_AUTO_TEST_CASE(steps_with_the_gauss_newton_matrix_allocate_nothing) {
    BOOST_TEST(allocated_in_the_steady_state(HessianFree({.damping = 1e3})) == 0);
    BOOST_TEST(allocated_in_the_steady_state(HessianFree({.damping = 1e3, .diagonal_products = 2})) == 0);
    BOOST_TEST(allocated_in_the_steady_state(LevenbergMarquardt({.damping = 1e3})) == 0);
    BOOST_TEST(allocated_in_the_steady_state(
                   LevenbergMarquardt({.damping = 1e3, .diagonal_products = Chain::n})) == 0);
}

BOOST_AUTO_TEST_CASE(trust_region_steps_allocate_only_while_the_basis_grows) {
    // The run's later steps need more columns than its first ones, up to n. Each growth of a vector of
    // coefficients doubles it, and there are thirteen of them; the basis grows by blocks.
    const std::size_t first_run =
        allocated_in_the_steady_state(TrustRegion({.initial_radius = 0.2, .maximum_radius = 1.5}));
    BOOST_TEST(first_run <= 13u * 6u);
}

BOOST_AUTO_TEST_CASE(a_history_that_cannot_be_written_does_not_end_the_run) {
    if (!std::filesystem::exists("/dev/full")) return;
    const auto result = hesse::minimize(Chain{}, VectorXd::Ones(Chain::n), GradientDescent({0.05}),
                                        Stopping{.iterations = 5}, history_to_csv("/dev/full"));
    BOOST_TEST(result.iterations == 5);
    BOOST_TEST(result.observer_failure.find("/dev/full") != std::string::npos);
    BOOST_TEST(describe(result).find(result.observer_failure) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_that_cannot_be_written_does_not_end_the_run) {
    const auto directory = std::filesystem::temp_directory_path() / "hesse_run_test";
    std::filesystem::create_directories(directory);
    const auto lose_directory = [&](const Iteration& now) {
        if (now.iteration() == 2) std::filesystem::remove_all(directory);
    };
    const VectorXd start = VectorXd::Ones(Chain::n);
    const Stopping stopping{.iterations = 5};
    const auto result = hesse::minimize(Chain{}, start, GradientDescent({0.05}), stopping, lose_directory,
                                        checkpoint_to((directory / "state").string(), 1));
    const auto expected = hesse::minimize(Chain{}, start, GradientDescent({0.05}), stopping);
    BOOST_TEST(result.checkpoint_failure.find("checkpoint_to: writing '") != std::string::npos);
    BOOST_TEST(describe(result).find(result.checkpoint_failure) != std::string::npos);
    BOOST_TEST((result.x.array() == expected.x.array()).all());
    BOOST_TEST(expected.checkpoint_failure.empty());
}

BOOST_AUTO_TEST_SUITE_END()
