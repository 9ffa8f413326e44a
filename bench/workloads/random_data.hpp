#pragma once

#include "hesse/optim/random.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <span>

namespace hesse::bench {

/// Independent standard normal numbers, the same for the same seed.
inline Eigen::MatrixXd normal_matrix(Eigen::Index rows, Eigen::Index cols, std::uint64_t seed) {
    RandomGenerator random(seed);
    Eigen::MatrixXd x(rows, cols);
    for (double& entry : x.reshaped()) entry = random.normal();
    return x;
}

/// The entries of a vector as a contender shows its result.
inline std::span<const double> entries(const Eigen::VectorXd& x) {
    return {x.data(), static_cast<std::size_t>(x.size())};
}

}  // namespace hesse::bench
