#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/random.hpp"

#include <cstdint>
#include <iosfwd>
#include <utility>

namespace hesse {

struct NoiseOptions {
    double radius = 0.0;              // of the noise; 0: 1e-3 max(1, |x|)
    double gradient_threshold = 0.0;  // where it is added; 0: where the run would stop
    Index patience = 50;              // steps that it is given to grow
    std::uint64_t seed = 0;
};

/// When to add noise, and whether it has led anywhere: what Perturbed does beside its method. Noise is uniform in a ball; after
/// `patience` steps the loss must have fallen by more than half of radius |g| and ten rounding floors.
class Noise {
public:
    explicit Noise(NoiseOptions options);

    void start(const Iterate& at);
    /// Whether it is time for noise: the gradient is small, or the method `stalled`, and none is at work.
    [[nodiscard]] bool due(const Iterate& at, bool stalled) const;
    /// Moves to a point nearby, remembering this one: false, and another one next time, if the loss is not finite there.
    bool add(Iterate& at);
    /// A step was made.
    void note_step() { since_ += since_ >= 0 ? 1 : 0; }
    /// Whether noise has had its time, or the method `stalled` before, and the loss has not fallen.
    [[nodiscard]] bool failed(const Iterate& at, bool stalled) const;
    /// Back to where the noise was added; false if the loss is not finite there any more.
    bool take_back(Iterate& at);

    [[nodiscard]] Index count() const { return count_; }
    void save(std::ostream& out) const;
    void load(std::istream& in);

private:
    NoiseOptions options_;
    RandomGenerator random_;
    Index count_ = 0;
    Index since_ = -1;  // steps since the last noise; -1 when there was none
    double saved_value_ = 0.0, expected_ = 0.0;
    Buffer saved_, next_;
};

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
        return all;
    }();

    /// Throws std::invalid_argument if an option is out of range.
    explicit Perturbed(Method method, NoiseOptions options = {}) : method_(std::move(method)), noise_(options) {}

    void start(Iterate& at) {
        method_.start(at);
        noise_.start(at);
    }
    void restart(Iterate& at) { restart_method(at); }
    StepOutcome step(Iterate& at) {
        if (noise_.failed(at, false)) return noise_.take_back(at) ? StepOutcome::converged : StepOutcome::not_finite;
        if (noise_.due(at, false)) return perturb(at);
        const StepOutcome outcome = method_.step(at);
        if (outcome == StepOutcome::moved) noise_.note_step();
        if (outcome == StepOutcome::moved || outcome == StepOutcome::rejected ||
            outcome == StepOutcome::not_finite)
            return outcome;
        if (noise_.due(at, true)) return perturb(at);
        if (noise_.failed(at, true) && !noise_.take_back(at)) return StepOutcome::not_finite;
        return outcome;
    }
    void save(std::ostream& out) const {
        noise_.save(out);
        method_.save(out);
    }
    void load(std::istream& in) {
        Noise noise = noise_;
        noise.load(in);
        method_.load(in);
        noise_ = std::move(noise);
    }

    /// How often noise was added since start.
    [[nodiscard]] Index perturbations() const { return noise_.count(); }

private:
    StepOutcome perturb(Iterate& at) {
        if (!noise_.add(at)) return StepOutcome::rejected;
        restart_method(at);
        return StepOutcome::moved;
    }
    void restart_method(Iterate& at) {
        if constexpr (requires { method_.restart(at); }) method_.restart(at);
        else method_.start(at);
    }

    Method method_;
    Noise noise_;
};

}  // namespace hesse
