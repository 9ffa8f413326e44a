#pragma once

#include "hesse/optim/counters.hpp"

#include <cstdint>
#include <limits>
#include <optional>

namespace hesse {

/// When a run ends, and how much is made sure of the point where it does.
struct Stopping {
    double gradient_norm = 1e-6;  // Euclidean; a point with a smaller one is stationary
    /// In gradient-equivalents, as `cost` counts them. Looked at between steps; methods that multiply by the
    /// Hessian also keep within it inside a step.
    double budget = std::numeric_limits<double>::infinity();
    /// Looked at between steps: a step that is under way, or a certificate, is finished.
    double seconds = std::numeric_limits<double>::infinity();
    Index iterations = 10'000;
    /// A loss as low as this is low enough, whatever its gradient.
    std::optional<double> target_value{};
    /// A step of the method that is shorter than this times max(1, |x|) is the last one; rejected ones do not count.
    double step_length = 0.0;  // 0: never
    /// The run ends when `decrease_steps` steps in a row have lowered the loss f by less than this times the larger of |f| and
    /// `value_scale` together. Methods that let the loss rise now and then need many steps for that.
    double decrease = 0.0;  // 0: never
    Index decrease_steps = 10;
    /// A loss below this has no minimum, for all the run cares; -1e20 max(1, |f(x0)|) if not given.
    std::optional<double> lowest_value{};
    /// The size of the loss where its own value is near zero: differences below 10 eps times the larger of the two
    /// are rounding. min(1, |f(x0)|) if not given.
    std::optional<double> value_scale{};

    /// Examine the curvature of stationary points by classify: the run then ends at a second-order point, or
    /// says that it is at a saddle. Without it a stationary point is just that.
    bool second_order = true;
    /// Curvature above minus this counts as not negative. What classify takes for the rounding of products, 1e-8 |H| or more, does
    /// anyway: see ClassifyOptions.
    double curvature_tolerance = 0.0;
    std::uint64_t seed = 0;  // of the random starts of classify

    CostModel cost{};

    /// Throws std::invalid_argument, naming the member, if one is negative or NaN.
    void check() const;
};

}  // namespace hesse
