#include "hesse/optim/layerwise_methods.hpp"

#include "elementwise_method.hpp"
#include "moments.hpp"
#include "options.hpp"

namespace hesse {

struct LarsRule::Step {
    double momentum, decay, rate;
    Step(const Options& options, const StepMoment& moment)
        : momentum(options.momentum), decay(options.weight_decay), rate(moment.step_size) {
        const double x = moment.parameter_norm, g = moment.gradient_norm;
        if (x > 0.0 && g > 0.0) rate *= options.trust_coefficient * x / (g + decay * x);
    }
    double move(double g, double x, double* s) const {
        s[0] = momentum * s[0] + rate * (g + decay * x);
        return -s[0];
    }
};
void LarsRule::check(const Options& options) {
    require_in(name, "momentum", options.momentum, 0.0, 1.0);
    require_positive(name, "trust_coefficient", options.trust_coefficient);
}

struct LambRule::Step : Moments<Options> {
    double decay;
    Step(const Options& options, const StepMoment& moment)
        : Moments(options, moment), decay(options.weight_decay) {}
    double move(double g, double x, double* s) const {
        update(g, s);
        return direction(s[0], s[1]) + decay * x;
    }
};
void LambRule::check(const Options& options) { check_moments(name, options); }

template class ElementwiseMethod<LarsRule>;
template class ElementwiseMethod<LambRule>;

}  // namespace hesse
