#pragma once

#include "hesse/autodiff/rule.hpp"
#include "hesse/autodiff/special_functions.hpp"

#include <cstddef>
#include <utility>

/// The regularized incomplete gamma functions. Their derivatives with respect to the shape a have no closed form: a is
/// data, and a variable in its place does not compile.
namespace hesse {

/// y = x^(a - 1) e^-x / Gamma(a) for a > 0, x >= 0: the density of the gamma distribution.      dy/dx = y ((a - 1) / x
/// - 1), taken as 0 at x = 0 where y is finite and the slope is not; a is data
struct GammaPdf {
    static constexpr std::string_view name = "gamma_pdf";
    static constexpr Keep keep = Keep::result;
    template <class A, class X>
    static CommonNumber<A, X> value(const A& a, const X& x) {
        return value_by_lane<GammaPdf>([](auto u, auto v) { return special::gamma_pdf(u, v); }, a, x);
    }
    template <std::size_t I, class A, class X, class Y>
        requires(I == 1)
    static Y partial(const A& a, const X& x, const Y& y) {
        // at 0: e^-x has slope -1, x e^-x slope 1
        const auto at_zero = select(a == one<Y>, -one<Y>, select(a == constant<Y>(2), one<Y>, zero<Y>));
        return select(x == zero<Y> && a >= one<Y>, at_zero, y * ((a - one<Y>) / x - one<Y>));
    }
};

/// y = P(a, x), the integral of gamma_pdf from 0 to x, for a > 0, x >= 0.      dy/dx = x^(a - 1) e^-x / Gamma(a)
struct GammaP {
    static constexpr std::string_view name = "gamma_p";
    static constexpr Keep keep = Keep::derivatives;
    template <class A, class X>
    static CommonNumber<A, X> value(const A& a, const X& x) {
        return value_by_lane<GammaP>([](auto u, auto v) { return special::gamma_p(u, v); }, a, x);
    }
    template <std::size_t I, class A, class X, class Y>
        requires(I == 1)
    static Y partial(const A& a, const X& x, const Y&) {
        return Y(apply<GammaPdf>(a, x));
    }
};
template <class A, class X>
    requires Arguments<A, X> && Constant<A>
auto gamma_p(A&& a, X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<GammaP>(line, std::forward<A>(a), std::forward<X>(x));
}

/// y = Q(a, x) = 1 - P(a, x), accurate for large x.      dy/dx = -x^(a - 1) e^-x / Gamma(a)
struct GammaQ {
    static constexpr std::string_view name = "gamma_q";
    static constexpr Keep keep = Keep::derivatives;
    template <class A, class X>
    static CommonNumber<A, X> value(const A& a, const X& x) {
        return value_by_lane<GammaQ>([](auto u, auto v) { return special::gamma_q(u, v); }, a, x);
    }
    template <std::size_t I, class A, class X, class Y>
        requires(I == 1)
    static Y partial(const A& a, const X& x, const Y&) {
        return Y(-apply<GammaPdf>(a, x));
    }
};
template <class A, class X>
    requires Arguments<A, X> && Constant<A>
auto gamma_q(A&& a, X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<GammaQ>(line, std::forward<A>(a), std::forward<X>(x));
}

}  // namespace hesse
