#pragma once

#include "hesse/optim/curvature/spectral_density.hpp"

namespace hesse {

struct LogDeterminantEstimate : Estimate {
    /// Whether all nodes of the quadrature are positive. Where not, the value is log |det A|, and its standard error may be
    /// too small, since the logarithm is steep around zero.
    bool positive_definite = false;
    Index products = 0;
    std::uint64_t seed = 0;
};

/// log det A of a symmetric operator (n x n), the sum of the logarithms of its eigenvalues, by stochastic Lanczos
/// quadrature (Ubaru, Chen and Saad, SIMAX 38 (2017) 1075). Exact, up to rounding, where options.steps reaches the number of
/// distinct eigenvalues and these occur equally often; else the error grows with the condition number.
/// Minus infinity for an operator that is zero along a direction that was met.
/// Costs and throws as spectral_density does.
LogDeterminantEstimate log_determinant_estimate(OperatorRef a, const SpectralDensityOptions& options = {});

}  // namespace hesse
