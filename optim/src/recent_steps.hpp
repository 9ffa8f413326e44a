#pragma once

#include "hesse/optim/iterate.hpp"
#include "hesse/optim/state_text.hpp"
#include "hesse/optim/stopping.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace hesse {

/// What the method's last steps did, for the ends of a run that look back at them. Its state belongs to that of the run, so that
/// one that is resumed ends where the whole one does.
class RecentSteps {
public:
    explicit RecentSteps(const Stopping& stopping) : stopping_(stopping) {}

    /// Forgets the past: the run begins, or has been moved by something else.
    void start(const Iterate& at) {
        length_ = std::numeric_limits<double>::infinity();
        values_.clear();
        remember(at.value());
    }
    /// After a step that moved.
    void note(const Iterate& at) {
        if (stopping_.step_length > 0.0)
            length_ = at.last_move() / std::max(1.0, at.space().norm(at.x_data()));
        remember(at.value());
    }

    [[nodiscard]] bool short_step() const { return length_ < stopping_.step_length; }
    [[nodiscard]] bool small_decrease(const Iterate& at) const {
        return stopping_.decrease > 0.0 && values_.size() == window() &&
               values_.front() - values_.back() <
                   stopping_.decrease * std::max(std::abs(values_.back()), at.value_scale());
    }

    void save(StateWriter& state) const {
        state.number("last_step", length_);
        state.integer("last_values", static_cast<std::int64_t>(values_.size()));
        state.vector("values", values_);
    }
    void load(StateReader& state) {
        length_ = state.number("last_step");
        const Buffer values = state.vector("values", static_cast<std::size_t>(state.integer("last_values")));
        values_.clear();
        for (const double value : values) remember(value);  // the run before may have kept more
    }

private:
    [[nodiscard]] std::size_t window() const {
        return static_cast<std::size_t>(stopping_.decrease_steps) + 1;
    }
    void remember(double value) {
        if (stopping_.decrease == 0.0) return;
        if (values_.size() == window()) values_.erase(values_.begin());
        values_.push_back(value);
    }

    const Stopping& stopping_;
    double length_ = std::numeric_limits<double>::infinity();  // of the last step, relative to max(1, |x|)
    Buffer values_;                                            // oldest first
};

}  // namespace hesse
