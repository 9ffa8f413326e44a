#include "losses/lstm.hpp"

#include "harness/random_data.hpp"

namespace hesse::bench {

LstmData::LstmData(Eigen::Index layer_count, Eigen::Index unit_count, Eigen::Index steps)
    : layers(layer_count),
      width(unit_count),
      sequence(Eigen::MatrixXd::Zero(unit_count, steps)),
      state(0.3 * normal_matrix(unit_count, 2 * layer_count, 81)) {
    // A character is a few bits: its own, and one of a class that it belongs to.
    RandomGenerator random(80);
    for (Eigen::Index t = 0; t < steps; ++t) {
        const Eigen::Index bit = random.below(width);
        sequence(bit, t) = 1;
        sequence(bit / 4, t) = 1;
    }
}

Eigen::VectorXd LstmData::start() const { return normal_matrix(parameters(), 1, 82); }

}  // namespace hesse::bench
