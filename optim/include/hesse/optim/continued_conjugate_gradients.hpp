#pragma once

#include "hesse/optim/curvature/basis.hpp"
#include "hesse/optim/curvature/lanczos.hpp"
#include "hesse/optim/curvature/linear_operator.hpp"
#include "hesse/optim/vector_space.hpp"

#include <span>
#include <vector>

namespace hesse {

/// Conjugate gradients for the trust-region problem, minimise g's + 1/2 s'Hs over |s| <= radius, that begin where a Lanczos run
/// from g ends: with the minimizer of the model in its Krylov space, inside the region, and with the residual and the last direction
/// that T = L D L' hands over. In exact arithmetic these are the conjugate gradients from zero, whose steps become longer and longer,
/// up to where they leave the region, or meet a direction without positive curvature, which is followed to the boundary.
///
/// What makes them lose orthogonality are the Ritz vectors that have converged; against these each residual is made orthogonal
/// again. On CURLY10 of CUTEst that saved two products of three.
/// Six vectors, whatever the number of products, and the Ritz vectors, as many as the run has columns at most.
/// Steihaug, SIAM J. Numer. Anal. 20 (1983) 626; Paige and Saunders, SIAM J. Numer. Anal. 12 (1975) 617, for the link between the
/// two methods; Parlett and Scott, Math. Comp. 33 (1979) 217, for selective orthogonalisation.
class ContinuedConjugateGradients {
public:
    struct Point {
        double model = 0.0;     // g's + 1/2 s'Hs
        double norm = 0.0;      // |s|
        double residual = 0.0;  // |Hs + g|
    };
    struct Result : Point {
        Index products = 0;
        bool boundary = false;
        bool finite = true;  // false: a product was NaN or infinite, and there is no step
    };

    explicit ContinuedConjugateGradients(const VectorSpace& space) : space_(space), converged_(space) {}

    /// Goes on from s = Q y (n), y the minimizer in the Krylov space, all of whose columns are stored; `start` says what its model
    /// and length are. T must be positive definite and |s| < radius. Ends where |Hs + g| <= tolerance, or after `products`
    /// products, at least one. Writes the result to s.
    Result minimize(OperatorRef h, Lanczos& run, std::span<const double> y, const Point& start, double radius,
                    double tolerance, Index products, double* s);

    /// Writes to s (n) where the way of minimize was `radius` from zero: no product. The way leads straight from its start to the
    /// last iterate inside the region, along which the model falls, and from there to the end. radius: no less than where it starts.
    Result again(double radius, double* s);

private:
    void take_over(Lanczos& run, std::span<const double> y);
    void keep_converged(Lanczos& run);
    bool keep_if_converged(Lanczos& run, Index index);
    Result on_last_direction(double radius, double* s);

    VectorSpace space_;
    Basis converged_;  // Ritz vectors
    Point start_, inside_;
    bool leaves_ = false;  // the way ends on the boundary
    double curvature_ = 0.0,
           product_norm_ = 0.0;  // p'Hp and |Hp| of the last direction, which leads from inside_ on
    Buffer begin_, s_, r_, p_, hp_, ritz_vector_;
    std::vector<double> multipliers_, coefficients_, removed_;
};

}  // namespace hesse
