#pragma once

#include "hesse/optim/curvature/linear_operator.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

namespace hesse {

/// A mean over independent random vectors, and its standard error: the mean of others differs from it by a few of these.
struct Estimate {
    double value = std::numeric_limits<double>::quiet_NaN();
    double standard_error = std::numeric_limits<double>::quiet_NaN();  // infinity for one vector
};

struct SpectralDensityOptions {
    Index vectors = 10;  // random ones; the standard errors fall with the square root of their number
    Index steps = 80;    // of Lanczos for each; what is finer than about range / steps is not resolved
    std::size_t memory = std::size_t{512} << 20;  // bytes for the basis; later columns are not stored
    std::uint64_t seed = 0;
    double precision = std::numeric_limits<double>::epsilon();  // relative error of one product
    bool check_symmetry = true;                                 // costs two products
};

/// The spectrum of a symmetric operator (n x n) as a distribution: for each random vector z, the nodes and weights of a
/// Gauss quadrature for the measure that z'f(A)z / z'z integrates f by, from a Lanczos run that begins at z.
class SpectralDensity {
public:
    struct Quadrature {
        std::vector<double> nodes, weights;  // ascending; the weights of one vector add up to 1
    };

    SpectralDensity(Index dimension, std::vector<Quadrature> quadratures, Index products, std::uint64_t seed);

    [[nodiscard]] Index dimension() const { return dimension_; }
    [[nodiscard]] const std::vector<Quadrature>& quadratures() const { return quadratures_; }
    [[nodiscard]] Index products() const { return products_; }
    [[nodiscard]] std::uint64_t seed() const { return seed_; }
    /// The lowest and the highest node: both lie within the spectrum, up to rounding.
    [[nodiscard]] double lowest() const;
    [[nodiscard]] double highest() const;

    /// The mean of f over all n eigenvalues, tr f(A) / n. Exact in expectation for polynomials of degree 2 steps - 1.
    [[nodiscard]] Estimate mean(const std::function<double(double)>& f) const;
    /// How many eigenvalues are below t.
    [[nodiscard]] Estimate count_below(double t) const;

    /// The density at t, smoothed by a normal distribution of this standard deviation: it integrates to 1.
    [[nodiscard]] Estimate density(double t, double width) const;
    /// A width that smooths the nodes into a curve: 2 / ((steps - 1) sqrt(8 log 3)) of half the range.
    [[nodiscard]] double natural_width() const;

private:
    Index dimension_;
    std::vector<Quadrature> quadratures_;
    Index products_;
    std::uint64_t seed_;
};

/// Stochastic Lanczos quadrature: Lin, Saad and Yang, SIAM Review 58 (2016) 34; Ubaru, Chen and Saad, SIMAX 38 (2017)
/// 1075. Costs vectors times steps products, fewer where runs exhaust the space.
/// Throws std::invalid_argument if an option is out of range, a product is not finite, or the operator is not symmetric.
SpectralDensity spectral_density(OperatorRef a, const SpectralDensityOptions& options = {});

}  // namespace hesse
