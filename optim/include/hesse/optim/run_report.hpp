#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/optim/counters.hpp"
#include "hesse/optim/curvature/critical_point.hpp"
#include "hesse/optim/negative_curvature_escape.hpp"
#include "hesse/optim/status.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hesse {

/// One line of a run's history: the point after so many iterations, and all that was spent to get there.
struct IterationRecord {
    Index iteration = 0;
    double value = 0.0;
    double gradient_norm = 0.0;
    double step_length = 0.0;  // |x - the point before|; 0 at the start and after a rejected step
    Index escapes = 0;         // saddles left so far
    Evaluations evaluations;
    double gradient_equivalents = 0.0;
    double seconds = 0.0;
};

/// One attempt to leave a saddle: both sides of it.
struct EscapeRecord {
    Index iteration = 0;
    bool left = false;
    NegativeCurvatureEscape::Report report;
    double gradient_equivalents = 0.0;  // of the search along the direction, the verdict that found it apart
};

/// What a run reports beside the point it found.
struct RunReport {
    std::string method;
    Status status = Status::iterations;
    double value = 0.0;
    double gradient_norm = 0.0;
    Index iterations = 0;
    Index escapes = 0;  // saddles that were left
    Counters counters;  // evaluations by purpose
    double gradient_equivalents = 0.0;
    double seconds = 0.0;
    std::vector<IterationRecord> history;  // the start first
    std::vector<EscapeRecord> escape_history;
    /// What classify said of the point, where the run ended at a stationary one and Stopping::second_order
    /// was set.
    std::optional<Verdict> verdict;
    /// What went wrong the last time that a checkpoint could not be written; empty if never.
    std::string checkpoint_failure;
    /// What the first observer that failed says of it, as a history on a full disk does.
    std::string observer_failure;
};

/// A readable paragraph: status, what to try, numbers, evaluations by purpose, the verdict.
std::string describe(const RunReport& report);

}  // namespace hesse
