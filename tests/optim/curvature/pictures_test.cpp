#include "hesse/optim/curvature/pictures.hpp"

#include "hesse/autodiff.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace {

using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;
namespace fs = std::filesystem;

struct Directory {
    fs::path path = fs::temp_directory_path() / ("hesse_pictures_" + std::to_string(::getpid()));
    ~Directory() { fs::remove_all(path); }
};

std::string first_line(const fs::path& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}
std::size_t lines_of(const fs::path& path) {
    std::ifstream file(path);
    std::size_t count = 0;
    for (std::string line; std::getline(file, line);) ++count;
    return count;
}

/// Numbers and script are there, and the pictures where gnuplot is.
void check(const Picture& picture, const std::string& names, std::size_t rows) {
    BOOST_TEST(first_line(picture.csv) == names);
    BOOST_TEST(lines_of(picture.csv) == rows + 1);
    BOOST_TEST(fs::exists(picture.script));
    BOOST_TEST(picture.drawn == fs::exists(picture.svg));
    if (std::system("command -v gnuplot > /dev/null") != 0) return;
    BOOST_TEST(picture.drawn);
    BOOST_TEST(fs::file_size(picture.svg) > 2000u);
    BOOST_TEST(fs::file_size(picture.png) > 2000u);
}

BOOST_AUTO_TEST_SUITE(pictures_of_curvature)

BOOST_AUTO_TEST_CASE(each_picture_is_one_call) {
    const Directory directory;
    const VectorXd d = VectorXd::LinSpaced(200, -1.0, 2.0);
    check(draw_density(spectral_density(d.asDiagonal()), directory.path, "density"),
          "eigenvalue,density,standard_error", 601);
    EigenpairsOptions options;
    options.lowest = 3;
    options.highest = 2;
    const Eigenpairs pairs = eigenpairs(d.asDiagonal(), options);
    check(draw_eigenvalues(pairs, directory.path, "eigenvalues"), "number,eigenvalue,error_bound,highest", 5);
    const auto f = objective([](const auto& x) { return cos(x).sum(); }, 3);
    const VectorXd x = VectorXd::Zero(3);
    check(draw_along(f, x, MatrixXd::Identity(3, 2), 2.0, directory.path, "along"), "t,along_1,along_2", 401);
    check(draw_plane(f, x, VectorXd::Unit(3, 0), VectorXd::Unit(3, 1), 4.0, directory.path, "plane"),
          "s,t,loss", 121 * 121);
    const auto saddle = objective([](const auto& y) { return cos(y).sum(); }, 2);
    const VectorXd corner = VectorXd::Constant(2, 4.0);
    const LandscapeMap map = map_landscape(saddle, -corner, corner);
    check(draw_landscape(saddle, map, directory.path, "map"), "x,y,loss,rank", 161 * 161);
    BOOST_TEST(fs::exists(directory.path / "map_points.csv"));
    BOOST_TEST(fs::file_size(directory.path / "map_paths.csv") > 1000u);
    BOOST_CHECK_THROW((void)draw_landscape(f, map, directory.path, "map"), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const Directory directory;
    const auto f = objective([](const auto& x) { return cos(x).sum(); }, 3);
    const VectorXd x = VectorXd::Zero(3);
    BOOST_CHECK_THROW((void)draw_along(f, x, MatrixXd::Identity(2, 2), 1.0, directory.path, "a"),
                      std::invalid_argument);
    BOOST_CHECK_THROW((void)draw_along(f, x, MatrixXd::Identity(3, 1), 0.0, directory.path, "a"),
                      std::invalid_argument);
    BOOST_CHECK_THROW((void)draw_plane(f, x, x, VectorXd::Zero(2), 1.0, directory.path, "a"),
                      std::invalid_argument);
    BOOST_CHECK_THROW((void)draw(directory.path, "a'b", {}, ""), std::invalid_argument);
    BOOST_CHECK_THROW((void)draw(directory.path, "a", {{"x"}, {{1.0, 2.0}}}, ""), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
