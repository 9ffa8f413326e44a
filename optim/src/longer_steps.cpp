#include "hesse/optim/longer_steps.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <algorithm>
#include <istream>
#include <ostream>

namespace hesse {

static constexpr std::string_view name = "LongerSteps";

StepLengthening::StepLengthening(LongerStepOptions options) : options_(options) {
    require_in(name, "factor", options_.factor, 1.0, 1e6);
    require_in(name, "gradient_fraction", options_.gradient_fraction, 0.0, 1.0);
}

void StepLengthening::start(const Iterate& at) {
    largest_gradient_ = gradient_ = 0.0;
    pending_ = false;
    count_ = 0;
    from_.assign(static_cast<std::size_t>(at.size()), 0.0);
    here_.resize(from_.size());
    next_.resize(from_.size());
}

bool StepLengthening::lengthen(Iterate& at) {
    if (!pending_) return false;
    const Charge charge(at, Purpose::escape);
    at.space().copy(from_.data(), next_.data());
    at.space().combine(options_.factor, at.x_data(), 1.0 - options_.factor, next_.data());
    if (!(at.value_at(next_.data()) < at.value()) || !at.move_to(next_.data())) return false;
    pending_ = false;
    ++count_;
    return true;
}

void StepLengthening::look(const Iterate& at) {
    gradient_ = at.gradient_norm();
    at.space().copy(at.x_data(), here_.data());
}

void StepLengthening::note_move() {
    largest_gradient_ = std::max(largest_gradient_, gradient_);
    pending_ = gradient_ <= options_.gradient_fraction * largest_gradient_;
    from_.swap(here_);
}

void StepLengthening::save(std::ostream& out) const {
    StateWriter state(out, name, 1);
    state.number("largest_gradient", largest_gradient_);
    state.integer("pending", pending_ ? 1 : 0);
    state.integer("count", count_);
    state.vector("from", from_);
}

void StepLengthening::load(std::istream& in) {
    StateReader state(in, name, 1);
    const double largest_gradient = state.number("largest_gradient");
    const bool pending = state.integer("pending") != 0;
    const Index count = state.integer("count");
    from_ = state.vector("from", here_.size());
    largest_gradient_ = largest_gradient;
    pending_ = pending;
    count_ = count;
}

}  // namespace hesse
