#pragma once

/// Losses that do not come from the tape, from what there is: a gradient; a gradient and Hessian products;
/// residuals and products with their Jacobian. Each result is an Objective. The callables take and return
/// Eigen vectors, and are kept by value.
#include "hesse/optim/adapters/gradient_and_product_objective.hpp"
#include "hesse/optim/adapters/gradient_objective.hpp"
#include "hesse/optim/adapters/residual_objective.hpp"
