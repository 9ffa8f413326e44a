#pragma once

#include "hesse/autodiff/dual.hpp"
#include "hesse/autodiff/number.hpp"
#include "hesse/autodiff/operations/arithmetic.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/rule.hpp"
#include "hesse/autodiff/trace.hpp"

#include <Eigen/Core>

#include <cmath>
#include <compare>
#include <limits>
#include <ostream>
#include <type_traits>
#include <utility>

namespace hesse {

template <class T>
class Traced;
template <class T>
struct Located;

template <class T>
inline constexpr bool is_operand<Traced<T>> = true;

/// A number that writes each operation on it to a trace, with the line of the user's that it stands on. It behaves as a
/// T, and is evaluated at once: `auto` is one of them, too. One that depends on no parameter is a constant.
template <class T>
class Traced {
public:
    using Number = T;

    constexpr Traced() = default;
    template <Arithmetic A>
    constexpr Traced(A value)
        : value_(static_cast<T>(value)) {}  // NOLINT(google-explicit-constructor): a number
    Traced(Trace<T>& trace, T value, std::uint32_t id) : trace_(&trace), value_(value), id_(id) {}

    [[nodiscard]] constexpr T value() const { return value_; }
    [[nodiscard]] Trace<T>* trace() const { return trace_; }
    [[nodiscard]] std::uint32_t id() const { return id_; }

    template <Arithmetic A>
    constexpr explicit operator A() const {
        return static_cast<A>(value_);
    }

    // An operator has no default argument: the conversion of its operands to Located has.
    friend Traced operator+(const Located<T>& a, const Located<T>& b) {
        return traced<Add>(a.line, a.x, b.x);
    }
    friend Traced operator-(const Located<T>& a, const Located<T>& b) {
        return traced<Subtract>(a.line, a.x, b.x);
    }
    friend Traced operator*(const Located<T>& a, const Located<T>& b) {
        return traced<Multiply>(a.line, a.x, b.x);
    }
    friend Traced operator/(const Located<T>& a, const Located<T>& b) {
        return traced<Divide>(a.line, a.x, b.x);
    }
    friend Traced operator-(const Located<T>& a) { return traced<Negate>(a.line, a.x); }
    friend Traced operator+(const Traced& a) { return a; }
    Traced& operator+=(const Located<T>& b) & { return *this = traced<Add>(b.line, *this, b.x); }
    Traced& operator-=(const Located<T>& b) & { return *this = traced<Subtract>(b.line, *this, b.x); }
    Traced& operator*=(const Located<T>& b) & { return *this = traced<Multiply>(b.line, *this, b.x); }
    Traced& operator/=(const Located<T>& b) & { return *this = traced<Divide>(b.line, *this, b.x); }
    Traced& operator++() & { return *this += 1; }
    Traced& operator--() & { return *this -= 1; }
    Traced operator++(int) & { return std::exchange(*this, *this + 1); }
    Traced operator--(int) & { return std::exchange(*this, *this - 1); }

    friend bool operator==(const Traced& a, const Traced& b) { return a.value_ == b.value_; }
    friend auto operator<=>(const Traced& a, const Traced& b) { return a.value_ <=> b.value_; }

    template <class Character, class Traits>
    friend std::basic_ostream<Character, Traits>& operator<<(std::basic_ostream<Character, Traits>& stream,
                                                             const Traced& a) {
        return stream << a.value_;
    }

private:
    Trace<T>* trace_ = nullptr;  // none: a constant
    T value_ = T(0);
    std::uint32_t id_ = Trace<T>::constant;
};

/// An operand and the line of the operator.
template <class T>
struct Located {
    Traced<T> x;
    SourceLine line;

    Located(const Traced<T>& x_, SourceLine line_ = SourceLine::here()) : x(x_), line(line_) {}  // NOLINT
    template <Arithmetic A>
    Located(A value, SourceLine line_ = SourceLine::here()) : x(value), line(line_) {}  // NOLINT
};

template <class X>
inline constexpr bool is_traced = false;
template <class T>
inline constexpr bool is_traced<Traced<T>> = true;

/// Rule(x...), written to a trace if one of x is on one.
template <class Rule, class... X>
auto traced(SourceLine line, const X&... x);

template <class... X>
concept TracedArguments =
    (... || is_traced<std::remove_cvref_t<X>>)&&(... && (is_traced<std::remove_cvref_t<X>> || Arithmetic<X>));

/// Called by the functions of elementary rules, with the line of the call; without it, by a template that knows none.
template <class Rule, class... X>
    requires TracedArguments<X...>
auto apply_at(SourceLine line, X&&... x) {
    return traced<Rule>(line, x...);
}
template <class Rule, class... X>
    requires TracedArguments<X...>
auto apply(const X&... x) {
    return traced<Rule>(SourceLine{}, x...);
}

// What generic code asks of a real scalar.
template <class T>
T value_of(const Traced<T>& x) {
    return x.value();
}
template <class T>
const Traced<T>& conj(const Traced<T>& x) {
    return x;
}
template <class T>
const Traced<T>& real(const Traced<T>& x) {
    return x;
}
template <class T>
Traced<T> imag(const Traced<T>&) {
    return T(0);
}
template <class T>
Traced<T> abs2(const Traced<T>& x) {
    return x * x;
}
template <class T>
bool isfinite(const Traced<T>& x) {
    return std::isfinite(x.value());
}
template <class T>
bool isnan(const Traced<T>& x) {
    return std::isnan(x.value());
}
template <class T>
bool isinf(const Traced<T>& x) {
    return std::isinf(x.value());
}

}  // namespace hesse

namespace Eigen {

template <class T>
struct NumTraits<hesse::Traced<T>> : NumTraits<T> {
    using Real = hesse::Traced<T>;
    using NonInteger = hesse::Traced<T>;
    using Nested = hesse::Traced<T>;
    using Literal = T;
    enum {
        IsComplex = 0,
        IsInteger = 0,
        IsSigned = 1,
        RequireInitialization = 1,
        ReadCost = 3,
        AddCost = 20,
        MulCost = 20
    };
};

template <class T, class A, class Operation>
    requires std::is_arithmetic_v<A>
struct ScalarBinaryOpTraits<hesse::Traced<T>, A, Operation> {
    using ReturnType = hesse::Traced<T>;
};
template <class T, class A, class Operation>
    requires std::is_arithmetic_v<A>
struct ScalarBinaryOpTraits<A, hesse::Traced<T>, Operation> {
    using ReturnType = hesse::Traced<T>;
};

}  // namespace Eigen

/// Limits of a traced number are those of the number, and have its type.
template <class T>
class std::numeric_limits<hesse::Traced<T>> : public std::numeric_limits<T> {};

#include "hesse/autodiff/trace_writer.hpp"
