#pragma once

#include "hesse/optim/curvature/critical_point.hpp"
#include "hesse/optim/curvature/saddle_index.hpp"

#include <string>

/// Measurements of curvature as JSON, for files and other programs: one object, with the names of the members here. Numbers
/// that are not finite and bounds that are not known are null.
namespace hesse {

[[nodiscard]] std::string to_json(const Verdict& verdict);
/// The same with the direction, an array of n numbers.
[[nodiscard]] std::string to_json(const Verdict& verdict, const double* direction);
[[nodiscard]] std::string to_json(const SaddleIndex& index);
[[nodiscard]] std::string to_json(const DegeneratePoint& point);

[[nodiscard]] inline std::string to_json(const CriticalPoint& point) {
    return to_json(point, point.direction.data());
}

}  // namespace hesse
