#include "parameter_sets.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>

namespace hesse {

void throw_too_many_entries(std::size_t most_entries) {
    throw std::length_error("hessian: the sparsity pattern needs more than the " +
                            std::to_string(most_entries) + " entries that it may have (most_entries)");
}

ParameterSets::ParameterSets(std::size_t parameters, std::size_t most_entries)
    : parameters_(parameters), most_entries_(most_entries), members_(parameters), cells_(1024, 0) {
    std::iota(members_.begin(), members_.end(), 0u);
    begin_.push_back(parameters);
}

ParameterSets::Id ParameterSets::unite(Id a, Id b) {
    if (a == b || b == empty) return a;
    if (a == empty) return b;
    pair_.assign({a, b});
    return merge(pair_);
}

ParameterSets::Id ParameterSets::unite(std::vector<Id>& ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    const bool has_empty = !ids.empty() && ids.front() == empty;
    const std::span<const Id> sets = std::span(ids).subspan(has_empty ? 1 : 0);
    if (sets.empty()) return empty;
    return sets.size() == 1 ? sets.front() : merge(sets);
}

ParameterSets::Id ParameterSets::merge(std::span<const Id> ids) {
    constexpr std::size_t small = 32;  // merged faster than looked up
    std::size_t size = 0;
    for (const Id id : ids) size += members(id).size();
    const bool remembers = ids.size() == 2 && size > small;
    const std::uint64_t key = std::uint64_t{std::min(ids[0], ids[1])} << 32 | std::max(ids[0], ids[1]);
    if (remembers) {
        if (const auto known = unions_.find(key); known != unions_.end()) return known->second;
    }
    merged_.clear();
    for (const Id id : ids) {
        const auto more = members(id);
        merged_.insert(merged_.end(), more.begin(), more.end());
    }
    std::sort(merged_.begin(), merged_.end());
    merged_.erase(std::unique(merged_.begin(), merged_.end()), merged_.end());
    const Id id = intern();
    if (remembers) unions_.emplace(key, id);
    return id;
}

// The number of the set in merged_.
ParameterSets::Id ParameterSets::intern() {
    if (merged_.size() == 1) return single(merged_.front());
    if (2 * begin_.size() >= cells_.size()) grow();
    std::size_t& cell = cell_for(merged_, hash(merged_));
    if (cell != 0) return static_cast<Id>(cell);
    if (members_.size() - parameters_ + merged_.size() > most_entries_) throw_too_many_entries(most_entries_);
    cell = parameters_ + begin_.size();
    members_.insert(members_.end(), merged_.begin(), merged_.end());
    begin_.push_back(members_.size());
    return static_cast<Id>(cell);
}

// Where a set is found, or belongs; see Knuth, The Art of Computer Programming 3, 6.4, open addressing.
std::size_t& ParameterSets::cell_for(std::span<const std::uint32_t> wanted, std::uint64_t hash) {
    const std::size_t mask = cells_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
        if (cells_[at] == 0) return cells_[at];
        const auto known = members(static_cast<Id>(cells_[at]));
        if (std::ranges::equal(known, wanted)) return cells_[at];
    }
}

void ParameterSets::grow() {
    cells_.assign(4 * cells_.size(), 0);
    for (std::size_t k = 1; k < begin_.size(); ++k) {
        const auto known = members(static_cast<Id>(parameters_ + k));
        cell_for(known, hash(known)) = parameters_ + k;
    }
}

std::uint64_t ParameterSets::hash(std::span<const std::uint32_t> members) {
    std::uint64_t sum = members.size();
    for (const std::uint32_t member : members) {
        sum = (sum ^ member) * 0x9e3779b97f4a7c15u;
        sum ^= sum >> 29;
    }
    return sum ^ sum >> 32;
}

}  // namespace hesse
