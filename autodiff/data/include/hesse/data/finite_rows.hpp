#pragma once

#include "hesse/autodiff/memory.hpp"

#include <Eigen/Core>

#include <cmath>
#include <string_view>

namespace hesse {

/// Throws std::invalid_argument: "`name`: the entry of row 123456, column 7 is nan, expected a finite number".
[[noreturn]] void throw_not_finite(std::string_view name, Index row, Index column, double entry);

/// Looks whether all entries of a matrix with one row for each of the data are finite; one pass. Throws std::invalid_argument
/// that names the row and the column of the first which is not, both from 0. `first_row` is the number of the first row, where
/// the matrix is a part of the data, as that of a rank.
template <class Derived>
void require_finite_rows(std::string_view name, const Eigen::DenseBase<Derived>& matrix,
                         Index first_row = 0) {
    if (matrix.derived().allFinite()) return;
    for (Index i = 0; i < matrix.rows(); ++i)
        for (Index j = 0; j < matrix.cols(); ++j)
            if (!std::isfinite(matrix.derived().coeff(i, j)))
                throw_not_finite(name, first_row + i, j, static_cast<double>(matrix.derived().coeff(i, j)));
}

}  // namespace hesse
