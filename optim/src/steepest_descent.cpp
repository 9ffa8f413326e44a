#include "hesse/optim/steepest_descent.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"

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
    restart(at);
}

void SteepestDescent::restart(Iterate&) { promise_ = 0.0; }

StepOutcome SteepestDescent::step(Iterate& at) {
    const double norm = at.gradient_norm();
    if (norm == 0.0) return StepOutcome::converged;
    const double steepest = -norm * norm;
    at.space().combine(-1.0, at.gradient_data(), 0.0, direction_.data());
    // Twice the last promise, so that steps may grow where no expansion is asked for.
    const double length = promise_ < 0.0 ? 2.0 * promise_ / steepest : options_.first_length / norm;
    double slope = steepest, first = length, longest = std::numeric_limits<double>::infinity();
    if (at.bounded()) {
        slope = at.project_direction(direction_.data(), length);
        first = longest = 1.0;
    }
    const auto found = options_.rule == SearchRule::armijo
                           ? armijo_.search(at, direction_.data(), slope, first, at.value())
                           : wolfe_.search(at, direction_.data(), slope, first, longest);
    if (found.end == LineSearchEnd::not_finite) return StepOutcome::not_finite;
    if (found.end == LineSearchEnd::no_decrease)
        return -first * slope <= at.rounding_floor() ? StepOutcome::rounding_floor : StepOutcome::line_search;
    at.accept_trial();
    promise_ = (at.bounded() ? found.step * length : found.step) * steepest;
    return StepOutcome::moved;
}

void SteepestDescent::save(std::ostream& out) const { StateWriter(out, name, 1).number("promise", promise_); }

void SteepestDescent::load(std::istream& in) { promise_ = StateReader(in, name, 1).number("promise"); }

}  // namespace hesse
