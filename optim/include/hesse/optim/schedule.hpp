#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

namespace hesse {

/// A number that may change from step to step, as a step size does: a constant, or a rule for it.
///     Adam{{.step_size = 1e-3}}
///     Adam{{.step_size = cosine_decay(1e-3, 10'000)}}
///     HeavyBall{{.step_size = warm_up(100, step_decay(0.1, 0.5, 1000))}}
/// A rule is any callable of a Schedule::Moment; it has no state, so that a run which is resumed, or goes on after an escape, is where
/// it was.
class Schedule {
public:
    /// What a rule may look at.
    struct Moment {
        std::int64_t step = 1;  // the number of the step that is about to be made, from 1
        double value = 0.0;     // the loss, and the norm of its gradient, where it starts
        double gradient_norm = 0.0;
    };

    Schedule(double constant) : constant_(constant) {}  // NOLINT: a number is a schedule
    template <class Rule>
        requires(!std::convertible_to<Rule, double> && !std::same_as<std::remove_cvref_t<Rule>, Schedule> &&
                 std::is_invocable_r_v<double, const Rule&, const Moment&>)
    Schedule(Rule rule) : rule_(std::move(rule)) {}  // NOLINT: so is a rule

    [[nodiscard]] double operator()(const Moment& moment) const { return rule_ ? rule_(moment) : constant_; }

    /// Throw std::invalid_argument, naming type and option, if this is a constant that is not positive and finite, or outside of
    /// lowest <= value < highest. A rule is looked at step by step: see value_at.
    void check_positive(std::string_view type, std::string_view option) const;
    void check_in(std::string_view type, std::string_view option, double lowest, double highest) const;

    /// The value for this step. Throws std::invalid_argument, naming type, option and step, if a rule gives what is out of range.
    [[nodiscard]] double value_at(const Moment& moment, std::string_view type, std::string_view option,
                                  double lowest = 0.0,
                                  double highest = std::numeric_limits<double>::infinity()) const;

private:
    double constant_ = 0.0;
    std::function<double(const Moment&)> rule_;
};

/// first, times `factor` after every `every` steps. Throws std::invalid_argument unless first > 0, 0 < factor <= 1 and every >= 1; so do
/// the others below.
Schedule step_decay(double first, double factor, std::int64_t every);

/// From `first` down to `last` within so many steps, along half a cosine; `last` from there on.
/// Loshchilov and Hutter, ICLR 2017, one cycle of it.
Schedule cosine_decay(double first, std::int64_t steps, double last = 0.0);

/// Up in a straight line for so many steps, to where `then` begins.
Schedule warm_up(std::int64_t steps, Schedule then);

/// From highest / 25 up to `highest` for three tenths of the steps, then down to highest / 250,000, along cosines.
/// L. N. Smith and N. Topin, 2019; the fractions are those of fastai and PyTorch.
Schedule one_cycle(double highest, std::int64_t steps);

/// (f(x) - lowest_value) / |g|^2, at most `longest`: Polyak's step size, for gradient descent where the least value is known.
/// B. T. Polyak, Introduction to Optimization, 1987, section 5.3.
Schedule polyak_step(double lowest_value, double longest = std::numeric_limits<double>::infinity());

/// min(1 - 1 / (2 (floor((t - 1) / 250) + 1)), largest): momentum that grows.
/// Sutskever, Martens, Dahl and Hinton, ICML 2013.
Schedule growing_momentum(double largest = 0.99);

}  // namespace hesse
