#include "hesse/optim/history_file.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace hesse {
namespace {

/// Where in the history at `path` the line of iteration `first` is, or would be: the length of the complete
/// lines before it. Nothing if the file is another one.
std::optional<std::uintmax_t> length_before(const std::string& path, const std::string& header,
                                            const std::string& prefix, Index first) {
    std::ifstream file(path);
    std::string line;
    std::uintmax_t length = 0;
    for (bool at_first = true; std::getline(file, line); at_first = false) {
        const bool complete = !file.eof();  // a line without an end was cut off
        const bool at_header = at_first && !header.empty();
        if (at_first) {
            const std::string_view begin = at_header ? header : prefix;
            const bool fits =
                at_header && complete ? line == begin : line.starts_with(begin) || begin.starts_with(line);
            if (!fits) return std::nullopt;
        }
        if (!complete) break;
        if (!at_header) {
            Index iteration = 0;
            if (!line.starts_with(prefix)) break;
            const auto read =
                std::from_chars(line.data() + prefix.size(), line.data() + line.size(), iteration);
            if (read.ec != std::errc{} || iteration >= first) break;
        }
        length += line.size() + 1;
    }
    return length;
}

}  // namespace

HistoryFile::HistoryFile(std::string_view writer, std::string path, std::string header, std::string prefix)
    : writer_(writer), path_(std::move(path)), header_(std::move(header)), prefix_(std::move(prefix)) {}

void HistoryFile::require_writable() const {
    if (!std::ofstream(path_, std::ios::app))
        throw std::invalid_argument(fmt::format("{}: cannot write '{}'", writer_, path_));
}

void HistoryFile::begin(Index first) {
    const std::optional<std::uintmax_t> before =
        first > 0 ? length_before(path_, header_, prefix_, first) : std::uintmax_t{0};
    if (!before) {
        failure_ = fmt::format("{}: '{}' holds another history than this run's, and was left as it is",
                               writer_, path_);
        return;
    }
    const std::uintmax_t kept = *before;
    std::error_code error;
    if (kept > 0) std::filesystem::resize_file(path_, kept, error);
    file_.open(path_, kept > 0 ? std::ios::app : std::ios::trunc);
    if (error) file_.setstate(std::ios::failbit);
    if (kept == 0 && !header_.empty()) file_ << header_ << '\n';
}

void HistoryFile::append(Index iteration, std::string_view line) {
    if (!failure_.empty()) return;
    if (!file_.is_open()) begin(iteration);
    if (!failure_.empty()) return;
    file_ << line << std::endl;
    if (!file_) failure_ = fmt::format("{}: writing '{}' failed at iteration {}", writer_, path_, iteration);
}

}  // namespace hesse
