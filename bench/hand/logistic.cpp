#include "hand/logistic.hpp"

#include "hand/vector_functions.hpp"

#include <algorithm>
#include <cmath>

namespace hesse::bench::hand {

Logistic::Logistic(const LogisticData& data)
    : data_(data),
      d_(data.samples.rows()),
      N_(data.samples.cols()),
      curvature_(static_cast<std::size_t>(data.samples.cols())) {}

/// out_i = w' x_i for the samples of a block.
void Logistic::scores(Index first, Index count, const double* __restrict w, double* __restrict out) const {
    const double* __restrict x = data_.samples.data() + first * d_;
    for (Index i = 0; i < count; ++i, x += d_) {
        double partial[16] = {};
        Index j = 0;
        for (; j + 16 <= d_; j += 16) {
            for (Index lane = 0; lane < 16; ++lane) partial[lane] += w[j + lane] * x[j + lane];
        }
        double total = 0;
        for (const double p : partial) total += p;
        for (; j < d_; ++j) total += w[j] * x[j];
        out[i] = total;
    }
}

/// out += sum_i factor_i x_i over a block, four samples at a time.
void Logistic::add_samples(Index first, Index count, const double* __restrict factor,
                           double* __restrict out) const {
    const double* __restrict x = data_.samples.data() + first * d_;
    Index i = 0;
    for (; i + 4 <= count; i += 4, x += 4 * d_) {
        for (Index j = 0; j < d_; ++j) {
            out[j] += factor[i] * x[j] + factor[i + 1] * x[j + d_] + factor[i + 2] * x[j + 2 * d_] +
                      factor[i + 3] * x[j + 3 * d_];
        }
    }
    for (; i < count; ++i, x += d_) {
        for (Index j = 0; j < d_; ++j) out[j] += factor[i] * x[j];
    }
}

template <bool with_gradient>
double Logistic::evaluate(const double* w, double* g) {
    const double weight = 1 / static_cast<double>(N_);
    double loss = 0;
    double margin[block], e[block], factor[block];
    if (with_gradient) {
        for (Index j = 0; j < d_; ++j) g[j] = LogisticData::decay * w[j];
    }
    for (Index first = 0; first < N_; first += block) {
        const Index count = std::min(block, N_ - first);
        const double* label = data_.labels.data() + first;
        scores(first, count, w, margin);
        for (Index i = 0; i < count; ++i) e[i] = -label[i] * margin[i];
        exp_of(count, e);
        for (Index i = 0; i < count; ++i) loss += std::log(1 + e[i]);
        if (with_gradient) {
            for (Index i = 0; i < count; ++i) {
                const double wrong = e[i] / (1 + e[i]);
                factor[i] = -weight * label[i] * wrong;
                curvature_[first + i] = weight * wrong * (1 - wrong);
            }
            add_samples(first, count, factor, g);
        }
    }
    double squares = 0;
    for (Index j = 0; j < d_; ++j) squares += w[j] * w[j];
    return weight * loss + 0.5 * LogisticData::decay * squares;
}

double Logistic::value(const double* w) { return evaluate<false>(w, nullptr); }
double Logistic::gradient(const double* w, double* g) { return evaluate<true>(w, g); }

void Logistic::product(const double* v, double* Hv) {
    double factor[block];
    for (Index j = 0; j < d_; ++j) Hv[j] = LogisticData::decay * v[j];
    for (Index first = 0; first < N_; first += block) {
        const Index count = std::min(block, N_ - first);
        scores(first, count, v, factor);
        for (Index i = 0; i < count; ++i) factor[i] *= curvature_[first + i];
        add_samples(first, count, factor, Hv);
    }
}

}  // namespace hesse::bench::hand
