#pragma once

#include "hesse/optim/stochastic/batch_sampler.hpp"

namespace hesse {

/// How the batches are drawn that products with averaged steps are made on: independently of the others, and of ten times as many
/// rows unless `rows` says how many. The last one of an epoch could have too few.
inline BatchSampler::Options curvature_batches(BatchSampler::Options batches, Index rows) {
    batches.size = rows > 0 ? rows : 10 * batches.size;
    ++batches.seed;
    if (batches.sampling == Sampling::shuffled_epochs) batches.sampling = Sampling::without_replacement;
    return batches;
}

}  // namespace hesse
