#include "hesse/optim/momentum.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <cmath>
#include <istream>
#include <ostream>
#include <stdexcept>
#include <utility>

namespace hesse {
namespace {

void check(std::string_view type, const MomentumOptions& options) {
    require_positive(type, "step_size", options.step_size);
    require_in(type, "momentum", options.momentum, 0.0, 1.0);
}

void prepare(const Iterate& at, Buffer& first, Buffer& second) {
    first.resize(static_cast<std::size_t>(at.size()));
    second.resize(static_cast<std::size_t>(at.size()));
}

}  // namespace

MovingAverageMomentum::MovingAverageMomentum(Options options) : options_(options) { check(name, options_); }

void MovingAverageMomentum::start(Iterate& at) {
    average_.assign(static_cast<std::size_t>(at.size()), 0.0);
    prepare(at, next_average_, next_);
}

StepOutcome MovingAverageMomentum::step(Iterate& at) {
    const VectorSpace& space = at.space();
    space.copy(average_.data(), next_average_.data());
    space.combine(1.0 - options_.momentum, at.gradient_data(), options_.momentum, next_average_.data());
    space.copy(at.x_data(), next_.data());
    space.add(-options_.step_size, next_average_.data(), next_.data());
    if (!at.move_to(next_.data())) return StepOutcome::not_finite;
    std::swap(average_, next_average_);
    return StepOutcome::moved;
}

void MovingAverageMomentum::save(std::ostream& out) const {
    StateWriter(out, name, 1).vector("average", average_);
}

void MovingAverageMomentum::load(std::istream& in) {
    average_ = StateReader(in, name, 1).vector("average", next_.size());
}

HeavyBall::HeavyBall(Options options) : options_(options) { check(name, options_); }

HeavyBall::Options HeavyBall::for_quadratic(double lowest, double highest) {
    if (!(lowest > 0.0 && lowest <= highest) || std::isinf(highest))
        throw std::invalid_argument(
            fmt::format("HeavyBall::for_quadratic: the eigenvalues are given as [{}, {}], expected "
                        "0 < lowest <= highest",
                        lowest, highest));
    const double sum = std::sqrt(highest) + std::sqrt(lowest);
    const double difference = std::sqrt(highest) - std::sqrt(lowest);
    return {.step_size = 4.0 / (sum * sum), .momentum = (difference / sum) * (difference / sum)};
}

void HeavyBall::start(Iterate& at) {
    velocity_.assign(static_cast<std::size_t>(at.size()), 0.0);
    prepare(at, next_velocity_, next_);
}

StepOutcome HeavyBall::step(Iterate& at) {
    const VectorSpace& space = at.space();
    space.copy(velocity_.data(), next_velocity_.data());
    space.combine(-options_.step_size, at.gradient_data(), options_.momentum, next_velocity_.data());
    space.copy(at.x_data(), next_.data());
    space.add(1.0, next_velocity_.data(), next_.data());
    if (!at.move_to(next_.data())) return StepOutcome::not_finite;
    std::swap(velocity_, next_velocity_);
    return StepOutcome::moved;
}

void HeavyBall::save(std::ostream& out) const { StateWriter(out, name, 1).vector("velocity", velocity_); }

void HeavyBall::load(std::istream& in) {
    velocity_ = StateReader(in, name, 1).vector("velocity", next_.size());
}

}  // namespace hesse
