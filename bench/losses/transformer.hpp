#pragma once

#include <Eigen/Core>

namespace hesse::bench {

/// A pre-norm transformer block on a batch of sequences, and random targets:
///     y = x + W_o attention(norm_1(x)) + b_o,    z = y + W_2 gelu(W_1 norm_2(y) + b_1) + b_2
/// with the mean over all entries of (z - targets)^2 as loss, and gelu in its tanh form.
struct Transformer {
    using Index = Eigen::Index;
    static constexpr double epsilon = 1e-5;  // of the layer norms

    Index d, heads, length, batch;
    Eigen::MatrixXd inputs, targets;  // (d x length batch), one sequence after the other

    Transformer(Index d, Index heads, Index length, Index batch);

    [[nodiscard]] Index hidden() const { return 4 * d; }
    /// Gains and shifts (d) of both norms; weights (3d x d) and biases of queries, keys and values; of the output
    /// (d x d); of the feed-forward layers (4d x d) and (d x 4d).
    [[nodiscard]] Index parameters() const {
        return 4 * d + 3 * d * (d + 1) + d * (d + 1) + hidden() * (d + 1) + d * (hidden() + 1);
    }
    /// Where it is measured.
    [[nodiscard]] Eigen::VectorXd start() const;
};

}  // namespace hesse::bench
