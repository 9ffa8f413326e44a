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
    require_not_negative(name, "gradient_threshold", options_.gradient_threshold);
    require_at_least(name, "longest_wait", options_.longest_wait, 1);
}

void StepLengthening::start(const Iterate& at) {
    pending_ = flat_ = false;
    wait_ = 1;
    waited_ = 0;
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
    if (!(at.value_at(next_.data()) < at.value()) || !at.linearize_trial(next_.data())) return false;
    at.accept_trial();
    pending_ = false;
    wait_ = 1;
    waited_ = 0;
    ++count_;
    return true;
}

void StepLengthening::look(const Iterate& at) {
    flat_ = options_.gradient_threshold == 0.0 || at.gradient_norm() <= options_.gradient_threshold;
    at.space().copy(at.x_data(), here_.data());
}

void StepLengthening::note_move() {
    if (pending_) {  // the try before this move has failed
        wait_ = std::min(2 * wait_, options_.longest_wait);
        waited_ = 0;
    }
    pending_ = flat_ && ++waited_ >= wait_;
    from_.swap(here_);
}

void StepLengthening::save(std::ostream& out) const {
    StateWriter state(out, name, 1);
    state.integer("wait", wait_);
    state.integer("waited", waited_);
    state.integer("pending", pending_ ? 1 : 0);
    state.integer("count", count_);
    state.vector("from", from_);
}

void StepLengthening::load(std::istream& in) {
    StateReader state(in, name, 1);
    const Index wait = state.integer("wait"), waited = state.integer("waited");
    const bool pending = state.integer("pending") != 0;
    const Index count = state.integer("count");
    from_ = state.vector("from", here_.size());
    wait_ = wait;
    waited_ = waited;
    pending_ = pending;
    count_ = count;
}

}  // namespace hesse
