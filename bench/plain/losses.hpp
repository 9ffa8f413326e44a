#pragma once

#include "losses/bundle_adjustment.hpp"
#include "losses/gmm.hpp"
#include "losses/logistic.hpp"
#include "losses/lstm.hpp"

#include <Eigen/Core>

/// The scalar losses of losses/ run on double, as a program without derivatives would.
namespace hesse::bench::plain {

double extended_rosenbrock(const Eigen::VectorXd& x);
double extended_rosenbrock_fused(const Eigen::VectorXd& x);
double chained_rosenbrock(const Eigen::VectorXd& x);
double gmm(const GmmData& data, const Eigen::VectorXd& theta);
double logistic(const LogisticData& data, const Eigen::VectorXd& w);
double bundle_adjustment(const BundleData& data, const Eigen::VectorXd& theta);
double lstm(const LstmData& data, const Eigen::VectorXd& theta);

}  // namespace hesse::bench::plain
