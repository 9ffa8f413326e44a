#pragma once

#include "hesse/optim/bounded_model_steps.hpp"
#include "hesse/optim/curvature/linear_operator.hpp"
#include "hesse/optim/krylov_subproblem.hpp"
#include "hesse/optim/negative_curvature_escape.hpp"
#include "hesse/optim/optimizer.hpp"

#include <iosfwd>
#include <optional>
#include <string_view>

namespace hesse {

/// Newton's method with a cubic term, by Lanczos:
///     s minimises g's + 1/2 s'Hs + (sigma / 3) |s|^3 in the Krylov space of g (KrylovCubic)
///     sigma falls to what the loss at x + s asks for where the model was right, and rises where it promised too much
/// The ratio that tells, which steps are taken, to which residual they are solved, and the end on the rounding floor: see
/// BoundedModelSteps. After a rejected step the same basis is solved again with the larger sigma, without a product.
/// sigma has the units of the loss over those of a cubed length: it begins with |g| / initial_length^2, or more if the first step
/// would be longer than that. f times a power of two takes the same path.
/// Directions of negative curvature that the gradient sees are followed; a saddle at which the gradient is zero is left through
/// escape(). With exact steps in the whole space |g| <= e takes at most a multiple of e^(-3/2) steps.
/// A third more products than TrustRegion on published problems, and no conjugate gradients beyond the basis.
/// Cartis, Gould and Toint, Math. Prog. 127 (2011) 245 and 130 (2011) 295; Nesterov and Polyak, Math. Prog. 108 (2006) 177.
class AdaptiveCubicRegularization {
public:
    struct Options {
        std::optional<double>
            initial_length{};      // of the first step, about; |x| at the start, at least 1, if not given
        double acceptance = 1e-4;  // least ratio of a step that is taken; below 1/10
        Index subspace = 200;      // basis vectors kept (n doubles each), and products in one step, at most
        NegativeCurvatureEscape::Options escape{};
    };
    static constexpr std::string_view name = "AdaptiveCubicRegularization";
    static constexpr Needs needs{.products = true, .compares_losses = true};

    AdaptiveCubicRegularization() : AdaptiveCubicRegularization(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit AdaptiveCubicRegularization(Options options);

    void start(Iterate& at);
    void restart(Iterate& at);
    StepOutcome step(Iterate& at);
    /// The same with another symmetric operator in the place of the Hessian, as that of some rows of data is: see Subsampled.
    StepOutcome step(Iterate& at, OperatorRef hessian);
    NegativeCurvatureEscape& escape() { return escape_; }
    void save(std::ostream& out) const;
    void load(std::istream& in);

    /// 0 until the first step.
    [[nodiscard]] double sigma() const { return steps_.bound(); }

private:
    Options options_;
    NegativeCurvatureEscape escape_;
    std::optional<KrylovCubic> subproblem_;  // made by start, which knows n
    BoundedModelSteps steps_;
};
static_assert(Optimizer<AdaptiveCubicRegularization>);

}  // namespace hesse
