#include "hesse/optim/capped_conjugate_gradients.hpp"

#include <algorithm>
#include <cmath>

namespace hesse {

CappedConjugateGradients::CappedConjugateGradients(const VectorSpace& space) : space_(space) {
    for (Buffer* vector : {&y_, &hy_, &r_, &p_, &hp_, &next_y_})
        vector->resize(static_cast<std::size_t>(space.dimension()));
}

CappedConjugateGradients::Result CappedConjugateGradients::solve(OperatorRef h, const double* g,
                                                                 double damping, double norm,
                                                                 double tolerance, Index most) {
    Result result{.norm = norm};
    std::fill(y_.begin(), y_.end(), 0.0);
    std::fill(hy_.begin(), hy_.end(), 0.0);
    space_.copy(g, r_.data());
    space_.combine(-1.0, g, 0.0, p_.data());
    double square = space_.dot(g, g);
    const double goal = tolerance * tolerance * square;
    double e = 0.0;
    while (result.products < most) {
        h.apply(p_.data(), hp_.data());
        ++result.products;
        const double pp = space_.dot(p_.data(), p_.data()), php = space_.dot(p_.data(), hp_.data());
        const double length = space_.norm(hp_.data());
        if (!std::isfinite(php) || !std::isfinite(length)) {
            result.end = End::not_finite;
            return result;
        }
        result.norm = std::max(result.norm, length / std::sqrt(pp));
        if (result.products == 1) e = damping * result.norm;
        if (php < -e * pp) {
            result.end = End::negative_curvature;
            result.curvature = php / pp;
            direction_ = p_.data();
            return result;
        }
        const double denominator = php + 2.0 * e * pp;
        if (!(denominator > 0.0)) {  // no curvature at all, and no damping
            result.end = End::negative_curvature;
            result.curvature = php / pp;
            direction_ = p_.data();
            return result;
        }
        const double a = square / denominator;
        space_.copy(y_.data(), next_y_.data());
        space_.add(a, p_.data(), next_y_.data());
        space_.add(a, hp_.data(), hy_.data());
        space_.add(a, hp_.data(), r_.data());
        const double next = space_.add_dot(2.0 * e * a, p_.data(), r_.data(), r_.data());
        const double yy = space_.dot(next_y_.data(), next_y_.data());
        const double yhy = space_.dot(next_y_.data(), hy_.data());
        if (yhy < -e * yy) {
            result.end = End::negative_curvature;
            result.curvature = yhy / yy;
            direction_ = next_y_.data();
            return result;
        }
        y_.swap(next_y_);
        if (next <= goal) {
            result.end = End::solved;
            return result;
        }
        space_.combine(-1.0, r_.data(), next / square, p_.data());
        square = next;
    }
    return result;
}

}  // namespace hesse
