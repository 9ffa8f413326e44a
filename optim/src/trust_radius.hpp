#pragma once

#include "hesse/optim/bounded_model_steps.hpp"

#include <algorithm>

namespace hesse {

/// The next radius of a trust region: |s| / 4 where the model promised too much, twice as much where it was right up to the boundary.
inline double adapted_radius(double radius, const BoundedModel::Trial& trial, double maximum) {
    if (!trial.accepted || trial.ratio < 0.25) return 0.25 * trial.promised.length;
    if (trial.ratio > 0.75 && trial.promised.length >= 0.99 * radius) return std::min(2.0 * radius, maximum);
    return radius;
}

}  // namespace hesse
