#pragma once

#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/rule.hpp"

#include <cmath>
#include <utility>

/// The logistic function and its relatives. No branch exponentiates a positive number, so nothing overflows
/// however far out x is.
namespace hesse {

/// y = 1 / (1 + e^-x).      dy/dx = y (1 - y)
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
auto sigmoid(X&& x) {
    return apply<Sigmoid>(std::forward<X>(x));
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
auto softplus(X&& x) {
    return apply<Softplus>(std::forward<X>(x));
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
auto log_sigmoid(X&& x) {
    return apply<LogSigmoid>(std::forward<X>(x));
}

}  // namespace hesse
