#pragma once

#include "hesse/optim/curvature/lanczos.hpp"
#include "hesse/optim/curvature/linear_operator.hpp"

#include <cstdint>

namespace hesse {

/// A lower bound of the lowest eigenvalue of A, where one can be had from a scaled matrix.
struct ScaledBound {
    double lowest = 0.0;  // positive, or there is none
    Index products = 0;
};

struct ScaledBoundOptions {
    Index max_products = 200;
    Index stored_columns = 200;
    double failure_probability = 0.01;
    double precision = 0.0;      // relative error of a product of A
    double rounding = 0.0;       // absolute error of a product of A with a unit vector
    double norm_estimate = 0.0;  // of A
    std::uint64_t seed = 0;
};

/// S A S for a diagonal S > 0 is positive definite where A is (Sylvester), and with s_i^2 = 1 / |row i of A| its spectrum may be far
/// narrower, so that a Lanczos run proves it in tens of steps where that of A itself would take thousands: then
///     lambda_min(A) >= lambda_min(S A S) / max_i s_i^2.
/// Rows are measured by random signs. Gives up where a Ritz value is not positive, or the steps that are left would not do.
ScaledBound scaled_bound(OperatorRef a, const ScaledBoundOptions& options);

}  // namespace hesse
