#pragma once

#include "hesse/optim/curvature/linear_operator.hpp"
#include "hesse/optim/curvature/spectral_density.hpp"

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace hesse {

struct SaddleIndexOptions {
    /// Eigenvalues above minus this are not counted. What rounding cannot tell from zero is not either: 1e-8 |A|, or
    /// 50 precision sqrt(n) |A|, whichever is larger.
    double curvature_tolerance = 0.0;
    Index most = 64;                    // negative eigenvalues that are looked for one by one
    double failure_probability = 0.01;  // of the upper bound
    Index max_products = 20'000;
    std::size_t memory = std::size_t{512} << 20;  // bytes for the basis
    std::uint64_t seed = 0;
    double precision = std::numeric_limits<double>::epsilon();  // relative error of one product
    bool check_symmetry = true;                                 // costs two products
};

/// How many negative eigenvalues a symmetric operator has, with tau = tolerance.
struct SaddleIndex {
    /// At least so many eigenvalues are below -tau: those of V'AV for an orthonormal V, from explicit products (Courant
    /// and Fischer). Never an overcount.
    Index lower_bound = 0;
    /// At most so many are below -2 tau, with probability at least 1 - failure_probability over random starts; none if
    /// there are more than `most`, or the products did not suffice.
    std::optional<Index> upper_bound{};
    double failure_probability = 0.0;
    /// Beyond `most`: an estimate by the spectral density.
    std::optional<Estimate> estimate{};
    double tolerance = 0.0;           // tau, in force
    std::vector<double> eigenvalues;  // those of V'AV below -tau, ascending
    Index products = 0;
    std::uint64_t seed = 0;

    /// Whether the bounds meet, and no eigenvalue was seen between -2 tau and -tau: the index, with that probability.
    bool determined = false;
};

/// Counts by Lanczos with restarts, deflates what has converged, and asks the randomised oracle (`minimum_eigenvalue`)
/// whether there is more in what is left.
/// Throws std::invalid_argument if an option is out of range, a product is not finite, or the operator is not symmetric.
SaddleIndex saddle_index(OperatorRef a, const SaddleIndexOptions& options = {});

/// One sentence.
[[nodiscard]] std::string describe(const SaddleIndex& index);
std::ostream& operator<<(std::ostream& out, const SaddleIndex& index);

}  // namespace hesse
