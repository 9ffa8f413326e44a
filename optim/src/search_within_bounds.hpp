#pragma once

#include "hesse/optim/iterate.hpp"
#include "hesse/optim/wolfe_line_search.hpp"

#include <cmath>

namespace hesse {

struct SearchWithinBounds {
    WolfeLineSearch::Result found;
    double slope = 0.0;  // along d
    bool met = false;    // a bound, so that the next step is on another face
};

/// A search along d (n), from x + first d on, within bounds on parameters; entries of d that lead out of them are set to zero. Where the
/// first trial lies within the bounds, `along(slope, first, longest)` searches the ray, no further than to the first of them.
/// Otherwise projections of x + t d are tried, which may meet many bounds at once, for t = first, first / 2, ... (the projected arc of
/// Bertsekas, IEEE Trans. Automat. Control 21 (1976) 174), until one has lowered the loss by enough of what its displacement promises;
/// if none has, the ray is left, up to the first bound.
template <class Along>
SearchWithinBounds search_within_bounds(Iterate& at, double* d, double first, double sufficient_decrease,
                                        const Along& along) {
    constexpr int halvings = 10;
    SearchWithinBounds search;
    search.slope = at.keep_within(d);
    if (!(search.slope < 0.0) || !std::isfinite(search.slope)) return search;
    const double longest = at.first_bound_along(d);
    if (first > longest) {
        const double before = at.value();
        double step = first;
        for (int k = 0; k < halvings && step > longest; ++k, step *= 0.5) {
            const double there = at.value_along(d, step), promised = at.slope_to_next();
            if (!(promised < 0.0 && there <= before + sufficient_decrease * promised) ||
                !at.linearize_along(d, step))
                continue;
            search.found = {LineSearchEnd::found, step};
            search.met = true;
            return search;
        }
        first = longest;
    }
    search.found = along(search.slope, first, longest);
    search.met = search.found.step >= longest;
    return search;
}

}  // namespace hesse
