#include "hesse/optim/wolfe_line_search.hpp"

#include "options.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hesse {

void WolfeOptions::check(std::string_view type) const {
    require_in(type, "sufficient_decrease", sufficient_decrease, 0.0, 0.5);
    require_in(type, "curvature", curvature, sufficient_decrease, 1.0);
    require_at_least(type, "evaluations", evaluations, 1);
}

namespace {

/// phi and its derivative at a step; an infinite value has no derivative.
struct Sample {
    double step, value, slope;
};

/// Where the cubic through two samples is least, but for the outer tenths.
double interpolate(const Sample& a, const Sample& b) {
    const double width = b.step - a.step, middle = a.step + 0.5 * width;
    if (!std::isfinite(b.value)) return a.step + 0.1 * width;
    const double d1 = a.slope + b.slope - 3.0 * (b.value - a.value) / width;
    const double square = d1 * d1 - a.slope * b.slope;
    if (!(square >= 0.0)) return middle;
    const double d2 = std::copysign(std::sqrt(square), width);
    const double step = b.step - width * (b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2);
    const double lower = a.step + 0.1 * width, upper = a.step + 0.9 * width;
    if (std::isnan(step)) return middle;
    return std::clamp(step, std::min(lower, upper), std::max(lower, upper));
}

}  // namespace

WolfeLineSearch::Result WolfeLineSearch::search(Iterate& at, const double* direction, double slope,
                                                double first, double longest) const {
    const VectorSpace& space = at.space();
    const double value = at.value(), floor = at.rounding_floor(), c1 = options_.sufficient_decrease;
    const auto evaluate = [&](double step) {
        if (!at.linearize_along(direction, step))
            return Sample{step, std::numeric_limits<double>::infinity(), 0.0};
        return Sample{step, at.trial_value(), space.dot(at.trial_loss_gradient(), direction)};
    };
    // A value that is lower by rounding alone says nothing; the slope still does.
    const auto decreases = [&](const Sample& s) {
        return std::abs(s.value - value) <= floor ? s.slope <= (2.0 * c1 - 1.0) * slope
                                                  : s.value <= value + c1 * s.step * slope;
    };

    Sample best{0.0, value, slope}, other{};  // the bracket, once there is one, lies between them
    bool bracketed = false;
    double step = first, width_before = std::numeric_limits<double>::infinity();
    Sample last{};
    for (Index k = 0; k < options_.evaluations; ++k) {
        last = evaluate(step);
        if (!decreases(last) || last.value > best.value + floor) {
            other = last;
            bracketed = true;
        } else {
            const bool flat = std::abs(last.slope) <= -options_.curvature * slope;
            if (flat || (step >= longest && last.slope < 0.0)) return {LineSearchEnd::found, step};
            const double onwards = bracketed ? other.step - best.step : 1.0;
            if (last.slope * onwards >= 0.0) {
                other = best;
                bracketed = true;
            }
            best = last;
        }
        const double width = std::abs(other.step - best.step);
        if (bracketed &&
            width <= 4.0 * std::numeric_limits<double>::epsilon() * std::max(best.step, other.step))
            break;
        // Two thirds at least, each time: a cubic may creep along one end.
        const bool creeps = bracketed && width > 0.66 * width_before;
        width_before = bracketed ? width : width_before;
        step = !bracketed ? std::min(4.0 * best.step, longest)
               : creeps   ? best.step + 0.5 * (other.step - best.step)
                          : interpolate(best, other);
        if (!std::isfinite(step)) break;
    }
    // Lower, if not flat enough; or flatter, where it is lower by rounding alone. Beside a kink it is neither, and a run would go on by
    // steps that lead nowhere.
    if (best.step > 0.0 && (best.value < value - floor || std::abs(best.slope) < 0.9 * -slope)) {
        if (last.step != best.step && !std::isfinite(evaluate(best.step).value))
            return {LineSearchEnd::not_finite, 0.0};
        return {LineSearchEnd::found, best.step};
    }
    return {std::isfinite(last.value) ? LineSearchEnd::no_decrease : LineSearchEnd::not_finite, 0.0};
}

}  // namespace hesse
