#pragma once

#include "hesse/autodiff/array.hpp"
#include "hesse/autodiff/engine/elementwise_node.hpp"
#include "hesse/autodiff/engine/node.hpp"

namespace hesse {
namespace engine {

/// Constant entries have no tangent; what flows to their adjoints is dropped.
template <class T>
struct ZerosNode {
    static constexpr const char* name = "zeros";
    std::size_t slots_before, slots_after;
    std::size_t result, size;

    void dependencies(EntryDependencies&) const {}
    void gradient(const SweepArrays<T>&) {}
    void tangent(const SweepArrays<T>& at) { std::fill_n(at.tangent + result, size, T(0)); }
    void product(const SweepArrays<T>&) {}
};

/// target = x, on the tape where there is one, else at `data`.
template <class T>
void copy_into(const ArrayOperand<T>& x, const ArrayOperand<T>& target, Tape<T>* tape, T* data) {
    const auto statement = as_statement(ArrayLeaf<T, true>{x});
    ArrayStatements<T>::run_into(
        ElementwiseKernels<T, decltype(as_statement(ArrayLeaf<T, true>{x})), true>::table,
        statement_leaves<T>(statement, tape), tape, target, data);
}

}  // namespace engine

template <class T>
ArrayOperand<T> ArrayNodes<T>::zeros(Tape<T>& tape, Index rows, Index cols) {
    engine::ZerosNode<T> node{};
    node.slots_before = tape.slots();
    const ArrayOperand<T> zeros = allocate_variable(tape, rows, cols);
    node.slots_after = tape.slots();
    node.result = zeros.slot;
    node.size = static_cast<std::size_t>(rows * cols);
    std::fill_n(tape.values() + zeros.slot, node.size, T(0));
    append(tape, node);
    return zeros;
}

template <class T>
ArrayOperand<T> ArrayNodes<T>::copy(const ArrayOperand<T>& x) {
    return evaluate_array<T>(ArrayLeaf<T, true>{x}, x.rows, x.cols);
}

}  // namespace hesse
