#include "hesse/optim/curvature/log_determinant_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hesse {

namespace {

bool meets_zero(const SpectralDensity& density) {
    return std::any_of(
        density.quadratures().begin(), density.quadratures().end(), [](const auto& quadrature) {
            return std::find(quadrature.nodes.begin(), quadrature.nodes.end(), 0.0) != quadrature.nodes.end();
        });
}

}  // namespace

LogDeterminantEstimate log_determinant_estimate(OperatorRef a, const SpectralDensityOptions& options) {
    const SpectralDensity density = spectral_density(a, options);
    const double n = static_cast<double>(a.rows());
    LogDeterminantEstimate found;
    if (meets_zero(density)) {
        found.value = -std::numeric_limits<double>::infinity();
        found.standard_error = 0.0;
    } else {
        const Estimate mean = density.mean([](double eigenvalue) { return std::log(std::abs(eigenvalue)); });
        found.value = n * mean.value;
        found.standard_error = n * mean.standard_error;
    }
    found.positive_definite = density.lowest() > 0.0;
    found.products = density.products();
    found.seed = options.seed;
    return found;
}

}  // namespace hesse
