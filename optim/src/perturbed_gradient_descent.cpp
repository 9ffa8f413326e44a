#include "hesse/optim/perturbed_gradient_descent.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <algorithm>
#include <cmath>
#include <istream>
#include <numbers>
#include <ostream>
#include <utility>

namespace hesse {
namespace {

/// The least iota >= 1 with log(factor) + 6 log(iota) + (8 - iota) log 2 <= log(delta).
double least_iota(double log_factor, double delta) {
    const auto excess = [&](double iota) {
        return log_factor + 6.0 * std::log(iota) + (8.0 - iota) * std::numbers::ln2 - std::log(delta);
    };
    if (excess(1.0) <= 0.0) return 1.0;
    double low = 6.0 / std::numbers::ln2,
           high = 2.0 * low;  // it rises up to the first of these, and falls from there
    while (excess(high) > 0.0) high *= 2.0;
    for (int k = 0; k < 100 && high - low > 1e-12 * high; ++k) {
        const double middle = 0.5 * (low + high);
        (excess(middle) > 0.0 ? low : high) = middle;
    }
    return high;
}

}  // namespace

PerturbedGradientDescent::PerturbedGradientDescent(Options options)
    : step_size_(std::move(options.step_size)),
      noise_({.gradient_threshold = options.gradient_threshold,
              .radius = options.radius,
              .patience = options.patience,
              .decrease = options.decrease,
              .seed = options.seed}) {
    step_size_.check_positive(name, "step_size");
    noise_.options().check(name);
}

PerturbedGradientDescent::Options PerturbedGradientDescent::theory_parameters_2017(const Problem& problem) {
    constexpr std::string_view where = "PerturbedGradientDescent::theory_parameters_2017";
    problem.check(where);
    const double l = problem.gradient_lipschitz, rho = problem.hessian_lipschitz;
    const double epsilon = problem.accuracy, c = problem.constant > 0.0 ? problem.constant : 0.1;
    const double n = static_cast<double>(problem.dimension);
    const double chi =
        3.0 *
        std::max(std::log(n * l * problem.value_gap / (c * epsilon * epsilon * problem.failure_probability)),
                 4.0);
    return {.step_size = c / l,
            .gradient_threshold = std::sqrt(c) / (chi * chi) * epsilon,
            .radius = std::sqrt(c) / (chi * chi) * epsilon / l,
            .patience = problem.whole_steps(where, "chi / c^2 l / sqrt(rho epsilon)",
                                            chi / (c * c) * l / std::sqrt(rho * epsilon)),
            .decrease = c / (chi * chi * chi) * std::sqrt(epsilon * epsilon * epsilon / rho)};
}

PerturbedGradientDescent::Options PerturbedGradientDescent::theory_parameters_2019(const Problem& problem) {
    constexpr std::string_view where = "PerturbedGradientDescent::theory_parameters_2019";
    problem.check(where);
    const double l = problem.gradient_lipschitz, rho = problem.hessian_lipschitz;
    const double epsilon = problem.accuracy, n = static_cast<double>(problem.dimension);
    const double condition = l / std::sqrt(rho * epsilon);
    // By logarithms, so that no product overflows.
    const double log_factor = std::log(400.0) + std::log(l) + std::log(problem.value_gap) -
                              2.0 * std::log(epsilon) + std::log(condition) + 0.5 * std::log(n);
    const double iota = least_iota(log_factor, problem.failure_probability);
    const double cube = iota * iota * iota;
    return {.step_size = 1.0 / l,
            .gradient_threshold = epsilon,
            .radius = epsilon / (400.0 * cube * l),
            .patience = problem.whole_steps(where, "iota l / sqrt(rho epsilon)", iota * condition),
            .decrease = std::sqrt(epsilon * epsilon * epsilon / rho) / (50.0 * cube)};
}

void PerturbedGradientDescent::start(Iterate& at) {
    noise_.start(at);
    steps_ = 0;
    shortening_.start();
}

void PerturbedGradientDescent::restart(Iterate& at) { noise_.restart(at); }

StepOutcome PerturbedGradientDescent::step(Iterate& at) {
    if (noise_.useless()) return StepOutcome::converged;
    if (noise_.failed(at)) return noise_.go_back(at) ? StepOutcome::converged : StepOutcome::not_finite;
    if (noise_.due(at)) return noise_.perturb(at) ? StepOutcome::moved : StepOutcome::rejected;
    const double step_size =
        step_size_.value_at({steps_ + 1, at.value(), at.gradient_norm()}, name, "step_size");
    const double length = -shortening_.factor() * step_size;
    if (!shortening_.take_trial(at, at.linearize_along(at.gradient_data(), length)))
        return shortening_.reject(at);
    noise_.count_step();
    ++steps_;
    return shortening_.made(at);
}

void PerturbedGradientDescent::save(std::ostream& out) const {
    StateWriter state(out, name, 3);
    state.integer("steps", steps_);
    shortening_.save(state);
    noise_.save(state);
}

void PerturbedGradientDescent::load(std::istream& in) {
    StateReader state(in, name, 3);
    const std::int64_t steps = state.integer("steps");
    StepShortening shortening;
    shortening.load(state);
    noise_.load(state);
    steps_ = steps;
    shortening_ = shortening;
}

}  // namespace hesse
