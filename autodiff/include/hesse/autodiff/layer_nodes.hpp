#pragma once

#include "hesse/autodiff/array_nodes.hpp"

namespace hesse {

/// How attention sees its columns, and who looks at whom.
struct AttentionOptions {
    Index sequences = 1;  // as many lie side by side, all of one length
    Index heads = 1;      // as many lie below each other
    bool causal = false;  // a query looks at no key behind its own place; the last query at all of them
};

/// An image stored in a column: down its rows, then from column to column, then from channel to channel.
struct ImageShape {
    Index height, width = 1, channels = 1;
    [[nodiscard]] Index pixels() const { return height * width; }
    [[nodiscard]] Index size() const { return height * width * channels; }
};

/// A window that moves over an image, which is continued by `padding` on each side.
struct Window {
    Shape size;
    Shape stride{1, 1};
    Shape padding{0, 0};
};

/// Layers of networks: nodes with exact second order. Defined in engine/, compiled once for double and float.
template <class T>
struct LayerNodes {
    using Operand = ArrayOperand<T>;

    /// See the functions of the same name in layers.hpp.
    static Operand attention(const Operand& q, const Operand& k, const Operand& v,
                             const AttentionOptions& options);
    static Operand batched_multiply(const Operand& a, const Operand& b, Index count, bool transpose_a,
                                    bool transpose_b);
    static Operand convolution(const Operand& images, const Operand& weights, const ImageShape& image,
                               const Window& window);
    static Operand max_pooling(const Operand& images, const ImageShape& image, const Window& window);
    static Operand average_pooling(const Operand& images, const ImageShape& image, const Window& window);
};
extern template struct LayerNodes<double>;
extern template struct LayerNodes<float>;

/// The image that a window makes of another: as many rows and columns as it has places. Throws std::invalid_argument
/// if the window does not fit, naming both.
ImageShape places_of_window(const char* function, const ImageShape& image, const Window& window);

}  // namespace hesse
