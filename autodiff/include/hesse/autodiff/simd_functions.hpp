#pragma once

#include "hesse/autodiff/simd.hpp"
#include "hesse/autodiff/simd_trigonometric.hpp"

#include <cmath>
#include <limits>
#include <type_traits>

/// Elementary functions of packs: within 2.3 units in the last place of the true value for every number
/// (most of them within 1.5; of packs of one number as near as <cmath> is, whose cbrt may miss by 3.7), zeros,
/// infinities, NaN and subnormal numbers as in <cmath>, and in every lane the bits that the same number gives in
/// any other company. The tests measure all three. What the SIMD library misses is mended here; where nothing fast
/// is good enough, lanes go through <cmath> one by one.
namespace hesse {

template <class T, class A>
Pack<T, A> abs(const Pack<T, A>& x) {
    using std::abs;
    return abs(x.native());
}

template <class T, class A>
Pack<T, A> sqrt(const Pack<T, A>& x) {
    using std::sqrt;
    return sqrt(x.native());
}

/// e^x. The library's ends at the smallest normal number and overflows a little early: beyond both, the argument
/// is moved by a whole number, which is exact, and the result scaled back.
template <class T, class A>
Pack<T, A> exp(const Pack<T, A>& x) {
    using std::exp;
    using P = Pack<T, A>;
    const P y = exp(x.native());
    const auto low = x < constant<P>(std::is_same_v<T, double> ? -708 : -87);
    const auto outside = low || x > constant<P>(std::is_same_v<T, double> ? 709 : 88);
    if (!any(outside)) return y;
    const P moved = exp((x + select(low, P(64), P(-1))).native());
    return select(outside,
                  moved * select(low, constant<P>(0x1.969d47321e4ccp-93), constant<P>(2.718281828459045)), y);
}

/// e^x - 1. The library's overflows early and loses the sign of -0; from 40 on, 1 is below the last place of e^x.
template <class T, class A>
Pack<T, A> expm1(const Pack<T, A>& x) {
    using std::expm1;
    using P = Pack<T, A>;
    const P y = select(x == zero<P>, x, P(expm1(x.native())));
    const auto large = x > constant<P>(40);
    return any(large) ? select(large, exp(x), y) : y;
}

/// 2^x, with the same two ends.
template <class T, class A>
Pack<T, A> exp2(const Pack<T, A>& x) {
    using std::exp2;
    using P = Pack<T, A>;
    const P y = exp2(x.native());
    const auto low = x < constant<P>(std::is_same_v<T, double> ? -1021 : -125);
    const auto outside = low || x > constant<P>(std::is_same_v<T, double> ? 1022 : 126);
    if (!any(outside)) return y;
    const P moved = exp2((x + select(low, P(64), P(-1))).native());
    return select(outside, moved * select(low, constant<P>(0x1p-64), constant<P>(2)), y);
}

/// log of a pack, by a function of the SIMD library that is wrong for some subnormal numbers: they are scaled up by
/// 2^54, of which `scale` is the logarithm.
template <class P, class Function>
P log_of_scaled(const P& x, double scale, const Function& function) {
    const P y = function(x);
    const auto subnormal = x > zero<P> && x < std::numeric_limits<typename P::Scalar>::min();
    if (!any(subnormal)) return y;
    return select(subnormal, function(P(x * constant<P>(0x1p54))) - constant<P>(scale), y);
}

template <class T, class A>
Pack<T, A> log(const Pack<T, A>& x) {
    using std::log;
    const auto library = [](const Pack<T, A>& z) { return Pack<T, A>(log(z.native())); };
    return log_of_scaled(x, 37.429947750237048, library);
}

template <class T, class A>
Pack<T, A> log2(const Pack<T, A>& x) {
    using std::log2;
    const auto library = [](const Pack<T, A>& z) { return Pack<T, A>(log2(z.native())); };
    return log_of_scaled(x, 54, library);
}

template <class T, class A>
Pack<T, A> log10(const Pack<T, A>& x) {
    using std::log10;
    const auto library = [](const Pack<T, A>& z) { return Pack<T, A>(log10(z.native())); };
    return log_of_scaled(x, 16.255619765854985, library);
}

/// ln(1 + x). The library's loses the sign of -0.
template <class T, class A>
Pack<T, A> log1p(const Pack<T, A>& x) {
    using std::log1p;
    using P = Pack<T, A>;
    return select(x == zero<P>, x, P(log1p(x.native())));
}

/// arcsin x. The library's for float misses by up to 2.4 units in the last place.
template <class T, class A>
Pack<T, A> asin(const Pack<T, A>& x) {
    using std::asin;
    if constexpr (std::is_same_v<T, float>) return map_lanes([](T lane) { return asin(lane); }, x);
    else return asin(x.native());
}

template <class T, class A>
Pack<T, A> acos(const Pack<T, A>& x) {
    using std::acos;
    return acos(x.native());
}

template <class T, class A>
Pack<T, A> sinh(const Pack<T, A>& x) {
    using std::sinh;
    return sinh(x.native());
}

template <class T, class A>
Pack<T, A> cosh(const Pack<T, A>& x) {
    using std::cosh;
    return cosh(x.native());
}

template <class T, class A>
Pack<T, A> tanh(const Pack<T, A>& x) {
    using std::tanh;
    return tanh(x.native());
}

/// arsinh x. The library's for float misses by up to 3 units in the last place.
template <class T, class A>
Pack<T, A> asinh(const Pack<T, A>& x) {
    using std::asinh;
    if constexpr (std::is_same_v<T, float>) return map_lanes([](T lane) { return asinh(lane); }, x);
    else return asinh(x.native());
}

/// arcosh x. The library's gives numbers below 1, too.
template <class T, class A>
Pack<T, A> acosh(const Pack<T, A>& x) {
    using std::acosh;
    using P = Pack<T, A>;
    return select(x < one<P>, std::numeric_limits<T>::quiet_NaN(), P(acosh(x.native())));
}

template <class T, class A>
Pack<T, A> atanh(const Pack<T, A>& x) {
    using std::atanh;
    return atanh(x.native());
}

/// The cube root. The library's is wrong for subnormal numbers: they are scaled up first.
template <class T, class A>
Pack<T, A> cbrt(const Pack<T, A>& x) {
    using std::cbrt;
    using P = Pack<T, A>;
    const P y = cbrt(x.native());
    const auto subnormal = abs(x) < std::numeric_limits<T>::min();
    if (!any(subnormal)) return y;
    const P scaled = cbrt((x * constant<P>(0x1p54)).native());
    return select(x == zero<P>, x, select(subnormal, scaled * constant<P>(0x1p-18), y));
}

template <class T, class A>
Pack<T, A> copysign(const Pack<T, A>& x, const Pack<T, A>& sign) {
    using std::copysign;
    return copysign(x.native(), sign.native());
}

// The library's functions to whole numbers lose the sign of -0.
template <class T, class A>
Pack<T, A> floor(const Pack<T, A>& x) {
    using std::floor;
    const Pack<T, A> y = floor(x.native());
    return copysign(y, x);
}

template <class T, class A>
Pack<T, A> ceil(const Pack<T, A>& x) {
    using std::ceil;
    const Pack<T, A> y = ceil(x.native());
    return copysign(y, x);
}

template <class T, class A>
Pack<T, A> trunc(const Pack<T, A>& x) {
    using std::trunc;
    const Pack<T, A> y = trunc(x.native());
    return copysign(y, x);
}

template <class T, class A>
Pack<T, A> round(const Pack<T, A>& x) {
    using std::round;
    const Pack<T, A> y = round(x.native());
    return copysign(y, x);
}

template <class T, class A>
Pack<T, A> rint(const Pack<T, A>& x) {
    using std::rint;
    const Pack<T, A> y = rint(x.native());
    return copysign(y, x);
}

template <class T, class A>
Pack<T, A> pow(const Pack<T, A>& x, const Pack<T, A>& y) {
    return map_lanes([](T base, T exponent) { return std::pow(base, exponent); }, x, y);
}

}  // namespace hesse
