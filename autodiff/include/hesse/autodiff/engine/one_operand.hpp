#pragma once

#include "hesse/autodiff/array_operand.hpp"
#include "hesse/autodiff/engine/node.hpp"

namespace hesse::engine {

/// What nodes of one operand x and a dense result y share; x's adjoint is always added to.
template <class T>
struct OneOperand {
    std::size_t slots_before, slots_after;
    std::size_t result;
    Index result_size;
    std::uint32_t slot;
    Index extent;
    Shape operand_shape{}, result_shape{};
    Index operand_inner = 0, operand_outer = 0;

    T rounding(const SweepArrays<T>& at) const {
        return rounding_of(at, result, result + static_cast<std::size_t>(result_size));
    }
    [[nodiscard]] SlotArray results(Index first, Index count, Index stride = 1) const {
        return SlotArray::line(result + static_cast<std::size_t>(first), count, stride);
    }
    [[nodiscard]] SlotArray entries(Index first, Index count, Index stride = 1) const {
        return SlotArray::line(slot + static_cast<std::size_t>(first), count, stride);
    }
    void plan(Tape<T>& tape) const {
        tape.require_adjoints({result, static_cast<std::size_t>(result_size)});
        tape.require_adjoints({slot, static_cast<std::size_t>(extent)});
    }
};

/// Allocates y (rows x cols) on the tape of x and appends the node, with room for `extra` bytes behind it. The
/// reference is valid until the next append.
template <class T, class Node>
std::pair<ArrayOperand<T>, Node&> append_for(const ArrayOperand<T>& x, Index rows, Index cols, Node node,
                                             std::size_t extra = 0) {
    join_tapes<T>(nullptr, x.tape, x.generation);
    node.slots_before = x.tape->slots();
    const ArrayOperand<T> y = allocate_variable(*x.tape, rows, cols);
    node.slots_after = x.tape->slots();
    node.result = y.slot;
    node.result_size = rows * cols;
    node.slot = x.slot;
    node.extent = x.extent();
    node.operand_shape = {x.rows, x.cols};
    node.operand_inner = x.inner;
    node.operand_outer = x.outer;
    node.result_shape = {rows, cols};
    return {y, append(*x.tape, node, extra)};
}

/// y (rows x cols), computed by `write(values of x, y)`, and its node where x is variable.
template <class T, class Node, class Write>
ArrayOperand<T> run(const ArrayOperand<T>& x, Index rows, Index cols, const Node& node, const Write& write) {
    if (x.tape == nullptr) {
        auto y = allocate_array<T>(rows, cols);
        write(x.data, y.data);
        return y.operand;
    }
    const ArrayOperand<T> y = append_for(x, rows, cols, node).first;
    write(x.values(), x.tape->values() + y.slot);
    return y;
}

}  // namespace hesse::engine
