#pragma once

#include "hesse/autodiff/array.hpp"
#include "hesse/autodiff/eigen_scalar.hpp"
#include "hesse/autodiff/hessian.hpp"
#include "hesse/autodiff/source_line.hpp"

#include <Eigen/Core>

#include <atomic>
#include <concepts>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>
#include <vector>

/// Runs a user's callable: on numbers, and on variables that record.
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

    ~RecordingPool() { delete spare_.load(); }
    RecordingPool() = default;
    RecordingPool(const RecordingPool&) = delete;
    RecordingPool& operator=(const RecordingPool&) = delete;

    Handle get() {
        if (Recording<T>* recording = spare_.exchange(nullptr, std::memory_order_acquire);
            recording != nullptr)
            return Handle(recording, Return{this->shared_from_this()});
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
        Recording<T>* none = nullptr;
        if (spare_.compare_exchange_strong(none, recording, std::memory_order_release)) return;
        const std::lock_guard lock(mutex_);
        free_.emplace_back(recording);
    }

    std::atomic<Recording<T>*> spare_{nullptr};  // most loops need one at a time, and no lock for it
    std::mutex mutex_;
    std::vector<std::unique_ptr<Recording<T>>> free_;
    std::size_t made_ = 0;
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

/// A callable of n parameters, and the recordings that its linearisations use in turn.
template <class Callable, class T, bool by_scalars>
class Recorder {
public:
    using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
    using Handle = typename RecordingPool<T>::Handle;

    /// Callables that take turns, as those of the parts of a sum do, share the recordings of one pool.
    Recorder(std::shared_ptr<const Callable> callable, Index size,
             std::shared_ptr<RecordingPool<T>> pool = std::make_shared<RecordingPool<T>>())
        : callable_(std::move(callable)), size_(size), pool_(std::move(pool)) {}

    [[nodiscard]] Index size() const { return size_; }
    [[nodiscard]] const std::shared_ptr<const Callable>& callable() const { return callable_; }
    [[nodiscard]] const std::shared_ptr<RecordingPool<T>>& pool() const { return pool_; }

    /// use(result) of the callable at x (n), without recording.
    /// Throws std::invalid_argument if x has another size or entries that are not finite.
    template <class Use>
    auto at(const Eigen::Ref<const Vector>& x, const Use& use) const {
        require_size("objective: the point", x.size(), size_);
        require_finite("objective: the point", x.data(), size_);
        const AtLine of_none_yet(SourceLine{});
        if constexpr (by_scalars) {
            const auto recording = pool_->get();
            recording->numbers = x;
            return use((*callable_)(std::as_const(recording->numbers)));
        } else {
            ArrayOperand<T> operand;
            operand.data = x.data();
            return use((*callable_)(parameters<false>(operand)));
        }
    }

    /// A recording that begins at x.
    [[nodiscard]] Handle start(const Eigen::Ref<const Vector>& x) const {
        require_size("objective: the point", x.size(), size_);
        auto recording = pool_->get();
        if (recording->loss != callable_) recording->loss = callable_;
        recording->tape.start(x.data(), static_cast<std::size_t>(size_), !by_scalars);
        return recording;
    }
    /// use(result) of the callable at x, recorded.
    template <class Use>
    auto record(Recording<T>& recording, const Eigen::Ref<const Vector>& x, const Use& use) const {
        const AtLine of_none_yet(SourceLine{});
        if constexpr (by_scalars) {
            recording.variables.resize(size_);
            for (Index i = 0; i < size_; ++i) {
                recording.variables[i].become_parameter(recording.tape, x[i], static_cast<std::uint32_t>(i));
            }
            return use((*callable_)(std::as_const(recording.variables)));
        } else {
            ArrayOperand<T> operand;
            operand.tape = &recording.tape;
            operand.data = x.data();  // not read; GCC 12 warns of the null pointer that it would be
            operand.generation = recording.tape.generation();
            return use((*callable_)(parameters<true>(operand)));
        }
    }

private:
    template <bool active>
    ArrayView<T, active, Words::matrix> parameters(ArrayOperand<T> operand) const {
        operand.rows = operand.outer = size_;
        operand.cols = 1;
        return ArrayView<T, active, Words::matrix>(operand);
    }

    std::shared_ptr<const Callable> callable_;
    Index size_;
    std::shared_ptr<RecordingPool<T>> pool_;
};

}  // namespace hesse
