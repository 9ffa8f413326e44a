#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/shapes.hpp"
#include "hesse/autodiff/simd.hpp"

#include <algorithm>
#include <cmath>
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

namespace {

/// Whether all entries are finite; calls visit(i, entries) for packs of them and for single ones. x - x is 0 or
/// NaN, so that sums decide, four side by side since additions would wait for one another.
template <class T, class Visit>
bool all_finite(const T* x, Index n, const Visit& visit) {
    using P = Pack<T>;
    P a(T(0)), b(T(0)), c(T(0)), d(T(0));
    Index i = 0;
    const auto next = [&] {
        const P entries = P::load(x + i);
        visit(i, entries);
        i += P::size;
        return entries - entries;
    };
    while (i + 4 * P::size <= n) {
        a += next();
        b += next();
        c += next();
        d += next();
    }
    T rest = sum((a + b) + (c + d));
    for (; i < n; ++i) {
        visit(i, x[i]);
        rest += x[i] - x[i];
    }
    return rest == T(0);
}

template <class T>
[[noreturn]] void throw_not_finite(const char* what, const T* x, Index n) {
    const Index i = std::find_if(x, x + n, [](const T& entry) { return !std::isfinite(entry); }) - x;
    throw std::invalid_argument(std::string(what) + " has the entry " + std::to_string(x[i]) + " at " +
                                std::to_string(i) + ", expected finite numbers");
}

}  // namespace

template <class T>
void require_finite(const char* what, const T* x, Index n) {
    if (!all_finite(x, n, [](Index, const auto&) {})) throw_not_finite(what, x, n);
}
template <class T>
void copy_finite(const char* what, const T* x, Index n, T* out) {
    const bool finite = all_finite(x, n, [out](Index i, const auto& entries) {
        if constexpr (std::is_same_v<decltype(entries), const T&>) {
            out[i] = entries;
        } else {
            entries.store(out + i);
        }
    });
    if (!finite) throw_not_finite(what, x, n);
}
template void require_finite(const char*, const double*, Index);
template void require_finite(const char*, const float*, Index);
template void copy_finite(const char*, const double*, Index, double*);
template void copy_finite(const char*, const float*, Index, float*);

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
