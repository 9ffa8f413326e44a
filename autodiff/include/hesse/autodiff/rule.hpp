#pragma once

#include "hesse/autodiff/number.hpp"
#include "hesse/autodiff/source_line.hpp"

#include <cstddef>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

/// The shape of a derivative rule. A rule states an elementary function and its first partials once, for any
/// number type; every order of derivative comes from evaluating the same rule on other numbers.
///
///     /// y = tanh(x).      dy/dx = 1 - y^2
///     struct Tanh {
///         static constexpr std::string_view name = "tanh";
///         static constexpr Keep keep = Keep::result;
///         template <class T> static T value(const T& x) { using std::tanh; return tanh(x); }
///         template <class T> static T partial(const T& x, const T& y) { return one<T> - y * y; }
///     };
///     template <Number X> auto tanh(X&& x, SourceLine line = SourceLine::here()) {
///         return apply_at<Tanh>(line, std::forward<X>(x));
///     }
///
/// A rule of several arguments states `partial<I>(x..., y)` for each argument I, and its arguments may differ
/// in type: in pow(x, 2.5) the exponent is a plain scalar next to an x that may be a dual.
///
/// Conventions that every rule keeps:
/// - branches are `select`, constants are `constant<T>(0.5)`, `one<T>`, `zero<T>`;
/// - only `value`, and only on numbers without derivatives, calls anything else than `apply` of rules, arithmetic and
///   `select`: partials are evaluated on duals and on truncated power series alike;
/// - a rule that keeps its derivatives does not read y in its partials, or says so with a member
///   `static constexpr bool reads_result = true`: series are evaluated faster without;
/// - an argument that is data, such as the order of a Bessel function, has no partial: `partial` is constrained to
///   the others, and a variable in its place does not compile;
/// - at a kink the derivative is the one of a limit or a subgradient, as the rule documents; second
///   derivatives of piecewise linear functions are zero;
/// - where a value is finite and its slope infinite (sqrt at 0, pow with an exponent between 0 and 1 at 0,
///   asin and acos at -1 and 1) the derivative is taken as 0, so that a norm has the gradient 0 at the origin
///   (a subgradient) and not NaN;
/// - where a value overflows to infinity, as e^800, the slope is taken as 0: what is computed is constant there, and
///   1 / (1 + e^-x) has the derivative 0, not 0 times infinity;
/// - a partial of a piecewise linear rule that is 0 cuts: what lies behind it may be infinite or NaN.
namespace hesse {

/// What a product at one point keeps of a call so as not to evaluate it again.
enum class Keep {
    nothing,     ///< cheap: evaluated again in every sweep
    result,      ///< partials are cheap given arguments and result: the result alone is kept
    derivatives  ///< the result and the first and second partials are kept as numbers
};

/// True when all second partials of a rule are zero, as for max and abs: the rule says so with a member
/// `static constexpr bool piecewise_linear = true`.
template <class Rule>
inline constexpr bool is_piecewise_linear = [] {
    if constexpr (requires { Rule::piecewise_linear; }) return Rule::piecewise_linear;
    else return false;
}();

/// dy/dx_I of a rule, whatever its number of arguments.
template <class Rule, std::size_t I, class Y, class... X>
auto partial_of(const Y& y, const X&... x) {
    if constexpr (sizeof...(X) == 1) return Rule::partial(x..., y);
    else return Rule::template partial<I>(x..., y);
}

/// Whether the partials of a rule are computed from its result too. Rules that keep their derivatives do without,
/// unless they say `static constexpr bool reads_result = true`: higher orders rely on it.
template <class Rule>
inline constexpr bool reads_result = [] {
    if constexpr (requires { Rule::reads_result; }) return Rule::reads_result;
    else return Rule::keep != Keep::derivatives;
}();

/// A slope, or 0 where it is infinite because the function has overflowed.
template <class T>
T zero_on_overflow(const T& slope) {
    return select(slope == std::numeric_limits<ScalarOf<T>>::infinity(), zero<T>, slope);
}

/// Integers take part as doubles.
template <class X>
decltype(auto) as_real(const X& x) {
    if constexpr (std::is_integral_v<X>) return static_cast<double>(x);
    else return (x);
}

/// The rule on numbers without derivatives. Duals, variables and expressions add overloads of `apply`, which
/// the one-line function of a rule finds by argument-dependent lookup.
template <class Rule, class... X>
    requires(is_plain<X> && ...)
auto apply(const X&... x) {
    return Rule::value(as_real(x)...);
}

/// The same, said at a line of the user's. What keeps the lines of its operations adds overloads.
template <class Rule, class... X>
[[gnu::always_inline]] inline auto apply_at(SourceLine, X&&... x) {
    return apply<Rule>(std::forward<X>(x)...);
}

/// The value of a rule that knows single numbers only: `function` of them, of each lane of packs, or of the numbers
/// in duals.
template <class Rule, class Function, class... X>
auto value_by_lane(const Function& function, const X&... x) {
    using T = CommonNumber<X...>;
    if constexpr (std::is_arithmetic_v<T>) return static_cast<T>(function(static_cast<T>(x)...));
    else if constexpr (is_plain<T>) return map_lanes(function, T(x)...);
    else return apply<Rule>(x...);
}

}  // namespace hesse
