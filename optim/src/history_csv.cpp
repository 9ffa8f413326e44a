#include "hesse/optim/history_csv.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace hesse {

HistoryCsv::HistoryCsv(const std::string& path) : file_(path) {
    if (!file_) throw std::invalid_argument(fmt::format("history_to_csv: cannot write '{}'", path));
    file_ << "iteration,value,gradient_norm,step_length,escapes,values,gradients,products,"
             "gradient_equivalents,seconds"
          << std::endl;
}

void HistoryCsv::operator()(Iteration& now) {
    const IterationRecord& line = now.record();
    file_ << fmt::format("{},{},{},{},{},{},{},{},{:.6g},{:.6f}", line.iteration, line.value,
                         line.gradient_norm, line.step_length, line.escapes, line.evaluations.values,
                         line.evaluations.gradients, line.evaluations.products, line.gradient_equivalents,
                         line.seconds)
          << std::endl;
}

}  // namespace hesse
