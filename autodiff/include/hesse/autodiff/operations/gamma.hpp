#pragma once

#include "hesse/autodiff/rule.hpp"
#include "hesse/autodiff/special_functions.hpp"

#include <cmath>
#include <cstddef>
#include <utility>

/// The gamma function, its logarithm and the derivatives of that, and the beta function.
namespace hesse {

/// y = psi^(n)(x), the n-th derivative of digamma for a whole n >= 0.      dy/dx = psi^(n + 1)(x); n is data
struct Polygamma {
    static constexpr std::string_view name = "polygamma";
    static constexpr Keep keep = Keep::derivatives;
    template <class N, class X>
    static CommonNumber<N, X> value(const N& n, const X& x) {
        return value_by_lane<Polygamma>([](auto k, auto lane) { return special::polygamma(k, lane); }, n, x);
    }
    template <std::size_t I, class N, class X, class Y>
        requires(I == 1)
    static Y partial(const N& n, const X& x, const Y&) {
        return Y(apply<Polygamma>(n + one<N>, x));
    }
};
template <Number X>
auto polygamma(int n, X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Polygamma>(line, n, std::forward<X>(x));
}

/// y = psi(x) = Gamma'(x) / Gamma(x); NaN at the poles 0, -1, -2, ...      dy/dx = psi'(x)
struct Digamma {
    static constexpr std::string_view name = "digamma";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        return value_by_lane<Digamma>([](auto lane) { return special::digamma(lane); }, x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return apply<Polygamma>(one<T>, x);
    }
};
template <Number X>
auto digamma(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Digamma>(line, std::forward<X>(x));
}

/// y = psi'(x), as Polygamma.
template <Number X>
auto trigamma(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Polygamma>(line, 1, std::forward<X>(x));
}

/// y = ln |Gamma(x)|; infinite at the poles 0, -1, -2, ...      dy/dx = psi(x)
struct Lgamma {
    static constexpr std::string_view name = "lgamma";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        return value_by_lane<Lgamma>([](auto lane) { return special::lgamma(lane); }, x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return apply<Digamma>(x);
    }
};
template <Number X>
auto lgamma(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Lgamma>(line, std::forward<X>(x));
}

/// y = Gamma(x); NaN at the poles -1, -2, ..., infinite at 0.      dy/dx = y psi(x), taken as 0 where y overflows
struct Tgamma {
    static constexpr std::string_view name = "tgamma";
    static constexpr Keep keep = Keep::derivatives;
    static constexpr bool reads_result = true;
    template <class T>
    static T value(const T& x) {
        return value_by_lane<Tgamma>([](auto lane) { return special::tgamma(lane); }, x);
    }
    template <class T>
    static T partial(const T& x, const T& y) {
        return zero_on_overflow(y) * apply<Digamma>(x);
    }
};
template <Number X>
auto tgamma(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Tgamma>(line, std::forward<X>(x));
}

/// y = B(a, b) = Gamma(a) Gamma(b) / Gamma(a + b) for a, b > 0.      dy/da = y (psi(a) - psi(a + b)), dy/db alike,
/// accurate relative to the larger psi
struct Beta {
    static constexpr std::string_view name = "beta";
    static constexpr Keep keep = Keep::derivatives;
    static constexpr bool reads_result = true;
    template <class A, class B>
    static CommonNumber<A, B> value(const A& a, const B& b) {
        return value_by_lane<Beta>([](auto u, auto v) { return special::beta(u, v); }, a, b);
    }
    template <std::size_t I, class A, class B, class Y>
    static Y partial(const A& a, const B& b, const Y& y) {
        if constexpr (I == 0) return y * (apply<Digamma>(a) - apply<Digamma>(a + b));
        else return y * (apply<Digamma>(b) - apply<Digamma>(a + b));
    }
};
template <class A, class B>
    requires Arguments<A, B>
auto beta(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    return apply_at<Beta>(line, std::forward<A>(a), std::forward<B>(b));
}

/// y = ln B(a, b) for a, b > 0, also where B overflows or underflows.      dy/da = psi(a) - psi(a + b), dy/db alike,
/// accurate relative to the larger psi
struct LogBeta {
    static constexpr std::string_view name = "log_beta";
    static constexpr Keep keep = Keep::derivatives;
    template <class A, class B>
    static CommonNumber<A, B> value(const A& a, const B& b) {
        return value_by_lane<LogBeta>([](auto u, auto v) { return special::log_beta(u, v); }, a, b);
    }
    template <std::size_t I, class A, class B, class Y>
    static Y partial(const A& a, const B& b, const Y&) {
        if constexpr (I == 0) return Y(apply<Digamma>(a) - apply<Digamma>(a + b));
        else return Y(apply<Digamma>(b) - apply<Digamma>(a + b));
    }
};
template <class A, class B>
    requires Arguments<A, B>
auto log_beta(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    return apply_at<LogBeta>(line, std::forward<A>(a), std::forward<B>(b));
}

}  // namespace hesse
