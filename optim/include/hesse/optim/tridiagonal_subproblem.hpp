#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/optim/regularization.hpp"

#include <span>

namespace hesse {

/// The quadratic model of a symmetric tridiagonal matrix T (m x m) within a bound on its steps, TrustRegionBound or CubicTerm,
///     minimise  b'h + 1/2 h'Th  subject to  |h| <= radius,   or   b'h + 1/2 h'Th + (sigma / 3) |h|^3,
/// solved to its global minimum, the hard case included: h and lambda >= 0 with
///     (T + lambda I) h = -b,   T + lambda I positive semidefinite,   lambda (radius - |h|) = 0 or lambda = sigma |h|.
/// First a lambda so small that it changes nothing; then Newton's method on 1 / length(lambda) - 1 / |h(lambda)| inside a bracket,
/// where length is the radius or lambda / sigma. Where even the smallest lambda leaves |h| shorter (the hard case), the leftmost
/// eigenvector fills the rest. Factorings and solves are O(m). T may fall apart into blocks (zero off-diagonal entries), and is
/// solved as one.
/// More and Sorensen, SIAM J. Sci. Stat. Comput. 4 (1983) 553; Gould, Lucidi, Roma and Toint, SIAM J. Optim. 9
/// (1999) 504; Cartis, Gould and Toint, Math. Prog. 127 (2011) 245, section 6.
template <class Bound>
class TridiagonalSubproblem {
public:
    struct Result {
        double multiplier = 0.0;  // lambda
        double model = 0.0;       // the minimum, never positive
        double norm = 0.0;        // |h|
        bool boundary = false;    // the bound is felt: |h| = radius, or lambda > 0
        bool hard_case = false;   // an eigenvector was added
    };

    /// diagonal (m), off_diagonal (m - 1), linear: b (m), parameter: the radius or sigma, positive. `guess` for lambda, of a
    /// similar problem, saves iterations. The minimizer is found in minimizer() afterwards. Every finite input has a
    /// finite result: what is out of range, as a multiplier is for b = 1e10, radius = 1e-300, is the largest double.
    /// Throws std::invalid_argument if lengths differ, an entry is not finite, or the parameter is not positive.
    Result solve(std::span<const double> diagonal, std::span<const double> off_diagonal,
                 std::span<const double> linear, double parameter, double guess = 0.0);

    /// h (m)
    [[nodiscard]] const Buffer& minimizer() const { return h_; }

private:
    [[nodiscard]] bool solve_small(Bound bound, double& lambda);
    Result solve_bounded(Bound bound, double guess);
    bool factor(double shift);
    void solve_factored(const double* right_side, double* solution) const;
    bool solve_shifted(double shift);
    void add_eigenvector(double length);
    [[nodiscard]] Result finish(double multiplier, bool boundary, bool hard_case) const;

    Buffer scaled_;                                             // T and b in units that make them near one,
    std::span<const double> diagonal_, off_diagonal_, linear_;  // its parts, while solve runs
    Buffer pivots_, multipliers_;                               // T + shift I = L D L'
    Buffer h_, work_;
    double norm_ = 0.0;  // |h|
};
extern template class TridiagonalSubproblem<TrustRegionBound>;
extern template class TridiagonalSubproblem<CubicTerm>;

using TridiagonalTrustRegion = TridiagonalSubproblem<TrustRegionBound>;
using TridiagonalCubic = TridiagonalSubproblem<CubicTerm>;

}  // namespace hesse
