#pragma once

#include "hesse/autodiff/array_nodes.hpp"

namespace hesse {

/// Functions of slices as a whole: of each column, of each row, or of all entries. Nodes with exact second order, which
/// evaluate what is expensive once a point. Defined in engine/slice_functions.hpp, compiled once for double and float.
template <class T>
struct SliceNodes {
    using Operand = ArrayOperand<T>;

    /// log(sum(exp(x))): (1 x cols) by column, (rows x 1) by row, (1 x 1) of all.
    static Operand log_sum_exp(const Operand& x, Slices slices);
    /// exp(x) / sum(exp(x)), and its logarithm: of the shape of x.
    static Operand softmax(const Operand& x, Slices slices);
    static Operand log_softmax(const Operand& x, Slices slices);
    /// (x - mean) / sqrt(variance + epsilon).
    static Operand standardize(const Operand& x, const T& epsilon, Slices slices);
};
extern template struct SliceNodes<double>;
extern template struct SliceNodes<float>;

}  // namespace hesse
