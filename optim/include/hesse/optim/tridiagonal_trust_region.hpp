#pragma once

#include "hesse/autodiff/memory.hpp"

#include <span>

namespace hesse {

/// The trust-region problem of a symmetric tridiagonal matrix T (m x m),
///     minimise  b'h + 1/2 h'Th  subject to  |h| <= radius,
/// solved to its global minimum, the hard case included: h and lambda >= 0 with
///     (T + lambda I) h = -b,   T + lambda I positive semidefinite,   lambda (radius - |h|) = 0.
/// First lambda = 0; then Newton's method on 1/radius - 1/|h(lambda)| inside a bracket. Where even the
/// smallest lambda leaves |h| < radius (the hard case), the leftmost eigenvector fills the rest. Factorings and
/// solves are O(m). T may fall apart into blocks (zero off-diagonal entries), and is solved as one.
/// More and Sorensen, SIAM J. Sci. Stat. Comput. 4 (1983) 553; Gould, Lucidi, Roma and Toint, SIAM J. Optim. 9
/// (1999) 504.
class TridiagonalTrustRegion {
public:
    struct Result {
        double multiplier = 0.0;  // lambda
        double model = 0.0;       // b'h + 1/2 h'Th, never positive
        double norm = 0.0;        // |h|
        bool boundary = false;    // |h| = radius
        bool hard_case = false;   // an eigenvector was added
    };

    /// diagonal (m), off_diagonal (m - 1), linear: b (m), radius > 0. `guess` for lambda, of a similar
    /// problem, saves iterations. The minimizer is found in minimizer() afterwards. Every finite input has a
    /// finite result: a multiplier or model out of range (b = 1e10, radius = 1e-300) is the largest double.
    /// Throws std::invalid_argument if lengths differ, an entry is not finite, or radius is not positive.
    Result solve(std::span<const double> diagonal, std::span<const double> off_diagonal,
                 std::span<const double> linear, double radius, double guess = 0.0);

    /// h (m)
    [[nodiscard]] const Buffer& minimizer() const { return h_; }

private:
    Result solve_boundary(double radius, double guess);
    bool factor(double shift);
    void solve_factored(const double* right_side, double* solution) const;
    bool solve_shifted(double shift);
    void add_eigenvector(double radius);
    [[nodiscard]] Result finish(double multiplier, bool boundary, bool hard_case) const;

    Buffer scaled_;                                             // T and b in units that make them near one,
    std::span<const double> diagonal_, off_diagonal_, linear_;  // its parts, while solve runs
    Buffer pivots_, multipliers_;                               // T + shift I = L D L'
    Buffer h_, work_;
    double norm_ = 0.0;  // |h|
};

}  // namespace hesse
