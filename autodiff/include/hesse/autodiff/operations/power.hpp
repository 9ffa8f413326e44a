#pragma once

#include "hesse/autodiff/operations/arithmetic.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/rule.hpp"

#include <cmath>
#include <cstddef>
#include <utility>

/// Powers and roots.
namespace hesse {

/// y = x^2.      dy/dx = 2 x
struct Square {
    static constexpr std::string_view name = "square";
    static constexpr Keep keep = Keep::nothing;
    template <class T>
    static T value(const T& x) {
        return x * x;
    }
    template <class T>
    static Twice<T> partial(const T& x, const T&) {
        return {x};
    }
};
template <Number X>
auto square(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Square>(line, std::forward<X>(x));
}

/// y = 1 / x.      dy/dx = -y^2
struct Inverse {
    static constexpr std::string_view name = "inverse";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        return one<T> / x;
    }
    template <class T>
    static T partial(const T&, const T& y) {
        return -(y * y);
    }
};
template <Number X>
auto inverse(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Inverse>(line, std::forward<X>(x));
}

/// y = sqrt(x).      dy/dx = 1 / (2 y), taken as 0 at x = 0 where it is infinite
struct Sqrt {
    static constexpr std::string_view name = "sqrt";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        using std::sqrt;
        return sqrt(x);
    }
    template <class T>
    static T partial(const T&, const T& y) {
        return select(y == zero<T>, zero<T>, constant<T>(0.5) / y);
    }
};
template <Number X>
auto sqrt(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Sqrt>(line, std::forward<X>(x));
}

/// 1 - x^2, with all its digits near -1 and 1 as well as those of its derivative near 0.
template <class T>
T one_minus_square(const T& x) {
    const T square = x * x;
    return select(square < constant<T>(0.5), one<T> - square, (one<T> - x) * (one<T> + x));
}

/// y = 1 / sqrt(x).      dy/dx = -y / (2 x)
struct Rsqrt {
    static constexpr std::string_view name = "rsqrt";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        return one<T> / apply<Sqrt>(x);
    }
    template <class T>
    static T partial(const T& x, const T& y) {
        return constant<T>(-0.5) * y / x;
    }
};
template <Number X>
auto rsqrt(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Rsqrt>(line, std::forward<X>(x));
}

/// y = x^3.      dy/dx = 3 x^2
struct Cube {
    static constexpr std::string_view name = "cube";
    static constexpr Keep keep = Keep::nothing;
    template <class T>
    static T value(const T& x) {
        return x * x * x;
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return constant<T>(3) * (x * x);
    }
};
template <Number X>
auto cube(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Cube>(line, std::forward<X>(x));
}

/// y = x^(1/3), of negative numbers too.      dy/dx = 1 / (3 y^2), taken as 0 at x = 0 where it is infinite
struct Cbrt {
    static constexpr std::string_view name = "cbrt";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        using std::cbrt;
        return cbrt(x);
    }
    template <class T>
    static T partial(const T&, const T& y) {
        return select(y == zero<T>, zero<T>, constant<T>(1.0 / 3) / (y * y));
    }
};
template <Number X>
auto cbrt(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Cbrt>(line, std::forward<X>(x));
}

/// y = a^b.      dy/da = b a^(b-1),   dy/db = y ln a
///
/// One rule for every mix of arguments: where the exponent is a number, only the first partial is asked for.
/// dy/da is right to every order at a = 0 for whole b >= 0. Where a = 0 and 0 < b < 1 it is infinite and taken
/// as 0. dy/db is its limit 0 at a = 0, and NaN for a < 0, where a^b is not a function of a real b.
struct Power {
    static constexpr std::string_view name = "pow";
    static constexpr Keep keep = Keep::derivatives;
    static constexpr bool reads_result = true;
    template <class A, class B>
    static CommonNumber<A, B> value(const A& a, const B& b) {
        using T = CommonNumber<A, B>;
        if constexpr (is_plain<T>) return of_plain(T(a), T(b));
        else return apply<Power>(a, b);
    }
    template <std::size_t I, class A, class B, class Y>
    static Y partial(const A& a, const B& b, const Y& y) {
        using S = ScalarOf<Y>;
        if constexpr (I == 0) {
            // 0 * 0^-1 for b = 0, and the infinite slope for 0 < b < 1
            const auto flat = a == zero<S> && b >= zero<S> && b < one<S>;
            return select(flat, zero<S>, b * apply<Power>(a, b - one<S>));
        } else {
            return select(a == zero<S>, zero<S>, y * apply<Log>(a));
        }
    }

private:
    /// Small whole exponents, the common ones, are products: faster, and no less accurate.
    template <class T>
    static T of_plain(const T& a, const T& b) {
        using std::pow;
        const auto first = b == constant<T>(1);
        const auto second = b == constant<T>(2);
        const auto third = b == constant<T>(3);
        const T other = all(first || second || third) ? a : T(pow(a, b));
        return select(third, a * a * a, select(second, a * a, select(first, a, other)));
    }
};
template <class A, class B>
    requires Arguments<A, B>
auto pow(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    return apply_at<Power>(line, std::forward<A>(a), std::forward<B>(b));
}

/// y = sqrt(a^2 + b^2 + ...), of two or three arguments.      dy/da = a / y, taken as 0 where all arguments are 0
struct Hypot {
    static constexpr std::string_view name = "hypot";
    static constexpr Keep keep = Keep::result;
    template <class A, class B>
    static CommonNumber<A, B> value(const A& a, const B& b) {
        return value_by_lane<Hypot>([](auto u, auto v) { return std::hypot(u, v); }, a, b);
    }
    template <class A, class B, class C>
    static CommonNumber<A, B, C> value(const A& a, const B& b, const C& c) {
        // not std::hypot of three numbers, which is NaN where one is infinite
        return value_by_lane<Hypot>([](auto u, auto v, auto w) { return std::hypot(std::hypot(u, v), w); }, a,
                                    b, c);
    }
    template <std::size_t I, class A, class B, class Y>
    static Y partial(const A& a, const B& b, const Y& y) {
        if constexpr (I == 0) return component(a, y);
        else return component(b, y);
    }
    template <std::size_t I, class A, class B, class C, class Y>
    static Y partial(const A& a, const B& b, const C& c, const Y& y) {
        if constexpr (I == 0) return component(a, y);
        else if constexpr (I == 1) return component(b, y);
        else return component(c, y);
    }

private:
    template <class X, class Y>
    static Y component(const X& x, const Y& y) {
        return select(y == zero<Y>, zero<Y>, x / y);
    }
};
template <class A, class B>
    requires Arguments<A, B>
auto hypot(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    return apply_at<Hypot>(line, std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B, class C>
    requires Arguments<A, B, C>
auto hypot(A&& a, B&& b, C&& c, SourceLine line = SourceLine::here()) {
    return apply_at<Hypot>(line, std::forward<A>(a), std::forward<B>(b), std::forward<C>(c));
}

}  // namespace hesse
