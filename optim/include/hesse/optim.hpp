#pragma once

/// Curvature, critical points and optimizers, for any loss that models `Objective`.
#include "hesse/optim/curvature/linear_operator.hpp"
#include "hesse/optim/objective.hpp"
#include "hesse/optim/vector_space.hpp"
