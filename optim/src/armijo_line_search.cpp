#include "hesse/optim/armijo_line_search.hpp"

#include "options.hpp"

#include <algorithm>
#include <cmath>

namespace hesse {

void ArmijoOptions::check(std::string_view type) const {
    require_in(type, "sufficient_decrease", sufficient_decrease, 0.0, 1.0);
    require_at_least(type, "evaluations", evaluations, 1);
}

ArmijoLineSearch::Result ArmijoLineSearch::search(Iterate& at, const double* direction, double slope,
                                                  double first, double reference) const {
    const double value = at.value(), floor = at.rounding_floor();
    bool finite = false;
    double step = first;
    for (Index k = 0; k < options_.evaluations; ++k) {
        const double there = at.value_along(direction, step);
        finite = finite || std::isfinite(there);
        const bool rounding = std::abs(there - value) <= floor && -step * slope <= floor;
        if (there <= reference + options_.sufficient_decrease * step * slope || rounding) {
            if (at.linearize_along(direction, step) &&
                (!rounding || at.trial_gradient_norm() < at.gradient_norm()))
                return {LineSearchEnd::found, step};
            if (rounding) return {LineSearchEnd::no_decrease, 0.0};
        }
        const double parabola = -0.5 * slope * step * step / (there - value - slope * step);
        step = std::isfinite(parabola) ? std::clamp(parabola, 0.1 * step, 0.5 * step) : 0.1 * step;
    }
    return {finite ? LineSearchEnd::no_decrease : LineSearchEnd::not_finite, 0.0};
}

}  // namespace hesse
