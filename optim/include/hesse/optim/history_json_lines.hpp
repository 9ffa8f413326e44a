#pragma once

#include "hesse/optim/history_file.hpp"
#include "hesse/optim/observer.hpp"

#include <string>
#include <utility>

namespace hesse {

/// An observer that writes one JSON object per iteration and line:
///     {"iteration":1,"method":"HeavyBall","value":0.5,"gradient_norm":1.0,"step_length":0.1,"escapes":0,
///      "evaluations":{"steps":{"values":0,"gradients":2,"products":0},"escapes":{...},"certificates":{...}},
///      "gradient_equivalents":2.0,"seconds":0.01}
/// Numbers are read back exactly. See history_to_json_lines().
class HistoryJsonLines {
public:
    explicit HistoryJsonLines(std::string path, HistoryOptions options = {});

    /// Throws std::invalid_argument if the file cannot be written. Does not touch what it holds.
    void begin() const { file_.require_writable(); }
    void operator()(Iteration& now);

    /// Empty, or what went wrong. To ask, give minimize a HistoryJsonLines that has a name.
    [[nodiscard]] const std::string& failure() const { return file_.failure(); }

private:
    HistoryOptions options_;
    HistoryFile file_;
};
static_assert(Observer<HistoryJsonLines>);

/// minimize(f, x, TrustRegion{}, history_to_json_lines("history.jsonl")): files are replaced and gone on with as those of
/// history_to_csv are.
inline HistoryJsonLines history_to_json_lines(std::string path, HistoryOptions options = {}) {
    return HistoryJsonLines(std::move(path), options);
}

}  // namespace hesse
