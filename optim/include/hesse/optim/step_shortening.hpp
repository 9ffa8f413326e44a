#pragma once

#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/state_text.hpp"

#include <algorithm>
#include <cmath>

namespace hesse {

/// What methods without a search do where a step leads to where the loss is not finite: it is rejected, and it and all after it are
/// half as long as asked for, and half of that, until one leads to where the loss is at most twice what it was: beside a place where
/// it overflows it is finite by luck. Steps do not grow again before the next start. Methods forget their velocity then, which has led there.
class StepShortening {
public:
    void start() { *this = {}; }
    /// Of the steps that were asked for.
    [[nodiscard]] double factor() const { return factor_; }
    /// Moves `at` to its trial, if there is one (the loss is `finite` there) and it is a step to take.
    [[nodiscard]] bool take_trial(Iterate& at, bool finite) const {
        if (!finite) return false;
        if (rejected_ && at.trial_value() - at.value() > std::max(std::abs(at.value()), at.value_scale()))
            return false;
        at.accept_trial();
        return true;
    }
    StepOutcome reject(Iterate& at) {
        at.note_failed_trial();
        factor_ *= 0.5;
        rejected_ = true;
        return StepOutcome::rejected;
    }
    /// `at` has made a step: none, where steps were shortened until they end where they begin.
    StepOutcome made(const Iterate& at) {
        const bool stuck = rejected_ && at.last_move() == 0.0;
        rejected_ = false;
        return stuck ? StepOutcome::not_finite : StepOutcome::moved;
    }
    void save(StateWriter& state) const {
        state.number("shortening", factor_);
        state.integer("rejected", rejected_ ? 1 : 0);
    }
    void load(StateReader& state) {
        factor_ = state.number("shortening");
        rejected_ = state.integer("rejected") != 0;
    }

private:
    double factor_ = 1.0;
    bool rejected_ = false;  // the last step
};

}  // namespace hesse
