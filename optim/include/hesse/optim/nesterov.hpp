#pragma once

#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/schedule.hpp"
#include "hesse/optim/step_shortening.hpp"

#include <cstdint>
#include <iosfwd>
#include <limits>
#include <optional>
#include <string_view>

namespace hesse {

/// When a method with momentum forgets its velocity: never; where the last step went uphill, as the gradient there says; where the
/// loss rose.
enum class Restart { never, gradient, value };

/// Nesterov's momentum: the gradient is taken at the looked-ahead point y,
///     y <- x + momentum v,    v <- momentum v - step_size g(y),    x <- x + v.
/// The iterate is y, the point where value and gradient are known, so that a step costs one gradient:
///     x' = y - step_size g(y),    y' = x' + momentum (x' - x).
/// Y. Nesterov, "A method of solving a convex programming problem with convergence rate O(1/k^2)", 1983.
/// The form m <- momentum m + g, y <- y - step_size (g + momentum m) of some libraries takes the same path, and so does
/// NesterovMomentum (momentum.hpp), which takes groups of parameters and a schedule of the momentum.
///
/// Without a momentum it is that of the paper, (t - 1) / t' with t' = (1 + sqrt(1 + 4 t^2)) / 2 from t = 1 on: the method for convex
/// losses, which knows no condition number. On a strongly convex one it overshoots and oscillates; restarted where it does, with
/// t = 1 and no velocity, it converges as if it knew: O'Donoghue and Candes, Found. Comput. Math. 15 (2015) 715. Their two
/// tests: g(y)'(x' - x) > 0, which costs nothing and is not disturbed by rounding; f(x') > f(x), a value each step.
/// Bounds on parameters are kept by projecting x' and y'. A step to where the loss is not finite is rejected, the velocity forgotten,
/// and it and all after it are half as long.
class Nesterov {
public:
    struct Options {
        Schedule step_size = 1e-2;
        std::optional<double> momentum = 0.9;  // nullopt: grows as in the paper; 0: plain gradient descent
        Restart restart = Restart::never;
    };
    static constexpr std::string_view name = "Nesterov";
    static constexpr Needs needs{.keeps_bounds = true};

    Nesterov() : Nesterov(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit Nesterov(Options options);

    void start(Iterate& at);
    /// The velocity is forgotten; schedules go on.
    void restart(Iterate& at);
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

    /// How often the velocity was forgotten since start.
    [[nodiscard]] Index restarts() const { return restarts_; }

private:
    Options options_;
    std::int64_t steps_ = 0;  // since start
    StepShortening shortening_;
    double t_ = 1.0;                                               // of the growing momentum
    double base_value_ = std::numeric_limits<double>::infinity();  // f(x) where it is asked for
    Index restarts_ = 0;
    Buffer base_;  // x, from which the iterate y looks ahead
    Buffer next_base_, next_;
};
static_assert(Optimizer<Nesterov>);

}  // namespace hesse
