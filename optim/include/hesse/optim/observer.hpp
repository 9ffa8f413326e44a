#pragma once

#include "hesse/optim/run_report.hpp"
#include "hesse/optim/stopping.hpp"

#include <Eigen/Core>

#include <concepts>
#include <string>
#include <string_view>

namespace hesse {

/// What an observer sees after each iteration, the start included. Valid during the call.
class Iteration {
public:
    Iteration(std::string_view method, const IterationRecord& record, const Counters& counters,
              const Stopping& stopping, const double* x, Index size)
        : method_(method), record_(record), counters_(counters), stopping_(stopping), x_(x), size_(size) {}

    [[nodiscard]] std::string_view method() const { return method_; }
    [[nodiscard]] Index iteration() const { return record_.iteration; }
    [[nodiscard]] double value() const { return record_.value; }
    [[nodiscard]] double gradient_norm() const { return record_.gradient_norm; }
    [[nodiscard]] double seconds() const { return record_.seconds; }
    [[nodiscard]] double gradient_equivalents() const { return record_.gradient_equivalents; }
    [[nodiscard]] const IterationRecord& record() const { return record_; }
    [[nodiscard]] const Counters& counters() const { return counters_; }
    [[nodiscard]] const Stopping& stopping() const { return stopping_; }

    template <class Vector = Eigen::VectorXd>
    [[nodiscard]] Eigen::Map<const Vector> x() const {
        return Eigen::Map<const Vector>(x_, size_);
    }

    /// Ends the run here, with Status::stopped_by_user.
    void stop() { stop_ = true; }
    [[nodiscard]] bool stop_requested() const { return stop_; }

private:
    std::string_view method_;
    const IterationRecord& record_;
    const Counters& counters_;
    const Stopping& stopping_;
    const double* x_;
    Index size_;
    bool stop_ = false;
};

/// Anything to be called after each iteration: `observer(iteration)`. If it has `begin()`, that is called before anything is
/// evaluated, and may throw; if it has `finish(report)`, that is
/// called with the RunReport at the end of the run, but not when the loss throws; if it has `failure()`, a text that
/// is empty unless something went wrong, that comes into the report. Where ranks run together, those of the first are called.
template <class O>
concept Observer = requires(O& observer, Iteration& now) { observer(now); };

/// What the compiled loop sees of an observer. Non-owning.
class ObserverRef {
public:
    virtual void begin() = 0;
    virtual void observe(Iteration& now) = 0;
    virtual void finish(const RunReport& report) = 0;
    [[nodiscard]] virtual std::string failure() const = 0;

protected:
    ~ObserverRef() = default;
};

template <Observer O>
class ErasedObserver final : public ObserverRef {
public:
    explicit ErasedObserver(O& observer) : observer_(observer) {}

    void begin() override {
        if constexpr (requires { observer_.begin(); }) observer_.begin();
    }
    void observe(Iteration& now) override { observer_(now); }
    void finish(const RunReport& report) override {
        if constexpr (requires { observer_.finish(report); }) observer_.finish(report);
    }
    [[nodiscard]] std::string failure() const override {
        if constexpr (requires { std::string(observer_.failure()); }) return std::string(observer_.failure());
        else return {};
    }

private:
    O& observer_;
};

}  // namespace hesse
