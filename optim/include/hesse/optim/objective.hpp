#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/autodiff/sums/communicator.hpp"
#include "hesse/optim/curvature/linear_operator.hpp"

#include <Eigen/Core>

#include <array>
#include <concepts>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace hesse {

// clang-format off
/// A loss linearised at one point: its value, its gradient (n) and its Hessian as an operator. Each part is
/// valid for as long as the linearisation lives; a gradient that is returned by value is copied where it must
/// stay. A linearisation may also have `rounding_error()`, a bound on the rounding error of its value, and its
/// Hessian `precision()`, the relative error of its products where it is more than rounding. Where the loss is an outer function
/// of something, as a sum of squares is of residuals, `gauss_newton()` is its Hessian without the curvature of that, an operator
/// too.
template <class L>
concept LinearizedObjective = std::move_constructible<L> && requires(const L& at) {
    { at.value() } -> std::convertible_to<double>;
    { at.gradient() } -> std::convertible_to<Eigen::Ref<const Eigen::VectorXd>>;
    { at.hessian() } -> LinearOperator;
};

/// What every algorithm of the library needs of a loss.
///     size()        the number n of parameters
///     value(x)      the loss at x; NaN or infinity where the loss has no value
///     linearize(x)  a LinearizedObjective; several may live at the same time, and x stays as it is for as
///                   long as they do
template <class F>
concept Objective = requires(const F& f, const Eigen::Map<const Eigen::VectorXd>& x) {
    { f.size() } -> std::convertible_to<Index>;
    { f.value(x) } -> std::convertible_to<double>;
    { f.linearize(x) } -> LinearizedObjective;
};
// clang-format on

/// A loss with a Gauss-Newton matrix, as those of `composed`, `least_squares` and `residual_objective` are.
template <class F>
concept HasGaussNewton = requires(const F& f, const Eigen::Map<const Eigen::VectorXd>& x) {
    { f.linearize(x).gauss_newton() } -> LinearOperator;
};

/// A sum over rows of data that can be evaluated on some of them, as those of `finite_sum` are:
///     rows()         their number
///     batch(rows)    an Objective of the same parameters, from the rows listed: an estimate of the whole
template <class F>
concept HasBatches = requires(const F& f, std::span<const Index> rows) {
    { f.rows() } -> std::convertible_to<Index>;
    { f.batch(rows) } -> Objective;
};

class ObjectiveRef;

/// An objective that belongs to whoever holds this.
struct OwnedObjective {
    std::shared_ptr<void> owner;
    ObjectiveRef* objective = nullptr;
};

/// What compiled algorithms see of an objective: plain pointers, and two linearisations whose storage the
/// caller owns (see ErasedObjective). Non-owning.
class ObjectiveRef {
public:
    /// Which of the two linearisations.
    enum class Slot { current, trial };

    [[nodiscard]] virtual Index size() const = 0;
    virtual double value(const double* x) = 0;

    /// Linearises at x (n), which must keep its place and its entries while the slot is in use; replaces what
    /// the slot held. If the loss throws, the slot is empty afterwards and the other one is as it was.
    virtual void linearize(const double* x, Slot slot) = 0;
    [[nodiscard]] virtual double value(Slot slot) const = 0;
    [[nodiscard]] virtual const double* gradient(Slot slot) const = 0;
    /// out = H in at the slot's point.
    virtual void apply_hessian(Slot slot, const double* in, double* out) const = 0;
    /// The same where no other product is wanted at this point, if the loss has a faster way for that.
    virtual void apply_hessian_once(Slot slot, const double* in, double* out) const {
        apply_hessian(slot, in, out);
    }
    /// The same for `count` vectors (n x count), one after the other: at once, if the loss has a way for that.
    virtual void apply_hessian_block(Slot slot, const double* in, Index count, double* out) const {
        for (Index k = 0; k < count; ++k) apply_hessian(slot, in + k * size(), out + k * size());
    }
    /// out = G in for the Gauss-Newton matrix at the slot's point. Throws std::logic_error if the loss has none.
    virtual void apply_gauss_newton(Slot, const double*, double*) const {
        throw std::logic_error("the objective has no Gauss-Newton matrix");
    }
    /// The loss's own bound on the rounding error of value(slot); 0 where it has none to give.
    [[nodiscard]] virtual double rounding_error(Slot) const { return 0.0; }
    /// The relative error of a Hessian product, as the loss states it; eps where it does not.
    [[nodiscard]] virtual double product_precision(Slot) const {
        return std::numeric_limits<double>::epsilon();
    }
    /// The number of rows of data that the loss is a sum over; 0 where it is none that comes in parts.
    [[nodiscard]] virtual Index data_rows() const { return 0; }
    /// The loss on the rows listed, which must outlive what is returned, as this must. Throws std::logic_error if the loss
    /// is no sum over data.
    [[nodiscard]] virtual OwnedObjective batch(std::span<const Index>) const {
        throw std::logic_error("the objective is not a sum over rows of data");
    }
    /// The first row of this process's data, by number, whose loss is not finite at x (n); nothing where there is none, or the loss
    /// cannot tell.
    [[nodiscard]] virtual std::optional<Index> not_finite_row(const double*) const { return std::nullopt; }
    /// The processes that evaluate the loss together, all of which run the same algorithm on the same numbers; null where there
    /// is this one alone.
    [[nodiscard]] virtual Communicator* communicator() const { return nullptr; }
    /// The trial linearisation becomes the current one, without work; the old one is released.
    virtual void accept_trial() = 0;

protected:
    ~ObjectiveRef() = default;
};

/// The Hessian at one slot's point, as an operator on plain arrays.
class HessianRef {
public:
    HessianRef(const ObjectiveRef& f, ObjectiveRef::Slot slot) : f_(&f), slot_(slot) {}

    [[nodiscard]] Index rows() const { return f_->size(); }
    [[nodiscard]] Communicator* communicator() const { return f_->communicator(); }
    void apply(const double* in, double* out) const { f_->apply_hessian(slot_, in, out); }
    void apply_block(const double* in, Index count, double* out) const {
        f_->apply_hessian_block(slot_, in, count, out);
    }

private:
    const ObjectiveRef* f_;
    ObjectiveRef::Slot slot_;
};

/// Erases an objective's type for the compiled library. Holds a reference to the objective and the slots;
/// lives on the stack of the public function that takes the objective. Allocates nothing itself, but for one
/// vector a slot where the gradient is returned by value.
template <Objective F>
class ErasedObjective final : public ObjectiveRef {
public:
    explicit ErasedObjective(const F& f) : f_(f) {}

    [[nodiscard]] Index size() const override { return static_cast<Index>(f_.size()); }
    double value(const double* x) override { return f_.value(map(x)); }
    void linearize(const double* x, Slot slot) override {
        Entry& entry = at(slot);
        entry.linearized.reset();  // the old recording goes back to its pool before a new one is asked for
        entry.linearized.emplace(f_.linearize(map(x)));
        try {
            entry.read_gradient(size());
        } catch (...) {
            entry.linearized.reset();
            throw;
        }
    }
    [[nodiscard]] double value(Slot slot) const override { return at(slot).linearized->value(); }
    [[nodiscard]] const double* gradient(Slot slot) const override { return at(slot).gradient; }
    void apply_hessian(Slot slot, const double* in, double* out) const override {
        Eigen::Map<Eigen::VectorXd> target(out, size());
        at(slot).linearized->hessian().apply(map(in), target);
    }
    void apply_hessian_once(Slot slot, const double* in, double* out) const override {
        Eigen::Map<Eigen::VectorXd> target(out, size());
        const auto& hessian = at(slot).linearized->hessian();
        if constexpr (requires { hessian.apply_once(map(in), target); }) hessian.apply_once(map(in), target);
        else hessian.apply(map(in), target);
    }
    void apply_hessian_block(Slot slot, const double* in, Index count, double* out) const override {
        const auto& hessian = at(slot).linearized->hessian();
        const Eigen::Map<const Eigen::MatrixXd> source(in, size(), count);
        Eigen::Map<Eigen::MatrixXd> target(out, size(), count);
        if constexpr (requires { hessian.apply_block(source, target); }) hessian.apply_block(source, target);
        else ObjectiveRef::apply_hessian_block(slot, in, count, out);
    }
    void apply_gauss_newton(Slot slot, const double* in, double* out) const override {
        if constexpr (HasGaussNewton<F>) {
            Eigen::Map<Eigen::VectorXd> target(out, size());
            at(slot).linearized->gauss_newton().apply(map(in), target);
        } else {
            ObjectiveRef::apply_gauss_newton(slot, in, out);
        }
    }
    [[nodiscard]] double rounding_error(Slot slot) const override {
        if constexpr (requires { at(slot).linearized->rounding_error(); })
            return at(slot).linearized->rounding_error();
        else return 0.0;
    }
    [[nodiscard]] double product_precision(Slot slot) const override {
        if constexpr (requires { at(slot).linearized->hessian().precision(); })
            return at(slot).linearized->hessian().precision();
        else return std::numeric_limits<double>::epsilon();
    }
    [[nodiscard]] Index data_rows() const override {
        if constexpr (HasBatches<F>) return static_cast<Index>(f_.rows());
        else return 0;
    }
    [[nodiscard]] OwnedObjective batch(std::span<const Index> rows) const override {
        if constexpr (HasBatches<F>) {
            using Batch = std::remove_cvref_t<decltype(f_.batch(rows))>;
            struct Owner {
                explicit Owner(Batch given) : batch(std::move(given)) {}
                Batch batch;
                ErasedObjective<Batch> erased{batch};
            };
            const auto owner = std::make_shared<Owner>(f_.batch(rows));
            return {owner, &owner->erased};
        } else {
            return ObjectiveRef::batch(rows);
        }
    }
    [[nodiscard]] std::optional<Index> not_finite_row(const double* x) const override {
        if constexpr (requires { f_.not_finite_row(map(x)); }) return f_.not_finite_row(map(x));
        else return std::nullopt;
    }
    [[nodiscard]] Communicator* communicator() const override {
        if constexpr (requires { f_.communicator(); }) return f_.communicator();
        else return nullptr;
    }
    void accept_trial() override {
        current_ = 1 - current_;
        at(Slot::trial).linearized.reset();
    }

private:
    using Linearized = decltype(std::declval<const F&>().linearize(
        std::declval<const Eigen::Map<const Eigen::VectorXd>&>()));
    using Gradient = decltype(std::declval<const Linearized&>().gradient());
    using GradientType = std::remove_cvref_t<Gradient>;

    /// A gradient that lives in the linearisation is pointed to; any other is copied.
    static constexpr bool gradient_stays =
        std::is_same_v<GradientType, Eigen::Map<const Eigen::VectorXd>> ||
        std::is_same_v<GradientType, Eigen::Map<Eigen::VectorXd>> ||
        (std::is_lvalue_reference_v<Gradient> && std::is_same_v<GradientType, Eigen::VectorXd>);

    struct Entry {
        std::optional<Linearized> linearized;
        const double* gradient = nullptr;
        Buffer copy;

        void read_gradient(Index n) {
            auto&& given = linearized->gradient();
            const auto entries = static_cast<Index>(given.size());
            if (entries != n)
                throw std::invalid_argument("linearize: the gradient has " + std::to_string(entries) +
                                            " entries but the objective has size " + std::to_string(n));
            if constexpr (gradient_stays) {
                gradient = given.data();
            } else {
                copy.resize(static_cast<std::size_t>(n));
                Eigen::Map<Eigen::VectorXd>(copy.data(), n) = given;
                gradient = copy.data();
            }
        }
    };

    Entry& at(Slot slot) { return entries_[slot == Slot::current ? current_ : 1 - current_]; }
    const Entry& at(Slot slot) const { return entries_[slot == Slot::current ? current_ : 1 - current_]; }
    Eigen::Map<const Eigen::VectorXd> map(const double* x) const { return {x, size()}; }

    const F& f_;
    std::array<Entry, 2> entries_;
    std::size_t current_ = 0;
};

}  // namespace hesse
