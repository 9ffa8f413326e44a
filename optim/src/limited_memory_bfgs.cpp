#include "hesse/optim/limited_memory_bfgs.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"
#include "search_within_bounds.hpp"

#include <cmath>
#include <istream>
#include <ostream>

namespace hesse {

LimitedMemoryBfgs::LimitedMemoryBfgs(Options options) : options_(options), search_(options.search) {
    require_at_least(name, "memory", options_.memory, 1);
    require_positive(name, "first_length", options_.first_length);
    options_.search.check(name);
}

void LimitedMemoryBfgs::start(Iterate& at) {
    inverse_.start(at.space(), options_.memory);
    for (Buffer* vector : {&fresh_.s, &fresh_.y, &direction_})
        vector->resize(static_cast<std::size_t>(at.size()));
}

StepOutcome LimitedMemoryBfgs::step(Iterate& at) {
    const VectorSpace& space = at.space();
    const double norm = at.gradient_norm();
    if (norm == 0.0) return StepOutcome::converged;
    bool second_order = inverse_.pairs() > 0;
    for (;; second_order = false) {
        if (second_order) inverse_.apply(at.gradient_data(), direction_.data(), -1.0);
        else space.combine(-1.0, at.gradient_data(), 0.0, direction_.data());
        const double first = second_order ? 1.0 : options_.first_length / norm;
        WolfeLineSearch::Result found;
        if (at.bounded()) {
            found =
                search_within_bounds(at, direction_.data(), first, options_.search.sufficient_decrease,
                                     [&](double slope, double from, double longest) {
                                         return search_.search(at, direction_.data(), slope, from, longest);
                                     })
                    .found;
        } else if (const double slope = space.dot(direction_.data(), at.gradient_data());
                   slope < 0.0 && std::isfinite(slope)) {
            found = search_.search(at, direction_.data(), slope, first);
        }
        if (found.end == LineSearchEnd::found) break;
        if (second_order) continue;  // once more, along the gradient
        if (found.end == LineSearchEnd::not_finite) return StepOutcome::not_finite;
        // What the gradient still promises may be rounding.
        const bool rounding = 0.5 * norm * norm <= inverse_.curvature() * at.rounding_floor();
        return rounding ? StepOutcome::rounding_floor : StepOutcome::line_search;
    }
    space.subtract(at.next_data(), at.x_data(), fresh_.s.data());
    space.subtract(at.trial_gradient(), at.gradient_data(), fresh_.y.data());
    if (at.bounded())  // the curvature of a face is that between points on it
        for (std::size_t i = 0; i < fresh_.y.size(); ++i)
            if (at.gradient_data()[i] == 0.0 || at.trial_gradient()[i] == 0.0)
                fresh_.s[i] = fresh_.y[i] = 0.0;
    at.accept_trial();
    if (!second_order) inverse_.forget();
    inverse_.add(fresh_);
    return StepOutcome::moved;
}

void LimitedMemoryBfgs::save(std::ostream& out) const {
    StateWriter state(out, name, 1);
    inverse_.save(state);
}

void LimitedMemoryBfgs::load(std::istream& in) {
    StateReader state(in, name, 1);
    inverse_.set_state(inverse_.read(state, "LimitedMemoryBfgs"));
}

}  // namespace hesse
