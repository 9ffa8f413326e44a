#pragma once

#include "hesse/optim/curvature/linear_operator.hpp"
#include "hesse/optim/random.hpp"

#include <limits>
#include <stdexcept>

namespace hesse {

/// How far u'Av and v'Au are apart for one random pair of unit vectors, and how far rounding may push them.
struct SymmetryCheck {
    double u_av = 0.0;
    double v_au = 0.0;
    double bound = 0.0;   // 100 sqrt(n) precision (|Au| + |Av|) + 2 rounding
    bool finite = false;  // both products

    /// A symmetric operator always passes; any other one fails with probability one, as long as it differs
    /// from its transpose by more than the rounding.
    [[nodiscard]] bool passed() const;
};

/// Costs two products. precision: the relative error of a product.
/// rounding: the absolute error of a product with a unit vector, where it is more than that.
[[nodiscard]] SymmetryCheck check_symmetry(OperatorRef a, RandomGenerator& random,
                                           double precision = std::numeric_limits<double>::epsilon(),
                                           double rounding = 0.0);

/// An operator that ought to be symmetric is not.
struct NotSymmetric : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

/// Throws std::invalid_argument in the name of `function` if a product is not finite, NotSymmetric, with the
/// numbers, if the check fails.
void require_symmetric(const char* function, OperatorRef a, RandomGenerator& random, double precision,
                       double rounding = 0.0);

}  // namespace hesse
