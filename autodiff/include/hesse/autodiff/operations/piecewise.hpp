#pragma once

#include "hesse/autodiff/rule.hpp"

#include <cmath>
#include <cstddef>
#include <type_traits>
#include <utility>

/// Functions made of pieces. Their second derivatives are zero; at a kink each states its choice. NaN goes in,
/// NaN comes out.
namespace hesse {

/// y = |x|.      dy/dx = sign x, 0 at 0
struct Abs {
    static constexpr std::string_view name = "abs";
    static constexpr Keep keep = Keep::nothing;
    static constexpr bool piecewise_linear = true;
    template <class T>
    static T value(const T& x) {
        using std::abs;
        return abs(x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return select(x > zero<T>, one<T>, select(x < zero<T>, -one<T>, zero<T>));
    }
};
template <Number X>
auto abs(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Abs>(line, std::forward<X>(x));
}
template <Number X>
auto fabs(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Abs>(line, std::forward<X>(x));
}

/// y = max(x, 0).      dy/dx = 1 for x > 0, else 0
struct Relu {
    static constexpr std::string_view name = "relu";
    static constexpr Keep keep = Keep::nothing;
    static constexpr bool piecewise_linear = true;
    template <class T>
    static T value(const T& x) {
        return select(x <= zero<T>, zero<T>, x);
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return select(x <= zero<T>, zero<T>, one<T>);
    }
};
template <Number X>
auto relu(X&& x, SourceLine line = SourceLine::here()) {
    return apply_at<Relu>(line, std::forward<X>(x));
}

/// y = max(a, b).      the larger argument has partial 1, the other 0; on a tie both have 1/2
///
/// Halves keep the symmetry of the two arguments: |x| = max(x, -x) then has derivative 0 at 0.
struct Maximum {
    static constexpr std::string_view name = "max";
    static constexpr Keep keep = Keep::nothing;
    static constexpr bool piecewise_linear = true;
    template <class A, class B>
    static CommonNumber<A, B> value(const A& a, const B& b) {
        if constexpr (is_plain<CommonNumber<A, B>>) {
            return select(a > b, a, select(b >= a, b, a + b));  // a + b: one of them is NaN
        } else {
            return apply<Maximum>(a, b);  // on a tie the tangent is the mean of both, not one of them
        }
    }
    template <std::size_t I, class A, class B, class Y>
    static Y partial(const A& a, const B& b, const Y&) {
        using S = ScalarOf<Y>;
        const S above = I == 0 ? S(1) : S(0);
        return select(a > b, above, select(a < b, one<S> - above, constant<S>(0.5)));
    }
};
template <class A, class B>
    requires Arguments<A, B>
auto max(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    return apply_at<Maximum>(line, std::forward<A>(a), std::forward<B>(b));
}

/// y = min(a, b).      the smaller argument has partial 1, the other 0; on a tie both have 1/2
struct Minimum {
    static constexpr std::string_view name = "min";
    static constexpr Keep keep = Keep::nothing;
    static constexpr bool piecewise_linear = true;
    template <class A, class B>
    static CommonNumber<A, B> value(const A& a, const B& b) {
        if constexpr (is_plain<CommonNumber<A, B>>) {
            return select(a < b, a, select(b <= a, b, a + b));  // a + b: one of them is NaN
        } else {
            return apply<Minimum>(a, b);  // on a tie the tangent is the mean of both, not one of them
        }
    }
    template <std::size_t I, class A, class B, class Y>
    static Y partial(const A& a, const B& b, const Y&) {
        using S = ScalarOf<Y>;
        const S below = I == 0 ? S(1) : S(0);
        return select(a < b, below, select(a > b, one<S> - below, constant<S>(0.5)));
    }
};
template <class A, class B>
    requires Arguments<A, B>
auto min(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    return apply_at<Minimum>(line, std::forward<A>(a), std::forward<B>(b));
}

/// y = min(max(x, low), high).      dy/dx = 1 between the bounds, 0 beyond them; at a bound 1/2, as its own partial
template <class X, class Low, class High>
    requires Arguments<X, Low, High>
auto clamp(X&& x, Low&& low, High&& high, SourceLine line = SourceLine::here()) {
    return apply_at<Minimum>(line, apply_at<Maximum>(line, std::forward<X>(x), std::forward<Low>(low)),
                             std::forward<High>(high));
}

/// y = the larger argument; where one is NaN, the other.      partials as of max; that of a NaN is 0 beside a number
struct Fmax {
    static constexpr std::string_view name = "fmax";
    static constexpr Keep keep = Keep::nothing;
    static constexpr bool piecewise_linear = true;
    template <class A, class B>
    static CommonNumber<A, B> value(const A& a, const B& b) {
        if constexpr (is_plain<CommonNumber<A, B>>) return select(a >= b || b != b, a, b);
        else return apply<Fmax>(a, b);
    }
    template <std::size_t I, class A, class B, class Y>
    static Y partial(const A& a, const B& b, const Y&) {
        using S = ScalarOf<Y>;
        const S first = I == 0 ? S(1) : S(0);
        const S second = one<S> - first;
        return select(a > b || b != b, first, select(a == b, constant<S>(0.5), second));
    }
};
template <class A, class B>
    requires Arguments<A, B>
auto fmax(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    return apply_at<Fmax>(line, std::forward<A>(a), std::forward<B>(b));
}

/// y = the smaller argument; where one is NaN, the other.      partials as of min; that of a NaN is 0 beside a number
struct Fmin {
    static constexpr std::string_view name = "fmin";
    static constexpr Keep keep = Keep::nothing;
    static constexpr bool piecewise_linear = true;
    template <class A, class B>
    static CommonNumber<A, B> value(const A& a, const B& b) {
        if constexpr (is_plain<CommonNumber<A, B>>) return select(a <= b || b != b, a, b);
        else return apply<Fmin>(a, b);
    }
    template <std::size_t I, class A, class B, class Y>
    static Y partial(const A& a, const B& b, const Y&) {
        using S = ScalarOf<Y>;
        const S first = I == 0 ? S(1) : S(0);
        const S second = one<S> - first;
        return select(a < b || b != b, first, select(a == b, constant<S>(0.5), second));
    }
};
template <class A, class B>
    requires Arguments<A, B>
auto fmin(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    return apply_at<Fmin>(line, std::forward<A>(a), std::forward<B>(b));
}

/// y = max(a - b, 0).      dy/da = 1, dy/db = -1 for a > b, else 0
struct Fdim {
    static constexpr std::string_view name = "fdim";
    static constexpr Keep keep = Keep::nothing;
    static constexpr bool piecewise_linear = true;
    template <class A, class B>
    static CommonNumber<A, B> value(const A& a, const B& b) {
        using T = CommonNumber<A, B>;
        if constexpr (is_plain<T>) return select(a <= b, zero<T>, T(a - b));
        else return apply<Fdim>(a, b);
    }
    template <std::size_t I, class A, class B, class Y>
    static Y partial(const A& a, const B& b, const Y&) {
        using S = ScalarOf<Y>;
        return select(a > b, I == 0 ? S(1) : S(-1), zero<S>);
    }
};
template <class A, class B>
    requires Arguments<A, B>
auto fdim(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    return apply_at<Fdim>(line, std::forward<A>(a), std::forward<B>(b));
}

/// y = |a| with the sign of b.      dy/da = 1 where the signs agree, -1 where not, 0 at a = 0; dy/db = 0
struct Copysign {
    static constexpr std::string_view name = "copysign";
    static constexpr Keep keep = Keep::nothing;
    static constexpr bool piecewise_linear = true;
    template <class A, class B>
    static CommonNumber<A, B> value(const A& a, const B& b) {
        using std::copysign;
        using T = CommonNumber<A, B>;
        if constexpr (is_plain<T>) {
            const T size(a), sign(b);
            return copysign(size, sign);
        } else {
            return apply<Copysign>(a, b);
        }
    }
    template <std::size_t I, class A, class B, class Y>
    static Y partial(const A& a, const B& b, const Y&) {
        if constexpr (I == 0) return Y(Abs::partial(a, a) * apply<Copysign>(one<Y>, b));
        else return Y(zero<Y>);
    }
};
template <class A, class B>
    requires Arguments<A, B>
auto copysign(A&& a, B&& b, SourceLine line = SourceLine::here()) {
    return apply_at<Copysign>(line, std::forward<A>(a), std::forward<B>(b));
}

/// y = condition ? a : b.      the chosen argument has partial 1, the other 0
///
/// The condition is a bool, a Mask, or a number that counts as true unless it is 0 (so an array of zeros and
/// ones works); its own partial is 0. The side that was not chosen reaches neither the value nor a derivative: it
/// may be NaN, or have infinite slopes.
struct Select {
    static constexpr std::string_view name = "select";
    static constexpr Keep keep = Keep::nothing;
    static constexpr bool piecewise_linear = true;
    template <class Condition, class A, class B>
    static CommonNumber<A, B> value(const Condition& condition, const A& a, const B& b) {
        return select(is_true(condition), a, b);
    }
    template <std::size_t I, class Condition, class A, class B, class Y>
    static Y partial(const Condition& condition, const A&, const B&, const Y&) {
        using S = ScalarOf<Y>;
        if constexpr (I == 0) return zero<S>;
        else return select(is_true(condition), I == 1 ? S(1) : S(0), I == 1 ? S(0) : S(1));
    }

    template <class Condition>
    static auto is_true(const Condition& condition) {
        if constexpr (is_condition<Condition>) return condition;
        else return condition != zero<Condition>;
    }
};
// For recorded operands: plain numbers, packs and duals have a `select` of their own.
template <class Condition, class A, class B>
    requires(Recorded<Condition> || Recorded<A> || Recorded<B>)
auto select(Condition&& condition, A&& a, B&& b, SourceLine line = SourceLine::here()) {
    return apply_at<Select>(line, std::forward<Condition>(condition), std::forward<A>(a), std::forward<B>(b));
}

}  // namespace hesse
