#include "hesse/optim/curvature/degenerate_point.hpp"

#include <fmt/format.h>

#include <ostream>

namespace hesse {

std::string_view to_string(DegenerateKind kind) {
    switch (kind) {
        case DegenerateKind::not_degenerate:
            return "not degenerate";
        case DegenerateKind::saddle:
            return "saddle";
        case DegenerateKind::minimum:
            return "strict minimum";
        case DegenerateKind::maximum:
            return "strict maximum";
        case DegenerateKind::likely_minimum:
            return "minimum in all directions tried";
        case DegenerateKind::likely_maximum:
            return "maximum in all directions tried";
        case DegenerateKind::undecided:
            break;
    }
    return "undecided";
}

std::string describe(const DegeneratePoint& point) {
    std::string text(to_string(point.kind));
    switch (point.kind) {
        case DegenerateKind::not_degenerate:
            text += fmt::format(": no eigenvalue of the Hessian is within {:.3g} of zero",
                                point.curvature_tolerance);
            break;
        case DegenerateKind::undecided:
            text += fmt::format(
                ": to order {} the loss is flat along a direction of the Hessian's null space of {} "
                "dimensions, most "
                "likely a flat valley",
                point.order, point.nullity);
            break;
        default:
            if (point.order == 2) {
                text += " by the Hessian, which has eigenvalues of both signs";
                break;
            }
            text += fmt::format(" by order {}: the null space of the Hessian has {} dimensions", point.order,
                                point.nullity);
            if (point.order == 3) text += fmt::format(", a third derivative there is {:.6g}", point.third);
            if (point.order == 4)
                text +=
                    fmt::format(", the {} reduced fourth derivative there is {:.6g}",
                                point.kind == DegenerateKind::maximum ? "largest" : "smallest", point.fourth);
    }
    return text + fmt::format("; {} Hessian products, {} evaluations of higher derivatives, seed {}",
                              point.products, point.evaluations, point.seed);
}

std::ostream& operator<<(std::ostream& out, const DegeneratePoint& point) { return out << describe(point); }

}  // namespace hesse
