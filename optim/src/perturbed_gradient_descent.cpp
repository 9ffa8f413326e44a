#include "hesse/optim/perturbed_gradient_descent.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <istream>
#include <ostream>
#include <stdexcept>
#include <utility>

namespace hesse {

PerturbedGradientDescent::PerturbedGradientDescent(Options options)
    : options_(options), random_(options.seed) {
    require_positive(name, "step_size", options_.step_size);
    require_not_negative(name, "gradient_threshold", options_.gradient_threshold);
    require_not_negative(name, "radius", options_.radius);
    require_at_least(name, "patience", options_.patience, 1);
    require_not_negative(name, "decrease", options_.decrease);
}

PerturbedGradientDescent::Options PerturbedGradientDescent::theory_parameters(const Problem& problem) {
    constexpr std::string_view where = "PerturbedGradientDescent::theory_parameters";
    require_at_least(where, "dimension", problem.dimension, 1);
    require_positive(where, "gradient_lipschitz", problem.gradient_lipschitz);
    require_positive(where, "hessian_lipschitz", problem.hessian_lipschitz);
    require_positive(where, "accuracy", problem.accuracy);
    require_positive(where, "value_gap", problem.value_gap);
    require_positive(where, "failure", problem.failure);
    require_positive(where, "constant", problem.constant);
    const double l = problem.gradient_lipschitz, rho = problem.hessian_lipschitz;
    const double epsilon = problem.accuracy, c = problem.constant;
    const double n = static_cast<double>(problem.dimension);
    const double chi =
        3.0 * std::max(std::log(n * l * problem.value_gap / (c * epsilon * epsilon * problem.failure)), 4.0);
    const double patience = std::ceil(chi / (c * c) * l / std::sqrt(rho * epsilon));
    constexpr double most = 0x1p62;
    if (!(patience < most))
        throw std::invalid_argument(fmt::format(
            "{}: patience chi / c^2 l / sqrt(rho epsilon) is {}, expected less than {}; accuracy is "
            "{}, gradient_lipschitz {}, hessian_lipschitz {}, constant {}",
            where, patience, most, epsilon, l, rho, c));
    return {.step_size = c / l,
            .gradient_threshold = std::sqrt(c) / (chi * chi) * epsilon,
            .radius = std::sqrt(c) / (chi * chi) * epsilon / l,
            .patience = static_cast<Index>(patience),
            .decrease = c / (chi * chi * chi) * std::sqrt(epsilon * epsilon * epsilon / rho)};
}

void PerturbedGradientDescent::start(Iterate& at) {
    random_ = RandomGenerator(options_.seed);
    perturbations_ = 0;
    restart(at);
}

void PerturbedGradientDescent::restart(Iterate& at) {
    since_noise_ = -1;
    saved_.assign(static_cast<std::size_t>(at.size()), 0.0);
    next_.resize(static_cast<std::size_t>(at.size()));
}

StepOutcome PerturbedGradientDescent::step(Iterate& at) {
    const double threshold =
        options_.gradient_threshold > 0.0 ? options_.gradient_threshold : at.gradient_goal();
    if (since_noise_ == options_.patience && at.value() - saved_value_ > -expected_) {
        if (!at.move_to(saved_.data())) return StepOutcome::not_finite;
        since_noise_ = -1;
        return StepOutcome::converged;
    }
    const bool noise_is_old = since_noise_ < 0 || since_noise_ > options_.patience;
    return at.gradient_norm() <= threshold && noise_is_old ? perturb(at) : descend(at);
}

StepOutcome PerturbedGradientDescent::perturb(Iterate& at) {
    const VectorSpace& space = at.space();
    const double radius =
        options_.radius > 0.0 ? options_.radius : 1e-3 * std::max(1.0, space.norm(at.x_data()));
    const double value = at.value();
    const double expected = options_.decrease > 0.0
                                ? options_.decrease
                                : std::max(0.5 * radius * at.gradient_norm(), 10.0 * at.rounding_floor());
    RandomGenerator random = random_;  // taken over once the trial is judged: the loss may throw
    random.in_ball(space, radius, next_.data());
    space.add(1.0, at.x_data(), next_.data());
    const bool finite = std::isfinite(at.value_at(next_.data())) && at.linearize_trial(next_.data());
    random_ = random;
    if (!finite) return StepOutcome::rejected;  // the next noise is another one
    space.copy(at.x_data(), saved_.data());
    at.accept_trial();
    saved_value_ = value;
    expected_ = expected;
    since_noise_ = 0;
    ++perturbations_;
    return StepOutcome::moved;
}

StepOutcome PerturbedGradientDescent::descend(Iterate& at) {
    at.space().copy(at.x_data(), next_.data());
    at.space().add(-options_.step_size, at.gradient_data(), next_.data());
    if (!at.move_to(next_.data())) return StepOutcome::not_finite;
    if (since_noise_ >= 0) ++since_noise_;
    return StepOutcome::moved;
}

void PerturbedGradientDescent::save(std::ostream& out) const {
    StateWriter state(out, name, 1);
    state.random("random", random_);
    state.integer("perturbations", perturbations_);
    state.integer("since_noise", since_noise_);
    state.number("saved_value", saved_value_);
    state.number("expected", expected_);
    state.vector("saved", saved_);
}

void PerturbedGradientDescent::load(std::istream& in) {
    StateReader state(in, name, 1);
    const RandomGenerator random = state.random("random");
    const Index perturbations = state.integer("perturbations");
    const Index since_noise = state.integer("since_noise");
    const double saved_value = state.number("saved_value");
    const double expected = state.number("expected");
    saved_ = state.vector("saved", next_.size());
    random_ = random;
    perturbations_ = perturbations;
    since_noise_ = since_noise;
    saved_value_ = saved_value;
    expected_ = expected;
}

}  // namespace hesse
