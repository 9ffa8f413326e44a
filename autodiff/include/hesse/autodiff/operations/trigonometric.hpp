#pragma once

#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/rule.hpp"

#include <cmath>
#include <cstddef>
#include <utility>

/// Circular functions and their inverses.
namespace hesse {

struct Cos;

/// y = sin x.      dy/dx = cos x
struct Sin {
    static constexpr std::string_view name = "sin";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        using std::sin;
        return sin(x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return apply<Cos>(x);
    }
};
template <Number X>
auto sin(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Sin>(line, std::forward<X>(x));
}

/// y = cos x.      dy/dx = -sin x
struct Cos {
    static constexpr std::string_view name = "cos";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        using std::cos;
        return cos(x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return -apply<Sin>(x);
    }
};
template <Number X>
auto cos(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Cos>(line, std::forward<X>(x));
}

/// y = tan x.      dy/dx = 1 + y^2
struct Tan {
    static constexpr std::string_view name = "tan";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        using std::tan;
        return tan(x);
    }
    template <class T>
    static T partial(const T&, const T& y) {
        return one<T> + y * y;
    }
};
template <Number X>
auto tan(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Tan>(line, std::forward<X>(x));
}

/// y = arcsin x.      dy/dx = 1 / sqrt(1 - x^2), taken as 0 at -1 and 1 where it is infinite
struct Asin {
    static constexpr std::string_view name = "asin";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        using std::asin;
        return asin(x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        const T cosine_squared = one_minus_square(x);
        return select(cosine_squared == zero<T>, zero<T>, one<T> / apply<Sqrt>(cosine_squared));
    }
};
template <Number X>
auto asin(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Asin>(line, std::forward<X>(x));
}

/// y = arccos x.      dy/dx = -1 / sqrt(1 - x^2), taken as 0 at -1 and 1 where it is infinite
struct Acos {
    static constexpr std::string_view name = "acos";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        using std::acos;
        return acos(x);
    }
    template <class T>
    static T partial(const T& x, const T& y) {
        return -Asin::partial(x, y);
    }
};
template <Number X>
auto acos(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Acos>(line, std::forward<X>(x));
}

/// y = arctan x.      dy/dx = 1 / (1 + x^2)
struct Atan {
    static constexpr std::string_view name = "atan";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        using std::atan;
        return atan(x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return one<T> / (one<T> + x * x);
    }
};
template <Number X>
auto atan(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Atan>(line, std::forward<X>(x));
}

/// y = atan2(a, b), the angle of the point (b, a).      dy/da = b / r^2, dy/db = -a / r^2 with r^2 = a^2 + b^2, taken
/// as 0 at the origin
struct Atan2 {
    static constexpr std::string_view name = "atan2";
    static constexpr Keep keep = Keep::derivatives;
    template <class A, class B>
    static CommonNumber<A, B> value(const A& a, const B& b) {
        return value_by_lane<Atan2>([](auto u, auto v) { return std::atan2(u, v); }, a, b);
    }
    template <std::size_t I, class A, class B, class Y>
    static Y partial(const A& a, const B& b, const Y&) {
        const Y r = apply<Hypot>(a, b);  // r^2 might overflow
        const auto origin = r == zero<Y>;
        if constexpr (I == 0) return select(origin, zero<Y>, b / r / r);
        else return select(origin, zero<Y>, -a / r / r);
    }
};
template <class A, class B>
    requires Arguments<A, B>
auto atan2(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    return apply_at<Atan2>(line, std::forward<A>(a), std::forward<B>(b));
}

}  // namespace hesse
