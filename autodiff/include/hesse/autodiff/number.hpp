#pragma once

#include <concepts>
#include <type_traits>

/// What the library calls a number, an operand and a constant: the few words that derivative rules, packs,
/// duals and expressions share.
namespace hesse {

/// True for the library's own number and expression types (packs, duals, variables, arrays, expressions).
/// Each type specializes it beside its definition.
template <class X>
inline constexpr bool is_operand = false;

/// One of them.
template <class X>
concept Operand = is_operand<std::remove_cvref_t<X>>;

/// double, float, int ...
template <class X>
concept Arithmetic = std::is_arithmetic_v<std::remove_cvref_t<X>>;

/// Anything an elementary function of the library accepts.
template <class X>
concept Number = Operand<X> || Arithmetic<X>;

/// True for arrays that stand beside the library's own as data: Eigen's.
template <class X>
inline constexpr bool is_data = false;

/// What an elementary function of several arguments accepts: numbers alone, or numbers and data beside at least one
/// operand of the library.
template <class... X>
concept Arguments =
    ((Number<X> || is_data<std::remove_cvref_t<X>>)&&...) && ((Arithmetic<X> && ...) || (Operand<X> || ...));

/// True for what carries no derivative: arithmetic types, packs of them, and masks.
template <class X>
inline constexpr bool is_plain = std::is_arithmetic_v<X>;

/// What carries no derivative by its type: plain numbers, data, and arrays of constants.
template <class X>
concept Constant = is_plain<std::remove_cvref_t<X>> || is_data<std::remove_cvref_t<X>> ||
                   requires { requires !std::remove_cvref_t<X>::Expression::active; };

/// True for duals: numbers with a derivative, evaluated at once.
template <class X>
inline constexpr bool is_dual = false;

/// True for Taylor numbers, which carry derivatives of many orders along one direction.
template <class X>
inline constexpr bool is_taylor = false;

/// True for numbers that are evaluated at once, with derivatives or without.
template <class X>
inline constexpr bool is_evaluated = is_plain<X> || is_dual<X> || is_taylor<X>;

/// A dual or a Taylor number.
template <class X>
concept DifferentialNumber = is_dual<std::remove_cvref_t<X>> || is_taylor<std::remove_cvref_t<X>>;

/// A number without handles: what a statement takes as a constant.
template <class X>
concept PlainNumber = Arithmetic<X> || DifferentialNumber<X>;

/// Operands that are recorded and evaluated later: variables, arrays, expressions.
template <class X>
concept Recorded = Operand<X> && !is_evaluated<std::remove_cvref_t<X>>;

template <class T>
struct ScalarOfNumber {
    using type = T;
};

/// The floating-point type a number is made of: double for Dual<Pack<double>>.
template <class T>
using ScalarOf = typename ScalarOfNumber<T>::type;

/// A constant of a formula over T. It is a plain scalar: as an operand next to a T it is broadcast to a pack,
/// and a dual does no arithmetic with a tangent it does not have.
template <class T>
constexpr ScalarOf<T> constant(double value) {
    return static_cast<ScalarOf<T>>(value);
}

template <class T>
inline constexpr ScalarOf<T> one = ScalarOf<T>(1);

template <class T>
inline constexpr ScalarOf<T> zero = ScalarOf<T>(0);

/// True for what a comparison gives: bool, or a mask of packs.
template <class X>
inline constexpr bool is_condition = std::is_same_v<X, bool>;

template <class... X>
struct CommonNumberOf {
    // A condition among the arguments has no say.
    using Common = std::common_type_t<std::conditional_t<is_condition<X>, bool, X>...>;
    using type = std::conditional_t<std::is_integral_v<Common>, double, Common>;
};

/// The number type in which a formula of mixed arguments is evaluated: Dual<double> for Dual<double> and int,
/// double for integers alone.
template <class... X>
using CommonNumber = typename CommonNumberOf<X...>::type;

/// condition ? a : b, one choice for all of a number. Packs add the choice lane by lane, duals the one on both
/// parts; rules branch with `select` only, so as to work on all of them.
template <class A, class B>
    requires(is_plain<A> && is_plain<B>)
constexpr std::common_type_t<A, B> select(bool condition, const A& a, const B& b) {
    using Common = std::common_type_t<A, B>;
    return condition ? static_cast<Common>(a) : static_cast<Common>(b);
}

/// a * b + c. Packs round once where the machine can: for derivatives only, since values are to be the same
/// however a loss is evaluated.
template <class T>
constexpr T multiply_add(const T& a, const T& b, const T& c) {
    return a * b + c;
}

/// Scalar forms of the reductions of a mask.
constexpr bool any(bool condition) { return condition; }
constexpr bool all(bool condition) { return condition; }

}  // namespace hesse
