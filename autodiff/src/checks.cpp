#include <array>
#include <cmath>
#include <span>
#include <stdexcept>
#include <string>

#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/shapes.hpp"

namespace hesse {

void require_size(const char* what, Index given, Index expected) {
    if (given == expected) return;
    throw std::invalid_argument(std::string(what) + " has " + std::to_string(given) + " entries, expected " +
                                std::to_string(expected));
}

template <class T>
void require_finite(const char* what, const T* x, Index n) {
    // x - x is 0 or NaN: sums that vectorise decide, and only a bad vector is searched.
    constexpr Index lanes = 16;
    std::array<T, lanes> sums{};
    Index whole = n / lanes * lanes;
    for (Index i = 0; i < whole; i += lanes) {
        for (Index k = 0; k < lanes; ++k) sums[static_cast<std::size_t>(k)] += x[i + k] - x[i + k];
    }
    T sum(0);
    for (const T& lane : sums) sum += lane;
    for (Index i = whole; i < n; ++i) sum += x[i] - x[i];
    if (sum == T(0)) return;
    for (Index i = 0; i < n; ++i) {
        if (!std::isfinite(x[i])) {
            throw std::invalid_argument(std::string(what) + " has the entry " + std::to_string(x[i]) + " at " +
                                        std::to_string(i) + ", expected finite numbers");
        }
    }
}
template void require_finite(const char*, const double*, Index);
template void require_finite(const char*, const float*, Index);

void require_shapes(std::span<const Shape> shapes, Index size) {
    Index total = 0;
    std::string text;
    for (const Shape& s : shapes) {
        if (s.rows < 0 || s.cols < 0) {
            throw std::invalid_argument("unpack: the shape " + shape_text(s.rows, s.cols) + " is negative");
        }
        total += s.rows * s.cols;
        text += (text.empty() ? "" : ", ") + shape_text(s.rows, s.cols);
    }
    if (total != size) {
        throw std::invalid_argument("unpack: the shapes " + text + " have " + std::to_string(total) +
                                    " entries together, but the vector has " + std::to_string(size));
    }
}

}  // namespace hesse
