#pragma once

#include "hesse/optim/observer.hpp"

#include <fstream>
#include <string>

namespace hesse {

/// An observer that writes one line per iteration and flushes it, so that a run can be watched, and what was
/// done survives whatever ends it. See history_to_csv().
class HistoryCsv {
public:
    /// Throws std::invalid_argument if the file cannot be written.
    explicit HistoryCsv(const std::string& path);

    void operator()(Iteration& now);

private:
    std::ofstream file_;
};
static_assert(Observer<HistoryCsv>);

/// minimize(f, x, TrustRegion{}, history_to_csv("history.csv")); an existing file is replaced.
inline HistoryCsv history_to_csv(const std::string& path) { return HistoryCsv(path); }

}  // namespace hesse
