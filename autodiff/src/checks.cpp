#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/shapes.hpp"

#include <array>
#include <cmath>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>

namespace hesse {

void require_size(const char* what, Index given, Index expected) {
    if (given == expected) return;
    throw std::invalid_argument(std::string(what) + " has " + std::to_string(given) + " entries, expected " +
                                std::to_string(expected));
}

void require_parameters(Index given) {
    if (given >= 1) return;
    throw std::invalid_argument("objective: the number of parameters is " + std::to_string(given) +
                                ", expected at least 1");
}

template <class T>
void require_finite(const char* what, const T* x, Index n) {
    // x - x is 0 or NaN: a sum over lanes, which vectorises, decides, and only a bad vector is searched.
    std::array<T, 8> lanes{};
    Index done = 0;
    for (; done + 8 <= n; done += 8) {
        for (std::size_t k = 0; k < 8; ++k)
            lanes[k] += x[done + static_cast<Index>(k)] - x[done + static_cast<Index>(k)];
    }
    for (; done < n; ++done) lanes[0] += x[done] - x[done];
    if (std::accumulate(lanes.begin(), lanes.end(), T(0)) == T(0)) return;
    for (Index i = 0; i < n; ++i) {
        if (!std::isfinite(x[i])) {
            throw std::invalid_argument(std::string(what) + " has the entry " + std::to_string(x[i]) +
                                        " at " + std::to_string(i) + ", expected finite numbers");
        }
    }
}
template void require_finite(const char*, const double*, Index);
template void require_finite(const char*, const float*, Index);

void require_shapes(std::span<const Shape> shapes, Index size) {
    Index total = 0;
    for (const Shape& s : shapes) {
        if (s.rows < 0 || s.cols < 0) {
            throw std::invalid_argument("unpack: the shape " + shape_text(s.rows, s.cols) + " is negative");
        }
        total += s.rows * s.cols;
    }
    if (total == size) return;
    std::string text;
    for (const Shape& s : shapes) text += (text.empty() ? "" : ", ") + shape_text(s.rows, s.cols);
    throw std::invalid_argument("unpack: the shapes " + text + " have " + std::to_string(total) +
                                " entries together, but the vector has " + std::to_string(size));
}

}  // namespace hesse
