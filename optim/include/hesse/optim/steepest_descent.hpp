#pragma once

#include "hesse/optim/armijo_line_search.hpp"
#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/wolfe_line_search.hpp"

#include <iosfwd>
#include <string_view>

namespace hesse {

/// Which conditions a step satisfies.
enum class SearchRule { armijo, wolfe };

/// Gradient descent with a line search along -g in each step. The first step that is tried has the length first_length, later ones
/// promise as much decrease as the last one did. f times a power of two takes the same path. Converges linearly, slowly where
/// the Hessian is ill-conditioned.
/// Bounds on parameters are kept: the search goes no further than to the first bound, or tries projections of where it would begin.
class SteepestDescent {
public:
    struct Options {
        SearchRule rule = SearchRule::armijo;
        double first_length = 1.0;
        ArmijoOptions armijo{};
        WolfeOptions wolfe{};
    };
    static constexpr std::string_view name = "SteepestDescent";
    static constexpr Needs needs{.keeps_bounds = true, .compares_losses = true};

    SteepestDescent() : SteepestDescent(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit SteepestDescent(Options options);

    void start(Iterate& at);
    void restart(Iterate& at);
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

private:
    Options options_;
    ArmijoLineSearch armijo_;
    WolfeLineSearch wolfe_;
    double promise_ = 0.0;    // step times slope of the last step
    double curvature_ = 0.0;  // of the loss along it
    Buffer direction_;
};
static_assert(Optimizer<SteepestDescent>);

}  // namespace hesse
