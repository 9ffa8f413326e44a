#pragma once

#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/rule.hpp"

#include <cmath>
#include <limits>
#include <utility>

/// Hyperbolic functions and their inverses.
namespace hesse {

struct Cosh;

/// y = sinh x.      dy/dx = cosh x, taken as 0 where it overflows
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
        return zero_on_overflow(apply<Cosh>(x));
    }
};
template <Number X>
auto sinh(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Sinh>(line, std::forward<X>(x));
}

/// y = cosh x.      dy/dx = sinh x, taken as 0 where it overflows
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
        const T slope = apply<Sinh>(x);
        return select(apply<Abs>(slope) == std::numeric_limits<ScalarOf<T>>::infinity(), zero<T>, slope);
    }
};
template <Number X>
auto cosh(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Cosh>(line, std::forward<X>(x));
}

/// y = tanh x.      dy/dx = 1 - y^2, accurate relative to 1
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
auto tanh(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Tanh>(line, std::forward<X>(x));
}

/// y = arsinh x.      dy/dx = 1 / sqrt(1 + x^2)
struct Asinh {
    static constexpr std::string_view name = "asinh";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        using std::asinh;
        return asinh(x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        // far out the root is |x| to the last place, and x^2 may overflow
        const auto far = x > constant<T>(1e10) || x < constant<T>(-1e10);
        const T near = select(far, zero<T>, x);
        return one<T> / select(far, apply<Abs>(x), apply<Sqrt>(T(one<T> + near * near)));
    }
};
template <Number X>
auto asinh(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Asinh>(line, std::forward<X>(x));
}

/// y = arcosh x.      dy/dx = 1 / sqrt(x^2 - 1), taken as 0 at 1 where it is infinite
struct Acosh {
    static constexpr std::string_view name = "acosh";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        using std::acosh;
        return acosh(x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        const T root = apply<Sqrt>(T(x - one<T>)) * apply<Sqrt>(T(x + one<T>));  // neither overflows
        return select(x == one<T>, zero<T>, one<T> / root);
    }
};
template <Number X>
auto acosh(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Acosh>(line, std::forward<X>(x));
}

/// y = artanh x.      dy/dx = 1 / (1 - x^2)
struct Atanh {
    static constexpr std::string_view name = "atanh";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        using std::atanh;
        return atanh(x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return one<T> / one_minus_square(x);
    }
};
template <Number X>
auto atanh(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Atanh>(line, std::forward<X>(x));
}

}  // namespace hesse
