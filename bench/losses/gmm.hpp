#pragma once

#include <Eigen/Core>

#include <cmath>
#include <vector>

namespace hesse::bench {

/// Data of a mixture of K Gaussians in d dimensions: one point a column.
struct GmmData {
    Eigen::Index d, K;
    Eigen::MatrixXd points;  // (d x N)

    GmmData(Eigen::Index d, Eigen::Index K, Eigen::Index N);

    [[nodiscard]] Eigen::Index triangle() const { return d * (d - 1) / 2; }
    // Where the parameters begin: weights alpha (K), means mu (d x K), logarithms q (d x K) of the diagonals of
    // the inverse covariance factors Q_k, and their entries l (d(d-1)/2 x K) below it, column by column.
    [[nodiscard]] Eigen::Index means() const { return K; }
    [[nodiscard]] Eigen::Index diagonals() const { return K + d * K; }
    [[nodiscard]] Eigen::Index lower() const { return K + 2 * d * K; }
    [[nodiscard]] Eigen::Index parameters() const { return lower() + triangle() * K; }
    /// -N d / 2 log(2 pi), and of one point
    [[nodiscard]] double constant() const;
    [[nodiscard]] double constant_of_point() const;
    /// Where it is measured.
    [[nodiscard]] Eigen::VectorXd start() const;
};

template <class T>
static T log_sum_exp_of(const std::vector<T>& x) {
    using std::exp;
    using std::log;
    T largest = x[0];
    for (const T& entry : x) {
        if (entry > largest) largest = entry;
    }
    T sum = 0.0;
    for (const T& entry : x) sum += exp(entry - largest);
    return log(sum) + largest;
}

/// Log-likelihood of the mixture, with a Wishart prior up to a constant:
///     sum_i logsumexp_k(alpha_k + sum(q_k) - |Q_k (x_i - mu_k)|^2 / 2) - N logsumexp(alpha) - N d / 2 log(2 pi)
///     - sum_k (|exp q_k|^2 + |l_k|^2) / 2
/// the objective of ADBench. `static` as all losses here are, see rosenbrock.hpp.
/// Of the points [first, last), the prior only on request.
template <class T>
static T gmm(const GmmData& data, const Eigen::Matrix<T, Eigen::Dynamic, 1>& theta, Eigen::Index first,
             Eigen::Index last, bool with_prior) {
    using std::exp;
    const Eigen::Index d = data.d, K = data.K, N = last - first;
    const T* mu = theta.data() + data.means();
    const T* q = theta.data() + data.diagonals();
    const T* l = theta.data() + data.lower();

    std::vector<T> exp_q, sum_q, alpha;
    for (Eigen::Index k = 0; k < K; ++k) {
        alpha.push_back(theta[k]);
        T sum = 0.0;
        for (Eigen::Index j = 0; j < d; ++j) {
            exp_q.push_back(exp(q[k * d + j]));
            sum += q[k * d + j];
        }
        sum_q.push_back(sum);
    }

    std::vector<T> centred(d), product(d), terms(K);
    T likelihood = 0.0;
    for (Eigen::Index i = first; i < last; ++i) {
        for (Eigen::Index k = 0; k < K; ++k) {
            for (Eigen::Index j = 0; j < d; ++j) {
                centred[j] = data.points(j, i) - mu[k * d + j];
                product[j] = exp_q[k * d + j] * centred[j];
            }
            const T* entry = l + k * data.triangle();
            for (Eigen::Index column = 0; column < d; ++column) {
                for (Eigen::Index row = column + 1; row < d; ++row)
                    product[row] += *entry++ * centred[column];
            }
            T norm = 0.0;
            for (Eigen::Index j = 0; j < d; ++j) norm += product[j] * product[j];
            terms[k] = alpha[k] + sum_q[k] - 0.5 * norm;
        }
        likelihood += log_sum_exp_of(terms);
    }

    const double points = static_cast<double>(N);
    likelihood += points * (data.constant_of_point() - log_sum_exp_of(alpha));
    if (!with_prior) return likelihood;
    T prior = 0.0;
    for (const T& entry : exp_q) prior += entry * entry;
    for (Eigen::Index j = 0; j < data.triangle() * K; ++j) prior += l[j] * l[j];
    return likelihood - 0.5 * prior;
}
template <class T>
static T gmm(const GmmData& data, const Eigen::Matrix<T, Eigen::Dynamic, 1>& theta) {
    return gmm(data, theta, 0, data.points.cols(), true);
}

}  // namespace hesse::bench
