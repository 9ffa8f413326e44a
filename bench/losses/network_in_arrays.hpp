#pragma once

#include "hesse/autodiff.hpp"
#include "losses/network.hpp"

namespace hesse::bench {

/// What the last layer of a network makes of inputs (widths[0] x samples), (widths.back() x samples), in matrix words.
template <class Inputs, class Theta>
auto network_scores(const Network& network, const Inputs& inputs, const Theta& theta) {
    Index next = 0;
    const auto take = [&](Index rows, Index cols) {
        const Index first = next;
        next += rows * cols;
        return theta.segment(first, rows * cols).reshaped(rows, cols);
    };
    const auto& widths = network.widths;
    const auto first = take(widths[1], widths[0]);
    auto h = tanh((first * inputs).colwise() + take(widths[1], 1)).eval();
    for (std::size_t l = 2; l < network.layers(); ++l) {
        const auto weights = take(widths[l], widths[l - 1]);
        h = tanh((weights * h).colwise() + take(widths[l], 1)).eval();
    }
    const auto last = take(widths.back(), h.rows());
    return (last * h).colwise() + take(widths.back(), 1);
}

/// The loss of a network.
template <class Theta>
typename Theta::Scalar network_loss(const Network& network, const Eigen::MatrixXd& inputs,
                                    const Eigen::MatrixXd& targets, const Theta& theta) {
    const auto scores = network_scores(network, inputs, theta);
    if (targets.size() == 0) return mean(log_sum_exp(scores, by_column) - pick(scores, network.labels));
    return (scores - targets).squaredNorm() / static_cast<double>(targets.size());
}

}  // namespace hesse::bench
