#pragma once

#include "hesse/autodiff/elementwise.hpp"
#include "hesse/autodiff/engine/elementwise_node.hpp"

#include <memory>

namespace hesse {
namespace engine {

/// Evaluates a statement into `target`, with the layout `result`; without a target, returns its sum.
template <class T>
T evaluate(const Kernels<T>& kernels, std::span<const StatementLeaf<T>> leaves, Tape<T>* tape, Index rows,
           Index cols, const Layout& result, T* kept, T* target) {
    const KernelLayout& p = kernels.layout;
    KernelRun<T> run(kernels, scratch_for_operands(kernels, leaves, rows, cols, false) +
                                  (kept == nullptr ? p.kept : 0) + 1);
    const Index size = rows * cols;
    const T* value = tape != nullptr ? tape->values() : nullptr;
    if (target == nullptr) run.begin_sum(p.y());
    if (target != nullptr) run.writes_where_it_reads();
    // Sums are taken in one order, whatever the operands' strides, since a recording may have evaluated what
    // plain numbers read as a view, and both are to have the same bits.
    const bool columns = target != nullptr && blocks_by_column(rows, cols, leaves, result);
    for_each_block(rows, cols, run.length(), columns, [&](Block block) {
        read_operands<T>(run, kernels, leaves, rows, cols, block, value, nullptr);
        for (int k = 0; k < p.kept; ++k) {
            run.write(p.keep(k), kept != nullptr ? kept + k * size + block.first : run.scratch(p.keep(k)));
        }
        Index offset = 0;
        if (target != nullptr) {
            offset = result.contiguous(block, cols);
            run.write(p.y(), offset >= 0 ? target + offset : run.scratch(p.y()));
        }
        run(kernels.value, block.count);
        if (offset < 0) scatter(run.scratch(p.y()), result, block, target);
    });
    return target == nullptr ? run.sum() : T(0);
}

template <class T>
ElementwiseNode<T>& append_statement(Tape<T>& tape, const Kernels<T>& kernels,
                                     std::span<const StatementLeaf<T>> leaves, Index rows, Index cols) {
    T* kept = kernels.layout.kept == 0
                  ? nullptr
                  : tape.keep_numbers(static_cast<std::size_t>(kernels.layout.kept * rows * cols));
    // Made where it is kept: a copy would wait for the stores of the original.
    auto& node = append<T, ElementwiseNode<T>>(
        tape, leaves.size() * (sizeof(StatementLeaf<T>) + sizeof(Contribution)));
    node.kernels = &kernels;
    node.rows = rows;
    node.cols = cols;
    node.kept = kept;
    node.leaves = static_cast<int>(leaves.size());
    std::uninitialized_copy(leaves.begin(), leaves.end(), node.leaf());
    return node;
}

}  // namespace engine

template <class T>
void ArrayStatements<T>::run_into(const Kernels<T>& kernels, Leaves leaves, Tape<T>* tape,
                                  const ArrayOperand<T>& target, T* data) {
    const Index rows = target.rows, cols = target.cols;
    T* kept = nullptr;
    if (tape != nullptr) {
        auto& node = engine::append_statement(*tape, kernels, leaves, rows, cols);
        node.slots_before = node.slots_after = tape->slots();
        node.result = target.slot;
        node.result_outer = target.outer;
        kept = node.kept;
        data = tape->values() + target.slot;
    }
    engine::evaluate<T>(kernels, leaves, tape, rows, cols, Layout{rows, 1, target.outer}, kept, data);
}

template <class T>
ArrayOperand<T> ArrayStatements<T>::run(const Kernels<T>& kernels, Leaves leaves, Tape<T>* tape, Index rows,
                                        Index cols) {
    if (tape == nullptr) {
        auto result = allocate_array<T>(rows, cols);
        run_into(kernels, leaves, nullptr, result.operand, result.data);
        return result.operand;
    }
    const std::size_t before = tape->slots();
    const ArrayOperand<T> result = allocate_variable(*tape, rows, cols);
    run_into(kernels, leaves, tape, result, nullptr);
    auto& node = *reinterpret_cast<ElementwiseNode<T>*>(tape->last_node());
    node.slots_before = before;
    return result;
}

template <class T>
ScalarResult<T> ArrayStatements<T>::sum(const Kernels<T>& kernels, Leaves leaves, Tape<T>* tape, Index rows,
                                        Index cols) {
    const Layout layout{rows, 1, rows};
    if (tape == nullptr) {
        return {tape, engine::evaluate<T>(kernels, leaves, tape, rows, cols, layout, nullptr, nullptr), 0};
    }
    auto& node = engine::append_statement(*tape, kernels, leaves, rows, cols);
    const std::size_t slot = tape->slots();
    node.sum = true;
    node.slots_before = node.result = slot;
    node.slots_after = slot + 1;
    T value;
    if (node.may_sweep_early() && tape->begin_early_sweep(slot)) {
        value = node.evaluate_and_sweep(*tape);
        tape->end_early_sweep();
    } else {
        value = engine::evaluate<T>(kernels, leaves, tape, rows, cols, layout, node.kept, nullptr);
    }
    tape->append_value(value);
    return {tape, value, static_cast<std::uint32_t>(slot)};
}

}  // namespace hesse
