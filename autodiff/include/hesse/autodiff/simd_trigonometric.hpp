#pragma once

#include "hesse/autodiff/simd.hpp"

#include <cmath>
#include <cstddef>
#include <iterator>
#include <utility>

/// sin, cos, tan and atan of packs, within 2.1 units in the last place on the whole line (sin, cos and
/// atan within 0.9).
///
/// They are our own because the ones of the SIMD library choose their reduction by looking at all lanes
/// together: the same number then gives other bits in other company. Here every lane is computed alone, and
/// the result depends on nothing but the number.
namespace hesse {
namespace simd {

// The polynomials interpolate in Chebyshev points, with 60 digits, before rounding:
//   sin r = r + r z S(z),  cos r = 1 - z/2 + z^2 C(z)   with z = r^2, |r| <= pi/4;
//   atan t = t + t z A(z)                               with z = t^2, |t| <= 7/16.
template <class T>
struct Trigonometric;

template <>
struct Trigonometric<double> {
    static constexpr double sine[] = {
        -0.16666666666666666,    0.0083333333333333315,  -0.00019841269841265063, 2.7557319219337312e-06,
        -2.5052106231802837e-08, 1.6058531516797758e-10, -7.5866910941979582e-13};
    static constexpr double cosine[] = {0.041666666666666664,   -0.0013888888888887398,
                                        2.4801587298764561e-05, -2.7557317271145144e-07,
                                        2.087614614655861e-09,  -1.1382623647474604e-11};
    static constexpr double arctangent[] = {
        -0.33333333333333331,  0.19999999999999404,  -0.14285714285565465,  0.11111111096527899,
        -0.090909083503824359, 0.076922854197145146, -0.066662397488652936, 0.058769240627633869,
        -0.052165320073084442, 0.044916556747777434, -0.033114228762660534, 0.014759380407779155};
    // pi/2 in pieces of 33 bits and a rest: a multiple below 2^20 of a piece is exact.
    static constexpr double half_pi[] = {0x1.921fb544p+0, 0x1.0b4611a6p-34, 0x1.3198a2ep-69,
                                         0x1.b839a252049c1p-104};
    static constexpr double largest = 1e6;     // below 2^20 pi/2
    static constexpr double round = 0x1.8p52;  // (x + round) - round is x to the nearest integer
    // atan of 1/2, 1, 3/2 and infinity, and what rounding took from each
    static constexpr double angle[] = {0.46364760900080609, 0.78539816339744828, 0.98279372324732905,
                                       1.5707963267948966};
    static constexpr double angle_rest[] = {2.2698777452961687e-17, 3.061616997868383e-17,
                                            1.3903311031230998e-17, 6.123233995736766e-17};
};

template <>
struct Trigonometric<float> {
    static constexpr float sine[] = {-0.166666672f, 0.00833333191f, -0.00019840087f, 2.7249896e-06f};
    static constexpr float cosine[] = {0.0416666642f, -0.00138883025f, 2.45479168e-05f};
    static constexpr float arctangent[] = {-0.333333343f, 0.19999963f,    -0.142833918f,
                                           0.110580906f,  -0.0853121132f, 0.0482018664f};
    // Pieces of 11 bits: a multiple below 2^13 is exact.
    static constexpr float half_pi[] = {0x1.92p+0f, 0x1.fb4p-12f, 0x1.444p-24f, 0x1.68cp-39f,
                                        0x1.1a6264p-54f};
    static constexpr float largest = 1e4f;  // below 2^13 pi/2
    static constexpr float round = 0x1.8p23f;
    static constexpr float angle[] = {0.463647604f, 0.785398185f, 0.982793748f, 1.57079637f};
    static constexpr float angle_rest[] = {5.01215869e-09f, -2.18556941e-08f, -2.51314241e-08f,
                                           -4.37113883e-08f};
};

/// coefficients[0] + coefficients[1] z + ..., unrolled.
template <class P, class T, std::size_t n, std::size_t... I>
P polynomial(const P& z, const T (&coefficients)[n], std::index_sequence<I...>) {
    P sum(coefficients[n - 1]);
    ((sum = sum * z + coefficients[n - 2 - I]), ...);
    return sum;
}
template <class P, class T, std::size_t n>
P polynomial(const P& z, const T (&coefficients)[n]) {
    return polynomial(z, coefficients, std::make_index_sequence<n - 1>{});
}

/// x = (4 k + quadrant) pi/2 + high + low with |high| <= pi/4, |low| <= ulp(high) / 2, quadrant in -2..2.
template <class P>
struct Reduced {
    P quadrant;
    P high;
    P low;
};

template <class P>
Reduced<P> reduce(const P& x) {
    using Constants = Trigonometric<typename P::Scalar>;
    const P n = (x * constant<P>(0.63661977236758138) + Constants::round) - Constants::round;  // x 2/pi
    const P turns = (n * constant<P>(0.25) + Constants::round) - Constants::round;

    constexpr std::size_t last = std::size(Constants::half_pi) - 1;
    P high = x - n * Constants::half_pi[0];  // exact (Sterbenz)
    P low(0);
    for (std::size_t i = 1; i < last; ++i) {
        // high - n piece as an exact sum of two numbers (Knuth's two-sum; the product is exact)
        const P term = -(n * Constants::half_pi[i]);
        const P total = high + term;
        const P part = total - high;
        low += (high - (total - part)) + (term - part);
        high = total;
    }
    low -= n * Constants::half_pi[last];
    const P total = high + low;
    return {n - constant<P>(4) * turns, total, low - (total - high)};
}

/// sin and cos of high + low.
template <class P>
void sine_cosine(const P& high, const P& low, P& sine, P& cosine) {
    using Constants = Trigonometric<typename P::Scalar>;
    const P z = high * high;
    const P half = constant<P>(0.5) * z;
    sine = high + (z * (high * polynomial(z, Constants::sine)) + low * (one<P> - half));
    const P rounded = one<P> - half;
    cosine =
        rounded + (((one<P> - rounded) - half) + (z * z * polynomial(z, Constants::cosine) - high * low));
}

/// Sets the lanes that are too large for `reduce` by the scalar function.
template <class P, class Function>
P with_large_lanes(const P& x, const P& y, const Function& function) {
    const auto large = abs(x) > Trigonometric<typename P::Scalar>::largest;
    return any(large) ? select(large, map_lanes(function, x), y) : y;
}

}  // namespace simd

template <class T, class A>
Pack<T, A> sin(const Pack<T, A>& x) {
    using P = Pack<T, A>;
    const auto [quadrant, high, low] = simd::reduce(x);
    P sine, cosine;
    simd::sine_cosine(high, low, sine, cosine);
    const P size = select(abs(quadrant) == one<P>, cosine, sine);
    const P y = select(abs(quadrant - constant<P>(0.5)) < one<P>, size, -size);  // 0, 1: +   -2, -1, 2: -
    const P signed_zero = select(x == zero<P>, x, y);  // the reduction turns -0 into 0
    return simd::with_large_lanes(x, signed_zero, [](T lane) { return std::sin(lane); });
}

template <class T, class A>
Pack<T, A> cos(const Pack<T, A>& x) {
    using P = Pack<T, A>;
    const auto [quadrant, high, low] = simd::reduce(x);
    P sine, cosine;
    simd::sine_cosine(high, low, sine, cosine);
    const P size = select(abs(quadrant) == one<P>, sine, cosine);
    const P y = select(abs(quadrant + constant<P>(0.5)) < one<P>, size, -size);  // -1, 0: +   -2, 1, 2: -
    return simd::with_large_lanes(x, y, [](T lane) { return std::cos(lane); });
}

template <class T, class A>
Pack<T, A> tan(const Pack<T, A>& x) {
    using P = Pack<T, A>;
    const auto [quadrant, high, low] = simd::reduce(x);
    P sine, cosine;
    simd::sine_cosine(high, low, sine, cosine);
    const auto odd = abs(quadrant) == one<P>;
    const P y = select(odd, -cosine, sine) / select(odd, sine, cosine);
    const P signed_zero = select(x == zero<P>, x, y);
    return simd::with_large_lanes(x, signed_zero, [](T lane) { return std::tan(lane); });
}

/// atan x = atan c + atan((x - c) / (1 + c x)) with the nearest c of 0, 1/2, 1, 3/2, infinity.
template <class T, class A>
Pack<T, A> atan(const Pack<T, A>& x) {
    using P = Pack<T, A>;
    using Constants = simd::Trigonometric<T>;
    const P size = abs(x);
    const auto past_0 = size > constant<P>(7.0 / 16);
    const auto past_half = size > constant<P>(11.0 / 16);
    const auto past_1 = size > constant<P>(19.0 / 16);
    const auto past_3_halves = size > constant<P>(39.0 / 16);
    const auto choose = [&](T at_0, T at_half, T at_1, T at_3_halves) {
        return select(past_1, at_3_halves, select(past_half, at_1, select(past_0, at_half, at_0)));
    };
    const P c = choose(T(0), T(0.5), T(1), T(1.5));
    const P t = select(past_3_halves, -one<P>, size - c) / select(past_3_halves, size, one<P> + c * size);
    const P angle = select(past_3_halves, Constants::angle[3],
                           choose(T(0), Constants::angle[0], Constants::angle[1], Constants::angle[2]));
    const P rest =
        select(past_3_halves, Constants::angle_rest[3],
               choose(T(0), Constants::angle_rest[0], Constants::angle_rest[1], Constants::angle_rest[2]));
    const P z = t * t;
    const P y = angle + (t + (t * z * simd::polynomial(z, Constants::arctangent) + rest));
    return select(x < zero<P>, -y, select(x == zero<P>, x, y));
}

}  // namespace hesse
