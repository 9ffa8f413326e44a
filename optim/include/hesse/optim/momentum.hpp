#pragma once

#include "hesse/optim/optimizer.hpp"

#include <iosfwd>
#include <string_view>

namespace hesse {

/// Of each form of momentum below; the same numbers mean different steps in each.
struct MomentumOptions {
    double step_size = 1e-2;
    double momentum = 0.9;  // 0 gives plain gradient descent
};

/// Gradient descent along an exponential moving average of the gradients:
///     v <- momentum v + (1 - momentum) g(x),    x <- x - step_size v.
/// The same path as HeavyBall with step (1 - momentum) step_size. The first steps are short by a factor of
/// 1 - momentum, since the average starts from zero.
class MovingAverageMomentum {
public:
    using Options = MomentumOptions;
    static constexpr std::string_view name = "MovingAverageMomentum";
    static constexpr Needs needs{};

    MovingAverageMomentum() : MovingAverageMomentum(Options{}) {}
    /// Throws std::invalid_argument unless step_size is finite and positive and 0 <= momentum < 1.
    explicit MovingAverageMomentum(Options options);

    void start(Iterate& at);
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

private:
    Options options_;
    Buffer average_;
    Buffer next_average_, next_;
};
static_assert(Optimizer<MovingAverageMomentum>);

/// Gradient descent with Polyak momentum:
///     v <- momentum v - step_size g(x),    x <- x + v.
/// B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964. On a quadratic
/// with eigenvalues in [mu, L] his choice is step_size = 4 / (sqrt L + sqrt mu)^2 and
/// momentum = ((sqrt L - sqrt mu) / (sqrt L + sqrt mu))^2: see for_quadratic().
class HeavyBall {
public:
    using Options = MomentumOptions;
    static constexpr std::string_view name = "HeavyBall";
    static constexpr Needs needs{};

    HeavyBall() : HeavyBall(Options{}) {}
    /// Throws std::invalid_argument unless step_size is finite and positive and 0 <= momentum < 1.
    explicit HeavyBall(Options options);

    /// Polyak's optimal options for a quadratic with eigenvalues in [lowest, highest].
    /// Throws std::invalid_argument unless 0 < lowest <= highest.
    static Options for_quadratic(double lowest, double highest);

    void start(Iterate& at);
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

private:
    Options options_;
    Buffer velocity_;
    Buffer next_velocity_, next_;
};
static_assert(Optimizer<HeavyBall>);

}  // namespace hesse
