#pragma once

#include "hesse/autodiff/formula.hpp"
#include "hesse/autodiff/memory.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace hesse {

/// What reports and diagnoses say of a node.
template <class T>
struct NodeDescription {
    /// An array: (rows x cols), entry (i, j) `i * inner + j * outer` places after the first.
    struct Array {
        bool variable = false;
        std::size_t slot = 0;     // of a variable one
        const T* data = nullptr;  // of a constant one
        T value = T(0);           // of a constant number, which has no data
        Index rows = 1, cols = 1, inner = 1, outer = 0;

        [[nodiscard]] Index size() const { return rows * cols; }
        [[nodiscard]] Index offset(Index i, Index j) const { return i * inner + j * outer; }
    };
    std::vector<Array> operands;
    Array result;
    std::size_t bytes = 0;             // of the node
    std::size_t kept = 0;              // numbers beside the slots
    double flops = 0;                  // of its value; an estimate
    const Formula* formula = nullptr;  // of elementwise statements
    bool sum = false;          // of the entries of the formula, which are as many as those of the operands
    Index rows = 0, cols = 0;  // of these

    /// One of the library's operands.
    template <class Operand>
    static Array array(const Operand& x) {
        return {x.tape != nullptr, x.slot, x.data, T(0), x.rows, x.cols, x.inner, x.outer};
    }
    /// Consecutive slots.
    static Array slots(std::size_t first, Index rows, Index cols) {
        return {true, first, nullptr, T(0), rows, cols, 1, rows};
    }
};

/// Of any kind of node: it may have `describe(description)`, or members by which one sees what it reads.
template <class T, class Node>
NodeDescription<T> description_of(Node& node) {
    using Description = NodeDescription<T>;
    Description all;
    all.bytes = sizeof(Node);
    if constexpr (requires { node.describe(all); }) {
        node.describe(all);
    } else if constexpr (requires { node.state->x; }) {  // a function of matrices
        Index largest = 1;
        for (const auto& x : node.state->x) {
            all.operands.push_back(Description::array(x));
            largest = std::max({largest, x.rows, x.cols});
        }
        all.result = Description::array(node.state->result);
        all.flops = static_cast<double>(all.operands.front().size()) * static_cast<double>(largest);
    } else if constexpr (requires { node.operand_shape; }) {
        all.operands.push_back({true, node.slot, nullptr, T(0), node.operand_shape.rows,
                                node.operand_shape.cols, node.operand_inner, node.operand_outer});
        all.result = Description::slots(node.result, node.result_shape.rows, node.result_shape.cols);
        all.flops = static_cast<double>(all.operands.front().size());
    } else if constexpr (requires { node.function->arguments.operands(); }) {  // with a tape of its own
        for (const auto& x : node.function->arguments.operands())
            all.operands.push_back(Description::array(x));
        all.result = Description::slots(node.result, node.size, 1);
    } else {
        all.result = Description::slots(node.result, static_cast<Index>(node.slots_after - node.result), 1);
    }
    return all;
}

}  // namespace hesse
