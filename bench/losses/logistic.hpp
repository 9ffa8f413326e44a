#pragma once

#include <Eigen/Core>

#include <cmath>

namespace hesse::bench {

/// Data of a logistic regression: one sample a column, with its label.
struct LogisticData {
    static constexpr double decay = 1e-3;
    Eigen::MatrixXd samples;  // (d x N)
    Eigen::VectorXd labels;   // (N), -1 or 1

    LogisticData(Eigen::Index d, Eigen::Index N);
    /// Where it is measured.
    [[nodiscard]] Eigen::VectorXd start() const;
};

/// mean_i log(1 + exp(-y_i w'x_i)) + decay / 2 |w|^2.      `static` as all losses here, see rosenbrock.hpp.
template <class T>
static T logistic(const LogisticData& data, const Eigen::Matrix<T, Eigen::Dynamic, 1>& w) {
    using std::exp;
    using std::log;
    const Eigen::Index d = data.samples.rows(), N = data.samples.cols();
    T loss = 0.0;
    for (Eigen::Index i = 0; i < N; ++i) {
        T score = 0.0;
        for (Eigen::Index j = 0; j < d; ++j) score += w[j] * data.samples(j, i);
        loss += log(1.0 + exp(-data.labels[i] * score));
    }
    T squares = 0.0;
    for (Eigen::Index j = 0; j < d; ++j) squares += w[j] * w[j];
    return loss / static_cast<double>(N) + 0.5 * LogisticData::decay * squares;
}

}  // namespace hesse::bench
