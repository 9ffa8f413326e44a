#pragma once

#include "hesse/optim/damped_conjugate_gradients.hpp"
#include "hesse/optim/gauss_newton_diagonal.hpp"
#include "hesse/optim/negative_curvature_escape.hpp"
#include "hesse/optim/optimizer.hpp"

#include <iosfwd>
#include <optional>
#include <string_view>

namespace hesse {

/// The method of Levenberg (Quart. Appl. Math. 2 (1944) 164) and Marquardt (SIAM J. Appl. Math. 11 (1963) 431) for sums of squares,
/// and for any other loss with a Gauss-Newton matrix G:
///     (G + damping D) s = -g,  by conjugate gradients, to a residual of min(largest_residual, sqrt(|g| / the largest |g| so far)) |g|
///     ratio = (f(x) - f(x + s)) / -(g's + s'Gs / 2)
///     ratio > 1e-4: x <- x + s and damping *= max(1/3, 1 - (2 ratio - 1)^3), growth = 2
///     otherwise:    damping *= growth, growth *= 2, and s is solved for again
/// The damping follows H. B. Nielsen, IMM-REP-1999-05, 1999. D is the identity, or, if products are spent on it, the largest
/// diagonal of G so far (Moré, Lecture Notes in Mathematics 630 (1978) 105), with which the path does not depend on the units of the
/// parameters; it preconditions, too. Of a sum of squares G is J'J, and neither J nor J'J is formed.
///
/// G hides negative curvature: a saddle is a solution as good as any for the steps. The verdict at the end is on the Hessian itself,
/// and saddles are left through escape(). On the rounding floor of f a step is taken as long as it makes the gradient smaller.
/// A step costs the products of the conjugate gradients, a value for each trial, and a gradient. Ten vectors, and five for D.
class LevenbergMarquardt {
public:
    struct Options {
        double damping = 1e-3;          // at the start, in units of |G g| / |g|, or of D
        double largest_residual = 0.1;  // of |g|
        Index products = 0;             // for one s at most; 0: ten for each parameter
        Index diagonal_products = 0;  // at each point, for D: n give it exactly, fewer an estimate; 0: D = I
        NegativeCurvatureEscape::Options escape{};
    };
    static constexpr std::string_view name = "LevenbergMarquardt";
    static constexpr Needs needs{.gauss_newton = true, .compares_losses = true};

    LevenbergMarquardt() : LevenbergMarquardt(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit LevenbergMarquardt(Options options);

    void start(Iterate& at);
    void restart(Iterate&) {}
    StepOutcome step(Iterate& at);
    NegativeCurvatureEscape& escape() { return escape_; }
    void save(std::ostream& out) const;
    void load(std::istream& in);

    /// In the units of G, or of 1 if there is a D; 0 before the first step.
    [[nodiscard]] double damping() const { return damping_; }

private:
    [[nodiscard]] double first_damping(Iterate& at);
    bool measure_metric(Iterate& at);
    [[nodiscard]] DampedConjugateGradients::End solve(Iterate& at, double damping, double tolerance);
    StepOutcome step_on_floor(Iterate& at);

    Options options_;
    NegativeCurvatureEscape escape_;
    std::optional<DampedConjugateGradients> solver_;  // made by start, which knows n
    double damping_ = 0.0;                            // 0 before the first step
    double largest_gradient_ = 0.0;                   // seen so far
    GaussNewtonDiagonal diagonal_;
    Buffer metric_, next_metric_;  // D, and that with the present point's diagonal; empty where D = I
    Buffer inverse_;               // of the preconditioner
};
static_assert(Optimizer<LevenbergMarquardt>);

}  // namespace hesse
