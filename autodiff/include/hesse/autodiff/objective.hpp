#pragma once

#include "hesse/autodiff/recorder.hpp"
#include "hesse/autodiff/tape_report.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace hesse {

/// A loss at one point: value, gradient and Hessian, all exact. It keeps its own recording and stays valid
/// while the objective makes others, and after the objective is gone; the data that the loss refers to must
/// stay unchanged. Movable, not copyable.
template <class T>
class Linearization {
public:
    Linearization(typename RecordingPool<T>::Handle recording, T value, Index size)
        : recording_(std::move(recording)), value_(value), size_(size) {
        recording_->hessian = Hessian<T>(recording_->tape, size);
    }

    [[nodiscard]] Index size() const { return size_; }
    [[nodiscard]] T value() const { return value_; }
    /// The gradient (n), a view of memory that lives with the linearisation; of a temporary one, a copy.
    [[nodiscard]] Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, 1>> gradient() const& {
        return {recording_->tape.adjoints(), size_};
    }
    [[nodiscard]] Eigen::Matrix<T, Eigen::Dynamic, 1> gradient() && {
        return std::as_const(*this).gradient();
    }
    /// The Hessian (n x n) as an operator. It refers to this linearisation and stays where it is when that
    /// moves, since Eigen's solvers keep its address: `solver.compute(at.hessian())`.
    [[nodiscard]] const Hessian<T>& hessian() const { return recording_->hessian; }
    /// A first-order estimate of the rounding error of value(): about how far it is from the loss in exact arithmetic.
    /// Costs about one gradient.
    [[nodiscard]] T rounding_error() const { return recording_->tape.rounding_error(); }
    /// Bytes the recording holds, by what they are for.
    [[nodiscard]] typename Tape<T>::Memory memory() const { return recording_->tape.memory(); }
    /// Costs of the recording by kind of statement, and its most expensive statements, at most so many in each list.
    [[nodiscard]] TapeReport tape_report(std::size_t most = 10) const {
        return report_on(recording_->tape, most);
    }
    /// The recording as a graph for Graphviz: `std::ofstream("tape.dot") << at.graphviz();`, then `dot -Tsvg tape.dot`.
    /// It has about `most_nodes` nodes at most: statements are folded.
    [[nodiscard]] std::string graphviz(std::size_t most_nodes = 60) const {
        return hesse::graphviz(recording_->tape, most_nodes);
    }

    /// The recording itself, for what looks into it: see tape_diagnosis.hpp.
    [[nodiscard]] Tape<T>& tape() { return recording_->tape; }

private:
    typename RecordingPool<T>::Handle recording_;
    T value_;
    Index size_;
};

template <class Number, class T>
class HessianOver;

/// A loss with derivatives, made by `objective`. It models the concept Objective of the optimizers.
template <class Loss, class T = double, bool by_scalars = false>
class TapeObjective {
public:
    using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

    TapeObjective(Loss loss, Index size)
        : TapeObjective(std::make_shared<const Loss>(std::move(loss)), size) {
        require_parameters(size);
    }
    TapeObjective(std::shared_ptr<const Loss> loss, Index size,
                  std::shared_ptr<RecordingPool<T>> pool = std::make_shared<RecordingPool<T>>())
        : recorder_(std::move(loss), size, std::move(pool)) {}

    /// The same loss over another number: float, or one that carries derivatives (higher_order.hpp).
    template <class Number>
    [[nodiscard]] TapeObjective<Loss, Number, by_scalars> over() const {
        return {recorder_.callable(), size()};
    }

    /// Number n of parameters.
    [[nodiscard]] Index size() const { return recorder_.size(); }
    /// What was given to `objective`.
    [[nodiscard]] const Loss& loss() const { return *recorder_.callable(); }

    /// The loss at x (n), without recording. NaN or infinity where the loss gives that.
    /// Throws std::invalid_argument if x has another size or entries that are not finite.
    [[nodiscard]] T value(const Eigen::Ref<const Vector>& x) const {
        return recorder_.at(x, [](const auto& y) { return static_cast<T>(y); });
    }

    /// The Hessian at x (n) computed over another number, `f.hessian<float>(x)`, for vectors of T: see mixed_precision.hpp.
    /// Runs the loss once. Throws as `linearize` does.
    template <class Number>
    [[nodiscard]] HessianOver<Number, T> hessian(const Eigen::Ref<const Vector>& x) const {
        require_size("objective: the point", x.size(), size());
        require_finite("objective: the point", x.data(), x.size());
        const Eigen::Matrix<Number, Eigen::Dynamic, 1> point = x.template cast<Number>();
        return HessianOver<Number, T>(over<Number>().linearize(point));
    }

    /// The loss at x (n) with its gradient, and ready for Hessian products. Runs the loss once.
    /// Throws as `value` does; what the loss throws passes through and leaves everything as it was.
    [[nodiscard]] Linearization<T> linearize(const Eigen::Ref<const Vector>& x) const {
        auto recording = recorder_.start(x);
        Tape<T>& tape = recording->tape;
        const Variable<T> result = recorder_.record(
            *recording, x, [](auto&& y) { return Variable<T>(std::forward<decltype(y)>(y)); });
        if (result.tape() != nullptr) join_tapes(&tape, result.tape(), result.generation());
        tape.gradient(result.tape() != nullptr ? result.slot() : tape.append_constant(result.value()));
        return {std::move(recording), result.value(), size()};
    }

private:
    Recorder<Loss, T, by_scalars> recorder_;
};

/// The loss `loss` of n parameters, ready to be differentiated.
///
/// The loss is called with the parameters as the library's vector (a generic lambda, `const auto& theta`), or,
/// if it takes Eigen::Matrix<T, Dynamic, 1> only, as such a matrix of variables. For scalar code in a generic
/// lambda pass the tag: `objective(loss, n, scalars)`.
/// Throws std::invalid_argument if n < 1.
template <class T = double, class Loss>
auto objective(Loss loss, Index n) {
    static_assert(
        !takes_one_type<Loss>,
        "hesse::objective: the loss takes one type of argument only; it must be callable with numbers and "
        "with variables: write a generic lambda, `[](const auto& theta) { ... }`, or a template over the "
        "scalar type");
    if constexpr (ArrayLoss<Loss, T>) {
        return TapeObjective<Loss, T, false>(std::move(loss), n);
    } else {
        static_assert(
            ScalarLoss<Loss, T>,
            "hesse::objective: the loss must be callable with `const auto& theta`, or with `const "
            "Eigen::Matrix<T, Eigen::Dynamic, 1>&` for every scalar T; write a generic lambda, and for "
            "scalar code objective(loss, n, hesse::scalars)");
        return TapeObjective<Loss, T, true>(std::move(loss), n);
    }
}
template <class T = double, class Loss>
auto objective(Loss loss, Index n, ScalarCode) {
    static_assert(ScalarLoss<Loss, T>,
                  "hesse::objective(loss, n, scalars): the loss must be callable with `const "
                  "Eigen::Matrix<T, Eigen::Dynamic, 1>&` for every scalar T");
    return TapeObjective<Loss, T, true>(std::move(loss), n);
}

}  // namespace hesse
