#pragma once

#include "hesse/optim/curvature/saddle_index.hpp"
#include "hesse/optim/objective.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

namespace hesse {

struct SaddleSearchOptions {
    /// Of the saddle that is looked for: the loss is raised along so many lowest eigenvectors, and lowered across them.
    /// 0 is a search for a minimum.
    Index index = 1;
    double gradient_tolerance = 1e-8;
    double radius = 0.1;  // of the first step
    double largest_radius = 10.0;
    Index max_iterations = 500;
    Index max_products = 50'000;
    std::size_t memory = std::size_t{512} << 20;  // bytes for the basis
    std::uint64_t seed = 0;
};

/// Where a search for a saddle ended.
struct SaddleSearchResult {
    double value = std::numeric_limits<double>::quiet_NaN();
    double gradient_norm = std::numeric_limits<double>::quiet_NaN();
    bool converged = false;  // to a critical point
    SaddleIndex index;       // of that, whatever it is
    Index iterations = 0;
    Index linearizations = 0;
    Index products = 0;  // of the Hessian, those for the index included
};

/// The compiled algorithm behind the next function; x (n) is moved. Writes the unstable directions (n x options.index).
SaddleSearchResult find_saddle(ObjectiveRef& f, const SaddleSearchOptions& options, double* x,
                               double* directions);

struct FoundSaddle : SaddleSearchResult {
    Eigen::VectorXd x;           // (n)
    Eigen::MatrixXd directions;  // (n x index): lowest eigenvectors there
};

/// A critical point near the start with a wanted number of unstable directions: a step of Newton's method in which the
/// lowest eigenvectors are followed upwards and all others downwards, within a radius that the quality of the
/// quadratic model decides. (Gentlest ascent: W. E and X. Zhou, Nonlinearity 24 (2011) 1831; dimer and index-k dynamics:
/// Henkelman and Jonsson, J. Chem. Phys. 111 (1999) 7010; Yin, Zhang and Zhang, SIAM J. Sci. Comput. 41 (2019) A3576.)
/// Which index the point has is counted at the end: `result.index`.
///
/// Each step costs one linearisation, some tens of products for the eigenvectors, which start from those of the step
/// before, and some for the other directions.
/// Throws std::invalid_argument if sizes differ, an option is out of range, or x, the loss, its gradient or a product is not
/// finite at the start.
template <Objective F>
FoundSaddle find_saddle(const F& f, const Eigen::Ref<const Eigen::VectorXd>& start,
                        const SaddleSearchOptions& options = {}) {
    if (start.size() != static_cast<Index>(f.size()))
        throw std::invalid_argument("find_saddle: the start has " + std::to_string(start.size()) +
                                    " entries but the objective has " + std::to_string(f.size()) +
                                    " parameters");
    ErasedObjective<F> erased(f);
    FoundSaddle found;
    found.x = start;
    found.directions.resize(start.size(), options.index > 0 ? options.index : 0);
    static_cast<SaddleSearchResult&>(found) =
        find_saddle(erased, options, found.x.data(), found.directions.data());
    return found;
}

}  // namespace hesse
