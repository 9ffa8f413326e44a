#pragma once

#include "hesse/optim/iterate.hpp"
#include "hesse/optim/random.hpp"

#include <cstdint>
#include <iosfwd>
#include <limits>
#include <string_view>

namespace hesse {

/// Leaves a saddle along a unit direction v with c = v'Hv < 0, to both sides:
///     for each sign: a <- first step; halve a until f(x + a v) <= f + sufficient (a g'v + a^2 c / 2) and
///                    f(x + a v) < f, then double it while that holds and f still drops;
///     the lower of the two ends is taken, and of two equal ones (a symmetric saddle) a random one.
/// Where the gradient has a part along v, the descending sign is tried first, and the other one only if it
/// fails. No step is so short that rounding could hide what it gains: a >= sqrt(20 floor / |c|), where the
/// predicted decrease is ten times the rounding floor. When a run comes back to the value it escaped from,
/// the first and the shortest step grow tenfold, so that no escape is tried twice. The loss never rises.
/// McCormick, Math. Prog. 13 (1977) 111; More and Sorensen, Math. Prog. 16 (1979) 1; Goldfarb, Math. Prog. 18
/// (1980) 31; Gould, Lucidi, Roma and Toint, Optim. Methods Softw. 14 (2000) 75.
class NegativeCurvatureEscape {
public:
    struct Options {
        double first_step = 1e-2;  // in units of max(1, |x|); short, so that the quadratic model holds
        double sufficient_decrease = 0.2;  // part of the predicted decrease; below 1/2 near any saddle
        Index expansions = 30;             // doublings of a step at most
        Index attempts = 3;                // at one value of the loss, before the saddle is reported
        std::uint64_t seed = 0;            // decides between equal signs
        double longest = 1e8;  // step, in units of max(1, |x|): how far a loss without a minimum is followed
        /// A loss below this counts as one without a minimum: the step grows no further. What is far below
        /// depends on the units of the loss, so that there is no other default.
        double lowest_value = -std::numeric_limits<double>::infinity();
    };
    static constexpr std::string_view name = "NegativeCurvatureEscape";

    NegativeCurvatureEscape() : NegativeCurvatureEscape(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit NegativeCurvatureEscape(Options options);

    /// What the last call of leave saw.
    struct Report {
        double curvature = 0.0;    // v'Hv
        double step = 0.0;         // along v, signed; 0 if no step was found
        double value_plus = 0.0;   // the loss where the search along +v ended; +infinity if it was not tried
        double value_minus = 0.0;  // the same along -v
        double value_before = 0.0;
    };

    void start(const Iterate& at);

    /// Moves `at` to a lower point along `direction` (n, any length but zero); true if it did. `curvature` is
    /// v'Hv of the unit direction. false if it has none that is negative, no step lowered the loss
    /// sufficiently, or the attempts are exhausted. Costs about ten values and one gradient.
    bool leave(Iterate& at, const double* direction, double curvature);

    /// The same where the second order cannot tell: along a direction z (n) without curvature, on the line x + a z and, if the loss does
    /// not fall there, on the curve x + a z + a^2 c that third derivatives bend it to (c = -H^+ D3f[z,z,.] / 2, by two gradients and
    /// MINRES): a reduced quartic that is negative is followed downhill. Where the whole Hessian is below `flat`, as at the origin of a
    /// deep linear network, random directions are tried as well. Costs some ten values a direction and side.
    bool leave_degenerate(Iterate& at, const double* direction, double largest_curvature, double flat);

    /// Whether `attempts` escapes from this value of the loss have failed or come back to it. leave returns
    /// false then, whatever the direction: products that look for one are wasted.
    [[nodiscard]] bool exhausted(const Iterate& at) const;

    /// Where a search ended: this far along the unit direction, at this value of the loss; length 0 if it found no step.
    struct Step {
        double length = 0.0;
        double value = 0.0;
    };
    /// A line search along v, one sign only: as leave, for methods that meet negative curvature on their way. Costs values alone.
    Step look(Iterate& at, const double* direction, double curvature);
    /// Takes the step that was looked for last; true if it did.
    bool take(Iterate& at, const Step& step) { return take(at, 1.0, step); }
    /// Both.
    bool descend(Iterate& at, const double* direction, double curvature) {
        const Charge charge(at, Purpose::escape);
        return take(at, look(at, direction, curvature));
    }

    [[nodiscard]] const Report& last() const { return report_; }
    /// Escapes that were made since start.
    [[nodiscard]] Index count() const { return count_; }

    void save(std::ostream& out) const;
    void load(std::istream& in);

private:
    struct Lengths {
        double shortest = 0.0, first = 0.0, longest = 0.0;
    };
    [[nodiscard]] Index attempt_at(const Iterate& at) const;
    [[nodiscard]] Lengths lengths_at(const Iterate& at, double shortest, double growth) const;
    Step search(Iterate& at, double sign, double slope, double curvature, const Lengths& lengths);
    double value_along(Iterate& at, double step);
    void place(const Iterate& at, double step);
    Step search_flat(Iterate& at, double sign, const Lengths& lengths);
    bool bend(Iterate& at, double length);
    bool take(Iterate& at, double sign, const Step& step);

    Options options_;
    RandomGenerator random_;
    Index count_ = 0;
    Index attempt_ = 0;                                             // escapes from last_value_ so far
    double last_value_ = std::numeric_limits<double>::quiet_NaN();  // of the point left last
    Report report_;
    Buffer unit_, trial_;
    bool bent_ = false;  // searches go along a curve
    Buffer bend_;        // x + a unit_ + a^2 bend_
};

}  // namespace hesse
