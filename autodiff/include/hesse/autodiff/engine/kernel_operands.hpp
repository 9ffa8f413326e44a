#pragma once

#include "hesse/autodiff/engine/kernel_run.hpp"

#include <algorithm>
#include <span>

/// The operands of a statement, as its kernels read them block by block.
namespace hesse {

inline std::size_t index(int i) { return static_cast<std::size_t>(i); }

/// Whether blocks should keep to single columns.
template <class T>
bool blocks_by_column(Index rows, Index cols, std::span<const StatementLeaf<T>> leaves,
                      const Layout& result) {
    constexpr Index worthwhile = 64;
    if (rows < worthwhile) return false;
    bool dense = result.dense(cols);
    for (const auto& leaf : leaves) {
        dense = dense && (!leaf.array || Layout{rows, leaf.inner, leaf.outer}.dense(cols));
    }
    return !dense;
}

/// How many blocks of scratch the operands of a statement may need: copies of what does not lie side by side,
/// and with tangents also those, or zeros for constants.
template <class T>
int scratch_for_operands(const Kernels<T>& kernels, std::span<const StatementLeaf<T>> leaves, Index rows,
                         Index cols, bool tangents) {
    int blocks = 0;
    for (int k = 0; k < kernels.layout.leaves; ++k) {
        const auto& leaf = leaves[index(k)];
        if (!leaf.array) continue;
        const bool dense = Layout{rows, leaf.inner, leaf.outer}.dense(cols);
        blocks += dense ? 0 : 1;
        if (tangents && kernels.is_active(k)) blocks += !dense || leaf.tape == nullptr ? 1 : 0;
    }
    return blocks;
}

/// Points a run at a block of an array: in place if its entries are side by side, else copied to scratch.
template <class T>
void read_block(KernelRun<T>& run, int pointer, const T* array, const Layout& layout, Index cols,
                Block block) {
    const Index offset = layout.contiguous(block, cols);
    if (offset >= 0) {
        run.read(pointer, array + offset);
    } else {
        gather(array, layout, block, run.scratch(pointer));
        run.read(pointer, run.scratch(pointer));
    }
}

/// Points a run at the operands of a block: values, and tangents where there is a sweep that has them.
template <class T>
void read_operands(KernelRun<T>& run, const Kernels<T>& kernels, std::span<const StatementLeaf<T>> leaves,
                   Index rows, Index cols, Block block, const T* value, const SweepArrays<T>* tangents) {
    static const T zero(0);
    const KernelLayout& p = kernels.layout;
    for (int k = 0; k < p.leaves; ++k) {
        const auto& leaf = leaves[index(k)];
        const bool variable = leaf.tape != nullptr;
        if (!leaf.array) {
            run.number(p.x(k), variable ? value + leaf.slot : &leaf.value);
            run.number(p.x_dot(k), variable && tangents != nullptr ? tangents->tangent + leaf.slot : &zero);
            continue;
        }
        const Layout layout{rows, leaf.inner, leaf.outer};
        read_block(run, p.x(k), variable ? value + leaf.slot : leaf.data, layout, cols, block);
        if (tangents == nullptr || !kernels.is_active(k)) continue;
        if (variable) {
            read_block(run, p.x_dot(k), tangents->tangent_at(leaf.slot), layout, cols, block);
        } else {
            std::fill_n(run.scratch(p.x_dot(k)), block.count, zero);
            run.read(p.x_dot(k), run.scratch(p.x_dot(k)));
        }
    }
}

}  // namespace hesse
