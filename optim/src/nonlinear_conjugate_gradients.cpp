#include "hesse/optim/nonlinear_conjugate_gradients.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"
#include "search_within_bounds.hpp"

#include <algorithm>
#include <cmath>
#include <istream>
#include <ostream>
#include <utility>

namespace hesse {

NonlinearConjugateGradients::NonlinearConjugateGradients(Options options)
    : options_(options), search_(options.search) {
    require_positive(name, "first_length", options_.first_length);
    options_.search.check(name);
}

void NonlinearConjugateGradients::start(Iterate& at) {
    const auto n = static_cast<std::size_t>(at.size());
    for (Buffer* vector : {&direction_, &gradient_, &next_direction_, &next_gradient_})
        vector->assign(n, 0.0);
    curvature_ = 0.0;
    restart(at);
}

void NonlinearConjugateGradients::restart(Iterate&) {
    steps_ = 0;
    step_ = slope_ = 0.0;
    met_ = false;
}

/// Writes next_direction_; returns the slope along it.
double NonlinearConjugateGradients::find_direction(const Iterate& at, bool anew) {
    const VectorSpace& space = at.space();
    const double* g = at.gradient_data();
    double* d = next_direction_.data();
    space.combine(-1.0, g, 0.0, d);
    if (!anew) {
        double* y = next_gradient_.data();
        space.copy(g, y);
        space.add(-1.0, gradient_.data(), y);
        const double dy = space.dot(direction_.data(), y), dg = space.dot(direction_.data(), g);
        const double b = (space.dot(y, g) - 2.0 * space.dot(y, y) * dg / dy) / dy;
        const double least = 0.4 * slope_ / space.dot(direction_.data(), direction_.data());
        if (std::isfinite(b)) space.add(std::max(b, least), direction_.data(), d);
    }
    return space.dot(d, g);
}

StepOutcome NonlinearConjugateGradients::step(Iterate& at) {
    const VectorSpace& space = at.space();
    const double norm = at.gradient_norm();
    if (norm == 0.0) return StepOutcome::converged;
    bool anew = steps_ == 0 || steps_ >= at.size();
    WolfeLineSearch::Result found;
    double slope = 0.0;
    bool met = false;
    for (int attempt = 0;; anew = true, ++attempt) {
        slope = find_direction(at, anew);
        if (slope < 0.0 && std::isfinite(slope)) {
            // As much as the last step promised.
            const double first =
                anew && !(met_ && attempt == 0) ? options_.first_length / norm : step_ * slope_ / slope;
            if (at.bounded()) {
                const auto search = search_within_bounds(
                    at, next_direction_.data(), first, options_.search.sufficient_decrease,
                    [&](double along, double from, double longest) {
                        return search_.search(at, next_direction_.data(), along, from, longest);
                    });
                found = search.found;
                slope = search.slope;
                met = search.met;
            } else {
                found = search_.search(at, next_direction_.data(), slope, first);
            }
            if (found.end == LineSearchEnd::found) break;
        }
        if (!anew) continue;
        if (found.end == LineSearchEnd::not_finite) return StepOutcome::not_finite;
        // What the gradient still promises may be rounding.
        const bool rounding = 0.5 * norm * norm <= curvature_ * at.rounding_floor();
        return rounding ? StepOutcome::rounding_floor : StepOutcome::line_search;
    }
    space.copy(at.gradient_data(), next_gradient_.data());
    at.accept_trial();
    std::swap(direction_, next_direction_);
    std::swap(gradient_, next_gradient_);
    steps_ = met ? 0 : anew ? 1 : steps_ + 1;  // on another face directions are not conjugate
    met_ = met;
    step_ = found.step;
    slope_ = slope;
    const double change = space.dot(at.gradient_data(), direction_.data()) - slope;
    if (change > 0.0 && !met)
        curvature_ = change / (found.step * space.dot(direction_.data(), direction_.data()));
    return StepOutcome::moved;
}

void NonlinearConjugateGradients::save(std::ostream& out) const {
    StateWriter state(out, name, 2);
    state.integer("met", met_ ? 1 : 0);
    state.integer("steps", steps_);
    state.number("step", step_);
    state.number("slope", slope_);
    state.number("curvature", curvature_);
    state.vector("direction", direction_);
    state.vector("gradient", gradient_);
}

void NonlinearConjugateGradients::load(std::istream& in) {
    StateReader state(in, name, 2);
    const bool met = state.integer("met") != 0;
    const Index steps = state.integer("steps");
    const double step = state.number("step"), slope = state.number("slope");
    const double curvature = state.number("curvature");
    Buffer direction = state.vector("direction", next_direction_.size());
    Buffer gradient = state.vector("gradient", next_direction_.size());
    direction_.swap(direction);
    gradient_.swap(gradient);
    steps_ = steps;
    met_ = met;
    step_ = step;
    slope_ = slope;
    curvature_ = curvature;
}

}  // namespace hesse
