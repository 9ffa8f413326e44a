#include "hesse/optim/history_csv.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace hesse {
namespace {

constexpr std::string_view header =
    "iteration,value,gradient_norm,step_length,escapes,values,gradients,products,gradient_equivalents,"
    "seconds";

/// Where in the history at `path` the line of iteration `first` is, or would be: the length of the complete
/// lines before it. 0 if the file is no history.
std::uintmax_t length_before(const std::string& path, Index first) {
    std::ifstream file(path);
    std::string line;
    std::uintmax_t length = 0;
    while (std::getline(file, line) && !file.eof()) {  // a line without an end was cut off
        if (length == 0) {
            if (line != header) return 0;
        } else {
            Index iteration = 0;
            const auto read = std::from_chars(line.data(), line.data() + line.size(), iteration);
            if (read.ec != std::errc{} || iteration >= first) break;
        }
        length += line.size() + 1;
    }
    return length;
}

}  // namespace

HistoryCsv::HistoryCsv(std::string path) : path_(std::move(path)) {
    if (!std::ofstream(path_, std::ios::app))
        throw std::invalid_argument(fmt::format("history_to_csv: cannot write '{}'", path_));
}

/// A run that is not resumed shows its start, iteration 0, first.
void HistoryCsv::begin(Index first) {
    const std::uintmax_t kept = first > 0 ? length_before(path_, first) : 0;
    std::error_code error;
    if (kept > 0) std::filesystem::resize_file(path_, kept, error);
    file_.open(path_, kept > 0 ? std::ios::app : std::ios::trunc);
    if (error) file_.setstate(std::ios::failbit);
    if (kept == 0) file_ << header << '\n';
}

void HistoryCsv::operator()(Iteration& now) {
    if (!failure_.empty()) return;
    const IterationRecord& line = now.record();
    if (!file_.is_open()) begin(line.iteration);
    file_ << fmt::format("{},{},{},{},{},{},{},{},{:.6g},{:.6f}", line.iteration, line.value,
                         line.gradient_norm, line.step_length, line.escapes, line.evaluations.values,
                         line.evaluations.gradients, line.evaluations.products, line.gradient_equivalents,
                         line.seconds)
          << std::endl;
    if (!file_)
        failure_ = fmt::format("history_to_csv: writing '{}' failed at iteration {}", path_, line.iteration);
}

}  // namespace hesse
