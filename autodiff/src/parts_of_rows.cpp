#include "hesse/autodiff/sums/parts_of_rows.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace hesse {

void throw_other_rows(const char* what, Index given, Index expected, Index here) {
    const std::string of_rank =
        here == expected ? "" : ", or " + std::to_string(here) + " for those of this rank";
    throw std::invalid_argument(std::string("finite_sum: the data have ") + std::to_string(given) + ' ' +
                                what + ", expected " + std::to_string(expected) +
                                ", one for each row of the sum" + of_rank);
}

void FiniteSumOptions::check(Index rows) const {
    const auto require = [](bool fine, const char* name, auto given, const char* expected) {
        if (fine) return;
        throw std::invalid_argument(std::string("finite_sum: ") + name + " is " + std::to_string(given) +
                                    ", expected " + expected);
    };
    require(rows >= 1, "the number of rows", rows, "at least 1");
    require(rows_per_part >= 0, "rows_per_part", rows_per_part,
            "at least 1, or 0 for a choice by the library");
    require(threads >= 0, "threads", threads, "at least 1, or 0 for as many as there are processors");
}

PartsHere parts_of_rows(Index rows, Index rows_per_part, const Communicator* communicator) {
    PartsHere here;
    here.total = (rows + rows_per_part - 1) / rows_per_part;
    Index first = 0, last = rows;
    if (communicator != nullptr) std::tie(first, last) = rows_of_rank(rows, rows_per_part, *communicator);
    here.first = first / rows_per_part;
    for (Index begin = first; begin < last; begin += rows_per_part)
        here.parts.push_back(Rows(begin, std::min(rows_per_part, last - begin), rows).with_data(first, last));
    return here;
}

void require_rows(std::span<const Index> listed, Index rows) {
    if (listed.empty())
        throw std::invalid_argument("finite_sum: the batch has no rows, expected at least one");
    for (std::size_t k = 0; k < listed.size(); ++k)
        if (listed[k] < 0 || listed[k] >= rows)
            throw std::invalid_argument("finite_sum: entry " + std::to_string(k) + " of the batch is row " +
                                        std::to_string(listed[k]) + ", expected one of " +
                                        std::to_string(rows) + ", counted from 0");
}

PartsHere parts_of_rows(Index rows, Index rows_per_part, const Communicator* communicator,
                        std::span<const Index> listed) {
    // Branches of the whole sum, none of which is on two ranks, and their rows one branch after the other.
    constexpr int branches_of_few_ranks = 8;
    const int size = communicator == nullptr ? 1 : communicator->size();
    const bool regular = std::has_single_bit(static_cast<unsigned>(size));
    const int branches = communicator == nullptr ? 1 : regular ? std::max(branches_of_few_ranks, size) : size;
    const Index parts = (rows + rows_per_part - 1) / rows_per_part;
    std::vector<std::vector<Index>> of_branch(static_cast<std::size_t>(branches));
    std::vector<Index> ends;
    for (int b = 0; b < branches; ++b)
        ends.push_back(parts_of_rank(parts, b, branches).second * rows_per_part);
    for (const Index row : listed)
        of_branch[static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), row) - ends.begin())]
            .push_back(row);
    // Each branch gets as many parts as the longest needs, so that halves of all parts are halves of the branches.
    Index each = 1;
    const auto list = std::make_shared<std::vector<Index>>();
    for (const auto& branch : of_branch)
        each = std::max(each, (static_cast<Index>(branch.size()) + rows_per_part - 1) / rows_per_part);
    PartsHere here;
    here.total = each * branches;
    std::vector<Rows> all;
    for (const auto& branch : of_branch) {
        const auto begin = static_cast<Index>(list->size()), count = static_cast<Index>(branch.size());
        list->insert(list->end(), branch.begin(), branch.end());
        for (Index k = 0; k < each; ++k) {
            const Index from = std::min(count, k * rows_per_part);
            all.emplace_back(list, begin + from, std::min(rows_per_part, count - from), rows);
        }
    }
    Index last = here.total;
    std::pair<Index, Index> data(0, rows);
    if (communicator != nullptr) {
        std::tie(here.first, last) = parts_of_rank(here.total, communicator->rank(), size);
        data = rows_of_rank(rows, rows_per_part, *communicator);
    }
    for (Index k = here.first; k < last; ++k)
        here.parts.push_back(all[static_cast<std::size_t>(k)].with_data(data.first, data.second));
    return here;
}

Index rows_for_a_part(Index rows, Index n, std::size_t bytes_of_row) {
    // What fits the caches of a processor; and what makes the passes over the parameters that each part takes, some fifty bytes of
    // traffic for each, small beside those over the recording, but not the recording large beside the model.
    constexpr std::size_t in_cache = std::size_t{1} << 20, of_parameter = 128;
    const std::size_t bytes = std::max(in_cache, of_parameter * static_cast<std::size_t>(n));
    const auto wanted = static_cast<Index>(bytes / std::max<std::size_t>(bytes_of_row, 1));
    // A few parts at least, for there may be threads.
    constexpr Index fewest = 4;
    return std::clamp(wanted, Index{1}, std::max(Index{1}, (rows + fewest - 1) / fewest));
}

}  // namespace hesse
