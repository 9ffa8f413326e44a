#pragma once

#include "hesse/optim/negative_curvature_escape.hpp"
#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/state_text.hpp"

#include <concepts>
#include <iosfwd>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace hesse {

/// When a method hands over: after so many steps, or once the gradient is as small as that. Any callable of (const Iterate&,
/// Index steps) that returns a bool will do.
struct AfterSteps {
    Index steps = 0;
    /// Throws std::invalid_argument if steps is negative.
    void check() const {
        if (steps < 0)
            throw std::invalid_argument("AfterSteps: steps is " + std::to_string(steps) +
                                        ", expected at least 0");
    }
    bool operator()(const Iterate&, Index taken) const { return taken >= steps; }
};
struct GradientBelow {
    double norm = 0.0;
    /// Throws std::invalid_argument unless norm is a number that is not negative.
    void check() const {
        if (!(norm >= 0.0))
            throw std::invalid_argument("GradientBelow: norm is " + std::to_string(norm) +
                                        ", expected a number that is not negative");
    }
    bool operator()(const Iterate& at, Index) const { return at.gradient_norm() <= norm; }
};

/// One method, and, from the first step on at which the condition holds, another, which starts there:
///     minimize(f, x, Handover(Adam{{.step_size = 1e-2}}, AfterSteps{500}, TrustRegion{}))
/// The second one takes over, too, where the first comes to an end of its own: no step left, or none that lowers the loss. An escape from
/// saddles that one of them has, the second's before the first's, is that of both.
template <Optimizer First, std::predicate<const Iterate&, Index> Condition, Optimizer Second>
class Handover {
public:
    static constexpr std::string_view name = "Handover";
    static constexpr Needs needs{
        .gradients = First::needs.gradients || Second::needs.gradients,
        .products = First::needs.products || Second::needs.products,
        .gauss_newton = First::needs.gauss_newton || Second::needs.gauss_newton,
        .batches = First::needs.batches || Second::needs.batches,
        .stationary_points = First::needs.stationary_points || Second::needs.stationary_points,
        .keeps_bounds = First::needs.keeps_bounds && Second::needs.keeps_bounds,
        .compares_losses = First::needs.compares_losses || Second::needs.compares_losses};

    Handover(First first, Condition condition, Second second)
        : first_(std::move(first)), condition_(std::move(condition)), second_(std::move(second)) {
        if constexpr (requires { condition_.check(); }) condition_.check();
    }

    void start(Iterate& at) {
        first_.start(at);
        second_.start(at);
        steps_ = 0;
        handed_over_ = false;
    }
    void restart(Iterate& at) {
        if (handed_over_) hesse::restart(second_, at);
        else hesse::restart(first_, at);
    }
    StepOutcome step(Iterate& at) {
        bool hand_over = handed_over_ || condition_(std::as_const(at), steps_);
        // The loop does not ask where one of the two goes on at stationary points: here is the end for the other.
        const bool goes_on = hand_over ? Second::needs.stationary_points : First::needs.stationary_points;
        if (needs.stationary_points && !goes_on && at.gradient_norm() <= at.gradient_goal())
            return StepOutcome::converged;
        StepOutcome outcome{};
        if (!hand_over) {
            outcome = first_.step(at);
            hand_over = outcome != StepOutcome::moved && outcome != StepOutcome::rejected;
        }
        if (hand_over) {
            if (!handed_over_) second_.start(at);
            outcome = second_.step(at);
            handed_over_ = true;
        }
        if (outcome == StepOutcome::moved) ++steps_;
        return outcome;
    }
    NegativeCurvatureEscape& escape()
        requires(LeavesSaddles<First> || LeavesSaddles<Second>)
    {
        if constexpr (LeavesSaddles<Second>) return second_.escape();
        else return first_.escape();
    }

    void save(std::ostream& out) const {
        StateWriter state(out, name, 2);
        state.integer("steps", steps_);
        state.integer("handed_over", handed_over_ ? 1 : 0);
        first_.save(out);  // both: the escape may be that of the one that does not step
        second_.save(out);
    }
    void load(std::istream& in) {
        StateReader state(in, name, 2);
        const Index steps = state.integer("steps");
        const bool handed_over = state.integer("handed_over") != 0;
        first_.load(in);
        second_.load(in);
        steps_ = steps;
        handed_over_ = handed_over;
    }

    /// Whether the second method is at work.
    [[nodiscard]] bool handed_over() const { return handed_over_; }

private:
    First first_;
    Condition condition_;
    Second second_;
    Index steps_ = 0;
    bool handed_over_ = false;
};

}  // namespace hesse
