#include "hesse/optim/curvature/random_start_bound.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

namespace hesse {

RandomStartBound::RandomStartBound(Index dimension, double failure_probability) : dimension_(dimension) {
    if (!(failure_probability > 0.0 && failure_probability < 1.0))
        throw std::invalid_argument(
            fmt::format("RandomStartBound: failure_probability is {}, expected a number between 0 and 1",
                        failure_probability));
    // Half of the failures for each end.
    component_ =
        0.5 * failure_probability * std::sqrt(std::numbers::pi / (2.0 * static_cast<double>(dimension)));
}

double RandomStartBound::error(Index steps, double beta, double spread) const {
    const double root = std::tanh(std::acosh(1.0 / component_) / static_cast<double>(2 * steps - 1));
    const double e = root * root;
    const double by_steps = e < 0.5 ? e * spread / (1.0 - 2.0 * e) : std::numeric_limits<double>::infinity();
    return std::min(by_steps, beta / component_);
}

Index RandomStartBound::steps_for(double error, double spread) const {
    if (!(error > 0.0)) return dimension_;
    const double e = error / (spread + 2.0 * error);
    if (e == 0.0) return dimension_;
    const double steps = 0.5 * (1.0 + std::acosh(1.0 / component_) / std::atanh(std::sqrt(e)));
    if (steps >= static_cast<double>(dimension_)) return dimension_;
    return std::max<Index>(1, static_cast<Index>(std::ceil(steps)));
}

}  // namespace hesse
