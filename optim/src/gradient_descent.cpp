#include "hesse/optim/gradient_descent.hpp"

#include "elementwise_method.hpp"

namespace hesse {

struct GradientDescentRule::Step {
    double step_size;
    Step(const Options&, const StepMoment& moment) : step_size(moment.step_size) {}
    double move(double g, double, double*) const { return -step_size * g; }
};

template class ElementwiseMethod<GradientDescentRule>;

}  // namespace hesse
