#pragma once

#include "hesse/autodiff/rule.hpp"
#include "hesse/autodiff/special_functions.hpp"

#include <cstddef>
#include <utility>

/// Bessel functions of whole orders n, which are data. Accurate relative to the amplitude of their oscillation.
namespace hesse {

/// y = J_n(x), the Bessel function of the first kind.      dy/dx = (J_(n-1)(x) - J_(n+1)(x)) / 2
struct BesselJ {
    static constexpr std::string_view name = "bessel_jn";
    static constexpr Keep keep = Keep::derivatives;
    template <class N, class X>
    static CommonNumber<N, X> value(const N& n, const X& x) {
        return value_by_lane<BesselJ>([](auto k, auto lane) { return special::bessel_jn(k, lane); }, n, x);
    }
    template <std::size_t I, class N, class X, class Y>
        requires(I == 1)
    static Y partial(const N& n, const X& x, const Y&) {
        return Y(constant<Y>(0.5) * (apply<BesselJ>(n - one<N>, x) - apply<BesselJ>(n + one<N>, x)));
    }
};
template <Number X>
auto bessel_jn(int n, X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<BesselJ>(line, n, std::forward<X>(x));
}
template <Number X>
auto bessel_j0(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<BesselJ>(line, 0, std::forward<X>(x));
}
template <Number X>
auto bessel_j1(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<BesselJ>(line, 1, std::forward<X>(x));
}

/// y = Y_n(x), the Bessel function of the second kind, for x > 0; -infinity at 0.      dy/dx = (Y_(n-1)(x) - Y_(n+1)(x))
/// / 2
struct BesselY {
    static constexpr std::string_view name = "bessel_yn";
    static constexpr Keep keep = Keep::derivatives;
    template <class N, class X>
    static CommonNumber<N, X> value(const N& n, const X& x) {
        return value_by_lane<BesselY>([](auto k, auto lane) { return special::bessel_yn(k, lane); }, n, x);
    }
    template <std::size_t I, class N, class X, class Y>
        requires(I == 1)
    static Y partial(const N& n, const X& x, const Y&) {
        return Y(constant<Y>(0.5) * (apply<BesselY>(n - one<N>, x) - apply<BesselY>(n + one<N>, x)));
    }
};
template <Number X>
auto bessel_yn(int n, X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<BesselY>(line, n, std::forward<X>(x));
}
template <Number X>
auto bessel_y0(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<BesselY>(line, 0, std::forward<X>(x));
}
template <Number X>
auto bessel_y1(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<BesselY>(line, 1, std::forward<X>(x));
}

/// y = I_n(x), the modified Bessel function of the first kind.      dy/dx = (I_(n-1)(x) + I_(n+1)(x)) / 2
struct BesselI {
    static constexpr std::string_view name = "bessel_in";
    static constexpr Keep keep = Keep::derivatives;
    template <class N, class X>
    static CommonNumber<N, X> value(const N& n, const X& x) {
        return value_by_lane<BesselI>([](auto k, auto lane) { return special::bessel_in(k, lane); }, n, x);
    }
    template <std::size_t I, class N, class X, class Y>
        requires(I == 1)
    static Y partial(const N& n, const X& x, const Y&) {
        return Y(constant<Y>(0.5) * (apply<BesselI>(n - one<N>, x) + apply<BesselI>(n + one<N>, x)));
    }
};
template <Number X>
auto bessel_in(int n, X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<BesselI>(line, n, std::forward<X>(x));
}
template <Number X>
auto bessel_i0(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<BesselI>(line, 0, std::forward<X>(x));
}
template <Number X>
auto bessel_i1(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<BesselI>(line, 1, std::forward<X>(x));
}

}  // namespace hesse
