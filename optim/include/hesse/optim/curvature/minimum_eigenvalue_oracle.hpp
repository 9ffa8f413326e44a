#pragma once

#include "hesse/optim/curvature/lanczos.hpp"
#include "hesse/optim/curvature/linear_operator.hpp"
#include "hesse/optim/random.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <cstdint>
#include <limits>

namespace hesse {

/// Asks of a symmetric operator: is there curvature below -epsilon?
struct MinimumEigenvalueOptions {
    double epsilon = 1e-4;
    double failure_probability = 0.01;  // of the answer `certified`
    /// Independent runs, all of which must fail for the answer to be wrong: each has the failure probability to the power
    /// 1 / runs. They take more products together than one run, but each a smaller basis.
    Index runs = 1;
    /// Goes on until the direction's residual is at most this times |curvature|; infinity takes the first
    /// direction that is negative enough.
    double residual = std::numeric_limits<double>::infinity();
    Index max_products = 10'000;
    std::size_t memory = std::size_t{512} << 20;  // bytes for the basis; later columns are not stored
    double precision = std::numeric_limits<double>::epsilon();  // relative error of one product
    BasisPrecision basis_precision = BasisPrecision::double_precision;
    Reorthogonalization reorthogonalization = Reorthogonalization::partial;

    /// Throws std::invalid_argument in the name of `function` if an option is out of range.
    void check(const char* function) const;
};

enum class CurvatureAnswer {
    negative,    ///< a direction d with d'Ad <= -epsilon / 2 |d|^2, certain: one explicit product
    certified,   ///< lambda_min >= -epsilon with probability at least 1 - failure_probability
    undecided,   ///< max_products were spent before
    not_finite,  ///< a product was not finite
};

struct MinimumEigenvalue {
    CurvatureAnswer answer = CurvatureAnswer::undecided;
    double curvature = std::numeric_limits<double>::quiet_NaN();  // d'Ad, d of unit length: >= lambda_min
    double residual = std::numeric_limits<double>::quiet_NaN();   // |Ad - curvature d|
    /// lambda_min is at least this with probability at least 1 - failure_probability; see RandomStartBound.
    double lower_bound = -std::numeric_limits<double>::infinity();
    double failure_probability = 0.0;
    double epsilon = 0.0;
    double norm_estimate = 0.0;
    std::uint64_t seed = 0;  // of the generator that drew the start
    Index runs = 0;          // that the probability speaks of
    Index steps = 0;         // of Lanczos, all runs together; none is restarted
    Index products = 0;
};

/// The randomised minimum-eigenvalue oracle ("Procedure 2" of Royer, O'Neill and Wright, Math. Prog. 180
/// (2020) 451): Lanczos from a random start until the answer is known. For lambda_min >= 0 about
/// 1/4 log(10 n / failure_probability^2) sqrt(S / epsilon) products certify, S = lambda_max - lambda_min; for
/// lambda_min just above -epsilon more, and n are enough where the memory holds the whole basis.
///
/// Writes the unit direction d (n); without a negative answer it is the lowest Ritz vector, measured as well.
/// Does not look for an asymmetry of the operator.
/// Throws std::invalid_argument if an option is out of range.
MinimumEigenvalue minimum_eigenvalue(OperatorRef a, const MinimumEigenvalueOptions& options,
                                     RandomGenerator& random, double* direction);

/// The same with a generator of its own, for an operator that is not trusted yet: also throws
/// std::invalid_argument if it is not symmetric (two products, which are counted) or a product is not finite.
MinimumEigenvalue minimum_eigenvalue(OperatorRef a, const MinimumEigenvalueOptions& options,
                                     std::uint64_t seed, double* direction);

struct MinimumEigenpair : MinimumEigenvalue {
    Eigen::VectorXd direction;  // (n), of unit length
};

/// The same for users: returns the direction too.
inline MinimumEigenpair minimum_eigenvalue(OperatorRef a, const MinimumEigenvalueOptions& options = {},
                                           std::uint64_t seed = 0) {
    MinimumEigenpair pair;
    pair.direction.resize(a.rows());
    static_cast<MinimumEigenvalue&>(pair) = minimum_eigenvalue(a, options, seed, pair.direction.data());
    return pair;
}

}  // namespace hesse
