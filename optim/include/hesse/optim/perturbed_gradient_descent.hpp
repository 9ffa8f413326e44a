#pragma once

#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/perturbation.hpp"
#include "hesse/optim/schedule.hpp"
#include "hesse/optim/step_shortening.hpp"

#include <cstdint>
#include <iosfwd>
#include <string_view>

namespace hesse {

/// Gradient descent that perturbs the point where the gradient is small, and stops where that did not help:
///     if |g| <= threshold and more than `patience` steps since the last noise:
///         remember x~ = x, f~ = f(x);   x <- x + xi, xi uniform in the ball of the given radius
///     else if `patience` steps after it  f(x) - f~ > -decrease:   return x~, the method has converged
///     else x <- x - step_size g(x).
/// Noise that leads to where the loss is not finite is drawn again at the next step; a step that does is rejected, and it and all after it
/// are half as long. Bounds on parameters are kept by projection.
/// Jin, Ge, Netrapalli, Kakade and Jordan, ICML 2017, and Jin, Netrapalli, Ge, Kakade and Jordan, J. ACM 68 (2021) 11
/// (arXiv:1902.04811): with their parameters x~ is a second-order point with high probability. Those parameters are useless in
/// practice (radii of 1e-10): they are there, as theory_parameters_2017() and theory_parameters_2019(), and the defaults are
/// practical ones. A saddle of curvature -c grows the noise by (1 + step_size c) a step: patience * step_size * c should exceed
/// log(n).
class PerturbedGradientDescent {
public:
    struct Options {
        Schedule step_size = 1e-2;
        double gradient_threshold = 0.0;  // 0: the gradient norm at which the run would stop
        double radius = 0.0;              // of the noise; 0: 1e-3 max(1, |x|)
        Index patience = 50;              // steps that the noise is given to grow
        double decrease = 0.0;  // expected of them; 0: the larger of radius |g| / 2 and 10 rounding floors
        std::uint64_t seed = 0;
    };
    static constexpr std::string_view name = "PerturbedGradientDescent";
    static constexpr Needs needs{.stationary_points = true, .keeps_bounds = true, .compares_losses = true};

    PerturbedGradientDescent() : PerturbedGradientDescent(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit PerturbedGradientDescent(Options options);

    using Problem = SmoothProblem;
    /// The parameters of 2017, with chi = 3 max(log(n l gap / (c epsilon^2 delta)), 4):
    ///     step c / l, radius sqrt(c) / chi^2 epsilon / l, threshold sqrt(c) / chi^2 epsilon,
    ///     decrease c / chi^3 sqrt(epsilon^3 / rho), patience ceil(chi / c^2 l / sqrt(rho epsilon)).
    /// Throws std::invalid_argument unless all are positive and patience is less than 2^62.
    static Options theory_parameters_2017(const Problem& problem);
    /// Those of 2019, with a step ten times as long and without a constant that nobody knows:
    ///     step 1 / l, radius epsilon / (400 iota^3 l), threshold epsilon, decrease sqrt(epsilon^3 / rho) / (50 iota^3),
    ///     patience ceil(iota l / sqrt(rho epsilon)),
    /// with the least iota >= 1 for which the proof's bound on the probability of failure,
    ///     N l sqrt(n) / sqrt(rho epsilon) iota^2 2^(8 - iota)  in  N = 400 iota^4 l gap / epsilon^2  steps,
    /// is at most delta. The theorem says that half of the iterates are second-order points; here x~ is returned, where the
    /// decrease that it promises of any other point did not come. Problem::constant is not used. Throws as the other one does.
    static Options theory_parameters_2019(const Problem& problem);

    void start(Iterate& at);
    void restart(Iterate& at);
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

    /// Perturbations since start.
    [[nodiscard]] Index perturbations() const { return noise_.count(); }

private:
    Schedule step_size_;
    Perturbation noise_;
    std::int64_t steps_ = 0;  // since start, without noise
    StepShortening shortening_;
};
static_assert(Optimizer<PerturbedGradientDescent>);

}  // namespace hesse
