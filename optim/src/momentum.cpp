#include "hesse/optim/momentum.hpp"

#include "elementwise_method.hpp"
#include "options.hpp"

#include <cmath>
#include <stdexcept>

namespace hesse {
namespace {

struct Rates {
    double step_size, momentum;
    Rates(std::string_view type, const MomentumOptions& options, const StepMoment& moment)
        : step_size(moment.step_size),
          momentum(options.momentum.value_at(moment.schedule, type, "momentum", 0.0, 1.0)) {}
};

}  // namespace

struct MovingAverageRule::Step : Rates {
    Step(const Options& options, const StepMoment& moment) : Rates(name, options, moment) {}
    double move(double g, double, double* v) const {
        v[0] = (1.0 - momentum) * g + momentum * v[0];
        return -step_size * v[0];
    }
};
void MovingAverageRule::check(const Options& options) {
    options.momentum.check_in(name, "momentum", 0.0, 1.0);
}

struct HeavyBallRule::Step : Rates {
    Step(const Options& options, const StepMoment& moment) : Rates(name, options, moment) {}
    double move(double g, double, double* v) const {
        v[0] = -step_size * g + momentum * v[0];
        return v[0];
    }
};
void HeavyBallRule::check(const Options& options) { options.momentum.check_in(name, "momentum", 0.0, 1.0); }

struct NesterovMomentumRule::Step : Rates {
    Step(const Options& options, const StepMoment& moment) : Rates(name, options, moment) {}
    double move(double g, double, double* v) const {
        v[0] = -step_size * g + momentum * v[0];
        return momentum * v[0] - step_size * g;
    }
};
void NesterovMomentumRule::check(const Options& options) {
    options.momentum.check_in(name, "momentum", 0.0, 1.0);
}

MomentumOptions polyak_momentum(double lowest, double highest) {
    if (!(lowest > 0.0 && lowest <= highest) || std::isinf(highest))
        throw std::invalid_argument(fmt::format(
            "polyak_momentum: the eigenvalues are given as [{}, {}], expected 0 < lowest <= highest", lowest,
            highest));
    const double sum = std::sqrt(highest) + std::sqrt(lowest);
    const double difference = std::sqrt(highest) - std::sqrt(lowest);
    return {.step_size = 4.0 / (sum * sum), .momentum = (difference / sum) * (difference / sum)};
}

template class ElementwiseMethod<MovingAverageRule>;
template class ElementwiseMethod<HeavyBallRule>;
template class ElementwiseMethod<NesterovMomentumRule>;

}  // namespace hesse
