#pragma once

#include "hesse/optim/curvature/eigenpairs.hpp"
#include "hesse/optim/curvature/landscape.hpp"
#include "hesse/optim/curvature/spectral_density.hpp"
#include "hesse/optim/objective.hpp"
#include "hesse/optim/picture.hpp"

#include <Eigen/Core>

#include <cmath>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>

/// One call for each picture of curvature. All write to a directory and return what `draw` does, and throw as it does.
namespace hesse {

/// The density of the spectrum with a band of two standard errors, smoothed by `width`, or by its natural width if 0.
Picture draw_density(const SpectralDensity& density, const std::filesystem::path& directory,
                     const std::string& name, double width = 0.0);

/// Eigenvalues at both ends with their error bounds, in order.
Picture draw_eigenvalues(const Eigenpairs& pairs, const std::filesystem::path& directory,
                         const std::string& name);

/// The loss as a function on the real line and on the plane.
using LossOnLines = std::function<double(Index column, double t)>;
using LossOnPlane = std::function<double(double s, double t)>;
Picture draw_on_lines(const LossOnLines& loss, Index lines, double reach,
                      const std::filesystem::path& directory, const std::string& name);
Picture draw_on_plane(const LossOnPlane& loss, double reach, const std::filesystem::path& directory,
                      const std::string& name);

/// f(x + t v) - f(x) for |t| <= reach, along each column v of the directions (n x any number): eigenvectors, most likely.
/// Throws std::invalid_argument if sizes differ.
template <Objective F>
Picture draw_along(const F& f, const Eigen::Ref<const Eigen::VectorXd>& x,
                   const Eigen::Ref<const Eigen::MatrixXd>& directions, double reach,
                   const std::filesystem::path& directory, const std::string& name) {
    if (x.size() != static_cast<Index>(f.size()) || directions.rows() != x.size())
        throw std::invalid_argument("draw_along: x has " + std::to_string(x.size()) +
                                    " entries, the directions " + std::to_string(directions.rows()) +
                                    ", expected the " + std::to_string(f.size()) + " of the objective");
    const double value = f.value(x);
    Eigen::VectorXd point(x.size());
    const auto loss = [&](Index column, double t) {
        point = x + t * directions.col(column);
        return f.value(point) - value;
    };
    return draw_on_lines(loss, directions.cols(), reach, directory, name);
}

/// f(x + s u + t v) for |s|, |t| <= reach, in colours and level lines.
/// Throws std::invalid_argument if sizes differ.
template <Objective F>
Picture draw_plane(const F& f, const Eigen::Ref<const Eigen::VectorXd>& x,
                   const Eigen::Ref<const Eigen::VectorXd>& u, const Eigen::Ref<const Eigen::VectorXd>& v,
                   double reach, const std::filesystem::path& directory, const std::string& name) {
    if (x.size() != static_cast<Index>(f.size()) || u.size() != x.size() || v.size() != x.size())
        throw std::invalid_argument("draw_plane: x, u and v have " + std::to_string(x.size()) + ", " +
                                    std::to_string(u.size()) + " and " + std::to_string(v.size()) +
                                    " entries, expected the " + std::to_string(f.size()) +
                                    " of the objective");
    Eigen::VectorXd point(x.size());
    const auto loss = [&](double s, double t) {
        point = x + s * u + t * v;
        return f.value(point);
    };
    return draw_on_plane(loss, reach, directory, name);
}

/// A map of a loss of two parameters: values in colours by rank, level lines that leave equal areas between them, minima
/// (discs), saddles (crosses) and maxima (triangles), and the paths between them. Points and paths are in files of their own,
/// NAME_points.csv and NAME_paths.csv.
Picture draw_map(const LossOnPlane& loss, const LandscapeMap& map, const std::filesystem::path& directory,
                 const std::string& name);

/// Throws std::invalid_argument if the objective does not have two parameters: draw_plane shows a plane of others.
template <Objective F>
Picture draw_landscape(const F& f, const LandscapeMap& map, const std::filesystem::path& directory,
                       const std::string& name) {
    if (static_cast<Index>(f.size()) != 2 || map.lower.rows() != 2)
        throw std::invalid_argument("draw_landscape: the objective has " + std::to_string(f.size()) +
                                    " parameters and the map " + std::to_string(map.lower.rows()) +
                                    ", expected two (draw_plane shows a plane of more)");
    Eigen::VectorXd point(2);
    const auto loss = [&](double s, double t) {
        point << s, t;
        return f.value(point);
    };
    return draw_map(loss, map, directory, name);
}

}  // namespace hesse
