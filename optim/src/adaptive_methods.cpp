#include "hesse/optim/adaptive_methods.hpp"

#include "elementwise_method.hpp"
#include "moments.hpp"
#include "options.hpp"

#include <algorithm>
#include <cmath>

namespace hesse {
struct AdaGradRule::Step {
    double step_size, epsilon;
    Step(const Options& options, const StepMoment& moment)
        : step_size(moment.step_size), epsilon(options.epsilon) {}
    double move(double g, double, double* s) const {
        s[0] += g * g;
        return -step_size * ratio(g, std::sqrt(s[0]) + epsilon);
    }
};
void AdaGradRule::check(const Options& options) {
    require_finite_not_negative(name, "epsilon", options.epsilon);
}

struct RmsPropRule::Step {
    double step_size, decay, epsilon;
    bool inside;
    Step(const Options& options, const StepMoment& moment)
        : step_size(moment.step_size),
          decay(options.decay),
          epsilon(options.epsilon),
          inside(options.epsilon_in_root) {}
    double move(double g, double, double* s) const {
        s[0] = average(decay, s[0], g * g);
        return -step_size * ratio(g, inside ? std::sqrt(s[0] + epsilon) : std::sqrt(s[0]) + epsilon);
    }
};
void RmsPropRule::check(const Options& options) {
    require_in(name, "decay", options.decay, 0.0, 1.0);
    require_finite_not_negative(name, "epsilon", options.epsilon);
}

/// Of Adam and AdamW, which differ in where weight decay goes, and that is no part of a step.
template <class Options>
struct AdamStep : Moments<Options> {
    using Moments<Options>::Moments;
    double move(double g, double, double* s) const {
        this->update(g, s);
        return -this->step_size * this->direction(s[0], s[1]);
    }
};

struct AdamRule::Step : AdamStep<Options> {
    using AdamStep::AdamStep;
};
void AdamRule::check(const Options& options) { check_moments(name, options); }

struct AdamWRule::Step : AdamStep<Options> {
    using AdamStep::AdamStep;
};
void AdamWRule::check(const Options& options) { check_moments(name, options); }

struct AmsGradRule::Step : Moments<Options> {
    using Moments::Moments;
    double move(double g, double, double* s) const {
        update(g, s);
        s[2] = std::max(s[2], s[1]);
        return -step_size * direction(s[0], s[2]);
    }
};
void AmsGradRule::check(const Options& options) { check_moments(name, options); }

struct NAdamRule::Step : Moments<Options> {
    double ahead;  // the correction of the next step
    Step(const Options& options, const StepMoment& moment)
        : Moments(options, moment), ahead(correction(b1, moment.age + 1)) {}
    double move(double g, double, double* s) const {
        update(g, s);
        const double m = b1 * s[0] / ahead + (1.0 - b1) * g / first;
        return -step_size * ratio(m, std::sqrt(s[1] / second) + epsilon);
    }
};
void NAdamRule::check(const Options& options) { check_moments(name, options); }

struct AdaBeliefRule::Step : Moments<Options> {
    using Moments::Moments;
    double move(double g, double, double* s) const {
        s[0] = average(b1, s[0], g);
        const double surprise = g - s[0];
        s[1] = average(b2, s[1], surprise * surprise) + epsilon;
        return -step_size * direction(s[0], s[1]);
    }
};
void AdaBeliefRule::check(const Options& options) { check_moments(name, options); }

struct LionRule::Step {
    double step_size, b1, b2;
    Step(const Options& options, const StepMoment& moment)
        : step_size(moment.step_size), b1(options.first_decay), b2(options.second_decay) {}
    double move(double g, double, double* s) const {
        const double direction = average(b1, s[0], g);
        s[0] = average(b2, s[0], g);
        return direction > 0.0 ? -step_size : direction < 0.0 ? step_size : 0.0;
    }
};
void LionRule::check(const Options& options) {
    require_in(name, "first_decay", options.first_decay, 0.0, 1.0);
    require_in(name, "second_decay", options.second_decay, 0.0, 1.0);
}

template class ElementwiseMethod<AdaGradRule>;
template class ElementwiseMethod<RmsPropRule>;
template class ElementwiseMethod<AdamRule>;
template class ElementwiseMethod<AdamWRule>;
template class ElementwiseMethod<AmsGradRule>;
template class ElementwiseMethod<NAdamRule>;
template class ElementwiseMethod<AdaBeliefRule>;
template class ElementwiseMethod<LionRule>;

}  // namespace hesse
