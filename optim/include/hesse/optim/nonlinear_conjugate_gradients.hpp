#pragma once

#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/wolfe_line_search.hpp"

#include <iosfwd>
#include <string_view>

namespace hesse {

/// Conjugate gradients for any smooth loss: d <- -g+ + b d with the b of Hager and Zhang, SIAM J. Optim. 16 (2005) 170,
///     b = (y - 2 d |y|^2 / d'y)' g+ / d'y,   y = g+ - g,
/// which makes d a direction of descent whatever the search, and at least 0.4 d'g / |d|^2 (the same, 23 (2013) 2150).
/// The search along d asks for the conditions of Wolfe with a flat end. Begins anew from -g where it fails, and after n steps.
/// Bounds on parameters are kept: the search goes no further than to the first bound, or tries projections of where it would begin; it
/// begins anew on each face of the box.
/// f times a power of two takes the same path. One to three gradients a step; five vectors.
class NonlinearConjugateGradients {
public:
    struct Options {
        double first_length = 1.0;  // of the first step that is tried, and after each new beginning
        WolfeOptions search{.curvature = 0.1};
    };
    static constexpr std::string_view name = "NonlinearConjugateGradients";
    static constexpr Needs needs{.keeps_bounds = true, .compares_losses = true};

    NonlinearConjugateGradients() : NonlinearConjugateGradients(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit NonlinearConjugateGradients(Options options);

    void start(Iterate& at);
    void restart(Iterate& at);
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

private:
    double find_direction(const Iterate& at, bool anew);

    Options options_;
    WolfeLineSearch search_;
    Index steps_ = 0;                  // since the last beginning
    double step_ = 0.0, slope_ = 0.0;  // of the last search
    bool met_ = false;                 // a bound, with it
    double curvature_ = 0.0;           // of the loss along the last step
    Buffer direction_, gradient_;      // of the last step
    Buffer next_direction_, next_gradient_;
};
static_assert(Optimizer<NonlinearConjugateGradients>);

}  // namespace hesse
