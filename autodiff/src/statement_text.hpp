#pragma once

#include "hesse/autodiff/array_operand.hpp"
#include "hesse/autodiff/engine/tape_inspection.hpp"

#include <string>

/// Statements in words, for reports.
namespace hesse {

template <class T>
std::string scalar_text(const Operations<T>& operations) {
    if (operations.payload.formula == nullptr) return operations.name;
    const std::string text = formula_text(*operations.payload.formula);
    return operations.payload.in_place ? "+= " + text : text;
}
template <class T>
std::string node_text(const Operations<T>& operations, const NodeDescription<T>& node) {
    if (node.formula == nullptr) return operations.name;
    const std::string text = formula_text(*node.formula);
    return node.sum ? "sum of " + text : "array " + text;
}

template <class T>
std::string shape_of_array(const typename NodeDescription<T>::Array& array) {
    return shape_text(array.rows, array.cols);
}
/// "(3 x 4) (4 x 2) -> (3 x 2)"; of an elementwise statement, whose operands are of one shape, "(3 x 4)".
template <class T>
std::string shapes_text(const NodeDescription<T>& node) {
    if (node.formula != nullptr) return shape_text(node.rows, node.cols);
    std::string text;
    for (const auto& x : node.operands) text += shape_of_array<T>(x) + ' ';
    return text + (text.empty() ? "" : "-> ") + shape_of_array<T>(node.result);
}

}  // namespace hesse
