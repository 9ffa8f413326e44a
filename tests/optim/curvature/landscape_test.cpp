#include "hesse/optim/curvature/landscape.hpp"

#include "hesse/autodiff.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>
#include <stdexcept>
#include <string>

namespace {

using namespace hesse;
using Eigen::Vector2d;
using Eigen::VectorXd;

const auto himmelblau = [](const auto& x) {
    const auto a = x[0] * x[0] + x[1] - 11.0;
    const auto b = x[0] + x[1] * x[1] - 7.0;
    return a * a + b * b;
};
const auto six_humps = [](const auto& x) {
    const auto u = x[0] * x[0], v = x[1] * x[1];
    return (4.0 - 2.1 * u + u * u / 3.0) * u + x[0] * x[1] + (4.0 * v - 4.0) * v;
};
// Müller and Brown, Theor. Chim. Acta 53 (1979) 75.
const auto mueller_brown = [](const auto& x) {
    const double A[] = {-200, -100, -170, 15}, a[] = {-1, -1, -6.5, 0.7}, b[] = {0, 0, 11, 0.6};
    const double c[] = {-10, -10, -6.5, 0.7}, X[] = {1, 0, -0.5, -1}, Y[] = {0, 0.5, 1.5, 1};
    typename std::decay_t<decltype(x)>::Scalar sum = 0;
    for (int i = 0; i < 4; ++i) {
        const auto u = x[0] - X[i], v = x[1] - Y[i];
        sum += A[i] * exp(a[i] * u * u + b[i] * u * v + c[i] * v * v);
    }
    return sum;
};

Vector2d at(const LandscapePoint& point) { return {point.x.data()[0], point.x.data()[1]}; }

/// Number of the point at (x, y), to the printed digits.
std::size_t find(const LandscapeMap& map, double x, double y, double digits = 1e-3) {
    for (std::size_t i = 0; i < map.points.size(); ++i)
        if ((at(map.points[i]) - Vector2d(x, y)).norm() <= digits) return i;
    BOOST_FAIL("no critical point at " << x << ", " << y << " in\n" << map);
    return 0;
}

long count(const LandscapeMap& map, Index index) {
    return std::count_if(map.points.begin(), map.points.end(),
                         [index](const auto& p) { return p.index == index; });
}

/// Where the two paths of a saddle end.
std::set<std::size_t> ends(const LandscapeMap& map, std::size_t saddle) {
    std::set<std::size_t> found;
    for (const LandscapePath& path : map.paths)
        if (path.from == saddle && path.to) found.insert(*path.to);
    return found;
}

void check(const LandscapeMap& map) {
    BOOST_TEST(map.complete);
    for (const LandscapePoint& p : map.points) {
        BOOST_TEST(p.gradient_norm <= 1e-8);
        BOOST_TEST(p.determined);
        BOOST_TEST(!p.degenerate);
    }
    for (const LandscapePath& path : map.paths) BOOST_TEST(path.drop > 0.0);
}

BOOST_AUTO_TEST_SUITE(landscapes)

BOOST_AUTO_TEST_CASE(himmelblaus_function_has_nine_critical_points) {
    // D. M. Himmelblau, Applied Nonlinear Programming, 1972: four minima of value zero; the others by its gradient's roots.
    const auto f = objective(himmelblau, 2, scalars);
    const LandscapeMap map = map_landscape(f, Vector2d(-5.0, -5.0), Vector2d(5.0, 5.0));
    check(map);
    BOOST_TEST(map.points.size() == 9u);
    BOOST_TEST(count(map, 0) == 4);
    BOOST_TEST(count(map, 1) == 4);
    BOOST_TEST(count(map, 2) == 1);
    const auto a = find(map, 3.0, 2.0), b = find(map, -2.805118, 3.131312),
               c = find(map, -3.779310, -3.283186), d = find(map, 3.584428, -1.848126);
    for (const std::size_t minimum : {a, b, c, d}) BOOST_TEST(map.points[minimum].value <= 1e-14);
    BOOST_TEST(map.points[find(map, -0.270845, -0.923039)].index == 2);
    // Each saddle joins two neighbouring minima.
    BOOST_TEST((ends(map, find(map, 3.385154, 0.073852)) == std::set{a, d}));
    BOOST_TEST((ends(map, find(map, 0.086678, 2.884255)) == std::set{a, b}));
    BOOST_TEST((ends(map, find(map, -3.073026, -0.081353)) == std::set{b, c}));
    BOOST_TEST((ends(map, find(map, -0.127961, -1.953715)) == std::set{c, d}));
}

BOOST_AUTO_TEST_CASE(mueller_and_brown_connect_three_minima_in_a_row) {
    const auto f = objective(mueller_brown, 2, scalars);
    const LandscapeMap map = map_landscape(f, Vector2d(-1.5, -0.5), Vector2d(1.2, 2.0));
    check(map);
    const auto a = find(map, -0.558, 1.442), b = find(map, -0.050, 0.467), c = find(map, 0.623, 0.028);
    BOOST_TEST(std::abs(map.points[a].value + 146.700) <= 1e-3);
    BOOST_TEST(std::abs(map.points[b].value + 80.768) <= 1e-3);
    BOOST_TEST(std::abs(map.points[c].value + 108.167) <= 1e-3);
    const auto high = find(map, -0.822, 0.624), low = find(map, 0.212, 0.293);
    BOOST_TEST(std::abs(map.points[high].value + 40.665) <= 1e-3);
    BOOST_TEST(std::abs(map.points[low].value + 72.249) <= 1e-3);
    BOOST_TEST((ends(map, high) == std::set{a, b}));
    BOOST_TEST((ends(map, low) == std::set{b, c}));
    for (const LandscapePath& path : map.paths) {
        if (!path.to || *path.to != a) continue;
        // A curve without jumps, which falls all the way.
        const auto points = path.points.matrix();
        double value = f.value(points.col(0));
        for (Index j = 1; j < points.cols(); ++j) {
            BOOST_TEST((points.col(j) - points.col(j - 1)).norm() <= 0.04);
            const double next = f.value(points.col(j));
            BOOST_TEST(next <= value + 1e-12);
            value = next;
        }
    }
}

BOOST_AUTO_TEST_CASE(six_humps_are_six_minima) {
    // Dixon and Szegö, Towards Global Optimisation 2, 1978: -1.0316 at (0.0898, -0.7126) and opposite.
    const auto f = objective(six_humps, 2, scalars);
    const LandscapeMap map = map_landscape(f, Vector2d(-2.2, -1.2), Vector2d(2.2, 1.2));
    check(map);
    BOOST_TEST(count(map, 0) == 6);
    // Morse's relation on the plane, where the function grows to all sides: minima - saddles + maxima = 1.
    BOOST_TEST(count(map, 0) - count(map, 1) + count(map, 2) == 1);
    for (const double sign : {1.0, -1.0})
        BOOST_TEST(std::abs(map.points[find(map, sign * 0.0898, -sign * 0.7126)].value + 1.0316285) <= 1e-6);
    // No other is of that value.
    for (const LandscapePoint& p : map.points) BOOST_TEST(p.value >= -1.03163);
}

BOOST_AUTO_TEST_CASE(more_dimensions_and_paths_that_leave_the_box) {
    // Products of double wells: 27 critical points, index = number of zeros, and every pair of neighbours joined.
    const auto wells = objective(
        [](const auto& x) {
            const auto w = (x.array().square() - 1.0).eval();
            return 0.25 * w.square().sum();
        },
        3);
    const VectorXd one = VectorXd::Constant(3, 1.5);
    const LandscapeMap map = map_landscape(wells, -one, one, {.patience = 200});
    check(map);
    BOOST_TEST(map.points.size() == 27u);
    for (Index index : {0, 1, 2, 3})
        BOOST_TEST(count(map, index) == (index == 0 ? 8 : index == 1 ? 12 : index == 2 ? 6 : 1));
    for (std::size_t i = 0; i < map.points.size(); ++i)
        if (map.points[i].index == 1) BOOST_TEST(ends(map, i).size() == 2u);

    const auto f = objective([](const auto& x) { return x[0] * x[0] - x[1] * x[1]; }, 2, scalars);
    const LandscapeMap open = map_landscape(f, Vector2d(-1.0, -1.0), Vector2d(1.0, 1.0));
    BOOST_TEST(open.points.size() == 1u);
    BOOST_TEST(open.paths.size() == 2u);
    for (const LandscapePath& path : open.paths) {
        BOOST_TEST(path.leaves_box);
        BOOST_TEST(!path.to.has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_valley_of_minima_does_not_go_on_for_ever) {
    const auto f = objective(
        [](const auto& x) {
            const auto r = 1.0 - x[0] * x[1];
            return r * r;
        },
        2, scalars);
    const LandscapeMap map = map_landscape(f, Vector2d(-2.0, -2.0), Vector2d(2.0, 2.0));
    BOOST_TEST(!map.complete);
    const auto degenerate =
        std::count_if(map.points.begin(), map.points.end(), [](const auto& p) { return p.degenerate; });
    BOOST_TEST(degenerate >= 1);
    BOOST_TEST(degenerate <= 4 + 2);  // two more at the ends of the paths from the saddle at zero
}

BOOST_AUTO_TEST_CASE(the_same_seed_draws_the_same_map) {
    const auto f = objective(himmelblau, 2, scalars);
    const auto draw = [&](std::uint64_t seed) {
        return describe(map_landscape(f, Vector2d(-5.0, -5.0), Vector2d(5.0, 5.0), {.seed = seed}));
    };
    BOOST_TEST(draw(3) == draw(3));
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const auto f = objective(himmelblau, 2, scalars);
    const auto says = [](const char* text) {
        return [text](const std::invalid_argument& e) {
            return std::string(e.what()).find(text) != std::string::npos;
        };
    };
    const Vector2d one(1.0, 1.0);
    BOOST_CHECK_EXCEPTION(map_landscape(f, VectorXd::Zero(3), one), std::invalid_argument,
                          says("lower and upper have 3 and 2 entries"));
    BOOST_CHECK_EXCEPTION(map_landscape(f, one, one), std::invalid_argument,
                          says("entry 0 of lower and upper is 1 and 1"));
    BOOST_CHECK_EXCEPTION(map_landscape(f, -one, Vector2d(1.0, std::numeric_limits<double>::quiet_NaN())),
                          std::invalid_argument, says("entry 1 of lower and upper is -1 and nan"));
    BOOST_CHECK_EXCEPTION(map_landscape(f, -one, one, {.starts = 0}), std::invalid_argument,
                          says("starts is 0"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
