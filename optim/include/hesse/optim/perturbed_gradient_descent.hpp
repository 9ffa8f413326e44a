#pragma once

#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/random.hpp"

#include <cstdint>
#include <iosfwd>
#include <string_view>

namespace hesse {

/// Gradient descent that perturbs the point where the gradient is small, and stops where that did not help:
///     if |g| <= threshold and more than `patience` steps since the last noise:
///         remember x~ = x, f~ = f(x);   x <- x + xi, xi uniform in the ball of the given radius
///     else if `patience` steps after it  f(x) - f~ > -decrease:   return x~, the method has converged
///     else x <- x - step_size g(x).
/// Noise that leads to where the loss is not finite is drawn again at the next step.
/// Jin, Ge, Netrapalli, Kakade and Jordan, ICML 2017: with their parameters x~ is a second-order point with
/// high probability. Those parameters are useless in practice (radii of 1e-10): they are there, as
/// theory_parameters(), and the defaults are practical ones. A saddle of curvature -c grows the noise by
/// (1 + step_size c) a step: patience * step_size * c should exceed log(n).
class PerturbedGradientDescent {
public:
    struct Options {
        double step_size = 1e-2;
        double gradient_threshold = 0.0;  // 0: the gradient norm at which the run would stop
        double radius = 0.0;              // of the noise; 0: 1e-3 max(1, |x|)
        Index patience = 50;              // steps that the noise is given to grow
        double decrease = 0.0;  // expected of them; 0: the larger of radius |g| / 2 and 10 rounding floors
        std::uint64_t seed = 0;
    };
    static constexpr std::string_view name = "PerturbedGradientDescent";
    static constexpr Needs needs{.stationary_points = true};

    PerturbedGradientDescent() : PerturbedGradientDescent(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit PerturbedGradientDescent(Options options);

    /// What the theorem of 2017 asks for.
    struct Problem {
        Index dimension = 1;
        double gradient_lipschitz = 1.0;  // l
        double hessian_lipschitz = 1.0;   // rho
        double accuracy = 1e-3;           // epsilon, of the gradient; sqrt(rho epsilon) of the curvature
        double value_gap = 1.0;           // f(x0) - min f
        double failure = 0.1;             // delta, the probability of a wrong answer
        double constant = 0.1;            // c of the paper, "a small enough constant"
    };
    /// The paper's parameters, with chi = 3 max(log(n l gap / (c epsilon^2 delta)), 4):
    ///     step c / l, radius sqrt(c) / chi^2 epsilon / l, threshold sqrt(c) / chi^2 epsilon,
    ///     decrease c / chi^3 sqrt(epsilon^3 / rho), patience ceil(chi / c^2 l / sqrt(rho epsilon)).
    /// Throws std::invalid_argument unless all are positive and patience is less than 2^62.
    static Options theory_parameters(const Problem& problem);

    void start(Iterate& at);
    void restart(Iterate& at);
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

    /// Perturbations since start.
    [[nodiscard]] Index perturbations() const { return perturbations_; }

private:
    StepOutcome perturb(Iterate& at);
    StepOutcome descend(Iterate& at);

    Options options_;
    RandomGenerator random_;
    Index perturbations_ = 0;
    Index since_noise_ = -1;    // steps since the last noise; -1 when there was none
    double saved_value_ = 0.0;  // f~
    double expected_ = 0.0;     // decrease from f~ that lets the method go on
    Buffer saved_;              // x~
    Buffer next_;
};
static_assert(Optimizer<PerturbedGradientDescent>);

}  // namespace hesse
