#include "hesse/optim/adaptive_methods.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <algorithm>
#include <cmath>
#include <istream>
#include <ostream>
#include <string>

namespace hesse {
namespace {

void check_moments(std::string_view type, const MomentOptions& options) {
    require_positive(type, "step_size", options.step_size);
    require_in(type, "first_decay", options.first_decay, 0.0, 1.0);
    require_in(type, "second_decay", options.second_decay, 0.0, 1.0);
    require_not_negative(type, "epsilon", options.epsilon);
}

/// 0 / 0 is no step: a parameter that has never had a gradient stays.
double ratio(double above, double below) { return above == 0.0 ? 0.0 : above / below; }

double average(double decay, double old, double now) { return decay * old + (1.0 - decay) * now; }

/// What averages that begin at zero lack after so many steps.
double correction(double decay, std::int64_t step) {
    return 1.0 - std::pow(decay, static_cast<double>(step));
}

struct Moments {
    MomentOptions options;
    double first, second;  // corrections

    Moments(const MomentOptions& given, std::int64_t step)
        : options(given),
          first(correction(given.first_decay, step)),
          second(correction(given.second_decay, step)) {}

    [[nodiscard]] double scaled(double m, double v) const {
        return options.step_size * ratio(m / first, std::sqrt(v / second) + options.epsilon);
    }
};

}  // namespace

struct AdaGradRule::Step {
    Options options;
    Step(const Options& given, std::int64_t) : options(given) {}
    double move(double g, double x, double* s) const {
        s[0] += g * g;
        return x - options.step_size * ratio(g, std::sqrt(s[0]) + options.epsilon);
    }
};
void AdaGradRule::check(const Options& options) {
    require_positive(name, "step_size", options.step_size);
    require_not_negative(name, "epsilon", options.epsilon);
}

struct RmsPropRule::Step {
    Options options;
    Step(const Options& given, std::int64_t) : options(given) {}
    double move(double g, double x, double* s) const {
        s[0] = average(options.decay, s[0], g * g);
        const double root =
            options.epsilon_in_root ? std::sqrt(s[0] + options.epsilon) : std::sqrt(s[0]) + options.epsilon;
        return x - options.step_size * ratio(g, root);
    }
};
void RmsPropRule::check(const Options& options) {
    require_positive(name, "step_size", options.step_size);
    require_in(name, "decay", options.decay, 0.0, 1.0);
    require_not_negative(name, "epsilon", options.epsilon);
}

struct AdamRule::Step : Moments {
    using Moments::Moments;
    double move(double g, double x, double* s) const {
        s[0] = average(options.first_decay, s[0], g);
        s[1] = average(options.second_decay, s[1], g * g);
        return x - scaled(s[0], s[1]);
    }
};
void AdamRule::check(const Options& options) { check_moments(name, options); }

struct AdamWRule::Step : Moments {
    double shrink;
    Step(const Options& given, std::int64_t step)
        : Moments(given, step), shrink(1.0 - given.step_size * given.weight_decay) {}
    double move(double g, double x, double* s) const {
        s[0] = average(options.first_decay, s[0], g);
        s[1] = average(options.second_decay, s[1], g * g);
        return shrink * x - scaled(s[0], s[1]);
    }
};
void AdamWRule::check(const Options& options) {
    check_moments(name, options);
    require_not_negative(name, "weight_decay", options.weight_decay);
}

struct AmsGradRule::Step : Moments {
    using Moments::Moments;
    double move(double g, double x, double* s) const {
        s[0] = average(options.first_decay, s[0], g);
        s[1] = average(options.second_decay, s[1], g * g);
        s[2] = std::max(s[2], s[1]);
        return x - scaled(s[0], s[2]);
    }
};
void AmsGradRule::check(const Options& options) { check_moments(name, options); }

struct NAdamRule::Step : Moments {
    double ahead;  // the correction of the next step
    Step(const Options& given, std::int64_t step)
        : Moments(given, step), ahead(correction(given.first_decay, step + 1)) {}
    double move(double g, double x, double* s) const {
        s[0] = average(options.first_decay, s[0], g);
        s[1] = average(options.second_decay, s[1], g * g);
        const double b = options.first_decay;
        const double m = b * s[0] / ahead + (1.0 - b) * g / first;
        return x - options.step_size * ratio(m, std::sqrt(s[1] / second) + options.epsilon);
    }
};
void NAdamRule::check(const Options& options) { check_moments(name, options); }

struct AdaBeliefRule::Step : Moments {
    using Moments::Moments;
    double move(double g, double x, double* s) const {
        s[0] = average(options.first_decay, s[0], g);
        const double surprise = g - s[0];
        s[1] = average(options.second_decay, s[1], surprise * surprise) + options.epsilon;
        return x - scaled(s[0], s[1]);
    }
};
void AdaBeliefRule::check(const Options& options) { check_moments(name, options); }

struct LionRule::Step {
    Options options;
    Step(const Options& given, std::int64_t) : options(given) {}
    double move(double g, double x, double* s) const {
        const double direction = average(options.first_decay, s[0], g);
        s[0] = average(options.second_decay, s[0], g);
        const double sign = direction > 0.0 ? 1.0 : direction < 0.0 ? -1.0 : 0.0;
        return x - options.step_size * (sign + options.weight_decay * x);
    }
};
void LionRule::check(const Options& options) {
    require_positive(name, "step_size", options.step_size);
    require_in(name, "first_decay", options.first_decay, 0.0, 1.0);
    require_in(name, "second_decay", options.second_decay, 0.0, 1.0);
    require_not_negative(name, "weight_decay", options.weight_decay);
}

template <class Rule>
AdaptiveMethod<Rule>::AdaptiveMethod(Options options) : options_(options) {
    Rule::check(options_);
}

template <class Rule>
void AdaptiveMethod<Rule>::start(Iterate& at) {
    const auto n = static_cast<std::size_t>(at.size());
    steps_ = 0;
    for (Buffer& vector : state_) vector.assign(n, 0.0);
    for (Buffer& vector : next_state_) vector.resize(n);
    next_.resize(n);
}

template <class Rule>
StepOutcome AdaptiveMethod<Rule>::step(Iterate& at) {
    const typename Rule::Step step(options_, steps_ + 1);
    const double* g = at.gradient_data();
    const double* x = at.x_data();
    std::array<double, Rule::vectors> state;
    for (std::size_t i = 0; i < next_.size(); ++i) {
        for (std::size_t k = 0; k < state.size(); ++k) state[k] = state_[k][i];
        next_[i] = step.move(g[i], x[i], state.data());
        for (std::size_t k = 0; k < state.size(); ++k) next_state_[k][i] = state[k];
    }
    if (!at.move_to(next_.data())) return StepOutcome::not_finite;
    state_.swap(next_state_);
    ++steps_;
    return StepOutcome::moved;
}

template <class Rule>
void AdaptiveMethod<Rule>::save(std::ostream& out) const {
    StateWriter state(out, name, 1);
    state.integer("steps", steps_);
    for (std::size_t k = 0; k < state_.size(); ++k) state.vector("state_" + std::to_string(k), state_[k]);
}

template <class Rule>
void AdaptiveMethod<Rule>::load(std::istream& in) {
    StateReader state(in, name, 1);
    const std::int64_t steps = state.integer("steps");
    std::array<Buffer, Rule::vectors> vectors;
    for (std::size_t k = 0; k < vectors.size(); ++k)
        vectors[k] = state.vector("state_" + std::to_string(k), next_.size());
    steps_ = steps;
    state_ = std::move(vectors);
}

template class AdaptiveMethod<AdaGradRule>;
template class AdaptiveMethod<RmsPropRule>;
template class AdaptiveMethod<AdamRule>;
template class AdaptiveMethod<AdamWRule>;
template class AdaptiveMethod<AmsGradRule>;
template class AdaptiveMethod<NAdamRule>;
template class AdaptiveMethod<AdaBeliefRule>;
template class AdaptiveMethod<LionRule>;

}  // namespace hesse
