#include "plain/rosenbrock.hpp"

#include "workloads/rosenbrock.hpp"

namespace hesse::bench::plain {

double extended_rosenbrock(const Eigen::VectorXd& x) { return bench::extended_rosenbrock(x); }
double extended_rosenbrock_fused(const Eigen::VectorXd& x) { return bench::extended_rosenbrock_fused(x); }

}  // namespace hesse::bench::plain
