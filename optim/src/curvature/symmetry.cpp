#include "hesse/optim/curvature/symmetry.hpp"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

namespace hesse {

bool SymmetryCheck::passed() const { return std::abs(u_av - v_au) <= bound; }

SymmetryCheck check_symmetry(OperatorRef a, RandomGenerator& random, double precision, double rounding) {
    const VectorSpace space(a.rows());
    const auto n = static_cast<std::size_t>(a.rows());
    Buffer u(n), v(n), au(n), av(n);
    random.unit_vector(space, u.data());
    random.unit_vector(space, v.data());
    a.apply(u.data(), au.data());
    a.apply(v.data(), av.data());
    SymmetryCheck check;
    check.finite = space.all_finite(au.data()) && space.all_finite(av.data());
    check.u_av = space.dot(u.data(), av.data());
    check.v_au = space.dot(v.data(), au.data());
    check.bound = 100.0 * std::sqrt(static_cast<double>(n)) * precision *
                      (space.norm(au.data()) + space.norm(av.data())) +
                  2.0 * rounding;
    return check;
}

void require_symmetric(const char* function, OperatorRef a, RandomGenerator& random, double precision,
                       double rounding) {
    const SymmetryCheck check = check_symmetry(a, random, precision, rounding);
    if (!check.finite)
        throw std::invalid_argument(
            fmt::format("{}: the operator's product with a finite vector is not finite", function));
    if (!check.passed())
        throw NotSymmetric(fmt::format(
            "{}: the operator is not symmetric: u'Av = {:.6g} but v'Au = {:.6g} for unit vectors u "
            "and v, expected a difference of at most {:.2g}",
            function, check.u_av, check.v_au, check.bound));
}

}  // namespace hesse
