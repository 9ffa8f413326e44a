#include "hesse/optim/levenberg_marquardt.hpp"

#include "current_hessian.hpp"
#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <algorithm>
#include <cmath>
#include <istream>
#include <limits>
#include <ostream>
#include <utility>

namespace hesse {
namespace {

using End = DampedConjugateGradients::End;

constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr double acceptance = 1e-4;  // least ratio of a step that is taken

}  // namespace

LevenbergMarquardt::LevenbergMarquardt(Options options) : options_(options), escape_(options.escape) {
    require_positive(name, "damping", options_.damping);
    require_in(name, "largest_residual", options_.largest_residual, 0.0, 1.0);
    require_at_least(name, "products", options_.products, 0);
    require_at_least(name, "diagonal_products", options_.diagonal_products, 0);
}

void LevenbergMarquardt::start(Iterate& at) {
    escape_.start(at);
    solver_.emplace(at.space());
    damping_ = largest_gradient_ = 0.0;
    metric_.assign(options_.diagonal_products > 0 ? static_cast<std::size_t>(at.size()) : 0, 0.0);
    next_metric_.resize(metric_.size());
    inverse_.resize(metric_.size());
}

StepOutcome LevenbergMarquardt::step(Iterate& at) {
    const double norm = at.gradient_norm();
    if (norm == 0.0) return StepOutcome::converged;
    const double largest = std::max(largest_gradient_, norm);
    const double residual = std::min(options_.largest_residual, std::sqrt(norm / largest));
    const double tolerance = std::max(residual, 0.1 * at.gradient_goal() / norm);
    if (!measure_metric(at)) return StepOutcome::not_finite;

    double damping = damping_ > 0.0 ? damping_ : first_damping(at);
    bool rises = false;  // along a step that was promised to gain much
    for (double growth = 2.0; std::isfinite(damping); damping *= growth, growth *= 2.0) {
        if (solve(at, damping, tolerance) == End::not_finite) return StepOutcome::not_finite;
        const double predicted = -solver_->model();
        if (!(predicted > 0.0)) continue;  // G is not semidefinite
        const double* move = solver_->iterate();
        if (predicted <= at.rounding_floor()) {
            const StepOutcome outcome = step_on_floor(at);
            return outcome == StepOutcome::rounding_floor && rises ? StepOutcome::line_search : outcome;
        }
        const double ratio = (at.value() - at.value_along(move, 1.0)) / predicted;
        rises = rises || (ratio < 0.0 && predicted > 1e3 * at.rounding_floor());
        if (!(ratio > acceptance) || !at.linearize_along(move, 1.0)) continue;

        at.accept_trial();
        const double excess = 2.0 * ratio - 1.0;
        const double factor = std::max(1.0 / 3.0, 1.0 - excess * excess * excess);
        damping_ = std::max(factor * damping, epsilon * solver_->curvature());
        largest_gradient_ = largest;
        std::swap(metric_, next_metric_);
        return StepOutcome::moved;
    }
    return at.last_trial_finite() ? StepOutcome::line_search : StepOutcome::not_finite;
}

double LevenbergMarquardt::first_damping(Iterate& at) {
    if (!metric_.empty()) return options_.damping;
    return options_.damping * damping_unit(at);
}

/// D at this point, if it is not the identity; false if it is not finite.
bool LevenbergMarquardt::measure_metric(Iterate& at) {
    if (metric_.empty()) return true;
    if (!diagonal_.measure(at, options_.diagonal_products)) return false;
    for (std::size_t i = 0; i < metric_.size(); ++i)
        next_metric_[i] = std::max(metric_[i], diagonal_.entries()[i]);
    return true;
}

End LevenbergMarquardt::solve(Iterate& at, double damping, double tolerance) {
    const bool scaled = !metric_.empty();
    for (std::size_t i = 0; i < inverse_.size(); ++i)
        inverse_[i] = 1.0 / (diagonal_.entries()[i] + damping * next_metric_[i]);
    const CurrentGaussNewton g{at};
    const Index most = products_of_step(options_.products, at.size());
    const Index affordable = std::clamp<Index>(at.affordable_products(), 1, most);
    End end = solver_->begin({.a = g,
                              .gradient = at.gradient_data(),
                              .damping = damping,
                              .metric = scaled ? next_metric_.data() : nullptr,
                              .inverse = scaled ? inverse_.data() : nullptr});
    while (end == End::going_on && solver_->products() < affordable &&
           solver_->relative_residual() > tolerance)
        end = solver_->advance();
    return end;
}

/// The loss cannot tell the model's point from x any more; the gradient can.
StepOutcome LevenbergMarquardt::step_on_floor(Iterate& at) {
    const double least = at.value() + at.rounding_floor();
    if (at.linearize_along(solver_->iterate(), 1.0) && at.trial_value() <= least &&
        at.trial_gradient_norm() < 0.9 * at.gradient_norm()) {
        at.accept_trial();
        return StepOutcome::moved;
    }
    return at.last_trial_finite() ? StepOutcome::rounding_floor : StepOutcome::not_finite;
}

void LevenbergMarquardt::save(std::ostream& out) const {
    StateWriter state(out, name, 1);
    state.number("damping", damping_);
    state.number("largest_gradient", largest_gradient_);
    state.vector("metric", metric_);
    escape_.save(out);
}

void LevenbergMarquardt::load(std::istream& in) {
    StateReader state(in, name, 1);
    const double damping = state.number("damping");
    const double largest_gradient = state.number("largest_gradient");
    Buffer metric = state.vector("metric", metric_.size());
    escape_.load(in);
    damping_ = damping;
    largest_gradient_ = largest_gradient;
    metric_ = std::move(metric);
}

}  // namespace hesse
