#include "hesse/optim/curvature/pictures.hpp"

#include "../options.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace hesse {

Picture draw_density(const SpectralDensity& density, const std::filesystem::path& directory,
                     const std::string& name, double width) {
    require_not_negative("draw_density", "width", width);
    if (width == 0.0) width = density.natural_width();
    const double from = density.lowest() - 4.0 * width, to = density.highest() + 4.0 * width;
    constexpr int points = 600;
    PictureData data{{"eigenvalue", "density", "standard_error"}, {}};
    for (int k = 0; k <= points; ++k) {
        const double t = from + (to - from) * k / points;
        const Estimate height = density.density(t, width);
        const double error = std::isfinite(height.standard_error) ? height.standard_error : 0.0;
        data.rows.push_back({t, height.value, error});
    }
    return draw(directory, name, data,
                "set xlabel 'eigenvalue'\nset ylabel 'density'\nset yrange [0:*]\n"
                "plot $data using 1:($2 > 2*$3 ? $2-2*$3 : 0):($2+2*$3) with filledcurves lc rgb '#A6CEE3' "
                "title 'two standard errors', $data using 1:2 with lines lt 1 title 'density'");
}

Picture draw_eigenvalues(const Eigenpairs& pairs, const std::filesystem::path& directory,
                         const std::string& name) {
    PictureData data{{"number", "eigenvalue", "error_bound", "highest"}, {}};
    for (const bool highest : {false, true}) {
        const EigenpairsAtEnd& end = highest ? pairs.highest : pairs.lowest;
        double number = 1.0;
        for (const EigenvalueEstimate& value : end.values)
            data.rows.push_back({number++, value.value, value.error_bound, highest ? 1.0 : 0.0});
    }
    return draw(directory, name, data,
                "set xlabel 'number, from the end of the spectrum'\nset ylabel 'eigenvalue'\nset xtics 1\n"
                "set offsets 0.5,0.5,0,0\nset xzeroaxis lc rgb '#444444'\n"
                "plot $data using ($4 == 0 ? $1 : NaN):2:3 with yerrorbars lt 1 pt 7 title 'lowest', "
                "$data using ($4 == 1 ? $1 : NaN):2:3 with yerrorbars lt 2 pt 5 title 'highest'");
}

Picture draw_on_lines(const LossOnLines& loss, Index lines, double reach,
                      const std::filesystem::path& directory, const std::string& name) {
    require_positive("draw_along", "reach", reach);
    require_at_least("draw_along", "the number of directions", lines, 1);
    constexpr int points = 200;
    PictureData data{{"t"}, {}};
    std::string plots;
    for (Index j = 0; j < lines; ++j) {
        data.names.push_back("along_" + std::to_string(j + 1));
        plots += fmt::format("{}$data using 1:{} with lines title 'direction {}'", j == 0 ? "" : ", ", j + 2,
                             j + 1);
    }
    for (int k = -points; k <= points; ++k) {
        std::vector<double> row{reach * k / points};
        for (Index j = 0; j < lines; ++j) row.push_back(loss(j, row.front()));
        data.rows.push_back(std::move(row));
    }
    return draw(
        directory, name, data,
        "set xlabel 'step'\nset ylabel 'change of the loss'\nset xzeroaxis lc rgb '#444444'\nplot " + plots);
}

Picture draw_on_plane(const LossOnPlane& loss, double reach, const std::filesystem::path& directory,
                      const std::string& name) {
    require_positive("draw_plane", "reach", reach);
    constexpr int points = 60;
    PictureData data{{"s", "t", "loss"}, {}, 2 * points + 1};
    for (int i = -points; i <= points; ++i) {
        for (int j = -points; j <= points; ++j) {
            const double s = reach * i / points, t = reach * j / points;
            data.rows.push_back({s, t, loss(s, t)});
        }
    }
    return draw(directory, name, data,
                "set xlabel 'along u'\nset ylabel 'along v'\nset size ratio 1\nunset key\nunset grid\nset "
                "format cb '%g'\n"
                "set palette defined (0 '#0b3c6f', 1 '#4a90c2', 2 '#d8e8f0', 3 '#f4c98b', 4 '#b5481f')\n"
                "set contour base\nset cntrparam levels 20\nset view map\nset pm3d\n"
                "set table $contours\nunset pm3d\nunset surface\nsplot $data using 1:2:3\nunset table\n"
                "unset contour\nset surface\nset autoscale fix\n"
                "plot $data using 1:2:3 with image, $contours using 1:2 with lines lw 1 lc rgb '#333333', "
                "'+' using (0):(0) every ::0::0 with points pt 7 ps 1.2 lc rgb 'black'");
}

Picture draw_map(const LossOnPlane& loss, const LandscapeMap& map, const std::filesystem::path& directory,
                 const std::string& name) {
    constexpr std::size_t cells = 160;
    const double* lower = map.lower.data();
    const double* upper = map.upper.data();
    PictureData grid{{"x", "y", "loss", "rank"}, {}, cells + 1};
    std::vector<double> sorted;
    for (std::size_t i = 0; i <= cells; ++i) {
        for (std::size_t j = 0; j <= cells; ++j) {
            const double along = static_cast<double>(i) / cells, across = static_cast<double>(j) / cells;
            const double x = lower[0] + along * (upper[0] - lower[0]);
            const double y = lower[1] + across * (upper[1] - lower[1]);
            grid.rows.push_back({x, y, loss(x, y), 0.0});
            if (std::isfinite(grid.rows.back()[2])) sorted.push_back(grid.rows.back()[2]);
        }
    }
    std::sort(sorted.begin(), sorted.end());
    for (auto& row : grid.rows) {
        const auto below = std::lower_bound(sorted.begin(), sorted.end(), row[2]) - sorted.begin();
        row[3] = std::isfinite(row[2]) ? static_cast<double>(below) / static_cast<double>(sorted.size())
                                       : std::numeric_limits<double>::quiet_NaN();
    }
    constexpr std::size_t lines = 24;
    std::string levels;
    for (std::size_t k = 1; k < lines && !sorted.empty(); ++k)
        levels += fmt::format("{}{:.17g}", k == 1 ? "" : ",", sorted[k * sorted.size() / lines]);

    PictureData points{{"x", "y", "loss", "index"}, {}}, paths{{"x", "y", "path"}, {}};
    for (const LandscapePoint& point : map.points)
        points.rows.push_back(
            {point.x.data()[0], point.x.data()[1], point.value, static_cast<double>(point.index)});
    double number = 0.0;
    for (const LandscapePath& path : map.paths) {
        for (Index j = 0; j < path.points.cols(); ++j)
            paths.rows.push_back({path.points.column(j)[0], path.points.column(j)[1], number});
        // A row of no number ends a line.
        paths.rows.push_back(
            {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN(), number++});
    }
    const auto of_index = [](int index, const char* shape, const char* title) {
        return fmt::format(
            ", $points using ($4 == {0} ? $1 : NaN):2 with points {1} lc rgb 'white' lw 5 notitle, "
            "$points using ($4 == {0} ? $1 : NaN):2 with points {1} lc rgb 'black' lw 2 title '{2}'",
            index, shape, title);
    };
    return draw(directory, name, grid,
                "set xlabel 'x_1'\nset ylabel 'x_2'\nset size ratio 1\nunset grid\nunset colorbox\n"
                "set key outside right top\n"
                "set palette defined (0 '#0b3c6f', 1 '#4a90c2', 2 '#d8e8f0', 3 '#f4c98b', 4 '#b5481f')\n"
                "set contour base\nset cntrparam levels discrete " +
                    levels +
                    "\nset table $contours\nunset surface\nsplot $data using 1:2:3\nunset table\n"
                    "unset contour\nset surface\nset autoscale fix\n"
                    "plot $data using 1:2:4 with image notitle, "
                    "$contours using 1:2 with lines lw 0.7 lc rgb '#555555' notitle, "
                    "$paths using 1:2 with lines lw 5 lc rgb '#222222' title 'paths of descent', "
                    "$paths using 1:2 with lines lw 3 lc rgb '#FFFFFF' notitle" +
                    of_index(0, "pt 7 ps 1.4", "minima") + of_index(1, "pt 2 ps 1.6", "saddles") +
                    of_index(2, "pt 9 ps 1.6", "maxima"),
                {{"points", points}, {"paths", paths}});
}

}  // namespace hesse
