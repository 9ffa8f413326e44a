#pragma once

#include "hesse/optim/armijo_line_search.hpp"
#include "hesse/optim/optimizer.hpp"

#include <iosfwd>
#include <string_view>

namespace hesse {

/// Gradient descent with the step of Barzilai and Borwein, IMA J. Numer. Anal. 8 (1988) 141,
///     x <- x - a g,   a = s's / s'y,   s = x+ - x,   y = g+ - g,
/// held to a decrease below the largest of the last values (Raydan, SIAM J. Optim. 7 (1997) 26): it does not fall in every step, and
/// is the faster for it. Where s'y is not positive the step is first_length long. f times a power of two takes the same path.
/// Within bounds the step goes towards the projection of x - a g (Birgin, Martinez and Raydan, SIAM J. Optim. 10 (2000) 1196).
/// A value and a gradient a step, most often; two vectors.
class BarzilaiBorwein {
public:
    struct Options {
        Index values = 10;          // of which the largest is the reference; 1 makes it monotone
        double first_length = 1.0;  // of the first step, and of those along which the loss is not convex
        ArmijoOptions search{};
    };
    static constexpr std::string_view name = "BarzilaiBorwein";
    static constexpr Needs needs{.keeps_bounds = true, .compares_losses = true};

    BarzilaiBorwein() : BarzilaiBorwein(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit BarzilaiBorwein(Options options);

    void start(Iterate& at);
    void restart(Iterate& at) { start(at); }
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

private:
    StepOutcome projected_step(Iterate& at);
    void keep(const Iterate& at, double step_size);

    Options options_;
    ArmijoLineSearch search_;
    double step_size_ = 0.0;  // 0: there is none yet
    Buffer last_values_;
    Buffer direction_;
};
static_assert(Optimizer<BarzilaiBorwein>);

}  // namespace hesse
