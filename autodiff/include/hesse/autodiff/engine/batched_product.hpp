#pragma once

#include "hesse/autodiff/engine/attention.hpp"

namespace hesse {
namespace engine {

/// C_i = op(A_i) op(B_i) for `count` blocks that lie side by side, op(A_i) (m x k) and op(B_i) (k x n).
/// A_bar_i += C_bar_i op(B_i)' or its transpose, B_bar_i likewise
template <class T>
struct BatchedProductNode {
    static constexpr const char* name = "batched product";
    std::size_t slots_before, slots_after;
    std::size_t result;
    Index count, m, n, k;
    Transpose a_op, b_op;
    ColumnFactor<T> a, b;

    void describe(NodeDescription<T>& to) const {
        to.operands = {a.description(), b.description()};
        to.result = NodeDescription<T>::slots(result, m, n * count);
        to.flops = 2.0 * static_cast<double>(m * n) * static_cast<double>(k * count);
    }
    void dependencies(EntryDependencies& of) const {
        for (Index i = 0; i < count; ++i) {
            const auto block = [](const ColumnFactor<T>& x, Index first, Transpose op, Index r, Index c) {
                if (!x.variable) return SlotArray{};
                const std::size_t slot = x.slot + static_cast<std::size_t>(first);
                return op == as_is ? SlotArray{slot, r, c, 1, x.outer} : SlotArray{slot, r, c, x.outer, 1};
            };
            depend_on_product({result + static_cast<std::size_t>(i * m * n), m, n, 1, m},
                              block(a, of_a(i), a_op, m, k), block(b, of_b(i), b_op, k, n), of);
        }
    }
    static Transpose flipped(Transpose op) { return op == as_is ? transposed_factor : as_is; }
    // Where block i begins.
    [[nodiscard]] Index of_a(Index i) const { return i * (a_op == as_is ? k : m) * a.outer; }
    [[nodiscard]] Index of_b(Index i) const { return i * (b_op == as_is ? n : k) * b.outer; }

    void accumulate(const T* a_values, const T* b_values, bool add, T* c) const {
        for (Index i = 0; i < count; ++i) {
            block_product(a_op, b_op, m, n, k, a_values + of_a(i), a.outer, b_values + of_b(i), b.outer, add,
                          c + i * m * n, std::max<Index>(m, 1));
        }
    }
    void pull_a(const T* c_bar, const T* b_values, T* a_bar) const {
        const Index ldc = std::max<Index>(m, 1);
        for (Index i = 0; i < count; ++i, c_bar += m * n) {
            const T* block = b_values + of_b(i);
            if (a_op == as_is) {
                block_product(as_is, flipped(b_op), m, k, n, c_bar, ldc, block, b.outer, true,
                              a_bar + of_a(i), a.outer);
            } else {
                block_product(b_op, transposed_factor, k, m, n, block, b.outer, c_bar, ldc, true,
                              a_bar + of_a(i), a.outer);
            }
        }
    }
    void pull_b(const T* c_bar, const T* a_values, T* b_bar) const {
        const Index ldc = std::max<Index>(m, 1);
        for (Index i = 0; i < count; ++i, c_bar += m * n) {
            const T* block = a_values + of_a(i);
            if (b_op == as_is) {
                block_product(flipped(a_op), as_is, k, n, m, block, a.outer, c_bar, ldc, true,
                              b_bar + of_b(i), b.outer);
            } else {
                block_product(transposed_factor, a_op, n, k, m, c_bar, ldc, block, a.outer, true,
                              b_bar + of_b(i), b.outer);
            }
        }
    }

    T rounding(const SweepArrays<T>& at) const {
        return rounding_of(at, result, result + static_cast<std::size_t>(count * m * n));
    }
    void gradient(const SweepArrays<T>& at) {
        at.tape.require_adjoints({result, static_cast<std::size_t>(count * m * n)});
        a.require_adjoints(at.tape);
        b.require_adjoints(at.tape);
        if (a.variable) pull_a(at.adjoint + result, b.value(at), a.adjoint(at));
        if (b.variable) pull_b(at.adjoint + result, a.value(at), b.adjoint(at));
    }
    void tangent(const SweepArrays<T>& at) {
        T* c_dot = at.tangent + result;
        if (a.variable) accumulate(a.tangent(at), b.value(at), false, c_dot);
        if (b.variable) accumulate(a.value(at), b.tangent(at), a.variable, c_dot);
    }
    void product(const SweepArrays<T>& at) {
        const T *c_bar = at.adjoint + result, *c_bar_dot = at.second + result;
        if (a.variable) pull_a(c_bar_dot, b.value(at), a.second(at));
        if (b.variable) pull_b(c_bar_dot, a.value(at), b.second(at));
        if (!a.variable || !b.variable) return;
        pull_a(c_bar, b.tangent(at), a.second(at));
        pull_b(c_bar, a.tangent(at), b.second(at));
    }
};

}  // namespace engine

template <class T>
ArrayOperand<T> LayerNodes<T>::batched_multiply(const Operand& a_given, const Operand& b_given, Index count,
                                                bool transpose_a, bool transpose_b) {
    engine::require_parts("batched_multiply", "blocks", count, "columns of the first factor", a_given.cols);
    engine::require_parts("batched_multiply", "blocks", count, "columns of the second factor", b_given.cols);
    Tape<T>* tape = engine::tape_of_operands({&a_given, &b_given});
    const Operand a = engine::by_columns(a_given), b = engine::by_columns(b_given);
    engine::BatchedProductNode<T> node{};
    node.count = count;
    node.a_op = transpose_a ? Transpose::yes : Transpose::no;
    node.b_op = transpose_b ? Transpose::yes : Transpose::no;
    node.m = transpose_a ? a.cols / count : a.rows;
    node.k = transpose_a ? a.rows : a.cols / count;
    node.n = transpose_b ? b.rows : b.cols / count;
    if ((transpose_b ? b.cols / count : b.rows) != node.k) {
        throw_shapes("batched_multiply: the blocks", a.rows, a.cols / count, b.rows, b.cols / count);
    }
    node.a = engine::column_factor(a, tape);
    node.b = engine::column_factor(b, tape);
    if (tape == nullptr) {
        auto c = allocate_array<T>(node.m, node.n * count);
        node.accumulate(a.data, b.data, false, c.data);
        return c.operand;
    }
    node.slots_before = tape->slots();
    const Operand c = allocate_variable(*tape, node.m, node.n * count);
    node.slots_after = tape->slots();
    node.result = c.slot;
    node.accumulate(a.values(), b.values(), false, tape->values() + c.slot);
    append(*tape, node);
    return c;
}

}  // namespace hesse
