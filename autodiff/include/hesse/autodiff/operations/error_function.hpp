#pragma once

#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/rule.hpp"
#include "hesse/autodiff/special_functions.hpp"

#include <cmath>
#include <type_traits>
#include <utility>

/// The error function and the normal distribution.
namespace hesse {

/// e^(-s x^2) to the last places for s = 1 or 1/2, of numbers without derivatives. x = h + l with half of the digits in
/// h, so that h^2 is exact; the error of a rounded x^2 would be multiplied by x^2.
template <class T>
T exp_of_minus_square(const T& x, double s) {
    // beyond 40 it is 0, and x * split might overflow
    const T z = select(apply<Abs>(x) > constant<T>(40), constant<T>(40), x);
    const T split = z * constant<T>(std::is_same_v<ScalarOf<T>, double> ? 0x1p27 + 1 : 0x1p12 + 1);
    const T h = split - (split - z);
    const T l = z - h;
    return apply<Exp>(T(constant<T>(-s) * (h * h))) * apply<Exp>(T(constant<T>(-s) * (l * (z + h))));
}

/// y = e^(-x^2).      dy/dx = -2 x y
struct Gaussian {
    static constexpr std::string_view name = "gaussian";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        if constexpr (is_plain<T>) return exp_of_minus_square(x, 1);
        else return apply<Gaussian>(x);
    }
    template <class T>
    static T partial(const T& x, const T& y) {
        return constant<T>(-2) * (x * y);
    }
};

/// y = erf x.      dy/dx = 2 / sqrt(pi) e^(-x^2)
struct Erf {
    static constexpr std::string_view name = "erf";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        return value_by_lane<Erf>([](auto lane) { return std::erf(lane); }, x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return constant<T>(1.1283791670955126) * apply<Gaussian>(x);
    }
};
template <Number X>
auto erf(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Erf>(line, std::forward<X>(x));
}

/// y = erfc x = 1 - erf x, accurate for large x.      dy/dx = -2 / sqrt(pi) e^(-x^2)
struct Erfc {
    static constexpr std::string_view name = "erfc";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        return value_by_lane<Erfc>([](auto lane) { return std::erfc(lane); }, x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return constant<T>(-1.1283791670955126) * apply<Gaussian>(x);
    }
};
template <Number X>
auto erfc(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Erfc>(line, std::forward<X>(x));
}

/// y = the inverse of erf: erf y = x, infinite at -1 and 1, NaN beyond.      dy/dx = sqrt(pi) / 2 e^(y^2)
struct Erfinv {
    static constexpr std::string_view name = "erfinv";
    static constexpr Keep keep = Keep::derivatives;
    static constexpr bool reads_result = true;
    template <class T>
    static T value(const T& x) {
        return value_by_lane<Erfinv>([](auto lane) { return special::erfinv(lane); }, x);
    }
    template <class T>
    static T partial(const T&, const T& y) {
        return constant<T>(0.88622692545275801) / apply<Gaussian>(y);
    }
};
template <Number X>
auto erfinv(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Erfinv>(line, std::forward<X>(x));
}

/// y = phi(x), the density of the normal distribution.      dy/dx = -x y
struct NormalPdf {
    static constexpr std::string_view name = "normal_pdf";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        if constexpr (is_plain<T>) return constant<T>(0.39894228040143268) * exp_of_minus_square(x, 0.5);
        else return apply<NormalPdf>(x);
    }
    template <class T>
    static T partial(const T& x, const T& y) {
        return -(x * y);
    }
};
template <Number X>
auto normal_pdf(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<NormalPdf>(line, std::forward<X>(x));
}

/// y = Phi(x), the distribution function of the normal distribution, accurate in both tails.      dy/dx = phi(x)
struct NormalCdf {
    static constexpr std::string_view name = "normal_cdf";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        return value_by_lane<NormalCdf>([](auto lane) { return special::normal_cdf(lane); }, x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return apply<NormalPdf>(x);
    }
};
template <Number X>
auto normal_cdf(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<NormalCdf>(line, std::forward<X>(x));
}

/// y = x + phi(x) / Phi(x), without the cancellation for x far below zero.      dy/dx = 1 - y phi(x) / Phi(x), accurate
/// relative to 1
struct MillsExcess {
    static constexpr std::string_view name = "mills_excess";
    static constexpr Keep keep = Keep::derivatives;
    static constexpr bool reads_result = true;
    template <class T>
    static T value(const T& x) {
        return value_by_lane<MillsExcess>([](auto lane) { return special::mills_excess(lane); }, x);
    }
    template <class T>
    static T partial(const T& x, const T& y);
};

/// y = phi(x) / Phi(x), the slope of ln Phi.      dy/dx = -y (x + y)
struct InverseMills {
    static constexpr std::string_view name = "inverse_mills";
    static constexpr Keep keep = Keep::derivatives;
    static constexpr bool reads_result = true;
    template <class T>
    static T value(const T& x) {
        return value_by_lane<InverseMills>([](auto lane) { return special::inverse_mills(lane); }, x);
    }
    template <class T>
    static T partial(const T& x, const T& y) {
        return -(y * apply<MillsExcess>(x));
    }
};

template <class T>
T MillsExcess::partial(const T& x, const T& y) {
    return one<T> - y * apply<InverseMills>(x);
}

/// y = ln Phi(x), accurate however far out x is.      dy/dx = phi(x) / Phi(x)
struct LogNormalCdf {
    static constexpr std::string_view name = "log_normal_cdf";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        return value_by_lane<LogNormalCdf>([](auto lane) { return special::log_normal_cdf(lane); }, x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return apply<InverseMills>(x);
    }
};
template <Number X>
auto log_normal_cdf(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<LogNormalCdf>(line, std::forward<X>(x));
}

}  // namespace hesse
