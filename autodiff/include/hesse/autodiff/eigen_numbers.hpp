#pragma once

#include "hesse/autodiff/dual.hpp"
#include "hesse/autodiff/taylor.hpp"

#include <Eigen/Core>

#include <cmath>
#include <limits>

/// Lets duals and Taylor numbers be the scalars of Eigen's matrices and of generic code, as plain numbers are.
namespace hesse {

/// The number itself, without derivatives.
template <class T, class Tangent>
auto value_of(const Dual<T, Tangent>& x) {
    if constexpr (is_dual<T> || is_taylor<T>) return value_of(x.value);
    else return x.value;
}
template <class T, int order>
T value_of(const Taylor<T, order>& x) {
    return x[0];
}

// What Eigen's generic code asks of a real scalar.
template <DifferentialNumber X>
const X& conj(const X& x) {
    return x;
}
template <DifferentialNumber X>
const X& real(const X& x) {
    return x;
}
template <DifferentialNumber X>
X imag(const X&) {
    return X(0);
}
template <DifferentialNumber X>
X abs2(const X& x) {
    return x * x;
}
template <DifferentialNumber X>
bool isfinite(const X& x) {
    using std::isfinite;
    return isfinite(value_of(x));
}
template <DifferentialNumber X>
bool isnan(const X& x) {
    using std::isnan;
    return isnan(value_of(x));
}
template <DifferentialNumber X>
bool isinf(const X& x) {
    using std::isinf;
    return isinf(value_of(x));
}

}  // namespace hesse

namespace Eigen {

template <class X>
    requires hesse::DifferentialNumber<X>
struct NumTraits<X> : NumTraits<hesse::ScalarOf<X>> {
    using Real = X;
    using NonInteger = X;
    using Nested = X;
    using Literal = hesse::ScalarOf<X>;
    enum {
        IsComplex = 0,
        IsInteger = 0,
        IsSigned = 1,
        RequireInitialization = 1,
        ReadCost = 2,
        AddCost = 4,
        MulCost = 8
    };
};

template <class X, class A, class Operation>
    requires hesse::DifferentialNumber<X> && std::is_arithmetic_v<A>
struct ScalarBinaryOpTraits<X, A, Operation> {
    using ReturnType = X;
};
template <class X, class A, class Operation>
    requires hesse::DifferentialNumber<X> && std::is_arithmetic_v<A>
struct ScalarBinaryOpTraits<A, X, Operation> {
    using ReturnType = X;
};

}  // namespace Eigen

/// Limits of such a number are those of what it is made of.
template <class T, class Tangent>
class std::numeric_limits<hesse::Dual<T, Tangent>> : public std::numeric_limits<hesse::ScalarOf<T>> {};
template <class T, int order>
class std::numeric_limits<hesse::Taylor<T, order>> : public std::numeric_limits<T> {};
