#pragma once

#include "hesse/optim/curvature/extreme_eigenpairs.hpp"
#include "hesse/optim/curvature/trace.hpp"
#include "hesse/optim/objective.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

namespace hesse {

struct FlatnessOptions {
    double radius = 0.05;  // of the ball in which the loss may rise
    Index trace_products = 60;
    double tolerance = 1e-6;  // of the highest eigenvalue
    std::uint64_t seed = 0;
};

/// How flat or sharp a loss is around a point. All of it depends on the scale of the parameters: a network whose layers are
/// rescaled against each other computes the same, and has other figures (Dinh, Pascanu, Bengio and Bengio, ICML 2017).
/// The norm is the Euclidean one of all parameters.
struct Flatness {
    EigenvalueEstimate highest;  // of the Hessian
    TraceEstimate trace;         // of the Hessian; over n, the mean eigenvalue
    /// A lower bound of max f(x + d) - f(x) over |d| <= radius: at the ends of the ball along the gradient (Foret et al., ICLR
    /// 2021) and both ways along the highest eigenvector.
    double sharpness = std::numeric_limits<double>::quiet_NaN();
    double radius = 0.0;
    /// The sharpness in percent of 1 + f(x), as Keskar et al. (ICLR 2017) state theirs.
    double relative_sharpness = std::numeric_limits<double>::quiet_NaN();
    Index products = 0;
};

/// The compiled algorithm behind the next function.
Flatness flatness(ObjectiveRef& f, const double* x, const FlatnessOptions& options);

/// Costs one linearisation, three values of the loss, and the products for the eigenvalue and the trace.
/// Throws std::invalid_argument if sizes differ, an option is out of range, or the loss or a product is not finite.
template <Objective F>
Flatness flatness(const F& f, const Eigen::Ref<const Eigen::VectorXd>& x,
                  const FlatnessOptions& options = {}) {
    if (x.size() != static_cast<Index>(f.size()))
        throw std::invalid_argument("flatness: x has " + std::to_string(x.size()) +
                                    " entries but the objective has " + std::to_string(f.size()) +
                                    " parameters");
    ErasedObjective<F> erased(f);
    return flatness(erased, x.data(), options);
}

}  // namespace hesse
