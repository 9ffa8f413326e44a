#pragma once

#include "hesse/optim/models/layers.hpp"

namespace hesse {

/// What a block of a transformer looks like.
struct TransformerBlock {
    AttentionOptions attention{};
    Index hidden = 0;  // units between its two dense layers; four times the width if 0
    Initialiser weights = Initialiser::normal(0.02);
    Initialiser residual = Initialiser::normal(0.02);  // of what is added to the input
};
/// y = x + attention(norm(x)),  z = y + W_2 gelu(W_1 norm(y) + b_1) + b_2, with gelu in its tanh form. x: (width x tokens), and
/// so is z. Parameters "attention norm/gain", "attention/weights", "dense norm/gain", "expand/weights", "contract/weights" ...
/// Xiong et al., "On layer normalization in the transformer architecture", ICML 2020.
template <class P, class X>
auto transformer_block(const P& p, const X& x, const TransformerBlock& block) {
    const Index hidden = block.hidden > 0 ? block.hidden : 4 * x.rows();
    const auto seen = self_attention(p.in("attention"), layer_normalisation(p.in("attention norm"), x),
                                     block.attention, block.weights, block.residual);
    const auto y = (x + seen).eval();
    const auto wide =
        dense(p.in("expand"), layer_normalisation(p.in("dense norm"), y), hidden, GeluTanh{}, block.weights);
    return (y + dense(p.in("contract"), wide, x.rows(), NoActivation{}, block.residual)).eval();
}

}  // namespace hesse
