#pragma once

#include "hesse/autodiff/memory.hpp"

#include <fstream>
#include <string>
#include <string_view>

namespace hesse {

struct HistoryOptions {
    /// Whether to write the time of each iteration: without it, equal runs have equal files.
    bool seconds = true;
};

/// A file with one line per iteration, each flushed, so that a run can be watched, and what was done survives whatever ends the
/// process. What the histories share; see history_to_csv() and history_to_json_lines().
class HistoryFile {
public:
    /// writer:  for messages
    /// header:  the first line, without its end; empty if there is none
    /// prefix:  what stands before the number of the iteration in each line
    HistoryFile(std::string_view writer, std::string path, std::string header, std::string prefix);

    /// Throws std::invalid_argument if the file cannot be written. Does not touch what it holds.
    void require_writable() const;

    /// Adds a line, which begins with the prefix and the iteration. The first one decides what becomes of the lines that are there:
    /// those of iterations before it stay, as a resumed run wants it, the others go. A run from the start begins with iteration 0.
    void append(Index iteration, std::string_view line);

    /// Empty, or what went wrong: a full disk does not end the run, but no line is written after it.
    [[nodiscard]] const std::string& failure() const { return failure_; }

private:
    void begin(Index first);

    std::string writer_, path_, header_, prefix_;
    std::ofstream file_;  // open from the first iteration on
    std::string failure_;
};

}  // namespace hesse
