#pragma once

#include "hesse/optim/curvature/spectral_density.hpp"

#include <cmath>
#include <limits>

namespace hesse {

/// Mean and standard error of numbers that come one by one (Welford, Technometrics 4 (1962) 419).
class Sample {
public:
    void add(double x) {
        ++count_;
        const double from_mean = x - mean_;
        mean_ += from_mean / count_;
        squares_ += from_mean * (x - mean_);
    }
    [[nodiscard]] Estimate estimate() const {
        if (count_ < 2.0) return {mean_, std::numeric_limits<double>::infinity()};
        return {mean_, std::sqrt(squares_ / (count_ - 1.0) / count_)};
    }

private:
    double count_ = 0.0, mean_ = 0.0, squares_ = 0.0;
};

}  // namespace hesse
