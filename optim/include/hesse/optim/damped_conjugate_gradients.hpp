#pragma once

#include "hesse/optim/curvature/linear_operator.hpp"
#include "hesse/optim/vector_space.hpp"

#include <optional>

namespace hesse {

/// Conjugate gradients for the step of a damped quadratic model, one iteration at a time:
///     d minimises  q(d) + damping / 2 d'Dd,    q(d) = g'd + d'Ad / 2,
/// for a positive semidefinite A and a positive diagonal D; that is (A + damping D) d = -g. Preconditioned by a diagonal, if one is
/// given. Who calls it says when to stop. One product an iteration, and one at the beginning unless d begins at zero.
class DampedConjugateGradients {
public:
    struct System {
        OperatorRef a;           ///< A; what it refers to lives until the last iteration
        const double* gradient;  ///< g (n), not zero
        double damping = 0.0;
        const double* metric = nullptr;   ///< D (n); null: the identity
        const double* inverse = nullptr;  ///< (n) of the preconditioner; null: the identity
    };
    enum class End {
        going_on,
        solved,        ///< the residual is zero
        no_curvature,  ///< A + damping D is not positive along the next direction
        not_finite,    ///< a product was not finite
    };

    explicit DampedConjugateGradients(const VectorSpace& space);

    /// Begins at d = start (n), where the model may be above zero, or at zero.
    End begin(const System& system, const double* start = nullptr);
    End advance();

    [[nodiscard]] const double* iterate() const { return d_.data(); }  ///< d (n)
    /// q(d) + damping / 2 d'Dd; never rises.
    [[nodiscard]] double damped_model() const { return model_; }
    /// q(d), without a product.
    [[nodiscard]] double model() const;
    /// |g + (A + damping D) d| over |g|, both in the norm of the inverse preconditioner.
    [[nodiscard]] double relative_residual() const;
    /// The largest p'Ap / p'Dp of the directions so far: a lower bound on the largest eigenvalue of D^-1 A.
    [[nodiscard]] double curvature() const { return curvature_; }
    [[nodiscard]] Index products() const { return products_; }

private:
    [[nodiscard]] double metric_square(const double* x) const;
    double multiply(const double* x);
    double precondition();

    VectorSpace space_;
    std::optional<System> system_;
    Buffer d_, r_, z_, p_, bp_;
    double rz_ = 0.0, first_rz_ = 0.0, model_ = 0.0, curvature_ = 0.0;
    Index products_ = 0;
};

}  // namespace hesse
