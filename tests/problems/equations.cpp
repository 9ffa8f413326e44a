#include "problems/entry.hpp"

#include <algorithm>
#include <cmath>

/// Systems of equations as sums of squares, and discretized variational problems.
namespace hesse::problems {

namespace {

using std::cos;
using std::exp;
using std::tan;

constexpr auto freudenstein_roth = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    for (Index i = 0; i < x.size() - 1; ++i) {
        const T y = x[i + 1];
        sum += square(x[i] - 13.0 + ((5.0 - y) * y - 2.0) * y) +
               square(x[i] - 29.0 + ((y + 1.0) * y - 14.0) * y);
    }
    return sum;
};
constexpr auto cragg_levy = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    for (Index i = 0; i + 3 < x.size(); i += 2) {
        const T angle = x[i + 2] - x[i + 3];
        sum += square(square(exp(x[i]) - x[i + 1])) + 100.0 * square(cube(x[i + 1] - x[i + 2])) +
               square(square(tan(angle) + angle)) + square(square(square(x[i]))) + square(x[i + 3] - 1.0);
    }
    return sum;
};
constexpr auto broyden_tridiagonal = []<class T>(const Numbers<T>& x) -> T {
    const Index n = x.size();
    T sum = 0.0;
    for (Index i = 0; i < n; ++i) {
        T residual = (3.0 - 2.0 * x[i]) * x[i] + 1.0;
        if (i > 0) residual -= x[i - 1];
        if (i + 1 < n) residual -= 2.0 * x[i + 1];
        sum += square(residual);
    }
    return sum;
};
constexpr auto broyden_banded = []<class T>(const Numbers<T>& x) -> T {
    const Index n = x.size();
    Numbers<T> neighbour(n);
    for (Index i = 0; i < n; ++i) neighbour[i] = x[i] * (1.0 + x[i]);
    T sum = 0.0;
    for (Index i = 0; i < n; ++i) {
        T residual = x[i] * (2.0 + 5.0 * square(x[i])) + 1.0;
        for (Index j = std::max<Index>(i - 5, 0); j <= std::min(i + 1, n - 1); ++j) {
            if (j != i) residual -= neighbour[j];
        }
        sum += square(residual);
    }
    return sum;
};
/// -x'' + (x + t + 1)^3 / 2 = 0, x(0) = x(1) = 0
constexpr auto boundary_value = []<class T>(const Numbers<T>& x) -> T {
    const Index n = x.size();
    const double h = 1.0 / number(n + 1);
    T sum = 0.0;
    for (Index i = 0; i < n; ++i) {
        T residual = 2.0 * x[i] + 0.5 * h * h * cube(x[i] + (number(i + 1) * h + 1.0));
        if (i > 0) residual -= x[i - 1];
        if (i + 1 < n) residual -= x[i + 1];
        sum += square(residual);
    }
    return sum;
};
/// The potential of x'' = -2 + sin x, x(0) = 0, x(1) = 1
constexpr auto fletcher_boundary_value = []<class T>(const Numbers<T>& x) -> T {
    const Index n = x.size();
    const double h = 1.0 / number(n + 1);
    T sum = 0.5 * (square(x[0]) + square(x[n - 1])) - x[n - 1];
    for (Index i = 0; i < n; ++i) sum -= h * h * (2.0 * x[i] + cos(x[i]));
    for (Index i = 0; i < n - 1; ++i) sum += 0.5 * square(x[i] - x[i + 1]);
    return sum;
};
/// A surface over p x p points of the unit square, free at the boundary.
constexpr auto minimal_surface = [](const auto& x) {
    const auto p = static_cast<Index>(std::lround(std::sqrt(number(x.size()))));
    const Index m = p - 1;
    const double cells = number(m * m);
    const auto z = x.reshaped(p, p);
    const auto falling = (z.topLeftCorner(m, m) - z.bottomRightCorner(m, m)).array();
    const auto rising = (z.bottomLeftCorner(m, m) - z.topRightCorner(m, m)).array();
    const auto area = sqrt(1.0 + 0.5 * cells * (falling.square() + rising.square())).sum() / cells;
    return area + square(x[(p / 2 - 1) * (p + 1)]) / number(p * p);
};
/// |X X - A|^2 with A = B B: the square root of a dense matrix.
struct SquareRoot {
    explicit SquareRoot(Index n) : p(static_cast<Index>(std::lround(std::sqrt(number(n))))), b(p, p) {
        for (Index i = 0; i < p; ++i) {
            for (Index j = 0; j < p; ++j) b(i, j) = sine(i, j);
        }
        b(2, 0) = 0.0;
        a = b * b;
    }
    [[nodiscard]] double sine(Index i, Index j) const { return std::sin(std::pow(number(i * p + j + 1), 2)); }
    [[nodiscard]] Eigen::VectorXd start() const {
        Eigen::MatrixXd x(p, p);
        for (Index i = 0; i < p; ++i) {
            for (Index j = 0; j < p; ++j) x(i, j) = b(i, j) - 0.8 * sine(i, j);
        }
        return x.reshaped();
    }
    auto operator()(const auto& x) const {
        const auto root = x.reshaped(p, p);
        return (root * root - a).squaredNorm();
    }

    Index p;
    Eigen::MatrixXd b, a;
};

}  // namespace

std::vector<Entry> equations() {
    return {
        {"FREUROTH",
         2,
         "MGH 2; CUTEst",
         in_scalars(freudenstein_roth),
         point({0.5, -2.0}),
         {0.0, 48.98425367924}},
        {"FREUROTH",
         1000,
         "MGH 2; CUTEst",
         in_scalars(freudenstein_roth),
         by_formula([](double i, double) { return i == 1.0   ? 0.5
                                                  : i == 2.0 ? -2.0
                                                             : 0.0; }),
         {121469.710109453}},
        {"CRAGGLVY",
         5000,
         "Toint 1983, 32; CUTEst",
         in_scalars(cragg_levy),
         by_formula([](double i, double) { return i == 1.0 ? 1.0 : 2.0; }),
         {1688.21530971438}},
        {"BROYDN3DLS", 1000, "MGH 30; CUTEst", in_scalars(broyden_tridiagonal), all(-1.0), {0.0}},
        {"BRYBND", 1000, "MGH 31", in_scalars(broyden_banded), all(-1.0), {0.0}},
        {"MOREBV",
         1000,
         "MGH 28; CUTEst",
         in_scalars(boundary_value),
         by_formula([](double i, double n) {
             const double t = i / (n + 1.0);
             return t * (t - 1.0);
         }),
         {0.0}},
        {"FLETCBV2",
         1000,
         "Fletcher 1992, 1; CUTEst",
         in_scalars(fletcher_boundary_value),
         by_formula([](double i, double n) { return i / (n + 1.0); }),
         {-0.501429031266}},
        {"FMINSRF2",
         1024,
         "Griewank and Toint 1982; CUTEst",
         in_arrays(minimal_surface),
         by_formula([](double k, double n) {
             const double p = std::sqrt(n), i = std::fmod(k - 1.0, p), j = std::floor((k - 1.0) / p);
             const bool boundary = i == 0.0 || j == 0.0 || i == p - 1.0 || j == p - 1.0;
             return boundary ? 1.0 + (8.0 * i + 4.0 * j) / (p - 1.0) : 0.0;
         }),
         {1.0}},
        {"MSQRTBLS",
         100,
         "Buckley 1989, 204; CUTEst",
         [](Index n) { return AnyObjective(objective(SquareRoot(n), n)); },
         [](Index n) { return SquareRoot(n).start(); },
         {0.0}},
    };
}

}  // namespace hesse::problems
