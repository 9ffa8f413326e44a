#include "hesse/optim/capped_conjugate_gradients.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace hesse {

CappedConjugateGradients::CappedConjugateGradients(const VectorSpace& space) : space_(space) {
    for (Buffer* vector : {&y_, &hy_, &r_, &p_, &hp_, &next_y_})
        vector->resize(static_cast<std::size_t>(space.dimension()));
}

CappedConjugateGradients::Result CappedConjugateGradients::solve(OperatorRef h, const double* g,
                                                                 double damping, double norm,
                                                                 double tolerance, Index most,
                                                                 Preconditioner& preconditioner) {
    Result result{.norm = norm};
    std::fill(y_.begin(), y_.end(), 0.0);
    std::fill(hy_.begin(), hy_.end(), 0.0);
    space_.copy(g, r_.data());
    if (preconditioner)
        for (Buffer* vector : {&z_, &mp_}) vector->resize(y_.size());
    const double* z = preconditioner ? z_.data() : r_.data();
    const double* mp = preconditioner ? mp_.data() : p_.data();
    // z = P r and r'z, where r'r is known
    const auto precondition = [&](double rr) {
        if (!preconditioner) return rr;
        preconditioner.apply(r_.data(), z_.data(), space_.dimension());
        return space_.dot(r_.data(), z);
    };
    const double gg = space_.dot(g, g), goal = tolerance * tolerance * gg;
    double rz = precondition(gg);
    // Squares overflow, or underflow, as they may without a preconditioner.
    if (std::isinf(rz) || (!preconditioner && rz == 0.0)) {
        result.end = End::not_finite;
        return result;
    }
    if (preconditioner && !(rz > 0.0))
        throw std::invalid_argument(fmt::format(
            "CappedConjugateGradients: the preconditioner is not positive definite, g'Pg is {}", rz));
    const auto next_direction = [&](double b) {
        space_.combine(-1.0, z, b, p_.data());
        if (preconditioner) space_.combine(-1.0, r_.data(), b, mp_.data());
    };
    next_direction(0.0);

    // v'Hv is negative, to be told of v in Euclidean units.
    const auto negative = [&](const double* v, double vhv) {
        result.end = End::negative_curvature;
        result.curvature = vhv / space_.dot(v, v);
        direction_ = v;
        return result;
    };
    double e = 0.0, yy = 0.0;  // yy = y'P^-1 y
    while (result.products < most) {
        h.apply(p_.data(), hp_.data());
        ++result.products;
        const double pp = space_.dot(p_.data(), mp), php = space_.dot(p_.data(), hp_.data());
        const double length = space_.norm(hp_.data());
        if (!std::isfinite(php) || !std::isfinite(length)) {
            result.end = End::not_finite;
            return result;
        }
        preconditioner.observe(p_.data(), hp_.data());
        // |H| >= |Hp| / |p|; with a preconditioner the quotient of Rayleigh costs no further application of it
        result.norm = std::max(result.norm, preconditioner ? std::abs(php) / pp : length / std::sqrt(pp));
        if (result.products == 1) e = damping * result.norm;
        if (php < -e * pp) return negative(p_.data(), php);
        const double denominator = php + 2.0 * e * pp;
        if (!(denominator > 0.0)) return negative(p_.data(), php);  // no curvature at all, and no damping
        const double a = rz / denominator;
        yy += a * (2.0 * space_.dot(y_.data(), mp) + a * pp);
        space_.copy(y_.data(), next_y_.data());
        space_.add(a, p_.data(), next_y_.data());
        space_.add(a, hp_.data(), hy_.data());
        space_.add(a, hp_.data(), r_.data());
        const double rr = space_.add_dot(2.0 * e * a, mp, r_.data(), r_.data());
        const double yhy = space_.dot(next_y_.data(), hy_.data());
        if (yhy < -e * yy) return negative(next_y_.data(), yhy);
        y_.swap(next_y_);
        if (rr <= goal) {
            result.end = End::solved;
            return result;
        }
        const double next = precondition(rr);
        if (!(next > 0.0 && std::isfinite(next))) return result;  // rounding
        next_direction(next / rz);
        rz = next;
    }
    return result;
}

}  // namespace hesse
