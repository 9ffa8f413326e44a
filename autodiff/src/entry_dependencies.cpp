#include "hesse/autodiff/engine/entry_dependencies.hpp"

namespace hesse {

void depend_through_matrix(const MatrixPlaces& nonzeros, const SlotArray& c, const SlotArray& b,
                           EntryDependencies& of) {
    std::vector<std::vector<Index>> columns(static_cast<std::size_t>(c.rows));
    for (const auto& [row, column] : nonzeros) columns[static_cast<std::size_t>(row)].push_back(column);
    std::vector<SlotArray> from;
    for (Index j = 0; j < c.cols; ++j) {
        for (Index i = 0; i < c.rows; ++i) {
            from.clear();
            for (const Index k : columns[static_cast<std::size_t>(i)])
                from.push_back(SlotArray::one(b.slot(k, j)));
            of.linear(SlotArray::one(c.slot(i, j)), from);
        }
    }
}

void depend_on_product(const SlotArray& c, const SlotArray& a, const SlotArray& b, EntryDependencies& of) {
    if (!a.constant() && !b.constant()) of.product(c, a, b);
    if (a.constant() && !b.constant()) {
        for (Index j = 0; j < c.cols; ++j) of.linear(c.column(j), b.column(j));
    }
    if (!a.constant() && b.constant()) {
        for (Index i = 0; i < c.rows; ++i) of.linear(c.row(i), a.row(i));
    }
}

}  // namespace hesse
