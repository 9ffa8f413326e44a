#include "support/every_method.hpp"

#include "hesse/optim/minimize.hpp"
#include "hesse/optim/stochastic/noisy_gradient_descent.hpp"
#include "support/allocation_counter.hpp"
#include "support/analytic_objectives.hpp"
#include "support/wells.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>

/// What the loop and every method of the library do alike.
namespace {

using Eigen::VectorXd;
using namespace hesse;

template <class M>
inline constexpr bool grows_a_basis =
    std::is_same_v<M, TrustRegion> || std::is_same_v<M, AdaptiveCubicRegularization> ||
    std::is_same_v<M, Handover<Adam, AfterSteps, TrustRegion>>;

/// sum_i x_i - log x_i, a minimum at 1, which is NaN for x < 0.
test::AnalyticObjective walls(Index n, Index& beyond) {
    return {n,
            [&beyond](const VectorXd& x) {
                const double value = (x.array() - x.array().log()).sum();
                beyond += std::isnan(value) ? 1 : 0;
                return value;
            },
            [](const VectorXd& x) -> VectorXd { return 1.0 - 1.0 / x.array(); },
            [](const VectorXd& x, const VectorXd& v) -> VectorXd { return v.array() / x.array().square(); }};
}

/// The first step that is tried leads beyond a wall.
template <Optimizer M>
void check_trial_beyond_a_wall(const M& method) {
    Index beyond = 0;
    const auto f = walls(3, beyond);
    const Solution found = minimize(f, VectorXd::Constant(3, 3.0), method);
    BOOST_TEST(beyond > 0, M::name);
    BOOST_TEST((found.status == Status::second_order || found.status == Status::rounding_floor), M::name);
    BOOST_TEST((found.x.array() - 1.0).abs().maxCoeff() < 1e-5, M::name);
    for (const IterationRecord& record : found.history) BOOST_TEST(std::isfinite(record.value), M::name);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(every_method)

BOOST_AUTO_TEST_CASE(a_budget_of_zero_returns_the_start) {
    const VectorXd start = test::Wells::start();
    test::for_every_method([&](const auto& method, std::string_view label) {
        const Solution found = minimize(test::Wells(), start, method, Stopping{.budget = 0.0});
        BOOST_TEST_CONTEXT(label) {
            BOOST_TEST(found.status == Status::budget);
            BOOST_TEST(found.iterations == 0);
            BOOST_TEST((found.x.array() == start.array()).all());
            BOOST_TEST(found.value == test::Wells().value(start));
            Counters expected;
            expected[Purpose::step].gradients = 1;
            BOOST_TEST((found.counters == expected));
        }
    });
}

BOOST_AUTO_TEST_CASE(steps_allocate_nothing_but_what_a_basis_needs) {
    test::for_every_method([](const auto& method, std::string_view label) {
        const test::AllocationCounter counter;
        std::size_t after_the_first = 0, after_the_last = 0;
        const auto count = [&](const Iteration& now) {
            if (now.iteration() <= 1) after_the_first = counter.count();
            after_the_last = counter.count();
        };
        const Solution found =
            minimize(test::Wells(), test::Wells::start_at_saddles(), method, count,
                     Stopping{.gradient_norm = 1e-9, .iterations = 150, .second_order = false});
        BOOST_TEST_CONTEXT(label) {
            BOOST_TEST(found.iterations > 5);
            if (!grows_a_basis<std::decay_t<decltype(method)>>) BOOST_TEST(after_the_last == after_the_first);
        }
    });
}

BOOST_AUTO_TEST_CASE(a_trial_that_is_not_finite_is_a_step_that_is_not_taken) {
    check_trial_beyond_a_wall(SteepestDescent({.rule = SearchRule::armijo, .first_length = 10.0}));
    check_trial_beyond_a_wall(SteepestDescent({.rule = SearchRule::wolfe, .first_length = 10.0}));
    check_trial_beyond_a_wall(BarzilaiBorwein({.first_length = 10.0}));
    check_trial_beyond_a_wall(NonlinearConjugateGradients({.first_length = 10.0}));
    check_trial_beyond_a_wall(LimitedMemoryBfgs({.first_length = 10.0}));
    check_trial_beyond_a_wall(NewtonConjugateGradients{});
    check_trial_beyond_a_wall(SaddleFreeNewton{});
    check_trial_beyond_a_wall(TrustRegion({.initial_radius = 10.0}));
    check_trial_beyond_a_wall(SteihaugTrustRegion({.initial_radius = 10.0}));
    check_trial_beyond_a_wall(AdaptiveCubicRegularization({.initial_length = 100.0}));
    check_trial_beyond_a_wall(CurvatureBoundedGradientDescent({.fraction = 1.9}));
}

/// With a step of 10 from 3 every method without a search would be beyond the wall.
template <class Check>
void for_methods_without_a_search(Check check) {
    const double step = 10.0;
    check(GradientDescent({.step_size = step}));
    check(HeavyBall({.step_size = step}));
    check(MovingAverageMomentum({.step_size = 10.0 * step}));
    check(Nesterov({.step_size = step}));
    check(Nesterov({.step_size = step, .momentum = std::nullopt, .restart = Restart::gradient}));
    check(RMSprop({.step_size = step}));
    check(Adam({.step_size = step}));
    check(Lion({.step_size = step}));
    check(LAMB({.step_size = step}));
    check(PerturbedGradientDescent({.step_size = step}));
    check(PerturbedAcceleratedGradientDescent({.step_size = step}));
    check(NoisyGradientDescent({.step_size = step}));
}

BOOST_AUTO_TEST_CASE(methods_without_a_search_take_shorter_steps_from_there_on) {
    for_methods_without_a_search([](const auto& method) {
        Index beyond = 0;
        const auto f = walls(3, beyond);
        const VectorXd start = VectorXd::Constant(3, 3.0);
        bool inside = true;
        const Solution found = minimize(f, start, method, Stopping{.iterations = 300}, [&](Iteration& now) {
            inside = inside && (now.x().array() > 0.0).all();
        });
        BOOST_TEST_CONTEXT(std::decay_t<decltype(method)>::name) {
            BOOST_TEST(beyond > 0);
            BOOST_TEST(beyond < 20);  // halvings of the steps, not steps
            BOOST_TEST(inside);
            BOOST_TEST(found.status != Status::not_finite);
            BOOST_TEST(found.value < 4.0);  // the least value is 3, at the start it is 5.7
        }
    });
}

BOOST_AUTO_TEST_CASE(steps_that_were_shortened_once_may_end_at_an_exact_minimum) {
    // One step of 0.9 leads beyond, the next of 0.45 nearly to the minimum, which gradient descent then meets to the last bit.
    const test::AnalyticObjective half(
        2,
        [](const VectorXd& x) {
            return x[0] < 0.0 ? std::numeric_limits<double>::quiet_NaN() : (x.array() - 1.0).square().sum();
        },
        [](const VectorXd& x) -> VectorXd { return 2.0 * (x.array() - 1.0); },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return 2.0 * v; });
    const VectorXd start{{3.0, 1.3}};
    const auto ends = [&](const auto& method, const Stopping& stopping = {}) {
        const Solution found = minimize(half, start, method, stopping);
        BOOST_TEST((found.x.array() - 1.0).abs().maxCoeff() < 1e-6);
        return found.status;
    };
    BOOST_TEST(ends(PerturbedGradientDescent({.step_size = 0.9})) == Status::second_order);
    BOOST_TEST(ends(Perturbed(GradientDescent({.step_size = 0.9}))) == Status::second_order);
    BOOST_TEST(ends(GradientDescent({.step_size = 0.9}), Stopping{.gradient_norm = 0.0, .iterations = 200}) !=
               Status::not_finite);
    // A schedule that comes to zero takes no steps, and says nothing about the loss.
    BOOST_TEST(minimize(half, start, GradientDescent({.step_size = cosine_decay(0.9, 5)}),
                        Stopping{.iterations = 50})
                   .status == Status::iterations);
}

BOOST_AUTO_TEST_CASE(noise_that_does_not_help_ends_at_the_point_before_it) {
    const auto bowl = test::quadratic(Eigen::Matrix2d::Identity());
    const VectorXd start{{1.0, 0.0}};
    for (const SearchRule rule : {SearchRule::armijo, SearchRule::wolfe})
        BOOST_TEST(
            minimize(bowl, start, Perturbed(SteepestDescent({.rule = rule})), Bounds(-2.0, 2.0)).status ==
            Status::second_order);
    BOOST_TEST(minimize(bowl, start, Perturbed(NonlinearConjugateGradients{}), Bounds(-2.0, 2.0)).status ==
               Status::second_order);
    // Where all is flat, and zero, nothing is less.
    const auto flat = test::quadratic(Eigen::Matrix2d::Zero());
    const Solution found =
        minimize(flat, start, PerturbedGradientDescent({.step_size = 0.1, .patience = 20}));
    BOOST_TEST(found.status != Status::iterations);
    BOOST_TEST(found.iterations < 100);
}

BOOST_AUTO_TEST_CASE(methods_without_a_search_end_where_there_is_nowhere_to_go) {
    const test::AnalyticObjective point(
        3,
        [](const VectorXd& x) {
            return (x.array() == 3.0).all() ? 1.0 : std::numeric_limits<double>::quiet_NaN();
        },
        [](const VectorXd&) -> VectorXd { return VectorXd::Ones(3); },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; });
    for_methods_without_a_search([&](const auto& method) {
        const Solution found = minimize(point, VectorXd::Constant(3, 3.0), method);
        BOOST_TEST(found.status == Status::not_finite, std::decay_t<decltype(method)>::name);
        BOOST_TEST(found.value == 1.0);
    });
}

BOOST_AUTO_TEST_SUITE_END()
