#pragma once

#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/rule.hpp"

#include <cstddef>
#include <utility>

/// What losses are made of: penalties of residuals, and the terms of entropies and likelihoods.
namespace hesse {

/// y = x^2 / 2 for |x| <= delta, else delta (|x| - delta / 2).      dy/dx = x clamped to [-delta, delta], dy/ddelta =
/// max(|x| - delta, 0)
///
/// Huber, Robust estimation of a location parameter, Ann. Math. Statist. 35 (1964).
struct Huber {
    static constexpr std::string_view name = "huber";
    static constexpr Keep keep = Keep::nothing;
    template <class X, class D>
    static CommonNumber<X, D> value(const X& x, const D& delta) {
        const X size = apply<Abs>(x);
        return select(size <= delta, constant<X>(0.5) * (x * x), delta * (size - constant<X>(0.5) * delta));
    }
    template <std::size_t I, class X, class D, class Y>
    static Y partial(const X& x, const D& delta, const Y&) {
        if constexpr (I == 0) {
            return select(x > delta, Y(delta), select(x < -delta, Y(-delta), Y(x)));
        } else {
            const X size = apply<Abs>(x);
            return select(size <= delta, zero<Y>, Y(size - delta));
        }
    }
};
template <class X, class D = double>
    requires Arguments<X, D>
auto huber(X&& x, D&& delta = 1.0, SourceLine line = SourceLine::here()) {
    return apply_at<Huber>(line, std::forward<X>(x), std::forward<D>(delta));
}

/// y = ln cosh x, without overflow and accurate near 0.      dy/dx = tanh x
struct LogCosh {
    static constexpr std::string_view name = "log_cosh";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        // ln(1 + 2 sinh(x/2)^2) near 0, |x| + ln(1 + e^-2|x|) - ln 2 beyond
        const T size = apply<Abs>(x);
        const auto near = size < one<T>;
        const T h = apply<Sinh>(T(constant<T>(0.5) * size));
        const T e = apply<Exp>(T(constant<T>(-2) * size));
        return select(near, zero<T>, size - constant<T>(0.69314718055994531)) +
               apply<Log1p>(T(select(near, constant<T>(2) * (h * h), e)));
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return apply<Tanh>(x);
    }
};
template <Number X>
auto log_cosh(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<LogCosh>(line, std::forward<X>(x));
}

/// y = x ln x, 0 at 0.      dy/dx = ln x + 1, taken as 0 at 0 where it is infinite
struct XLogX {
    static constexpr std::string_view name = "xlogx";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        return select(x == zero<T>, zero<T>, x * apply<Log>(x));
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return select(x == zero<T>, zero<T>, apply<Log>(x) + one<T>);
    }
};
template <Number X>
auto xlogx(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<XLogX>(line, std::forward<X>(x));
}

/// y = a ln b, 0 for a = 0 whatever b >= 0.      dy/da = ln b, dy/db = a / b; both taken as 0 where a = b = 0
struct XLogY {
    static constexpr std::string_view name = "xlogy";
    static constexpr Keep keep = Keep::derivatives;
    template <class A, class B>
    static CommonNumber<A, B> value(const A& a, const B& b) {
        using T = CommonNumber<A, B>;
        return select(a == zero<A> && b >= zero<B>, zero<T>, a * apply<Log>(b));
    }
    template <std::size_t I, class A, class B, class Y>
    static Y partial(const A& a, const B& b, const Y&) {
        const auto corner = a == zero<A> && b == zero<B>;
        if constexpr (I == 0) return select(corner, zero<Y>, Y(apply<Log>(b)));
        else return select(corner, zero<Y>, Y(a / b));
    }
};
template <class A, class B>
    requires Arguments<A, B>
auto xlogy(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    return apply_at<XLogY>(line, std::forward<A>(a), std::forward<B>(b));
}

/// y = a ln(1 + b), 0 for a = 0 whatever b >= -1.      dy/da = ln(1 + b), dy/db = a / (1 + b); both taken as 0 where
/// a = 0 and b = -1
struct XLog1pY {
    static constexpr std::string_view name = "xlog1py";
    static constexpr Keep keep = Keep::derivatives;
    template <class A, class B>
    static CommonNumber<A, B> value(const A& a, const B& b) {
        using T = CommonNumber<A, B>;
        return select(a == zero<A> && b >= -one<B>, zero<T>, a * apply<Log1p>(b));
    }
    template <std::size_t I, class A, class B, class Y>
    static Y partial(const A& a, const B& b, const Y&) {
        const auto corner = a == zero<A> && b == -one<B>;
        if constexpr (I == 0) return select(corner, zero<Y>, Y(apply<Log1p>(b)));
        else return select(corner, zero<Y>, Y(a / (one<B> + b)));
    }
};
template <class A, class B>
    requires Arguments<A, B>
auto xlog1py(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    return apply_at<XLog1pY>(line, std::forward<A>(a), std::forward<B>(b));
}

}  // namespace hesse
