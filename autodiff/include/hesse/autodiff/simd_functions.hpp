#pragma once

#include <cmath>

#include "hesse/autodiff/simd.hpp"

/// Elementary functions of packs.
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

template <class T, class A>
Pack<T, A> exp(const Pack<T, A>& x) {
    using std::exp;
    return exp(x.native());
}

template <class T, class A>
Pack<T, A> expm1(const Pack<T, A>& x) {
    using std::expm1;
    return expm1(x.native());
}

template <class T, class A>
Pack<T, A> log(const Pack<T, A>& x) {
    using std::log;
    return log(x.native());
}

template <class T, class A>
Pack<T, A> log1p(const Pack<T, A>& x) {
    using std::log1p;
    return log1p(x.native());
}

template <class T, class A>
Pack<T, A> sin(const Pack<T, A>& x) {
    using std::sin;
    return sin(x.native());
}

template <class T, class A>
Pack<T, A> cos(const Pack<T, A>& x) {
    using std::cos;
    return cos(x.native());
}

template <class T, class A>
Pack<T, A> tan(const Pack<T, A>& x) {
    using std::tan;
    return tan(x.native());
}

template <class T, class A>
Pack<T, A> asin(const Pack<T, A>& x) {
    using std::asin;
    return asin(x.native());
}

template <class T, class A>
Pack<T, A> acos(const Pack<T, A>& x) {
    using std::acos;
    return acos(x.native());
}

template <class T, class A>
Pack<T, A> atan(const Pack<T, A>& x) {
    using std::atan;
    return atan(x.native());
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

template <class T, class A>
Pack<T, A> pow(const Pack<T, A>& x, const Pack<T, A>& y) {
    return map_lanes(x, y, [](T base, T exponent) { return std::pow(base, exponent); });
}

}  // namespace hesse
