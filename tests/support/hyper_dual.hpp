#pragma once

#include <Eigen/Core>

#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

namespace hesse::test {

/// a + b e1 + c e2 + d e1 e2 with e1^2 = e2^2 = 0. A loss evaluated at x + v e1 + w e2 has b = v'g, c = w'g and
/// d = v'H w, without truncation error (Fike and Alonso, AIAA 2011-886). It is the truth that the tape is held
/// against, so it shares nothing with the library's rules, and calculates in long double.
struct HyperDual {
    using Real = long double;
    Real value = 0, first = 0, second = 0, both = 0;

    HyperDual() = default;
    template <class A>
        requires std::is_arithmetic_v<A>
    HyperDual(A number) : value(static_cast<Real>(number)) {}  // NOLINT(google-explicit-constructor)
    HyperDual(Real a, Real b, Real c, Real d) : value(a), first(b), second(c), both(d) {}

    /// f(x) from f, f' and f'' at x.value.
    static HyperDual chain(const HyperDual& x, Real f, Real slope, Real curvature) {
        return {f, slope * x.first, slope * x.second, slope * x.both + curvature * x.first * x.second};
    }

    template <class A>
        requires std::is_arithmetic_v<A>
    explicit operator A() const {
        return static_cast<A>(value);
    }

    HyperDual& operator++() { return *this = *this + 1; }
    HyperDual& operator--() { return *this = *this - 1; }
    HyperDual operator++(int) { return std::exchange(*this, *this + 1); }
    HyperDual operator--(int) { return std::exchange(*this, *this - 1); }
    HyperDual& operator+=(const HyperDual& b) { return *this = *this + b; }
    HyperDual& operator-=(const HyperDual& b) { return *this = *this - b; }
    HyperDual& operator*=(const HyperDual& b) { return *this = *this * b; }
    HyperDual& operator/=(const HyperDual& b) { return *this = *this / b; }

    friend const HyperDual& operator+(const HyperDual& a) { return a; }
    friend HyperDual operator-(const HyperDual& a) { return {-a.value, -a.first, -a.second, -a.both}; }
    friend HyperDual operator+(const HyperDual& a, const HyperDual& b) {
        return {a.value + b.value, a.first + b.first, a.second + b.second, a.both + b.both};
    }
    friend HyperDual operator-(const HyperDual& a, const HyperDual& b) { return a + -b; }
    friend HyperDual operator*(const HyperDual& a, const HyperDual& b) {
        return {a.value * b.value, a.first * b.value + a.value * b.first,
                a.second * b.value + a.value * b.second,
                a.both * b.value + a.first * b.second + a.second * b.first + a.value * b.both};
    }
    friend HyperDual operator/(const HyperDual& a, const HyperDual& b) {
        const Real y = 1 / b.value;
        return a * chain(b, y, -y * y, 2 * y * y * y);
    }
    friend bool operator==(const HyperDual& a, const HyperDual& b) { return a.value == b.value; }
    friend auto operator<=>(const HyperDual& a, const HyperDual& b) { return a.value <=> b.value; }
};

inline HyperDual exp(const HyperDual& x) {
    const auto y = std::exp(x.value);
    return HyperDual::chain(x, y, y, y);
}
inline HyperDual expm1(const HyperDual& x) {
    const auto y = std::exp(x.value);
    return HyperDual::chain(x, std::expm1(x.value), y, y);
}
inline HyperDual log(const HyperDual& x) {
    return HyperDual::chain(x, std::log(x.value), 1 / x.value, -1 / (x.value * x.value));
}
inline HyperDual log1p(const HyperDual& x) {
    const auto y = 1 / (1 + x.value);
    return HyperDual::chain(x, std::log1p(x.value), y, -y * y);
}
inline HyperDual sqrt(const HyperDual& x) {
    const auto y = std::sqrt(x.value);
    return HyperDual::chain(x, y, 1 / (2 * y), -1 / (4 * y * y * y));
}
inline HyperDual sin(const HyperDual& x) {
    return HyperDual::chain(x, std::sin(x.value), std::cos(x.value), -std::sin(x.value));
}
inline HyperDual cos(const HyperDual& x) {
    return HyperDual::chain(x, std::cos(x.value), -std::sin(x.value), -std::cos(x.value));
}
inline HyperDual tanh(const HyperDual& x) {
    const auto y = std::tanh(x.value);
    return HyperDual::chain(x, y, 1 - y * y, -2 * y * (1 - y * y));
}
inline HyperDual sigmoid(const HyperDual& x) {
    const auto y = 1 / (1 + std::exp(-x.value));
    return HyperDual::chain(x, y, y * (1 - y), y * (1 - y) * (1 - 2 * y));
}
inline HyperDual softplus(const HyperDual& x) {
    const auto y = 1 / (1 + std::exp(-x.value));
    return HyperDual::chain(x, std::log1p(std::exp(x.value)), y, y * (1 - y));
}
inline bool isfinite(const HyperDual& x) { return std::isfinite(x.value); }
inline bool isinf(const HyperDual& x) { return std::isinf(x.value); }
inline bool isnan(const HyperDual& x) { return std::isnan(x.value); }
inline HyperDual abs2(const HyperDual& x) { return x * x; }
inline const HyperDual& conj(const HyperDual& x) { return x; }
inline const HyperDual& real(const HyperDual& x) { return x; }
inline HyperDual square(const HyperDual& x) { return x * x; }
inline HyperDual inverse(const HyperDual& x) { return HyperDual(1) / x; }
inline HyperDual abs(const HyperDual& x) { return x.value < 0 ? -x : x; }
inline HyperDual max(const HyperDual& a, const HyperDual& b) { return a.value < b.value ? b : a; }
inline HyperDual min(const HyperDual& a, const HyperDual& b) { return b.value < a.value ? b : a; }
inline HyperDual pow(const HyperDual& a, const HyperDual& b) { return exp(b * log(a)); }  // a > 0

}  // namespace hesse::test

// Limits are those of the numbers that the tape is given.
template <>
class std::numeric_limits<hesse::test::HyperDual> : public std::numeric_limits<double> {};

// Scalar code in Eigen's matrices can be the truth, too.
namespace Eigen {

template <>
struct NumTraits<hesse::test::HyperDual> : NumTraits<long double> {
    using Real = hesse::test::HyperDual;
    using NonInteger = hesse::test::HyperDual;
    using Nested = hesse::test::HyperDual;
    enum { IsComplex = 0, IsInteger = 0, IsSigned = 1, RequireInitialization = 1 };
};
template <class A, class Operation>
    requires std::is_arithmetic_v<A>
struct ScalarBinaryOpTraits<hesse::test::HyperDual, A, Operation> {
    using ReturnType = hesse::test::HyperDual;
};
template <class A, class Operation>
    requires std::is_arithmetic_v<A>
struct ScalarBinaryOpTraits<A, hesse::test::HyperDual, Operation> {
    using ReturnType = hesse::test::HyperDual;
};

}  // namespace Eigen
