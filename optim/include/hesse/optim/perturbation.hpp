#pragma once

#include "hesse/optim/iterate.hpp"
#include "hesse/optim/random.hpp"
#include "hesse/optim/state_text.hpp"

#include <cstdint>
#include <string_view>

namespace hesse {

/// What the theorems of the perturbed methods ask of a loss, and promise: with probability 1 - failure_probability a point whose
/// gradient is at most `accuracy` and whose curvature is nowhere below -sqrt(hessian_lipschitz accuracy).
struct SmoothProblem {
    Index dimension = 1;
    double gradient_lipschitz = 1.0;   // l
    double hessian_lipschitz = 1.0;    // rho
    double accuracy = 1e-3;            // epsilon
    double value_gap = 1.0;            // f(x0) - min f
    double failure_probability = 0.1;  // delta
    /// c of the papers, which give no number; 0: 0.1 in that of 2017, where it is to be small enough, 1 in that of 2018, where it is
    /// to be large enough.
    double constant = 0.0;

    /// Throws std::invalid_argument, in the name of `function`, unless all are positive.
    void check(std::string_view function) const;
    /// A number of steps, rounded up. Throws std::invalid_argument unless it is less than 2^62.
    [[nodiscard]] Index whole_steps(std::string_view function, std::string_view formula, double steps) const;
};

/// Noise at points where the gradient is small, and the test whether it helped: what the perturbed methods share.
class Perturbation {
public:
    struct Options {
        double gradient_threshold = 0.0;  // 0: the gradient norm at which the run would stop
        double radius = 0.0;              // of the noise; 0: 1e-3 max(1, |x|)
        Index patience = 50;              // steps that the noise is given to grow
        double decrease = 0.0;  // expected of them; 0: the larger of radius |g| / 2 and 10 rounding floors
        std::uint64_t seed = 0;

        /// Throws std::invalid_argument in the name of `type` if an option is out of range.
        void check(std::string_view type) const;
    };

    explicit Perturbation(Options options) : options_(options), random_(options.seed) {}

    [[nodiscard]] const Options& options() const { return options_; }

    void start(const Iterate& at);
    /// Forgets the last noise, and that it was of no use, but not the random numbers that were drawn.
    void restart(const Iterate& at);

    /// The gradient is small, or the method has `stalled`, and `patience` steps have passed since the last noise.
    [[nodiscard]] bool due(const Iterate& at, bool stalled = false) const;
    /// Adds noise, uniform in the ball; false, and nothing moved, if it leads to where the loss is not finite: the next noise is
    /// another one.
    bool perturb(Iterate& at);
    /// A step was made that was no noise.
    void count_step() {
        if (since_noise_ >= 0) ++since_noise_;
    }
    /// `patience` steps after the noise, or where the method has `stalled` before, the loss is not lower by `decrease` than before it.
    [[nodiscard]] bool failed(const Iterate& at, bool stalled = false) const {
        const bool judged = since_noise_ == options_.patience ||
                            (stalled && since_noise_ >= 0 && since_noise_ < options_.patience);
        return judged && !(at.value() - saved_value_ < -expected_);
    }
    /// Moves to where the last noise was added; false if the loss is not finite there any more.
    bool go_back(Iterate& at);
    /// Whether it has gone back, and noise is of no use here.
    [[nodiscard]] bool useless() const { return useless_; }

    /// Perturbations since start.
    [[nodiscard]] Index count() const { return count_; }

    void save(StateWriter& state) const;
    void load(StateReader& state);

private:
    Options options_;
    RandomGenerator random_;
    Index count_ = 0;
    Index since_noise_ = -1;  // steps since the last noise; -1 when there was none
    bool useless_ = false;
    double saved_value_ = 0.0;  // before it
    double expected_ = 0.0;     // decrease from there that lets the method go on
    Buffer saved_;              // the point before it
    Buffer next_;
};

}  // namespace hesse
