#pragma once

#include "hesse/optim/optimizer.hpp"

#include <iosfwd>
#include <string_view>

namespace hesse {

/// Nesterov's momentum: the gradient is taken at the looked-ahead point y,
///     y <- x + momentum v,    v <- momentum v - step_size g(y),    x <- x + v.
/// The iterate is y, the point where value and gradient are known, so that a step costs one gradient:
///     x' = y - step_size g(y),    y' = x' + momentum (x' - x).
/// Y. Nesterov, "A method of solving a convex programming problem with convergence rate O(1/k^2)", 1983.
/// The form m <- momentum m + g, y <- y - step_size (g + momentum m) of some libraries takes the same path.
class Nesterov {
public:
    struct Options {
        double step_size = 1e-2;
        double momentum = 0.9;  // 0 gives plain gradient descent
    };
    static constexpr std::string_view name = "Nesterov";
    static constexpr Needs needs{};

    Nesterov() : Nesterov(Options{}) {}
    /// Throws std::invalid_argument unless step_size is finite and positive and 0 <= momentum < 1.
    explicit Nesterov(Options options);

    void start(Iterate& at);
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

private:
    Options options_;
    Buffer base_;  // x, from which the iterate y looks ahead
    Buffer next_base_, next_;
};
static_assert(Optimizer<Nesterov>);

}  // namespace hesse
