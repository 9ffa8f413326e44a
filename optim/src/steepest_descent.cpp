#include "hesse/optim/steepest_descent.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"
#include "search_within_bounds.hpp"

#include <istream>
#include <limits>
#include <ostream>

namespace hesse {

SteepestDescent::SteepestDescent(Options options)
    : options_(options), armijo_(options.armijo), wolfe_(options.wolfe) {
    require_positive(name, "first_length", options_.first_length);
    options_.armijo.check(name);
    options_.wolfe.check(name);
}

void SteepestDescent::start(Iterate& at) {
    direction_.resize(static_cast<std::size_t>(at.size()));
    curvature_ = 0.0;
    restart(at);
}

void SteepestDescent::restart(Iterate&) { promise_ = 0.0; }

StepOutcome SteepestDescent::step(Iterate& at) {
    const double norm = at.gradient_norm();
    if (norm == 0.0) return StepOutcome::converged;
    const double steepest = -norm * norm;
    at.space().combine(-1.0, at.gradient_data(), 0.0, direction_.data());
    // Twice the last promise, so that steps may grow where no expansion is asked for.
    const double first = promise_ < 0.0 ? 2.0 * promise_ / steepest : options_.first_length / norm;
    const auto along = [&](double slope, double from, double longest) {
        return options_.rule == SearchRule::armijo
                   ? armijo_.search(at, direction_.data(), slope, from, at.value())
                   : wolfe_.search(at, direction_.data(), slope, from, longest);
    };
    const double decrease = options_.rule == SearchRule::armijo ? options_.armijo.sufficient_decrease
                                                                : options_.wolfe.sufficient_decrease;
    const auto found = at.bounded()
                           ? search_within_bounds(at, direction_.data(), first, decrease, along).found
                           : along(steepest, first, std::numeric_limits<double>::infinity());
    if (found.end == LineSearchEnd::not_finite) return StepOutcome::not_finite;
    if (found.end == LineSearchEnd::no_decrease) {
        // What the gradient still promises may be rounding.
        const bool rounding =
            0.5 * norm * norm <= curvature_ * at.rounding_floor() || -first * steepest <= at.rounding_floor();
        return rounding ? StepOutcome::rounding_floor : StepOutcome::line_search;
    }
    at.accept_trial();
    promise_ = found.step * steepest;
    // d'y / a d'd, for y = g+ + d.
    const double change = at.space().dot(at.gradient_data(), direction_.data()) - steepest;
    if (change > 0.0) curvature_ = change / (found.step * -steepest);
    return StepOutcome::moved;
}

void SteepestDescent::save(std::ostream& out) const {
    StateWriter state(out, name, 2);
    state.number("promise", promise_);
    state.number("curvature", curvature_);
}

void SteepestDescent::load(std::istream& in) {
    StateReader state(in, name, 2);
    const double promise = state.number("promise");
    curvature_ = state.number("curvature");
    promise_ = promise;
}

}  // namespace hesse
