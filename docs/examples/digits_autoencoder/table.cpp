#include "table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace demo {

Cells headings() {
    return {"start",   "method", "gradients", "final loss", "gradient norm", "lowest eigenvalue",
            "verdict", "seconds"};
}

Cells cells(const Attempt& attempt) {
    const hesse::EigenvalueEstimate& lowest = attempt.verdict.lowest;
    return {attempt.start,
            attempt.method,
            fmt::format("{:.0f}", attempt.run.gradient_equivalents),
            fmt::format("{:.6f}", attempt.run.value),
            fmt::format("{:.1e}", attempt.run.gradient_norm),
            fmt::format("{:.3e} +- {:.0e}", lowest.value, lowest.error_bound),
            outcome(attempt),
            fmt::format("{:.1f}", attempt.run.seconds)};
}

std::string text_table(const std::vector<Attempt>& attempts) {
    std::vector<Cells> lines{headings()};
    for (const Attempt& attempt : attempts) lines.push_back(cells(attempt));

    std::array<std::size_t, columns> widths{};
    for (const Cells& line : lines) {
        for (std::size_t k = 0; k < columns; ++k) widths[k] = std::max(widths[k], line[k].size());
    }
    constexpr std::array<bool, columns> words{true, true, false, false, false, false, true, false};
    std::string text;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i > 0 && lines[i][0] != lines[i - 1][0]) text += '\n';
        for (std::size_t k = 0; k < columns; ++k) {
            text += words[k] ? fmt::format("{:<{}}", lines[i][k], widths[k])
                             : fmt::format("{:>{}}", lines[i][k], widths[k]);
            text += k + 1 < columns ? "  " : "\n";
        }
    }
    return text;
}

}  // namespace demo
