#pragma once

#include "hesse/autodiff/engine/one_operand.hpp"
#include "hesse/autodiff/engine/slices.hpp"

#include <cstdint>
#include <vector>

/// Arrays whose entries are entries of another, told by indices: what picks, gathers, sorts, tiles and pools.
namespace hesse::engine {

/// Pairs entries of a regular array with entries of an indexed one: piece k of `count`, which begins at k * next, with
/// the piece that begins at places[k]. A piece has `length` entries, `stride` apart in the one and `indexed_stride` in
/// the other. The places themselves are kept elsewhere.
struct IndexMap {
    Index count, next;
    Index length = 1, stride = 1, indexed_stride = 1;

    /// Calls visit(offset in the regular array, offset in the indexed one), in the order of the regular one's memory.
    template <class Visit>
    void for_each(const std::uint32_t* places, const Visit& visit) const {
        if (length == 1) {
            for (Index k = 0; k < count; ++k) visit(k * next, Index{places[k]});
        } else if (next < stride) {
            for (Index i = 0; i < length; ++i) {
                for (Index k = 0; k < count; ++k)
                    visit(k * next + i * stride, places[k] + i * indexed_stride);
            }
        } else {
            for (Index k = 0; k < count; ++k) {
                for (Index i = 0; i < length; ++i)
                    visit(k * next + i * stride, places[k] + i * indexed_stride);
            }
        }
    }
    /// regular = indexed
    template <class T>
    void gather(const std::uint32_t* places, const T* indexed, T* regular) const {
        for_each(places, [&](Index to, Index from) { regular[to] = indexed[from]; });
    }
    /// regular += indexed
    template <class T>
    void gather_add(const std::uint32_t* places, const T* indexed, T* regular) const {
        for_each(places, [&](Index to, Index from) { regular[to] += indexed[from]; });
    }
    /// indexed += regular; what has several indices is added several times
    template <class T>
    void scatter_add(const std::uint32_t* places, const T* regular, T* indexed) const {
        for_each(places, [&](Index from, Index to) { indexed[to] += regular[from]; });
    }
};

/// A node with its places behind it.
template <class T>
struct IndexedNode : OneOperand<T> {
    IndexMap map;
    SliceLayout
        choices{};  // where places depend on values: an equal part of them for each of these slices of x
};
template <class Node>
std::uint32_t* places_of(Node& node) {
    return reinterpret_cast<std::uint32_t*>(&node + 1);
}

/// y_k = x_places(k).      x_places(k)_bar += y_k_bar
template <class T>
struct GatherNode : IndexedNode<T> {
    static constexpr const char* name = "gather";

    T rounding(const SweepArrays<T>&) const { return T(0); }

    void dependencies(EntryDependencies& of) {
        const SliceLayout& slices = this->choices;
        for (Index s = 0; s < slices.count; ++s) {
            const Index each = this->map.count / slices.count;
            of.linear(this->results(s * each, each),
                      this->entries(slices.offset(s, 0), slices.length, slices.stride));
        }
        if (slices.count != 0) return;
        this->map.for_each(places_of(*this), [&](Index to, Index from) {
            of.linear(this->results(to, 1), this->entries(from, 1));
        });
    }
    void value(const std::uint32_t* places, const T* x, T* y) const { this->map.gather(places, x, y); }
    void gradient(const SweepArrays<T>& at) {
        this->plan(at.tape);
        this->map.scatter_add(places_of(*this), at.adjoint + this->result, at.adjoint + this->slot);
    }
    void tangent(const SweepArrays<T>& at) {
        value(places_of(*this), at.tangent_at(this->slot), at.tangent + this->result);
    }
    void product(const SweepArrays<T>& at) {
        this->map.scatter_add(places_of(*this), at.second + this->result, at.second_at(this->slot));
    }
};

/// y_places(k) += x_k, from zero.      x_k_bar += y_places(k)_bar
template <class T>
struct ScatterAddNode : IndexedNode<T> {
    static constexpr const char* name = "scatter_add";

    void dependencies(EntryDependencies& of) {
        this->map.for_each(places_of(*this), [&](Index from, Index to) {
            of.linear(this->results(to, 1), this->entries(from, 1));
        });
    }
    void value(const std::uint32_t* places, const T* x, T* y) const {
        std::fill_n(y, this->result_size, T(0));
        this->map.scatter_add(places, x, y);
    }
    void gradient(const SweepArrays<T>& at) {
        this->plan(at.tape);
        this->map.gather_add(places_of(*this), at.adjoint + this->result, at.adjoint + this->slot);
    }
    void tangent(const SweepArrays<T>& at) {
        value(places_of(*this), at.tangent_at(this->slot), at.tangent + this->result);
    }
    void product(const SweepArrays<T>& at) {
        this->map.gather_add(places_of(*this), at.second + this->result, at.second_at(this->slot));
    }
};

/// y (rows x cols) of x by a node of this kind, where `find(values of x, places)` writes the places. If these depend on the
/// values, they are chosen from the slices `choices`, as many from each.
template <template <class> class Node, class T, class Find>
ArrayOperand<T> run_indexed(const ArrayOperand<T>& x, Index rows, Index cols, const IndexMap& map,
                            const SliceLayout& choices, const Find& find) {
    Node<T> node{};
    node.map = map;
    node.choices = choices;
    const auto count = static_cast<std::size_t>(map.count);
    if (x.tape == nullptr) {
        node.result_size = rows * cols;
        std::vector<std::uint32_t> places(count);
        find(x.data, places.data());
        auto y = allocate_array<T>(rows, cols);
        node.value(places.data(), x.data, y.data);
        return y.operand;
    }
    auto [y, kept] = append_for(x, rows, cols, node, count * sizeof(std::uint32_t));
    find(x.values(), places_of(kept));
    kept.value(places_of(kept), x.values(), x.tape->values() + y.slot);
    return y;
}
/// The same where place(k) does not depend on values.
template <template <class> class Node, class T, class Place>
ArrayOperand<T> run_with_places(const ArrayOperand<T>& x, Index rows, Index cols, const IndexMap& map,
                                const Place& place) {
    return run_indexed<Node, T>(x, rows, cols, map, {}, [&](const T*, std::uint32_t* places) {
        for (Index k = 0; k < map.count; ++k) places[k] = static_cast<std::uint32_t>(place(k));
    });
}

/// The rows of x numbered row(0) ... row(count - 1).
template <class T, class Row>
ArrayOperand<T> gather_rows(const ArrayOperand<T>& x, Index count, const Row& row) {
    return run_with_places<GatherNode>(x, count, x.cols, IndexMap{count, 1, x.cols, count, x.outer},
                                       [&](Index k) { return row(k) * x.inner; });
}
template <class T, class Column>
ArrayOperand<T> gather_columns(const ArrayOperand<T>& x, Index count, const Column& column) {
    return run_with_places<GatherNode>(x, x.rows, count, IndexMap{count, x.rows, x.rows, 1, x.inner},
                                       [&](Index k) { return column(k) * x.outer; });
}

}  // namespace hesse::engine
