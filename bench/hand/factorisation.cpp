#include "hand/factorisation.hpp"

#include "hesse/autodiff/gemm.hpp"

#include <algorithm>

namespace hesse::bench::hand {

LowRank::LowRank(const Factorisation& data)
    : data_(data), m_(data.M.rows()), n_(data.M.cols()), r_(data.rank), E_(m_, n_), D_(m_, n_) {}

/// out = left right' + beta out
void LowRank::residual(const double* left, const double* right, double beta, double* out) const {
    gemm<double>(Transpose::no, Transpose::yes, m_, n_, r_, 1, left, m_, right, n_, beta, out, m_);
}

double LowRank::value(const double* theta) {
    theta_ = theta;
    residual(theta, theta + m_ * r_, 0, E_.data());
    // Sums side by side: the compiler may not reorder one on its own.
    constexpr Index lanes = 16;
    const double* __restrict M = data_.M.data();
    double* __restrict E = E_.data();
    const Index whole = E_.size() / lanes * lanes;
    double partial[lanes] = {};
    for (Index i = 0; i < whole; i += lanes) {
        for (Index j = 0; j < lanes; ++j) {
            E[i + j] -= M[i + j];
            partial[j] += E[i + j] * E[i + j];
        }
    }
    double total = 0;
    for (Index i = whole; i < E_.size(); ++i) {
        E[i] -= M[i];
        total += E[i] * E[i];
    }
    for (const double p : partial) total += p;
    return 0.5 * total;
}

double LowRank::gradient(const double* theta, double* g) {
    const double result = value(theta);
    const double* V = theta + m_ * r_;
    gemm<double>(Transpose::no, Transpose::no, m_, r_, n_, 1, E_.data(), m_, V, n_, 0, g, m_);
    gemm<double>(Transpose::yes, Transpose::no, n_, r_, m_, 1, E_.data(), m_, theta, m_, 0, g + m_ * r_, n_);
    return result;
}

void LowRank::product(const double* v, double* Hv) {
    const double *U = theta_, *V = theta_ + m_ * r_, *P = v, *Q = v + m_ * r_;
    residual(P, V, 0, D_.data());
    residual(U, Q, 1, D_.data());
    gemm<double>(Transpose::no, Transpose::no, m_, r_, n_, 1, D_.data(), m_, V, n_, 0, Hv, m_);
    gemm<double>(Transpose::no, Transpose::no, m_, r_, n_, 1, E_.data(), m_, Q, n_, 1, Hv, m_);
    gemm<double>(Transpose::yes, Transpose::no, n_, r_, m_, 1, D_.data(), m_, U, m_, 0, Hv + m_ * r_, n_);
    gemm<double>(Transpose::yes, Transpose::no, n_, r_, m_, 1, E_.data(), m_, P, m_, 1, Hv + m_ * r_, n_);
}

}  // namespace hesse::bench::hand
