#pragma once

#include "hesse/autodiff/sums/finite_sum.hpp"
#include "hesse/optim/random.hpp"

#include <Eigen/Dense>

#include <cstdint>

/// Losses that are sums over rows of data, and what is known of them.
namespace hesse::test {

/// Rows of normal numbers, the same for the same seed.
inline Eigen::MatrixXd normal_matrix(Index rows, Index cols, std::uint64_t seed) {
    RandomGenerator random(seed);
    Eigen::MatrixXd a(rows, cols);
    for (Index i = 0; i < rows; ++i)
        for (Index j = 0; j < cols; ++j) a(i, j) = random.normal();
    return a;
}

/// Labels -1 and 1 of rows, by a plane with noise.
inline Eigen::VectorXd noisy_labels(const Eigen::MatrixXd& a, std::uint64_t seed) {
    const Eigen::MatrixXd normal = normal_matrix(a.rows() + a.cols(), 1, seed);
    Eigen::VectorXd labels = a * normal.col(0).tail(a.cols()) + normal.col(0).head(a.rows());
    for (double& label : labels) label = label < 0.0 ? -1.0 : 1.0;
    return labels;
}

/// The average over rows of log(1 + exp(-y a'w)), and |w|^2 weight / 2: strongly convex. The data outlive it.
inline auto logistic_regression(const Eigen::MatrixXd& a, const Eigen::VectorXd& y, double weight) {
    return finite_sum(a.rows(),
                      [&a, &y](const auto& w, const Rows& rows) {
                          const auto margins = (rows.of(a) * w).array() * rows.of(y).array();
                          return log(1.0 + exp(-margins)).sum();
                      },
                      a.cols(), {.average = true})
        .plus([weight](const auto& w) { return 0.5 * weight * w.squaredNorm(); });
}

/// The average over rows of (a'w - b)^2 / 2, unless the options say otherwise. The data outlive it.
inline auto linear_regression(const Eigen::MatrixXd& a, const Eigen::VectorXd& b,
                              const FiniteSumOptions& options = {.average = true}) {
    return finite_sum(
        a.rows(),
        [&a, &b](const auto& w, const Rows& rows) {
            return 0.5 * (rows.of(a) * w - rows.of(b)).squaredNorm();
        },
        a.cols(), options);
}

}  // namespace hesse::test
