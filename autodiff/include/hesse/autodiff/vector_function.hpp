#pragma once

#include "hesse/autodiff/jacobian.hpp"
#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/outputs.hpp"

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
    /// A first-order estimate of the rounding error of w'y for the results y and weights w (m). Costs about two gradients.
    [[nodiscard]] T rounding_error(
        const Eigen::Ref<const Eigen::Matrix<T, Eigen::Dynamic, 1>>& weights) const {
        (void)jacobian_.transpose_times(weights);
        return recording_->tape.rounding_error();
    }
    /// Bytes the recording holds, by what they are for.
    [[nodiscard]] typename Tape<T>::Memory memory() const { return recording_->tape.memory(); }

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

    TapeFunction(std::shared_ptr<const Callable> callable, Index size,
                 std::shared_ptr<RecordingPool<T>> pool = std::make_shared<RecordingPool<T>>())
        : recorder_(std::move(callable), size, std::move(pool)) {}

    /// Number n of parameters.
    [[nodiscard]] Index size() const { return recorder_.size(); }
    [[nodiscard]] const std::shared_ptr<RecordingPool<T>>& pool() const { return recorder_.pool(); }

    /// The results at x (n), without recording, in the shape that the callable gives them.
    /// Throws std::invalid_argument if x has another size or entries that are not finite.
    [[nodiscard]] Values values(const Eigen::Ref<const Vector>& x) const {
        return recorder_.at(x, [](const auto& y) { return values_as_numbers<T>(y); });
    }

    /// The results at x (n) and their Jacobian. Runs the callable once. Throws as `values` does; what the callable throws
    /// passes through and leaves everything as it was.
    [[nodiscard]] VectorLinearization<T> linearize(const Eigen::Ref<const Vector>& x) const {
        auto recording = recorder_.start(x);
        Tape<T>& tape = recording->tape;
        std::vector<OutputPiece> outputs;
        Values values = recorder_.record(*recording, x, [&](const auto& y) {
            outputs = outputs_of(y, tape);
            return values_as_numbers<T>(y);
        });
        tape.begin_results();
        tape.prepare_sweeps();
        return {std::move(recording), std::move(values), std::move(outputs), size()};
    }

private:
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
