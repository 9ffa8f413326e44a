#include "hesse/optim/negative_curvature_escape.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <istream>
#include <limits>
#include <ostream>
#include <stdexcept>

namespace hesse {

constexpr double infinity = std::numeric_limits<double>::infinity();

NegativeCurvatureEscape::NegativeCurvatureEscape(Options options) : options_(options), random_(options.seed) {
    require_positive(name, "first_step", options_.first_step);
    require_in(name, "sufficient_decrease", options_.sufficient_decrease, 0.0, 0.5);
    require_at_least(name, "expansions", options_.expansions, 0);
    require_at_least(name, "attempts", options_.attempts, 1);
    require_positive(name, "longest", options_.longest);
    if (std::isnan(options_.lowest_value))
        throw std::invalid_argument(fmt::format("{}: lowest_value is nan, expected a number", name));
}

void NegativeCurvatureEscape::start(const Iterate& at) {
    unit_.resize(static_cast<std::size_t>(at.size()));
    trial_.resize(static_cast<std::size_t>(at.size()));
    bend_.resize(unit_.size());
    bent_ = false;
    random_ = RandomGenerator(options_.seed);
    count_ = 0;
    attempt_ = 0;
    last_value_ = std::numeric_limits<double>::quiet_NaN();
    report_ = {};
}

/// trial_ = the point so far along the line, or the curve.
void NegativeCurvatureEscape::place(const Iterate& at, double step) {
    at.space().copy(at.x_data(), trial_.data());
    at.space().add(step, unit_.data(), trial_.data());
    if (bent_) at.space().add(step * step, bend_.data(), trial_.data());
}

double NegativeCurvatureEscape::value_along(Iterate& at, double step) {
    place(at, step);
    return at.value_at(trial_.data());
}

/// Which escape from this value of the loss the next one is, from 0.
Index NegativeCurvatureEscape::attempt_at(const Iterate& at) const {
    const bool returned = std::abs(at.value() - last_value_) <= 10.0 * at.rounding_floor();
    return returned ? attempt_ + 1 : 0;
}

bool NegativeCurvatureEscape::exhausted(const Iterate& at) const {
    return attempt_at(at) >= options_.attempts;
}

NegativeCurvatureEscape::Lengths NegativeCurvatureEscape::lengths_at(const Iterate& at, double shortest,
                                                                     double growth) const {
    const double size = std::max(1.0, at.space().norm(at.x_data()));
    const double longest = options_.longest * size;
    const double tiny = 16.0 * std::numeric_limits<double>::epsilon() * size;  // x + a v must differ from x
    const double least = std::max(shortest, tiny);
    return {.shortest = std::min(growth * least, longest),
            .first = std::min(growth * std::max(options_.first_step * size, least), longest),
            .longest = longest};
}

/// The line search of one sign. `slope` is g'v for this sign. Returns length 0 if nothing was found.
NegativeCurvatureEscape::Step NegativeCurvatureEscape::search(Iterate& at, double sign, double slope,
                                                              double curvature, const Lengths& lengths) {
    // Uphill the predicted change of a short step is a rise: what is accepted must fall by more than rounding.
    const double below = slope > 0.0 ? at.value() - at.rounding_floor() : at.value();
    const auto enough = [&](double a, double value) {
        return value < below &&
               value <= at.value() + options_.sufficient_decrease * (a * slope + 0.5 * a * a * curvature);
    };
    double a = lengths.first;
    double value = value_along(at, sign * a);
    while (!enough(a, value)) {
        if (a <= lengths.shortest) return {0.0, value};
        a = std::max(0.5 * a, lengths.shortest);
        value = value_along(at, sign * a);
    }
    if (a < lengths.first) return {a, value};  // longer steps have failed already
    for (Index k = 0; k < options_.expansions; ++k) {
        if (2.0 * a > lengths.longest || value < options_.lowest_value) break;
        const double further = value_along(at, sign * 2.0 * a);
        if (!(further < value) || !enough(2.0 * a, further)) break;
        a *= 2.0;
        value = further;
    }
    return {a, value};
}

bool NegativeCurvatureEscape::take(Iterate& at, double sign, const Step& step) {
    if (step.length == 0.0) return false;
    place(at, sign * step.length);
    return at.move_to(trial_.data());
}

bool NegativeCurvatureEscape::leave(Iterate& at, const double* direction, double curvature) {
    const Charge charge(at, Purpose::escape);
    if (unit_.size() != static_cast<std::size_t>(at.size())) start(at);
    const double length = at.space().norm(direction);
    const double before = at.value();
    const Index attempt = attempt_at(at);
    if (!(curvature < 0.0) || !(length > 0.0) || attempt >= options_.attempts) {
        report_ = {
            .curvature = curvature, .value_plus = infinity, .value_minus = infinity, .value_before = before};
        return false;
    }

    bent_ = false;
    at.space().combine(1.0 / length, direction, 0.0, unit_.data());
    const double slope = at.space().dot(at.gradient_data(), unit_.data());
    // A tiny part of the gradient along v is noise of v, not a reason to prefer a side.
    const bool slope_decides = std::abs(slope) > 1e-8 * at.gradient_norm();
    const double downhill = slope > 0.0 ? -1.0 : 1.0;
    const Lengths lengths = lengths_at(at, std::sqrt(20.0 * at.rounding_floor() / -curvature),
                                       std::pow(10.0, static_cast<double>(attempt)));

    RandomGenerator random = random_;  // taken over once the move is made: the loss may throw
    Step found = search(at, downhill, -std::abs(slope), curvature, lengths);
    Step other{0.0, infinity};
    double sign = downhill;
    if (!slope_decides || found.length == 0.0) {
        other = search(at, -downhill, std::abs(slope), curvature, lengths);
        bool take_other = other.length > 0.0 && (found.length == 0.0 || other.value < found.value);
        const bool tie = other.length > 0.0 && found.length > 0.0 &&
                         std::abs(other.value - found.value) <= at.rounding_floor();
        if (tie) take_other = random.bits() % 2 == 1;
        if (take_other) {
            std::swap(found, other);
            sign = -downhill;
        }
    }
    const bool moved = take(at, sign, found);
    report_ = {.curvature = curvature,
               .step = moved ? sign * found.length : 0.0,
               .value_plus = sign > 0.0 ? found.value : other.value,
               .value_minus = sign > 0.0 ? other.value : found.value,
               .value_before = before};
    random_ = random;
    if (moved) ++count_;
    attempt_ = attempt;
    last_value_ = before;
    return moved;
}

NegativeCurvatureEscape::Step NegativeCurvatureEscape::look(Iterate& at, const double* direction,
                                                            double curvature) {
    const Charge charge(at, Purpose::escape);
    if (unit_.size() != static_cast<std::size_t>(at.size())) start(at);
    const double length = at.space().norm(direction);
    if (!(length > 0.0)) return {};
    bent_ = false;
    at.space().combine(1.0 / length, direction, 0.0, unit_.data());
    const double slope = at.space().dot(at.gradient_data(), unit_.data());
    if (!(slope < 0.0)) return {};
    return search(at, 1.0, slope, std::min(curvature, 0.0), lengths_at(at, 0.0, 1.0));
}

void NegativeCurvatureEscape::save(std::ostream& out) const {
    StateWriter state(out, name, 1);
    state.integer("count", count_);
    state.integer("attempt", attempt_);
    state.number("last_value", last_value_);
    state.random("random", random_);
}

void NegativeCurvatureEscape::load(std::istream& in) {
    StateReader state(in, name, 1);
    const Index count = state.integer("count");
    const Index attempt = state.integer("attempt");
    const double last_value = state.number("last_value");
    random_ = state.random("random");
    count_ = count;
    attempt_ = attempt;
    last_value_ = last_value;
}

}  // namespace hesse
