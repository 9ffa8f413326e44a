#pragma once

#include "hesse/autodiff/array_nodes.hpp"
#include "hesse/autodiff/engine/node.hpp"
#include "hesse/autodiff/engine/series_product.hpp"

#include <cmath>
#include <utility>
#include <vector>

namespace hesse {
namespace engine {

/// A factor as gemm takes it: stored column by column with a leading dimension, or the transpose of that.
struct Storage {
    Index rows, cols, leading;
    Transpose transpose;
};

inline Transpose flip(Transpose op) { return op == Transpose::no ? Transpose::yes : Transpose::no; }

/// Whether gemm can read an operand where it is.
template <class T>
bool readable(const ArrayOperand<T>& x) {
    if (x.size() == 0) return true;
    const bool by_columns = (x.inner == 1 || x.rows == 1) && (x.outer >= x.rows || x.cols == 1);
    const bool by_rows = (x.outer == 1 || x.cols == 1) && (x.inner >= x.cols || x.rows == 1);
    return by_columns || by_rows;
}

template <class T>
Storage storage_of(const ArrayOperand<T>& x) {
    if (x.size() == 0) return {x.rows, x.cols, std::max<Index>(x.rows, 1), Transpose::no};
    if ((x.inner == 1 || x.rows == 1) && (x.outer >= x.rows || x.cols == 1)) {
        return {x.rows, x.cols, x.cols == 1 ? x.rows : x.outer, Transpose::no};
    }
    return {x.rows, x.cols, x.rows == 1 ? x.cols : x.inner, Transpose::yes};
}

/// C = A B, with C dense.
template <class T>
struct Factor {
    bool variable;
    bool first;  // its adjoint is assigned, not added to
    std::uint32_t slot;
    const T* data;
    Storage storage;
    [[nodiscard]] const T* at(const T* values) const { return variable ? values + slot : data; }
    [[nodiscard]] Transpose op() const { return storage.transpose; }
    [[nodiscard]] Index leading() const { return storage.leading; }

    /// Of a constant one.
    [[nodiscard]] MatrixPlaces nonzeros() const {
        MatrixPlaces places;
        const bool by_columns = op() == Transpose::no;
        for (Index j = 0; j < storage.cols; ++j) {
            for (Index i = 0; i < storage.rows; ++i) {
                if (!vanishes(data[by_columns ? i + j * leading() : j + i * leading()]))
                    places.emplace_back(i, j);
            }
        }
        return places;
    }
};

template <class T>
struct ProductNode {
    static constexpr const char* name = "matrix product";
    std::size_t slots_before, slots_after;
    std::size_t result;
    Index rows, cols, inner;
    Factor<T> a, b;

    void describe(NodeDescription<T>& to) const {
        for (const Factor<T>* factor : {&a, &b}) {
            const Storage& x = factor->storage;
            const bool by_columns = x.transpose == Transpose::no;
            to.operands.push_back({factor->variable, factor->slot, factor->data, T(0), x.rows, x.cols,
                                   by_columns ? 1 : x.leading, by_columns ? x.leading : 1});
        }
        to.result = NodeDescription<T>::slots(result, rows, cols);
        to.flops = 2.0 * static_cast<double>(rows) * static_cast<double>(cols) * static_cast<double>(inner);
    }

    // Zeros of a constant factor count as structure where they are many.
    void dependencies(EntryDependencies& of) const {
        const auto slots = [](const Factor<T>& factor) {
            const Storage& x = factor.storage;
            if (!factor.variable) return SlotArray{};
            const bool by_columns = x.transpose == Transpose::no;
            return SlotArray{factor.slot, x.rows, x.cols, by_columns ? 1 : x.leading,
                             by_columns ? x.leading : 1};
        };
        const SlotArray c{result, rows, cols, 1, rows}, left = slots(a), right = slots(b);
        if (a.variable == b.variable) return depend_on_product(c, left, right, of);
        MatrixPlaces nonzeros = (a.variable ? b : a).nonzeros();
        if (2 * static_cast<Index>(nonzeros.size()) > inner * (a.variable ? cols : rows)) {
            depend_on_product(c, left, right, of);
        } else if (b.variable) {
            depend_through_matrix(nonzeros, c, right, of);
        } else {
            for (auto& [row, column] : nonzeros) std::swap(row, column);
            depend_through_matrix(nonzeros, c.transposed(), left.transposed(), of);
        }
    }

    // C = A B + beta C for any mixture of values and tangents.
    void accumulate(const T* a_values, const T* b_values, T beta, T* c) const {
        product_of<T>(a.op(), b.op(), rows, cols, inner, T(1), a_values, a.leading(), b_values, b.leading(),
                      beta, c, rows);
    }
    // A_bar (+)= C_bar B', where A is stored; B_bar (+)= A' C_bar likewise.
    void pull_a(const T* c_bar, const T* b_values, T beta, T* a_bar) const {
        if (a.op() == Transpose::no) {
            product_of<T>(Transpose::no, flip(b.op()), rows, inner, cols, T(1), c_bar, rows, b_values,
                          b.leading(), beta, a_bar, a.leading());
        } else {
            product_of<T>(b.op(), Transpose::yes, inner, rows, cols, T(1), b_values, b.leading(), c_bar, rows,
                          beta, a_bar, a.leading());
        }
    }
    void pull_b(const T* c_bar, const T* a_values, T beta, T* b_bar) const {
        if (b.op() == Transpose::no) {
            product_of<T>(flip(a.op()), Transpose::no, inner, cols, rows, T(1), a_values, a.leading(), c_bar,
                          rows, beta, b_bar, b.leading());
        } else {
            product_of<T>(Transpose::yes, a.op(), cols, inner, rows, T(1), c_bar, rows, a_values, a.leading(),
                          beta, b_bar, b.leading());
        }
    }

    void plan(Tape<T>& tape) {
        tape.require_adjoints({result, static_cast<std::size_t>(rows * cols)});
        for (Factor<T>* factor : {&a, &b}) {
            if (!factor->variable) continue;
            const Storage& s = factor->storage;
            const Index stored_rows = s.transpose == Transpose::no ? s.rows : s.cols;
            const Index stored_cols = s.transpose == Transpose::no ? s.cols : s.rows;
            const Index extent = s.rows * s.cols == 0 ? 0 : (stored_cols - 1) * s.leading + stored_rows;
            const typename Tape<T>::Region region{factor->slot, static_cast<std::size_t>(extent)};
            const bool dense = s.leading == stored_rows || stored_cols == 1;
            factor->first = dense && tape.first_contribution(region);
            if (!factor->first) tape.require_adjoints(region);
        }
    }

    // The rounding of a_i'b_j is about |a_i| |b_j|.
    T rounding(const SweepArrays<T>& at) const {
        using std::sqrt;
        const auto norms = [&](const Factor<T>& factor, Index count, bool columns) {
            const Storage& s = factor.storage;
            const bool along = (s.transpose == Transpose::no) == columns;  // one after the other in memory
            const T* x = factor.at(at.value);
            std::vector<T> all;
            for (Index k = 0; k < count; ++k) {
                T sum(0);
                for (Index l = 0; l < inner; ++l) {
                    const T& entry = along ? x[k * s.leading + l] : x[k + l * s.leading];
                    sum += entry * entry;
                }
                all.push_back(sqrt(sum));
            }
            return all;
        };
        const std::vector<T> a_norms = norms(a, rows, false), b_norms = norms(b, cols, true);
        const T* c_bar = at.adjoint + result;
        T sum(0);
        for (Index j = 0; j < cols; ++j) {
            for (Index i = 0; i < rows; ++i) {
                const T& entry = c_bar[i + j * rows];
                sum += (entry < T(0) ? T(-entry) : entry) * a_norms[static_cast<std::size_t>(i)] *
                       b_norms[static_cast<std::size_t>(j)];
            }
        }
        return sum;
    }
    void gradient(const SweepArrays<T>& at) {
        plan(at.tape);
        const T* c_bar = at.adjoint + result;
        if (a.variable) pull_a(c_bar, b.at(at.value), T(a.first ? 0 : 1), at.adjoint + a.slot);
        if (b.variable) pull_b(c_bar, a.at(at.value), T(b.first ? 0 : 1), at.adjoint + b.slot);
    }
    /// A matrix of constants times a variable column: along several directions, a matrix product.
    [[nodiscard]] bool constant_times_column() const {
        return !a.variable && b.variable && cols == 1 && b.op() == Transpose::no;
    }
    void tangents(const SweepArrays<T>& at) const {
        if (!constant_times_column()) {
            for (std::size_t k = 0; k < at.planes; ++k) tangent(at.plane(k));
        } else {
            product_of<T>(a.op(), Transpose::no, rows, static_cast<Index>(at.planes), inner, T(1), a.data,
                          a.leading(), at.tangent_at(b.slot),
                          static_cast<Index>(at.tangent_stride_at(b.slot)), T(0), at.tangent + result,
                          static_cast<Index>(at.stride));
        }
    }
    void products(const SweepArrays<T>& at) const {
        if (!constant_times_column()) {
            for (std::size_t k = 0; k < at.planes; ++k) product(at.plane(k));
        } else {
            product_of<T>(flip(a.op()), Transpose::no, inner, static_cast<Index>(at.planes), rows, T(1),
                          a.data, a.leading(), at.second + result, static_cast<Index>(at.stride),
                          T(b.first ? 0 : 1), at.second_at(b.slot),
                          static_cast<Index>(at.second_stride_at(b.slot)));
        }
    }
    void tangent(const SweepArrays<T>& at) const {
        T* c_dot = at.tangent + result;
        if (a.variable) accumulate(at.tangent_at(a.slot), b.at(at.value), T(0), c_dot);
        if (b.variable) accumulate(a.at(at.value), at.tangent_at(b.slot), T(a.variable ? 1 : 0), c_dot);
    }
    void product(const SweepArrays<T>& at) const {
        const T* c_bar = at.adjoint + result;
        const T* c_bar_dot = at.second + result;
        if (a.variable) {
            pull_a(c_bar_dot, b.at(at.value), T(a.first ? 0 : 1), at.second_at(a.slot));
            if (b.variable) pull_a(c_bar, at.tangent_at(b.slot), T(1), at.second_at(a.slot));
        }
        if (b.variable) {
            pull_b(c_bar_dot, a.at(at.value), T(b.first ? 0 : 1), at.second_at(b.slot));
            if (a.variable) pull_b(c_bar, at.tangent_at(a.slot), T(1), at.second_at(b.slot));
        }
    }
};

/// An operand that gemm can read; a copy where strides forbid it.
template <class T>
ArrayOperand<T> prepared(const ArrayOperand<T>& x) {
    return readable(x) ? x : ArrayNodes<T>::copy(x);
}

template <class T>
Factor<T> factor(const ArrayOperand<T>& x, Tape<T>* tape) {
    if (tape != nullptr && x.owner) tape->keep_alive(x.owner);
    return {x.tape != nullptr, false, x.slot, x.data, storage_of(x)};
}

}  // namespace engine

template <class T>
ArrayOperand<T> ArrayNodes<T>::multiply(const ArrayOperand<T>& left, const ArrayOperand<T>& right) {
    if (left.cols != right.rows) throw_shapes("multiply", left.rows, left.cols, right.rows, right.cols);
    Tape<T>* tape =
        join_tapes(join_tapes<T>(nullptr, left.tape, left.generation), right.tape, right.generation);
    const ArrayOperand<T> x = engine::prepared(left), y = engine::prepared(right);
    engine::ProductNode<T> node{};
    node.rows = x.rows;
    node.cols = y.cols;
    node.inner = x.cols;
    node.a = engine::factor(x, tape);
    node.b = engine::factor(y, tape);
    if (tape == nullptr) {
        auto result = allocate_array<T>(node.rows, node.cols);
        node.accumulate(x.data, y.data, T(0), result.data);
        return result.operand;
    }
    node.slots_before = tape->slots();
    const ArrayOperand<T> result = allocate_variable(*tape, node.rows, node.cols);
    node.slots_after = tape->slots();
    node.result = result.slot;
    const T* values = tape->values();
    node.accumulate(node.a.at(values), node.b.at(values), T(0), tape->values() + result.slot);
    append(*tape, node);
    if (node.constant_times_column()) tape->prefer_planes();
    return result;
}

}  // namespace hesse
