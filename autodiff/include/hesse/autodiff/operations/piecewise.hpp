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
auto abs(X&& x) {
    return apply<Abs>(std::forward<X>(x));
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
auto relu(X&& x) {
    return apply<Relu>(std::forward<X>(x));
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
template <Number A, Number B>
auto max(A&& a, B&& b) {
    return apply<Maximum>(std::forward<A>(a), std::forward<B>(b));
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
template <Number A, Number B>
auto min(A&& a, B&& b) {
    return apply<Minimum>(std::forward<A>(a), std::forward<B>(b));
}

/// y = condition ? a : b.      the chosen argument has partial 1, the other 0
///
/// The condition is a bool, a Mask, or a number that counts as true unless it is 0 (so an array of zeros and
/// ones works); its own partial is 0. The side that was not chosen reaches the value in no way, but in reverse
/// mode its adjoint 0 still meets its own partials: keep them finite, as with any vectorized choice.
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
auto select(Condition&& condition, A&& a, B&& b) {
    return apply<Select>(std::forward<Condition>(condition), std::forward<A>(a), std::forward<B>(b));
}

}  // namespace hesse
