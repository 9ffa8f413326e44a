#include "hesse/optim/barzilai_borwein.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <algorithm>
#include <cmath>
#include <istream>
#include <ostream>

namespace hesse {

BarzilaiBorwein::BarzilaiBorwein(Options options) : options_(options), search_(options.search) {
    require_at_least(name, "values", options_.values, 1);
    require_positive(name, "first_length", options_.first_length);
    options_.search.check(name);
}

void BarzilaiBorwein::start(Iterate& at) {
    step_size_ = 0.0;
    last_values_.assign(static_cast<std::size_t>(options_.values), at.value());
    direction_.resize(static_cast<std::size_t>(at.size()));
}

StepOutcome BarzilaiBorwein::step(Iterate& at) {
    const VectorSpace& space = at.space();
    const double norm = at.gradient_norm();
    if (norm == 0.0) return StepOutcome::converged;
    if (at.bounded()) return projected_step(at);
    const double slope = -norm * norm;
    space.combine(-1.0, at.gradient_data(), 0.0, direction_.data());
    const double first = step_size_ > 0.0 ? step_size_ : options_.first_length / norm;
    const double reference = *std::max_element(last_values_.begin(), last_values_.end());
    const auto found = search_.search(at, direction_.data(), slope, first, reference);
    if (found.end == LineSearchEnd::not_finite) return StepOutcome::not_finite;
    if (found.end == LineSearchEnd::no_decrease)
        return -first * slope <= at.rounding_floor() ? StepOutcome::rounding_floor : StepOutcome::line_search;
    at.accept_trial();
    // s = a d and y = g+ + d: s's / s'y = a d'd / d'y.
    const double change = space.dot(direction_.data(), at.gradient_data()) - slope;
    keep(at, change > 0.0 ? found.step * -slope / change : 0.0);
    return StepOutcome::moved;
}

/// Along the segment to the projection of x - a g: a spectral projected gradient step (Birgin, Martinez and Raydan, SIAM J. Optim. 10
/// (2000) 1196, SPG2).
StepOutcome BarzilaiBorwein::projected_step(Iterate& at) {
    const VectorSpace& space = at.space();
    const double first = step_size_ > 0.0 ? step_size_ : options_.first_length / at.gradient_norm();
    space.combine(-1.0, at.gradient_data(), 0.0, direction_.data());
    const double slope = at.project_direction(direction_.data(), first);
    const double reference = *std::max_element(last_values_.begin(), last_values_.end());
    const auto found = search_.search(at, direction_.data(), slope, 1.0, reference);
    if (found.end == LineSearchEnd::not_finite) return StepOutcome::not_finite;
    if (found.end == LineSearchEnd::no_decrease)
        return -slope <= at.rounding_floor() ? StepOutcome::rounding_floor : StepOutcome::line_search;
    at.accept_trial();
    // s = t d:  s's / s'y = t d'd / d'y.
    const double length = space.dot(direction_.data(), direction_.data());
    const double change = space.dot(direction_.data(), at.gradient_data()) - slope;
    keep(at, change > 0.0 ? found.step * length / change : 0.0);
    return StepOutcome::moved;
}

void BarzilaiBorwein::keep(const Iterate& at, double step_size) {
    step_size_ = std::isfinite(step_size) ? step_size : 0.0;
    std::rotate(last_values_.begin(), last_values_.begin() + 1, last_values_.end());
    last_values_.back() = at.value();
}

void BarzilaiBorwein::save(std::ostream& out) const {
    StateWriter state(out, name, 1);
    state.number("step_size", step_size_);
    state.vector("last_values", last_values_);
}

void BarzilaiBorwein::load(std::istream& in) {
    StateReader state(in, name, 1);
    const double step_size = state.number("step_size");
    Buffer last_values = state.vector("last_values", last_values_.size());
    step_size_ = step_size;
    last_values_.swap(last_values);
}

}  // namespace hesse
