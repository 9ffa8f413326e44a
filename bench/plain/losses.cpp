#include "plain/losses.hpp"

#include "losses/rosenbrock.hpp"

namespace hesse::bench::plain {

double extended_rosenbrock(const Eigen::VectorXd& x) { return bench::extended_rosenbrock(x); }
double extended_rosenbrock_fused(const Eigen::VectorXd& x) { return bench::extended_rosenbrock_fused(x); }
double chained_rosenbrock(const Eigen::VectorXd& x) { return bench::chained_rosenbrock(x); }
double gmm(const GmmData& data, const Eigen::VectorXd& theta) { return bench::gmm(data, theta); }
double logistic(const LogisticData& data, const Eigen::VectorXd& w) { return bench::logistic(data, w); }
double bundle_adjustment(const BundleData& data, const Eigen::VectorXd& theta) {
    return bench::bundle_adjustment(data, theta);
}
double lstm(const LstmData& data, const Eigen::VectorXd& theta) { return bench::lstm(data, theta); }

}  // namespace hesse::bench::plain
