#include "hesse/autodiff/sums/parts_of_rows.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>

namespace hesse {

void throw_other_rows(const char* what, Index given, Index expected) {
    throw std::invalid_argument(std::string("finite_sum: the data have ") + std::to_string(given) + ' ' + what +
                                ", expected " + std::to_string(expected) + ", one for each row of the sum");
}

void FiniteSumOptions::check(Index rows) const {
    const auto require = [](bool fine, const char* name, auto given, const char* expected) {
        if (fine) return;
        throw std::invalid_argument(std::string("finite_sum: ") + name + " is " + std::to_string(given) +
                                    ", expected " + expected);
    };
    require(rows >= 1, "the number of rows", rows, "at least 1");
    require(rows_per_part >= 0, "rows_per_part", rows_per_part, "at least 1, or 0 for a choice by the library");
    require(threads >= 0, "threads", threads, "at least 1, or 0 for as many as there are processors");
}

std::vector<Rows> parts_of_rows(Index rows, Index rows_per_part) {
    std::vector<Rows> parts;
    for (Index first = 0; first < rows; first += rows_per_part)
        parts.emplace_back(first, std::min(rows_per_part, rows - first), rows);
    return parts;
}

std::vector<Rows> parts_of_rows(Index rows, Index rows_per_part, std::span<const Index> listed) {
    if (listed.empty())
        throw std::invalid_argument("finite_sum: the batch has no rows, expected at least one");
    for (std::size_t k = 0; k < listed.size(); ++k)
        if (listed[k] < 0 || listed[k] >= rows)
            throw std::invalid_argument("finite_sum: entry " + std::to_string(k) + " of the batch is row " +
                                        std::to_string(listed[k]) + ", expected one of " +
                                        std::to_string(rows) + ", counted from 0");
    const auto list = std::make_shared<const std::vector<Index>>(listed.begin(), listed.end());
    const auto count = static_cast<Index>(listed.size());
    std::vector<Rows> parts;
    for (Index first = 0; first < count; first += rows_per_part)
        parts.emplace_back(list, first, std::min(rows_per_part, count - first), rows);
    return parts;
}

Index rows_for_a_part(Index rows, Index n, std::size_t bytes_of_row) {
    // What fits the caches of a processor; and what makes the sweeps over the parameters, some sixteen bytes of traffic for
    // each, small beside those over the recording.
    constexpr std::size_t in_cache = std::size_t{1} << 20, of_parameter = 16;
    const std::size_t bytes = std::max(in_cache, of_parameter * static_cast<std::size_t>(n));
    const auto wanted = static_cast<Index>(bytes / std::max<std::size_t>(bytes_of_row, 1));
    // A few parts at least, for there may be threads.
    constexpr Index fewest = 4;
    return std::clamp(wanted, Index{1}, std::max(Index{1}, (rows + fewest - 1) / fewest));
}

}  // namespace hesse
