#pragma once

#include <Eigen/Core>

#include <vector>

namespace hesse::bench {

/// A network of tanh layers and what it is trained on, random data: softmax cross-entropy against labels, or
/// the mean over all entries of the squared error against targets.
struct Network {
    using Index = Eigen::Index;

    std::vector<Index> widths;  // of the input, the hidden layers, the scores
    Eigen::MatrixXd inputs;     // (widths[0] x batch)
    std::vector<int> labels;    // (batch), or none
    Eigen::MatrixXd targets;    // (widths.back() x batch), or none

    static Network classifier(std::vector<Index> widths, Index batch);
    static Network regression(std::vector<Index> widths, Index batch);
    /// Its targets are its inputs.
    static Network autoencoder(std::vector<Index> widths, Index batch);

    [[nodiscard]] Index batch() const { return inputs.cols(); }
    [[nodiscard]] std::size_t layers() const { return widths.size() - 1; }
    /// Parameters are W_1 (widths[1] x widths[0]), b_1, W_2, ..., each column by column.
    [[nodiscard]] Index parameters() const;
    /// Where it is measured: weights of scale 1/sqrt(inputs), biases of scale 1/10.
    [[nodiscard]] Eigen::VectorXd start() const;
};

}  // namespace hesse::bench
