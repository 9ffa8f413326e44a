#pragma once

#include "hesse/optim/bounds.hpp"
#include "hesse/optim/check_gradient.hpp"
#include "hesse/optim/checkpoint.hpp"
#include "hesse/optim/interrupt.hpp"
#include "hesse/optim/negative_curvature_escape.hpp"
#include "hesse/optim/objective.hpp"
#include "hesse/optim/observer.hpp"
#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/run_report.hpp"
#include "hesse/optim/stopping.hpp"

#include <span>

namespace hesse {

/// Everything about a run that is not the loss, the start or the method.
struct RunSetup {
    Stopping stopping;
    NegativeCurvatureEscape* escape = nullptr;  // overrides the method's own
    const Bounds* bounds = nullptr;
    const Fixed* fixed = nullptr;
    const CheckpointTo* checkpoint = nullptr;
    const ResumeFrom* resume = nullptr;
    std::span<ObserverRef* const> observers;
    const InterruptWatch* interrupts = nullptr;
    const CheckGradient* check_gradient = nullptr;
};

/// Where a run puts its vectors.
struct RunResult {
    double* x = nullptr;          // (n)
    double* direction = nullptr;  // (n), of the report's verdict; not written if there is none
};

/// The only loop of the library, behind minimize(): stopping, checks that all is finite, observers, counts,
/// verdicts, escapes, checkpoints, the best point so far. Where ranks run it together, what each was given is looked at, and compared,
/// before anything is evaluated: of a method its name, whose options show in the points that it asks for. start: (n).
RunReport run(ObjectiveRef& f, std::span<const double> start, OptimizerRef& method, const RunSetup& setup,
              const RunResult& result);

}  // namespace hesse
