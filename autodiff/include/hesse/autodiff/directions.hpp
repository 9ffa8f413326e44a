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

/// Whether scalar statements are compiled for blocks of directions, which takes as long as their other sweeps together:
/// not where assertions are on. Products of a block are then made one after the other; units of both kinds may be linked.
#ifdef NDEBUG
inline constexpr bool compiles_blocks = true;
#else
constexpr bool compiles_blocks = false;
#endif

/// Derivatives of a number along several directions at once: the tangent of a Dual<T, Directions<T>>. Values and
/// partial derivatives are computed once for all of them.
template <class T, class Architecture = VectorArchitecture<T>>
class Directions {
    using P = std::conditional_t<std::is_floating_point_v<T>, Pack<T, Architecture>, T>;
    static constexpr std::size_t lanes = std::size_t{Lanes<P>::size};
    static constexpr std::size_t packs = directions_at_once<T> / lanes;

public:
    Directions() = default;
    /// The same along all of them.
    template <PlainNumber S>
    [[gnu::always_inline]] Directions(const S& x) {  // NOLINT(google-explicit-constructor): a number
        packs_.fill(P(x));
    }

    // Plain loops: a function object for each operation would cost a compiler as much as all the rest of a statement.
    [[gnu::always_inline]] static Directions load(const T* from) {
        Directions y;
        for (std::size_t k = 0; k < packs; ++k) y.packs_[k] = Lanes<P>::load(from + k * lanes);
        return y;
    }
    [[gnu::always_inline]] void store(T* to) const {
        for (std::size_t k = 0; k < packs; ++k) Lanes<P>::store(packs_[k], to + k * lanes);
    }

    [[gnu::always_inline]] friend Directions operator-(const Directions& a) {
        Directions y;
        for (std::size_t k = 0; k < packs; ++k) y.packs_[k] = -a.packs_[k];
        return y;
    }
    [[gnu::always_inline]] friend Directions operator+(const Directions& a, const Directions& b) {
        Directions y;
        for (std::size_t k = 0; k < packs; ++k) y.packs_[k] = a.packs_[k] + b.packs_[k];
        return y;
    }
    [[gnu::always_inline]] friend Directions operator-(const Directions& a, const Directions& b) {
        Directions y;
        for (std::size_t k = 0; k < packs; ++k) y.packs_[k] = a.packs_[k] - b.packs_[k];
        return y;
    }
    template <PlainNumber S>
    [[gnu::always_inline]] friend Directions operator*(const Directions& a, const S& factor) {
        const P all(factor);
        Directions y;
        for (std::size_t k = 0; k < packs; ++k) y.packs_[k] = a.packs_[k] * all;
        return y;
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
        Directions y;
        for (std::size_t k = 0; k < packs; ++k) y.packs_[k] = multiply_add(a.packs_[k], all, b.packs_[k]);
        return y;
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
    std::array<P, packs> packs_;
};

}  // namespace hesse
