#pragma once

#include "hesse/autodiff/number.hpp"
#include "hesse/autodiff/rule.hpp"

#include <cstddef>
#include <type_traits>
#include <utility>

/// Forward mode: a number and its derivative along one direction.
namespace hesse {

template <class T, class Tangent = T>
struct Dual;

template <class T, class Tangent>
inline constexpr bool is_dual<Dual<T, Tangent>> = true;

namespace dual {

template <class S, class T>
inline constexpr bool is_constant_of = std::is_arithmetic_v<S> || std::is_same_v<S, T>;
template <class S, class T, class Tangent>
inline constexpr bool is_constant_of<S, Dual<T, Tangent>> =
    std::is_arithmetic_v<S> || std::is_same_v<S, Dual<T, Tangent>> || is_constant_of<S, T>;

}  // namespace dual

/// What may stand beside a Dual<T> without a tangent of its own: arithmetic types, T, and what T is made of.
template <class S, class T>
concept ConstantOf = dual::is_constant_of<S, T>;

/// value + tangent * epsilon with epsilon^2 = 0: the value of an expression and its derivative along the
/// direction that the tangents of the inputs state. T is double, float, a Pack of them, or a Dual, which
/// gives second derivatives. The tangent is a T, or Directions<T>: derivatives along many directions at once.
/// Comparisons look at the value only.
template <class T, class Tangent>
struct Dual {
    using Value = T;

    T value;
    Tangent tangent;

    Dual() = default;  // uninitialized, like a double

    [[gnu::always_inline]] Dual(const T& constant_value) : value(constant_value), tangent(ScalarOf<T>(0)) {}
    [[gnu::always_inline]] Dual(const T& value_, const Tangent& tangent_)
        : value(value_), tangent(tangent_) {}
    template <ConstantOf<T> S>
        requires(!std::is_same_v<S, T>)
    [[gnu::always_inline]] Dual(const S& constant_value) : Dual(T(lower(constant_value))) {}

    [[gnu::always_inline]] friend Dual operator+(const Dual& a) { return a; }
    [[gnu::always_inline]] friend Dual operator-(const Dual& a) { return {-a.value, -a.tangent}; }

    [[gnu::always_inline]] friend Dual operator+(const Dual& a, const Dual& b) {
        return {a.value + b.value, a.tangent + b.tangent};
    }
    [[gnu::always_inline]] friend Dual operator-(const Dual& a, const Dual& b) {
        return {a.value - b.value, a.tangent - b.tangent};
    }
    [[gnu::always_inline]] friend Dual operator*(const Dual& a, const Dual& b) {
        return {a.value * b.value, multiply_add(a.tangent, b.value, Tangent(a.value * b.tangent))};
    }
    [[gnu::always_inline]] friend Dual operator/(const Dual& a, const Dual& b) {
        const T quotient = a.value / b.value;
        return {quotient, (a.tangent - quotient * b.tangent) / b.value};
    }

    // A constant has no tangent: nothing is multiplied by it.
    template <ConstantOf<T> S>
    [[gnu::always_inline]] friend Dual operator+(const Dual& a, const S& b) {
        return {a.value + lower(b), a.tangent};
    }
    template <ConstantOf<T> S>
    [[gnu::always_inline]] friend Dual operator+(const S& a, const Dual& b) {
        return {lower(a) + b.value, b.tangent};
    }
    template <ConstantOf<T> S>
    [[gnu::always_inline]] friend Dual operator-(const Dual& a, const S& b) {
        return {a.value - lower(b), a.tangent};
    }
    template <ConstantOf<T> S>
    [[gnu::always_inline]] friend Dual operator-(const S& a, const Dual& b) {
        return {lower(a) - b.value, -b.tangent};
    }
    template <ConstantOf<T> S>
    [[gnu::always_inline]] friend Dual operator*(const Dual& a, const S& b) {
        return {a.value * lower(b), a.tangent * lower(b)};
    }
    template <ConstantOf<T> S>
    [[gnu::always_inline]] friend Dual operator*(const S& a, const Dual& b) {
        return {lower(a) * b.value, lower(a) * b.tangent};
    }
    template <ConstantOf<T> S>
    [[gnu::always_inline]] friend Dual operator/(const Dual& a, const S& b) {
        return {a.value / lower(b), a.tangent / lower(b)};
    }
    template <ConstantOf<T> S>
    [[gnu::always_inline]] friend Dual operator/(const S& a, const Dual& b) {
        const T quotient = lower(a) / b.value;
        return {quotient, -(quotient * b.tangent) / b.value};
    }

    template <class S>
    Dual& operator+=(const S& b) {
        return *this = *this + b;
    }
    template <class S>
    Dual& operator-=(const S& b) {
        return *this = *this - b;
    }
    template <class S>
    Dual& operator*=(const S& b) {
        return *this = *this * b;
    }
    template <class S>
    Dual& operator/=(const S& b) {
        return *this = *this / b;
    }

    // bool for scalars, a Mask for packs.
    friend auto operator==(const Dual& a, const Dual& b) { return a.value == b.value; }
    friend auto operator!=(const Dual& a, const Dual& b) { return a.value != b.value; }
    friend auto operator<(const Dual& a, const Dual& b) { return a.value < b.value; }
    friend auto operator<=(const Dual& a, const Dual& b) { return a.value <= b.value; }
    friend auto operator>(const Dual& a, const Dual& b) { return a.value > b.value; }
    friend auto operator>=(const Dual& a, const Dual& b) { return a.value >= b.value; }

private:
    /// Arithmetic types enter in the precision of T, other constants as they are.
    template <class S>
    static constexpr decltype(auto) lower(const S& constant) {
        if constexpr (std::is_arithmetic_v<S>) return static_cast<ScalarOf<T>>(constant);
        else return (constant);
    }
};

template <class T, class Tangent>
inline constexpr bool is_operand<Dual<T, Tangent>> = true;

template <class T, class Tangent>
struct ScalarOfNumber<Dual<T, Tangent>> {
    using type = ScalarOf<T>;
};

template <class T, class Tangent>
[[gnu::always_inline]] constexpr Dual<T, Tangent> with_tangent(const T& value, const Tangent& tangent) {
    return {value, tangent};
}

/// condition ? a : b on both parts, where a or b is a dual and the other may be a constant. The condition is a
/// bool, or a Mask when the dual is made of packs.
template <class Condition, Number A, Number B>
    requires(is_dual<A> || is_dual<B>)
auto select(const Condition& condition, const A& a, const B& b) {
    using Common = CommonNumber<A, B>;
    const Common from_a(a);
    const Common from_b(b);
    using T = typename Common::Value;
    using Tangent = decltype(Common::tangent);
    return Common(T(select(condition, from_a.value, from_b.value)),
                  Tangent(select(condition, from_a.tangent, from_b.tangent)));
}

namespace dual {

/// The value of an argument of type D, the outermost dual of a call; any other argument is a constant.
template <class D, class X>
decltype(auto) primal(const X& x) {
    if constexpr (std::is_same_v<X, D>) return (x.value);
    else if constexpr (std::is_arithmetic_v<X>) return static_cast<ScalarOf<D>>(x);
    else return (x);
}

/// The share of a constant in a sum of tangents: nothing, and not a zero that would have to be added.
struct Nothing {
    template <class T>
    friend T operator+(const Nothing&, const T& term) {
        return term;
    }
    template <class T>
    friend T operator+(const T& term, const Nothing&) {
        return term;
    }
    friend Nothing operator+(const Nothing&, const Nothing&) { return {}; }
};

template <class Rule, std::size_t I, class D, class Argument, class... X>
auto term(const Argument& argument, const typename D::Value& y, const X&... x) {
    if constexpr (std::is_same_v<Argument, D>) {
        using T = typename D::Value;
        using Tangent = decltype(D::tangent);
        const T slope(partial_of<Rule, I>(y, primal<D>(x)...));
        const Tangent share(slope * argument.tangent);
        // a slope that is zero cuts: the tangent of what max did not choose may be infinite
        if constexpr (is_piecewise_linear<Rule>) return Tangent(select(slope == zero<T>, Tangent(0), share));
        else return share;
    } else {
        return Nothing{};
    }
}

}  // namespace dual

/// The chain rule: y = f(x...), y' = sum over the dual arguments of df/dx_I(x...) x_I'. Arguments that are not
/// of the outermost dual type are constants: their partials are not even evaluated.
template <class Rule, class... X>
    requires(... && is_evaluated<X>) && (... || is_dual<X>)
auto apply(const X&... x) {
    using D = CommonNumber<X...>;
    using T = typename D::Value;
    const T y = apply<Rule>(dual::primal<D>(x)...);
    const auto tangent = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return (... + dual::term<Rule, I, D>(x, y, x...));
    };
    return D(y, tangent(std::index_sequence_for<X...>{}));
}

}  // namespace hesse
