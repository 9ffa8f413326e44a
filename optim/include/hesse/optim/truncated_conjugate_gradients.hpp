#pragma once

#include "hesse/optim/curvature/linear_operator.hpp"
#include "hesse/optim/preconditioner.hpp"
#include "hesse/optim/vector_space.hpp"

#include <array>
#include <optional>

namespace hesse {

/// The trust-region problem, minimise g's + 1/2 s'Hs over |s| <= radius, along the path of preconditioned conjugate gradients from
/// zero: up to where it leaves the region, or meets a direction without positive curvature, which is followed to the boundary.
/// With a preconditioner P lengths are |s|^2 = c s'P^-1 s, in which the path grows monotonically, and c = |Pg|^2 / g'Pg, for which
/// the preconditioned gradient has its Euclidean length. That does not depend on the units of P.
/// Steihaug, SIAM J. Numer. Anal. 20 (1983) 626; Toint, in Sparse Matrices and Their Uses, 1981, 57.
///
/// Where the path passed 1/2, 1/4, 1/8 and 1/16 of the radius is kept, so that a smaller region often costs no product.
/// Eight vectors, nine with a preconditioner.
class TruncatedConjugateGradients {
public:
    struct Result {
        double model = 0.0;     // g's + 1/2 s'Hs, never positive
        double norm = 0.0;      // |s|, as above
        double residual = 0.0;  // |Hs + g|
        Index products = 0;
        bool boundary = false;
        bool finite = true;  // false: a product was NaN or infinite, and there is no step
    };

    explicit TruncatedConjugateGradients(const VectorSpace& space);

    /// Ends where |Hs + g| <= tolerance, or after `products` products, at least one. g (n) is not zero. Each direction and its
    /// product is shown to the preconditioner, which may be empty.
    /// Throws std::invalid_argument if the preconditioner is not positive definite: g'Pg is not a positive number.
    Result minimize(OperatorRef h, const double* g, double radius, double tolerance, Index products,
                    Preconditioner& preconditioner);

    /// Where the same path passed the largest of the lengths that are kept and no longer than `radius`: no product. Nothing if there
    /// is none.
    std::optional<Result> again(double radius);

    /// s (n) of the last result.
    [[nodiscard]] const double* step() const { return step_; }

private:
    struct Crossing {
        double length = 0.0, model = 0.0, residual = 0.0;  // length 0: not passed
        Buffer s;
    };

    VectorSpace space_;
    std::array<Crossing, 4> crossings_;
    const double* step_ = nullptr;
    Buffer s_, r_, z_, p_, hp_;
};

}  // namespace hesse
