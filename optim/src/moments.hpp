#pragma once

#include "elementwise_method.hpp"

#include <cmath>
#include <cstdint>
#include <string_view>

namespace hesse {

template <class Options>
void check_moments(std::string_view type, const Options& options) {
    require_in(type, "first_decay", options.first_decay, 0.0, 1.0);
    require_in(type, "second_decay", options.second_decay, 0.0, 1.0);
    require_finite_not_negative(type, "epsilon", options.epsilon);
}

/// 0 / 0 is no step: a parameter that has never had a gradient stays.
inline double ratio(double above, double below) { return above == 0.0 ? 0.0 : above / below; }

inline double average(double decay, double old, double now) { return decay * old + (1.0 - decay) * now; }

/// What averages that begin at zero lack after so many steps.
inline double correction(double decay, std::int64_t step) {
    return 1.0 - std::pow(decay, static_cast<double>(step));
}

/// Averages of the gradient and of its square, corrected.
template <class Options>
struct Moments {
    double step_size, b1, b2, epsilon;
    double first, second;  // corrections

    Moments(const Options& options, const StepMoment& moment)
        : step_size(moment.step_size),
          b1(options.first_decay),
          b2(options.second_decay),
          epsilon(options.epsilon),
          first(correction(b1, moment.age)),
          second(correction(b2, moment.age)) {}

    void update(double g, double* s) const {
        s[0] = average(b1, s[0], g);
        s[1] = average(b2, s[1], g * g);
    }
    [[nodiscard]] double direction(double m, double v) const {
        return ratio(m / first, std::sqrt(v / second) + epsilon);
    }
};

}  // namespace hesse
