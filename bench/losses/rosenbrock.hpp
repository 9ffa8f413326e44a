#pragma once

#include "harness/random_data.hpp"

#include <Eigen/Core>

/// Extended Rosenbrock in scalar style, as a user writes it for any number type. These templates are `static`,
/// because the units that run them on double are compiled with different flags and must not share one copy.
namespace hesse::bench {

/// One statement for each intermediate.
template <class T, int n>
static T extended_rosenbrock(const Eigen::Matrix<T, n, 1>& x) {
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

/// The chained form: every number but the last begins a pair.
template <class T>
static T chained_rosenbrock(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) {
    T s = 0.0;
    for (Eigen::Index i = 0; i + 1 < x.size(); ++i) {
        T a = x[i + 1] - x[i] * x[i];
        T b = 1.0 - x[i];
        s += 100.0 * (a * a) + b * b;
    }
    return s;
}

/// Where it is measured: -1.2, 1, -1.2, 1, ... with 10 % noise.
inline Eigen::VectorXd rosenbrock_start(Eigen::Index n) {
    Eigen::VectorXd x = normal_matrix(n, 1, 7);
    for (Eigen::Index i = 0; i < n; ++i) x[i] = (i % 2 == 0 ? -1.2 : 1.0) * (1 + 0.1 * x[i]);
    return x;
}

}  // namespace hesse::bench
