#include "hesse/optim/stochastic/step_size_range.hpp"

#include "../options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <ostream>
#include <stdexcept>
#include <string_view>

namespace hesse {

void StepSizeRangeOptions::check() const {
    constexpr std::string_view function = "step_size_range";
    require_positive(function, "lowest", lowest);
    require_positive(function, "highest", highest);
    if (!(highest > lowest))
        throw std::invalid_argument(
            fmt::format("{}: highest is {}, expected more than {}, the lowest", function, highest, lowest));
    require_at_least(function, "steps", steps, 2);
    require_in(function, "smoothing", smoothing, 0.0, 1.0);
    require_positive(function, "divergence", divergence);
    batches.check(function);
}

bool note_step(StepSizeRange& range, const StepSizeRangeOptions& options, double step_size, double loss) {
    if (!std::isfinite(loss)) {
        range.diverged_at = step_size;
        return false;
    }
    // The average weighs what it has seen so far alone, as bias corrections do.
    const auto count = static_cast<double>(range.steps.size());
    const double before = range.steps.empty()
                              ? 0.0
                              : range.steps.back().smoothed_loss * (1.0 - std::pow(options.smoothing, count));
    const double smoothed = (options.smoothing * before + (1.0 - options.smoothing) * loss) /
                            (1.0 - std::pow(options.smoothing, count + 1.0));
    range.steps.push_back({step_size, loss, smoothed});
    const auto lower = [](const auto& a, const auto& b) { return a.smoothed_loss < b.smoothed_loss; };
    const double least = std::min_element(range.steps.begin(), range.steps.end(), lower)->smoothed_loss;
    const double first = range.steps.front().smoothed_loss;
    if (smoothed > first && smoothed - least > options.divergence * (first - least) && least < first) {
        range.diverged_at = step_size;
        return false;
    }
    return true;
}

void conclude(StepSizeRange& range) {
    double steepest = 0.0;
    for (std::size_t k = 1; k + 1 < range.steps.size(); ++k) {
        const auto& before = range.steps[k - 1];
        const auto& after = range.steps[k + 1];
        const double slope =
            (after.smoothed_loss - before.smoothed_loss) / std::log(after.step_size / before.step_size);
        if (slope < steepest) {
            steepest = slope;
            range.suggested = range.steps[k].step_size;
        }
    }
}

void StepSizeRange::write_csv(std::ostream& out) const {
    out << "step_size,loss,smoothed_loss\n";
    for (const Step& step : steps)
        out << fmt::format("{:.17g},{:.17g},{:.17g}\n", step.step_size, step.loss, step.smoothed_loss);
}

}  // namespace hesse
