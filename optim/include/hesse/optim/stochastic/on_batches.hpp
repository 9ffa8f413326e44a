#pragma once

#include "hesse/optim/iterate.hpp"
#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/state_text.hpp"
#include "hesse/optim/step_shortening.hpp"
#include "hesse/optim/stochastic/batch_objective.hpp"
#include "hesse/optim/stochastic/batch_sampler.hpp"

#include <iosfwd>
#include <string_view>
#include <utility>

namespace hesse {

struct OnBatchesOptions {
    BatchSampler::Options batches{};
    Index steps = 0;  ///< of the method in a step of the loop; 0: as many as are one pass over the data

    /// Throws std::invalid_argument in the name of `type` if an option is out of range.
    void check(std::string_view type) const;
};

/// A method of first order with steps of its own choice on mini-batches: stochastic gradient descent, with GradientDescent or
/// HeavyBall, and the stochastic forms of Adam and its kin (Robbins and Monro, Ann. Math. Statist. 22 (1951) 400).
///
/// A step of the loop is a pass over the data, or so many mini-batch steps; schedules count the latter. Between two of them the loop
/// sees the whole loss, with its gradient, so that the tests where to stop, histories, certificates and escapes are about that. Each
/// mini-batch step costs the gradient of a batch; a step of the loop one gradient more. A pass to where the whole loss is not finite is
/// rejected, and it and all after it lead half as far. Bounds are kept by the methods that keep them, in each of their steps.
template <Optimizer Method>
class OnBatches {
    static_assert(
        !Method::needs.compares_losses,
        "hesse::on_batches: the method compares losses, which would be those of different batches: see "
        "MultiBatchBfgs and Subsampled");

public:
    static constexpr std::string_view name = "OnBatches";
    static constexpr Needs needs = [] {
        Needs all = Method::needs;
        all.batches = true;
        return all;
    }();

    /// Throws std::invalid_argument if an option is out of range.
    explicit OnBatches(Method method, OnBatchesOptions options = {})
        : method_(std::move(method)), options_(checked(std::move(options))), sampler_(options_.batches) {}

    /// Throws std::invalid_argument if batches do not fit the data.
    void start(Iterate& at) {
        sampler_.start(at.data_rows(), name);
        shortening_.start();
        BatchSampler sampler = sampler_;  // draws the first batch again for the step
        BatchObjective batches(at, sampler);
        Iterate inner(batches, at.x_data(), at.box());
        method_.start(inner);
    }
    /// Where the loss on the first batch is not finite there is nothing to begin with, and the next step ends the run.
    void restart(Iterate& at) {
        BatchSampler sampler = sampler_;
        BatchObjective batches(at, sampler);
        if (!batches.begin(at.x_data())) return;
        Iterate inner(batches, at.x_data(), at.box());
        hesse::restart(method_, inner);
    }
    StepOutcome step(Iterate& at) {
        Method method = method_;
        BatchSampler sampler = sampler_;
        BatchObjective batches(at, sampler);
        if (!batches.begin(at.x_data())) return StepOutcome::not_finite;  // no shorter pass has another start
        Iterate inner(batches, at.x_data(), at.box());
        const Index steps = options_.steps > 0 ? options_.steps : sampler.batches_per_epoch();
        for (Index k = 0; k < steps; ++k) {
            if (k + 1 == steps) batches.close();
            const StepOutcome outcome = method.step(inner);
            if (outcome == StepOutcome::not_finite) return outcome;
            if (outcome != StepOutcome::moved && outcome != StepOutcome::rejected) break;
        }
        double* const next = at.next_data();
        const double part = shortening_.factor();
        at.space().copy(inner.x_data(), next);
        if (part < 1.0) at.space().combine(1.0 - part, at.x_data(), part, next);
        if (!shortening_.take_trial(at, at.linearize_trial(next))) return shortening_.reject(at);
        method_ = std::move(method);
        sampler_ = std::move(sampler);
        return shortening_.made(at);
    }
    void save(std::ostream& out) const {
        StateWriter state(out, name, 2);
        shortening_.save(state);
        sampler_.save(state);
        method_.save(out);
    }
    void load(std::istream& in) {
        StateReader state(in, name, 2);
        StepShortening shortening;
        shortening.load(state);
        BatchSampler sampler = sampler_;
        sampler.load(state);
        method_.load(in);
        sampler_ = std::move(sampler);
        shortening_ = shortening;
    }

private:
    static OnBatchesOptions checked(OnBatchesOptions options) {
        options.check(name);
        return options;
    }

    Method method_;
    OnBatchesOptions options_;
    BatchSampler sampler_;
    StepShortening shortening_;  // of whole passes
};

/// The method on mini-batches:
///     minimize(f, x, on_batches(Adam{{.step_size = 1e-3}}, {.batches = {.size = 128}}), Stopping{.budget = 50});
template <Optimizer Method>
OnBatches<Method> on_batches(Method method, OnBatchesOptions options = {}) {
    return OnBatches<Method>(std::move(method), std::move(options));
}

}  // namespace hesse
