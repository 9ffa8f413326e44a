#pragma once

#include "hesse/optim/curvature/linear_operator.hpp"
#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/state_text.hpp"
#include "hesse/optim/stochastic/batch_loss.hpp"
#include "hesse/optim/stochastic/hessian_sample.hpp"

#include <concepts>
#include <iosfwd>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace hesse {

/// The Hessian of the loss on some rows, where an optimizer stands: one symmetric operator for as long as it lives. Of all rows it
/// is the Hessian of the loss itself. Costs a gradient on the rows, and as much as they do for a product.
class SampledHessian {
public:
    /// `rows` must outlive this.
    SampledHessian(Iterate& at, std::span<const Index> rows) : at_(at) {
        if (static_cast<Index>(rows.size()) == at.data_rows()) return;
        loss_.emplace(at, rows);
        loss_->gradient(at.x_data());
    }
    SampledHessian(const SampledHessian&) = delete;
    SampledHessian& operator=(const SampledHessian&) = delete;

    [[nodiscard]] Index rows() const { return at_.size(); }
    [[nodiscard]] Communicator* communicator() const { return at_.communicator(); }
    void apply(const double* in, double* out) const {
        if (loss_) loss_->apply_hessian(in, out);
        else at_.apply_hessian(in, out);
    }

private:
    Iterate& at_;
    mutable std::optional<BatchLoss> loss_;  // counts what it is asked
};

/// A method whose step can do with another symmetric operator in the place of the Hessian, as those of TrustRegion and
/// AdaptiveCubicRegularization can.
template <class M>
concept StepsWithOperator = Optimizer<M> && requires(M method, Iterate& at, OperatorRef hessian) {
    { method.step(at, hessian) } -> std::same_as<StepOutcome>;
};

/// A second-order method with the Hessian of a sample of the rows, new ones for each step, that grows as steps become shorter:
///     minimize(f, x0, Subsampled(TrustRegion{}));
///     minimize(f, x0, Subsampled(AdaptiveCubicRegularization{}, {.rows = 100}));
/// Loss and gradient are those of all rows, so that every step that is taken lowers the loss. The operator stays as it is while a
/// step is found. Where a step with the sample fails, one with all rows is tried. See HessianSample for the rule and its papers.
/// Bounds on parameters are not kept.
template <StepsWithOperator Method>
class Subsampled {
public:
    static constexpr std::string_view name = "Subsampled";
    static constexpr Needs needs = [] {
        Needs all = Method::needs;
        all.batches = true;
        all.keeps_bounds = false;
        return all;
    }();

    /// Throws std::invalid_argument if an option is out of range.
    explicit Subsampled(Method method, HessianSample::Options sample = {})
        : method_(std::move(method)), sample_(sample) {}

    void start(Iterate& at) {
        sample_.start(at.data_rows());
        method_.start(at);
    }
    void restart(Iterate& at) { hesse::restart(method_, at); }
    StepOutcome step(Iterate& at) {
        HessianSample next = sample_;  // the state stays where it is unless the step is taken
        const std::vector<Index> rows = next.draw();
        StepOutcome outcome = method_.step(at, SampledHessian(at, rows));
        if (outcome != StepOutcome::moved && outcome != StepOutcome::converged &&
            next.rows() < next.data_rows())
            outcome = method_.step(at);
        if (outcome == StepOutcome::moved) {
            next.adapt(at.last_move());
            sample_ = next;
        }
        return outcome;
    }
    NegativeCurvatureEscape& escape()
        requires requires(Method& method) { method.escape(); }
    {
        return method_.escape();
    }
    void save(std::ostream& out) const {
        StateWriter state(out, name, 1);
        sample_.save(state);
        method_.save(out);
    }
    void load(std::istream& in) {
        StateReader state(in, name, 1);
        HessianSample sample = sample_;
        sample.load(state);
        method_.load(in);
        sample_ = sample;
    }

    [[nodiscard]] const Method& method() const { return method_; }
    /// How many rows the next Hessian is from.
    [[nodiscard]] Index sample_rows() const { return sample_.rows(); }

private:
    Method method_;
    HessianSample sample_;
};

}  // namespace hesse
