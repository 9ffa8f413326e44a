#include "current_hessian.hpp"
#include "hesse/optim/minres.hpp"
#include "hesse/optim/negative_curvature_escape.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

// The part of NegativeCurvatureEscape that goes by higher orders.
namespace hesse {
namespace {

constexpr Index doublings = 12;  // of the first step, until a direction counts as one that does not lead down
constexpr int random_directions = 8;      // where the Hessian is zero
constexpr Index products_of_a_bend = 50;  // MINRES; an inaccurate bend is a worse curve, no wrong one

}  // namespace

/// The first step at which the loss is lower by more than rounding, and then as far as it falls.
NegativeCurvatureEscape::Step NegativeCurvatureEscape::search_flat(Iterate& at, double sign,
                                                                   const Lengths& lengths) {
    double a = lengths.first, value = value_along(at, sign * a);
    const double below = at.value() - 10.0 * at.rounding_floor();
    for (Index k = 0; !(value < below); ++k) {
        if (k >= doublings || 2.0 * a > lengths.longest) return {0.0, value};
        a *= 2.0;
        value = value_along(at, sign * a);
    }
    for (Index k = 0; k < options_.expansions && 2.0 * a <= lengths.longest && value >= options_.lowest_value;
         ++k) {
        const double further = value_along(at, sign * 2.0 * a);
        if (!(further < value)) break;
        a *= 2.0;
        value = further;
    }
    return {a, value};
}

/// Bends the line to the curve on which the directions with curvature are eliminated; false if it stays straight. The third derivative
/// is a second difference of gradients, over a step of `length`.
bool NegativeCurvatureEscape::bend(Iterate& at, double length) {
    const VectorSpace& space = at.space();
    Buffer third(unit_.size());
    space.combine(-2.0, at.gradient_data(), 0.0, third.data());
    for (const double sign : {1.0, -1.0}) {
        place(at, sign * length);
        if (!at.linearize_trial(trial_.data())) return false;
        space.add(1.0, at.trial_gradient(), third.data());
    }
    space.scale(-0.5 / (length * length), third.data());
    if (!space.all_finite(third.data()) || space.norm(third.data()) == 0.0) return false;
    const CurrentHessian hessian{at};
    const Index most = std::min(products_of_a_bend, at.affordable_products());
    if (most < 1) return false;
    const MinresResult solved =
        minres(hessian, third.data(), {.tolerance = 1e-6, .max_products = most}, bend_.data());
    bent_ = solved.end != MinresEnd::not_finite && space.all_finite(bend_.data());
    return bent_;
}

bool NegativeCurvatureEscape::leave_degenerate(Iterate& at, const double* direction, double largest_curvature,
                                               double flat) {
    const Charge charge(at, Purpose::escape);
    if (unit_.size() != static_cast<std::size_t>(at.size())) start(at);
    const VectorSpace& space = at.space();
    const double length = space.norm(direction);
    const double before = at.value();
    const Index attempt = attempt_at(at);
    constexpr double infinity = std::numeric_limits<double>::infinity();
    report_ = {.value_plus = infinity, .value_minus = infinity, .value_before = before};
    if (!(length > 0.0) || attempt >= options_.attempts) return false;

    const bool flat_everywhere = largest_curvature <= flat;
    const Lengths lengths = lengths_at(at, 0.0, std::pow(10.0, static_cast<double>(attempt)));
    RandomGenerator random = random_;  // taken over at the end: the loss may throw
    bool moved = false;
    const auto try_both_sides = [&] {
        for (const double sign : {1.0, -1.0}) {
            const Step found = search_flat(at, sign, lengths);
            (sign > 0.0 ? report_.value_plus : report_.value_minus) = found.value;
            if (!take(at, sign, found)) continue;
            report_.step = sign * found.length;
            return true;
        }
        return false;
    };
    bent_ = false;
    space.combine(1.0 / length, direction, 0.0, unit_.data());
    moved = try_both_sides();
    if (!moved && !flat_everywhere && bend(at, lengths.first)) moved = try_both_sides();
    bent_ = false;
    for (int k = 0; !moved && flat_everywhere && k < random_directions; ++k) {
        random.unit_vector(space, unit_.data());
        moved = try_both_sides();
    }
    random_ = random;
    if (moved) ++count_;
    attempt_ = attempt;
    last_value_ = before;
    return moved;
}

}  // namespace hesse
