#pragma once

#include "hesse/autodiff/array.hpp"
#include "hesse/autodiff/eigen_scalar.hpp"
#include "hesse/autodiff/hessian.hpp"

#include <Eigen/Core>

#include <concepts>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>
#include <vector>

namespace hesse {

/// Throws std::invalid_argument unless there is at least one parameter.
void require_parameters(Index given);

/// One recording and what belongs to it. Recordings go back to a pool, so that a loop that linearises again
/// and again finds its memory there.
template <class T>
struct Recording {
    Tape<T> tape;
    std::shared_ptr<const void> loss;  // with the data that it holds, which statements refer to
    Hessian<T> hessian{tape, 0};
    Eigen::Matrix<Variable<T>, Eigen::Dynamic, 1> variables;  // parameters of scalar code
    Eigen::Matrix<T, Eigen::Dynamic, 1> numbers;
};

template <class T>
class RecordingPool : public std::enable_shared_from_this<RecordingPool<T>> {
public:
    struct Return {
        std::shared_ptr<RecordingPool> pool;
        void operator()(Recording<T>* recording) const { pool->put(recording); }
    };
    using Handle = std::unique_ptr<Recording<T>, Return>;

    Handle get() {
        const std::lock_guard lock(mutex_);
        if (free_.empty()) {
            free_.reserve(++made_);  // so that giving back never allocates
            return Handle(new Recording<T>, Return{this->shared_from_this()});
        }
        Recording<T>* recording = free_.back().release();
        free_.pop_back();
        return Handle(recording, Return{this->shared_from_this()});
    }

private:
    void put(Recording<T>* recording) noexcept {
        const std::lock_guard lock(mutex_);
        free_.emplace_back(recording);
    }

    std::mutex mutex_;
    std::vector<std::unique_ptr<Recording<T>>> free_;
    std::size_t made_ = 0;
};

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
    /// Bytes the recording holds, by what they are for.
    [[nodiscard]] typename Tape<T>::Memory memory() const { return recording_->tape.memory(); }

private:
    typename RecordingPool<T>::Handle recording_;
    T value_;
    Index size_;
};

/// Tag for losses written with scalars: `objective(loss, n, scalars)` calls the loss with an
/// Eigen::Matrix<T, Dynamic, 1> of parameters instead of the library's own vector.
struct ScalarCode {};
inline constexpr ScalarCode scalars{};

template <class Loss, class T>
concept ArrayLoss = std::invocable<const Loss&, const ArrayView<T, true, Words::matrix>&>;
template <class Loss, class T>
concept ScalarLoss = std::invocable<const Loss&, const Eigen::Matrix<Variable<T>, Eigen::Dynamic, 1>&>;

/// A callable for one type of argument only. The library calls a loss with numbers and with variables.
template <class Loss>
inline constexpr bool takes_one_type =
    requires { &Loss::operator(); } || std::is_function_v<std::remove_pointer_t<Loss>>;

/// A loss with derivatives, made by `objective`. It models the concept Objective of the optimizers.
template <class Loss, class T = double, bool by_scalars = false>
class TapeObjective {
public:
    using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

    TapeObjective(Loss loss, Index size)
        : loss_(std::make_shared<const Loss>(std::move(loss))),
          size_(size),
          pool_(std::make_shared<RecordingPool<T>>()) {
        require_parameters(size);
    }
    TapeObjective(std::shared_ptr<const Loss> loss, Index size)
        : loss_(std::move(loss)), size_(size), pool_(std::make_shared<RecordingPool<T>>()) {}

    /// The same loss over another number: float, or one that carries derivatives (higher_order.hpp).
    template <class Number>
    [[nodiscard]] TapeObjective<Loss, Number, by_scalars> over() const {
        return {loss_, size_};
    }

    /// Number n of parameters.
    [[nodiscard]] Index size() const { return size_; }

    /// The loss at x (n), without recording. NaN or infinity where the loss gives that.
    /// Throws std::invalid_argument if x has another size or entries that are not finite.
    [[nodiscard]] T value(const Eigen::Ref<const Vector>& x) const {
        require_size("objective: the point", x.size(), size_);
        require_finite("objective: the point", x.data(), size_);
        if constexpr (by_scalars) {
            const auto recording = pool_->get();
            recording->numbers = x;
            return static_cast<T>((*loss_)(std::as_const(recording->numbers)));
        } else {
            ArrayOperand<T> operand;
            operand.data = x.data();
            return static_cast<T>((*loss_)(parameters<false>(operand)));
        }
    }

    /// The loss at x (n) with its gradient, and ready for Hessian products. Runs the loss once.
    /// Throws as `value` does; what the loss throws passes through and leaves everything as it was.
    [[nodiscard]] Linearization<T> linearize(const Eigen::Ref<const Vector>& x) const {
        require_size("objective: the point", x.size(), size_);
        auto recording = pool_->get();
        recording->loss = loss_;
        Tape<T>& tape = recording->tape;
        tape.start(x.data(), static_cast<std::size_t>(size_), !by_scalars);
        const Variable<T> result = record(*recording, x);
        if (result.tape() != nullptr && result.tape() != &tape) throw_mixed_tapes();
        if (result.tape() != nullptr && result.generation() != tape.generation()) throw_stale_handle();
        tape.gradient(result.tape() != nullptr ? result.slot() : tape.append_constant(result.value()));
        return {std::move(recording), result.value(), size_};
    }

private:
    template <bool active>
    ArrayView<T, active, Words::matrix> parameters(ArrayOperand<T> operand) const {
        operand.rows = operand.outer = size_;
        operand.cols = 1;
        return ArrayView<T, active, Words::matrix>(operand);
    }

    Variable<T> record(Recording<T>& recording, const Eigen::Ref<const Vector>& x) const {
        if constexpr (by_scalars) {
            recording.variables.resize(size_);
            for (Index i = 0; i < size_; ++i) {
                recording.variables[i].become_parameter(recording.tape, x[i], static_cast<std::uint32_t>(i));
            }
            return (*loss_)(std::as_const(recording.variables));
        } else {
            ArrayOperand<T> operand;
            operand.tape = &recording.tape;
            operand.data = x.data();  // not read; GCC 12 warns of the null pointer that it would be
            operand.generation = recording.tape.generation();
            return (*loss_)(parameters<true>(operand));
        }
    }

    std::shared_ptr<const Loss> loss_;
    Index size_;
    std::shared_ptr<RecordingPool<T>> pool_;
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
