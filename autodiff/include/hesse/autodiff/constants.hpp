#pragma once

#include "hesse/autodiff/array.hpp"

#include <memory>
#include <utility>

/// Data of a loss. A named Eigen matrix in a statement is referenced, and has to stay as it is for as long as
/// a linearisation lives; these two say otherwise.
namespace hesse {

/// An Eigen matrix or array that the recordings which use it own together: `constant(std::move(images))`.
/// Named once outside of the loss, it is neither copied again nor dangling. Shape and words are those of m.
template <class Derived>
auto constant(Eigen::PlainObjectBase<Derived>&& m) {
    using T = typename Derived::Scalar;
    const auto shared = std::make_shared<const Derived>(std::move(m.derived()));
    ArrayOperand<T> operand = constant_operand<T>(*shared, static_cast<Tape<T>*>(nullptr));
    operand.owner = shared;
    constexpr Words words =
        std::is_base_of_v<Eigen::ArrayBase<Derived>, Derived> ? Words::array : Words::matrix;
    return ArrayView<T, false, words>(std::move(operand));
}

/// A copy of an Eigen expression, owned like `constant`.
template <class Derived>
auto copy(const Eigen::DenseBase<Derived>& m) {
    return constant(typename Derived::PlainObject(m.derived()));
}

}  // namespace hesse
