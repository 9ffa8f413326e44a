#pragma once

#include "hesse/optim/observer.hpp"

#include <fstream>
#include <string>
#include <utility>

namespace hesse {

/// An observer that writes one line per iteration and flushes it, so that a run can be watched, and what was
/// done survives whatever ends it. See history_to_csv().
class HistoryCsv {
public:
    /// Throws std::invalid_argument if the file cannot be written. Does not touch what it holds.
    explicit HistoryCsv(std::string path);

    void operator()(Iteration& now);

    /// Empty, or what went wrong: a full disk does not end the run, but no line is written after it. To ask,
    /// give minimize a HistoryCsv that has a name.
    [[nodiscard]] const std::string& failure() const { return failure_; }

private:
    void begin(Index first);

    std::string path_;
    std::ofstream file_;  // open from the first iteration on
    std::string failure_;
};
static_assert(Observer<HistoryCsv>);

/// minimize(f, x, TrustRegion{}, history_to_csv("history.csv")): an existing file is replaced when the run
/// starts. A run that is resumed goes on with the file of the run before: lines of iterations that are done
/// again are replaced, the earlier ones stay.
inline HistoryCsv history_to_csv(std::string path) { return HistoryCsv(std::move(path)); }

}  // namespace hesse
