#include "hesse/optim/nesterov.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <istream>
#include <ostream>
#include <utility>

namespace hesse {

Nesterov::Nesterov(Options options) : options_(options) {
    require_positive(name, "step_size", options_.step_size);
    require_in(name, "momentum", options_.momentum, 0.0, 1.0);
}

void Nesterov::start(Iterate& at) {
    next_base_.resize(static_cast<std::size_t>(at.size()));
    next_.resize(next_base_.size());
    base_.assign(at.x_data(), at.x_data() + at.size());  // no velocity yet: nothing to look ahead by
}

StepOutcome Nesterov::step(Iterate& at) {
    const VectorSpace& space = at.space();
    space.copy(at.x_data(), next_base_.data());
    space.add(-options_.step_size, at.gradient_data(), next_base_.data());
    space.copy(base_.data(), next_.data());
    space.combine(1.0 + options_.momentum, next_base_.data(), -options_.momentum, next_.data());
    if (!at.move_to(next_.data())) return StepOutcome::not_finite;
    std::swap(base_, next_base_);
    return StepOutcome::moved;
}

void Nesterov::save(std::ostream& out) const { StateWriter(out, name, 1).vector("base", base_); }

void Nesterov::load(std::istream& in) { base_ = StateReader(in, name, 1).vector("base", next_.size()); }

}  // namespace hesse
