#include "hesse/optim/progress.hpp"

#include "options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <string>

namespace hesse {
namespace {

using Clock = std::chrono::steady_clock;

bool is_terminal(const ProgressOptions& options) {
    if (options.terminal) return *options.terminal;
    const bool standard_error = options.stream == nullptr || options.stream == &std::cerr;
    return standard_error && isatty(STDERR_FILENO) == 1;
}

double checked_interval(const ProgressOptions& options) {
    const double interval = options.interval.value_or(is_terminal(options) ? 0.1 : 10.0);
    require_not_negative("progress", "interval", interval);
    return interval;
}

std::string duration(double seconds) {
    if (seconds < 60.0) return fmt::format("{:.1f} s", seconds);
    const auto minutes = static_cast<long long>(seconds / 60.0);
    if (minutes < 60)
        return fmt::format("{} min {:.0f} s", minutes, seconds - 60.0 * static_cast<double>(minutes));
    return fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

/// The time until the first of the run's limits, at the pace so far; negative if there is no limit but the
/// iterations, which no run is expected to use up.
double time_left(const Iteration& now) {
    const double used =
        std::max(now.gradient_equivalents() / now.stopping().budget, now.seconds() / now.stopping().seconds);
    return used > 0.0 ? std::max(now.seconds() * (1.0 - used) / used, 0.0) : -1.0;
}

}  // namespace

Progress::Progress(ProgressOptions options)
    : stream_(options.stream != nullptr ? *options.stream : std::cerr),
      terminal_(is_terminal(options)),
      interval_(checked_interval(options)),
      last_(Clock::now() - std::chrono::duration_cast<Clock::duration>(interval_)) {}

Progress::~Progress() {
    if (line_open_) stream_ << std::endl;
}

void Progress::print(std::string_view text) {
    if (terminal_) {
        stream_ << '\r' << text << "\x1b[K" << std::flush;  // the escape clears the rest of a longer line
        line_open_ = true;
    } else {
        stream_ << text << std::endl;
    }
}

void Progress::operator()(Iteration& now) {
    const auto time = Clock::now();
    if (time - last_ < interval_) return;
    last_ = time;
    const double budget = now.stopping().budget;
    const std::string of_budget = std::isfinite(budget) ? fmt::format(" of {:.0f}", budget) : "";
    std::string text = fmt::format("{} {:>6}  f {:.8g}  |g| {:.2e}  {:.0f}{} gradients  {}", now.method(),
                                   now.iteration(), now.value(), now.gradient_norm(),
                                   now.gradient_equivalents(), of_budget, duration(now.seconds()));
    if (const double left = time_left(now); left >= 0.0)
        text += fmt::format(", at most {} left", duration(left));
    print(text);
}

void Progress::finish(const RunReport& report) {
    print(fmt::format("{} {:>6}  f {:.8g}  |g| {:.2e}  {:.0f} gradients  {}: {}", report.method,
                      report.iterations, report.value, report.gradient_norm, report.gradient_equivalents,
                      duration(report.seconds), to_string(report.status)));
    if (line_open_) stream_ << std::endl;
    line_open_ = false;
}

}  // namespace hesse
