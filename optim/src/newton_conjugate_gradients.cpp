#include "hesse/optim/newton_conjugate_gradients.hpp"

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

constexpr double least_damping = 10.0 * std::numeric_limits<double>::epsilon();

}  // namespace

NewtonConjugateGradients::NewtonConjugateGradients(Options options)
    : options_(std::move(options)),
      search_(options_.search),
      escape_(options_.escape),
      damping_(options_.damping) {
    require_in(name, "damping", options_.damping, 0.0, 1.0);
    require_in(name, "largest_residual", options_.largest_residual, 0.0, 1.0);
    require_at_least(name, "products", options_.products, 0);
    options_.search.check(name);
}

void NewtonConjugateGradients::start(Iterate& at) {
    escape_.start(at);
    solver_.emplace(at.space());
    options_.preconditioner.start(at);
    damping_ = options_.damping;
    norm_ = largest_gradient_ = 0.0;
    direction_.resize(static_cast<std::size_t>(at.size()));
}

StepOutcome NewtonConjugateGradients::step(Iterate& at) {
    const VectorSpace& space = at.space();
    const double norm = at.gradient_norm();
    if (norm == 0.0) return StepOutcome::converged;
    const double largest = std::max(largest_gradient_, norm);
    const double residual = std::min(options_.largest_residual, std::sqrt(norm / largest));
    const double tolerance = std::max(residual, 0.1 * at.gradient_goal() / norm);
    const Index most = products_of_step(options_.products, at.size());
    options_.preconditioner.update(at);
    const CurrentHessian hessian{at};
    const auto solved =
        solver_->solve(hessian, at.gradient_data(), damping_, norm_, tolerance,
                       std::clamp<Index>(at.affordable_products(), 1, most), options_.preconditioner);
    if (solved.end == CappedConjugateGradients::End::not_finite) return StepOutcome::not_finite;

    double damping = damping_;
    StepOutcome outcome = StepOutcome::moved;
    if (solved.end == CappedConjugateGradients::End::negative_curvature) {
        outcome = follow_negative_curvature(at, solved.curvature);
        damping = options_.damping;
    } else {
        const double* y = solver_->iterate();
        const double slope = space.dot(at.gradient_data(), y);
        ArmijoLineSearch::Result found;
        if (slope < 0.0) found = search_.search(at, y, slope, 1.0, at.value());
        if (found.end != LineSearchEnd::found)
            return failed(at, -0.5 * slope, found.end != LineSearchEnd::not_finite);
        at.accept_trial();
        damping = found.step == 1.0 ? std::max(0.1 * damping_, std::min(least_damping, options_.damping))
                                    : std::min(10.0 * damping_, options_.damping);
    }
    if (outcome != StepOutcome::moved) return outcome;
    damping_ = damping;
    norm_ = solved.norm;
    largest_gradient_ = largest;
    options_.preconditioner.accept();
    return outcome;
}

/// Along the direction, downhill; or along y, if that leads lower.
StepOutcome NewtonConjugateGradients::follow_negative_curvature(Iterate& at, double curvature) {
    const VectorSpace& space = at.space();
    const double before = at.value();
    const double sign = space.dot(at.gradient_data(), solver_->direction()) > 0.0 ? -1.0 : 1.0;
    space.combine(sign, solver_->direction(), 0.0, direction_.data());
    const NegativeCurvatureEscape::Step down = escape_.look(at, direction_.data(), curvature);
    const double lowest = down.length > 0.0 ? down.value : before;

    const double* y = solver_->iterate();
    const double slope = space.dot(at.gradient_data(), y);
    if (slope < 0.0) {
        double t = 1.0;
        for (int k = 0; k < 10; ++k, t *= 0.5) {
            const double value = at.value_along(y, t);
            if (value > before + 1e-4 * t * slope) continue;
            if (value < lowest && at.move_along(y, t)) return StepOutcome::moved;
            break;
        }
    }
    if (down.length > 0.0 && escape_.take(at, down)) return StepOutcome::moved;
    const double promise = std::max(-slope, -space.dot(at.gradient_data(), direction_.data()));
    return failed(at, promise, at.last_trial_finite());
}

StepOutcome NewtonConjugateGradients::failed(const Iterate& at, double promise, bool finite) const {
    if (!finite) return StepOutcome::not_finite;
    return promise <= at.rounding_floor() ? StepOutcome::rounding_floor : StepOutcome::line_search;
}

void NewtonConjugateGradients::save(std::ostream& out) const {
    StateWriter state(out, name, 1);
    state.number("damping", damping_);
    state.number("norm", norm_);
    state.number("largest_gradient", largest_gradient_);
    escape_.save(out);
    options_.preconditioner.save(out);
}

void NewtonConjugateGradients::load(std::istream& in) {
    StateReader state(in, name, 1);
    const double damping = state.number("damping"), norm = state.number("norm");
    const double largest_gradient = state.number("largest_gradient");
    NegativeCurvatureEscape escape = escape_;
    escape.load(in);
    options_.preconditioner.load(in);
    escape_ = std::move(escape);
    damping_ = damping;
    norm_ = norm;
    largest_gradient_ = largest_gradient;
}

}  // namespace hesse
