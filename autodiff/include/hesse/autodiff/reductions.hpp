#pragma once

#include "hesse/autodiff/array.hpp"
#include "hesse/autodiff/slice_nodes.hpp"

/// Reductions as functions: sum(x), mean(x), log_sum_exp(x) ...
namespace hesse {

template <ArrayLike X>
auto sum(const X& x, SourceLine line = SourceLine::here()) {
    return x.expression().sum(line);
}
template <ArrayLike X>
auto mean(const X& x, SourceLine line = SourceLine::here()) {
    return x.expression().mean(line);
}
/// The sum of x_k y_k. One of both may be Eigen's.
template <class X, class Y>
    requires ArrayArguments<X, Y>
auto dot(X&& x, Y&& y, SourceLine line = SourceLine::here()) {
    note(line);
    return apply_at<Multiply>(line, std::forward<X>(x), std::forward<Y>(y)).sum(line);
}

/// log(sum(exp(x))) over all entries; finite whenever the largest entry is. (-inf for no mass at all.)
template <ArrayLike X>
auto log_sum_exp(const X& x, SourceLine line = SourceLine::here()) {
    note(line);
    using E = typename X::Expression;
    return ArrayView<typename E::T, E::active, E::kind>(
        SliceNodes<typename E::T>::log_sum_exp(x.expression().operand(), Slices::all))(0);
}
/// The same of each column, (1 x cols), or of each row, (rows x 1).
template <ArrayLike X>
auto log_sum_exp(const X& x, Slices slices, SourceLine line = SourceLine::here()) {
    note(line);
    using E = typename X::Expression;
    return ArrayView<typename E::T, E::active, E::kind>(
        SliceNodes<typename E::T>::log_sum_exp(x.expression().operand(), slices));
}

}  // namespace hesse
