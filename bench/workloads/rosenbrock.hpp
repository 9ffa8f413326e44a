#pragma once

#include <Eigen/Core>

/// Extended Rosenbrock in scalar style, as a user writes it for any number type. `static`, because the units
/// that run it on double are compiled with different flags and must not share one copy.
namespace hesse::bench {

/// One statement for each intermediate.
template <class T>
static T extended_rosenbrock(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) {
    T s = 0.0;
    for (Eigen::Index i = 0; i + 1 < x.size(); i += 2) {
        T a = x[i + 1] - x[i] * x[i];
        T b = 1.0 - x[i];
        s += 100.0 * (a * a) + b * b;
    }
    return s;
}

/// One statement for each pair.
template <class T>
static T extended_rosenbrock_fused(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) {
    T s = 0.0;
    for (Eigen::Index i = 0; i + 1 < x.size(); i += 2) {
        const auto a = x[i + 1] - x[i] * x[i];
        const auto b = 1.0 - x[i];
        s += 100.0 * (a * a) + b * b;
    }
    return s;
}

}  // namespace hesse::bench
