#include "hand/mlp.hpp"
#include "harness/workload.hpp"
#include "hesse/autodiff.hpp"
#include "workloads/random_data.hpp"

#include <fmt/format.h>

#include <vector>

// The network 784-512-512-10 with tanh and softmax cross-entropy on a batch of 1024, against a hand-coded
// R-operator, and against the products of matrices in it alone.
namespace hesse::bench {
namespace {

constexpr Index input = 784, hidden = 512, classes = 10, batch = 1024;

/// Weights of scale 1/sqrt(inputs), biases of scale 1/10.
Eigen::VectorXd parameters() {
    std::vector<Eigen::MatrixXd> parts;
    std::uint64_t seed = 20;
    for (const auto& [rows, cols] : {std::pair{hidden, input}, {hidden, hidden}, {classes, hidden}}) {
        parts.push_back(normal_matrix(rows, cols, seed++) / std::sqrt(static_cast<double>(cols)));
        parts.push_back(0.1 * normal_matrix(rows, 1, seed++));
    }
    Eigen::Index size = 0, next = 0;
    for (const auto& part : parts) size += part.size();
    Eigen::VectorXd theta(size);
    for (const auto& part : parts) {
        theta.segment(next, part.size()) = part.reshaped();
        next += part.size();
    }
    return theta;
}

std::vector<int> random_labels() {
    RandomGenerator random(30);
    std::vector<int> labels(static_cast<std::size_t>(batch));
    for (int& label : labels) label = static_cast<int>(random.below(classes));
    return labels;
}

/// The BLAS at its best: a square product, in the same rounds as everything else.
struct Peak {
    static constexpr Index n = 1024;
    static constexpr double operations = 2.0 * n * n * n;
    Eigen::MatrixXd a = normal_matrix(n, n, 40), b = normal_matrix(n, n, 41), c{n, n};
    void run() {
        gemm<double>(Transpose::no, Transpose::no, n, n, n, 1, a.data(), n, b.data(), n, 0, c.data(), n);
    }
};

void measure(Session& session) {
    const Eigen::MatrixXd images = normal_matrix(input, batch, 10);
    const std::vector<int> labels = random_labels();
    const Eigen::VectorXd theta = parameters();
    const Index n = theta.size();
    const Eigen::VectorXd v = normal_matrix(n, 1, 11);

    const auto f = objective(
        [&](const auto& weights) {
            const auto [w1, b1, w2, b2, w3, b3] =
                unpack(weights, shape(hidden, input), shape(hidden), shape(hidden, hidden), shape(hidden),
                       shape(classes, hidden), shape(classes));
            const auto h1 = tanh((w1 * images).colwise() + b1);
            const auto h2 = tanh((w2 * h1).colwise() + b2);
            const auto scores = (w3 * h2).colwise() + b3;
            return mean(log_sum_exp(scores, by_column) - pick(scores, labels));
        },
        n);
    auto at = f.linearize(theta);
    const double bytes = static_cast<double>(at.memory().total());
    hand::Mlp network({input, hidden, hidden, classes}, images.data(), labels.data(), batch);
    hand::Mlp limit({input, hidden, hidden, classes}, images.data(), labels.data(), batch);
    Peak peak;

    double value = 0, hand_value = 0;
    Eigen::VectorXd ours(n), hand(n), scratch(n);
    limit.gradient(theta.data(), scratch.data());
    const auto quantity = [&](const char* of) { return Quantity{"mlp_512", n, "array", of}; };

    const Contender values[] = {
        {.name = "limit", .run = [&] { limit.value_products(theta.data()); }},
        {.name = "hand",
         .run = [&] { hand_value = network.value(theta.data()); },
         .result = {&hand_value, 1}},
        {.name = "hesse", .run = [&] { value = f.value(theta); }, .result = {&value, 1}},
    };
    race(quantity("value"), values, session.rounds, session.report);

    const Contender gradients[] = {
        {.name = "limit", .run = [&] { limit.gradient_products(theta.data(), scratch.data()); }},
        {.name = "hand",
         .run = [&] { hand_value = network.gradient(theta.data(), hand.data()); },
         .result = entries(hand),
         .bytes = network.bytes()},
        {.name = "hesse",
         .run =
             [&] {
                 const auto fresh = f.linearize(theta);
                 ours = fresh.gradient();
             },
         .result = entries(ours),
         .bytes = bytes,
         .count_allocations = true},
    };
    race(quantity("gradient"), gradients, session.rounds, session.report);

    const Contender products[] = {
        {.name = "peak", .run = [&] { peak.run(); }, .reported = false},
        {.name = "limit", .run = [&] { limit.product_products(v.data(), scratch.data()); }},
        {.name = "hand",
         .run = [&] { network.product(v.data(), hand.data()); },
         .result = entries(hand),
         .bytes = network.bytes()},
        {.name = "hesse",
         .run = [&] { at.hessian().apply(v, ours); },
         .result = entries(ours),
         .bytes = bytes,
         .target = Target{"hand", 1.05},
         .count_allocations = true},
    };
    const auto seconds = race(quantity("product_repeated"), products, session.rounds, session.report);

    const double speed = Peak::operations / seconds[0];
    const double ratio = seconds[2] * speed / network.product_operations();
    session.report.remark(fmt::format(
        "mlp_512: the BLAS reaches {:.1f} GFLOP/s on a square product of {}; the hand-coded product takes\n"
        "         {:.3f} x its {:.2f} GFLOP at that speed (a fair reference if at most 1.3: {})",
        1e-9 * speed, Peak::n, ratio, 1e-9 * network.product_operations(), ratio <= 1.3 ? "yes" : "NO"));
}

const Registration registration{"mlp_512", measure};

}  // namespace
}  // namespace hesse::bench
