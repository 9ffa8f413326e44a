#pragma once

#include "hesse/autodiff/memory.hpp"

#include <optional>
#include <string>
#include <utility>

namespace hesse {

/// Where minimize saves the whole run: point, best point, counters, and the states of the optimizer and the
/// escape. See checkpoint_to().
class CheckpointTo {
public:
    /// Throws std::invalid_argument if every < 1.
    CheckpointTo(std::string path, Index every);

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] Index every() const { return every_; }
    /// Throws std::invalid_argument if the path cannot be written. Does not touch what it holds.
    void require_writable() const;
    /// Writes the text and its checksum in place of the file as a whole, so that there is a complete checkpoint at every moment,
    /// whatever kills the process or cuts the power. Waits for the disk, which takes milliseconds. Returns what went wrong, if
    /// anything did: a run is worth more than its checkpoint, and the last one that was complete is still there.
    [[nodiscard]] std::optional<std::string> try_write(const std::string& text) const;

private:
    std::string path_;
    Index every_;
};

/// minimize(f, x, HeavyBall{}, checkpoint_to("run.state")): saves every so many iterations, and at the end.
inline CheckpointTo checkpoint_to(std::string path, Index every = 100) {
    return CheckpointTo(std::move(path), every);
}

/// A run to go on with. See resume_from().
class ResumeFrom {
public:
    explicit ResumeFrom(std::string path) : path_(std::move(path)) {}

    [[nodiscard]] const std::string& path() const { return path_; }
    /// What it holds. Throws std::invalid_argument, naming the file, if it cannot be read, is no checkpoint, is one of another version
    /// of the format, or is damaged: a checkpoint that was cut off or has any byte changed is never taken for a sound one.
    [[nodiscard]] std::string read() const;

private:
    std::string path_;
};

/// minimize(f, x, HeavyBall{}, resume_from("run.state")): goes on as if the run had not ended, bit for bit,
/// if loss, method and options are the same. The start x only gives the size then; one gradient is spent
/// again, uncounted. The report's history begins anew; the file of history_to_csv goes on. Where ranks run together the first reads
/// the file, as it writes it.
inline ResumeFrom resume_from(std::string path) { return ResumeFrom(std::move(path)); }

}  // namespace hesse
