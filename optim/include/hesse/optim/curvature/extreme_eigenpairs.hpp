#pragma once

#include "hesse/optim/curvature/linear_operator.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <cstdint>
#include <limits>

namespace hesse {

struct ExtremeEigenpairOptions {
    /// Converged when the residual is at most tolerance max(|value|, eps^(2/3) |A|), or is rounding.
    double tolerance = 1e-10;
    Index max_products = 10'000;
    std::size_t memory = std::size_t{512} << 20;  // bytes for the basis; at least 8 columns are kept
    std::uint64_t seed = 0;                       // of the random start
    /// Relative error of one product: rounding for exact products, more for differences of gradients.
    double precision = std::numeric_limits<double>::epsilon();
    bool check_symmetry = true;  // costs two products
};

/// One eigenvalue, measured. `residual` is |A y - value y| from one explicit product, where value = y'Ay and
/// y is the unit vector found. Whatever went before: an eigenvalue lies within error_bound of value, and the
/// lowest eigenvalue is at most value + rounding. That it is the lowest rests on the random start.
struct EigenvalueEstimate {
    double value = std::numeric_limits<double>::quiet_NaN();
    double residual = std::numeric_limits<double>::quiet_NaN();
    double error_bound = std::numeric_limits<double>::quiet_NaN();  // residual and rounding
    bool converged = false;
};

/// Both ends of the spectrum, as far as they were asked for.
struct ExtremeEigenvalues {
    EigenvalueEstimate lowest, highest;
    Index products = 0;
};

/// The compiled algorithm behind the functions below: Lanczos with full reorthogonalisation, thick restarts
/// (Wu and Simon, SIMAX 22 (2000) 602) and a random start. Writes a unit vector (n) to each of
/// lowest_vector and highest_vector; null for an end that is not wanted.
ExtremeEigenvalues extreme_eigenvalues(OperatorRef a, const ExtremeEigenpairOptions& options,
                                       double* lowest_vector, double* highest_vector,
                                       const char* function = "extreme_eigenvalues");

struct Eigenpair : EigenvalueEstimate {
    Eigen::VectorXd vector;  // (n), of unit length
    Index products = 0;      // spent by the call
};

struct ExtremeEigenpairs {
    Eigenpair lowest, highest;
    Index products = 0;  // spent by the call, for both
};

/// The lowest eigenvalue of a symmetric operator or Eigen matrix (n x n) and a vector for it. Memory for up to
/// 100 vectors. One vector of an eigenspace is found, however many there are.
///
/// Not converged within max_products: the best so far is returned with its residual.
/// Throws std::invalid_argument if an option is out of range, a product is not finite, or the operator is
/// not symmetric.
inline Eigenpair lowest_eigenpair(OperatorRef a, const ExtremeEigenpairOptions& options = {}) {
    Eigenpair pair;
    pair.vector.resize(a.rows());
    const ExtremeEigenvalues found =
        extreme_eigenvalues(a, options, pair.vector.data(), nullptr, "lowest_eigenpair");
    static_cast<EigenvalueEstimate&>(pair) = found.lowest;
    pair.products = found.products;
    return pair;
}

/// The same for the highest eigenvalue.
inline Eigenpair highest_eigenpair(OperatorRef a, const ExtremeEigenpairOptions& options = {}) {
    Eigenpair pair;
    pair.vector.resize(a.rows());
    const ExtremeEigenvalues found =
        extreme_eigenvalues(a, options, nullptr, pair.vector.data(), "highest_eigenpair");
    static_cast<EigenvalueEstimate&>(pair) = found.highest;
    pair.products = found.products;
    return pair;
}

/// Both from one run.
inline ExtremeEigenpairs extreme_eigenpairs(OperatorRef a, const ExtremeEigenpairOptions& options = {}) {
    ExtremeEigenpairs pairs;
    pairs.lowest.vector.resize(a.rows());
    pairs.highest.vector.resize(a.rows());
    const ExtremeEigenvalues found = extreme_eigenvalues(a, options, pairs.lowest.vector.data(),
                                                         pairs.highest.vector.data(), "extreme_eigenpairs");
    static_cast<EigenvalueEstimate&>(pairs.lowest) = found.lowest;
    static_cast<EigenvalueEstimate&>(pairs.highest) = found.highest;
    pairs.lowest.products = pairs.highest.products = pairs.products = found.products;
    return pairs;
}

}  // namespace hesse
