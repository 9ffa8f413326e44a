#include "progress_board.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

namespace demo {

ProgressBoard::ProgressBoard(std::size_t runs) : running_(runs), terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressBoard::~ProgressBoard() {
    if (line_open_) std::cerr << std::endl;
}

void ProgressBoard::show(std::size_t run, const std::string& name, const hesse::Iteration& now) {
    const std::lock_guard lock(mutex_);
    running_[run] = fmt::format("{} {:.0f} of {:.0f}: f {:.4f}", name, now.gradient_equivalents(),
                                now.stopping().budget, now.value());
    const auto interval = terminal_ ? std::chrono::milliseconds(100) : std::chrono::seconds(10);
    if (Clock::now() - last_ < interval) return;
    last_ = Clock::now();
    std::string line = fmt::format("[{}/{}]", ended_, running_.size());
    for (const std::string& text : running_) {
        if (!text.empty()) line += "  " + text + ';';
    }
    line.pop_back();
    print(line, !terminal_);
}

void ProgressBoard::end(std::size_t run, const std::string& name, const hesse::RunReport& report) {
    const std::lock_guard lock(mutex_);
    running_[run].clear();
    ++ended_;
    print(fmt::format("[{}/{}]  {}: {} after {:.0f} gradients, f {:.6f}, |g| {:.1e}", ended_, running_.size(),
                      name, to_string(report.status), report.gradient_equivalents, report.value,
                      report.gradient_norm),
          true);
}

void ProgressBoard::print(const std::string& line, bool stays) {
    if (line_open_) std::cerr << "\r\x1b[K";  // the escape clears what the line held before
    // A line longer than the terminal is wide could not be rewritten.
    std::cerr << (stays ? line : line.substr(0, 118));
    if (stays) std::cerr << std::endl;
    else std::cerr << std::flush;
    line_open_ = !stays;
}

}  // namespace demo
