#include "losses/gmm.hpp"

#include "harness/random_data.hpp"

#include <numbers>

namespace hesse::bench {

GmmData::GmmData(Eigen::Index dimension, Eigen::Index components, Eigen::Index N)
    : d(dimension), K(components), points(normal_matrix(dimension, N, 50)) {}

double GmmData::constant() const { return static_cast<double>(points.cols()) * constant_of_point(); }
double GmmData::constant_of_point() const {
    return -0.5 * static_cast<double>(d) * std::log(2 * std::numbers::pi);
}

Eigen::VectorXd GmmData::start() const {
    Eigen::VectorXd theta = normal_matrix(parameters(), 1, 51);
    theta.tail(parameters() - diagonals()) *= 0.3;  // factors near the unit matrix
    return theta;
}

}  // namespace hesse::bench
