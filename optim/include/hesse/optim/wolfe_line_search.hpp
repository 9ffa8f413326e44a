#pragma once

#include "hesse/optim/iterate.hpp"

#include <limits>
#include <string_view>

namespace hesse {

struct WolfeOptions {
    double sufficient_decrease = 1e-4;  // c1
    double curvature = 0.9;             // c2: c1 < c2 < 1
    Index evaluations = 30;             // of the loss and its gradient, at most

    /// Throws std::invalid_argument in the name of `type` if an option is out of range.
    void check(std::string_view type) const;
};

enum class LineSearchEnd {
    found,  ///< the trial of the iterate satisfies the conditions, or the first of them after all evaluations
    no_decrease,  ///< no step lowers the loss by more than its rounding
    not_finite,   ///< the loss or its gradient is not finite, however short the step
};

/// A step length a with the strong conditions of Wolfe, phi(a) = f(x + a d):
///     phi(a) <= phi(0) + c1 a phi'(0),   |phi'(a)| <= c2 |phi'(0)|,
/// by expansion, then by cubic interpolation in a bracket (Nocedal and Wright, Numerical Optimization, section 3.5). Where
/// differences of the loss are rounding the first is asked of the slopes instead, phi'(a) <= (2 c1 - 1) phi'(0), which can
/// still tell (Hager and Zhang, SIAM J. Optim. 16 (2005) 170). Each evaluation costs one gradient.
class WolfeLineSearch {
public:
    struct Result {
        LineSearchEnd end = LineSearchEnd::no_decrease;
        double step = 0.0;
    };

    explicit WolfeLineSearch(WolfeOptions options = {}) : options_(options) {}

    /// Searches along d (n), slope = g'd < 0, from the step `first` > 0, and no further than `longest` >= first, where the second
    /// condition need not hold. After `found` the trial of `at` is x + step d: take it by at.accept_trial().
    Result search(Iterate& at, const double* direction, double slope, double first,
                  double longest = std::numeric_limits<double>::infinity()) const;

private:
    WolfeOptions options_;
};

}  // namespace hesse
