#pragma once

#include "hesse/autodiff/engine/copy.hpp"
#include "hesse/autodiff/engine/index_map.hpp"
#include "hesse/autodiff/engine/slices.hpp"
#include "hesse/autodiff/index_nodes.hpp"

#include <algorithm>
#include <numeric>

namespace hesse {
namespace engine {

/// Place in a slice of its largest or smallest entry: of the first NaN, so that it is not lost, else the first.
template <class T>
Index place_of_extreme(const T* x, const SliceLayout& layout, Index slice, bool largest) {
    Index best = 0;
    for (Index i = 0; i < layout.length; ++i) {
        const T &entry = x[layout.offset(slice, i)], &known = x[layout.offset(slice, best)];
        if (entry != entry) return i;
        if (largest ? entry > known : entry < known) best = i;
    }
    return best;
}

/// y_si = sum_(j <= i) x_sj.      x_sj_bar += sum_(i >= j) y_si_bar
template <class T>
struct CumulativeSumNode : OneOperand<T> {
    static constexpr const char* name = "cumulative sum";
    SliceLayout from, to;

    void value(const T* x, T* y) const {
        for (Index s = 0; s < from.count; ++s) {
            T sum(0);
            for (Index i = 0; i < from.length; ++i) y[to.offset(s, i)] = sum += x[from.offset(s, i)];
        }
    }
    void dependencies(EntryDependencies& of) const {
        for (Index s = 0; s < from.count; ++s) {
            of.cumulative(this->results(to.offset(s, 0), to.length, to.stride),
                          this->entries(from.offset(s, 0), from.length, from.stride));
        }
    }
    void pull(const T* y_bar, T* x_bar) const {
        for (Index s = 0; s < from.count; ++s) {
            T sum(0);
            for (Index i = from.length; i-- > 0;) x_bar[from.offset(s, i)] += sum += y_bar[to.offset(s, i)];
        }
    }
    void gradient(const SweepArrays<T>& at) {
        this->plan(at.tape);
        pull(at.adjoint + this->result, at.adjoint + this->slot);
    }
    void tangent(const SweepArrays<T>& at) { value(at.tangent_at(this->slot), at.tangent + this->result); }
    void product(const SweepArrays<T>& at) { pull(at.second + this->result, at.second_at(this->slot)); }
};

/// y_k = the variable of slot_k.      slot_k_bar += y_k_bar
template <class T>
struct CollectNode {
    static constexpr const char* name = "array of variables";
    static constexpr std::uint32_t constant = 0xffffffffu;  // in place of a slot
    std::size_t slots_before, slots_after;
    std::size_t result, size;

    std::uint32_t* slots() { return reinterpret_cast<std::uint32_t*>(this + 1); }
    template <class Visit>
    void for_each(const Visit& visit) {
        for (std::size_t k = 0; k < size; ++k) visit(result + k, slots()[k]);
    }

    void dependencies(EntryDependencies& of) {
        for_each([&](std::size_t y, std::uint32_t slot) {
            if (slot != constant) of.linear(SlotArray::one(y), SlotArray::one(slot));
        });
    }
    // Adjoints of variables are zero at first, as scalar statements expect them.
    void gradient(const SweepArrays<T>& at) {
        at.tape.require_adjoints({result, size});
        for_each([&](std::size_t y, std::uint32_t slot) {
            if (slot != constant) at.adjoint[slot] += at.adjoint[y];
        });
    }
    void tangent(const SweepArrays<T>& at) {
        for_each([&](std::size_t y, std::uint32_t slot) {
            at.tangent[y] = slot != constant ? *at.tangent_at(slot) : T(0);
        });
    }
    void product(const SweepArrays<T>& at) {
        for_each([&](std::size_t y, std::uint32_t slot) {
            if (slot != constant) *at.second_at(slot) += at.second[y];
        });
    }
};

[[noreturn]] void throw_count(const char* function, Index given, const char* of_what, Index expected);

}  // namespace engine

template <class T>
ArrayOperand<T> IndexNodes<T>::gather(const Operand& x, Indices entries) {
    entries.require_below(x.size(), "gather", "entries of the array");
    const Index n = entries.size();
    const bool row = x.rows == 1 && x.cols != 1;
    return engine::run_with_places<engine::GatherNode>(x, row ? 1 : n, row ? n : 1, engine::IndexMap{n, 1},
                                                       [&](Index k) { return x.offset(entries[k]); });
}
template <class T>
ArrayOperand<T> IndexNodes<T>::gather_rows(const Operand& x, Indices rows) {
    rows.require_below(x.rows, "gather_rows", "rows of the array");
    return engine::gather_rows(x, rows.size(), [&](Index k) { return rows[k]; });
}
template <class T>
ArrayOperand<T> IndexNodes<T>::gather_columns(const Operand& x, Indices columns) {
    columns.require_below(x.cols, "gather_columns", "columns of the array");
    return engine::gather_columns(x, columns.size(), [&](Index k) { return columns[k]; });
}

template <class T>
ArrayOperand<T> IndexNodes<T>::scatter_add(const Operand& x, Indices entries, Index size) {
    if (entries.size() != x.size()) {
        engine::throw_count("scatter_add", entries.size(), "entries", x.size());
    }
    entries.require_below(size, "scatter_add", "entries of the result");
    if (!x.is_dense()) return scatter_add(ArrayNodes<T>::copy(x), entries, size);
    return engine::run_with_places<engine::ScatterAddNode>(x, size, 1, engine::IndexMap{x.size(), 1},
                                                           [&](Index k) { return entries[k]; });
}
template <class T>
ArrayOperand<T> IndexNodes<T>::scatter_add_rows(const Operand& x, Indices rows, Index count) {
    if (rows.size() != x.rows) engine::throw_count("scatter_add_rows", rows.size(), "rows", x.rows);
    rows.require_below(count, "scatter_add_rows", "rows of the result");
    return engine::run_with_places<engine::ScatterAddNode>(
        x, count, x.cols, engine::IndexMap{x.rows, x.inner, x.cols, x.outer, count},
        [&](Index k) { return rows[k]; });
}
template <class T>
ArrayOperand<T> IndexNodes<T>::scatter_add_columns(const Operand& x, Indices columns, Index count) {
    if (columns.size() != x.cols)
        engine::throw_count("scatter_add_columns", columns.size(), "columns", x.cols);
    columns.require_below(count, "scatter_add_columns", "columns of the result");
    return engine::run_with_places<engine::ScatterAddNode>(
        x, x.rows, count, engine::IndexMap{x.cols, x.outer, x.rows, x.inner, 1},
        [&](Index k) { return columns[k] * x.rows; });
}

template <class T>
ArrayOperand<T> IndexNodes<T>::pick(const Operand& x, Indices places, Slices slices) {
    const bool rows_given = slices == Slices::by_row;
    const SliceLayout layout = SliceLayout::of(x, slices);
    if (places.size() != layout.count) {
        engine::throw_count("pick", places.size(), rows_given ? "rows" : "columns", layout.count);
    }
    places.require_below(layout.length, "pick", rows_given ? "columns of the array" : "rows of the array");
    const auto [rows, cols] = reduced_shape(x, slices);
    return engine::run_with_places<engine::GatherNode>(x, rows, cols, engine::IndexMap{layout.count, 1},
                                                       [&](Index s) { return layout.offset(s, places[s]); });
}

template <class T>
ArrayOperand<T> IndexNodes<T>::extremes(const Operand& x, Slices slices, bool largest) {
    if (slices == Slices::all && !x.is_dense()) return extremes(ArrayNodes<T>::copy(x), slices, largest);
    const SliceLayout layout = SliceLayout::of(x, slices);
    if (layout.length == 0) throw_shapes("extreme of no entries", x.rows, x.cols, 1, 1);
    const auto [rows, cols] = reduced_shape(x, slices);
    return engine::run_indexed<engine::GatherNode>(
        x, rows, cols, engine::IndexMap{layout.count, 1}, layout,
        [&](const T* values, std::uint32_t* places) {
            for (Index s = 0; s < layout.count; ++s) {
                const Index best = engine::place_of_extreme(values, layout, s, largest);
                places[s] = static_cast<std::uint32_t>(layout.offset(s, best));
            }
        });
}
template <class T>
void IndexNodes<T>::find_extremes(const Operand& x, Slices slices, bool largest, int* places) {
    if (slices == Slices::all && !x.is_dense()) {
        return find_extremes(ArrayNodes<T>::copy(x), slices, largest, places);
    }
    const SliceLayout layout = SliceLayout::of(x, slices);
    if (layout.length == 0) throw_shapes("extreme of no entries", x.rows, x.cols, 1, 1);
    for (Index s = 0; s < layout.count; ++s) {
        places[s] = static_cast<int>(engine::place_of_extreme(x.values(), layout, s, largest));
    }
}

template <class T>
ArrayOperand<T> IndexNodes<T>::reverse(const Operand& x, Slices slices) {
    switch (slices) {
        case Slices::by_column:
            return engine::gather_rows(x, x.rows, [&](Index i) { return x.rows - 1 - i; });
        case Slices::by_row:
            return engine::gather_columns(x, x.cols, [&](Index j) { return x.cols - 1 - j; });
        case Slices::all:
            break;
    }
    return engine::run_with_places<engine::GatherNode>(x, x.rows, x.cols, engine::IndexMap{x.size(), 1},
                                                       [&](Index k) { return x.offset(x.size() - 1 - k); });
}

template <class T>
ArrayOperand<T> IndexNodes<T>::replicate(const Operand& x, Index down, Index across) {
    if (down < 0 || across < 0) throw_shapes("replicate", x.rows, x.cols, down, across);
    if (x.cols == 1 && down == 1) return x.repeated_columns(across);
    if (x.rows == 1 && across == 1) return x.repeated_rows(down);
    return engine::run_with_places<engine::GatherNode>(
        x, x.rows * down, x.cols * across,
        engine::IndexMap{x.cols * down * across, x.rows, x.rows, 1, x.inner},
        [&](Index k) { return k / down % x.cols * x.outer; });
}

template <class T>
ArrayOperand<T> IndexNodes<T>::sort(const Operand& x, Slices slices) {
    if (slices == Slices::by_row) return sort(x.transposed(), Slices::by_column).transposed();
    if (slices == Slices::all && !x.is_dense()) return sort(ArrayNodes<T>::copy(x), slices);
    const SliceLayout layout = SliceLayout::of(x, slices);
    const auto sort_slice = [&](const T* values, Index s, std::uint32_t* places) {
        for (Index i = 0; i < layout.length; ++i) places[i] = static_cast<std::uint32_t>(layout.offset(s, i));
        // NaN comes last. Of equal entries the first comes first, which needs no memory as a stable sort would.
        std::sort(places, places + layout.length, [&](std::uint32_t a, std::uint32_t b) {
            const T &u = values[a], &v = values[b];
            const bool u_nan = u != u, v_nan = v != v;
            if (u_nan != v_nan) return v_nan;
            if (u < v) return true;
            return !(v < u) && a < b;
        });
    };
    return engine::run_indexed<engine::GatherNode>(x, x.rows, x.cols, engine::IndexMap{x.size(), 1}, layout,
                                                   [&](const T* values, std::uint32_t* places) {
                                                       for (Index s = 0; s < layout.count; ++s)
                                                           sort_slice(values, s, places + s * layout.length);
                                                   });
}

template <class T>
ArrayOperand<T> IndexNodes<T>::cumulative_sum(const Operand& x, Slices slices) {
    if (slices == Slices::all && !x.is_dense()) return cumulative_sum(ArrayNodes<T>::copy(x), slices);
    engine::CumulativeSumNode<T> node{};
    Operand y;
    y.rows = y.outer = x.rows;
    y.cols = x.cols;
    node.from = SliceLayout::of(x, slices);
    node.to = SliceLayout::of(y, slices);
    return engine::run<T>(x, x.rows, x.cols, node, [&](const T* from, T* to) { node.value(from, to); });
}

template <class T>
ArrayOperand<T> IndexNodes<T>::stack(std::span<const Operand> parts, bool vertically) {
    Index rows = 0, cols = 0;
    Tape<T>* tape = nullptr;
    for (const Operand& part : parts) {
        const Operand& first = parts.front();
        if (vertically ? part.cols != first.cols : part.rows != first.rows) {
            throw_shapes(vertically ? "vertical_stack" : "horizontal_stack", first.rows, first.cols,
                         part.rows, part.cols);
        }
        rows = vertically ? rows + part.rows : part.rows;
        cols = vertically ? part.cols : cols + part.cols;
        tape = join_tapes(tape, part.tape, part.generation);
    }
    OwnedArray<T> owned{};
    const std::size_t before = tape != nullptr ? tape->slots() : 0;
    if (tape == nullptr) owned = allocate_array<T>(rows, cols);
    const Operand result = tape != nullptr ? allocate_variable(*tape, rows, cols) : owned.operand;
    Index row = 0, col = 0;
    for (const Operand& part : parts) {
        const Index first = result.offset(row, col);
        engine::copy_into(part, result.view(first, part.rows, part.cols, 1, rows), tape,
                          tape == nullptr ? owned.data + first : nullptr);
        if (tape != nullptr && &part == parts.data()) {
            // The first copy brings the slots of the result.
            reinterpret_cast<ElementwiseNode<T>*>(tape->last_node())->slots_before = before;
        }
        (vertically ? row : col) += vertically ? part.rows : part.cols;
    }
    return result;
}

template <class T>
ArrayOperand<T> IndexNodes<T>::collect(const Variable<T>* entries, Index rows, Index cols) {
    Tape<T>* tape = nullptr;
    const Index size = rows * cols;
    for (Index k = 0; k < size; ++k) tape = join_tapes(tape, entries[k].tape(), entries[k].generation());
    if (tape == nullptr) {
        auto y = allocate_array<T>(rows, cols);
        for (Index k = 0; k < size; ++k) y.data[k] = entries[k].value();
        return y.operand;
    }
    engine::CollectNode<T> node{};
    node.slots_before = tape->slots();
    const Operand y = allocate_variable(*tape, rows, cols);
    node.slots_after = tape->slots();
    node.result = y.slot;
    node.size = static_cast<std::size_t>(size);
    auto& kept = append(*tape, node, node.size * sizeof(std::uint32_t));
    for (Index k = 0; k < size; ++k) {
        const VariableLeaf<T> leaf = entries[k].leaf();
        kept.slots()[k] = leaf.tape != nullptr ? leaf.slot : engine::CollectNode<T>::constant;
        tape->values()[static_cast<Index>(y.slot) + k] = leaf.value;
    }
    return y;
}

}  // namespace hesse
