#pragma once

#include "hesse/autodiff/rule.hpp"

#include <cmath>
#include <utility>

/// Exponentials and logarithms.
namespace hesse {

/// y = e^x.      dy/dx = y, taken as 0 where y overflows
struct Exp {
    static constexpr std::string_view name = "exp";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        using std::exp;
        return exp(x);
    }
    template <class T>
    static T partial(const T&, const T& y) {
        return zero_on_overflow(y);
    }
};
template <Number X>
auto exp(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Exp>(line, std::forward<X>(x));
}

/// y = 2^x.      dy/dx = y ln 2, taken as 0 where y overflows
struct Exp2 {
    static constexpr std::string_view name = "exp2";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        using std::exp2;
        return exp2(x);
    }
    template <class T>
    static T partial(const T&, const T& y) {
        return zero_on_overflow(y) * constant<T>(0.69314718055994531);
    }
};
template <Number X>
auto exp2(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Exp2>(line, std::forward<X>(x));
}

/// y = e^x - 1, accurate near 0.      dy/dx = y + 1, accurate relative to 1; taken as 0 where y overflows
struct Expm1 {
    static constexpr std::string_view name = "expm1";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        using std::expm1;
        return expm1(x);
    }
    template <class T>
    static T partial(const T&, const T& y) {
        return zero_on_overflow(T(y + one<T>));
    }
};
template <Number X>
auto expm1(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Expm1>(line, std::forward<X>(x));
}

/// y = ln x.      dy/dx = 1 / x
struct Log {
    static constexpr std::string_view name = "log";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        using std::log;
        return log(x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return one<T> / x;
    }
};
template <Number X>
auto log(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Log>(line, std::forward<X>(x));
}

/// y = ln(1 + x), accurate near 0.      dy/dx = 1 / (1 + x)
struct Log1p {
    static constexpr std::string_view name = "log1p";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        using std::log1p;
        return log1p(x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return one<T> / (one<T> + x);
    }
};
template <Number X>
auto log1p(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Log1p>(line, std::forward<X>(x));
}

/// y = log2 x, the logarithm to base 2.      dy/dx = 1 / (x ln 2)
struct Log2 {
    static constexpr std::string_view name = "log2";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        using std::log2;
        return log2(x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return constant<T>(1.4426950408889634) / x;
    }
};
template <Number X>
auto log2(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Log2>(line, std::forward<X>(x));
}

/// y = log10 x, the logarithm to base 10.      dy/dx = 1 / (x ln 10)
struct Log10 {
    static constexpr std::string_view name = "log10";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        using std::log10;
        return log10(x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return constant<T>(0.43429448190325183) / x;
    }
};
template <Number X>
auto log10(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Log10>(line, std::forward<X>(x));
}

}  // namespace hesse
