#include "hesse/optim/gradient_descent.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <istream>
#include <ostream>

namespace hesse {

GradientDescent::GradientDescent(Options options) : options_(options) {
    require_positive("GradientDescent", "step_size", options_.step_size);
}

void GradientDescent::start(Iterate& at) { next_.resize(static_cast<std::size_t>(at.size())); }

StepOutcome GradientDescent::step(Iterate& at) {
    at.space().copy(at.x_data(), next_.data());
    at.space().add(-options_.step_size, at.gradient_data(), next_.data());
    // A fixed step would try the same point for ever: one that is not finite is final.
    return at.move_to(next_.data()) ? StepOutcome::moved : StepOutcome::not_finite;
}

void GradientDescent::save(std::ostream& out) const { StateWriter(out, name, 1); }

void GradientDescent::load(std::istream& in) { StateReader(in, name, 1); }

}  // namespace hesse
