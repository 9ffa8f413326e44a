#include "hesse/autodiff/engine/attention.hpp"
#include "hesse/autodiff/engine/batched_product.hpp"
#include "hesse/autodiff/engine/convolution.hpp"
#include "hesse/autodiff/engine/copy.hpp"
#include "hesse/autodiff/engine/pooling.hpp"

#include <stdexcept>
#include <string>

namespace hesse {
namespace {

std::string text_of(const ImageShape& image) {
    return "(" + std::to_string(image.height) + " x " + std::to_string(image.width) + " x " +
           std::to_string(image.channels) + ")";
}

}  // namespace

void engine::require_parts(const char* function, const char* part, Index count, const char* whole,
                           Index length) {
    if (count >= 1 && length % count == 0) return;
    throw std::invalid_argument(std::string(function) + ": " + std::to_string(count) + " " + part +
                                " do not divide the " + std::to_string(length) + " " + whole);
}

void engine::require_image(const char* function, const ImageShape& image, Index rows, Index cols) {
    if (rows == image.size()) return;
    throw std::invalid_argument(std::string(function) + ": the array " + shape_text(rows, cols) +
                                " does not hold images " + text_of(image) + ", " +
                                std::to_string(image.size()) + " rows, as columns");
}

ImageShape places_of_window(const char* function, const ImageShape& image, const Window& window) {
    const auto places = [&](Index length, Index size, Index stride, Index padding) -> Index {
        // A window that lies in the padding altogether would see nothing.
        if (length < 0 || size < 1 || stride < 1 || padding < 0 || padding >= size ||
            size > length + 2 * padding) {
            throw std::invalid_argument(std::string(function) + ": a window of shape " +
                                        shape_text(window.size.rows, window.size.cols) + " with stride " +
                                        shape_text(window.stride.rows, window.stride.cols) + " and padding " +
                                        shape_text(window.padding.rows, window.padding.cols) +
                                        " does not fit the image " + text_of(image));
        }
        return (length + 2 * padding - size) / stride + 1;
    };
    return {places(image.height, window.size.rows, window.stride.rows, window.padding.rows),
            places(image.width, window.size.cols, window.stride.cols, window.padding.cols), image.channels};
}

template struct LayerNodes<double>;
template struct LayerNodes<float>;

}  // namespace hesse
