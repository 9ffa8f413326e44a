#include "hesse/optim/stopping.hpp"

#include "options.hpp"

namespace hesse {

void Stopping::check() const {
    require_not_negative("Stopping", "gradient_norm", gradient_norm);
    require_not_negative("Stopping", "budget", budget);
    require_not_negative("Stopping", "seconds", seconds);
    require_at_least("Stopping", "iterations", iterations, 0);
    require_not_negative("Stopping", "curvature_tolerance", curvature_tolerance);
    require_not_negative("Stopping", "cost.value", cost.value);
    require_not_negative("Stopping", "cost.gradient", cost.gradient);
    require_positive("Stopping", "cost.product", cost.product);
}

}  // namespace hesse
