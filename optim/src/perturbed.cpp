#include "hesse/optim/perturbed.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <algorithm>
#include <cmath>
#include <istream>
#include <ostream>

namespace hesse {

static constexpr std::string_view name = "Perturbed";

Noise::Noise(NoiseOptions options) : options_(options), random_(options.seed) {
    require_not_negative(name, "radius", options_.radius);
    require_not_negative(name, "gradient_threshold", options_.gradient_threshold);
    require_at_least(name, "patience", options_.patience, 1);
}

void Noise::start(const Iterate& at) {
    random_ = RandomGenerator(options_.seed);
    count_ = 0;
    since_ = -1;
    saved_value_ = expected_ = 0.0;
    saved_.assign(static_cast<std::size_t>(at.size()), 0.0);
    next_.resize(saved_.size());
}

bool Noise::due(const Iterate& at, bool stalled) const {
    const double threshold = options_.gradient_threshold > 0.0 ? options_.gradient_threshold : at.gradient_goal();
    const bool waiting = since_ >= 0 && since_ <= options_.patience;
    return !waiting && (stalled || at.gradient_norm() <= threshold);
}

bool Noise::add(Iterate& at) {
    const Charge charge(at, Purpose::escape);
    const VectorSpace& space = at.space();
    const double radius =
        options_.radius > 0.0 ? options_.radius : 1e-3 * std::max(1.0, space.norm(at.x_data()));
    const double value = at.value();
    const double expected = std::max(0.5 * radius * at.gradient_norm(), 10.0 * at.rounding_floor());
    RandomGenerator random = random_;  // taken over once the trial is judged: the loss may throw
    random.in_ball(space, radius, next_.data());
    space.add(1.0, at.x_data(), next_.data());
    const bool finite = at.linearize_trial(next_.data());
    random_ = random;
    if (!finite) return false;
    space.copy(at.x_data(), saved_.data());
    at.accept_trial();
    saved_value_ = value;
    expected_ = expected;
    since_ = 0;
    ++count_;
    return true;
}

bool Noise::failed(const Iterate& at, bool stalled) const {
    const bool judged = since_ == options_.patience || (stalled && since_ >= 0 && since_ < options_.patience);
    return judged && at.value() - saved_value_ > -expected_;
}

bool Noise::take_back(Iterate& at) {
    const Charge charge(at, Purpose::escape);
    if (!at.move_to(saved_.data())) return false;
    since_ = -1;
    return true;
}

void Noise::save(std::ostream& out) const {
    StateWriter state(out, name, 1);
    state.random("random", random_);
    state.integer("count", count_);
    state.integer("since", since_);
    state.number("saved_value", saved_value_);
    state.number("expected", expected_);
    state.vector("saved", saved_);
}

void Noise::load(std::istream& in) {
    StateReader state(in, name, 1);
    const RandomGenerator random = state.random("random");
    const Index count = state.integer("count"), since = state.integer("since");
    const double saved_value = state.number("saved_value"), expected = state.number("expected");
    saved_ = state.vector("saved", next_.size());
    random_ = random;
    count_ = count;
    since_ = since;
    saved_value_ = saved_value;
    expected_ = expected;
}

}  // namespace hesse
