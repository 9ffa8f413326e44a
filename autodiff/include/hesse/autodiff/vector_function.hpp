#pragma once

#include "hesse/autodiff/jacobian.hpp"
#include "hesse/autodiff/objective.hpp"

#include <Eigen/Core>

#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace hesse {

/// A vector-valued callable at one point: its values and its Jacobian. It keeps its own recording, as the linearisation
/// of a loss does. Movable, not copyable.
template <class T>
class VectorLinearization {
public:
    using Values = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

    VectorLinearization(typename RecordingPool<T>::Handle recording, Values values,
                        std::vector<OutputPiece> outputs, Index size)
        : recording_(std::move(recording)),
          values_(std::move(values)),
          outputs_(std::make_unique<const std::vector<OutputPiece>>(std::move(outputs))),
          jacobian_(recording_->tape, *outputs_, values_.size(), size) {}

    /// The results, in the shape that the callable gave them.
    [[nodiscard]] const Values& values() const { return values_; }
    /// Of the results column by column, (m x n).
    [[nodiscard]] const Jacobian<T>& jacobian() const { return jacobian_; }

private:
    typename RecordingPool<T>::Handle recording_;
    Values values_;
    std::unique_ptr<const std::vector<OutputPiece>> outputs_;
    Jacobian<T> jacobian_;
};

/// A callable with several results and their derivatives, made by `vector_function`.
template <class Callable, class T = double, bool by_scalars = false>
class TapeFunction {
public:
    using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
    using Values = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

    TapeFunction(std::shared_ptr<const Callable> callable, Index size)
        : recorder_(std::move(callable), size) {}

    /// Number n of parameters.
    [[nodiscard]] Index size() const { return recorder_.size(); }

    /// The results at x (n), without recording, in the shape that the callable gives them.
    /// Throws std::invalid_argument if x has another size or entries that are not finite.
    [[nodiscard]] Values values(const Eigen::Ref<const Vector>& x) const {
        return recorder_.at(x, [](const auto& y) { return numbers(y); });
    }

    /// The results at x (n) and their Jacobian. Runs the callable once. Throws as `values` does; what the callable throws
    /// passes through and leaves everything as it was.
    [[nodiscard]] VectorLinearization<T> linearize(const Eigen::Ref<const Vector>& x) const {
        auto recording = recorder_.start(x);
        Tape<T>& tape = recording->tape;
        std::vector<OutputPiece> outputs;
        Values values = recorder_.record(*recording, x, [&](const auto& y) {
            collect(y, tape, outputs);
            return numbers(y);
        });
        tape.begin_results();
        tape.prepare_sweeps();
        return {std::move(recording), std::move(values), std::move(outputs), size()};
    }

private:
    template <class Y>
    static Values numbers(const Y& y) {
        Values values(y.rows(), y.cols());
        if constexpr (ArrayLike<Y>) {
            const ArrayOperand<T>& operand = y.expression().operand();
            const T* entries = operand.values();
            for (Index j = 0; j < y.cols(); ++j) {
                for (Index i = 0; i < y.rows(); ++i) values(i, j) = entries[operand.offset(i, j)];
            }
        } else {
            for (Index j = 0; j < y.cols(); ++j) {
                for (Index i = 0; i < y.rows(); ++i) values(i, j) = static_cast<T>(value_of(y(i, j)));
            }
        }
        return values;
    }

    template <class Y>
    static void collect(const Y& y, Tape<T>& tape, std::vector<OutputPiece>& outputs) {
        const auto add = [&](Index first, std::size_t slot, std::size_t size) {
            if (!outputs.empty() && outputs.back().slot + outputs.back().size == slot &&
                outputs.back().first + static_cast<Index>(outputs.back().size) == first) {
                outputs.back().size += size;
            } else {
                outputs.push_back({first, slot, size});
            }
        };
        if constexpr (ArrayLike<Y>) {
            const ArrayOperand<T>& operand = y.expression().operand();
            if (operand.tape == nullptr) return;
            join_tapes(&tape, operand.tape, operand.generation);
            for (Index j = 0; j < y.cols(); ++j) {
                for (Index i = 0; i < y.rows(); ++i) {
                    add(i + j * y.rows(), static_cast<std::size_t>(operand.slot + operand.offset(i, j)), 1);
                }
            }
        } else {
            for (Index j = 0; j < y.cols(); ++j) {
                for (Index i = 0; i < y.rows(); ++i) {
                    const Variable<T>& entry = y(i, j);
                    if (entry.tape() == nullptr) continue;
                    join_tapes(&tape, entry.tape(), entry.generation());
                    add(i + j * y.rows(), entry.slot(), 1);
                }
            }
        }
    }

    Recorder<Callable, T, by_scalars> recorder_;
};

/// The vector-valued callable `callable` of n parameters, ready to be differentiated. It is called as a loss is (see
/// `objective`) and returns an array of the library or, in scalar code, an Eigen matrix of scalars.
/// Throws std::invalid_argument if n < 1.
template <class T = double, class Callable>
auto vector_function(Callable callable, Index n) {
    constexpr bool by_scalars = !ArrayLoss<Callable, T>;
    require_parameters(n);
    return TapeFunction<Callable, T, by_scalars>(std::make_shared<const Callable>(std::move(callable)), n);
}
template <class T = double, class Callable>
auto vector_function(Callable callable, Index n, ScalarCode) {
    require_parameters(n);
    return TapeFunction<Callable, T, true>(std::make_shared<const Callable>(std::move(callable)), n);
}

}  // namespace hesse
