#pragma once

#include "hesse/autodiff/memory.hpp"

#include <vector>

namespace hesse {

/// Which entries of a symmetric matrix (size x size) may differ from zero.
struct SymmetricPattern {
    /// Entry (row, column), and (column, row) with it.
    struct Entry {
        Index row, column;
        friend bool operator==(const Entry&, const Entry&) = default;
    };
    Index size = 0;
    std::vector<Entry> entries;  ///< row <= column, sorted by rows, then by columns; each once

    friend bool operator==(const SymmetricPattern&, const SymmetricPattern&) = default;
};

}  // namespace hesse
