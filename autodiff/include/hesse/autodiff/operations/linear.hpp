#pragma once

#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/rule.hpp"

#include <cmath>
#include <cstddef>
#include <utility>

/// Functions of <cmath> that are linear in each of their arguments.
namespace hesse {

/// y = a b + c, rounded once.      dy/da = b, dy/db = a, dy/dc = 1
struct Fma {
    static constexpr std::string_view name = "fma";
    static constexpr Keep keep = Keep::nothing;
    template <class A, class B, class C>
    static CommonNumber<A, B, C> value(const A& a, const B& b, const C& c) {
        return value_by_lane<Fma>([](auto u, auto v, auto w) { return std::fma(u, v, w); }, a, b, c);
    }
    template <std::size_t I, class A, class B, class C, class Y>
    static Y partial(const A& a, const B& b, const C&, const Y&) {
        if constexpr (I == 0) return Y(b);
        else if constexpr (I == 1) return Y(a);
        else return Y(one<Y>);
    }
};
template <class A, class B, class C>
    requires Arguments<A, B, C>
auto fma(A&& a, B&& b, C&& c, SourceLine line = SourceLine::here()) {
    return apply_at<Fma>(line, std::forward<A>(a), std::forward<B>(b), std::forward<C>(c));
}

/// y = a + t (b - a), exact at t = 0 and t = 1.      dy/da = 1 - t, dy/db = t, dy/dt = b - a
struct Lerp {
    static constexpr std::string_view name = "lerp";
    static constexpr Keep keep = Keep::nothing;
    template <class A, class B, class C>
    static CommonNumber<A, B, C> value(const A& a, const B& b, const C& t) {
        return value_by_lane<Lerp>([](auto u, auto v, auto w) { return std::lerp(u, v, w); }, a, b, t);
    }
    template <std::size_t I, class A, class B, class C, class Y>
    static Y partial(const A& a, const B& b, const C& t, const Y&) {
        if constexpr (I == 0) return Y(one<Y> - t);
        else if constexpr (I == 1) return Y(t);
        else return Y(b - a);
    }
};
template <class A, class B, class C>
    requires Arguments<A, B, C>
auto lerp(A&& a, B&& b, C&& c, SourceLine line = SourceLine::here()) {
    return apply_at<Lerp>(line, std::forward<A>(a), std::forward<B>(b), std::forward<C>(c));
}

/// y = x 2^n.      dy/dx = 2^n; n is data
struct Ldexp {
    static constexpr std::string_view name = "ldexp";
    static constexpr Keep keep = Keep::nothing;
    template <class X, class N>
    static CommonNumber<X, N> value(const X& x, const N& n) {
        return value_by_lane<Ldexp>(
            [](auto u, auto k) { return k == k ? std::ldexp(u, static_cast<int>(k)) : k; }, x, n);
    }
    template <std::size_t I, class X, class N, class Y>
        requires(I == 0)
    static Y partial(const X&, const N& n, const Y&) {
        return Y(apply<Ldexp>(one<Y>, n));
    }
};
template <Number X>
auto ldexp(X&& x, int n, SourceLine line = SourceLine::here()) {
    return apply_at<Ldexp>(line, std::forward<X>(x), n);
}

}  // namespace hesse
