#pragma once

#include "hesse/autodiff/number.hpp"
#include "hesse/autodiff/simd.hpp"

#include <array>
#include <cstddef>
#include <type_traits>

namespace hesse {

/// How many directions a block of Hessian products follows at once: as many numbers as fill a cache line.
template <class T>
inline constexpr std::size_t directions_at_once = std::is_floating_point_v<T> ? 64 / sizeof(T) : 1;

/// Derivatives of a number along several directions at once: the tangent of a Dual<T, Directions<T>>. Values and
/// partial derivatives are computed once for all of them.
template <class T, class Architecture = VectorArchitecture<T>>
class Directions {
    using P = std::conditional_t<std::is_floating_point_v<T>, Pack<T, Architecture>, T>;
    static constexpr std::size_t lanes = [] {
        if constexpr (std::is_floating_point_v<T>) return std::size_t{P::size};
        else return std::size_t{1};
    }();
    static constexpr std::size_t packs = directions_at_once<T> / lanes;

public:
    Directions() = default;
    /// The same along all of them.
    template <PlainNumber S>
    [[gnu::always_inline]] Directions(const S& x) {  // NOLINT(google-explicit-constructor): a number
        packs_.fill(P(x));
    }

    [[gnu::always_inline]] static Directions load(const T* from) {
        return each([&](std::size_t k) __attribute__((always_inline)) {
            if constexpr (std::is_floating_point_v<T>) return P::load(from + k * lanes);
            else return from[k];
        });
    }
    [[gnu::always_inline]] void store(T* to) const {
        for (std::size_t k = 0; k < packs; ++k) {
            if constexpr (std::is_floating_point_v<T>) packs_[k].store(to + k * lanes);
            else to[k] = packs_[k];
        }
    }

    [[gnu::always_inline]] friend Directions operator-(const Directions& a) {
        return each([&](std::size_t k) __attribute__((always_inline)) { return -a.packs_[k]; });
    }
    [[gnu::always_inline]] friend Directions operator+(const Directions& a, const Directions& b) {
        return each([&](std::size_t k) __attribute__((always_inline)) { return a.packs_[k] + b.packs_[k]; });
    }
    [[gnu::always_inline]] friend Directions operator-(const Directions& a, const Directions& b) {
        return each([&](std::size_t k) __attribute__((always_inline)) { return a.packs_[k] - b.packs_[k]; });
    }
    template <PlainNumber S>
    [[gnu::always_inline]] friend Directions operator*(const Directions& a, const S& factor) {
        const P all(factor);
        return each([&](std::size_t k) __attribute__((always_inline)) { return a.packs_[k] * all; });
    }
    template <PlainNumber S>
    [[gnu::always_inline]] friend Directions operator*(const S& factor, const Directions& a) {
        return a * factor;
    }
    template <PlainNumber S>
    [[gnu::always_inline]] friend Directions operator/(const Directions& a, const S& divisor) {
        return a * (S(1) / divisor);
    }
    [[gnu::always_inline]] friend Directions multiply_add(const Directions& a, const T& factor,
                                                          const Directions& b) {
        const P all(factor);
        return each([&](std::size_t k) __attribute__((always_inline)) {
            return multiply_add(a.packs_[k], all, b.packs_[k]);
        });
    }
    [[gnu::always_inline]] friend Directions select(bool condition, const Directions& a,
                                                    const Directions& b) {
        return condition ? a : b;
    }
    [[gnu::always_inline]] friend bool vanishes(const Directions& a) {
        bool all_zero = true;
        for (const P& pack : a.packs_) all_zero = all_zero && all(vanishes(pack));
        return all_zero;
    }

private:
    template <class Function>
    [[gnu::always_inline]] static Directions each(const Function& function) {
        Directions y;
        for (std::size_t k = 0; k < packs; ++k) y.packs_[k] = function(k);
        return y;
    }

    std::array<P, packs> packs_;
};

}  // namespace hesse
