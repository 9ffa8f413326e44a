#include "hesse/optim/schedule.hpp"

#include "options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

namespace hesse {
namespace {

/// From `first` to `last` along half a cosine; part: 0 to 1.
double along_cosine(double first, double last, double part) {
    return last + 0.5 * (first - last) * (1.0 + std::cos(std::numbers::pi * std::clamp(part, 0.0, 1.0)));
}

}  // namespace

void Schedule::check_positive(std::string_view type, std::string_view option) const {
    if (!rule_) require_positive(type, option, constant_);
}

void Schedule::check_in(std::string_view type, std::string_view option, double lowest, double highest) const {
    if (!rule_) require_in(type, option, constant_, lowest, highest);
}

double Schedule::value_at(const Moment& moment, std::string_view type, std::string_view option, double lowest,
                          double highest) const {
    const double value = (*this)(moment);
    if (!(value >= lowest && value < highest))
        throw std::invalid_argument(
            fmt::format("{}: the schedule of {} gives {} in step {}, expected {} <= {} < {}", type, option,
                        value, moment.step, lowest, option, highest));
    return value;
}

Schedule step_decay(double first, double factor, std::int64_t every) {
    require_positive("step_decay", "first", first);
    require_positive("step_decay", "factor", factor);
    if (factor > 1.0)
        throw std::invalid_argument(fmt::format("step_decay: factor is {}, expected at most 1", factor));
    require_at_least("step_decay", "every", every, 1);
    return [=](const Schedule::Moment& now) {
        return first * std::pow(factor, static_cast<double>((now.step - 1) / every));
    };
}

Schedule cosine_decay(double first, std::int64_t steps, double last) {
    require_positive("cosine_decay", "first", first);
    require_at_least("cosine_decay", "steps", steps, 1);
    require_not_negative("cosine_decay", "last", last);
    require_at_most("cosine_decay", "last", last, "first", first);
    return [=](const Schedule::Moment& now) {
        return along_cosine(first, last, static_cast<double>(now.step - 1) / static_cast<double>(steps));
    };
}

Schedule warm_up(std::int64_t steps, Schedule then) {
    require_at_least("warm_up", "steps", steps, 1);
    then.check_positive("warm_up", "then");
    return [steps, then = std::move(then)](Schedule::Moment now) {
        const std::int64_t step = now.step;
        now.step = std::max<std::int64_t>(step - steps, 1);
        const double part = std::min(static_cast<double>(step) / static_cast<double>(steps), 1.0);
        return part * then(now);
    };
}

Schedule one_cycle(double highest, std::int64_t steps) {
    require_positive("one_cycle", "highest", highest);
    require_at_least("one_cycle", "steps", steps, 2);
    return [=](const Schedule::Moment& now) {
        const double part = static_cast<double>(now.step - 1) / static_cast<double>(steps - 1);
        constexpr double rise = 0.3;
        return part <= rise ? along_cosine(highest / 25.0, highest, part / rise)
                            : along_cosine(highest, highest / 250'000.0, (part - rise) / (1.0 - rise));
    };
}

Schedule polyak_step(double lowest_value, double longest) {
    if (!std::isfinite(lowest_value))
        throw std::invalid_argument(
            fmt::format("polyak_step: lowest_value is {}, expected a finite number", lowest_value));
    if (!(longest > 0.0))
        throw std::invalid_argument(
            fmt::format("polyak_step: longest is {}, expected a positive number", longest));
    return [=](const Schedule::Moment& now) {
        const double gap =
            std::max(now.value - lowest_value, 0.0);  // rounding may take the loss below its least value
        if (gap == 0.0 || now.gradient_norm == 0.0) return 0.0;
        return std::min(
            {gap / now.gradient_norm / now.gradient_norm, longest, std::numeric_limits<double>::max()});
    };
}

Schedule growing_momentum(double largest) {
    require_in("growing_momentum", "largest", largest, 0.0, 1.0);
    return [=](const Schedule::Moment& now) {
        const auto block = static_cast<double>((now.step - 1) / 250);
        return std::min(1.0 - 0.5 / (block + 1.0), largest);
    };
}

}  // namespace hesse
