#pragma once

#include "hesse/optim/random.hpp"

#include <Eigen/Core>

#include <cstdint>

namespace hesse::bench {

/// Independent standard normal numbers, the same for the same seed.
inline Eigen::MatrixXd normal_matrix(Eigen::Index rows, Eigen::Index cols, std::uint64_t seed) {
    RandomGenerator random(seed);
    Eigen::MatrixXd x(rows, cols);
    for (double& entry : x.reshaped()) entry = random.normal();
    return x;
}

}  // namespace hesse::bench
