#pragma once

#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/perturbation.hpp"
#include "hesse/optim/schedule.hpp"
#include "hesse/optim/step_shortening.hpp"

#include <cstdint>
#include <iosfwd>
#include <string_view>

namespace hesse {

/// Nesterov's method that perturbs the point where the gradient is small, and gives up its momentum where the loss is too
/// concave along it: Jin, Netrapalli and Jordan, COLT 2018 (arXiv:1711.10456).
///     if |g(x)| <= threshold and more than `patience` steps since the last noise:   x <- x + xi, as PerturbedGradientDescent
///     y = x + momentum v,    x' = y - step_size g(y),    v' = x' - x
///     where f(x) <= f(y) + g(y)'(x - y) - concavity / 2 |x - y|^2, instead, for d = exploitation v / |v|:
///         x' = x if |v| >= exploitation, else the lower of x + d and x - d, if that is lower than x;    v' = 0
/// In all other steps the Hamiltonian f(x) + |v|^2 / (2 step_size) falls, if step_size <= 1 / (4 l) for the Lipschitz constant
/// l of the gradient. Differences that rounding could have made are not taken for concavity. Where noise did not help the point before
/// it is returned, and the method has converged, as PerturbedGradientDescent does: the theorem, of
/// O~(epsilon^(-7/4)) gradients, promises a fall of the Hamiltonian at any other point. Two gradients a step.
/// Bounds on parameters are kept by projecting y and x'. A step to where the loss is not finite is rejected, the velocity forgotten,
/// and it and all after it are half as long.
class PerturbedAcceleratedGradientDescent {
public:
    struct Options {
        Schedule step_size = 1e-2;
        double momentum = 0.9;            // 1 - theta
        double concavity = 0.0;           // gamma; 0: theta^2 / step_size, whatever that is in a step
        double exploitation = 0.0;        // s, a length; 0: 1e-2 max(1, |x|)
        double gradient_threshold = 0.0;  // 0: the gradient norm at which the run would stop
        double radius = 0.0;              // of the noise; 0: 1e-3 max(1, |x|)
        Index patience = 50;              // steps that the noise is given to grow
        double decrease = 0.0;  // expected of them; 0: the larger of radius |g| / 2 and 10 rounding floors
        std::uint64_t seed = 0;
    };
    static constexpr std::string_view name = "PerturbedAcceleratedGradientDescent";
    static constexpr Needs needs{.stationary_points = true, .keeps_bounds = true, .compares_losses = true};

    PerturbedAcceleratedGradientDescent() : PerturbedAcceleratedGradientDescent(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit PerturbedAcceleratedGradientDescent(Options options);

    using Problem = SmoothProblem;
    /// The paper's parameters, with chi = max(1, log(n l gap / (rho epsilon delta))) and kappa = l / sqrt(rho epsilon):
    ///     step 1 / (4 l), momentum 1 - theta for theta = 1 / (4 sqrt(kappa)), concavity theta^2 / step,
    ///     exploitation concavity / (4 rho), threshold epsilon, radius step epsilon / (chi^5 c^8),
    ///     patience ceil(sqrt(kappa) chi c), decrease sqrt(epsilon^3 / rho) / (chi^5 c^7).
    /// Throws std::invalid_argument unless all are positive, epsilon <= l^2 / rho (or else any such point will do), and
    /// patience is less than 2^62.
    static Options theory_parameters(const Problem& problem);

    void start(Iterate& at);
    void restart(Iterate& at);
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

    /// Perturbations, and steps that gave up the momentum, since start.
    [[nodiscard]] Index perturbations() const { return noise_.count(); }
    [[nodiscard]] Index exploitations() const { return exploitations_; }
    /// f + |v|^2 / (2 step_size), with that of the last step.
    [[nodiscard]] double hamiltonian(const Iterate& at) const;

private:
    [[nodiscard]] bool too_concave(const Iterate& at, double step_size);
    StepOutcome reject(Iterate& at);
    StepOutcome exploit(Iterate& at, double speed);
    void stand_still();

    Options options_;
    Perturbation noise_;
    std::int64_t steps_ = 0;  // since start, without noise
    double step_size_ = 0.0;  // of the last one
    StepShortening shortening_;
    Index exploitations_ = 0;
    Buffer velocity_, next_velocity_;
    Buffer ahead_, next_;  // y, x'
};
static_assert(Optimizer<PerturbedAcceleratedGradientDescent>);

}  // namespace hesse
