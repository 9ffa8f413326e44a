// A network that asks for its parameters where it needs them: their number, names and initial values follow from the loss.
// docs/models.md quotes it.
#include <hesse/hesse.hpp>
#include <hesse/optim/models/layers.hpp>

#include <Eigen/Core>

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

int main() {
    // Images of 8 x 8 pixels with stripes across or along, at any place, and noise.
    hesse::RandomGenerator random(1);
    Eigen::MatrixXd images(64, 200);
    std::vector<int> labels;
    for (Eigen::Index n = 0; n < images.cols(); ++n) {
        labels.push_back(static_cast<int>(random.below(2)));
        const double phase = 6.0 * random.uniform();
        for (int k = 0; k < 64; ++k) {
            const int along = labels.back() == 0 ? k % 8 : k / 8;
            images(k, n) = std::cos(1.5 * along + phase) + 0.5 * random.normal();
        }
    }

    const auto network = hesse::model([&](const auto& p) {
        const hesse::ImageShape image{8, 8};
        const hesse::Window window{.size = {3, 3}, .stride = {2, 2}};
        const auto edges = hesse::convolution(p.in("edges"), images, image, window, 4, hesse::Tanh{});
        const auto hidden = hesse::dense(p.in("hidden"), edges, 8, hesse::Tanh{});
        const auto scores = hesse::dense(p.in("scores"), hidden, 2);
        return mean(hesse::cross_entropy(scores, labels));
    });
    const auto f = hesse::objective(network, network.size());
    const Eigen::VectorXd start = network.initial(1);

    for (const auto& parameter : network.parameters().all())
        std::printf("%-16s (%ld x %ld) from %ld on\n", parameter.name.c_str(),
                    static_cast<long>(parameter.shape.rows), static_cast<long>(parameter.shape.cols),
                    static_cast<long>(parameter.where.first));

    // Weights decay, biases do not.
    std::vector<hesse::ParameterGroup<hesse::Adam::Options>> biases;
    for (const hesse::Segment& bias : network.parameters().ending_in("bias"))
        biases.push_back({bias, {.step_size = 1e-2}});
    const hesse::Adam adam({.step_size = 1e-2, .weight_decay = 1e-3}, biases);
    const auto found = hesse::minimize(f, start, adam, hesse::Stopping{.iterations = 500});
    std::printf("loss %.3f at first, %.2g after %ld steps\n", f.value(start), found.value,
                static_cast<long>(found.iterations));

    // A body of layers that is run again in each sweep, and a layer of one's own.
    const auto deep = hesse::model([&](const auto& p) {
        const auto layer = [](const auto& q, const auto& x) {
            const auto slopes = q.take("slopes", hesse::shape(x.rows()), hesse::Initialiser::constant(0.1));
            return (x + tanh(x.array().colwise() * slopes.array()).matrix()).eval();
        };
        auto h = hesse::dense(p.in("first"), images, 16);
        for (int k = 1; k <= 20; ++k) h = p.in("layer " + std::to_string(k)).checkpoint(layer, h);
        return mean(hesse::cross_entropy(hesse::dense(p.in("scores"), h, 2), labels));
    });
    std::printf("%ld parameters, loss %.3f\n", static_cast<long>(deep.size()), deep(deep.initial(1)));
    return found.value < 0.05 ? 0 : 1;
}
