#pragma once

#include "hesse/optim/bounds.hpp"
#include "hesse/optim/check_gradient.hpp"
#include "hesse/optim/checkpoint.hpp"
#include "hesse/optim/interrupt.hpp"
#include "hesse/optim/negative_curvature_escape.hpp"
#include "hesse/optim/objective.hpp"
#include "hesse/optim/observer.hpp"
#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/run.hpp"
#include "hesse/optim/stopping.hpp"

#include <Eigen/Core>

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace hesse {

/// What minimize found.
struct Solution : RunReport {
    Eigen::VectorXd x;          // (n)
    Eigen::VectorXd direction;  // (n) of the verdict, along which H has its lowest.value; empty without one
};

// clang-format off
/// What may follow the method in a call of minimize.
template <class E>
concept RunExtra = std::same_as<std::remove_cv_t<E>, Stopping> ||
                   std::same_as<std::remove_cv_t<E>, NegativeCurvatureEscape> ||
                   std::same_as<std::remove_cv_t<E>, Bounds> || std::same_as<std::remove_cv_t<E>, Fixed> ||
                   std::same_as<std::remove_cv_t<E>, CheckpointTo> ||
                   std::same_as<std::remove_cv_t<E>, ResumeFrom> ||
                   std::same_as<std::remove_cv_t<E>, CheckGradient> ||
                   std::same_as<std::remove_cv_t<E>, StopOnInterrupt> || Observer<E>;
// clang-format on

namespace minimizing {

template <class T, class... E>
inline constexpr bool at_most_one = (std::same_as<T, E> + ... + 0) <= 1;
template <class... E>
inline constexpr bool at_most_one_of_each =
    at_most_one<Stopping, E...> && at_most_one<NegativeCurvatureEscape, E...> && at_most_one<Bounds, E...> &&
    at_most_one<Fixed, E...> && at_most_one<CheckpointTo, E...> && at_most_one<ResumeFrom, E...> &&
    at_most_one<CheckGradient, E...>;

/// The extras of one call. What the run changes, as the escape, is a copy here.
struct Extras {
    RunSetup setup;
    std::optional<NegativeCurvatureEscape> escape;
    std::optional<InterruptWatch> interrupts;

    void add(const Stopping& stopping) { setup.stopping = stopping; }
    void add(const NegativeCurvatureEscape& given) { escape = given; }
    void add(const Bounds& bounds) { setup.bounds = &bounds; }
    void add(const Fixed& fixed) { setup.fixed = &fixed; }
    void add(const CheckpointTo& checkpoint) { setup.checkpoint = &checkpoint; }
    void add(const ResumeFrom& resume) { setup.resume = &resume; }
    void add(const CheckGradient& check) { setup.check_gradient = &check; }
    void add(StopOnInterrupt) {
        if (!interrupts) setup.interrupts = &interrupts.emplace();
    }
    template <Observer O>
    void add(const O&) {}  // see erase
};

/// An observer as the loop sees it; nothing for other extras.
template <class E>
auto erase(E& extra) {
    if constexpr (Observer<E>) return std::tuple<ErasedObserver<E>>(extra);
    else return std::tuple<>();
}

}  // namespace minimizing

/// Runs a method from x0 until its Stopping says so: the only loop of the library.
///
///     auto result = minimize(f, x0, TrustRegion{}, progress());
///     auto result = minimize(f, x0, HeavyBall{{.step_size = 0.1}}, Stopping{.budget = 1000},
///                            NegativeCurvatureEscape{}, history_to_csv("history.csv"));
///
/// f:       any Objective of size n; it outlives the call
/// x0:      (n), finite, with a finite loss and gradient
/// method:  any Optimizer; a copy runs, the caller's is not changed
/// extras:  in any order: a Stopping; a NegativeCurvatureEscape, by which any method leaves the saddles it
///          arrives at; Bounds, where the method keeps them; Fixed parameters; checkpoint_to(path),
///          resume_from(path); check_gradient(); stop_on_interrupt(); observers, called in this order
///
/// Where the gradient vanishes, classify examines the point (unless Stopping says not to), so that a run
/// that ends at a saddle says so, whatever the method. The status says why the run ended: describe(result).
/// Returns the last point if the status speaks of a point, otherwise the best one.
/// Throws std::invalid_argument if an argument does not fit, before anything is evaluated; what the loss or
/// an observer throws passes through, and every object is as usable as before.
template <Objective F, Optimizer M, class... E>
    requires(RunExtra<std::remove_reference_t<E>> && ...)
Solution minimize(const F& f, const Eigen::Ref<const Eigen::VectorXd>& x0, M method, E&&... extras) {
    static_assert(!M::needs.gauss_newton || HasGaussNewton<F>,
                  "hesse::minimize: the method needs products with a Gauss-Newton matrix, the objective has "
                  "none: see least_squares, composed and residual_objective");
    static_assert(
        minimizing::at_most_one_of_each<std::remove_cvref_t<E>...>,
        "hesse::minimize: at most one Stopping, NegativeCurvatureEscape, Bounds, Fixed, checkpoint_to, "
        "resume_from and check_gradient each");
    static_assert(M::needs.keeps_bounds || !(std::same_as<std::remove_cvref_t<E>, Bounds> || ...),
                  "hesse::minimize: the method does not keep bounds; TrustRegion, LimitedMemoryBfgs, Adam "
                  "and others do");
    static_assert(!M::needs.batches || HasBatches<F>,
                  "hesse::minimize: the method needs a sum over rows of data: see finite_sum");
    const auto n = static_cast<Index>(f.size());
    if (n < 1)
        throw std::invalid_argument("minimize: the objective has size " + std::to_string(n) +
                                    ", expected at least 1");

    minimizing::Extras given;
    (given.add(extras), ...);
    auto erased = std::tuple_cat(minimizing::erase(extras)...);
    const auto observers = std::apply(
        [](auto&... observer) { return std::array<ObserverRef*, sizeof...(observer)>{&observer...}; },
        erased);
    given.setup.observers = observers;
    if (given.escape) given.setup.escape = &*given.escape;

    ErasedObjective<F> objective(f);
    ErasedOptimizer<M> optimizer(method);
    Solution solution;
    solution.x.resize(n);
    solution.direction.resize(n);
    static_cast<RunReport&>(solution) =
        run(objective, {x0.data(), static_cast<std::size_t>(x0.size())}, optimizer, given.setup,
            {.x = solution.x.data(), .direction = solution.direction.data()});
    if (!solution.verdict) solution.direction.resize(0);
    return solution;
}

}  // namespace hesse
