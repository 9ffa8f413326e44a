#pragma once

#include "hesse/autodiff/engine/factors.hpp"
#include "hesse/autodiff/layer_nodes.hpp"

#include <array>

namespace hesse {
namespace engine {

/// The windows of an image as a matrix, one row a place of the window and one column an entry of it: down the window's
/// rows, then its columns, then the channels. Padding is zero.
struct Patches {
    ImageShape image, places;
    Window window;

    [[nodiscard]] Index rows() const { return places.pixels(); }
    [[nodiscard]] Index cols() const { return window.size.rows * window.size.cols * image.channels; }
    [[nodiscard]] Index size() const { return rows() * cols(); }

    /// Calls visit(first entry in the matrix, first entry in the image, count) for entries of the image that the window
    /// sees; from one to the next they are 1 apart in the matrix and the stride in the image.
    template <class Visit>
    void for_each_run(const Visit& visit) const {
        Index column = 0;
        for (Index channel = 0; channel < image.channels; ++channel) {
            for (Index j = 0; j < window.size.cols; ++j) {
                for (Index i = 0; i < window.size.rows; ++i, ++column) {
                    // Rows of the image that this entry of the window sees, from place to place.
                    const Index step = window.stride.rows, top = i - window.padding.rows;
                    const Index begin = top >= 0 ? 0 : (-top + step - 1) / step;
                    const Index end = std::min(places.height,
                                               top >= image.height ? 0 : (image.height - 1 - top) / step + 1);
                    if (begin >= end) continue;
                    for (Index x = 0; x < places.width; ++x) {
                        const Index y = x * window.stride.cols + j - window.padding.cols;
                        if (y < 0 || y >= image.width) continue;
                        visit(column * rows() + x * places.height + begin,
                              (channel * image.width + y) * image.height + top + begin * step, end - begin);
                    }
                }
            }
        }
    }
    template <class T>
    void gather(const T* x, T* patches) const {
        const Index step = window.stride.rows;
        if (window.padding.rows != 0 || window.padding.cols != 0) std::fill_n(patches, size(), T(0));
        for_each_run([&](Index to, Index from, Index count) {
            if (step == 1) {
                for (Index i = 0; i < count; ++i) patches[to + i] = x[from + i];
            } else {
                for (Index i = 0; i < count; ++i) patches[to + i] = x[from + i * step];
            }
        });
    }
    template <class T>
    void scatter_add(const T* patches, T* x) const {
        const Index step = window.stride.rows;
        for_each_run([&](Index from, Index to, Index count) {
            if (step == 1) {
                for (Index i = 0; i < count; ++i) x[to + i] += patches[from + i];
            } else {
                for (Index i = 0; i < count; ++i) x[to + i * step] += patches[from + i];
            }
        });
    }
};

/// For each image, with C its patches (places x entries of a window): Y = C W', (places x channels).
/// W_bar += Y_bar' C,   C_bar = Y_bar W
/// The patches are gathered anew in each sweep: that costs little beside the products, and their memory many times
/// that of the images.
template <class T>
struct ConvolutionNode {
    static constexpr const char* name = "convolution";
    std::size_t slots_before, slots_after;
    std::size_t result;
    Patches patches;
    ColumnFactor<T> images, weights;
    T* scratch;  // two matrices of patches

    void describe(NodeDescription<T>& to) const {
        to.operands = {images.description(), weights.description()};
        to.result = NodeDescription<T>::slots(result, result_rows(), images.cols);
        to.kept = static_cast<std::size_t>(2 * patches.rows() * patches.cols());
        to.flops =
            2.0 * static_cast<double>(result_rows() * images.cols) * static_cast<double>(patches.cols());
    }
    void dependencies(EntryDependencies& of) const {
        for (Index n = 0; n < images.cols; ++n) {
            const SlotArray y{result + static_cast<std::size_t>(n * result_rows()), patches.rows(),
                              weights.rows, 1, patches.rows()};
            if (images.variable && weights.variable) {
                of.nonlinear(y, std::array{images.slots().column(n), weights.slots()});
            } else if (images.variable) {
                of.linear(y, images.slots().column(n));
            } else {
                for (Index c = 0; c < weights.rows; ++c) of.linear(y.column(c), weights.slots().row(c));
            }
        }
    }
    [[nodiscard]] Index result_rows() const { return patches.rows() * weights.rows; }

    // Y (+)= C W'
    void multiply(const T* c, const T* w, bool add, T* y) const {
        block_product(as_is, transposed_factor, patches.rows(), weights.rows, patches.cols(), c,
                      patches.rows(), w, weights.outer, add, y, patches.rows());
    }
    void pull_weights(const T* y_bar, const T* c, T* w_bar) const {
        block_product(transposed_factor, as_is, weights.rows, patches.cols(), patches.rows(), y_bar,
                      patches.rows(), c, patches.rows(), true, w_bar, weights.outer);
    }
    // C_bar (+)= Y_bar W
    void pull_patches(const T* y_bar, const T* w, bool add, T* c_bar) const {
        block_product(as_is, as_is, patches.rows(), patches.cols(), weights.rows, y_bar, patches.rows(), w,
                      weights.outer, add, c_bar, patches.rows());
    }

    void value(const T* x, const T* w, T* y) const {
        for (Index n = 0; n < images.cols; ++n) {
            patches.gather(x + n * images.outer, scratch);
            multiply(scratch, w, false, y + n * result_rows());
        }
    }
    T rounding(const SweepArrays<T>& at) const {
        return rounding_of(at, result, result + static_cast<std::size_t>(result_rows() * images.cols));
    }
    void gradient(const SweepArrays<T>& at) {
        at.tape.require_adjoints({result, static_cast<std::size_t>(result_rows() * images.cols)});
        images.require_adjoints(at.tape);
        weights.require_adjoints(at.tape);
        for (Index n = 0; n < images.cols; ++n) {
            const T* y_bar = at.adjoint + result + n * result_rows();
            if (weights.variable) {
                patches.gather(images.value(at) + n * images.outer, scratch);
                pull_weights(y_bar, scratch, weights.adjoint(at));
            }
            if (images.variable) {
                pull_patches(y_bar, weights.value(at), false, scratch);
                patches.scatter_add(scratch, images.adjoint(at) + n * images.outer);
            }
        }
    }
    void tangent(const SweepArrays<T>& at) {
        for (Index n = 0; n < images.cols; ++n) {
            T* y_dot = at.tangent + result + n * result_rows();
            if (weights.variable) {
                patches.gather(images.value(at) + n * images.outer, scratch);
                multiply(scratch, weights.tangent(at), false, y_dot);
            }
            if (images.variable) {
                patches.gather(images.tangent(at) + n * images.outer, scratch);
                multiply(scratch, weights.value(at), weights.variable, y_dot);
            }
        }
    }
    void product(const SweepArrays<T>& at) {
        T* other = scratch + patches.size();
        for (Index n = 0; n < images.cols; ++n) {
            const T* y_bar = at.adjoint + result + n * result_rows();
            const T* y_bar_dot = at.second + result + n * result_rows();
            if (weights.variable) {
                patches.gather(images.value(at) + n * images.outer, scratch);
                pull_weights(y_bar_dot, scratch, weights.second(at));
            }
            if (weights.variable && images.variable) {
                patches.gather(images.tangent(at) + n * images.outer, other);
                pull_weights(y_bar, other, weights.second(at));
            }
            if (images.variable) {
                pull_patches(y_bar_dot, weights.value(at), false, scratch);
                if (weights.variable) pull_patches(y_bar, weights.tangent(at), true, scratch);
                patches.scatter_add(scratch, images.second(at) + n * images.outer);
            }
        }
    }
};

void require_image(const char* function, const ImageShape& image, Index rows, Index cols);

}  // namespace engine

template <class T>
ArrayOperand<T> LayerNodes<T>::convolution(const Operand& images_given, const Operand& weights_given,
                                           const ImageShape& image, const Window& window) {
    engine::ConvolutionNode<T> node{};
    node.patches = {image, places_of_window("convolution", image, window), window};
    engine::require_image("convolution", image, images_given.rows, images_given.cols);
    if (weights_given.cols != node.patches.cols()) {
        throw_shapes("convolution: weights and (channels x window)", weights_given.rows, weights_given.cols,
                     weights_given.rows, node.patches.cols());
    }
    Tape<T>* tape = engine::tape_of_operands({&images_given, &weights_given});
    const Operand images = engine::by_columns(images_given), weights = engine::by_columns(weights_given);
    node.images = engine::column_factor(images, tape);
    node.weights = engine::column_factor(weights, tape);
    if (tape == nullptr) {
        auto y = allocate_array<T>(node.result_rows(), images.cols);
        std::vector<T> scratch(static_cast<std::size_t>(node.patches.size()));
        node.scratch = scratch.data();
        node.value(images.data, weights.data, y.data);
        return y.operand;
    }
    node.scratch = tape->keep_numbers(static_cast<std::size_t>(2 * node.patches.size()));
    node.slots_before = tape->slots();
    const Operand y = allocate_variable(*tape, node.result_rows(), images.cols);
    node.slots_after = tape->slots();
    node.result = y.slot;
    node.value(images.values(), weights.values(), tape->values() + y.slot);
    append(*tape, node);
    return y;
}

}  // namespace hesse
