#pragma once

#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/perturbation.hpp"
#include "hesse/optim/state_text.hpp"

#include <iosfwd>
#include <string_view>
#include <utility>

namespace hesse {

/// A method that adds noise where it stalls, the cheap way out of saddles: no product is spent, and a saddle of curvature -c is left
/// once the noise has grown, in some log(1 / radius) / (step_size c) steps of gradient descent, fewer of momentum. It ends,
/// `converged`, at the point where noise has not helped.
/// With GradientDescent this is perturbed gradient descent (Jin, Ge, Netrapalli, Kakade and Jordan, ICML 2017) with practical constants.
template <Optimizer Method>
class Perturbed {
public:
    static constexpr std::string_view name = "Perturbed";
    static constexpr Needs needs = [] {
        Needs all = Method::needs;
        all.stationary_points = true;
        all.compares_losses = true;
        return all;
    }();

    /// Throws std::invalid_argument if an option is out of range.
    explicit Perturbed(Method method, Perturbation::Options options = {})
        : method_(std::move(method)), noise_(options) {
        options.check(name);
    }

    void start(Iterate& at) {
        method_.start(at);
        noise_.start(at);
    }
    void restart(Iterate& at) {
        noise_.restart(at);
        hesse::restart(method_, at);
    }
    StepOutcome step(Iterate& at) {
        if (noise_.useless()) return StepOutcome::converged;
        if (noise_.failed(at)) return noise_.go_back(at) ? StepOutcome::converged : StepOutcome::not_finite;
        if (noise_.due(at)) return perturb(at);
        const StepOutcome outcome = method_.step(at);
        if (outcome == StepOutcome::moved) noise_.count_step();
        if (outcome == StepOutcome::moved || outcome == StepOutcome::rejected ||
            outcome == StepOutcome::not_finite)
            return outcome;
        if (noise_.due(at, true)) return perturb(at);
        if (noise_.failed(at, true))
            return noise_.go_back(at) ? StepOutcome::converged : StepOutcome::not_finite;
        return outcome;
    }
    void save(std::ostream& out) const {
        StateWriter state(out, name, 2);
        noise_.save(state);
        method_.save(out);
    }
    void load(std::istream& in) {
        StateReader state(in, name, 2);
        Perturbation noise = noise_;
        noise.load(state);
        method_.load(in);
        noise_ = std::move(noise);
    }

    /// How often noise was added since start.
    [[nodiscard]] Index perturbations() const { return noise_.count(); }

private:
    StepOutcome perturb(Iterate& at) {
        if (!noise_.perturb(at)) return StepOutcome::rejected;
        hesse::restart(method_, at);
        return StepOutcome::moved;
    }

    Method method_;
    Perturbation noise_;
};

}  // namespace hesse
