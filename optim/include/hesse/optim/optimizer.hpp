#pragma once

#include "hesse/optim/iterate.hpp"

#include <concepts>
#include <iosfwd>
#include <string_view>

namespace hesse {

class NegativeCurvatureEscape;

/// How a step ended.
enum class StepOutcome {
    moved,           // at a new point
    rejected,        // at the same point; the next step will try another one
    converged,       // the method's own test says that no step is left to take
    rounding_floor,  // steps change the loss by less than its rounding error
    line_search,     // no acceptable step length was found
    not_finite       // the loss is not finite where the method must go, however short the step
};

/// What a method asks of a loss, and of the loop.
struct Needs {
    bool gradients = true;      // every objective has them
    bool products = false;      // Hessian products; those of adapters may be differences of gradients
    bool gauss_newton = false;  // products with a Gauss-Newton matrix
    bool batches = false;       // parts of a sum over data
    /// The method has a use for points whose gradient is zero (it perturbs them, say): the loop then goes on
    /// until a step returns `converged`.
    bool stationary_points = false;
    /// The method gets on with points that are projected onto bounds, whatever it tried.
    bool keeps_bounds = false;
    /// The method compares the loss at different points, which is of no use where each is of other rows: see on_batches.
    bool compares_losses = false;
};

// clang-format off
/// A rule for one step. An optimizer is a copyable value: its options, its state, and
///     name, needs     constants of the type
///     start(at)       forgets the past; called before the first step
///     step(at)        moves `at`, or not, and says how that ended. If the loss throws, the exception passes
///                     through and neither the point nor the state has changed: evaluate first, then assign
///     save, load      the state (not the options) as text, exactly: see StateWriter. load follows a start
///                     at a point of the same size
/// and, if it wants to,
///     restart(at)     instead of start(at), called when something else has moved the point, as an escape does
///     escape()        the NegativeCurvatureEscape& by which the loop leaves saddles for this method
/// For a short example see barzilai_borwein.hpp.
template <class M>
concept Optimizer = std::copy_constructible<M> &&
    requires(M method, const M& fixed, Iterate& at, std::ostream& out, std::istream& in) {
        { M::name } -> std::convertible_to<std::string_view>;
        { M::needs } -> std::convertible_to<Needs>;
        method.start(at);
        { method.step(at) } -> std::same_as<StepOutcome>;
        fixed.save(out);
        method.load(in);
    };
// clang-format on

/// Optimizers with a way of their own out of saddles.
template <class M>
concept LeavesSaddles = requires(M& method) { method.escape(); };

/// Tells a method that something else has moved the point: its restart, or a start where it has none.
template <Optimizer M>
void restart(M& method, Iterate& at) {
    if constexpr (requires { method.restart(at); }) method.restart(at);
    else method.start(at);
}

/// What the compiled loop sees of an optimizer. Non-owning.
class OptimizerRef {
public:
    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual Needs needs() const = 0;
    virtual void start(Iterate& at) = 0;
    virtual void restart(Iterate& at) = 0;
    virtual StepOutcome step(Iterate& at) = 0;
    /// The method's own way out of saddles, or null.
    virtual NegativeCurvatureEscape* escape() = 0;
    virtual void save(std::ostream& out) const = 0;
    virtual void load(std::istream& in) = 0;

protected:
    ~OptimizerRef() = default;
};

template <Optimizer M>
class ErasedOptimizer final : public OptimizerRef {
public:
    explicit ErasedOptimizer(M& method) : method_(method) {}

    [[nodiscard]] std::string_view name() const override { return M::name; }
    [[nodiscard]] Needs needs() const override { return M::needs; }
    void start(Iterate& at) override { method_.start(at); }
    void restart(Iterate& at) override { hesse::restart(method_, at); }
    StepOutcome step(Iterate& at) override { return method_.step(at); }
    NegativeCurvatureEscape* escape() override {
        if constexpr (LeavesSaddles<M>) return &method_.escape();
        else return nullptr;
    }
    void save(std::ostream& out) const override { method_.save(out); }
    void load(std::istream& in) override { method_.load(in); }

private:
    M& method_;
};

}  // namespace hesse
