#pragma once

#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/random.hpp"
#include "hesse/optim/schedule.hpp"
#include "hesse/optim/step_shortening.hpp"

#include <cstdint>
#include <iosfwd>
#include <string_view>

namespace hesse {

/// Gradient descent with noise in every step, x <- x - a (g + noise u), u uniform on the unit sphere: it leaves strict saddles, also on
/// batches (Ge, Huang, Jin and Yuan, COLT 2015). One gradient a step and a vector. It does not settle: let a fall, or hand over. Bounds on
/// parameters are kept by projection. A step to where the loss is not finite is rejected, and it and all after it are half as long.
class NoisyGradientDescent {
public:
    struct Options {
        Schedule step_size = 1e-2;
        double noise = 1e-2;  ///< in units of the gradient
        std::uint64_t seed = 0;
    };
    static constexpr std::string_view name = "NoisyGradientDescent";
    static constexpr Needs needs{.stationary_points = true, .keeps_bounds = true};

    NoisyGradientDescent() : NoisyGradientDescent(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit NoisyGradientDescent(Options options);

    void start(Iterate& at);
    void restart(Iterate&) {}
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

private:
    Options options_;
    RandomGenerator random_;
    std::int64_t steps_ = 0;
    StepShortening shortening_;
    Buffer noise_;
};
static_assert(Optimizer<NoisyGradientDescent>);

}  // namespace hesse
