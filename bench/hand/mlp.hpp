#pragma once

#include "hesse/autodiff/memory.hpp"

#include <vector>

namespace hesse::bench::hand {

/// A network of tanh layers with softmax cross-entropy or squared error, differentiated by hand:
///     H_0 = X,  H_l = tanh(W_l H_(l-1) + b_l),  S = W_L H_(L-1) + b_L,
///     f = mean_j (logsumexp(S_j) - S_(y_j, j))  or the mean of (S - Y)^2 over all entries
/// and Pearlmutter's R-operator, R{.} the derivative along a direction v of the parameters: written as the
/// formulas stand, with every activation and adjoint cached at the point, memory allocated once, biases and
/// their sums in the same pass as the activation functions, and the products of matrices by hesse::gemm.
/// B. A. Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6, 1994.
class Mlp {
public:
    /// widths: entries of the input, of each hidden layer, and of the scores. data (widths[0] x batch) and
    /// labels (batch) or targets (widths.back() x batch) must outlive the network. Parameters are W_1, b_1,
    /// W_2, ..., each column by column.
    Mlp(const std::vector<Index>& widths, const double* data, const int* labels, Index batch);
    Mlp(const std::vector<Index>& widths, const double* data, const double* targets, Index batch);

    [[nodiscard]] Index parameters() const { return parameters_; }
    /// Bytes of what is cached.
    [[nodiscard]] double bytes() const;

    double value(const double* theta);
    /// The loss and its gradient g (parameters), and all that `product` needs.
    double gradient(const double* theta, double* g);
    /// Hv = H v at the point where the gradient was last taken; theta must still be there.
    void product(const double* v, double* Hv);

    /// The products of matrices in `value`, `gradient` and `product`, and nothing else: the same calls on the
    /// same memory. They leave nothing useful behind.
    void value_products(const double* theta);
    void gradient_products(const double* theta, double* g);
    void product_products(const double* v, double* Hv);
    /// Floating-point operations of each.
    [[nodiscard]] double value_operations() const;
    [[nodiscard]] double gradient_operations() const;
    [[nodiscard]] double product_operations() const;

private:
    struct Layer {
        Index in, out;
        Index weights, bias;                 // where they begin among the parameters
        Buffer h, h_bar, z_bar, rh, rh_bar;  // (out x batch); R{z_bar} takes the place of R{h_bar}
    };

    [[nodiscard]] const double* input(std::size_t l) const {
        return l == 0 ? data_ : layers_[l - 1].h.data();
    }
    [[nodiscard]] double operations(const Layer& layer) const;

    // out = W in (+ out); W_bar = z_bar in' (+ W_bar); in_bar = W' z_bar (+ in_bar)
    void apply(const Layer& layer, const double* weights, const double* in, double beta, double* out) const;
    void pull_weights(const Layer& layer, const double* z_bar, const double* in, double beta,
                      double* w_bar) const;
    void pull_input(const Layer& layer, const double* weights, const double* z_bar, double beta,
                    double* in_bar) const;

    Mlp(const std::vector<Index>& widths, const double* data, Index batch);
    double loss();
    void pull_loss();
    void directional_loss();
    double softmax();
    double squared_error();

    std::vector<Layer> layers_;
    const double* data_;
    const int* labels_ = nullptr;      // for cross-entropy,
    const double* targets_ = nullptr;  // or for squared error
    Index batch_;
    Index parameters_ = 0;
    const double* theta_ = nullptr;
};

}  // namespace hesse::bench::hand
