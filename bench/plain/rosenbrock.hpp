#pragma once

#include <Eigen/Core>

/// The scalar losses of workloads/rosenbrock.hpp run on double, as a program without derivatives would.
namespace hesse::bench::plain {

double extended_rosenbrock(const Eigen::VectorXd& x);
double extended_rosenbrock_fused(const Eigen::VectorXd& x);

}  // namespace hesse::bench::plain
