#pragma once

#include "hesse/autodiff/array.hpp"
#include "hesse/autodiff/index_nodes.hpp"

#include <array>

/// Functions that move the entries of arrays: gather, sort, stack ... All are linear; gradients go back the way that
/// the values came, and are added up where an entry was used several times.
namespace hesse {

/// An operand of any kind as an array with the words of x.
template <ArrayLike X, class T>
auto array_like(const ArrayOperand<T>& operand) {
    using E = typename std::remove_cvref_t<X>::Expression;
    return ArrayView<T, E::active, E::kind>(operand);
}
template <ArrayLike X>
using IndexNodesOf = IndexNodes<typename std::remove_cvref_t<X>::Expression::T>;

/// The entries of x with these indices, counted column by column: a column; of a row, a row. Indices may repeat.
/// Throws std::invalid_argument, as all functions here, if an index is out of range.
template <ArrayLike X>
auto gather(const X& x, const Indices& entries, SourceLine line = SourceLine::here()) {
    note(line);
    return array_like<X>(IndexNodesOf<X>::gather(x.expression().operand(), entries));
}
/// These rows, or columns, of x (rows x cols): (indices x cols), (rows x indices).
template <ArrayLike X>
auto gather_rows(const X& x, const Indices& rows, SourceLine line = SourceLine::here()) {
    note(line);
    return array_like<X>(IndexNodesOf<X>::gather_rows(x.expression().operand(), rows));
}
template <ArrayLike X>
auto gather_columns(const X& x, const Indices& columns, SourceLine line = SourceLine::here()) {
    note(line);
    return array_like<X>(IndexNodesOf<X>::gather_columns(x.expression().operand(), columns));
}

/// The sums of the entries of x that have the same index: (size), where entry k of x goes to entry indices[k]. There
/// is one index an entry.
template <ArrayLike X>
auto scatter_add(const X& x, const Indices& entries, Index size, SourceLine line = SourceLine::here()) {
    note(line);
    return array_like<X>(IndexNodesOf<X>::scatter_add(x.expression().operand(), entries, size));
}
/// The same of whole rows, (count x cols), and columns, (rows x count).
template <ArrayLike X>
auto scatter_add_rows(const X& x, const Indices& rows, Index count, SourceLine line = SourceLine::here()) {
    note(line);
    return array_like<X>(IndexNodesOf<X>::scatter_add_rows(x.expression().operand(), rows, count));
}
template <ArrayLike X>
auto scatter_add_columns(const X& x, const Indices& columns, Index count,
                         SourceLine line = SourceLine::here()) {
    note(line);
    return array_like<X>(IndexNodesOf<X>::scatter_add_columns(x.expression().operand(), columns, count));
}

/// One entry of each column, (1 x cols), or of each row, (rows x 1): the scores of the right classes. There is one
/// index a slice.
template <ArrayLike X>
auto pick(const X& x, const Indices& places, Slices slices = by_column,
          SourceLine line = SourceLine::here()) {
    note(line);
    return array_like<X>(IndexNodesOf<X>::pick(x.expression().operand(), places, slices));
}

/// The entries in ascending order: of each column, of each row, or all of them in the order of columns. NaN comes last,
/// equal entries keep their order. Where entries are equal this is a kink, and the derivatives are those of one side.
template <ArrayLike X>
auto sort(const X& x, Slices slices = Slices::all, SourceLine line = SourceLine::here()) {
    note(line);
    return array_like<X>(IndexNodesOf<X>::sort(x.expression().operand(), slices));
}

/// Sums of each entry and those before it: down each column, along each row, or through all in the order of columns.
template <ArrayLike X>
auto cumulative_sum(const X& x, Slices slices = Slices::all, SourceLine line = SourceLine::here()) {
    note(line);
    return array_like<X>(IndexNodesOf<X>::cumulative_sum(x.expression().operand(), slices));
}

/// Arrays below each other, or beside each other. At least one is an array of the library; the others may be Eigen's.
/// Throws std::invalid_argument if their columns, or rows, are not equally many.
template <class... X>
    requires ArrayArguments<X...>
auto stack(bool vertically, X&&... x) {
    note_unknown_line();  // a parameter for it cannot follow a pack
    using T = NumberOfArguments<X...>;
    constexpr bool active = (is_active_argument<X> || ...);
    Tape<T>* tape = nullptr;
    if constexpr (active) {
        ((tape = tape != nullptr ? tape : tape_of_argument<T>(x)), ...);
    }
    const std::array<ArrayOperand<T>, sizeof...(X)> parts{entries_of<T>(std::forward<X>(x), tape)...};
    return ArrayView<T, active, FirstArray<X...>::type::kind>(IndexNodes<T>::stack(parts, vertically));
}
template <class... X>
    requires ArrayArguments<X...>
auto vertical_stack(X&&... x) {
    return stack(true, std::forward<X>(x)...);
}
template <class... X>
    requires ArrayArguments<X...>
auto horizontal_stack(X&&... x) {
    return stack(false, std::forward<X>(x)...);
}

template <ArrayLike X>
Eigen::VectorXi places_of_extremes(const X& x, Slices slices, bool largest) {
    const Index count = slices == by_column ? x.cols() : slices == by_row ? x.rows() : 1;
    Eigen::VectorXi places(count);
    IndexNodesOf<X>::find_extremes(x.expression().operand(), slices, largest, places.data());
    return places;
}

/// Where the largest (smallest) entry of each column or row stands, the first of equal ones: plain indices, as `pick`
/// takes them. Of all entries: one index, in the order of columns.
template <ArrayLike X>
Eigen::VectorXi arg_max(const X& x, Slices slices = Slices::all) {
    return places_of_extremes(x, slices, true);
}
template <ArrayLike X>
Eigen::VectorXi arg_min(const X& x, Slices slices = Slices::all) {
    return places_of_extremes(x, slices, false);
}

}  // namespace hesse
