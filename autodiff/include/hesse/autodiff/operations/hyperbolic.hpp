#pragma once

#include "hesse/autodiff/rule.hpp"

#include <cmath>
#include <utility>

/// Hyperbolic functions.
namespace hesse {

struct Cosh;

/// y = sinh x.      dy/dx = cosh x
struct Sinh {
    static constexpr std::string_view name = "sinh";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        using std::sinh;
        return sinh(x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return apply<Cosh>(x);
    }
};
template <Number X>
auto sinh(X&& x) {
    return apply<Sinh>(std::forward<X>(x));
}

/// y = cosh x.      dy/dx = sinh x
struct Cosh {
    static constexpr std::string_view name = "cosh";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        using std::cosh;
        return cosh(x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return apply<Sinh>(x);
    }
};
template <Number X>
auto cosh(X&& x) {
    return apply<Cosh>(std::forward<X>(x));
}

/// y = tanh x.      dy/dx = 1 - y^2
struct Tanh {
    static constexpr std::string_view name = "tanh";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        using std::tanh;
        return tanh(x);
    }
    template <class T>
    static T partial(const T&, const T& y) {
        return one<T> - y * y;
    }
};
template <Number X>
auto tanh(X&& x) {
    return apply<Tanh>(std::forward<X>(x));
}

}  // namespace hesse
