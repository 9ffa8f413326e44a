#pragma once

namespace hesse {

/// Takes over SIGINT, which Ctrl-C sends, for as long as it lives, and gives it back at the end, also when that is an exception.
///
/// Signals belong to the process, and so does what is behind this: a count of signals and the action from before, in use while there
/// is a watch, whichever thread has made it. The first signal is for all watches that are there; the next one, while any of those is
/// left, does what it did before the first watch, which ends most programs. A process that ignores SIGINT, as those in the
/// background of a shell do, goes on ignoring it.
class InterruptWatch {
public:
    InterruptWatch();
    ~InterruptWatch();
    InterruptWatch(const InterruptWatch&) = delete;
    InterruptWatch& operator=(const InterruptWatch&) = delete;

    /// Whether a signal has come since this began.
    [[nodiscard]] bool requested() const;

private:
    int before_;
};

/// See stop_on_interrupt().
struct StopOnInterrupt {};

/// minimize(f, x, TrustRegion{}, stop_on_interrupt()): Ctrl-C ends the run after the step that is being made, with
/// Status::stopped_by_user, the best point and, if there is one, a last checkpoint. A second Ctrl-C does not wait for that: see
/// InterruptWatch.
inline StopOnInterrupt stop_on_interrupt() { return {}; }

}  // namespace hesse
