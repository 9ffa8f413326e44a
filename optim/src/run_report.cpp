#include "hesse/optim/run_report.hpp"

#include <fmt/format.h>

#include <cstddef>

namespace hesse {

std::string describe(const RunReport& report) {
    std::string text = fmt::format(
        "{} ended with status {} after {} iterations and {} escapes, {:.1f} gradient-equivalents, {:.3g} s:\n"
        "loss {:.10g}, gradient norm {:.3g}.\n{}\nEvaluations (values / gradients / products):",
        report.method, to_string(report.status), report.iterations, report.escapes,
        report.gradient_equivalents, report.seconds, report.value, report.gradient_norm,
        describe(report.status));
    for (std::size_t k = 0; k < purpose_count; ++k) {
        const Evaluations& counts = report.counters[static_cast<Purpose>(k)];
        text += fmt::format("{} {} {} / {} / {}", k == 0 ? "" : ",", purpose_names[k], counts.values,
                            counts.gradients, counts.products);
        if (counts.on_batches())
            text += fmt::format(" and, on batches, {:.4g} / {:.4g} / {:.4g} of all rows", counts.batch_values,
                                counts.batch_gradients, counts.batch_products);
    }
    text += ".\n";
    if (!report.checkpoint_failure.empty())
        text += "The last checkpoint is old: " + report.checkpoint_failure + ".\n";
    if (!report.observer_failure.empty()) text += "An observer failed: " + report.observer_failure + ".\n";
    if (report.verdict) text += describe(*report.verdict) + "\n";
    return text;
}

}  // namespace hesse
