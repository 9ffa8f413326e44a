#include "hesse/optim/progress.hpp"

#include "options.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <string>

namespace hesse {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int bar_width = 20;

bool is_standard_error(const ProgressOptions& options) {
    return options.stream == nullptr || options.stream == &std::cerr;
}

bool is_terminal(const ProgressOptions& options) {
    if (options.terminal) return *options.terminal;
    return is_standard_error(options) && isatty(STDERR_FILENO) == 1;
}

Index checked_width(const ProgressOptions& options) {
    if (options.width) require_at_least("progress", "width", *options.width, 0);
    winsize size{};
    if (!options.width && is_standard_error(options) && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0)
        return size.ws_col;
    return options.width.value_or(0);
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

/// How much is used of the limits that are given, from 0 to 1.
double used_of_budgets(const Iteration& now) {
    return std::min(1.0, std::max(now.gradient_equivalents() / now.stopping().budget,
                                  now.seconds() / now.stopping().seconds));
}
double used_of_iterations(const Iteration& now) {
    const auto limit = static_cast<double>(std::max<Index>(now.stopping().iterations, 1));
    return std::min(1.0, static_cast<double>(now.iteration()) / limit);
}

std::string bar(const Iteration& now) {
    const Stopping& limits = now.stopping();
    // Nobody expects a run to use up the iterations that it is given by default.
    const bool few_iterations = limits.iterations != Stopping{}.iterations;
    if (!std::isfinite(limits.budget) && !std::isfinite(limits.seconds) && !few_iterations) return {};
    const double used = std::max(used_of_budgets(now), few_iterations ? used_of_iterations(now) : 0.0);
    const std::string full(static_cast<std::size_t>(used * bar_width), '=');
    return fmt::format(" [{:<{}}] {:>3.0f} %", full, bar_width, std::floor(100.0 * used));
}

std::string time_left(const Iteration& now, const GradientTrend& trend) {
    const double used = std::max(used_of_budgets(now), used_of_iterations(now));
    const std::optional<double> until_goal = trend.seconds_until(now.stopping().gradient_norm);
    if (used == 0.0) return {};
    const double until_limit = now.seconds() * (1.0 - used) / used;
    return until_goal && *until_goal < until_limit
               ? fmt::format(", about {} left", duration(*until_goal))
               : fmt::format(", at most about {} left", duration(until_limit));
}

}  // namespace

Progress::Progress(ProgressOptions options)
    : stream_(options.stream != nullptr ? *options.stream : std::cerr),
      terminal_(is_terminal(options)),
      width_(checked_width(options)),
      interval_(checked_interval(options)),
      last_(Clock::now() - std::chrono::duration_cast<Clock::duration>(interval_)) {}

Progress::~Progress() {
    if (line_open_) stream_ << std::endl;
}

void Progress::print(std::string_view text) {
    if (terminal_) {
        if (width_ > 0) text = text.substr(0, static_cast<std::size_t>(width_));
        stream_ << '\r' << text << "\x1b[K" << std::flush;  // the escape clears the rest of a longer line
        line_open_ = true;
    } else {
        stream_ << text << std::endl;
    }
}

void Progress::operator()(Iteration& now) {
    trend_.note(now.iteration(), now.seconds(), now.gradient_norm());
    const auto time = Clock::now();
    if (time - last_ < interval_) return;
    last_ = time;
    const double budget = now.stopping().budget;
    const std::string of_budget = std::isfinite(budget) ? fmt::format(" of {:.0f}", budget) : "";
    print(fmt::format("{}{} {:>6}  f {:.8g}  |g| {:.2e}  {:.0f}{} gradients  {}{}", now.method(),
                      terminal_ ? bar(now) : "", now.iteration(), now.value(), now.gradient_norm(),
                      now.gradient_equivalents(), of_budget, duration(now.seconds()),
                      time_left(now, trend_)));
}

void Progress::finish(const RunReport& report) {
    print(fmt::format("{} {:>6}  f {:.8g}  |g| {:.2e}  {:.0f} gradients  {}: {}", report.method,
                      report.iterations, report.value, report.gradient_norm, report.gradient_equivalents,
                      duration(report.seconds), to_string(report.status)));
    if (line_open_) stream_ << std::endl;
    line_open_ = false;
}

}  // namespace hesse
