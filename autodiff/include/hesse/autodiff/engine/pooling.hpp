#pragma once

#include "hesse/autodiff/engine/convolution.hpp"
#include "hesse/autodiff/engine/index_map.hpp"

namespace hesse {
namespace engine {

/// The part of an image that a window sees at one place: rows [top, bottom), columns [left, right).
struct Seen {
    Index top, bottom, left, right;
    [[nodiscard]] Index size() const { return (bottom - top) * (right - left); }
};

/// Calls visit(place, first entry of its channel, what is seen there) for each place of each channel.
template <class Visit>
void for_each_place(const ImageShape& image, const ImageShape& places, const Window& window,
                    const Visit& visit) {
    const auto cut = [](Index place, Index stride, Index padding, Index size, Index limit) {
        const Index begin = place * stride - padding;
        return std::pair{std::max<Index>(begin, 0), std::min(begin + size, limit)};
    };
    Index place = 0;
    for (Index channel = 0; channel < image.channels; ++channel) {
        for (Index x = 0; x < places.width; ++x) {
            for (Index y = 0; y < places.height; ++y, ++place) {
                const auto [top, bottom] =
                    cut(y, window.stride.rows, window.padding.rows, window.size.rows, image.height);
                const auto [left, right] =
                    cut(x, window.stride.cols, window.padding.cols, window.size.cols, image.width);
                visit(place, channel * image.pixels(), Seen{top, bottom, left, right});
            }
        }
    }
}

/// y = the mean of what the window sees; its adjoint is shared out equally.
template <class T>
struct AveragePoolingNode : OneOperand<T> {
    static constexpr const char* name = "average pooling";
    ImageShape image, places;
    Window window;
    Index images, distance;  // of the columns of x

    // Calls visit(entry of y, entry of x, 1 / entries seen) for all that belong together.
    template <class Visit>
    void for_each_entry(const Visit& visit) const {
        for (Index n = 0; n < images; ++n) {
            for_each_place(image, places, window, [&](Index place, Index channel, const Seen& seen) {
                const ScalarOf<T> share = 1 / static_cast<ScalarOf<T>>(seen.size());
                for (Index j = seen.left; j < seen.right; ++j) {
                    for (Index i = seen.top; i < seen.bottom; ++i) {
                        visit(n * places.size() + place, n * distance + channel + j * image.height + i,
                              share);
                    }
                }
            });
        }
    }
    void dependencies(EntryDependencies& of) const {
        for_each_entry([&](Index to, Index from, const auto&) {
            of.linear(this->results(to, 1), this->entries(from, 1));
        });
    }
    void value(const T* x, T* y) const {
        std::fill_n(y, images * places.size(), T(0));
        for_each_entry([&](Index to, Index from, const auto& share) { y[to] += x[from] * share; });
    }
    void pull(const T* y_bar, T* x_bar) const {
        for_each_entry([&](Index from, Index to, const auto& share) { x_bar[to] += y_bar[from] * share; });
    }
    void gradient(const SweepArrays<T>& at) {
        this->plan(at.tape);
        pull(at.adjoint + this->result, at.adjoint + this->slot);
    }
    void tangent(const SweepArrays<T>& at) { value(at.tangent_at(this->slot), at.tangent + this->result); }
    void product(const SweepArrays<T>& at) { pull(at.second + this->result, at.second_at(this->slot)); }
};

}  // namespace engine

template <class T>
ArrayOperand<T> LayerNodes<T>::max_pooling(const Operand& images, const ImageShape& image,
                                           const Window& window) {
    const ImageShape places = places_of_window("max_pooling", image, window);
    engine::require_image("max_pooling", image, images.rows, images.cols);
    const Operand x = engine::by_columns(images);
    const Index count = places.size() * x.cols;
    return engine::run_indexed<engine::GatherNode>(
        x, places.size(), x.cols, engine::IndexMap{count, 1}, SliceLayout{x.cols, x.rows, 1, x.outer},
        [&](const T* values, std::uint32_t* chosen) {
            for (Index n = 0; n < x.cols; ++n) {
                engine::for_each_place(
                    image, places, window, [&](Index place, Index channel, const engine::Seen& seen) {
                        const Index first = x.offset(0, n) + channel;
                        Index best = first + seen.left * image.height + seen.top;
                        for (Index j = seen.left; j < seen.right; ++j) {
                            for (Index i = seen.top; i < seen.bottom; ++i) {
                                const Index at = first + j * image.height + i;
                                // The first of equal ones; a NaN once met stays.
                                if (values[best] == values[best] && !(values[at] <= values[best])) best = at;
                            }
                        }
                        chosen[n * places.size() + place] = static_cast<std::uint32_t>(best);
                    });
            }
        });
}

template <class T>
ArrayOperand<T> LayerNodes<T>::average_pooling(const Operand& images, const ImageShape& image,
                                               const Window& window) {
    engine::AveragePoolingNode<T> node{};
    node.places = places_of_window("average_pooling", image, window);
    engine::require_image("average_pooling", image, images.rows, images.cols);
    const Operand x = engine::by_columns(images);
    node.image = image;
    node.window = window;
    node.images = x.cols;
    node.distance = x.outer;
    return engine::run<T>(x, node.places.size(), x.cols, node,
                          [&](const T* from, T* to) { node.value(from, to); });
}

}  // namespace hesse
