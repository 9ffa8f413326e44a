#pragma once

#include "harness/random_data.hpp"

#include <Eigen/Core>

namespace hesse::bench {

/// A matrix M to be written as U V'; parameters are U (m x rank) and V (n x rank).
struct Factorisation {
    Eigen::Index rank;
    Eigen::MatrixXd M;  // (m x n)

    Factorisation(Eigen::Index m, Eigen::Index n, Eigen::Index r) : rank(r), M(normal_matrix(m, n, 90)) {}
    /// Where it is measured.
    [[nodiscard]] Eigen::VectorXd start() const {
        return 0.3 * normal_matrix((M.rows() + M.cols()) * rank, 1, 91);
    }
};

}  // namespace hesse::bench
