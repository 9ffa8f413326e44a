#pragma once

#include "hesse/autodiff/memory.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace hesse {

/// How the gradient norm falls: a line through log|g| over the latter half of a run. It is followed to a goal as if nothing were to
/// change, which is right for methods that converge linearly and too late for faster ones.
class GradientTrend {
public:
    void note(Index iteration, double seconds, double gradient_norm);

    /// Seconds until the norm is `goal`, at this rate. Nothing while there are too few points, or the line does not fall by twice
    /// what they scatter around it.
    [[nodiscard]] std::optional<double> seconds_until(double goal) const;

private:
    struct Point {
        Index iteration = 0;
        double seconds = 0.0;
        double log_norm = 0.0;
    };
    void thin();

    // Evenly spread over the run: where they are full every other one is dropped.
    std::array<Point, 64> points_{};
    std::size_t count_ = 0;
    Index spacing_ = 1;
    Point last_;
};

}  // namespace hesse
