#pragma once

#include "hesse/autodiff/number.hpp"

#include <xsimd/xsimd.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

/// Packs: as many numbers as one vector register of the machine holds. This header and simd_functions.hpp are
/// the only ones that know which SIMD library is underneath.
///
/// The vector width follows the flags a translation unit is compiled with, so the architecture is part of the
/// type: units built with different flags never share a symbol of Pack or Mask.
namespace hesse {

/// Stands for "no vector unit": packs of one number.
struct ScalarArchitecture {};

namespace simd {

template <class T, class Architecture>
struct Registers;

template <class T>
struct Registers<T, ScalarArchitecture> {
    using Batch = T;
    using Flags = bool;
    static constexpr int size = 1;
};

#ifdef XSIMD_NO_SUPPORTED_ARCHITECTURE

template <class T>
using WidestArchitecture = ScalarArchitecture;

#else

template <class T, class Architecture>
struct Registers {
    using Batch = xsimd::batch<T, Architecture>;
    using Flags = xsimd::batch_bool<T, Architecture>;
    static constexpr int size = static_cast<int>(Batch::size);
};

template <class Batch>
Batch fused(const Batch& a, const Batch& b, const Batch& c) {
    return fma(a, b, c);
}
#ifdef __AVX512F__
// xsimd 8 has no fused form of these.
template <class Architecture>
    requires std::derived_from<Architecture, xsimd::avx512f>
xsimd::batch<double, Architecture> fused(const xsimd::batch<double, Architecture>& a,
                                         const xsimd::batch<double, Architecture>& b,
                                         const xsimd::batch<double, Architecture>& c) {
    return _mm512_fmadd_pd(a, b, c);
}
template <class Architecture>
    requires std::derived_from<Architecture, xsimd::avx512f>
xsimd::batch<float, Architecture> fused(const xsimd::batch<float, Architecture>& a,
                                        const xsimd::batch<float, Architecture>& b,
                                        const xsimd::batch<float, Architecture>& c) {
    return _mm512_fmadd_ps(a, b, c);
}
#endif

/// Floats as doubles: xsimd 8 converts them one by one where registers are wide.
template <class Batch>
[[gnu::always_inline]] inline Batch widened(const float* source) {
#ifdef __AVX512F__
    if constexpr (Batch::size == 8) return Batch(_mm512_cvtps_pd(_mm256_loadu_ps(source)));
#endif
#ifdef __AVX__
    if constexpr (Batch::size == 4) return Batch(_mm256_cvtps_pd(_mm_loadu_ps(source)));
#endif
    return Batch::load_unaligned(source);
}

// A machine may have registers of floats but none of doubles.
template <class T>
using WidestArchitecture = std::conditional_t<xsimd::types::has_simd_register<T, xsimd::default_arch>::value,
                                              xsimd::default_arch, ScalarArchitecture>;

#endif

}  // namespace simd

/// The widest registers of T that the flags of this translation unit allow.
template <class T>
using VectorArchitecture = simd::WidestArchitecture<T>;

/// One truth value for each number of a Pack.
template <class T, class Architecture = VectorArchitecture<T>>
class Mask {
public:
    using Native = typename simd::Registers<T, Architecture>::Flags;
    static constexpr int size = simd::Registers<T, Architecture>::size;

    Mask() = default;
    Mask(bool all_lanes) : native_(all_lanes) {}
    template <class Flags>
        requires(std::same_as<Flags, Native> && !std::same_as<Flags, bool>)
    Mask(const Flags& native) : native_(native) {}

    const Native& native() const { return native_; }

    friend Mask operator&&(const Mask& a, const Mask& b) { return a.native_ && b.native_; }
    friend Mask operator||(const Mask& a, const Mask& b) { return a.native_ || b.native_; }
    friend Mask operator!(const Mask& a) { return !a.native_; }

    friend bool any(const Mask& mask) {
        if constexpr (size == 1) return mask.native_;
        else return any(mask.native_);
    }
    friend bool all(const Mask& mask) {
        if constexpr (size == 1) return mask.native_;
        else return all(mask.native_);
    }

private:
    Native native_;
};

/// `size` numbers of type T (double or float) in one vector register.
template <class T, class Architecture = VectorArchitecture<T>>
class Pack {
public:
    using Scalar = T;
    using Native = typename simd::Registers<T, Architecture>::Batch;
    using MaskType = Mask<T, Architecture>;
    static constexpr int size = simd::Registers<T, Architecture>::size;

    Pack() = default;  // uninitialized, like a double

    /// Broadcasts one number to every lane.
    template <Arithmetic S>
    [[gnu::always_inline]] Pack(const S& scalar) : native_(static_cast<T>(scalar)) {}
    template <class Batch>
        requires(std::same_as<Batch, Native> && !std::same_as<Batch, T>)
    [[gnu::always_inline]] Pack(const Batch& native) : native_(native) {}

    /// Reads `size` numbers; no alignment is required.
    [[gnu::always_inline]] static Pack load(const T* source) {
        if constexpr (size == 1) return Pack(*source);
        else return Pack(Native::load_unaligned(source));
    }

    /// Reads `size` floats as doubles.
    [[gnu::always_inline]] static Pack load(const float* source)
        requires std::same_as<T, double>
    {
        if constexpr (size == 1) return Pack(*source);
        else return Pack(simd::widened<Native>(source));
    }

    /// Reads the first `count` numbers, 0 <= count <= size, and nothing behind them; the other lanes are `rest`.
    static Pack load(const T* source, int count, T rest) {
        T lanes[size];
        for (int i = 0; i < size; ++i) lanes[i] = i < count ? source[i] : rest;
        return load(lanes);
    }

    [[gnu::always_inline]] void store(T* target) const {
        if constexpr (size == 1) *target = native_;
        else native_.store_unaligned(target);
    }

    /// Writes the first `count` lanes, 0 <= count <= size, and nothing behind them.
    void store(T* target, int count) const {
        T lanes[size];
        store(lanes);
        for (int i = 0; i < count; ++i) target[i] = lanes[i];
    }

    T operator[](int lane) const {
        T lanes[size];
        store(lanes);
        return lanes[lane];
    }

    const Native& native() const { return native_; }

    [[gnu::always_inline]] friend Pack operator+(const Pack& a) { return a; }
    [[gnu::always_inline]] friend Pack operator-(const Pack& a) {
        if constexpr (size == 1) return -a.native_;
        else return a.native_ ^ Native(T(-0.0));  // the sign of zero too, unlike 0 - a
    }
    [[gnu::always_inline]] friend Pack operator+(const Pack& a, const Pack& b) {
        return a.native_ + b.native_;
    }
    [[gnu::always_inline]] friend Pack operator-(const Pack& a, const Pack& b) {
        return a.native_ - b.native_;
    }
    [[gnu::always_inline]] friend Pack operator*(const Pack& a, const Pack& b) {
        return a.native_ * b.native_;
    }
    [[gnu::always_inline]] friend Pack operator/(const Pack& a, const Pack& b) {
        return a.native_ / b.native_;
    }
    Pack& operator+=(const Pack& b) { return *this = *this + b; }
    Pack& operator-=(const Pack& b) { return *this = *this - b; }
    Pack& operator*=(const Pack& b) { return *this = *this * b; }
    Pack& operator/=(const Pack& b) { return *this = *this / b; }

    friend MaskType operator==(const Pack& a, const Pack& b) { return a.native_ == b.native_; }
    // Not the library's !=, which on AVX holds NaN != NaN for false.
    friend MaskType operator!=(const Pack& a, const Pack& b) { return !(a == b); }
    friend MaskType operator<(const Pack& a, const Pack& b) { return a.native_ < b.native_; }
    friend MaskType operator<=(const Pack& a, const Pack& b) { return a.native_ <= b.native_; }
    friend MaskType operator>(const Pack& a, const Pack& b) { return a.native_ > b.native_; }
    friend MaskType operator>=(const Pack& a, const Pack& b) { return a.native_ >= b.native_; }

    /// a * b + c, rounded once where the machine can.
    [[gnu::always_inline]] friend Pack multiply_add(const Pack& a, const Pack& b, const Pack& c) {
        if constexpr (size == 1) return a.native_ * b.native_ + c.native_;
        else return simd::fused(a.native_, b.native_, c.native_);
    }

    /// The sum of all lanes, added from the first to the last.
    friend T sum(const Pack& a) {
        T lanes[size];
        a.store(lanes);
        T total = lanes[0];
        for (int i = 1; i < size; ++i) total += lanes[i];
        return total;
    }

private:
    Native native_;
};

/// In every lane a where the mask is true, else b. Neither side is combined with the other, so infinities and
/// NaN of the side that was not chosen vanish.
template <class T, class Architecture>
Pack<T, Architecture> select(const Mask<T, Architecture>& mask,
                             const std::type_identity_t<Pack<T, Architecture>>& a,
                             const std::type_identity_t<Pack<T, Architecture>>& b) {
    if constexpr (Pack<T, Architecture>::size == 1) return mask.native() ? a : b;
    else return select(mask.native(), a.native(), b.native());
}

/// Applies a function of scalars lane by lane.
template <class Function, class T, class Architecture, class... More>
Pack<T, Architecture> map_lanes(const Function& function, const Pack<T, Architecture>& x,
                                const More&... more) {
    constexpr int size = Pack<T, Architecture>::size;
    T lanes[1 + sizeof...(More)][size];
    const auto at = [&]<std::size_t... I>(std::index_sequence<I...>) {
        x.store(lanes[0]);
        (more.store(lanes[1 + I]), ...);
        for (int i = 0; i < size; ++i)
            lanes[0][i] = static_cast<T>(function(lanes[0][i], lanes[1 + I][i]...));
    };
    at(std::index_sequence_for<More...>{});
    return Pack<T, Architecture>::load(lanes[0]);
}

template <class T, class Architecture>
inline constexpr bool is_operand<Pack<T, Architecture>> = true;

template <class T, class Architecture>
inline constexpr bool is_plain<Pack<T, Architecture>> = true;

template <class T, class Architecture>
inline constexpr bool is_plain<Mask<T, Architecture>> = true;

template <class T, class Architecture>
inline constexpr bool is_condition<Mask<T, Architecture>> = true;

template <class T, class Architecture>
struct ScalarOfNumber<Pack<T, Architecture>> {
    using type = T;
};

/// Numbers that a kernel treats at once, as they lie side by side in an array: packs, or single numbers where a
/// machine has no registers for them (duals, Taylor numbers).
template <class P>
struct Lanes {
    static constexpr int size = 1;
    [[gnu::always_inline]] static P load(const P* from) { return *from; }
    [[gnu::always_inline]] static void store(const P& x, P* to) { *to = x; }
};
template <class T, class Architecture>
struct Lanes<Pack<T, Architecture>> {
    using P = Pack<T, Architecture>;
    static constexpr int size = P::size;
    [[gnu::always_inline]] static P load(const T* from) { return P::load(from); }
    [[gnu::always_inline]] static void store(const P& x, T* to) { x.store(to); }
};
}  // namespace hesse

#include "hesse/autodiff/simd_functions.hpp"
