#pragma once

#include "hesse/optim/curvature/saddle_search.hpp"
#include "hesse/optim/objective.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace hesse {

struct SaddleDynamicsOptions {
    Index index = 1;  // of the saddle that is looked for: so many directions are climbed
    double gradient_tolerance = 1e-6;
    double radius = 0.1;  // no step is longer
    Index max_iterations = 20'000;
    std::size_t memory = std::size_t{512} << 20;  // bytes for the bases that begin and end it
    std::uint64_t seed = 0;
};

/// The compiled algorithm behind the next function; x (n) is moved. Writes the directions (n x options.index).
SaddleSearchResult saddle_dynamics(ObjectiveRef& f, const SaddleDynamicsOptions& options, double* x,
                                   double* directions);

/// A saddle of a wanted index, by first-order dynamics: x moves along the gradient, reflected in the space of k directions,
///     x' = -(I - 2 V V') g,   v_i' = -(I - v_i v_i' - 2 sum_{j < i} v_j v_j') H v_i,
/// in steps of Barzilai and Borwein. Yin, Zhang and Zhang, SIAM J. Sci. Comput. 41 (2019) A3576; for k = 1 it is the gentlest
/// ascent dynamics (W. E and X. Zhou, Nonlinearity 24 (2011) 1831) and the dimer method (Henkelman and Jonsson, J. Chem. Phys.
/// 111 (1999) 7010).
///
/// An iteration costs one linearisation and k products, and converges linearly: find_saddle takes fewer, dearer ones.
/// Throws as find_saddle does, and if options.index is 0.
template <Objective F>
FoundSaddle saddle_dynamics(const F& f, const Eigen::Ref<const Eigen::VectorXd>& start,
                            const SaddleDynamicsOptions& options = {}) {
    if (start.size() != static_cast<Index>(f.size()))
        throw std::invalid_argument("saddle_dynamics: the start has " + std::to_string(start.size()) +
                                    " entries but the objective has " + std::to_string(f.size()) +
                                    " parameters");
    ErasedObjective<F> erased(f);
    FoundSaddle found;
    found.x = start;
    found.directions.resize(start.size(), options.index > 0 ? options.index : 0);
    static_cast<SaddleSearchResult&>(found) =
        saddle_dynamics(erased, options, found.x.data(), found.directions.data());
    return found;
}

}  // namespace hesse
