#pragma once

#include "hesse/optim/bounded_model_steps.hpp"
#include "hesse/optim/curvature/linear_operator.hpp"
#include "hesse/optim/krylov_subproblem.hpp"
#include "hesse/optim/negative_curvature_escape.hpp"
#include "hesse/optim/optimizer.hpp"

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string_view>

namespace hesse {

/// Newton's method in a trust region, by Lanczos: the default method of second order.
///     s minimises g's + 1/2 s'Hs over |s| <= radius in the Krylov space of g (KrylovTrustRegion)
///     ratio < 1/4: the radius shrinks to |s| / 2;  > 3/4 and s on the boundary: it grows by two to eight, the nearer the ratio is to one
/// The ratio, which steps are taken, to which residual they are solved, and the end on the rounding floor: see BoundedModelSteps.
/// After a rejected step the same basis is solved again with the smaller radius, without a product. Newton steps that take more
/// products than the basis has columns go on by conjugate gradients, which need no basis. A step on the boundary ends where a
/// further product lowers the model by less than half of what products did on average.
/// Directions of negative curvature that the gradient sees are followed to the boundary. A saddle at which
/// the gradient is zero is left through escape(): the loop finds the direction by classify, so that a run
/// ends at a second-order point.
/// Conn, Gould and Toint, Trust-Region Methods, 2000.
class TrustRegion {
public:
    struct Options {
        std::optional<double> initial_radius{};  // |x| at the start, at least 1, if not given
        std::optional<double> maximum_radius{};  // 1e8 max(1, |x|), wherever it stands, if not given
        double acceptance = 1e-4;                // least ratio of a step that is taken; below 1/4
        Index subspace = 200;                    // vectors of the Krylov basis (n doubles each) at most
        std::size_t memory = std::size_t{512}
                             << 20;  // bytes for these and as many Ritz vectors; at least 8 are kept
        Index products = 0;          // of one step at most; 0: ten for each parameter
        NegativeCurvatureEscape::Options escape{};
    };
    static constexpr std::string_view name = "TrustRegion";
    static constexpr Needs needs{.products = true, .keeps_bounds = true, .compares_losses = true};

    TrustRegion() : TrustRegion(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit TrustRegion(Options options);

    void start(Iterate& at);
    void restart(Iterate& at);
    StepOutcome step(Iterate& at);
    /// The same with another symmetric operator in the place of the Hessian, as that of some rows of data is (see Subsampled); not
    /// within bounds on parameters.
    StepOutcome step(Iterate& at, OperatorRef hessian);
    NegativeCurvatureEscape& escape() { return escape_; }
    void save(std::ostream& out) const;
    void load(std::istream& in);

    [[nodiscard]] double radius() const { return steps_.bound(); }

private:
    Options options_;
    NegativeCurvatureEscape escape_;
    std::optional<KrylovTrustRegion> subproblem_;  // made by start, which knows n
    BoundedModelSteps steps_;
};
static_assert(Optimizer<TrustRegion>);

}  // namespace hesse
