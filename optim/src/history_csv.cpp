#include "hesse/optim/history_csv.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace hesse {
namespace {

std::string header(const HistoryOptions& options) {
    std::string columns =
        "iteration,value,gradient_norm,step_length,escapes,values,gradients,products,gradient_equivalents";
    if (options.seconds) columns += ",seconds";
    return columns;
}

}  // namespace

HistoryCsv::HistoryCsv(std::string path, HistoryOptions options)
    : options_(options), file_("history_to_csv", std::move(path), header(options), "") {}

void HistoryCsv::operator()(Iteration& now) {
    const IterationRecord& r = now.record();
    line_.clear();
    fmt::format_to(std::back_inserter(line_), "{},{},{},{},{},{},{},{},{:.6g}", r.iteration, r.value,
                   r.gradient_norm, r.step_length, r.escapes, r.evaluations.values, r.evaluations.gradients,
                   r.evaluations.products, r.gradient_equivalents);
    if (options_.seconds) fmt::format_to(std::back_inserter(line_), ",{:.6f}", r.seconds);
    file_.append(r.iteration, line_);
}

}  // namespace hesse
