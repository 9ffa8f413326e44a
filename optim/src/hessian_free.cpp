#include "hesse/optim/hessian_free.hpp"

#include "current_hessian.hpp"
#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <istream>
#include <limits>
#include <ostream>
#include <stdexcept>
#include <utility>

namespace hesse {
namespace {

using End = DampedConjugateGradients::End;

constexpr double epsilon = std::numeric_limits<double>::epsilon();

}  // namespace

HessianFree::HessianFree(Options options)
    : options_(options), search_(options.search), escape_(options.escape) {
    require_positive(name, "damping", options_.damping);
    require_in(name, "start_decay", options_.start_decay, 0.0, 1.0);
    require_at_least(name, "products", options_.products, 1);
    require_at_least(name, "kept", options_.kept, 1);
    require_at_least(name, "diagonal_products", options_.diagonal_products, 0);
    if (!(options_.preconditioner_power >= 0.0 && options_.preconditioner_power <= 1.0))
        throw std::invalid_argument(
            fmt::format("{}: preconditioner_power is {}, expected a number from 0 to 1", name,
                        options_.preconditioner_power));
    options_.search.check(name);
}

void HessianFree::start(Iterate& at) {
    const auto n = static_cast<std::size_t>(at.size());
    escape_.start(at);
    solver_.emplace(at.space());
    damping_ = 0.0;
    inverse_.resize(options_.diagonal_products > 0 ? n : 0);
    models_.resize(static_cast<std::size_t>(options_.products) + 1);
    kept_models_.resize(static_cast<std::size_t>(options_.kept));
    kept_.resize(kept_models_.size() * n);
    previous_.assign(n, 0.0);
}

void HessianFree::restart(Iterate&) { std::fill(previous_.begin(), previous_.end(), 0.0); }

StepOutcome HessianFree::step(Iterate& at) {
    const VectorSpace& space = at.space();
    if (at.gradient_norm() == 0.0) return StepOutcome::converged;
    double damping = damping_ > 0.0 ? damping_ : options_.damping * damping_unit(at);
    if (!inverse_.empty() && !diagonal_.measure(at, options_.diagonal_products))
        return StepOutcome::not_finite;
    if (!solve(at, damping, previous_.data())) return StepOutcome::not_finite;
    while (!(solver_->damped_model() < 0.0)) {
        if (!solve(at, damping, nullptr)) return StepOutcome::not_finite;
        if (solver_->damped_model() < 0.0) break;
        damping *= 4.0;  // G is not semidefinite
        if (!std::isfinite(damping)) return StepOutcome::line_search;
    }

    double value = 0.0;
    const Index best = best_kept(at, value);
    const double model = kept_models_[slot(best)];
    if (std::abs(value - at.value()) > at.rounding_floor()) {
        const double ratio = (value - at.value()) / model;
        if (!(ratio >= 0.25)) damping *= 1.5;
        else if (ratio > 0.75) damping *= 2.0 / 3.0;
    }
    const double slope = space.dot(at.gradient_data(), kept(best));
    ArmijoLineSearch::Result found;
    if (slope < 0.0) found = search_.search(at, kept(best), slope, 1.0, at.value());
    if (found.end == LineSearchEnd::not_finite) return StepOutcome::not_finite;
    if (found.end != LineSearchEnd::found)
        return -0.5 * slope <= at.rounding_floor() ? StepOutcome::rounding_floor : StepOutcome::line_search;
    at.accept_trial();
    damping_ = std::max(damping, epsilon * solver_->curvature());
    space.combine(options_.start_decay, solver_->iterate(), 0.0, previous_.data());
    return StepOutcome::moved;
}

/// Leaves iterates in the ring, at least one; false if products are not finite.
bool HessianFree::solve(Iterate& at, double damping, const double* first) {
    for (std::size_t i = 0; i < inverse_.size(); ++i)
        inverse_[i] = std::pow(diagonal_.entries()[i] + damping, -options_.preconditioner_power);
    const CurrentGaussNewton g{at};
    const Index most = std::clamp<Index>(at.affordable_products(), 1, options_.products);
    // Below the goal of the run nobody asks for more, and below rounding there is no more.
    const double tolerance = std::max(0.1 * at.gradient_goal() / at.gradient_norm(), 10.0 * epsilon);
    kept_count_ = 0;
    End end = solver_->begin({.a = g,
                              .gradient = at.gradient_data(),
                              .damping = damping,
                              .inverse = inverse_.empty() ? nullptr : inverse_.data()},
                             first);
    models_[0] = solver_->damped_model();
    Index iteration = 0, last_kept = -1, next_kept = 1;
    while (end == End::going_on && iteration < most && solver_->relative_residual() > tolerance) {
        end = solver_->advance();
        if (end != End::going_on && end != End::solved) break;
        ++iteration;
        models_[static_cast<std::size_t>(iteration)] = solver_->damped_model();
        if (stalled(iteration)) break;
        if (iteration != next_kept) continue;
        keep();
        last_kept = iteration;
        const auto spaced = static_cast<Index>(std::lround(1.3 * static_cast<double>(iteration)));
        next_kept = std::max(iteration + 1, spaced);
    }
    if (iteration != last_kept) keep();
    return end != End::not_finite;
}

/// The model fell by less than the part 5e-4 k of itself in the last k iterations.
bool HessianFree::stalled(Index iteration) const {
    const Index k = std::max<Index>(10, iteration / 10);
    if (iteration <= k) return false;
    const double now = models_[static_cast<std::size_t>(iteration)];
    const double before = models_[static_cast<std::size_t>(iteration - k)];
    return now < 0.0 && now - before > 5e-4 * static_cast<double>(k) * now;
}

void HessianFree::keep() {
    ++kept_count_;
    std::copy_n(solver_->iterate(), previous_.size(), kept_.data() + slot(0) * previous_.size());
    kept_models_[slot(0)] = solver_->model();
}

/// How many iterates before the last one the loss is least: it is looked up for as long as it falls, or is not finite, and the model
/// is below zero.
Index HessianFree::best_kept(Iterate& at, double& value) {
    const Index there = std::min(kept_count_, options_.kept);
    Index best = 0;
    for (Index back = 0; back < there; ++back) {
        if (back > 0 && !(kept_models_[slot(back)] < 0.0)) break;
        const double tried = at.value_along(kept(back), 1.0);
        if (back > 0 && !(tried < value) && std::isfinite(value)) break;
        value = tried;
        best = back;
    }
    return best;
}

void HessianFree::save(std::ostream& out) const {
    StateWriter state(out, name, 1);
    state.number("damping", damping_);
    state.vector("previous", previous_);
    escape_.save(out);
}

void HessianFree::load(std::istream& in) {
    StateReader state(in, name, 1);
    const double damping = state.number("damping");
    Buffer previous = state.vector("previous", previous_.size());
    escape_.load(in);
    damping_ = damping;
    previous_ = std::move(previous);
}

}  // namespace hesse
