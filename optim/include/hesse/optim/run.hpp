#pragma once

#include "hesse/optim/checkpoint.hpp"
#include "hesse/optim/negative_curvature_escape.hpp"
#include "hesse/optim/objective.hpp"
#include "hesse/optim/observer.hpp"
#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/run_report.hpp"
#include "hesse/optim/stopping.hpp"

#include <cstdint>
#include <span>

namespace hesse {

/// The curvature of a point, as far as the loop has to know.
struct Certificate {
    enum class Kind {
        positive,  // no negative curvature, and none that is zero
        zero,      // none that is negative, but some that may be zero
        negative,  // the loss curves down along `direction`
        unknown    // the examination ended without an answer
    };
    Kind kind = Kind::unknown;
    double curvature = 0.0;             // along the direction
    const double* direction = nullptr;  // (n), valid until the next question
    bool stationary = true;             // the gradient counts as zero
    Index products = 0;                 // spent to find out
};

/// Who examines stationary points for the loop; see minimize.hpp.
class Certifier {
public:
    /// Examines the current linearisation of f. At most so many products are to be spent.
    virtual Certificate examine(ObjectiveRef& f, double gradient_tolerance, std::uint64_t seed,
                                Index products) = 0;

protected:
    ~Certifier() = default;
};

/// Everything about a run that is not the loss, the start or the method.
struct RunSetup {
    Stopping stopping;
    NegativeCurvatureEscape* escape = nullptr;  // overrides the method's own
    Certifier* certifier = nullptr;             // null: stationary points are not examined
    const CheckpointTo* checkpoint = nullptr;
    const ResumeFrom* resume = nullptr;
    std::span<ObserverRef* const> observers;
};

/// The only loop of the library, behind minimize(): stopping, checks that all is finite, observers, counts,
/// escapes, certificates, checkpoints, the best point so far. start (n), x (n): receives the result.
RunReport run(ObjectiveRef& f, const double* start, OptimizerRef& method, const RunSetup& setup, double* x);

}  // namespace hesse
