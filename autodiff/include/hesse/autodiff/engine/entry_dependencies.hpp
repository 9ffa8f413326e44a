#pragma once

#include "hesse/autodiff/memory.hpp"

#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

/// Which entries of a node's results depend on which entries of its operands, by structure and not by value.
namespace hesse {

struct Formula;

/// Slots of an array: (rows x cols), entry (i, j) `i * inner + j * outer` places after the first.
struct SlotArray {
    static constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();
    std::size_t first = nowhere;  // there: a constant, which has no slots
    Index rows = 1, cols = 1, inner = 1, outer = 0;

    /// Of one of the library's operands, or of one in a description.
    template <class Operand>
    static SlotArray of(const Operand& x) {
        return {x.slot, x.rows, x.cols, x.inner, x.outer};
    }
    static SlotArray one(std::size_t slot) { return {slot, 1, 1, 1, 0}; }
    static SlotArray line(std::size_t first, Index count, Index stride = 1) {
        return {first, count, 1, stride, 0};
    }

    [[nodiscard]] bool constant() const { return first == nowhere; }
    [[nodiscard]] std::size_t slot(Index i, Index j = 0) const {
        return first + static_cast<std::size_t>(i * inner + j * outer);
    }
    [[nodiscard]] SlotArray row(Index i) const { return {slot(i), 1, cols, inner, outer}; }
    [[nodiscard]] SlotArray column(Index j) const { return {slot(0, j), rows, 1, inner, outer}; }
    [[nodiscard]] SlotArray transposed() const { return {first, cols, rows, outer, inner}; }

    template <class Visit>
    void for_each(const Visit& visit) const {
        for (Index j = 0; j < cols; ++j) {
            for (Index i = 0; i < rows; ++i) visit(slot(i, j));
        }
    }
    friend bool operator==(const SlotArray&, const SlotArray&) = default;
};

/// What a node is asked for the pattern of a Hessian: its `dependencies(EntryDependencies& of)` calls these, as many as it
/// takes. What is said of one result adds up. A node that has no such member is taken for one all of whose results depend
/// on all of its operands, and not linearly.
class EntryDependencies {
public:
    virtual ~EntryDependencies() = default;

    /// Each result is linear in the entries `from`.
    virtual void linear(const SlotArray& results, std::span<const SlotArray> from) = 0;
    void linear(const SlotArray& results, const SlotArray& from) { linear(results, std::span(&from, 1)); }

    /// Each result depends on all of these.
    virtual void nonlinear(const SlotArray& results, std::span<const SlotArray> from) = 0;
    void nonlinear(const SlotArray& results, const SlotArray& from) {
        nonlinear(results, std::span(&from, 1));
    }

    /// The results are the entries of a formula, (rows x cols), or their sum: they are one slot then, with strides of zero.
    /// `x` are the formula's active operands.
    virtual void entrywise(const Formula& formula, Index rows, Index cols, std::span<const SlotArray> x,
                           const SlotArray& results) = 0;

    /// The results (m x n) are a (m x k) times b (k x n), neither of them constant.
    virtual void product(const SlotArray& results, const SlotArray& a, const SlotArray& b) = 0;

    /// Result i is linear in the entries 0 ... i of a column.
    virtual void cumulative(const SlotArray& results, const SlotArray& from) = 0;
};

/// Where the nonzeros of a constant matrix stand: rows and columns.
using MatrixPlaces = std::vector<std::pair<Index, Index>>;

/// Of c = m b, where m is a constant matrix with these nonzeros.
void depend_through_matrix(const MatrixPlaces& nonzeros, const SlotArray& c, const SlotArray& b,
                           EntryDependencies& of);
/// Of c = a b, one of which may be constant, and dense.
void depend_on_product(const SlotArray& c, const SlotArray& a, const SlotArray& b, EntryDependencies& of);

/// Of a node that says nothing.
template <class Description>
void depend_on_all(const Description& node, std::size_t slots_before, std::size_t slots_after,
                   EntryDependencies& of) {
    std::vector<SlotArray> from;
    for (const auto& x : node.operands) {
        if (x.variable) from.push_back(SlotArray::of(x));
    }
    // Nor does its description: it may have read whatever was there.
    if (node.operands.empty()) from.push_back(SlotArray::line(0, static_cast<Index>(slots_before)));
    of.nonlinear(SlotArray::line(slots_before, static_cast<Index>(slots_after - slots_before)), from);
}

}  // namespace hesse
