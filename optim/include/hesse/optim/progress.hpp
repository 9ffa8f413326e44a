#pragma once

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
};

/// An observer for people who wait: iteration, loss, gradient norm, gradient-equivalents, time, and the time
/// left if the budget were spent to its end. See progress().
class Progress {
public:
    /// Throws std::invalid_argument if the interval is negative.
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
    std::chrono::duration<double> interval_;
    std::chrono::steady_clock::time_point last_;
    bool line_open_ = false;
};
static_assert(Observer<Progress>);

/// minimize(f, x, TrustRegion{}, progress());
inline Progress progress(ProgressOptions options = {}) { return Progress(options); }

}  // namespace hesse
