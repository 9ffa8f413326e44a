#include "hand/gmm.hpp"

#include "hand/vector_functions.hpp"

#include <algorithm>
#include <cmath>

namespace hesse::bench::hand {
namespace {

/// Entry (a, b), b < a, of a factor among the parameters l of its component.
Index below_diagonal(Index d, Index a, Index b) { return b * d - b * (b + 1) / 2 + a - b - 1; }

/// sum over i < n of a_i b_i, n a multiple of 16.
double dot(Index n, const double* __restrict a, const double* __restrict b) {
    double partial[16] = {};
    for (Index i = 0; i < n; i += 16) {
        for (Index j = 0; j < 16; ++j) partial[j] += a[i + j] * b[i + j];
    }
    double total = 0;
    for (const double p : partial) total += p;
    return total;
}

/// out = start + sum over b <= a of row[b] x_b, each x_b a block of n numbers, n a multiple of 16.
void combine(Index n, Index a, const double* __restrict row, const double* __restrict x, double start,
             double* __restrict out) {
    for (Index i = 0; i < n; i += 16) {
        double sum[16];
        for (double& entry : sum) entry = start;
        for (Index b = 0; b <= a; ++b) {
            for (Index j = 0; j < 16; ++j) sum[j] += row[b] * x[b * n + i + j];
        }
        for (Index j = 0; j < 16; ++j) out[i + j] = sum[j];
    }
}

void subtract(Index n, const double* __restrict x, double mu, double* __restrict out) {
    for (Index i = 0; i < n; ++i) out[i] = x[i] - mu;
}

double log_sum_exp(Index n, const double* x) {
    const double largest = *std::max_element(x, x + n);
    double sum = 0;
    for (Index i = 0; i < n; ++i) sum += std::exp(x[i] - largest);
    return std::log(sum) + largest;
}

Buffer zeros(Index n) { return Buffer(static_cast<std::size_t>(n)); }

}  // namespace

Gmm::Gmm(const GmmData& data) : data_(data), d_(data.d), K_(data.K), N_(data.points.cols()) {
    const Index padded = (N_ + block - 1) / block * block;
    points_ = zeros(padded * d_);
    for (Index i = 0; i < N_; ++i) {
        const Index first = i / block * block;
        for (Index j = 0; j < d_; ++j) points_[first * d_ + j * block + i - first] = data.points(j, i);
    }
    Q_ = V_ = zeros(d_ * d_ * K_);
    centred_ = zeros(block * d_);
    y_ = ry_ = zeros(block * d_ * K_);
    terms_ = rterms_ = zeros(block * K_);
    weights_ = zeros(padded * K_);
    sums_ = rsums_ = {zeros(K_), zeros(d_ * K_), zeros(d_ * d_ * K_)};
}

void Gmm::Sums::reset() {
    for (Buffer* sum : {&W, &s, &S}) std::fill(sum->begin(), sum->end(), 0.0);
}

void Gmm::unpack(const double* theta) {
    for (Index k = 0; k < K_; ++k) {
        const double* q = theta + data_.diagonals() + k * d_;
        const double* l = theta + data_.lower() + k * data_.triangle();
        double* Q = Q_.data() + k * d_ * d_;
        for (Index a = 0; a < d_; ++a) {
            Q[a * d_ + a] = std::exp(q[a]);
            for (Index b = 0; b < a; ++b) Q[a * d_ + b] = l[below_diagonal(d_, a, b)];
        }
    }
}

/// The terms of a block of points, and its y; returns nothing of use for points that are only padding.
double Gmm::terms(const double* theta, Index first) {
    double* y = y_.data();
    for (Index k = 0; k < K_; ++k) {
        const double* q = theta + data_.diagonals() + k * d_;
        const double* mu = theta + data_.means() + k * d_;
        const double* Q = Q_.data() + k * d_ * d_;
        double* term = terms_.data() + k * block;
        double constant = theta[k];
        for (Index a = 0; a < d_; ++a) constant += q[a];
        std::fill_n(term, block, constant);
        for (Index a = 0; a < d_; ++a, y += block) {
            subtract(block, points(first) + a * block, mu[a], centred_.data() + a * block);
            combine(block, a, Q + a * d_, centred_.data(), 0, y);
            for (Index i = 0; i < block; ++i) term[i] -= 0.5 * y[i] * y[i];
        }
    }
    double largest[block], sum[block] = {};
    std::fill_n(largest, block, terms_[0]);
    for (Index k = 0; k < K_; ++k) {
        for (Index i = 0; i < block; ++i) largest[i] = std::max(largest[i], terms_[k * block + i]);
    }
    for (Index k = 0; k < K_; ++k) {
        for (Index i = 0; i < block; ++i) terms_[k * block + i] -= largest[i];
    }
    exp_of(block * K_, terms_.data());
    for (Index k = 0; k < K_; ++k) {
        for (Index i = 0; i < block; ++i) sum[i] += terms_[k * block + i];
    }
    double total = 0;
    const Index count = std::min(block, N_ - first);
    for (Index i = 0; i < count; ++i) total += std::log(sum[i]) + largest[i];
    double inverse[block] = {};  // nothing for the padding
    for (Index i = 0; i < count; ++i) inverse[i] = 1 / sum[i];
    double* weights = weights_.data() + first * K_;
    for (Index k = 0; k < K_; ++k) {
        for (Index i = 0; i < block; ++i) weights[k * block + i] = terms_[k * block + i] * inverse[i];
    }
    return total;
}

// Row a of S and entry a of s, from the block's w y_a.
void Gmm::add_row(const double* left, Index a, Index k, Sums& sums) const {
    double total = 0;
    for (Index i = 0; i < block; ++i) total += left[i];
    sums.s[k * d_ + a] += total;
    double* S = sums.S.data() + (k * d_ + a) * d_;
    for (Index b = 0; b <= a; ++b) S[b] += dot(block, left, centred_.data() + b * block);
}

template <bool keep>
double Gmm::likelihood(const double* theta) {
    theta_ = theta;
    unpack(theta);
    if (keep) sums_.reset();
    double total = data_.constant() - static_cast<double>(N_) * log_sum_exp(K_, theta);
    for (Index first = 0; first < N_; first += block) {
        total += terms(theta, first);
        if (!keep) continue;
        for (Index k = 0; k < K_; ++k) {
            const double* mu = theta + data_.means() + k * d_;
            const double* w = weights_.data() + first * K_ + k * block;
            for (Index i = 0; i < block; ++i) sums_.W[k] += w[i];
            for (Index a = 0; a < d_; ++a) {
                subtract(block, points(first) + a * block, mu[a], centred_.data() + a * block);
                const double* y = y_.data() + (k * d_ + a) * block;
                double left[block];
                for (Index i = 0; i < block; ++i) left[i] = w[i] * y[i];
                add_row(left, a, k, sums_);
            }
        }
    }
    for (Index k = 0; k < K_; ++k) {
        const double* Q = Q_.data() + k * d_ * d_;
        for (Index a = 0; a < d_; ++a) {
            for (Index b = 0; b <= a; ++b) total -= 0.5 * Q[a * d_ + b] * Q[a * d_ + b];
        }
    }
    return total;
}

double Gmm::value(const double* theta) { return likelihood<false>(theta); }

double Gmm::gradient(const double* theta, double* g) {
    const double result = likelihood<true>(theta);
    const double normalisation = log_sum_exp(K_, theta);
    std::fill_n(g, data_.parameters(), 0.0);
    for (Index k = 0; k < K_; ++k) {
        const double* Q = Q_.data() + k * d_ * d_;
        const double* S = sums_.S.data() + k * d_ * d_;
        const double* s = sums_.s.data() + k * d_;
        double* mu_bar = g + data_.means() + k * d_;
        double* q_bar = g + data_.diagonals() + k * d_;
        double* l_bar = g + data_.lower() + k * data_.triangle();
        g[k] = sums_.W[k] - static_cast<double>(N_) * std::exp(theta[k] - normalisation);
        for (Index a = 0; a < d_; ++a) {
            const double e = Q[a * d_ + a];
            q_bar[a] = sums_.W[k] - S[a * d_ + a] * e - e * e;
            for (Index b = 0; b < a; ++b) l_bar[below_diagonal(d_, a, b)] = -S[a * d_ + b] - Q[a * d_ + b];
            for (Index b = 0; b <= a; ++b) mu_bar[b] += Q[a * d_ + b] * s[a];
        }
    }
    return result;
}

void Gmm::product(const double* v, double* Hv) {
    rsums_.reset();
    for (Index k = 0; k < K_; ++k) {
        const double* Q = Q_.data() + k * d_ * d_;
        const double* rq = v + data_.diagonals() + k * d_;
        const double* rl = v + data_.lower() + k * data_.triangle();
        double* V = V_.data() + k * d_ * d_;
        for (Index a = 0; a < d_; ++a) {
            V[a * d_ + a] = Q[a * d_ + a] * rq[a];
            for (Index b = 0; b < a; ++b) V[a * d_ + b] = rl[below_diagonal(d_, a, b)];
        }
    }
    for (Index first = 0; first < N_; first += block) {
        const double* weights = weights_.data() + first * K_;
        double mean[block] = {};  // of the terms' tangents
        for (Index k = 0; k < K_; ++k) {
            const double* mu = theta_ + data_.means() + k * d_;
            const double* rmu = v + data_.means() + k * d_;
            const double* rq = v + data_.diagonals() + k * d_;
            const double* Q = Q_.data() + k * d_ * d_;
            const double* V = V_.data() + k * d_ * d_;
            double* rterm = rterms_.data() + k * block;
            double constant = v[k];
            for (Index a = 0; a < d_; ++a) constant += rq[a];
            std::fill_n(rterm, block, constant);
            for (Index a = 0; a < d_; ++a) {
                double* y = y_.data() + (k * d_ + a) * block;
                double* ry = ry_.data() + (k * d_ + a) * block;
                subtract(block, points(first) + a * block, mu[a], centred_.data() + a * block);
                double start = 0;
                for (Index b = 0; b <= a; ++b) start -= Q[a * d_ + b] * rmu[b];
                combine(block, a, Q + a * d_, centred_.data(), 0, y);
                combine(block, a, V + a * d_, centred_.data(), start, ry);
                for (Index i = 0; i < block; ++i) rterm[i] -= y[i] * ry[i];
            }
            for (Index i = 0; i < block; ++i) mean[i] += weights[k * block + i] * rterm[i];
        }
        for (Index k = 0; k < K_; ++k) {
            const double* mu = theta_ + data_.means() + k * d_;
            const double* w = weights + k * block;
            double rw[block];
            for (Index i = 0; i < block; ++i) rw[i] = w[i] * (rterms_[k * block + i] - mean[i]);
            for (Index i = 0; i < block; ++i) rsums_.W[k] += rw[i];
            for (Index a = 0; a < d_; ++a) {
                subtract(block, points(first) + a * block, mu[a], centred_.data() + a * block);
                const double* y = y_.data() + (k * d_ + a) * block;
                const double* ry = ry_.data() + (k * d_ + a) * block;
                double left[block];
                for (Index i = 0; i < block; ++i) left[i] = rw[i] * y[i] + w[i] * ry[i];
                add_row(left, a, k, rsums_);
            }
        }
    }

    const double normalisation = log_sum_exp(K_, theta_);
    double mean = 0;
    for (Index k = 0; k < K_; ++k) mean += std::exp(theta_[k] - normalisation) * v[k];
    std::fill_n(Hv, data_.parameters(), 0.0);
    for (Index k = 0; k < K_; ++k) {
        const double* Q = Q_.data() + k * d_ * d_;
        const double* V = V_.data() + k * d_ * d_;
        const double* S = sums_.S.data() + k * d_ * d_;
        const double* s = sums_.s.data() + k * d_;
        const double* rS = rsums_.S.data() + k * d_ * d_;
        const double* rs = rsums_.s.data() + k * d_;
        const double* rmu = v + data_.means() + k * d_;
        double* mu_bar = Hv + data_.means() + k * d_;
        double* q_bar = Hv + data_.diagonals() + k * d_;
        double* l_bar = Hv + data_.lower() + k * data_.triangle();
        Hv[k] = rsums_.W[k] - static_cast<double>(N_) * std::exp(theta_[k] - normalisation) * (v[k] - mean);
        for (Index a = 0; a < d_; ++a) {
            const double e = Q[a * d_ + a], re = V[a * d_ + a];
            // The tangent of c is -R{mu}, the same for all points.
            q_bar[a] = rsums_.W[k] - (rS[a * d_ + a] - s[a] * rmu[a]) * e - S[a * d_ + a] * re - 2 * e * re;
            for (Index b = 0; b < a; ++b) {
                l_bar[below_diagonal(d_, a, b)] = -(rS[a * d_ + b] - s[a] * rmu[b]) - V[a * d_ + b];
            }
            for (Index b = 0; b <= a; ++b) mu_bar[b] += V[a * d_ + b] * s[a] + Q[a * d_ + b] * rs[a];
        }
    }
}

}  // namespace hesse::bench::hand
