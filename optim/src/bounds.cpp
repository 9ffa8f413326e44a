#include "hesse/optim/bounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace hesse {

constexpr double infinity = std::numeric_limits<double>::infinity();

Bounds::Bounds(std::span<const double> lower, std::span<const double> upper)
    : lower_(lower.begin(), lower.end()), upper_(upper.begin(), upper.end()) {
    if (lower.size() != upper.size())
        throw std::invalid_argument(fmt::format("Bounds: lower has {} entries, upper {}, expected as many",
                                                lower.size(), upper.size()));
    for (std::size_t i = 0; i < lower.size(); ++i)
        if (!(lower[i] <= upper[i]) || lower[i] == infinity || upper[i] == -infinity)
            throw std::invalid_argument(
                fmt::format("Bounds: entry {} has lower {} and upper {}, expected lower <= upper", i,
                            lower[i], upper[i]));
}

Box::Box(const double* start, Index n, const Bounds* bounds, const Fixed* fixed)
    : lower_(static_cast<std::size_t>(n), -infinity), upper_(static_cast<std::size_t>(n), infinity) {
    const auto size = static_cast<std::size_t>(n);
    if (bounds != nullptr) {
        const auto lower = bounds->lower(), upper = bounds->upper();
        if (lower.size() != 1 && lower.size() != size)
            throw std::invalid_argument(fmt::format(
                "minimize: the bounds have {} entries but the objective has size {}", lower.size(), n));
        for (std::size_t i = 0; i < size; ++i) {
            lower_[i] = lower[lower.size() == 1 ? 0 : i];
            upper_[i] = upper[upper.size() == 1 ? 0 : i];
            if (!(start[i] >= lower_[i] && start[i] <= upper_[i]))
                throw std::invalid_argument(
                    fmt::format("minimize: entry {} of the start is {}, outside of its bounds [{}, {}]", i,
                                start[i], lower_[i], upper_[i]));
        }
    }
    if (fixed == nullptr) return;
    for (const Segment& segment : fixed->segments) {
        if (segment.first < 0 || segment.count < 0 || segment.count > n - segment.first)
            throw std::invalid_argument(fmt::format(
                "minimize: {} parameters from {} on are to be fixed but the objective has size {}",
                segment.count, segment.first, n));
        for (Index i = segment.first; i < segment.first + segment.count; ++i)
            lower_[static_cast<std::size_t>(i)] = upper_[static_cast<std::size_t>(i)] = start[i];
    }
}

void Box::project_from(const double* x, double* y) const {
    constexpr double rounding = 4.0 * std::numeric_limits<double>::epsilon();
    for (std::size_t i = 0; i < lower_.size(); ++i) {
        const auto near = [&](double bound) {
            return std::abs(y[i] - bound) <= rounding * std::max(std::abs(x[i]), std::abs(bound)) &&
                   !std::isinf(bound);
        };
        if (y[i] <= lower_[i] || near(lower_[i])) y[i] = lower_[i];
        else if (y[i] >= upper_[i] || near(upper_[i])) y[i] = upper_[i];
    }
}

double Box::first_bound_along(const double* x, const double* d) const {
    double least = infinity;
    for (std::size_t i = 0; i < lower_.size(); ++i) {
        const double room = d[i] < 0.0 ? lower_[i] - x[i] : upper_[i] - x[i];
        if (d[i] != 0.0 && room != 0.0) least = std::min(least, room / d[i]);
    }
    return least;
}

void Box::project(double* y) const {
    for (std::size_t i = 0; i < lower_.size(); ++i) y[i] = std::min(std::max(y[i], lower_[i]), upper_[i]);
}

}  // namespace hesse
