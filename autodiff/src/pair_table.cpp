#include "pair_table.hpp"

#include "parameter_sets.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace hesse {

// Eight rows lie side by side, so that a band does not jump about in memory.
std::size_t PairTable::place(std::uint64_t key) const {
    constexpr int rows = 3;  // bits of the row within the eight
    const std::uint64_t row = key >> 32, block = key & 0xffffffffu;
    const std::uint64_t hash = ((row >> rows << 32 | block) * 0x9e3779b97f4a7c15u) >> 24;
    return (hash << rows | (row & 7)) & (cells_.size() - 1);
}

PairTable::Cell& PairTable::find(std::uint64_t key) {
    if (2 * used_ >= cells_.size()) grow();
    const std::size_t mask = cells_.size() - 1;
    std::size_t at = place(key);
    while (cells_[at].bits != 0 && cells_[at].key != key) at = (at + 1) & mask;
    if (cells_[at].bits == 0) {
        cells_[at].key = key;
        ++used_;  // its first bit is set next
    }
    last_ = at;
    return cells_[at];
}

void PairTable::grow() {
    std::vector<Cell> old(2 * cells_.size());
    old.swap(cells_);
    const std::size_t mask = cells_.size() - 1;
    for (const Cell& cell : old) {
        if (cell.bits == 0) continue;
        std::size_t at = place(cell.key);
        while (cells_[at].bits != 0) at = (at + 1) & mask;
        cells_[at] = cell;
    }
    last_ = 0;
}

void PairTable::refuse() const { throw_too_many_entries(most_entries_); }

SymmetricPattern PairTable::pattern() const {
    // Cells row by row, by counting; those of a row are few.
    std::vector<std::size_t> end(parameters_ + 1, 0);
    for (const Cell& cell : cells_) end[cell.key >> 32] += cell.bits != 0 ? 1 : 0;
    std::size_t sum = 0;
    for (std::size_t& count : end) sum += std::exchange(count, sum);
    std::vector<Cell> sorted(sum);
    for (const Cell& cell : cells_) {
        if (cell.bits != 0) sorted[end[cell.key >> 32]++] = cell;
    }
    SymmetricPattern all;
    all.size = static_cast<Index>(parameters_);
    all.entries.reserve(size_);
    std::size_t begin = 0;
    for (std::size_t row = 0; row < parameters_; begin = end[row++]) {
        std::sort(sorted.begin() + static_cast<std::ptrdiff_t>(begin),
                  sorted.begin() + static_cast<std::ptrdiff_t>(end[row]),
                  [](const Cell& a, const Cell& b) { return a.key < b.key; });
        for (std::size_t k = begin; k < end[row]; ++k) {
            const Index first = static_cast<Index>((sorted[k].key & 0xffffffffu) << 6);
            for (std::uint64_t bits = sorted[k].bits; bits != 0; bits &= bits - 1)
                all.entries.push_back({static_cast<Index>(row), first + std::countr_zero(bits)});
        }
    }
    return all;
}

}  // namespace hesse
