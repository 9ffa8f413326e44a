#include "hesse/optim/curvature/flatness.hpp"

#include "../options.hpp"

#include <algorithm>
#include <cmath>

namespace hesse {

Flatness flatness(ObjectiveRef& f, const double* x, const FlatnessOptions& options) {
    constexpr const char* function = "flatness";
    using Eigen::VectorXd;
    using Slot = ObjectiveRef::Slot;
    require_positive(function, "radius", options.radius);
    const Index n = f.size();
    const Eigen::Map<const VectorXd> point(x, n);
    f.linearize(x, Slot::current);
    const double value = f.value(Slot::current);
    const VectorXd gradient = Eigen::Map<const VectorXd>(f.gradient(Slot::current), n);
    if (!std::isfinite(value) || !gradient.allFinite())
        throw std::invalid_argument(fmt::format("{}: the loss or its gradient at x is not finite", function));
    const HessianRef hessian(f, Slot::current);

    Flatness found;
    found.radius = options.radius;
    ExtremeEigenpairOptions ends;
    ends.tolerance = options.tolerance;
    ends.seed = options.seed;
    ends.precision = f.product_precision(Slot::current);
    VectorXd steepest(n);
    const ExtremeEigenvalues highest = extreme_eigenvalues(hessian, ends, nullptr, steepest.data(), function);
    found.highest = highest.highest;
    TraceOptions trace;
    trace.products = options.trace_products;
    trace.seed = options.seed + 1;
    found.trace = trace_estimate(hessian, trace);
    found.products = highest.products + found.trace.products;

    found.sharpness = 0.0;  // d = 0
    const auto try_step = [&](const VectorXd& d) {
        const VectorXd there = point + d;
        const double rise = f.value(there.data()) - value;
        if (std::isnan(rise) || rise > found.sharpness) found.sharpness = rise;
    };
    try_step(options.radius * steepest);
    try_step(-options.radius * steepest);
    if (const double length = gradient.norm(); length > 0.0) try_step((options.radius / length) * gradient);
    found.relative_sharpness = 100.0 * found.sharpness / (1.0 + value);
    return found;
}

}  // namespace hesse
