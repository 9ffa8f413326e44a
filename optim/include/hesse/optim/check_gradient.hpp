#pragma once

#include "hesse/autodiff/check_derivatives.hpp"
#include "hesse/optim/objective.hpp"

namespace hesse {

/// See check_gradient().
struct CheckGradient {
    DerivativeCheckOptions options;
};

/// minimize(f, x, TrustRegion{}, check_gradient()): before the first step the loss's derivatives are held against differences, as
/// check_derivatives does it: slopes of the gradient along random directions, in which every entry has a part, and Hessian products
/// with them. minimize throws std::invalid_argument if one is wrong, naming the entry that is most so, what was given, and what was
/// expected. Where the start is stationary, which any multiple of the gradient would call it, a point beside it is checked too. Costs about 20 values and 20 gradients a direction, which are neither counted nor part of the budget.
inline CheckGradient check_gradient(DerivativeCheckOptions options = {.coordinates = 0}) { return {options}; }

/// The check at x (n). Uses the trial slot.
void require_derivatives(ObjectiveRef& f, const double* x, const DerivativeCheckOptions& options);

}  // namespace hesse
