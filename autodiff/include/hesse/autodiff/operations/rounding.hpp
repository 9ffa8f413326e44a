#pragma once

#include "hesse/autodiff/rule.hpp"

#include <cmath>
#include <cstddef>
#include <utility>

/// Functions that are constant between their jumps, and remainders. Derivatives ignore the jumps.
namespace hesse {

/// dy/dx = 0 everywhere, at a jump too.
struct PiecewiseConstant {
    static constexpr Keep keep = Keep::nothing;
    static constexpr bool piecewise_linear = true;
    template <class T>
    static T partial(const T&, const T&) {
        return zero<T>;
    }
};

/// y = the largest whole number that is not above x.      dy/dx = 0
struct Floor : PiecewiseConstant {
    static constexpr std::string_view name = "floor";
    template <class T>
    static T value(const T& x) {
        using std::floor;
        return floor(x);
    }
};
template <Number X>
auto floor(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Floor>(line, std::forward<X>(x));
}

/// y = the smallest whole number that is not below x.      dy/dx = 0
struct Ceil : PiecewiseConstant {
    static constexpr std::string_view name = "ceil";
    template <class T>
    static T value(const T& x) {
        using std::ceil;
        return ceil(x);
    }
};
template <Number X>
auto ceil(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Ceil>(line, std::forward<X>(x));
}

/// y = x without its fraction.      dy/dx = 0
struct Trunc : PiecewiseConstant {
    static constexpr std::string_view name = "trunc";
    template <class T>
    static T value(const T& x) {
        using std::trunc;
        return trunc(x);
    }
};
template <Number X>
auto trunc(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Trunc>(line, std::forward<X>(x));
}

/// y = the whole number nearest to x, away from zero on a tie.      dy/dx = 0
struct Round : PiecewiseConstant {
    static constexpr std::string_view name = "round";
    template <class T>
    static T value(const T& x) {
        using std::round;
        return round(x);
    }
};
template <Number X>
auto round(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Round>(line, std::forward<X>(x));
}

/// y = the whole number nearest to x, the even one on a tie (in the default rounding mode).      dy/dx = 0
struct Rint : PiecewiseConstant {
    static constexpr std::string_view name = "rint";
    template <class T>
    static T value(const T& x) {
        using std::rint;
        return rint(x);
    }
};
template <Number X>
auto rint(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Rint>(line, std::forward<X>(x));
}
template <Number X>
auto nearbyint(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Rint>(line, std::forward<X>(x));
}

/// y = -1, 0 or 1.      dy/dx = 0
struct Sign : PiecewiseConstant {
    static constexpr std::string_view name = "sign";
    template <class T>
    static T value(const T& x) {
        // x itself where it is 0 or NaN
        if constexpr (is_plain<T>) return select(x > zero<T>, one<T>, select(x < zero<T>, -one<T>, x));
        else return apply<Sign>(x);
    }
};
template <Number X>
auto sign(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Sign>(line, std::forward<X>(x));
}

/// y = x, as if it were a constant.      dy/dx := 0
struct StopGradient : PiecewiseConstant {
    static constexpr std::string_view name = "stop_gradient";
    template <class T>
    static T value(const T& x) {
        if constexpr (is_plain<T>) return x;
        else return apply<StopGradient>(x);
    }
};
template <Number X>
auto stop_gradient(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<StopGradient>(line, std::forward<X>(x));
}

/// dy/da = 1, dy/db = -n of y = a - n b with a whole number n.
struct RemainderOf {
    static constexpr Keep keep = Keep::result;
    static constexpr bool piecewise_linear = true;
    template <std::size_t I, class A, class B, class Y>
    static Y partial(const A& a, const B& b, const Y& y) {
        // not trunc(a / b): the quotient may have been rounded to the next whole number
        if constexpr (I == 0) return Y(one<Y>);
        else return -apply<Round>(Y((a - y) / b));
    }
};

/// y = a - b trunc(a / b), which has the sign of a.      dy/da = 1, dy/db = -trunc(a / b)
struct Fmod : RemainderOf {
    static constexpr std::string_view name = "fmod";
    template <class A, class B>
    static CommonNumber<A, B> value(const A& a, const B& b) {
        return value_by_lane<Fmod>([](auto u, auto v) { return std::fmod(u, v); }, a, b);
    }
};
template <class A, class B>
    requires Arguments<A, B>
auto fmod(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    return apply_at<Fmod>(line, std::forward<A>(a), std::forward<B>(b));
}

/// y = a - b n with the whole number n nearest to a / b, the even one on a tie.      dy/da = 1, dy/db = -n
struct Remainder : RemainderOf {
    static constexpr std::string_view name = "remainder";
    template <class A, class B>
    static CommonNumber<A, B> value(const A& a, const B& b) {
        return value_by_lane<Remainder>([](auto u, auto v) { return std::remainder(u, v); }, a, b);
    }
};
template <class A, class B>
    requires Arguments<A, B>
auto remainder(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    return apply_at<Remainder>(line, std::forward<A>(a), std::forward<B>(b));
}

}  // namespace hesse
