#include "hesse/optim/perturbed_accelerated_gradient_descent.hpp"

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

PerturbedAcceleratedGradientDescent::PerturbedAcceleratedGradientDescent(Options options)
    : options_(std::move(options)),
      noise_({.gradient_threshold = options_.gradient_threshold,
              .radius = options_.radius,
              .patience = options_.patience,
              .decrease = options_.decrease,
              .seed = options_.seed}) {
    options_.step_size.check_positive(name, "step_size");
    require_in(name, "momentum", options_.momentum, 0.0, 1.0);
    require_not_negative(name, "concavity", options_.concavity);
    require_not_negative(name, "exploitation", options_.exploitation);
    noise_.options().check(name);
}

PerturbedAcceleratedGradientDescent::Options PerturbedAcceleratedGradientDescent::theory_parameters(
    const Problem& problem) {
    constexpr std::string_view where = "PerturbedAcceleratedGradientDescent::theory_parameters";
    problem.check(where);
    const double l = problem.gradient_lipschitz, rho = problem.hessian_lipschitz;
    const double epsilon = problem.accuracy, c = problem.constant > 0.0 ? problem.constant : 1.0;
    const double n = static_cast<double>(problem.dimension);
    const double kappa = l / std::sqrt(rho * epsilon);
    if (!(kappa >= 1.0))
        throw std::invalid_argument(
            fmt::format("{}: accuracy is {}, expected at most gradient_lipschitz^2 / hessian_lipschitz = {}",
                        where, epsilon, l * l / rho));
    const double chi =
        std::max(1.0, std::log(n * l * problem.value_gap / (rho * epsilon * problem.failure_probability)));
    const double theta = 0.25 / std::sqrt(kappa), step = 0.25 / l;
    const double concavity = theta * theta / step;
    const double chi5 = std::pow(chi, 5), c7 = std::pow(c, 7);
    return {.step_size = step,
            .momentum = 1.0 - theta,
            .concavity = concavity,
            .exploitation = concavity / (4.0 * rho),
            .gradient_threshold = epsilon,
            .radius = step * epsilon / (chi5 * c7 * c),
            .patience = problem.whole_steps(where, "sqrt(kappa) chi c", std::sqrt(kappa) * chi * c),
            .decrease = std::sqrt(epsilon * epsilon * epsilon / rho) / (chi5 * c7)};
}

void PerturbedAcceleratedGradientDescent::start(Iterate& at) {
    noise_.start(at);
    exploitations_ = 0;
    steps_ = 0;
    step_size_ = 0.0;
    shortening_.start();
    const auto n = static_cast<std::size_t>(at.size());
    for (Buffer* buffer : {&next_velocity_, &ahead_, &next_}) buffer->resize(n);
    velocity_.assign(n, 0.0);
}

void PerturbedAcceleratedGradientDescent::restart(Iterate& at) {
    noise_.restart(at);
    stand_still();
}

void PerturbedAcceleratedGradientDescent::stand_still() {
    std::fill(velocity_.begin(), velocity_.end(), 0.0);
}

double PerturbedAcceleratedGradientDescent::hamiltonian(const Iterate& at) const {
    const double square = at.space().dot(velocity_.data(), velocity_.data());
    return square > 0.0 ? at.value() + square / (2.0 * step_size_) : at.value();
}

StepOutcome PerturbedAcceleratedGradientDescent::step(Iterate& at) {
    if (noise_.useless()) return StepOutcome::converged;
    if (noise_.failed(at)) {
        if (!noise_.go_back(at)) return StepOutcome::not_finite;
        stand_still();
        return StepOutcome::converged;
    }
    if (noise_.due(at)) return noise_.perturb(at) ? StepOutcome::moved : StepOutcome::rejected;

    const VectorSpace& space = at.space();
    const double step_size =
        shortening_.factor() *
        options_.step_size.value_at({steps_ + 1, at.value(), at.gradient_norm()}, name, "step_size");
    const double speed = space.norm(velocity_.data());
    const double* from = at.x_data();
    const double* slope = at.gradient_data();
    if (speed > 0.0) {  // else y = x, whose gradient is there, and no concavity can be seen
        space.step(at.x_data(), options_.momentum, velocity_.data(), ahead_.data());
        at.project(ahead_.data());
        if (!at.linearize_trial(ahead_.data())) return reject(at);
        if (too_concave(at, step_size)) return exploit(at, speed);
        from = ahead_.data();
        slope = at.trial_gradient();
    }
    space.step(from, -step_size, slope, next_.data());
    at.project(next_.data());
    space.subtract(next_.data(), at.x_data(), next_velocity_.data());
    if (!shortening_.take_trial(at, at.linearize_trial(next_.data()))) return reject(at);
    std::swap(velocity_, next_velocity_);
    step_size_ = step_size;
    ++steps_;
    noise_.count_step();
    return shortening_.made(at);
}

StepOutcome PerturbedAcceleratedGradientDescent::reject(Iterate& at) {
    stand_still();
    return shortening_.reject(at);
}

/// Between x and y, which is the trial.
bool PerturbedAcceleratedGradientDescent::too_concave(const Iterate& at, double step_size) {
    const VectorSpace& space = at.space();
    double* const back = next_velocity_.data();  // x - y
    if (at.bounded()) space.subtract(at.x_data(), ahead_.data(), back);
    else space.combine(-options_.momentum, velocity_.data(), 0.0, back);
    const double distance = space.norm(back);
    const double below_tangent = at.trial_value() + space.dot(at.trial_gradient(), back) - at.value();
    const double theta = 1.0 - options_.momentum;
    const double concavity = options_.concavity > 0.0 ? options_.concavity : theta * theta / step_size;
    return below_tangent >= 0.5 * concavity * distance * distance && below_tangent > at.rounding_floor();
}

StepOutcome PerturbedAcceleratedGradientDescent::exploit(Iterate& at, double speed) {
    const VectorSpace& space = at.space();
    const double length =
        options_.exploitation > 0.0 ? options_.exploitation : 1e-2 * std::max(1.0, space.norm(at.x_data()));
    bool moved = false;
    if (speed < length) {
        space.copy(at.x_data(), next_.data());
        space.add(length / speed, velocity_.data(), next_.data());
        space.copy(at.x_data(), ahead_.data());
        space.add(-length / speed, velocity_.data(), ahead_.data());
        const double forward = at.value_at(next_.data()), backward = at.value_at(ahead_.data());
        moved = std::min(forward, backward) < at.value() &&
                at.move_to(forward <= backward ? next_.data() : ahead_.data());
    }
    stand_still();
    ++exploitations_;
    noise_.count_step();
    return moved ? StepOutcome::moved : StepOutcome::rejected;
}

void PerturbedAcceleratedGradientDescent::save(std::ostream& out) const {
    StateWriter state(out, name, 3);
    state.integer("steps", steps_);
    state.number("step_size", step_size_);
    shortening_.save(state);
    state.integer("exploitations", exploitations_);
    state.vector("velocity", velocity_);
    noise_.save(state);
}

void PerturbedAcceleratedGradientDescent::load(std::istream& in) {
    StateReader state(in, name, 3);
    const std::int64_t steps = state.integer("steps");
    const double step_size = state.number("step_size");
    StepShortening shortening;
    shortening.load(state);
    const Index exploitations = state.integer("exploitations");
    Buffer velocity = state.vector("velocity", next_.size());
    noise_.load(state);
    exploitations_ = exploitations;
    steps_ = steps;
    step_size_ = step_size;
    shortening_ = shortening;
    velocity_ = std::move(velocity);
}

}  // namespace hesse
