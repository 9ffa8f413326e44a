#pragma once

#include "hesse/autodiff/check_derivatives.hpp"
#include "hesse/optim/bounds.hpp"
#include "hesse/optim/objective.hpp"

namespace hesse {

/// See check_gradient().
struct CheckGradient {
    DerivativeCheckOptions options;
};

/// minimize(f, x, TrustRegion{}, check_gradient()): before the first step the loss's derivatives are held against differences, as
/// check_derivatives does it: slopes of the gradient along random directions, in which every entry has a part, and Hessian products
/// with them. minimize throws std::invalid_argument if one is wrong, naming the entry that is most so, what was given, and what was
/// expected. So is a point beside the start, since any multiple of a gradient is right where it vanishes. Within bounds
/// both lie inside, as far as there is room; fixed parameters stay. Costs about 40 values and 40 gradients a direction, which are neither counted nor part of the budget.
inline CheckGradient check_gradient(DerivativeCheckOptions options = {.coordinates = 0}) { return {options}; }

/// The check at x (n), within a box, which may be null. Uses the trial slot.
void require_derivatives(ObjectiveRef& f, const double* x, const DerivativeCheckOptions& options,
                         const Box* box = nullptr);

}  // namespace hesse
