#pragma once

#include "hesse/optim/krylov_subproblem.hpp"
#include "hesse/optim/negative_curvature_escape.hpp"
#include "hesse/optim/optimizer.hpp"

#include <iosfwd>
#include <limits>
#include <optional>
#include <string_view>

namespace hesse {

/// Newton's method in a trust region, by Lanczos: the default method of second order.
///     s minimises g's + 1/2 s'Hs over |s| <= radius in the Krylov space of g (KrylovTrustRegion), to a
///         residual of min(1/2, sqrt(|g| / the largest |g| so far)) |g|
///     ratio = (f(x) - f(x + s) + d) / (m(0) - m(s) + d),  d = 1000 eps |f|
///     ratio < 1/4: the radius shrinks to |s| / 4;  > 3/4 and s on the boundary: it doubles
///     x <- x + s if ratio > 1e-4, otherwise the same basis is solved again with the smaller radius
/// Directions of negative curvature that the gradient sees are followed to the boundary. A saddle at which
/// the gradient is zero is left through escape(): the loop finds the direction by classify, so that a run
/// ends at a second-order point. Every test is relative: f times a power of two takes the same path.
/// On the rounding floor of f, where its differences mean nothing, a step is taken as long as it makes the
/// gradient smaller.
/// Conn, Gould and Toint, Trust-Region Methods, 2000; the regularised ratio is theirs, section 17.4.2.
class TrustRegion {
public:
    struct Options {
        double initial_radius = 1.0;
        double maximum_radius = 1e8;
        double acceptance = 1e-4;  // least ratio of a step that is taken; below 1/4
        Index subspace = 200;      // basis vectors kept (n doubles each), and products in one step, at most
        NegativeCurvatureEscape::Options escape{};
    };
    static constexpr std::string_view name = "TrustRegion";
    static constexpr Needs needs{.products = true};

    TrustRegion() : TrustRegion(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit TrustRegion(Options options);

    void start(Iterate& at);
    void restart(Iterate& at);
    StepOutcome step(Iterate& at);
    NegativeCurvatureEscape& escape() { return escape_; }
    void save(std::ostream& out) const;
    void load(std::istream& in);

    [[nodiscard]] double radius() const { return radius_; }

private:
    StepOutcome step_on_floor(Iterate& at);

    Options options_;
    NegativeCurvatureEscape escape_;
    std::optional<KrylovTrustRegion> subproblem_;  // made by start, which knows n
    double radius_;
    double largest_gradient_ = 0.0;  // seen so far: the scale of what is a small gradient
    // The least that the loss and its gradient have come to, and for how many steps nothing was less.
    double least_value_ = std::numeric_limits<double>::infinity();
    double least_gradient_ = std::numeric_limits<double>::infinity();
    Index idle_steps_ = 0;
    Buffer next_;
};
static_assert(Optimizer<TrustRegion>);

}  // namespace hesse
