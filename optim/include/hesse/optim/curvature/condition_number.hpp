#pragma once

#include "hesse/optim/curvature/extreme_eigenpairs.hpp"

#include <limits>

namespace hesse {

/// How much a symmetric operator stretches one direction more than another.
struct ConditionNumber {
    /// largest / smallest magnitude of an eigenvalue; infinity where the smallest is not told from zero.
    double value = std::numeric_limits<double>::quiet_NaN();
    /// With the error bounds of the two eigenvalues: the smallest and the largest that it may be.
    double lower_bound = std::numeric_limits<double>::quiet_NaN();
    double upper_bound = std::numeric_limits<double>::quiet_NaN();
    EigenvalueEstimate smallest, largest;  // in magnitude, with their signs where they are known
    bool converged = false;
    Index products = 0;
};

/// The condition number in the 2-norm. A definite operator costs what both ends of its spectrum do. For an indefinite
/// one the smallest magnitude is the root of the lowest eigenvalue of A^2, two products each and harder to come by;
/// eigenvalues below 1e-8 |A| are not told from zero then.
/// Not converged within max_products: bounds that are far apart. Throws as extreme_eigenpairs does.
ConditionNumber condition_number(OperatorRef a, const ExtremeEigenpairOptions& options = {});

}  // namespace hesse
