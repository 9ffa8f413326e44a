#pragma once

#include "hesse/autodiff/operations/error_function.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/sigmoid.hpp"
#include "hesse/autodiff/rule.hpp"

#include <cstddef>
#include <utility>

/// Activation functions of neural networks beside tanh, relu, sigmoid and softplus.
namespace hesse {

/// y = x for x > 0, else slope x.      dy/dx = 1 for x > 0, else slope; dy/dslope = min(x, 0)
struct LeakyRelu {
    static constexpr std::string_view name = "leaky_relu";
    static constexpr Keep keep = Keep::nothing;
    template <class X, class S>
    static CommonNumber<X, S> value(const X& x, const S& slope) {
        return select(x > zero<X>, x, slope * x);
    }
    template <std::size_t I, class X, class S, class Y>
    static Y partial(const X& x, const S& slope, const Y&) {
        if constexpr (I == 0) return select(x > zero<X>, one<Y>, Y(slope));
        else return select(x > zero<X>, zero<Y>, Y(x));
    }
};
template <class X, class S = double>
    requires Arguments<X, S>
auto leaky_relu(X&& x, S&& slope = 0.01, SourceLine line = SourceLine::here()) {
    return apply_at<LeakyRelu>(line, std::forward<X>(x), std::forward<S>(slope));
}

/// y = x for x > 0, else alpha (e^x - 1).      dy/dx = 1 for x > 0, else alpha e^x; dy/dalpha = e^min(x, 0) - 1
///
/// Clevert, Unterthiner and Hochreiter, Fast and accurate deep network learning by exponential linear units, 2016.
struct Elu {
    static constexpr std::string_view name = "elu";
    static constexpr Keep keep = Keep::derivatives;
    template <class X, class S>
    static CommonNumber<X, S> value(const X& x, const S& alpha) {
        return select(x > zero<X>, x, alpha * apply<Expm1>(x));
    }
    template <std::size_t I, class X, class S, class Y>
    static Y partial(const X& x, const S& alpha, const Y&) {
        if constexpr (I == 0) return select(x > zero<X>, one<Y>, Y(alpha * apply<Exp>(x)));
        else return select(x > zero<X>, zero<Y>, Y(apply<Expm1>(x)));
    }
};
template <class X, class S = double>
    requires Arguments<X, S>
auto elu(X&& x, S&& alpha = 1.0, SourceLine line = SourceLine::here()) {
    return apply_at<Elu>(line, std::forward<X>(x), std::forward<S>(alpha));
}

/// y = x / (1 + e^-x), also called swish.      dy/dx = s + x s (1 - s) with s = 1 / (1 + e^-x)
struct Silu {
    static constexpr std::string_view name = "silu";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        const T s = apply<Sigmoid>(x);
        return select(s == zero<T>, zero<T>, x * s);  // -infinity times 0
    }
    template <class T>
    static T partial(const T& x, const T&) {
        const T s = apply<Sigmoid>(x);
        return s + x * (s * apply<Sigmoid>(T(-x)));
    }
};
template <Number X>
auto silu(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Silu>(line, std::forward<X>(x));
}

/// y = x Phi(x), with the distribution function Phi of the normal law.      dy/dx = Phi(x) + x phi(x)
///
/// Hendrycks and Gimpel, Gaussian error linear units, 2016.
struct Gelu {
    static constexpr std::string_view name = "gelu";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        const T p = apply<NormalCdf>(x);
        return select(p == zero<T>, zero<T>, x * p);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return apply<NormalCdf>(x) + x * apply<NormalPdf>(x);
    }
};
template <Number X>
auto gelu(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Gelu>(line, std::forward<X>(x));
}

/// y = x / 2 (1 + tanh(u / 2)) = x / (1 + e^-u) with u = sqrt(8 / pi) (x + 0.044715 x^3): the approximation of gelu in
/// use where there was no error function.      dy/dx = s + x s (1 - s) u' with s = 1 / (1 + e^-u)
struct GeluTanh {
    static constexpr std::string_view name = "gelu_tanh";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        const T s = apply<Sigmoid>(exponent(bounded(x)));
        return select(s == zero<T>, zero<T>, x * s);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        const T z = bounded(x);
        const T u = exponent(z);
        const T s = apply<Sigmoid>(u);
        const T slope = constant<T>(a) + constant<T>(3 * a * b) * (z * z);
        return s + z * (s * apply<Sigmoid>(T(-u))) * slope;
    }

private:
    static constexpr double a = 1.5957691216057308;  // sqrt(8 / pi)
    static constexpr double b = 0.044715;
    template <class T>
    static T exponent(const T& x) {
        return constant<T>(a) * (x + constant<T>(b) * (x * x * x));
    }
    /// Beyond 40, s is 0 or 1, and x^3 may overflow.
    template <class T>
    static T bounded(const T& x) {
        return select(x > constant<T>(40), constant<T>(40),
                      select(x < constant<T>(-40), constant<T>(-40), x));
    }
};
template <Number X>
auto gelu_tanh(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<GeluTanh>(line, std::forward<X>(x));
}

}  // namespace hesse
