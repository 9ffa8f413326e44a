#pragma once

#include "hesse/autodiff/layers.hpp"
#include "hesse/autodiff/matrix_product.hpp"
#include "hesse/autodiff/operations.hpp"
#include "hesse/optim/models/model.hpp"

#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

/// Layers with parameters, for models: functions of p (see model.hpp), which asks for the parameters, and of what comes in,
/// whose columns are samples. What is not told is read from the shape of that.
namespace hesse {

/// y = x.
struct NoActivation {
    template <class X>
    auto operator()(X&& x) const {
        return std::forward<X>(x);
    }
};
/// The activation at each entry: a rule, `Tanh{}`, `GeluTanh{}`, `Relu{}`, or a function, `[](const auto& x) { ... }`.
template <class Activation, class X>
auto activate(const Activation& activation, X&& x) {
    if constexpr (std::is_invocable_v<const Activation&, X>) return activation(std::forward<X>(x));
    else return apply<Activation>(std::forward<X>(x));
}

/// activation(W x + b): a dense layer of `out` units. Parameters "weights" (out x x.rows()), "bias" (out), which is zero at
/// first. Returns (out x samples).
template <class P, class X, class Activation = NoActivation>
auto dense(const P& p, const X& x, Index out, const Activation& activation = {},
           const Initialiser& initialiser = Initialiser::glorot_uniform()) {
    const auto weights = p.take("weights", shape(out, x.rows()), initialiser);
    const auto bias = p.take("bias", shape(out), Initialiser::zeros());
    return activate(activation, (weights * x).colwise() + bias).eval();
}

/// W x. Parameters "weights" (out x x.rows()).
template <class P, class X>
auto linear(const P& p, const X& x, Index out,
            const Initialiser& initialiser = Initialiser::glorot_uniform()) {
    return (p.take("weights", shape(out, x.rows()), initialiser) * x).eval();
}

/// What a convolution makes of an image: its shape, for the layer after it.
inline ImageShape convolved(const ImageShape& image, const Window& window, Index channels) {
    ImageShape places = places_of_window("convolved", image, window);
    places.channels = channels;
    return places;
}
/// activation(windows of x times W + b): a convolution with `channels` outputs. x: (height width channels x images), see
/// convolution_2d. Parameters "weights" (channels x window height window width image channels), "bias" (channels).
/// Returns (height' width' channels x images), images of the shape `convolved(image, window, channels)`.
template <class P, class X, class Activation = NoActivation>
auto convolution(const P& p, const X& x, const ImageShape& image, const Window& window, Index channels,
                 const Activation& activation = {},
                 const Initialiser& initialiser = Initialiser::he_uniform()) {
    const Index area = window.size.rows * window.size.cols;
    const Fans fans{area * image.channels, area * channels};
    const auto weights = p.take("weights", shape(channels, area * image.channels), initialiser, fans);
    const auto bias = p.take("bias", shape(channels), Initialiser::zeros());
    const auto y = convolution_2d(x, weights, image, window);
    const Index places = convolved(image, window, channels).pixels();
    return activate(activation, y.colwise() + each_repeated(bias, places)).eval();
}

/// Each sample standardised, then scaled and shifted. Parameters "gain" (x.rows()), one at first, and "shift", zero.
/// Ba, Kiros and Hinton, "Layer normalization", 2016.
template <class P, class X>
auto layer_normalisation(const P& p, const X& x, double epsilon = 1e-5) {
    const auto gain = p.take("gain", shape(x.rows()), Initialiser::ones());
    const auto shift = p.take("shift", shape(x.rows()), Initialiser::zeros());
    return layer_norm(x, gain, shift, epsilon).eval();
}

/// A vector for each token: (width x tokens). Parameters "vectors" (width x vocabulary).
/// Throws std::invalid_argument if a token is outside of [0, vocabulary).
template <class P>
auto embedding(const P& p, const Indices& tokens, Index vocabulary, Index width,
               const Initialiser& initialiser = Initialiser::normal(0.02)) {
    return gather_columns(p.take("vectors", shape(width, vocabulary), initialiser), tokens);
}

/// x plus a vector for each place in a sequence; x (width x length sequences), one sequence after the other. Parameters
/// "vectors" (width x length). Throws std::invalid_argument unless there are `sequences` of one length.
template <class P, class X>
auto positional_embedding(const P& p, const X& x, Index sequences,
                          const Initialiser& initialiser = Initialiser::normal(0.02)) {
    if (sequences < 1 || x.cols() % sequences != 0)
        throw std::invalid_argument("positional_embedding: " + std::to_string(x.cols()) + " columns are no " +
                                    std::to_string(sequences) + " sequences of one length");
    const auto vectors = p.take("vectors", shape(x.rows(), x.cols() / sequences), initialiser);
    return (x + vectors.replicate(1, sequences)).eval();
}

/// W_o attention(W_q x + b_q, W_k x + b_k, W_v x + b_v) + b_o: attention of the columns of x (d x tokens) to each other, in
/// heads of d / heads rows; see attention. Parameters "weights" (3d x d) and "bias" (3d), of queries, keys and values below each
/// other, and those of the dense layer "output". Returns (d x tokens).
/// Throws std::invalid_argument if heads or sequences do not fit. Vaswani et al., "Attention is all you need", 2017.
template <class P, class X>
auto self_attention(const P& p, const X& x, const AttentionOptions& options,
                    const Initialiser& initialiser = Initialiser::glorot_uniform(),
                    const Initialiser& output = Initialiser::glorot_uniform()) {
    const Index d = x.rows();
    const auto weights = p.take("weights", shape(3 * d, d), initialiser, Fans{d, d});
    const auto bias = p.take("bias", shape(3 * d), Initialiser::zeros());
    const auto all = ((weights * x).colwise() + bias).eval();
    const auto mixed = attention(all.topRows(d), all.middleRows(d, d), all.bottomRows(d), options);
    return dense(p.in("output"), mixed, d, NoActivation{}, output);
}

}  // namespace hesse
