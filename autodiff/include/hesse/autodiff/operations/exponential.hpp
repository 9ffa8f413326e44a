#pragma once

#include "hesse/autodiff/rule.hpp"

#include <cmath>
#include <utility>

/// Exponentials and logarithms.
namespace hesse {

/// y = e^x.      dy/dx = y
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
        return y;
    }
};
template <Number X>
auto exp(X&& x) {
    return apply<Exp>(std::forward<X>(x));
}

/// y = e^x - 1, accurate near 0.      dy/dx = y + 1
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
        return y + one<T>;
    }
};
template <Number X>
auto expm1(X&& x) {
    return apply<Expm1>(std::forward<X>(x));
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
auto log(X&& x) {
    return apply<Log>(std::forward<X>(x));
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
auto log1p(X&& x) {
    return apply<Log1p>(std::forward<X>(x));
}

}  // namespace hesse
