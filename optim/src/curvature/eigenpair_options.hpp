#pragma once

#include "../options.hpp"
#include "hesse/optim/curvature/basis.hpp"
#include "hesse/optim/curvature/extreme_eigenpairs.hpp"

#include <algorithm>

namespace hesse {

/// Throws std::invalid_argument in the name of `function`.
inline void require_options(const char* function, OperatorRef a, const ExtremeEigenpairOptions& options,
                            Index fewest_products) {
    require_not_negative(function, "tolerance", options.tolerance);
    require_not_negative(function, "precision", options.precision);
    require_at_least(function, "max_products", options.max_products, fewest_products);
    if (a.rows() < 1)
        throw std::invalid_argument(
            fmt::format("{}: the operator has {} rows, expected at least 1", function, a.rows()));
}

/// Columns of a basis for so many wanted pairs.
inline Index basis_columns(Index n, Index wanted, std::size_t memory) {
    return std::min(
        n, std::clamp<Index>(Basis::columns_within(memory, n), wanted + 7, std::max<Index>(100, 3 * wanted)));
}

}  // namespace hesse
