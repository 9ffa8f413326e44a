#pragma once

#include "hesse/optim/curvature/linear_operator.hpp"
#include "hesse/optim/preconditioner.hpp"
#include "hesse/optim/vector_space.hpp"

namespace hesse {

/// Conjugate gradients for (H + 2 e I) y = -g that notices when H has curvature below -e, from products that it makes anyway:
/// Royer, O'Neill and Wright, Math. Prog. 180 (2020) 451, algorithm 1, with e relative to |H| as the products show it, so that the
/// loss may be in any units. Their test of a decrease that is too slow for H + 2 e I >= e I, which costs the storage of all y, is
/// left out: the run ends at `most` products then.
/// With a preconditioner P all this holds of P^(1/2) H P^(1/2), whose norm is near one if P is good: (H + 2 e P^-1) y = -g, and
/// curvature below -e v'P^-1 v is what counts as negative.
/// Six vectors, eight with a preconditioner.
class CappedConjugateGradients {
public:
    enum class End {
        solved,              ///< |residual| <= tolerance |g|
        negative_curvature,  ///< direction() has v'Hv < -e v'v
        budget,              ///< the products were spent; iterate() is the best so far
        not_finite,          ///< a product was not finite
    };
    struct Result {
        End end = End::budget;
        double curvature = 0.0;  // v'Hv / v'v of the direction, if there is one
        double norm = 0.0;       // |H|, or |P^(1/2) H P^(1/2)|, as far as it was seen
        Index products = 0;
    };

    explicit CappedConjugateGradients(const VectorSpace& space);

    /// damping = e / |H|; norm: what is known of |H|, or zero. Each direction and its product is shown to the preconditioner, which
    /// may be empty. Throws std::invalid_argument if it is not positive definite: g'Pg is not a positive number, while g is not zero.
    Result solve(OperatorRef h, const double* g, double damping, double norm, double tolerance, Index most,
                 Preconditioner& preconditioner);
    Result solve(OperatorRef h, const double* g, double damping, double norm, double tolerance, Index most) {
        Preconditioner none;
        return solve(h, g, damping, norm, tolerance, most, none);
    }

    /// y (n), from zero; where negative curvature ended the run, the y before it was seen.
    [[nodiscard]] const double* iterate() const { return y_.data(); }
    /// v (n), not of unit length.
    [[nodiscard]] const double* direction() const { return direction_; }

private:
    VectorSpace space_;
    Buffer y_, hy_, r_, p_, hp_, next_y_;
    Buffer z_, mp_;  // P r and P^-1 p
    const double* direction_ = nullptr;
};

}  // namespace hesse
