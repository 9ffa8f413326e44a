#pragma once

#include "hesse/autodiff/memory.hpp"

namespace hesse {

/// What a Lanczos run from a uniformly random unit vector proves about the ends of the spectrum. With
/// probability at least 1 - failure_probability, at every step k of the run at once and for both ends,
///     lambda_min >= theta_min - error   and   lambda_max <= theta_max + error.
/// (theta_min >= lambda_min and theta_max <= lambda_max hold in any case.)
///
/// After Kuczynski and Wozniakowski, SIMAX 13 (1992) 1094, in a form that needs no bound on |A|. Let c be the
/// start's component along an eigenvector of lambda_min, S = lambda_max - lambda_min, and suppose
/// theta_min - lambda_min > e S. The Rayleigh quotient of p(A) q_1, for the polynomial of degree k - 1 with
/// p(lambda)^2 y = T_{2k-1}(sqrt(y / (1 - e)S))^2 and y = lambda - lambda_min - e S, then gives
///     c cosh((2k - 1) artanh(sqrt(e))) < 1.
/// So |c| >= t rules out every error above e S with sqrt(e) = tanh(arcosh(1/t) / (2k - 1)). Independently,
/// u'AQ = lambda_min u'Q for the eigenvector u bounds the error by beta / t, which is what a breakdown shows.
/// |c| < t has probability at most t sqrt(2n / pi). The unknown S is at most (theta_max - theta_min)/(1 - 2e).
/// The event |c| < t is one and the same for all k: a run may stop when it likes what it sees.
class RandomStartBound {
public:
    /// Throws std::invalid_argument unless 0 < failure_probability < 1.
    RandomStartBound(Index dimension, double failure_probability);

    /// The error after `steps` steps whose last beta is `beta`, with spread = theta_max - theta_min; infinity
    /// while nothing can be said, zero when beta is, as after n steps with a whole orthonormal basis. Where Q
    /// is not orthonormal any more, what was lost may hide in a small beta: say infinity then, and the steps
    /// count alone. Rounding is not included.
    [[nodiscard]] double error(Index steps, double beta, double spread) const;

    /// The number of steps after which the error is at most `error`, if the spread stays as it is; n at most,
    /// where a whole basis leaves none.
    [[nodiscard]] Index steps_for(double error, double spread) const;

private:
    Index dimension_;
    double component_;  // t
};

}  // namespace hesse
