#pragma once

#include "hesse/autodiff/symmetric_pattern.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hesse {

/// Pairs of parameters, each once: a bit for each, 64 columns of a row to a cell.
class PairTable {
public:
    /// Throws std::length_error where there are more than `most_entries`. Most patterns have a cell or two for each parameter.
    PairTable(std::size_t parameters, std::size_t most_entries)
        : parameters_(parameters), most_entries_(most_entries), cells_(std::bit_ceil(2 * parameters + 64)) {}

    void add(std::uint32_t i, std::uint32_t j) {
        const std::uint32_t row = i < j ? i : j, column = i < j ? j : i;
        const std::uint64_t key = std::uint64_t{row} << 32 | column >> 6;
        const std::uint64_t bit = std::uint64_t{1} << (column & 63);
        Cell* found = &cells_[last_];  // neighbors come after one another
        if (found->key != key || found->bits == 0) found = &find(key);
        if ((found->bits & bit) != 0) return;
        found->bits |= bit;
        if (++size_ > most_entries_) refuse();
    }
    [[nodiscard]] SymmetricPattern pattern() const;

private:
    struct Cell {
        std::uint64_t key, bits;  // free without bits
    };
    [[nodiscard]] std::size_t place(std::uint64_t key) const;
    Cell& find(std::uint64_t key);
    void grow();
    [[noreturn]] void refuse() const;

    std::size_t parameters_, most_entries_, size_ = 0, used_ = 0, last_ = 0;
    std::vector<Cell> cells_;
};

}  // namespace hesse
