#pragma once

#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/rule.hpp"

#include <cmath>
#include <cstddef>
#include <utility>

/// The logistic function and its relatives. No branch exponentiates a positive number, so nothing overflows
/// however far out x is.
namespace hesse {

/// y = 1 / (1 + e^-x).      dy/dx = y (1 - y), accurate relative to y
struct Sigmoid {
    static constexpr std::string_view name = "sigmoid";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        const auto positive = x >= zero<T>;
        const T e = apply<Exp>(T(select(positive, -x, x)));
        return select(positive, one<T>, e) / (one<T> + e);
    }
    template <class T>
    static T partial(const T&, const T& y) {
        return y * (one<T> - y);
    }
};
template <Number X>
auto sigmoid(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Sigmoid>(line, std::forward<X>(x));
}

/// y = ln(1 + e^x).      dy/dx = 1 / (1 + e^-x)
struct Softplus {
    static constexpr std::string_view name = "softplus";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        const auto positive = x >= zero<T>;
        const T e = apply<Exp>(T(select(positive, -x, x)));
        // x first: at NaN the comparison is false and the NaN arrives through e
        return select(positive, x, zero<T>) + apply<Log1p>(e);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return apply<Sigmoid>(x);
    }
};
template <Number X>
auto softplus(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Softplus>(line, std::forward<X>(x));
}

/// y = ln(1 / (1 + e^-x)) = -softplus(-x).      dy/dx = 1 / (1 + e^x)
struct LogSigmoid {
    static constexpr std::string_view name = "log_sigmoid";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        return -apply<Softplus>(T(-x));
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return apply<Sigmoid>(T(-x));
    }
};
template <Number X>
auto log_sigmoid(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<LogSigmoid>(line, std::forward<X>(x));
}

/// y = ln(e^a + e^b), without overflow.      dy/da = 1 / (1 + e^(b - a)), dy/db = 1 / (1 + e^(a - b)); 1/2 both where
/// a and b are the same infinity
struct LogAddExp {
    static constexpr std::string_view name = "logaddexp";
    static constexpr Keep keep = Keep::derivatives;
    template <class A, class B>
    static CommonNumber<A, B> value(const A& a, const B& b) {
        using T = CommonNumber<A, B>;
        const T difference = distance<T>(a, b);
        const auto above = difference >= zero<T>;
        const T e = apply<Exp>(T(select(above, -difference, difference)));
        return select(above, a, b) + apply<Log1p>(e);
    }
    template <std::size_t I, class A, class B, class Y>
    static Y partial(const A& a, const B& b, const Y&) {
        if constexpr (I == 0) return apply<Sigmoid>(distance<Y>(a, b));
        else return apply<Sigmoid>(distance<Y>(b, a));
    }

private:
    /// a - b, and 0 and not NaN where both are the same infinity.
    template <class T, class A, class B>
    static T distance(const A& a, const B& b) {
        const T difference = T(a - b);
        return select(a == b && difference != zero<T>, zero<T>, difference);
    }
};
template <class A, class B>
    requires Arguments<A, B>
auto logaddexp(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    return apply_at<LogAddExp>(line, std::forward<A>(a), std::forward<B>(b));
}

}  // namespace hesse
