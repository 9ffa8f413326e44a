#include "losses/bundle_adjustment.hpp"

#include "harness/random_data.hpp"

namespace hesse::bench {

BundleData::BundleData(Eigen::Index camera_count, Eigen::Index point_count, Eigen::Index observation_count)
    : cameras(camera_count), points(point_count) {
    RandomGenerator random(70);
    for (Eigen::Index i = 0; i < observation_count; ++i) {
        const auto point = static_cast<int>(i * points / observation_count);
        const auto camera = static_cast<int>(random.below(cameras));
        observations.push_back({camera, point, random.normal(), random.normal()});
    }
}

Eigen::VectorXd BundleData::start() const {
    RandomGenerator random(71);
    Eigen::VectorXd theta(parameters());
    for (Eigen::Index c = 0; c < cameras; ++c) {
        double* camera = theta.data() + c * camera_size;
        for (int i = 0; i < 3; ++i) camera[i] = 0.3 * random.normal();
        for (int i = 3; i < 6; ++i) camera[i] = random.normal();
        camera[5] -= 10;  // cameras stand in front of the points
        camera[6] = 2 + 0.1 * random.normal();
        for (int i = 7; i < camera_size; ++i) camera[i] = 0.1 * random.normal();
    }
    for (Eigen::Index i = first_point(); i < first_weight(); ++i) theta[i] = random.normal();
    for (Eigen::Index i = first_weight(); i < parameters(); ++i) theta[i] = 1 + 0.1 * random.normal();
    return theta;
}

}  // namespace hesse::bench
