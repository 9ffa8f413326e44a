#pragma once

#include "hesse/optim/optimizer.hpp"

#include <iosfwd>
#include <string_view>

namespace hesse {

/// Gradient descent with a fixed step:
///     x <- x - step_size * g(x).
/// On a quadratic it converges for step_size < 2 / lambda_max. Started where the gradient has no part along
/// the directions of negative curvature, it converges to the saddle.
class GradientDescent {
public:
    struct Options {
        double step_size = 1e-2;  // below 2 / lambda_max for losses curved by less than 200
    };
    static constexpr std::string_view name = "GradientDescent";
    static constexpr Needs needs{};

    GradientDescent() : GradientDescent(Options{}) {}
    /// Throws std::invalid_argument unless step_size is finite and positive.
    explicit GradientDescent(Options options);

    void start(Iterate& at);
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

private:
    Options options_;
    Buffer next_;
};
static_assert(Optimizer<GradientDescent>);

}  // namespace hesse
