#pragma once

#include "hesse/optim/columns.hpp"
#include "hesse/optim/curvature/critical_point_search.hpp"
#include "hesse/optim/objective.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace hesse {

struct LandscapeOptions {
    double gradient_tolerance = 1e-8;
    Index starts = 1'000;  // random ones in the box, at most
    Index patience = 50;   // the search ends after so many starts without a new point
    Index most_points = 64;
    /// Ends it as well: critical points with a singular Hessian may lie in valleys without end.
    Index most_degenerate = 4;
    /// Paths are followed down from each saddle along so many of its negative eigenvectors, both ways.
    Index most_directions = 4;
    Index path_steps = 2'000;  // at most, on each path
    /// Their points are kept where the loss has at most so many parameters; of others, both ends.
    Index path_dimensions = 16;
    std::uint64_t seed = 0;
};

struct LandscapePoint {
    Columns x;  // (n)
    double value = 0.0, gradient_norm = 0.0;
    /// Eigenvalues below zero, and whether that is sure: the bounds of SaddleIndex meet.
    Index index = 0;
    bool determined = false;
    bool degenerate = false;  // an eigenvalue is not told from zero
};

/// The path of steepest descent from a saddle, a small step along an eigenvector of negative curvature.
struct LandscapePath {
    std::size_t from = 0;             // of the points
    std::optional<std::size_t> to{};  // where it ends; nothing if it leaves the box, or takes too many steps
    bool leaves_box = false;
    Index direction = 0;  // which of the eigenvectors, the lowest first
    int side = 1;         // or -1
    double drop = 0.0;    // by how much the loss falls along it
    Columns points;       // (n x any number)
};

/// Critical points in a box and how they connect.
struct LandscapeMap {
    std::vector<LandscapePoint> points;
    std::vector<LandscapePath> paths;
    Columns lower, upper;   // (n), the box
    bool complete = false;  // the search ended for want of new points, not of starts or room
    Index starts = 0, linearizations = 0, products = 0;
    std::uint64_t seed = 0;
};

/// The compiled algorithm behind the next function. lower and upper: (n).
LandscapeMap map_landscape(ObjectiveRef& f, const double* lower, const double* upper,
                           const LandscapeOptions& options);

/// The critical points of a loss between lower and upper (n), by deflated Newton searches from random starts
/// (find_critical_point), and the paths of steepest descent that lead from saddles and maxima to what lies below. No search
/// proves that it found all; `complete` says that `patience` starts in a row found nothing new.
///
/// Throws std::invalid_argument if sizes differ, an option is out of range, or a bound is not finite or above the other.
template <Objective F>
LandscapeMap map_landscape(const F& f, const Eigen::Ref<const Eigen::VectorXd>& lower,
                           const Eigen::Ref<const Eigen::VectorXd>& upper,
                           const LandscapeOptions& options = {}) {
    if (lower.size() != static_cast<Index>(f.size()) || upper.size() != lower.size())
        throw std::invalid_argument("map_landscape: lower and upper have " + std::to_string(lower.size()) +
                                    " and " + std::to_string(upper.size()) + " entries, expected the " +
                                    std::to_string(f.size()) + " of the objective");
    ErasedObjective<F> erased(f);
    return map_landscape(erased, lower.data(), upper.data(), options);
}

/// A table of the points and of the paths.
[[nodiscard]] std::string describe(const LandscapeMap& map);
std::ostream& operator<<(std::ostream& out, const LandscapeMap& map);

}  // namespace hesse
