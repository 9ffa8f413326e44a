#pragma once

#include "hesse/optim/columns.hpp"
#include "hesse/optim/curvature/spectral_density.hpp"

namespace hesse {

/// How the trace of an operator known by its products is estimated.
enum class TraceMethod {
    /// The mean of z'Az over random signs z. Variance 2 / products times the squares off the diagonal. M. F. Hutchinson,
    /// Commun. Stat. Simul. 18 (1989) 1059.
    hutchinson,
    /// A third of the products for the range of A, a third for the trace there, a third for the rest: error of order
    /// 1 / products for semidefinite A. Meyer, Musco, Musco and Woodruff, SOSA 2021, 142.
    hutch_plus_plus,
    /// The same idea with every vector used for everything: Epperly, Tropp and Webber, SIMAX 45 (2024) 1.
    xtrace,
};

struct TraceOptions {
    TraceMethod method = TraceMethod::xtrace;
    Index products = 60;  // at most; where they suffice for the exact trace, n of them give it
    std::uint64_t seed = 0;
};

struct TraceEstimate : Estimate {
    Index products = 0;
    bool exact = false;  // n products: nothing random is left
    std::uint64_t seed = 0;
};

/// The trace of a symmetric operator (n x n). Memory for as many vectors as products, Hutchinson's method apart.
/// Throws std::invalid_argument if products is too small for the method (1, 6 or 4) or a product is not finite.
TraceEstimate trace_estimate(OperatorRef a, const TraceOptions& options = {});

struct DiagonalEstimate {
    Columns value, standard_error;  // (n)
    Index products = 0;
    std::uint64_t seed = 0;
};
/// The diagonal, from the mean of z o Az over random signs z: Bekas, Kokiopoulou and Saad, Appl. Numer. Math. 57 (2007)
/// 1214. Exact where A is diagonal. Throws as trace_estimate does.
DiagonalEstimate diagonal_estimate(OperatorRef a, Index products = 60, std::uint64_t seed = 0);

/// |A|_F, from the mean of |Az|^2 over random signs. Throws as trace_estimate does.
TraceEstimate frobenius_norm_estimate(OperatorRef a, Index products = 30, std::uint64_t seed = 0);

}  // namespace hesse
