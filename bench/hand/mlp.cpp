#include "hand/mlp.hpp"

#include "hand/vector_functions.hpp"
#include "hesse/autodiff/gemm.hpp"

#include <algorithm>
#include <cmath>

namespace hesse::bench::hand {
namespace {

// The passes below go column by column, so that what belongs to a row (a bias, its adjoint) stays in the
// first-level cache.

/// z_bar = h_bar (1 - h^2);   bias_bar = sum of the columns of z_bar.
void pull_tanh(Index rows, Index cols, const double* __restrict h, const double* __restrict h_bar,
               double* __restrict z_bar, double* __restrict bias_bar) {
    std::fill_n(bias_bar, rows, 0.0);
    for (Index j = 0; j < cols; ++j, h += rows, h_bar += rows, z_bar += rows) {
        for (Index i = 0; i < rows; ++i) {
            z_bar[i] = h_bar[i] * (1 - h[i] * h[i]);
            bias_bar[i] += z_bar[i];
        }
    }
}

/// R{h} = (1 - h^2) (R{W in} + R{bias}), in the place of R{W in}.
void directional_tanh(Index rows, Index cols, const double* __restrict h, const double* __restrict bias,
                      double* __restrict rh) {
    for (Index j = 0; j < cols; ++j, h += rows, rh += rows) {
        for (Index i = 0; i < rows; ++i) rh[i] = (1 - h[i] * h[i]) * (rh[i] + bias[i]);
    }
}

/// R{z_bar} = R{h_bar} (1 - h^2) - 2 h_bar h R{h}, in the place of R{h_bar};   its columns summed.
void pull_directional_tanh(Index rows, Index cols, const double* __restrict h, const double* __restrict h_bar,
                           const double* __restrict rh, double* __restrict rh_bar,
                           double* __restrict rbias_bar) {
    std::fill_n(rbias_bar, rows, 0.0);
    for (Index j = 0; j < cols; ++j, h += rows, h_bar += rows, rh += rows, rh_bar += rows) {
        for (Index i = 0; i < rows; ++i) {
            rh_bar[i] = rh_bar[i] * (1 - h[i] * h[i]) - 2 * h_bar[i] * h[i] * rh[i];
            rbias_bar[i] += rh_bar[i];
        }
    }
}

/// out = sum of the columns of x.
void sum_columns(Index rows, Index cols, const double* __restrict x, double* __restrict out) {
    std::fill_n(out, rows, 0.0);
    for (Index j = 0; j < cols; ++j, x += rows) {
        for (Index i = 0; i < rows; ++i) out[i] += x[i];
    }
}

void add_bias(Index rows, Index cols, const double* __restrict bias, double* __restrict z) {
    for (Index j = 0; j < cols; ++j, z += rows) {
        for (Index i = 0; i < rows; ++i) z[i] += bias[i];
    }
}

}  // namespace

Mlp::Mlp(const std::vector<Index>& widths, const double* data, const int* labels, Index batch)
    : Mlp(widths, data, batch) {
    labels_ = labels;
}
Mlp::Mlp(const std::vector<Index>& widths, const double* data, const double* targets, Index batch)
    : Mlp(widths, data, batch) {
    targets_ = targets;
}
Mlp::Mlp(const std::vector<Index>& widths, const double* data, Index batch) : data_(data), batch_(batch) {
    for (std::size_t l = 1; l < widths.size(); ++l) {
        Layer layer{widths[l - 1], widths[l], parameters_, 0, {}, {}, {}, {}, {}};
        layer.bias = layer.weights + layer.in * layer.out;
        parameters_ = layer.bias + layer.out;
        const auto size = static_cast<std::size_t>(layer.out * batch_);
        for (Buffer* buffer : {&layer.h, &layer.h_bar, &layer.z_bar, &layer.rh, &layer.rh_bar})
            buffer->resize(size);
        layers_.push_back(std::move(layer));
    }
}

double Mlp::bytes() const {
    double total = 0;
    for (const Layer& layer : layers_) total += 5.0 * sizeof(double) * static_cast<double>(layer.h.size());
    return total;
}

// ------------------------------------------------------------------------------------ products of matrices

void Mlp::apply(const Layer& layer, const double* weights, const double* in, double beta, double* out) const {
    gemm<double>(Transpose::no, Transpose::no, layer.out, batch_, layer.in, 1, weights, layer.out, in,
                 layer.in, beta, out, layer.out);
}
void Mlp::pull_weights(const Layer& layer, const double* z_bar, const double* in, double beta,
                       double* w_bar) const {
    gemm<double>(Transpose::no, Transpose::yes, layer.out, layer.in, batch_, 1, z_bar, layer.out, in,
                 layer.in, beta, w_bar, layer.out);
}
void Mlp::pull_input(const Layer& layer, const double* weights, const double* z_bar, double beta,
                     double* in_bar) const {
    gemm<double>(Transpose::yes, Transpose::no, layer.in, batch_, layer.out, 1, weights, layer.out, z_bar,
                 layer.out, beta, in_bar, layer.in);
}

// ---------------------------------------------------------------------------------------------- the loss

double Mlp::loss() { return labels_ != nullptr ? softmax() : squared_error(); }

// The scores, in the last layer's h, become errors S - Y; returns the loss.
double Mlp::squared_error() {
    Buffer& h = layers_.back().h;
    double sum = 0;
    for (std::size_t i = 0; i < h.size(); ++i) {
        h[i] -= targets_[i];
        sum += h[i] * h[i];
    }
    return sum / static_cast<double>(h.size());
}

// The scores, in the last layer's h, become probabilities p_j; returns the loss.
double Mlp::softmax() {
    Layer& last = layers_.back();
    double loss = 0;
    for (Index j = 0; j < batch_; ++j) {
        double* scores = last.h.data() + j * last.out;
        const double largest = *std::max_element(scores, scores + last.out);
        const double chosen = scores[labels_[j]];
        double sum = 0;
        for (Index i = 0; i < last.out; ++i) sum += scores[i] = std::exp(scores[i] - largest);
        for (Index i = 0; i < last.out; ++i) scores[i] /= sum;
        loss += std::log(sum) + largest - chosen;
    }
    return loss / static_cast<double>(batch_);
}

double Mlp::value(const double* theta) {
    theta_ = theta;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        Layer& layer = layers_[l];
        apply(layer, theta + layer.weights, input(l), 0, layer.h.data());
        if (l + 1 < layers_.size()) {
            add_bias_and_tanh(layer.out, batch_, theta + layer.bias, layer.h.data());
        } else {
            add_bias(layer.out, batch_, theta + layer.bias, layer.h.data());
        }
    }
    return loss();
}

// The adjoint of the scores, in the last layer's z_bar.
void Mlp::pull_loss() {
    Layer& last = layers_.back();
    if (labels_ == nullptr) {
        const double weight = 2 / static_cast<double>(last.h.size());
        for (std::size_t i = 0; i < last.h.size(); ++i) last.z_bar[i] = weight * last.h[i];
        return;
    }
    const double weight = 1 / static_cast<double>(batch_);
    for (std::size_t i = 0; i < last.h.size(); ++i) last.z_bar[i] = weight * last.h[i];
    for (Index j = 0; j < batch_; ++j)
        last.z_bar[static_cast<std::size_t>(j * last.out + labels_[j])] -= weight;
}

double Mlp::gradient(const double* theta, double* g) {
    const double result = value(theta);
    pull_loss();
    const Layer& last = layers_.back();
    sum_columns(last.out, batch_, last.z_bar.data(), g + last.bias);
    for (std::size_t l = layers_.size(); l-- > 0;) {
        const Layer& layer = layers_[l];
        pull_weights(layer, layer.z_bar.data(), input(l), 0, g + layer.weights);
        if (l == 0) break;
        Layer& below = layers_[l - 1];
        pull_input(layer, theta + layer.weights, layer.z_bar.data(), 0, below.h_bar.data());
        pull_tanh(below.out, batch_, below.h.data(), below.h_bar.data(), below.z_bar.data(), g + below.bias);
    }
    return result;
}

// ------------------------------------------------------------------------------------------- R-operator

// R{z_bar} = p (R{s} - p'R{s}) / batch, or 2 R{s} / entries, from R{s} in the last layer's rh.
void Mlp::directional_loss() {
    Layer& last = layers_.back();
    if (labels_ == nullptr) {
        const double weight = 2 / static_cast<double>(last.h.size());
        for (std::size_t i = 0; i < last.h.size(); ++i) last.rh_bar[i] = weight * last.rh[i];
        return;
    }
    const double weight = 1 / static_cast<double>(batch_);
    for (Index j = 0; j < batch_; ++j) {
        const double* p = last.h.data() + j * last.out;
        const double* rs = last.rh.data() + j * last.out;
        double* rz_bar = last.rh_bar.data() + j * last.out;
        double mean = 0;
        for (Index i = 0; i < last.out; ++i) mean += p[i] * rs[i];
        for (Index i = 0; i < last.out; ++i) rz_bar[i] = weight * p[i] * (rs[i] - mean);
    }
}

void Mlp::product(const double* v, double* Hv) {
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        Layer& layer = layers_[l];
        apply(layer, v + layer.weights, input(l), 0, layer.rh.data());
        if (l > 0) apply(layer, theta_ + layer.weights, layers_[l - 1].rh.data(), 1, layer.rh.data());
        if (l + 1 < layers_.size()) {
            directional_tanh(layer.out, batch_, layer.h.data(), v + layer.bias, layer.rh.data());
        } else {
            add_bias(layer.out, batch_, v + layer.bias, layer.rh.data());
        }
    }
    directional_loss();
    const Layer& last = layers_.back();
    sum_columns(last.out, batch_, last.rh_bar.data(), Hv + last.bias);
    for (std::size_t l = layers_.size(); l-- > 0;) {
        const Layer& layer = layers_[l];
        pull_weights(layer, layer.rh_bar.data(), input(l), 0, Hv + layer.weights);
        if (l == 0) break;
        Layer& below = layers_[l - 1];
        pull_weights(layer, layer.z_bar.data(), below.rh.data(), 1, Hv + layer.weights);
        pull_input(layer, theta_ + layer.weights, layer.rh_bar.data(), 0, below.rh_bar.data());
        pull_input(layer, v + layer.weights, layer.z_bar.data(), 1, below.rh_bar.data());
        pull_directional_tanh(below.out, batch_, below.h.data(), below.h_bar.data(), below.rh.data(),
                              below.rh_bar.data(), Hv + below.bias);
    }
}

// ----------------------------------------------------------------------------------------------- limits

void Mlp::value_products(const double* theta) {
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        apply(layers_[l], theta + layers_[l].weights, input(l), 0, layers_[l].rh.data());
    }
}

void Mlp::gradient_products(const double* theta, double* g) {
    value_products(theta);
    for (std::size_t l = layers_.size(); l-- > 0;) {
        const Layer& layer = layers_[l];
        pull_weights(layer, layer.z_bar.data(), input(l), 0, g + layer.weights);
        if (l > 0)
            pull_input(layer, theta + layer.weights, layer.z_bar.data(), 0, layers_[l - 1].rh_bar.data());
    }
}

void Mlp::product_products(const double* v, double* Hv) {
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        Layer& layer = layers_[l];
        apply(layer, v + layer.weights, input(l), 0, layer.rh.data());
        if (l > 0) apply(layer, theta_ + layer.weights, layers_[l - 1].rh.data(), 1, layer.rh.data());
    }
    for (std::size_t l = layers_.size(); l-- > 0;) {
        const Layer& layer = layers_[l];
        pull_weights(layer, layer.rh_bar.data(), input(l), 0, Hv + layer.weights);
        if (l == 0) break;
        Layer& below = layers_[l - 1];
        pull_weights(layer, layer.z_bar.data(), below.rh.data(), 1, Hv + layer.weights);
        pull_input(layer, theta_ + layer.weights, layer.rh_bar.data(), 0, below.rh_bar.data());
        pull_input(layer, v + layer.weights, layer.z_bar.data(), 1, below.rh_bar.data());
    }
}

double Mlp::operations(const Layer& layer) const {
    return 2.0 * static_cast<double>(layer.in * layer.out * batch_);
}

// The first layer's input is data: nothing is pulled back to it, and it has no derivative.
double Mlp::value_operations() const {
    double total = 0;
    for (const Layer& layer : layers_) total += operations(layer);
    return total;
}
double Mlp::gradient_operations() const { return 3 * value_operations() - operations(layers_.front()); }
double Mlp::product_operations() const { return 6 * value_operations() - 4 * operations(layers_.front()); }

}  // namespace hesse::bench::hand
