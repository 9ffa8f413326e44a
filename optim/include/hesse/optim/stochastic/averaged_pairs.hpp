#pragma once

#include "hesse/optim/iterate.hpp"
#include "hesse/optim/limited_memory_inverse.hpp"
#include "hesse/optim/stochastic/batch_sampler.hpp"

#include <optional>

namespace hesse {

class StateReader;
class StateWriter;

/// Curvature that mini-batch steps can trust: every `interval` iterates, with u their average,
///     s = u - u_before,    y = H_T(u) s    for the Hessian H_T on a batch T of its own,
/// becomes a pair of a LimitedMemoryInverse. y is a product and no difference of gradients, which would carry their noise;
/// pairs without positive curvature are refused. A pair costs a gradient and a product on T.
/// Byrd, Hansen, Nocedal and Singer, SIAM J. Optim. 26 (2016) 1008. 2 memory + 4 vectors.
class AveragedPairs {
public:
    /// memory and interval are at least 1; `batches` says how the rows of T are drawn, no more than there are.
    AveragedPairs(Index memory, Index interval, BatchSampler::Options batches);

    void start(const Iterate& at);
    /// Drops pairs and averages: the next iterates are elsewhere. Batches go on where they were.
    void forget();
    /// Takes x (n) as the next iterate.
    void add(Iterate& at, const double* x);

    /// v (n) <- P v; unchanged without pairs.
    void apply(double* v) { inverse_.apply(v, v); }
    [[nodiscard]] Index pairs() const { return inverse_.pairs(); }

    void save(StateWriter& out) const;
    /// Throws std::invalid_argument, and may then be half read: read into a copy.
    void load(StateReader& in, const char* type);

private:
    Index memory_, interval_;
    BatchSampler::Options batches_;
    std::optional<BatchSampler> sampler_;
    LimitedMemoryInverse inverse_;
    Buffer sum_, average_,
        next_;  // of the iterates since the last average, which it is, and room for the one after
    Index added_ = 0, averages_ = 0;
    LimitedMemoryInverse::Pair fresh_;
};

}  // namespace hesse
