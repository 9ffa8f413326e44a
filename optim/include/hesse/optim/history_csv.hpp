#pragma once

#include "hesse/optim/history_file.hpp"
#include "hesse/optim/observer.hpp"

#include <string>
#include <utility>

namespace hesse {

/// An observer that writes a table with one line per iteration. See history_to_csv().
class HistoryCsv {
public:
    explicit HistoryCsv(std::string path, HistoryOptions options = {});

    /// Throws std::invalid_argument if the file cannot be written. Does not touch what it holds.
    void begin() const { file_.require_writable(); }
    void operator()(Iteration& now);

    /// Empty, or what went wrong. To ask, give minimize a HistoryCsv that has a name.
    [[nodiscard]] const std::string& failure() const { return file_.failure(); }

private:
    HistoryOptions options_;
    HistoryFile file_;
    std::string line_;  // here for its memory
};
static_assert(Observer<HistoryCsv>);

/// minimize(f, x, TrustRegion{}, history_to_csv("history.csv")): an existing file is replaced when the run
/// starts. A run that is resumed goes on with the file of the run before: lines of iterations that are done
/// again are replaced, the earlier ones stay.
inline HistoryCsv history_to_csv(std::string path, HistoryOptions options = {}) {
    return HistoryCsv(std::move(path), options);
}

}  // namespace hesse
