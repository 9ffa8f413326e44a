#pragma once

#include "hesse/autodiff.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <type_traits>

/// Residuals of published problems: Moré, Garbow and Hillstrom, ACM Trans. Math. Softw. 7 (1981) 17, with their numbers. They state sums
/// of squares, the library halves of them.
namespace hesse::test {

/// A problem: residuals(x) of scalar code, where it starts, and the least sum of squares.
template <class Residuals>
struct LeastSquaresProblem {
    const char* name;
    Residuals residuals;
    Eigen::VectorXd start;
    double least;
    [[nodiscard]] auto objective() const { return least_squares(residuals, start.size(), scalars); }
};
template <class Residuals>
LeastSquaresProblem(const char*, Residuals, Eigen::VectorXd, double) -> LeastSquaresProblem<Residuals>;

template <class X>
using ResidualsOf = std::remove_cvref_t<X>;

inline constexpr auto rosenbrock_residuals = [](const auto& x) {
    ResidualsOf<decltype(x)> r(2);
    r[0] = 10.0 * (x[1] - x[0] * x[0]);
    r[1] = 1.0 - x[0];
    return r;
};
inline constexpr auto freudenstein_roth_residuals = [](const auto& x) {
    ResidualsOf<decltype(x)> r(2);
    r[0] = -13.0 + x[0] + ((5.0 - x[1]) * x[1] - 2.0) * x[1];
    r[1] = -29.0 + x[0] + ((x[1] + 1.0) * x[1] - 14.0) * x[1];
    return r;
};
inline constexpr auto beale_residuals = [](const auto& x) {
    ResidualsOf<decltype(x)> r(3);
    r[0] = 1.5 - x[0] * (1.0 - x[1]);
    r[1] = 2.25 - x[0] * (1.0 - x[1] * x[1]);
    r[2] = 2.625 - x[0] * (1.0 - x[1] * x[1] * x[1]);
    return r;
};
inline constexpr auto bard_residuals = [](const auto& x) {
    constexpr std::array y{0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39,
                           0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39};
    ResidualsOf<decltype(x)> r(15);
    for (Index i = 0; i < 15; ++i) {
        const double u = static_cast<double>(i + 1), v = 15.0 - static_cast<double>(i);
        const double w = std::min(u, v);
        r[i] = y[static_cast<std::size_t>(i)] - (x[0] + u / (v * x[1] + w * x[2]));
    }
    return r;
};
inline constexpr auto kowalik_osborne_residuals = [](const auto& x) {
    constexpr std::array y{0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627,
                           0.0456, 0.0342, 0.0323, 0.0235, 0.0246};
    constexpr std::array u{4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625};
    ResidualsOf<decltype(x)> r(11);
    for (Index i = 0; i < 11; ++i) {
        const double t = u[static_cast<std::size_t>(i)];
        r[i] = y[static_cast<std::size_t>(i)] - x[0] * (t * t + t * x[1]) / (t * t + t * x[2] + x[3]);
    }
    return r;
};
inline constexpr auto box_residuals = [](const auto& x) {
    ResidualsOf<decltype(x)> r(10);
    for (Index i = 0; i < 10; ++i) {
        const double t = 0.1 * static_cast<double>(i + 1);
        r[i] = exp(-t * x[0]) - exp(-t * x[1]) - x[2] * (std::exp(-t) - std::exp(-10.0 * t));
    }
    return r;
};
inline constexpr auto powell_singular_residuals = [](const auto& x) {
    ResidualsOf<decltype(x)> r(4);
    const auto b = x[1] - 2.0 * x[2];
    const auto c = x[0] - x[3];
    r[0] = x[0] + 10.0 * x[1];
    r[1] = std::sqrt(5.0) * (x[2] - x[3]);
    r[2] = b * b;
    r[3] = std::sqrt(10.0) * c * c;
    return r;
};

/// check(problem) for each of them.
template <class Check>
void for_each_least_squares_problem(const Check& check) {
    using Eigen::VectorXd;
    check(LeastSquaresProblem{"Rosenbrock", rosenbrock_residuals, VectorXd{{-1.2, 1.0}}, 0.0});
    check(LeastSquaresProblem{"Freudenstein and Roth", freudenstein_roth_residuals, VectorXd{{0.5, -2.0}},
                              48.98425});
    check(LeastSquaresProblem{"Beale", beale_residuals, VectorXd{{1.0, 1.0}}, 0.0});
    check(LeastSquaresProblem{"Bard", bard_residuals, VectorXd{{1.0, 1.0, 1.0}}, 8.21487e-3});
    check(LeastSquaresProblem{"Kowalik and Osborne", kowalik_osborne_residuals,
                              VectorXd{{0.25, 0.39, 0.415, 0.39}}, 3.07505e-4});
    check(LeastSquaresProblem{"Box", box_residuals, VectorXd{{0.0, 10.0, 20.0}}, 0.0});
    check(LeastSquaresProblem{"Powell singular", powell_singular_residuals, VectorXd{{3.0, -1.0, 0.0, 1.0}},
                              0.0});
}

}  // namespace hesse::test
