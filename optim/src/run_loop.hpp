#pragma once

#include "hesse/optim/interrupt.hpp"
#include "hesse/optim/run.hpp"
#include "recent_steps.hpp"
#include "run_beginning.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hesse {

/// The seconds of a run, those before its checkpoint included.
class Stopwatch {
public:
    explicit Stopwatch(double before = 0.0) : before_(before) {}
    [[nodiscard]] double seconds() const {
        return before_ + std::chrono::duration<double>(Clock::now() - start_).count();
    }

private:
    using Clock = std::chrono::steady_clock;
    double before_;
    Clock::time_point start_ = Clock::now();
};

/// One run of the loop: where it stands, steps, examinations, the end. What checkpoints hold of it is in run_checkpoint.cpp.
class RunLoop {
public:
    /// `start` of a run that goes on is where its checkpoint, whose text is given, stands.
    RunLoop(ObjectiveRef& f, const double* start, OptimizerRef& method, const RunSetup& setup,
            const std::string& checkpoint)
        : f_(f),
          ranks_(f.communicator()),
          box_(setup.bounds == nullptr && setup.fixed == nullptr
                   ? nullptr
                   : std::make_unique<const Box>(start, f.size(), setup.bounds, setup.fixed)),
          at_(f, start, box_.get()),
          method_(method),
          setup_(setup),
          stopping_(setup.stopping),
          recent_(setup.stopping),
          escape_(setup.escape != nullptr ? setup.escape : method.escape()) {
        at_.set_limits(stopping_.gradient_norm, stopping_.budget, stopping_.cost);
        if (stopping_.value_scale) at_.set_value_scale(*stopping_.value_scale);
        lowest_value_ = stopping_.lowest_value.value_or(-1e20 * std::max(1.0, std::abs(at_.value())));
        if (escape_ != nullptr) escape_->start(at_);
        method_.start(at_);
        recent_.start(at_);
        direction_.resize(static_cast<std::size_t>(at_.size()));
        if (setup_.resume != nullptr)
            together(ranks_, {}, "", [&] { read_checkpoint(*setup_.resume, [&] { load(checkpoint); }); });
        if (setup_.check_gradient != nullptr)
            require_derivatives(f_, at_.x_data(), setup_.check_gradient->options, box_.get());
        history_.reserve(static_cast<std::size_t>(std::min<Index>(stopping_.iterations, 4095)) + 1);
    }

    RunReport operator()(const RunResult& result) {
        const Status status = loop();
        save_if(setup_.checkpoint != nullptr);
        return finish(status, result);
    }

private:
    Status loop();
    std::optional<Status> step();
    std::optional<Status> limit() const;
    std::optional<Status> stalled() const;
    std::optional<Status> settle(Status otherwise, bool may_escape);
    std::optional<Status> examine(Status reason, bool may_escape);
    Status without_negative_curvature(Status otherwise) const;
    /// Of a method that goes on at stationary points, when it ends.
    [[nodiscard]] Status unless_stationary(Status otherwise) const {
        return at_.gradient_norm() <= stopping_.gradient_norm ? Status::first_order : otherwise;
    }
    bool observe();
    [[nodiscard]] bool interrupted() const {
        return setup_.interrupts != nullptr && setup_.interrupts->requested();
    }
    RunReport finish(Status status, const RunResult& result);
    [[nodiscard]] double spent() const { return at_.counters().total().gradient_equivalents(stopping_.cost); }
    // Where several ranks run this together, the first writes files, shows progress and decides what differs between them.
    [[nodiscard]] bool first_rank() const { return ranks_ == nullptr || ranks_->rank() == 0; }
    [[nodiscard]] bool decided(bool here) const { return ranks_ == nullptr ? here : ranks_->broadcast(here); }
    void save_if(bool condition);
    void remember_ending();
    [[nodiscard]] std::string state(const Counters& all) const;
    void require_same_loss(double value) const;
    void load(const std::string& text);

    Stopwatch watch_;  // runs before the start is linearised
    ObjectiveRef& f_;
    Communicator* ranks_;  // or null
    std::unique_ptr<const Box> box_;
    Iterate at_;
    OptimizerRef& method_;
    const RunSetup& setup_;
    const Stopping& stopping_;
    RecentSteps recent_;
    NegativeCurvatureEscape* escape_;

    Index iteration_ = 0;
    Index escapes_ = 0;
    Index rejections_ = 0;
    Index examinations_ = 0;  // each has a seed of its own
    Counters counters_before_step_;
    /// The state before what ended the run, if it ends now: a run that goes on from there does it again.
    std::optional<std::string> ending_;
    bool moved_ = false;
    bool resumed_ = false;
    double lowest_value_;
    std::vector<IterationRecord> history_;
    std::vector<EscapeRecord> escape_history_;
    std::string checkpoint_failure_;
    std::optional<Verdict> verdict_;
    Buffer direction_;  // of the verdict
};

}  // namespace hesse
