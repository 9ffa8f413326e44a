#pragma once

#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/schedule.hpp"
#include "hesse/optim/step_shortening.hpp"
#include "hesse/optim/stochastic/averaged_pairs.hpp"
#include "hesse/optim/stochastic/batch_sampler.hpp"

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string_view>

namespace hesse {

/// Stochastic gradient steps with an inverse Hessian P (SQN):
///     x <- x - step_size P g_B(x),    a new batch B each time
/// P is that of AveragedPairs; I while there is no pair, which is for 2 pair_interval steps at least.
/// A step of the run is a number of these, and ends with the full gradient where they led. With steps that become shorter, as
/// beta / k, it converges sublinearly, as stochastic gradients do: near the minimizer StochasticVarianceReducedGradient is faster.
/// A step to where the loss, or that of a batch, is not finite is rejected, and it and all after it are half as long.
/// Byrd, Hansen, Nocedal and Singer, SIAM J. Optim. 26 (2016) 1008. 4 memory + 12 vectors: a step works on a copy.
class StochasticQuasiNewton {
public:
    struct Options {
        /// Along P; rules are asked for each mini-batch step, and see its number, with the loss and the norm of its gradient at the
        /// begin of the run's step. Byrd et al.: beta / k.
        Schedule step_size = 0.1;
        std::optional<Schedule> gradient_step_size{};  // while there is no pair; step_size if not given
        BatchSampler::Options batches{};
        Index steps = 0;           // mini-batch steps in a step of the run; 0: one pass over the data
        Index memory = 10;         // pairs; Byrd et al. take 5 to 20
        Index pair_interval = 10;  // iterates in an average; Byrd et al. take 10 to 20
        Index curvature_rows = 0;  // in the batch of a product; 0: ten times as many as in a batch
    };
    static constexpr std::string_view name = "StochasticQuasiNewton";
    static constexpr Needs needs{.products = true, .batches = true};

    StochasticQuasiNewton() : StochasticQuasiNewton(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit StochasticQuasiNewton(Options options);

    void start(Iterate& at);
    void restart(Iterate& at);
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

    /// How many pairs are in use.
    [[nodiscard]] Index pairs() const { return state_.pairs.pairs(); }

private:
    struct State {
        BatchSampler sampler;
        AveragedPairs pairs;
        std::int64_t steps = 0;  // on mini-batches
    };
    bool batch_steps(Iterate& at, State& state);

    Options options_;
    StepShortening shortening_;
    State state_;
    Buffer x_, direction_;
};
static_assert(Optimizer<StochasticQuasiNewton>);

}  // namespace hesse
