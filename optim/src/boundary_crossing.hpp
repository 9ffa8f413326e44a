#pragma once

#include <algorithm>
#include <cmath>

namespace hesse {

/// tau >= 0 with ss + 2 tau sp + tau^2 pp = length^2, where ss <= length^2: where s + tau p has that length.
inline double boundary_crossing(double ss, double sp, double pp, double length) {
    const double gap = std::max((length - std::sqrt(ss)) * (length + std::sqrt(ss)), 0.0);
    const double square_root = std::sqrt(sp * sp + pp * gap);
    return sp > 0.0 ? gap / (sp + square_root) : (square_root - sp) / pp;
}

}  // namespace hesse
