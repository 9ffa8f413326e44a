#pragma once

#include "hesse/optim/iterate.hpp"
#include "hesse/optim/objective.hpp"
#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/schedule.hpp"
#include "hesse/optim/stochastic/batch_objective.hpp"
#include "hesse/optim/stochastic/batch_sampler.hpp"

#include <Eigen/Core>

#include <cmath>
#include <concepts>
#include <cstdint>
#include <iosfwd>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace hesse {

struct StepSizeRangeOptions {
    double lowest = 1e-6, highest = 10.0;
    Index steps = 200;        ///< mini-batch steps from the lowest to the highest step size
    double smoothing = 0.95;  ///< of the loss: what stays of the average in a step
    /// The test ends where the smoothed loss has risen from its least by so many times what it had fallen, or the spread of the
    /// losses of the first batches, whichever is more.
    double divergence = 4.0;
    BatchSampler::Options batches{};

    /// Throws std::invalid_argument if an option is out of range.
    void check() const;
    /// How many losses the average needs before it is smooth: 1 / (1 - smoothing), but no more than a tenth of the steps.
    [[nodiscard]] Index settling() const;
};

/// What a range of step sizes did to the loss.
struct StepSizeRange {
    struct Step {
        double step_size, loss, smoothed_loss;
    };
    std::vector<Step> steps;
    /// Where the smoothed loss falls fastest, per factor of the step size: a step size to begin with. The slope is that between points
    /// as far apart as the average remembers, once it is smooth: neighbours would tell of batches. NaN where it never falls.
    double suggested = std::numeric_limits<double>::quiet_NaN();
    /// The step size at which the loss had risen too far, or was not finite any more; infinity if there was none.
    double diverged_at = std::numeric_limits<double>::infinity();

    /// One line a step: step_size,loss,smoothed_loss.
    void write_csv(std::ostream& out) const;
};

/// Notes the loss of a batch, where a step of this size begins. false where the test is to end.
bool note_step(StepSizeRange& range, const StepSizeRangeOptions& options, double step_size, double loss);
/// Finds the step size to suggest.
void conclude(StepSizeRange& range, const StepSizeRangeOptions& options);

/// A method on mini-batches while its step size grows geometrically: which step sizes help, and which are too long (Smith, "Cyclical
/// learning rates for training neural networks", WACV 2017). `make(schedule)` returns the method with that step size:
///     step_size_range(f, x, [](const Schedule& s) { return GradientDescent({.step_size = s}); })
/// Costs a gradient, and one of a batch for each step; x (n) is not changed.
/// Throws std::invalid_argument if x has another size, an option is out of range, or the loss is not finite at x.
template <HasBatches F, std::invocable<const Schedule&> Make>
StepSizeRange step_size_range(const F& f, const Eigen::Ref<const Eigen::VectorXd>& x, const Make& make,
                              const StepSizeRangeOptions& options = {}) {
    options.check();
    if (x.size() != static_cast<Index>(f.size()))
        throw std::invalid_argument("step_size_range: x has " + std::to_string(x.size()) +
                                    " entries but the objective has size " + std::to_string(f.size()));
    const double factor =
        std::pow(options.highest / options.lowest, 1.0 / static_cast<double>(options.steps - 1));
    const auto step_size = [=](std::int64_t step) {
        return options.lowest * std::pow(factor, static_cast<double>(step - 1));
    };
    auto method = make(Schedule([=](const Schedule::Moment& now) { return step_size(now.step); }));
    ErasedObjective<F> objective(f);
    Iterate whole(objective, x.data());
    BatchSampler sampler(options.batches);
    sampler.start(whole.data_rows(), "step_size_range");
    BatchObjective batches(whole, sampler);
    Iterate at(batches, whole.x_data());
    method.start(at);
    StepSizeRange range;
    for (Index k = 1; k <= options.steps; ++k) {
        if (!note_step(range, options, step_size(k), at.value())) break;
        if (method.step(at) == StepOutcome::not_finite) {
            range.diverged_at = step_size(k);
            break;
        }
    }
    conclude(range, options);
    return range;
}

}  // namespace hesse
