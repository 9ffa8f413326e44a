#pragma once

#include "hesse/optim/curvature/linear_operator.hpp"

#include <limits>

namespace hesse {

struct MinresOptions {
    double tolerance = 1e-10;  // of |b - A x| / |b|
    Index max_products = 1'000;
};

enum class MinresEnd {
    solved,         ///< |b - A x| <= tolerance |b|
    least_squares,  ///< A is singular and b not in its range, to within the tolerance: |b - A x| is least
    budget,         ///< max_products were spent before
    not_finite,     ///< a product was not finite; x is the last one before
};

struct MinresResult {
    MinresEnd end = MinresEnd::budget;
    double residual = std::numeric_limits<double>::quiet_NaN();  // |b - A x|, by recurrence
    Index products = 0;
};

/// x (n), from zero, with A x = b for a symmetric A (n x n) that may be indefinite: the vector of each Krylov space that makes
/// |b - A x| least. Where A is singular and b in its range, the solution without a part in the null space.
/// Paige and Saunders, SINUM 12 (1975) 617. One product a step, six vectors.
/// Throws std::invalid_argument if an option is out of range or b is not finite.
MinresResult minres(OperatorRef a, const double* b, const MinresOptions& options, double* x);

}  // namespace hesse
