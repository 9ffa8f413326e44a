#pragma once

#include "workloads/random_data.hpp"

namespace hesse::bench {

/// Where Rosenbrock is measured: -1.2, 1, -1.2, 1, ... with 10 % noise.
inline Eigen::VectorXd rosenbrock_start(Eigen::Index n) {
    Eigen::VectorXd x = normal_matrix(n, 1, 7);
    for (Eigen::Index i = 0; i < n; ++i) x[i] = (i % 2 == 0 ? -1.2 : 1.0) * (1 + 0.1 * x[i]);
    return x;
}

}  // namespace hesse::bench
