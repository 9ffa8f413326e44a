#include "hesse/optim/perturbation.hpp"

#include "options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace hesse {

void SmoothProblem::check(std::string_view function) const {
    require_at_least(function, "dimension", dimension, 1);
    require_positive(function, "gradient_lipschitz", gradient_lipschitz);
    require_positive(function, "hessian_lipschitz", hessian_lipschitz);
    require_positive(function, "accuracy", accuracy);
    require_positive(function, "value_gap", value_gap);
    require_positive(function, "failure_probability", failure_probability);
    require_not_negative(function, "constant", constant);
}

Index SmoothProblem::whole_steps(std::string_view function, std::string_view formula, double steps) const {
    constexpr double most = 0x1p62;
    const double whole = std::ceil(steps);
    if (!(whole < most))
        throw std::invalid_argument(fmt::format(
            "{}: patience {} is {}, expected less than {}; accuracy is {}, gradient_lipschitz {}, "
            "hessian_lipschitz {}, constant {}",
            function, formula, whole, most, accuracy, gradient_lipschitz, hessian_lipschitz, constant));
    return static_cast<Index>(whole);
}

void Perturbation::Options::check(std::string_view type) const {
    require_not_negative(type, "gradient_threshold", gradient_threshold);
    require_finite_not_negative(type, "radius", radius);
    require_at_least(type, "patience", patience, 1);
    require_not_negative(type, "decrease", decrease);
}

void Perturbation::start(const Iterate& at) {
    random_ = RandomGenerator(options_.seed);
    count_ = 0;
    restart(at);
}

void Perturbation::restart(const Iterate& at) {
    since_noise_ = -1;
    useless_ = false;
    saved_.assign(static_cast<std::size_t>(at.size()), 0.0);
    next_.resize(static_cast<std::size_t>(at.size()));
}

bool Perturbation::due(const Iterate& at, bool stalled) const {
    const double threshold =
        options_.gradient_threshold > 0.0 ? options_.gradient_threshold : at.gradient_goal();
    return (stalled || at.gradient_norm() <= threshold) &&
           (since_noise_ < 0 || since_noise_ > options_.patience);
}

bool Perturbation::perturb(Iterate& at) {
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
    if (!finite) return false;
    space.copy(at.x_data(), saved_.data());
    at.accept_trial();
    saved_value_ = value;
    expected_ = expected;
    since_noise_ = 0;
    ++count_;
    return true;
}

bool Perturbation::go_back(Iterate& at) {
    if (!at.move_to(saved_.data())) return false;
    since_noise_ = -1;
    useless_ = true;
    return true;
}

void Perturbation::save(StateWriter& state) const {
    state.random("random", random_);
    state.integer("perturbations", count_);
    state.integer("since_noise", since_noise_);
    state.integer("useless", useless_ ? 1 : 0);
    state.number("saved_value", saved_value_);
    state.number("expected", expected_);
    state.vector("saved", saved_);
}

void Perturbation::load(StateReader& state) {
    const RandomGenerator random = state.random("random");
    const Index count = state.integer("perturbations");
    const Index since_noise = state.integer("since_noise");
    const bool useless = state.integer("useless") != 0;
    const double saved_value = state.number("saved_value");
    const double expected = state.number("expected");
    saved_ = state.vector("saved", next_.size());
    random_ = random;
    count_ = count;
    since_noise_ = since_noise;
    useless_ = useless;
    saved_value_ = saved_value;
    expected_ = expected;
}

}  // namespace hesse
