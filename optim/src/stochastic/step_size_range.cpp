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

Index StepSizeRangeOptions::settling() const {
    const double memory = std::ceil(1.0 / (1.0 - smoothing));
    const Index most = std::max<Index>(1, steps / 10);
    return memory < static_cast<double>(most) ? static_cast<Index>(memory) : most;
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
    // The first averages are those of few batches, which differ more than short steps change the loss.
    const Index settling = options.settling();
    if (static_cast<Index>(range.steps.size()) <= settling) return true;
    const auto settled = range.steps.begin() + settling - 1;
    double mean = 0.0, squares = 0.0;
    for (auto step = range.steps.begin(); step != settled + 1; ++step)
        mean += step->loss / static_cast<double>(settling);
    for (auto step = range.steps.begin(); step != settled + 1; ++step)
        squares += (step->loss - mean) * (step->loss - mean) / static_cast<double>(settling);
    const auto lower = [](const auto& a, const auto& b) { return a.smoothed_loss < b.smoothed_loss; };
    const double least = std::min_element(settled, range.steps.end(), lower)->smoothed_loss;
    const double fallen = settled->smoothed_loss - least;
    if (smoothed > settled->smoothed_loss &&
        smoothed - least > options.divergence * std::max(fallen, std::sqrt(squares))) {
        range.diverged_at = step_size;
        return false;
    }
    return true;
}

void conclude(StepSizeRange& range, const StepSizeRangeOptions& options) {
    const auto settling = static_cast<std::size_t>(options.settling());
    const std::size_t reach = std::max<std::size_t>(1, settling / 2);
    double steepest = 0.0;
    for (std::size_t k = settling - 1 + reach; k + reach < range.steps.size(); ++k) {
        const auto& before = range.steps[k - reach];
        const auto& after = range.steps[k + reach];
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
