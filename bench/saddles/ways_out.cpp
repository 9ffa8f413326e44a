#include "saddles/ways_out.hpp"

#include "hesse/optim.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace hesse::bench {
namespace {

using Eigen::VectorXd;

template <Optimizer M, class... Extras>
std::pair<std::optional<double>, Solution> attempt(const Saddle& saddle, const VectorXd& start, double budget,
                                                   const M& method, const Extras&... extras) {
    const double before = saddle.loss.value(saddle.point), goal = 0.5 * (before + saddle.lowest);
    const Stopping stopping{
        .gradient_norm = 1e-9, .budget = budget, .iterations = 1'000'000, .target_value = goal};
    Solution found = minimize(saddle.loss, start, method, stopping, extras...);
    std::optional<double> cost;
    if (found.status == Status::value_reached) cost = found.gradient_equivalents;
    return {cost, std::move(found)};
}

template <Optimizer M, class... Extras>
WayOut try_method(const Saddle& saddle, double budget, std::string name, const M& method,
                  const Extras&... extras) {
    const Index n = saddle.point.size();
    VectorXd near(n);
    RandomGenerator(5).unit_vector(VectorSpace(n), near.data());
    const auto [cost, found] = attempt(saddle, saddle.point + 1e-6 * near, budget, method, extras...);
    const auto [from_itself, itself] = attempt(saddle, saddle.point, budget, method, extras...);
    return {std::move(name), cost, std::string(to_string(found.status)),
            static_cast<long>(found.counters.total().products), from_itself.has_value()};
}

/// |H| at the saddle; 1 where it is zero.
double norm_of_hessian(const Saddle& saddle) {
    const auto at = saddle.loss.linearize(saddle.point);
    ExtremeEigenpairOptions options;
    options.tolerance = 1e-2;
    VectorXd low(saddle.point.size()), high(saddle.point.size());
    const ExtremeEigenvalues ends = extreme_eigenvalues(at.hessian(), options, low.data(), high.data());
    const double norm = std::max(std::abs(ends.lowest.value), std::abs(ends.highest.value));
    return norm > 1e-8 ? norm : 1.0;
}

}  // namespace

std::vector<WayOut> ways_out(const Saddle& saddle, double budget) {
    const double step = 0.5 / norm_of_hessian(saddle);
    const GradientDescent descent{{.step_size = step}};
    const HeavyBall ball{{.step_size = step, .momentum = 0.9}};
    const NegativeCurvatureEscape escape;
    const Perturbation::Options noise{.gradient_threshold = 1e-4, .patience = 200};
    std::vector<WayOut> all;
    const auto add = [&](std::string name, const auto& method, const auto&... extras) {
        all.push_back(try_method(saddle, budget, std::move(name), method, extras...));
    };
    add("gradient descent", descent);
    add("moving-average momentum", MovingAverageMomentum{{.step_size = 10.0 * step, .momentum = 0.9}});
    add("heavy ball", ball);
    add("Nesterov", Nesterov{{.step_size = step, .momentum = 0.9}});
    add("RMSprop", RMSprop{{.step_size = 1e-2}});
    add("Adam", Adam{{.step_size = 1e-2}});
    add("longer steps", LongerSteps(descent));
    add("noise (perturbed gradient descent)",
        PerturbedGradientDescent{{.step_size = step, .gradient_threshold = 1e-4, .patience = 200}});
    add("noise and heavy ball", Perturbed(ball, noise));
    add("perturbed accelerated descent", PerturbedAcceleratedGradientDescent{{.step_size = step}});
    add("curvature-bounded descent", CurvatureBoundedGradientDescent{}, escape);
    add("gradient descent, escaping", descent, escape);
    add("heavy ball, escaping", ball, escape);
    add("limited-memory BFGS, escaping", LimitedMemoryBfgs{}, escape);
    add("saddle-free Newton", SaddleFreeNewton{}, escape);
    add("Newton-CG", NewtonConjugateGradients{});
    add("trust region", TrustRegion{});
    add("cubic regularisation", AdaptiveCubicRegularization{});
    return all;
}

}  // namespace hesse::bench
