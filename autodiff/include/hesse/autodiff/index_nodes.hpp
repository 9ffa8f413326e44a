#pragma once

#include "hesse/autodiff/array_nodes.hpp"
#include "hesse/autodiff/variable.hpp"

#include <initializer_list>
#include <span>

namespace hesse {

/// Indices as the functions of this library take them: a std::vector<int>, Eigen::VectorXi, {2, 0, 1} ...
class Indices {
public:
    template <class Range>
        requires std::constructible_from<std::span<const int>, const Range&>
    Indices(const Range& indices) : indices_(indices) {}  // NOLINT(google-explicit-constructor): a view
    Indices(std::initializer_list<int> indices) : indices_(indices.begin(), indices.size()) {}
    template <class EigenVector>
        requires(!std::constructible_from<std::span<const int>, const EigenVector&> &&
                 requires(const EigenVector& v) { std::span<const int>(v.data(), std::size_t(v.size())); })
    Indices(const EigenVector& v)  // NOLINT(google-explicit-constructor)
        : indices_(v.data(), static_cast<std::size_t>(v.size())) {}

    [[nodiscard]] Index size() const { return static_cast<Index>(indices_.size()); }
    [[nodiscard]] Index operator[](Index k) const { return indices_[static_cast<std::size_t>(k)]; }
    /// Throws std::invalid_argument, naming the first that is outside [0, end): "pick: the index 7 is outside ...".
    void require_below(Index end, const char* function, const char* of_what) const;

private:
    std::span<const int> indices_;
};

/// What moves entries and adds them up: nodes that are linear, so that nothing is left of them at second order.
/// Indices are checked before anything is recorded. Defined in engine/index_nodes.hpp, compiled once for double and
/// float.
template <class T>
struct IndexNodes {
    using Operand = ArrayOperand<T>;

    /// Entries in the order of columns, as a column; of a row, as a row.
    static Operand gather(const Operand& x, Indices entries);
    static Operand gather_rows(const Operand& x, Indices rows);
    static Operand gather_columns(const Operand& x, Indices columns);
    /// Entry k of x is added to entry indices[k] of a column of `size` zeros; likewise rows and columns.
    static Operand scatter_add(const Operand& x, Indices entries, Index size);
    static Operand scatter_add_rows(const Operand& x, Indices rows, Index count);
    static Operand scatter_add_columns(const Operand& x, Indices columns, Index count);
    /// One entry of each slice.
    static Operand pick(const Operand& x, Indices places, Slices slices);
    /// The largest or smallest entry of each slice: the first of equal ones, a NaN if there is one.
    static Operand extremes(const Operand& x, Slices slices, bool largest);
    /// Writes where in each slice they stand.
    static void find_extremes(const Operand& x, Slices slices, bool largest, int* places);

    static Operand reverse(const Operand& x, Slices slices);
    static Operand replicate(const Operand& x, Index down, Index across);
    static Operand sort(const Operand& x, Slices slices);
    static Operand cumulative_sum(const Operand& x, Slices slices);
    static Operand stack(std::span<const Operand> parts, bool vertically);
    /// Variables, (rows x cols) of them by columns, as an array.
    static Operand collect(const Variable<T>* entries, Index rows, Index cols);
};
extern template struct IndexNodes<double>;
extern template struct IndexNodes<float>;

}  // namespace hesse
