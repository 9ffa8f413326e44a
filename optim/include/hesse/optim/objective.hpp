#pragma once

#include <Eigen/Core>
#include <array>
#include <concepts>
#include <optional>
#include <utility>

#include "hesse/autodiff/memory.hpp"
#include "hesse/optim/curvature/linear_operator.hpp"

namespace hesse {

// clang-format off
/// A loss linearised at one point: its value, its gradient (n) and its Hessian as an operator. Each part is
/// valid for as long as the linearisation lives.
template <class L>
concept LinearizedObjective = requires(const L& at) {
    { at.value() } -> std::convertible_to<double>;
    { at.gradient() } -> std::convertible_to<Eigen::Ref<const Eigen::VectorXd>>;
    { at.hessian() } -> LinearOperator;
};

/// What every algorithm of the library needs of a loss.
///     size()        the number n of parameters
///     value(x)      the loss at x; NaN or infinity where the loss has no value
///     linearize(x)  a LinearizedObjective; several may live at the same time
template <class F>
concept Objective = requires(const F& f, const Eigen::Map<const Eigen::VectorXd>& x) {
    { f.size() } -> std::convertible_to<Index>;
    { f.value(x) } -> std::convertible_to<double>;
    { f.linearize(x) } -> LinearizedObjective;
};
// clang-format on

/// What compiled algorithms see of an objective: plain pointers, and two linearisations whose storage the
/// caller owns (see ErasedObjective). Non-owning.
class ObjectiveRef {
public:
    /// Which of the two linearisations.
    enum class Slot { current, trial };

    virtual Index size() const = 0;
    virtual double value(const double* x) = 0;

    /// Linearises at x (n); replaces what the slot held. If the loss throws, the slot is empty afterwards.
    virtual void linearize(const double* x, Slot slot) = 0;
    virtual double value(Slot slot) const = 0;
    virtual const double* gradient(Slot slot) const = 0;
    /// out = H in at the slot's point.
    virtual void apply_hessian(Slot slot, const double* in, double* out) const = 0;
    /// The trial linearisation becomes the current one, without work.
    virtual void accept_trial() = 0;

protected:
    ~ObjectiveRef() = default;
};

/// Erases an objective's type for the compiled library. Holds a reference to the objective and the slots;
/// lives on the stack of the public function that takes the objective, and allocates nothing itself.
template <Objective F>
class ErasedObjective final : public ObjectiveRef {
public:
    explicit ErasedObjective(const F& f) : f_(f) {}

    Index size() const override { return static_cast<Index>(f_.size()); }
    double value(const double* x) override { return f_.value(map(x)); }
    void linearize(const double* x, Slot slot) override {
        auto& at = slots_[index(slot)];
        at.reset();  // the old recording goes back to its pool before a new one is asked for
        at.emplace(f_.linearize(map(x)));
    }
    double value(Slot slot) const override { return slots_[index(slot)]->value(); }
    const double* gradient(Slot slot) const override { return slots_[index(slot)]->gradient().data(); }
    void apply_hessian(Slot slot, const double* in, double* out) const override {
        Eigen::Map<Eigen::VectorXd> target(out, size());
        slots_[index(slot)]->hessian().apply(map(in), target);
    }
    void accept_trial() override {
        slots_[0] = std::move(slots_[1]);
        slots_[1].reset();
    }

private:
    using Linearized = decltype(std::declval<const F&>().linearize(
        std::declval<const Eigen::Map<const Eigen::VectorXd>&>()));

    static std::size_t index(Slot slot) { return slot == Slot::current ? 0 : 1; }
    Eigen::Map<const Eigen::VectorXd> map(const double* x) const { return {x, size()}; }

    const F& f_;
    std::array<std::optional<Linearized>, 2> slots_;
};

}  // namespace hesse
