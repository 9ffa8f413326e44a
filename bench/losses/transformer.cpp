#include "losses/transformer.hpp"

#include "harness/random_data.hpp"

#include <cmath>

namespace hesse::bench {

Transformer::Transformer(Index width, Index head_count, Index sequence_length, Index sequences)
    : d(width),
      heads(head_count),
      length(sequence_length),
      batch(sequences),
      inputs(normal_matrix(width, sequence_length * sequences, 100)),
      targets(normal_matrix(width, sequence_length * sequences, 101)) {}

Eigen::VectorXd Transformer::start() const {
    // Weights of scale 1/sqrt(d), and gains near 1.
    Eigen::VectorXd theta = normal_matrix(parameters(), 1, 102) / std::sqrt(static_cast<double>(d));
    theta.head(d).array() += 1;
    theta.segment(2 * d, d).array() += 1;
    return theta;
}

}  // namespace hesse::bench
