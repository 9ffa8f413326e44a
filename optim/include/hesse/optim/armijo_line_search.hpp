#pragma once

#include "hesse/optim/iterate.hpp"
#include "hesse/optim/wolfe_line_search.hpp"

#include <string_view>

namespace hesse {

struct ArmijoOptions {
    double sufficient_decrease = 1e-4;  // c
    Index evaluations = 40;             // of the loss, at most

    /// Throws std::invalid_argument in the name of `type` if an option is out of range.
    void check(std::string_view type) const;
};

/// A step length a with f(x + a d) <= reference + c a g'd, from a first one by backtracking: the next is where the parabola
/// through what is known is least, between a tenth and a half of the last. With the reference f(x) it is the rule of Armijo, Pacific J.
/// Math. 16 (1966) 1; with the largest of the last values the one of Grippo, Lampariello and Lucidi, SINUM 23 (1986) 707.
/// Where differences of the loss are rounding, a step that makes the gradient smaller is taken. Each evaluation is one of the loss
/// alone, a third of a gradient; one gradient at the end.
class ArmijoLineSearch {
public:
    using Result = WolfeLineSearch::Result;

    explicit ArmijoLineSearch(ArmijoOptions options = {}) : options_(options) {}

    /// Searches along d (n), slope = g'd < 0, from the step `first` > 0, reference >= f(x). After `found` the trial of `at` is
    /// x + step d: take it by at.accept_trial().
    Result search(Iterate& at, const double* direction, double slope, double first, double reference) const;

private:
    ArmijoOptions options_;
};

}  // namespace hesse
