#pragma once

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

}  // namespace Eigen

namespace hesse {

/// One of two scalars is a variable and the other a plain number.
template <class A, class B>
concept MixedScalars = ScalarOperand<A> != ScalarOperand<B>;

}  // namespace hesse

namespace Eigen::internal {

// Eigen's blocked matrix product keeps partial results in the type of its right factor, which is no place for
// variables where that factor is made of numbers: such products go entry by entry.
template <class Left, class Right>
    requires hesse::MixedScalars<typename Left::Scalar, typename Right::Scalar>
struct generic_product_impl<Left, Right, DenseShape, DenseShape, GemmProduct>
    : generic_product_impl<Left, Right, DenseShape, DenseShape, CoeffBasedProductMode> {};

}  // namespace Eigen::internal

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
