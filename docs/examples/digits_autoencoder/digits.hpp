#pragma once

#include <Eigen/Core>

#include <string>

namespace demo {

/// The images of a file like data/digits.csv, one a column (64 x N): pixels divided by 16, the mean image
/// taken away. Throws std::runtime_error, naming file and line, if it cannot be read.
Eigen::MatrixXd read_digits(const std::string& path);

/// Eigenvalues of the covariance 1/N X X' of centred images X (64 x N), the smallest first, by Eigen's dense
/// solver.
Eigen::VectorXd covariance_eigenvalues(const Eigen::MatrixXd& images);

}  // namespace demo
