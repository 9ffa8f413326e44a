#pragma once

#include "hesse/optim/columns.hpp"
#include "hesse/optim/curvature/linear_operator.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <limits>
#include <string>
#include <string_view>

/// What higher derivatives say where the second order cannot tell. The functions that find it are in
/// <hesse/degenerate_point.hpp>.
namespace hesse {

struct DegenerateOptions {
    /// Eigenvalues within this of zero belong to the null space; at least 1e-8 |H|, or 50 eps sqrt(n) |H|.
    double curvature_tolerance = 0.0;
    /// Derivatives along unit vectors count as zero up to this times the largest of their order that was met.
    double tolerance = 1e-7;
    Index most = 64;         // dimensions of the null space
    Index starts = 64;       // random ones, for the search on the sphere of the null space
    Index iterations = 200;  // of each
    Index max_products = 20'000;
    std::size_t memory = std::size_t{512} << 20;  // bytes for the basis
    std::uint64_t seed = 0;
};

enum class DegenerateKind {
    not_degenerate,  ///< no eigenvalue is zero: `classify` tells what it is
    saddle,   ///< a higher derivative falls and rises, or falls where the Hessian has a positive eigenvalue
    minimum,  ///< strict: the reduced quartic is positive in all directions, of one or two dimensions
    maximum,  ///< the same for -f
    likely_minimum,  ///< positive in all directions that were tried, of more dimensions
    likely_maximum,
    undecided,  ///< zero to fourth order along some direction, most likely a flat valley or plateau
};

/// A verdict by third and fourth derivatives on the null space of the Hessian, or, where all lower ones are zero, by the
/// first that is not. With D2f = H, N its null space and z in N,
///     f(x + t z - t^2/2 H^+ u(z)) = f(x) + t^3/6 c3(z) + t^4/24 c4(z) + ...,
///     c3(z) = D3f[z,z,z],   u(z) = D3f[z,z,.] without its part in N,   c4(z) = D4f[z,z,z,z] - 3 u(z)' H^+ u(z):
/// the other directions eliminated (Lyapunov and Schmidt; the splitting lemma of Gromoll and Meyer).
struct DegeneratePoint {
    DegenerateKind kind = DegenerateKind::undecided;
    Index nullity = 0;  // dimension of N
    int order = 0;      // of the derivative that decided; 4 where none did
    /// The largest |c3| found, and, if that is zero, the smallest c4 (of -f for a maximum: the largest).
    double third = std::numeric_limits<double>::quiet_NaN();
    double fourth = std::numeric_limits<double>::quiet_NaN();
    double third_tolerance = 0.0, fourth_tolerance = 0.0;  // in force
    double curvature_tolerance = 0.0;
    Index products = 0;     // of the Hessian
    Index evaluations = 0;  // of derivatives beyond the second
    std::uint64_t seed = 0;
    /// The curve x + t direction + t^2 bend along which the loss falls, for t > 0, if the point is a saddle; of other
    /// kinds, the curve along which the reduced quartic was smallest.
    Columns direction, bend;

    template <class Derived>
    [[nodiscard]] Eigen::VectorXd curve(const Eigen::MatrixBase<Derived>& x, double t) const {
        return x + t * direction.col(0) + (t * t) * bend.col(0);
    }
};

/// Derivatives of a loss at a point, in directions (n).
class HigherDerivatives {
public:
    static constexpr int most = 6;

    HigherDerivatives() = default;
    HigherDerivatives(const HigherDerivatives&) = delete;
    HigherDerivatives& operator=(const HigherDerivatives&) = delete;
    virtual ~HigherDerivatives() = default;

    [[nodiscard]] virtual Index size() const = 0;
    /// d^k/dt^k f(x + t z), k = 0 ... most.
    virtual void along(const double* z, double* derivatives) const = 0;
    /// D3f[z,z,.] (n) and D4f[z,z,z,.] (n).
    virtual void gradients(const double* z, double* third, double* fourth) const = 0;
    /// D3f[u,v,.] (n).
    virtual void third(const double* u, const double* v, double* out) const = 0;
};

/// The compiled algorithm behind examine_degenerate.
DegeneratePoint examine_degenerate(OperatorRef hessian, const HigherDerivatives& derivatives,
                                   const DegenerateOptions& options);

/// A few words, as "saddle" or "strict minimum".
[[nodiscard]] std::string_view to_string(DegenerateKind kind);
/// A paragraph that says what was found and what it rests on.
[[nodiscard]] std::string describe(const DegeneratePoint& point);
std::ostream& operator<<(std::ostream& out, const DegeneratePoint& point);

}  // namespace hesse
