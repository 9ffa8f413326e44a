#pragma once

#include "hesse/autodiff/array.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <type_traits>
#include <vector>

/// The results of callables: where they lie on a tape, and their values.
namespace hesse {

/// Where an array, an Eigen matrix of scalars, or a scalar lies on a tape, column by column; constants lie nowhere.
/// Throws std::logic_error if a part of it is on another tape.
template <class T, class Y>
std::vector<OutputPiece> outputs_of(const Y& y, Tape<T>& tape) {
    std::vector<OutputPiece> pieces;
    const auto add = [&](Index first, std::size_t slot) {
        if (!pieces.empty()) {
            OutputPiece& last = pieces.back();
            if (last.slot + last.size == slot && last.first + static_cast<Index>(last.size) == first) {
                ++last.size;
                return;
            }
        }
        pieces.push_back({first, slot, 1});
    };
    const auto add_variable = [&](Index first, const Variable<T>& variable) {
        if (variable.tape() == nullptr) return;
        join_tapes(&tape, variable.tape(), variable.generation());
        add(first, variable.slot());
    };
    if constexpr (!is_active_argument<Y>) {
        return pieces;
    } else if constexpr (ArrayLike<Y>) {
        const ArrayOperand<T>& operand = y.expression().operand();
        if (operand.tape == nullptr) return pieces;
        join_tapes(&tape, operand.tape, operand.generation);
        for (Index k = 0; k < operand.size(); ++k) {
            add(k, static_cast<std::size_t>(operand.slot + operand.offset(k)));
        }
    } else if constexpr (EigenArray<Y>) {
        for (Index j = 0; j < y.cols(); ++j) {
            for (Index i = 0; i < y.rows(); ++i) add_variable(i + j * y.rows(), Variable<T>(y(i, j)));
        }
    } else {
        add_variable(0, Variable<T>(y));
    }
    return pieces;
}

/// The values of an array, or of an Eigen matrix of scalars, as numbers.
template <class T, class Y>
Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> values_as_numbers(const Y& y) {
    Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> numbers(y.rows(), y.cols());
    if constexpr (ArrayLike<Y>) {
        const auto& operand = y.expression().operand();
        const auto* entries = operand.values();
        for (Index k = 0; k < operand.size(); ++k) numbers(k) = static_cast<T>(entries[operand.offset(k)]);
    } else {
        for (Index j = 0; j < y.cols(); ++j) {
            for (Index i = 0; i < y.rows(); ++i) numbers(i, j) = static_cast<T>(value_of(y(i, j)));
        }
    }
    return numbers;
}

}  // namespace hesse
