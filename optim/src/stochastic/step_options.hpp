#pragma once

#include "hesse/optim/stochastic/batch_sampler.hpp"

namespace hesse {

/// How the batches are drawn that products with averaged steps are made on: as the others, independently of them, and of ten times
/// as many rows unless `rows` says how many.
inline BatchSampler::Options curvature_batches(BatchSampler::Options batches, Index rows) {
    batches.size = rows > 0 ? rows : 10 * batches.size;
    ++batches.seed;
    return batches;
}

}  // namespace hesse
