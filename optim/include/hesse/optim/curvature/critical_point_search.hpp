#pragma once

#include "hesse/optim/columns.hpp"
#include "hesse/optim/curvature/saddle_index.hpp"
#include "hesse/optim/objective.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace hesse {

struct CriticalPointSearchOptions {
    double gradient_tolerance = 1e-8;
    double radius = 1.0;  // no step is longer
    /// How far points that are known push others away: choose it as large as the distances to be expected.
    double deflation_length = 1.0;
    Index max_iterations = 100;
    Index max_products = 20'000;
    std::size_t memory = std::size_t{512} << 20;  // bytes for the basis that counts the index
    std::uint64_t seed = 0;
};

enum class CriticalPointSearchEnd {
    converged,  ///< |g| <= gradient_tolerance
    stalled,  ///< |g| does not fall any more and is not small: a minimum of |g|, where H is singular, most likely
    budget,      ///< iterations or products were spent before
    not_finite,  ///< the loss or its gradient at the start, or a product, was not finite
};

/// Where Newton's method ended, and the index there.
struct CriticalPointSearchResult {
    CriticalPointSearchEnd end = CriticalPointSearchEnd::budget;
    double value = std::numeric_limits<double>::quiet_NaN();
    double gradient_norm = std::numeric_limits<double>::quiet_NaN();
    SaddleIndex index;  // where it converged
    Index iterations = 0;
    Index linearizations = 0;
    Index products = 0;  // those for the index included
};

/// The compiled algorithm behind the next function; x (n) is moved. Points known before (n x count, by columns; may be none)
/// are deflated.
CriticalPointSearchResult find_critical_point(ObjectiveRef& f, const CriticalPointSearchOptions& options,
                                              const double* known, Index count, double* x);

struct FoundCriticalPoint : CriticalPointSearchResult {
    Eigen::VectorXd x;  // (n)
};

/// The critical point, of any index, that Newton's method leads to: H p = -g by MINRES, steps shortened until |g| falls. The
/// polish for a point that is nearly critical, and a search from anywhere else.
///
/// With points x_i that are known, their neighbourhoods are left: what is solved is M(x) g(x) = 0 with
/// M = prod_i (1 + length^2 / |x - x_i|^2), which has all critical points but these; its step is Newton's times a number. Farrell, Birkisson and Funke, SIAM
/// J. Sci. Comput. 37 (2015) A2026.
///
/// Each step costs one linearisation and the products of MINRES. Throws std::invalid_argument if sizes differ, an option is out
/// of range, or the start is not finite.
template <Objective F>
FoundCriticalPoint find_critical_point(const F& f, const Eigen::Ref<const Eigen::VectorXd>& start,
                                       const CriticalPointSearchOptions& options = {},
                                       const Columns& known = {}) {
    if (start.size() != static_cast<Index>(f.size()))
        throw std::invalid_argument("find_critical_point: the start has " + std::to_string(start.size()) +
                                    " entries but the objective has " + std::to_string(f.size()) +
                                    " parameters");
    if (known.cols() > 0 && known.rows() != start.size())
        throw std::invalid_argument("find_critical_point: the known points have " +
                                    std::to_string(known.rows()) + " entries, the start has " +
                                    std::to_string(start.size()));
    ErasedObjective<F> erased(f);
    FoundCriticalPoint found;
    found.x = start;
    static_cast<CriticalPointSearchResult&>(found) =
        find_critical_point(erased, options, known.data(), known.cols(), found.x.data());
    return found;
}

}  // namespace hesse
