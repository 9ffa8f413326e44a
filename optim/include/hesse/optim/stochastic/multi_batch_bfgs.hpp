#pragma once

#include "hesse/optim/limited_memory_inverse.hpp"
#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/schedule.hpp"
#include "hesse/optim/step_shortening.hpp"
#include "hesse/optim/stochastic/batch_sampler.hpp"

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string_view>
#include <vector>

namespace hesse {

class BatchLoss;

/// L-BFGS on large batches S that overlap from step to step:
///     x+ = x - step_size P g_S(x),    s = x+ - x,    y = g_O(x+) - g_O(x) on the rows O that S shares with the next batch
/// so that y is a difference of gradients of one loss, and carries no noise of two. P is the LimitedMemoryInverse of the pairs,
/// I while there is none; pairs without positive curvature are refused. A step costs a gradient on S and two on O.
/// The first batch has no rows of one before, and is so much smaller. Rows may be in a batch twice where a pass over the data ends.
/// Where backtracking finds no step on a batch the pairs are dropped, and the next batch has its turn.
/// A step to where the loss, or that of a batch, is not finite is rejected, and it and all after it are half as long.
/// Berahas, Nocedal and Takac, NIPS 2016. 4 memory + 10 vectors: a step of the run works on a copy.
class MultiBatchBfgs {
public:
    struct Options {
        /// Along P; rules are asked for each mini-batch step, and see its number.
        Schedule step_size = 1.0;
        /// Along the gradient, while there is no pair; not given, the step is as long as step_size says, whatever the units of the
        /// loss are.
        std::optional<Schedule> gradient_step_size{};
        /// Halves the step until the loss on the batch has f_S(x+) <= f_S(x) - sufficient_decrease (x - x+)'g_S(x) (Armijo).
        bool backtracking = false;
        double sufficient_decrease = 1e-4;
        BatchSampler::Options batches{};
        double overlap =
            0.2;  // |O| / |S|, at most 1/2 (Berahas et al.: 0.2); or 1: O = S, and no batch shares rows with the next
        Index steps = 0;    // mini-batch steps in a step of the run; 0: one pass over the data
        Index memory = 10;  // pairs
    };
    static constexpr std::string_view name = "MultiBatchBfgs";
    static constexpr Needs needs{.batches = true};

    MultiBatchBfgs() : MultiBatchBfgs(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit MultiBatchBfgs(Options options);

    void start(Iterate& at);
    void restart(Iterate& at);
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

    /// How many pairs are in use.
    [[nodiscard]] Index pairs() const { return state_.inverse.pairs(); }

private:
    struct State {
        BatchSampler sampler;
        LimitedMemoryInverse inverse;
        std::vector<Index> shared;  // rows of the last batch that the next one has too
        std::int64_t steps = 0;     // on mini-batches
    };
    enum class BatchOutcome { moved, stayed, not_finite };
    BatchOutcome batch_step(Iterate& at, State& state);
    std::vector<Index> next_rows(State& state) const;
    double step_length(const Iterate& at, const double* gradient, State& state) const;
    BatchOutcome go_along(const Iterate& at, BatchLoss& loss, const double* gradient, double length);
    bool add_pair(const VectorSpace& space, const double* begin, const double* end, State& state);
    /// Whether batches share all of their rows with the step at their end, and none with the next batch.
    [[nodiscard]] bool whole_overlap() const { return options_.overlap == 1.0; }

    Options options_;
    StepShortening shortening_;
    Index shared_rows_ = 0;  // with the next batch
    State state_;
    LimitedMemoryInverse::Pair fresh_;
    Buffer x_, next_, direction_;
};
static_assert(Optimizer<MultiBatchBfgs>);

}  // namespace hesse
