#pragma once

#include "hesse/optim/gradient_trend.hpp"
#include "hesse/optim/observer.hpp"

#include <chrono>
#include <iosfwd>
#include <optional>

namespace hesse {

struct ProgressOptions {
    std::ostream* stream = nullptr;  // null: standard error
    /// Whether the stream is a terminal, where one line is rewritten in place; elsewhere lines are added now
    /// and then. Found out by itself for standard error; other streams count as files.
    std::optional<bool> terminal{};
    /// Seconds between two lines; by default 0.1 on a terminal, 10 elsewhere.
    std::optional<double> interval{};
    /// Columns of the terminal: longer lines are cut, since one that wraps cannot be rewritten. Found out by itself for standard
    /// error; 0 cuts nothing.
    std::optional<Index> width{};
};

/// An observer for people who wait: iteration, loss, gradient norm, gradient-equivalents, time, and what may be left of it: until
/// the first of the run's limits at the pace so far, or, where that is sooner, until the gradient is small, if it goes on to fall as
/// it does. On a terminal, a bar shows how much of the limits that were set is used. See progress().
class Progress {
public:
    /// Throws std::invalid_argument if the interval or the width is negative.
    explicit Progress(ProgressOptions options);
    ~Progress();  // ends an unfinished line, also when the loss has thrown
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void operator()(Iteration& now);
    void finish(const RunReport& report);

private:
    void print(std::string_view text);

    std::ostream& stream_;
    bool terminal_;
    Index width_;
    std::chrono::duration<double> interval_;
    std::chrono::steady_clock::time_point last_;
    GradientTrend trend_;
    bool line_open_ = false;
};
static_assert(Observer<Progress>);

/// minimize(f, x, TrustRegion{}, progress());
inline Progress progress(ProgressOptions options = {}) { return Progress(options); }

}  // namespace hesse
