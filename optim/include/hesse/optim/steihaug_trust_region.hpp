#pragma once

#include "hesse/optim/bounded_model_steps.hpp"
#include "hesse/optim/negative_curvature_escape.hpp"
#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/preconditioner.hpp"
#include "hesse/optim/truncated_conjugate_gradients.hpp"

#include <iosfwd>
#include <optional>
#include <string_view>

namespace hesse {

/// Newton's method in a trust region, by truncated conjugate gradients, which may be preconditioned: the loop of TrustRegion
/// (BoundedModelSteps, and its rule for the radius) around TruncatedConjugateGradients. A step on the boundary is not the best one
/// there, but a product costs no basis: eleven vectors, whatever their number (one more with a preconditioner, and its own). With a
/// good preconditioner it takes far fewer products.
/// After a rejected step the path of the conjugate gradients is cut where it first passed 1/2, 1/4, 1/8 or 1/16 of the radius, without a
/// product; where that is not known, the problem is solved again.
/// With a preconditioner the radius belongs to its norm, in which the preconditioned gradient has its Euclidean length.
/// Bounds on parameters are kept, as TrustRegion does; a preconditioner has no part in entries that are held.
/// f times a power of two takes the same path, if the preconditioner scales with it. Saddles at which the gradient is zero are left
/// through escape().
/// Steihaug, SIAM J. Numer. Anal. 20 (1983) 626; Conn, Gould and Toint, Trust-Region Methods, 2000, section 7.5.
class SteihaugTrustRegion {
public:
    struct Options {
        std::optional<double> initial_radius{};  // |x| at the start, at least 1, if not given
        std::optional<double> maximum_radius{};  // 1e8 max(1, |x|), wherever it stands, if not given
        double acceptance = 1e-4;                // least ratio of a step that is taken; below 1/4
        Index products = 0;                      // of one step at most; 0: ten for each parameter
        Preconditioner preconditioner{};
        NegativeCurvatureEscape::Options escape{};
    };
    static constexpr std::string_view name = "SteihaugTrustRegion";
    static constexpr Needs needs{.products = true, .keeps_bounds = true, .compares_losses = true};

    SteihaugTrustRegion() : SteihaugTrustRegion(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit SteihaugTrustRegion(Options options);

    void start(Iterate& at);
    void restart(Iterate& at);
    /// Throws std::invalid_argument, besides what the loss throws, if the preconditioner is not positive definite.
    StepOutcome step(Iterate& at);
    NegativeCurvatureEscape& escape() { return escape_; }
    void save(std::ostream& out) const;
    void load(std::istream& in);

    [[nodiscard]] double radius() const { return steps_.bound(); }

private:
    Options options_;  // with the preconditioner in use
    NegativeCurvatureEscape escape_;
    std::optional<TruncatedConjugateGradients> solver_;  // made by start, which knows n
    BoundedModelSteps steps_;
};
static_assert(Optimizer<SteihaugTrustRegion>);

}  // namespace hesse
