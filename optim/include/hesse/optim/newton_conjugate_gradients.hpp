#pragma once

#include "hesse/optim/armijo_line_search.hpp"
#include "hesse/optim/capped_conjugate_gradients.hpp"
#include "hesse/optim/negative_curvature_escape.hpp"
#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/preconditioner.hpp"

#include <iosfwd>
#include <optional>
#include <string_view>

namespace hesse {

/// Newton's method with conjugate gradients and a line search, after Royer, O'Neill and Wright, Math. Prog. 180 (2020) 451.
/// (H + 2 e I) y = -g is solved until its residual is small, or negative curvature is met. Then, and here it differs from the
/// paper, whose steps along it may be tiny: a step along it that expands while the loss falls, or y as it was before, whichever is
/// lower. The damping e falls by ten after each full step of Newton's, since it would make the method linear else, and
/// rises again where steps must be shortened. Saddles at which the gradient is zero are left through escape().
/// A step costs the products of the conjugate gradients, a value for each trial, and a gradient. Eleven vectors, two more with a
/// preconditioner, beside its own; the damping is then e P^-1.
class NewtonConjugateGradients {
public:
    struct Options {
        double damping = 1e-3;  // e / |H| at the start, and at most
        double largest_residual =
            0.5;  // of |g|; smaller near the solution, by the root of |g| over the largest |g| so far
        Index products = 0;  // of one step at most; 0: ten for each parameter
        Preconditioner preconditioner{};
        ArmijoOptions search{};
        NegativeCurvatureEscape::Options escape{};
    };
    static constexpr std::string_view name = "NewtonConjugateGradients";
    static constexpr Needs needs{.products = true, .compares_losses = true};

    NewtonConjugateGradients() : NewtonConjugateGradients(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit NewtonConjugateGradients(Options options);

    void start(Iterate& at);
    void restart(Iterate&) {}
    /// Throws std::invalid_argument, besides what the loss throws, if the preconditioner is not positive definite.
    StepOutcome step(Iterate& at);
    NegativeCurvatureEscape& escape() { return escape_; }
    void save(std::ostream& out) const;
    void load(std::istream& in);

private:
    StepOutcome follow_negative_curvature(Iterate& at, double curvature);
    StepOutcome failed(const Iterate& at, double promise, bool finite) const;

    Options options_;  // with the preconditioner in use
    ArmijoLineSearch search_;
    NegativeCurvatureEscape escape_;
    std::optional<CappedConjugateGradients> solver_;  // made by start, which knows n
    double damping_, norm_ = 0.0;                     // in force; |H|, or |P^(1/2) H P^(1/2)|, as last seen
    double largest_gradient_ = 0.0;
    Buffer direction_;
};
static_assert(Optimizer<NewtonConjugateGradients>);

}  // namespace hesse
