#pragma once

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>
#include <string_view>

namespace hesse {

/// The checks of options, each with the same words: `GradientDescent: step_size is -1, expected ...`.
inline void require_positive(std::string_view type, std::string_view option, double value) {
    if (!(value > 0.0) || std::isinf(value))
        throw std::invalid_argument(
            fmt::format("{}: {} is {}, expected a finite positive number", type, option, value));
}

inline void require_not_negative(std::string_view type, std::string_view option, double value) {
    if (!(value >= 0.0))
        throw std::invalid_argument(
            fmt::format("{}: {} is {}, expected a number that is not negative", type, option, value));
}

inline void require_finite_not_negative(std::string_view type, std::string_view option, double value) {
    if (!(value >= 0.0 && std::isfinite(value)))
        throw std::invalid_argument(
            fmt::format("{}: {} is {}, expected a finite number that is not negative", type, option, value));
}

inline void require_probability(std::string_view type, std::string_view option, double value) {
    if (!(value > 0.0 && value < 1.0))
        throw std::invalid_argument(
            fmt::format("{}: {} is {}, expected a number between 0 and 1", type, option, value));
}

/// lowest <= value < highest
inline void require_in(std::string_view type, std::string_view option, double value, double lowest,
                       double highest) {
    if (!(value >= lowest && value < highest))
        throw std::invalid_argument(fmt::format("{}: {} is {}, expected {} <= {} < {}", type, option, value,
                                                lowest, option, highest));
}

/// Where another option is the limit.
inline void require_at_most(std::string_view type, std::string_view option, double value,
                            std::string_view limit, double most) {
    if (!(value <= most))
        throw std::invalid_argument(
            fmt::format("{}: {} is {}, expected at most {}, which is {}", type, option, value, limit, most));
}

inline void require_at_least(std::string_view type, std::string_view option, std::ptrdiff_t value,
                             std::ptrdiff_t least) {
    if (value < least)
        throw std::invalid_argument(
            fmt::format("{}: {} is {}, expected at least {}", type, option, value, least));
}

/// How many products a step may take, as the option of methods of second order says: 0 is ten times as many as there are parameters.
inline std::ptrdiff_t products_of_step(std::ptrdiff_t option, std::ptrdiff_t parameters) {
    return option > 0 ? option : 10 * parameters;
}

}  // namespace hesse
