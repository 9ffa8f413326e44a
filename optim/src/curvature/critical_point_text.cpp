#include "hesse/optim/curvature/critical_point.hpp"

#include <fmt/format.h>

#include <cmath>
#include <ostream>
#include <string>

namespace hesse {
namespace {

std::string probability(const Verdict& v) {
    if (v.failure_probability == 0.0) return "for certain";
    if (v.failure_probability < 1e-4)
        return fmt::format("with probability at least 1 - {:.2g}", v.failure_probability);
    return fmt::format("with probability at least {:.6g}", 1.0 - v.failure_probability);
}

std::string headline(const Verdict& v) {
    switch (v.kind) {
        case CriticalPointKind::minimum:
            return fmt::format("a local minimum, {}", probability(v));
        case CriticalPointKind::maximum:
            return fmt::format("a local maximum, {}", probability(v));
        case CriticalPointKind::saddle:
            return fmt::format("a saddle, for certain, with at least {} direction{} of negative curvature",
                               v.index_lower_bound, v.index_lower_bound == 1 ? "" : "s");
        case CriticalPointKind::degenerate:
            return v.lowest.value < -v.curvature_tolerance
                       ? "degenerate: negative curvature, so no minimum, but the highest eigenvalue counts "
                         "as "
                         "zero; a saddle or a maximum, which the second order cannot tell"
                       : "degenerate: no negative curvature, but the lowest eigenvalue counts as zero; the "
                         "second order cannot tell";
        case CriticalPointKind::second_order_point:
            return "a second-order point: no negative curvature was seen, but the lowest eigenvalue is not "
                   "proved positive";
        case CriticalPointKind::not_minimum:
            return "no minimum, for certain: negative curvature, but a maximum is not proved";
        case CriticalPointKind::not_critical:
            return "not a critical point: the gradient is not small";
    }
    return {};
}

std::string end(const char* name, const EigenvalueEstimate& e) {
    return fmt::format("  {} eigenvalue {:.8g} +- {:.1e}{}\n", name, e.value, e.error_bound,
                       e.converged ? "" : " (not converged)");
}

}  // namespace

std::string_view to_string(CriticalPointKind kind) {
    switch (kind) {
        case CriticalPointKind::minimum:
            return "minimum";
        case CriticalPointKind::maximum:
            return "maximum";
        case CriticalPointKind::saddle:
            return "saddle";
        case CriticalPointKind::degenerate:
            return "degenerate";
        case CriticalPointKind::second_order_point:
            return "second-order point";
        case CriticalPointKind::not_minimum:
            return "not a minimum";
        case CriticalPointKind::not_critical:
            return "not critical";
    }
    return "unknown";
}

std::string describe(const Verdict& v) {
    std::string text = fmt::format("{}\n", headline(v));
    if (!std::isnan(v.value))
        text += fmt::format("  loss {:.10g}, gradient norm {:.3g} (zero up to {:.3g})\n", v.value,
                            v.gradient_norm, v.gradient_tolerance);
    text += end("lowest ", v.lowest);
    text += end("highest", v.highest);
    if (std::isfinite(v.lowest_bound))
        text += fmt::format("  {}: all eigenvalues lie in [{:.8g}, {:.8g}]\n", probability(v), v.lowest_bound,
                            v.highest_bound);
    else text += "  the run was too short to exclude eigenvalues outside of these\n";
    if (v.index_lower_bound > 0) {
        text += fmt::format("  at least {} of {} eigenvalues are negative", v.index_lower_bound, v.dimension);
        if (v.index_upper_bound)
            text += fmt::format(", and {}, at most {}", probability(v), *v.index_upper_bound);
        if (v.index_estimate)
            text += fmt::format(", about {:.0f} +- {:.0f} by the spectral density", v.index_estimate->value,
                                2.0 * v.index_estimate->standard_error);
        text += '\n';
    }
    if (v.higher_order) text += fmt::format("  higher orders: {}\n", describe(*v.higher_order));
    text += fmt::format(
        "  {} Hessian products, {} of them Lanczos steps from a random start (seed {}); eigenvalues within "
        "{:.2g} of zero count as zero\n",
        v.products, v.steps, v.seed, v.curvature_tolerance);
    return text;
}

std::ostream& operator<<(std::ostream& out, const Verdict& verdict) { return out << describe(verdict); }

}  // namespace hesse
