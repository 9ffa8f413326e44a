#pragma once

#include "hesse/optim/armijo_line_search.hpp"
#include "hesse/optim/damped_conjugate_gradients.hpp"
#include "hesse/optim/gauss_newton_diagonal.hpp"
#include "hesse/optim/negative_curvature_escape.hpp"
#include "hesse/optim/optimizer.hpp"

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string_view>

namespace hesse {

/// Hessian-free optimization: Martens, ICML 2010; Martens and Sutskever, in Neural Networks: Tricks of the Trade, 2012. For losses
/// with a Gauss-Newton matrix G, as a network's with a convex loss of its outputs.
///     (G + damping I) d = -g  by conjugate gradients, from start_decay times the d of the step before
///     they stop at iteration i when the model q(d) + damping |d|^2 / 2 has fallen by less than the part 5e-4 k of itself in the last
///         k = max(10, i / 10) of them: long before the residual is small
///     of the iterates 1, 2, 3, 4, 5, 7, 9, 12, ... (a factor of 1.3) the last ones are kept; the loss is looked up there from the last one
///         back for as long as it falls
///     ratio = (f(x + d) - f(x)) / q(d); below 1/4: damping *= 3/2; above 3/4: damping *= 2/3
///     x <- x + a d, a by the rule of Armijo from 1 on
/// Where the damped model is not below zero in the end they begin at zero once more, and then with four times the damping, until it
/// is. Preconditioned, if products are spent on it, by (diagonal of G + damping)^preconditioner_power; the paper's has the
/// squared gradients of single examples there.
///
/// G hides negative curvature: a saddle is a solution as good as any for the steps. The verdict at the end is on the Hessian itself,
/// and saddles are left through escape(). A step costs the products of the conjugate gradients and one more, a value for each trial,
/// and a gradient. Eleven vectors, and those that are kept.
class HessianFree {
public:
    struct Options {
        double damping = 1e-2;      // at the start, in units of |G g| / |g|
        double start_decay = 0.95;  // 0: conjugate gradients begin at zero
        Index products =
            250;          // of one solution at most; a step takes two or more where the damping has to grow
        Index kept = 10;  // iterates; the last ten of 250 go back to the 27th
        Index diagonal_products =
            0;  // in each step, for the preconditioner: n give it exactly, fewer an estimate; 0: none
        double preconditioner_power = 0.75;
        ArmijoOptions search{.sufficient_decrease = 1e-2};
        NegativeCurvatureEscape::Options escape{};
    };
    static constexpr std::string_view name = "HessianFree";
    static constexpr Needs needs{.gauss_newton = true, .compares_losses = true};

    HessianFree() : HessianFree(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit HessianFree(Options options);

    void start(Iterate& at);
    void restart(Iterate& at);
    StepOutcome step(Iterate& at);
    NegativeCurvatureEscape& escape() { return escape_; }
    void save(std::ostream& out) const;
    void load(std::istream& in);

    /// In the units of G; 0 before the first step.
    [[nodiscard]] double damping() const { return damping_; }

private:
    [[nodiscard]] bool solve(Iterate& at, double damping, const double* first);
    [[nodiscard]] bool stalled(Index iteration) const;
    void keep();
    Index best_kept(Iterate& at, double& value);
    [[nodiscard]] std::size_t slot(Index back) const {
        return static_cast<std::size_t>((kept_count_ - 1 - back) % options_.kept);
    }
    [[nodiscard]] const double* kept(Index back) const {
        return kept_.data() + slot(back) * previous_.size();
    }

    Options options_;
    ArmijoLineSearch search_;
    NegativeCurvatureEscape escape_;
    std::optional<DampedConjugateGradients> solver_;  // made by start, which knows n
    double damping_ = 0.0;                            // 0 before the first step
    Buffer previous_;  // start_decay times d as the conjugate gradients left it
    GaussNewtonDiagonal diagonal_;
    Buffer inverse_;             // of the preconditioner, if there is one
    Buffer models_;              // damped, of the iterations of one step
    Buffer kept_, kept_models_;  // iterates, in a ring, and q there
    Index kept_count_ = 0;       // in this step; those that are overwritten count
};
static_assert(Optimizer<HessianFree>);

}  // namespace hesse
