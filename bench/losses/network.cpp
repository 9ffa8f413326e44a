#include "losses/network.hpp"

#include "harness/random_data.hpp"

#include <cmath>
#include <utility>

namespace hesse::bench {

Network Network::classifier(std::vector<Index> widths, Index batch) {
    Network network{std::move(widths), {}, {}, {}};
    network.inputs = normal_matrix(network.widths.front(), batch, 10);
    RandomGenerator random(30);
    for (Index i = 0; i < batch; ++i) {
        network.labels.push_back(static_cast<int>(random.below(network.widths.back())));
    }
    return network;
}

Network Network::regression(std::vector<Index> widths, Index batch) {
    Network network{std::move(widths), {}, {}, {}};
    network.inputs = normal_matrix(network.widths.front(), batch, 10);
    network.targets = normal_matrix(network.widths.back(), batch, 12);
    return network;
}

Network Network::autoencoder(std::vector<Index> widths, Index batch) {
    Network network{std::move(widths), {}, {}, {}};
    network.inputs = network.targets = normal_matrix(network.widths.front(), batch, 10);
    return network;
}

Eigen::Index Network::parameters() const {
    Index count = 0;
    for (std::size_t l = 0; l < layers(); ++l) count += (widths[l] + 1) * widths[l + 1];
    return count;
}

Eigen::VectorXd Network::start() const {
    Eigen::VectorXd theta(parameters());
    Index next = 0;
    std::uint64_t seed = 20;
    for (std::size_t l = 0; l < layers(); ++l) {
        const Index in = widths[l], out = widths[l + 1];
        theta.segment(next, in * out) =
            normal_matrix(in * out, 1, seed++) / std::sqrt(static_cast<double>(in));
        next += in * out;
        theta.segment(next, out) = 0.1 * normal_matrix(out, 1, seed++);
        next += out;
    }
    return theta;
}

}  // namespace hesse::bench
