#pragma once

#include <hesse/optim.hpp>

#include <string>
#include <vector>

namespace demo {

/// One method from one start: what the run reports, and what classify says of the point where it ended.
struct Attempt {
    std::string start;
    std::string method;
    std::string settings;
    hesse::RunReport run;
    hesse::Verdict verdict;

    [[nodiscard]] bool reached_minimum() const { return verdict.kind == hesse::CriticalPointKind::minimum; }
    [[nodiscard]] bool stopped_at_saddle() const { return verdict.kind == hesse::CriticalPointKind::saddle; }
    [[nodiscard]] bool still_moving() const { return verdict.kind == hesse::CriticalPointKind::not_critical; }
};

/// The verdict in a few words: "minimum", "stopped at a saddle", "still moving" ...
std::string outcome(const Attempt& attempt);

/// Writes every iteration of every run: one line each, the start and the method first.
/// Throws std::runtime_error if the file cannot be written.
void write_history(const std::string& path, const std::vector<Attempt>& attempts);

}  // namespace demo
