#pragma once

#include "hesse/optim/curvature/linear_operator.hpp"
#include "hesse/optim/vector_space.hpp"

namespace hesse {

/// Conjugate gradients for (H + 2 e I) y = -g that notices when H has curvature below -e, from products that it makes anyway:
/// Royer, O'Neill and Wright, Math. Prog. 180 (2020) 451, algorithm 1, with e relative to |H| as the products show it, so that the
/// loss may be in any units. Their test of a decrease that is too slow for H + 2 e I >= e I, which costs the storage of all y, is
/// left out: the run ends at `most` products then.
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
        double norm = 0.0;       // |H| as far as it was seen
        Index products = 0;
    };

    explicit CappedConjugateGradients(const VectorSpace& space);

    /// damping = e / |H|; norm: what is known of |H|, or zero.
    Result solve(OperatorRef h, const double* g, double damping, double norm, double tolerance, Index most);

    /// y (n), from zero; where negative curvature ended the run, the y before it was seen.
    [[nodiscard]] const double* iterate() const { return y_.data(); }
    /// v (n), not of unit length.
    [[nodiscard]] const double* direction() const { return direction_; }

private:
    VectorSpace space_;
    Buffer y_, hy_, r_, p_, hp_, next_y_;
    const double* direction_ = nullptr;
};

}  // namespace hesse
