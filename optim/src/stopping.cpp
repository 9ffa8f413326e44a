#include "hesse/optim/stopping.hpp"

#include "options.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace hesse {

void Stopping::check() const {
    require_not_negative("Stopping", "gradient_norm", gradient_norm);
    require_not_negative("Stopping", "budget", budget);
    require_not_negative("Stopping", "seconds", seconds);
    require_at_least("Stopping", "iterations", iterations, 0);
    if (target_value && std::isnan(*target_value))
        throw std::invalid_argument("Stopping: target_value is nan, expected a number");
    require_not_negative("Stopping", "step_length", step_length);
    require_not_negative("Stopping", "decrease", decrease);
    require_at_least("Stopping", "decrease_steps", decrease_steps, 1);
    if (value_scale) require_not_negative("Stopping", "value_scale", *value_scale);
    if (lowest_value && !(*lowest_value < std::numeric_limits<double>::infinity()))
        throw std::invalid_argument(
            fmt::format("Stopping: lowest_value is {}, expected a number", *lowest_value));
    require_not_negative("Stopping", "curvature_tolerance", curvature_tolerance);
    require_not_negative("Stopping", "cost.value", cost.value);
    require_not_negative("Stopping", "cost.gradient", cost.gradient);
    require_positive("Stopping", "cost.product", cost.product);
}

}  // namespace hesse
