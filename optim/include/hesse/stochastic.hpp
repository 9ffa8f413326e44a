#pragma once

/// Methods for sums over data that work on some of the rows at a time: see docs/sums_over_data.md.
#include "hesse/optim/stochastic/averaged_pairs.hpp"
#include "hesse/optim/stochastic/batch_loss.hpp"
#include "hesse/optim/stochastic/batch_objective.hpp"
#include "hesse/optim/stochastic/batch_sampler.hpp"
#include "hesse/optim/stochastic/gradient_noise.hpp"
#include "hesse/optim/stochastic/hessian_sample.hpp"
#include "hesse/optim/stochastic/multi_batch_bfgs.hpp"
#include "hesse/optim/stochastic/noisy_gradient_descent.hpp"
#include "hesse/optim/stochastic/on_batches.hpp"
#include "hesse/optim/stochastic/step_size_range.hpp"
#include "hesse/optim/stochastic/stochastic_quasi_newton.hpp"
#include "hesse/optim/stochastic/stochastic_variance_reduced_gradient.hpp"
#include "hesse/optim/stochastic/subsampled.hpp"
