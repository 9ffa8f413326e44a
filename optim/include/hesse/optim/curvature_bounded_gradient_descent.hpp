#pragma once

#include "hesse/optim/negative_curvature_escape.hpp"
#include "hesse/optim/optimizer.hpp"

#include <iosfwd>
#include <limits>
#include <string_view>

namespace hesse {

/// Gradient descent whose step length comes from one exact Hessian product:
///     a = fraction g'g / (g'Hg),    x <- x - a g.
/// To second order the loss changes by -a g'g + a^2/2 g'Hg: it drops for every a < 2 g'g / (g'Hg), and most
/// for half of that, fraction = 1. Where g'Hg <= 0 there is no bound, and the step along -g is found by the
/// expanding search of NegativeCurvatureEscape. A step that does not lower the loss is halved. A step costs a
/// product, a value for each trial, and a gradient. Bounds on parameters are kept: a step is projected, and halved towards x from there.
class CurvatureBoundedGradientDescent {
public:
    struct Options {
        double fraction = 1.0;  // of the step that minimises the quadratic model; 2 is the bound
    };
    static constexpr std::string_view name = "CurvatureBoundedGradientDescent";
    static constexpr Needs needs{.products = true, .keeps_bounds = true};

    CurvatureBoundedGradientDescent() : CurvatureBoundedGradientDescent(Options{}) {}
    /// Throws std::invalid_argument unless 0 < fraction < 2.
    explicit CurvatureBoundedGradientDescent(Options options);

    void start(Iterate& at);
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

    /// The last step length a; 0 before the first step and after an expanding one.
    [[nodiscard]] double step_size() const { return step_size_; }

private:
    Options options_;
    NegativeCurvatureEscape search_;
    double step_size_ = 0.0;
    Index floor_steps_ = 0;  // steps in a row whose gain was below the rounding floor
    double floor_gradient_ = std::numeric_limits<double>::infinity();  // the smallest gradient on them
    Buffer product_, direction_;
};
static_assert(Optimizer<CurvatureBoundedGradientDescent>);

}  // namespace hesse
