#pragma once

#include "hesse/autodiff/eigen_products.hpp"
#include "hesse/autodiff/variable.hpp"

#include <Eigen/Core>

/// Lets Variable<T> be the scalar of Eigen's matrices, also mixed with matrices of plain numbers.
namespace Eigen {

template <class T>
struct NumTraits<hesse::Variable<T>> : NumTraits<T> {
    using Real = hesse::Variable<T>;
    using NonInteger = hesse::Variable<T>;
    using Nested = hesse::Variable<T>;
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
struct ScalarBinaryOpTraits<hesse::Variable<T>, A, Operation> {
    using ReturnType = hesse::Variable<T>;
};
template <class T, class A, class Operation>
    requires std::is_arithmetic_v<A>
struct ScalarBinaryOpTraits<A, hesse::Variable<T>, Operation> {
    using ReturnType = hesse::Variable<T>;
};

// Entries may be expressions, as unaryExpr with a lambda makes them: they are recorded where they are assigned.
template <class T, class E>
    requires hesse::is_scalar_call<E>
struct ScalarBinaryOpTraits<hesse::Variable<T>, E, internal::assign_op<hesse::Variable<T>, E>> {
    using ReturnType = void;
};
template <class T, class E>
    requires hesse::is_scalar_call<E>
struct ScalarBinaryOpTraits<hesse::Variable<T>, E, internal::add_assign_op<hesse::Variable<T>, E>> {
    using ReturnType = void;
};
template <class T, class E>
    requires hesse::is_scalar_call<E>
struct ScalarBinaryOpTraits<hesse::Variable<T>, E, internal::sub_assign_op<hesse::Variable<T>, E>> {
    using ReturnType = void;
};

}  // namespace Eigen

namespace hesse {

// What Eigen's generic code asks of a real scalar.
template <class T>
const Variable<T>& conj(const Variable<T>& x) {
    return x;
}
template <class T>
const Variable<T>& real(const Variable<T>& x) {
    return x;
}
template <class T>
Variable<T> imag(const Variable<T>&) {
    return Variable<T>(T(0));
}
template <class T>
Variable<T> abs2(const Variable<T>& x) {
    return x * x;
}
template <ScalarOperand X>
bool isfinite(const X& x) {
    using std::isfinite;
    return isfinite(value_of(x));
}
template <ScalarOperand X>
bool isnan(const X& x) {
    using std::isnan;
    return isnan(value_of(x));
}
template <ScalarOperand X>
bool isinf(const X& x) {
    using std::isinf;
    return isinf(value_of(x));
}

}  // namespace hesse
