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

/// Stochastic gradients of variance that vanishes (SVRG), with L-BFGS if there is memory for it. From w, with its gradient g,
///     x <- w;    x <- x - step_size P (g_B(x) - g_B(w) + g),  a new batch B each time, `inner_steps` times;    w <- x
/// is a step of the run. As x and w near the minimizer the terms on B cancel, so that a constant step size converges linearly where
/// the loss is strongly convex. P is the inverse Hessian from AveragedPairs, whose averages go on from step to step; I with memory = 0,
/// and while there is no pair.
/// A step to where the loss, or that of a batch, is not finite is rejected, and it and all after it are half as long.
/// A step over one pass costs three gradients, that of all rows at its end included, and what the pairs cost.
/// Johnson and Zhang, NIPS 2013; Moritz, Nishihara and Jordan, AISTATS 2016, who also take the last x for the next w.
/// 2 vectors, with memory 4 memory + 12: a step works on a copy of the pairs.
class StochasticVarianceReducedGradient {
public:
    struct Options {
        /// Along P; of this number of the run's step. 1 / (10 c) without memory, c the largest curvature of a row's loss, is
        /// what Johnson and Zhang prove to be short enough.
        Schedule step_size = 0.1;
        std::optional<Schedule>
            gradient_step_size{};  // while there is memory, but no pair; step_size if not given
        BatchSampler::Options batches{};
        Index inner_steps = 0;     // 0: one pass over the data
        Index memory = 0;          // pairs
        Index pair_interval = 10;  // iterates in an average: Moritz et al.
        Index curvature_rows =
            0;  // in the batch of a product; 0: ten times as many as in a batch (Moritz et al.)
    };
    static constexpr std::string_view name = "StochasticVarianceReducedGradient";
    static constexpr Needs needs{.products = true, .batches = true};

    StochasticVarianceReducedGradient() : StochasticVarianceReducedGradient(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit StochasticVarianceReducedGradient(Options options);

    void start(Iterate& at);
    void restart(Iterate& at);
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

    /// How many pairs are in use.
    [[nodiscard]] Index pairs() const { return state_.pairs ? state_.pairs->pairs() : 0; }

private:
    struct State {
        BatchSampler sampler;
        std::optional<AveragedPairs> pairs;
        std::int64_t steps = 0;
    };
    bool inner_steps(Iterate& at, State& state);

    Options options_;
    StepShortening shortening_;
    State state_;
    Buffer x_, direction_;
};
static_assert(Optimizer<StochasticVarianceReducedGradient>);

}  // namespace hesse
