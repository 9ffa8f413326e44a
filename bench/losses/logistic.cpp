#include "losses/logistic.hpp"

#include "harness/random_data.hpp"

namespace hesse::bench {

LogisticData::LogisticData(Eigen::Index d, Eigen::Index N) : samples(normal_matrix(d, N, 60)), labels(N) {
    // Labels of a noisy linear rule.
    const Eigen::VectorXd rule = normal_matrix(d, 1, 61), noise = normal_matrix(N, 1, 62);
    for (Eigen::Index i = 0; i < N; ++i) {
        labels[i] = rule.dot(samples.col(i)) + 3 * noise[i] > 0 ? 1.0 : -1.0;
    }
}

Eigen::VectorXd LogisticData::start() const {
    return normal_matrix(samples.rows(), 1, 63) / std::sqrt(static_cast<double>(samples.rows()));
}

}  // namespace hesse::bench
