#pragma once

#include "hesse/autodiff/array.hpp"

/// Reductions as functions: sum(x), mean(x), log_sum_exp(x), pick(x, rows) ...
namespace hesse {

template <ArrayLike X>
auto sum(const X& x) {
    return x.expression().sum();
}
template <ArrayLike X>
auto mean(const X& x) {
    return x.expression().mean();
}
template <ArrayLike X, class Y>
auto dot(const X& x, Y&& y) {
    return x.expression().dot(std::forward<Y>(y));
}

/// log(sum(exp(x))) over all entries; finite whenever the largest entry is. (-inf for no mass at all.)
template <ArrayLike X>
auto log_sum_exp(const X& x) {
    using E = typename X::Expression;
    return ArrayView<typename E::T, E::active, E::kind>(
        ArrayNodes<typename E::T>::log_sum_exp(x.expression().operand(), Slices::all))(0);
}
/// The same of each column, (1 x cols), or of each row, (rows x 1).
template <ArrayLike X>
auto log_sum_exp(const X& x, Slices slices) {
    using E = typename X::Expression;
    return ArrayView<typename E::T, E::active, E::kind>(
        ArrayNodes<typename E::T>::log_sum_exp(x.expression().operand(), slices));
}

/// Entry rows[j] of each column j, (1 x cols): the scores of the right classes. Throws std::invalid_argument
/// if there is not one index a column or one does not fit.
template <ArrayLike X>
auto pick(const X& x, std::span<const int> rows) {
    using E = typename X::Expression;
    return ArrayView<typename E::T, E::active, E::kind>(
        ArrayNodes<typename E::T>::pick(x.expression().operand(), rows));
}
template <ArrayLike X>
auto pick(const X& x, const Eigen::VectorXi& rows) {
    return pick(x, std::span<const int>(rows.data(), static_cast<std::size_t>(rows.size())));
}

}  // namespace hesse
