#pragma once

#include "hesse/optim/objective.hpp"
#include "hesse/optim/stochastic/batch_sampler.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace hesse {

class Iterate;

/// A sum over data seen through batches: each time it is linearised, another batch stands for all rows. Counts what that costs
/// as shares of the whole.
class BatchObjective final : public ObjectiveRef {
public:
    /// On the batches of `sampler`, which has been started; both outlive this.
    BatchObjective(Iterate& whole, BatchSampler& sampler) : whole_(whole), sampler_(sampler) {}

    /// Draws the batch on which an Iterate at x (n) begins, which must keep its place until that is made. false where the loss or
    /// its gradient is not finite there, and no Iterate can be.
    [[nodiscard]] bool begin(const double* x);
    /// From now on no batch is drawn: where this is linearised next, what the last batch gave elsewhere stands for it. For
    /// the last step of several, whose gradient nobody will use.
    void close() { closed_ = true; }

    [[nodiscard]] Index size() const override;
    /// On the batch of the current linearisation.
    double value(const double* x) override;
    void linearize(const double* x, Slot slot) override;
    [[nodiscard]] double value(Slot slot) const override;
    [[nodiscard]] const double* gradient(Slot slot) const override;
    void apply_hessian(Slot slot, const double* in, double* out) const override;
    void apply_gauss_newton(Slot slot, const double* in, double* out) const override;
    [[nodiscard]] double rounding_error(Slot slot) const override;
    [[nodiscard]] Communicator* communicator() const override;
    void accept_trial() override { current_ = 1 - current_; }

private:
    struct Batch {
        std::vector<Index> rows;
        OwnedObjective loss;
        [[nodiscard]] double share(Index of) const {
            return static_cast<double>(rows.size()) / static_cast<double>(of);
        }
    };
    [[nodiscard]] const Batch& at(Slot slot) const {
        return batches_[slot == Slot::current ? current_ : 1 - current_];
    }

    Iterate& whole_;
    BatchSampler& sampler_;
    std::array<Batch, 2> batches_;
    std::size_t current_ = 0;
    bool begun_ = false, closed_ = false;
};

}  // namespace hesse
