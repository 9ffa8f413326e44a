#pragma once

/// Methods for sums over data that work on some of the rows at a time: see docs/sums_over_data.md.
#include "hesse/optim/stochastic/batch_objective.hpp"
#include "hesse/optim/stochastic/batch_sampler.hpp"
#include "hesse/optim/stochastic/noisy_gradient_descent.hpp"
#include "hesse/optim/stochastic/on_batches.hpp"
