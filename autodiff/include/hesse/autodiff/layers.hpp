#pragma once

#include "hesse/autodiff/layer_nodes.hpp"
#include "hesse/autodiff/matrix_functions.hpp"
#include "hesse/autodiff/rearrangement.hpp"
#include "hesse/autodiff/reductions.hpp"
#include "hesse/autodiff/slice_nodes.hpp"

/// Layers of networks. Samples are columns, so that a layer is `weights * samples`. Every function is exact to the second
/// order in whatever is variable, and evaluates what is expensive once a point.
namespace hesse {

// ------------------------------------------------------------------------------------------ slices as a whole

template <ArrayLike X>
using SliceNodesOf = SliceNodes<typename std::remove_cvref_t<X>::Expression::T>;

/// exp(x) / sum(exp(x)) of each column, of each row or of all entries, computed with the largest entry taken out. An
/// entry of -inf has probability 0; where all are -inf, all have.
template <ArrayLike X>
auto softmax(const X& x, Slices slices = Slices::all, SourceLine line = SourceLine::here()) {
    note(line);
    return array_like<X>(SliceNodesOf<X>::softmax(x.expression().operand(), slices));
}
/// Its logarithm, x - log_sum_exp(x); -inf stays -inf.
template <ArrayLike X>
auto log_softmax(const X& x, Slices slices = Slices::all, SourceLine line = SourceLine::here()) {
    note(line);
    return array_like<X>(SliceNodesOf<X>::log_softmax(x.expression().operand(), slices));
}

/// -log softmax(scores) at the right class of each sample: log_sum_exp(scores) - scores(label), (1 x samples) where
/// samples are columns. The loss is usually its mean. Throws std::invalid_argument if there is not one label a
/// sample, or one is no class.
template <ArrayLike X>
auto cross_entropy(const X& scores, const Indices& labels, Slices slices = by_column,
                   SourceLine line = SourceLine::here()) {
    return log_sum_exp(scores, slices, line) - pick(scores, labels, slices);
}

/// y = a b, and 0 where a is 0 whatever b is.      dy/da = b, dy/db = a
struct Weighted {
    static constexpr std::string_view name = "cross_entropy";
    static constexpr Keep keep = Keep::nothing;
    template <class A, class B>
    static CommonNumber<A, B> value(const A& a, const B& b) {
        using R = CommonNumber<A, B>;
        return select(a == zero<A>, R(zero<R>), R(a * b));
    }
    template <std::size_t I, class A, class B, class Y>
    static Y partial(const A& a, const B& b, const Y&) {
        if constexpr (I == 0) return Y(b);
        else return Y(a);
    }
};
/// The same for probabilities of the classes, of the shape of the scores: -sum_i p_i log softmax(scores)_i. A class of
/// probability 0 counts for nothing even if its score is -inf.
template <ArrayLike X, class P>
    requires((ArrayLike<P> || EigenArray<P>) && !std::integral<typename std::remove_cvref_t<P>::Scalar>)
auto cross_entropy(const X& scores, P&& probabilities, Slices slices = by_column,
                   SourceLine line = SourceLine::here()) {
    const auto terms =
        apply_at<Weighted>(line, std::forward<P>(probabilities), log_softmax(scores, slices, line));
    using T = typename decltype(terms)::T;
    return -array_like<decltype(terms)>(ArrayNodes<T>::sum(terms.operand(), slices));
}

/// (x - mean) / sqrt(variance + epsilon) of each column, of each row or of all; the variance is the mean of squares.
template <ArrayLike X>
auto standardize(const X& x, double epsilon = 1e-5, Slices slices = by_column,
                 SourceLine line = SourceLine::here()) {
    note(line);
    using T = typename std::remove_cvref_t<X>::Expression::T;
    return array_like<X>(SliceNodes<T>::standardize(x.expression().operand(), T(epsilon), slices));
}
/// Layer normalisation: each sample standardised, then scaled and shifted entry by entry; gain and shift have as many
/// entries as a sample. Samples are columns, or rows.
template <class X, class Gain, class Shift>
    requires ArrayArguments<X, Gain, Shift>
auto layer_norm(X&& x, Gain&& gain, Shift&& shift, double epsilon = 1e-5, Slices samples = by_column,
                SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<X, Gain, Shift>;
    const ArrayView<T, is_active_argument<X>, Words::matrix> given(
        entries_of<T>(std::forward<X>(x), tape_of_argument<T>(x)));
    // By the transpose where samples are rows, which is only a view.
    const auto z = standardize(samples == by_row ? given.transpose() : given, epsilon, by_column);
    const auto y = ((z.colwise() * std::forward<Gain>(gain)).colwise() + std::forward<Shift>(shift)).eval();
    return samples == by_row ? y.transpose() : y;
}

// --------------------------------------------------------------------------------------------------- products

/// Which blocks of a batched product are transposed.
struct TransposedBlocks {
    bool left = false, right = false;
};
/// Products of `count` blocks that lie side by side: C_i = A_i B_i, or with the transposes of A_i or B_i.
/// a: (m x k count), or (k x m count) to be transposed; b: (k x n count), or (n x k count). Returns (m x n count).
/// Throws std::invalid_argument if blocks do not fit.
template <class A, class B>
    requires ArrayArguments<A, B>
auto batched_multiply(A&& a, B&& b, Index count, TransposedBlocks transposed = {},
                      SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<A, B>;
    return apply_to_operands(
        [&](const ArrayOperand<T>& left, const ArrayOperand<T>& right) {
            return LayerNodes<T>::batched_multiply(left, right, count, transposed.left, transposed.right);
        },
        std::forward<A>(a), std::forward<B>(b));
}

/// Scaled dot-product attention: V softmax(K'Q / sqrt(d)) for each sequence and head, where softmax is down columns.
///
/// queries: (d heads x n), keys: (d heads x m), values: (w heads x m), whose columns are the tokens of `sequences`
/// sequences one after the other. Returns (w heads x n). Costs four products of the sizes of Q and K a head for a
/// gradient, twelve for a Hessian product; keeps the probabilities, n m / sequences a head.
/// Throws std::invalid_argument if shapes, sequences or heads do not fit.
/// Vaswani et al., "Attention is all you need", 2017.
template <class Q, class K, class V>
    requires ArrayArguments<Q, K, V>
auto attention(Q&& queries, K&& keys, V&& values, const AttentionOptions& options = {},
               SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<Q, K, V>;
    return apply_to_operands(
        [&](const ArrayOperand<T>& q, const ArrayOperand<T>& k, const ArrayOperand<T>& v) {
            return LayerNodes<T>::attention(q, k, v, options);
        },
        std::forward<Q>(queries), std::forward<K>(keys), std::forward<V>(values));
}

// ----------------------------------------------------------------------------------------------------- images

/// The cross-correlation of images with windows of weights, which networks call a convolution.
///
/// images: (height width channels x images), each a column as ImageShape says; weights: (out x window height window
/// width channels), each row a window, in the same order. Returns (height' width' out x images), where height' is
/// (height + 2 padding - window height) / stride + 1, rounded down; the padding is zero.
/// Throws std::invalid_argument if a shape does not fit. A bias is added with `.colwise() + each_repeated(bias, places)`.
template <class X, class W>
    requires ArrayArguments<X, W>
auto convolution_2d(X&& images, W&& weights, const ImageShape& image, const Window& window,
                    SourceLine line = SourceLine::here()) {
    note(line);
    using T = NumberOfArguments<X, W>;
    return apply_to_operands(
        [&](const ArrayOperand<T>& x, const ArrayOperand<T>& w) {
            return LayerNodes<T>::convolution(x, w, image, window);
        },
        std::forward<X>(images), std::forward<W>(weights));
}
/// The same along sequences: (length channels x sequences), each channel by itself in one piece.
template <class X, class W>
    requires ArrayArguments<X, W>
auto convolution_1d(X&& sequences, W&& weights, Index length, Index channels, Index window, Index stride = 1,
                    Index padding = 0, SourceLine line = SourceLine::here()) {
    note(line);
    return convolution_2d(std::forward<X>(sequences), std::forward<W>(weights), {length, 1, channels},
                          {{window, 1}, {stride, 1}, {padding, 0}});
}

/// The largest entry of each window, channel by channel: (height' width' channels x images). Of equal ones the first
/// has the derivative; the padding has no say.
template <ArrayLike X>
auto max_pooling_2d(const X& images, const ImageShape& image, const Window& window,
                    SourceLine line = SourceLine::here()) {
    note(line);
    using T = typename std::remove_cvref_t<X>::Expression::T;
    return array_like<X>(LayerNodes<T>::max_pooling(images.expression().operand(), image, window));
}
/// The mean of what each window sees of the image; the padding does not count.
template <ArrayLike X>
auto average_pooling_2d(const X& images, const ImageShape& image, const Window& window,
                        SourceLine line = SourceLine::here()) {
    note(line);
    using T = typename std::remove_cvref_t<X>::Expression::T;
    return array_like<X>(LayerNodes<T>::average_pooling(images.expression().operand(), image, window));
}
/// The same along sequences.
template <ArrayLike X>
auto max_pooling_1d(const X& sequences, Index length, Index channels, Index window, Index stride,
                    Index padding = 0, SourceLine line = SourceLine::here()) {
    note(line);
    return max_pooling_2d(sequences, {length, 1, channels}, {{window, 1}, {stride, 1}, {padding, 0}});
}
template <ArrayLike X>
auto average_pooling_1d(const X& sequences, Index length, Index channels, Index window, Index stride,
                        Index padding = 0, SourceLine line = SourceLine::here()) {
    note(line);
    return average_pooling_2d(sequences, {length, 1, channels}, {{window, 1}, {stride, 1}, {padding, 0}});
}

/// Each entry of x `count` times in a row, as a column: a number a channel becomes one a pixel.
template <ArrayLike X>
auto each_repeated(const X& x, Index count, SourceLine line = SourceLine::here()) {
    note(line);
    return x.expression().reshaped(1, x.size()).replicate(count, 1).reshaped();
}

}  // namespace hesse
