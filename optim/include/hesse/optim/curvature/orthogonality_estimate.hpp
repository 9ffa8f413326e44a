#pragma once

#include <span>
#include <vector>

namespace hesse {

/// How far the columns of a Lanczos run have drifted from being orthonormal, from T alone: the recurrence that the inner
/// products q_k' q_{j+1} obey in rounded arithmetic. H. D. Simon, Math. Comp. 42 (1984) 115.
class OrthogonalityEstimate {
public:
    /// Forgets all columns but a first one. rounding: what one step adds to an inner product, relative to |A|.
    void begin(double rounding);

    /// An estimate of max_k |q_k' q_{j+1}| for the column that comes next, given alpha_0 ... alpha_j, beta_0 ... beta_j (which
    /// its norm is before it is divided by that) and |A|.
    double advance(std::span<const double> alpha, std::span<const double> beta, double norm);

    /// The last two columns have been made orthogonal to all others, to within `rounding`.
    void corrected(double rounding);

private:
    double rounding_ = 0.0;
    std::vector<double> before_, current_, next_;  // q_k' q_{j-1}, q_k' q_j, q_k' q_{j+1}
};

}  // namespace hesse
