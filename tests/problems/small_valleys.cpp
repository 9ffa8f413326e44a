#include "problems/entry.hpp"

#include <cmath>
#include <numbers>

/// Curved and badly scaled valleys of two and three variables.
namespace hesse::problems {

namespace {

using std::atan;
using std::exp;
using std::sin;
using std::sqrt;

constexpr auto cubic_valley = []<class T>(const Numbers<T>& x) -> T {
    return 100.0 * square(x[1] - cube(x[0])) + square(x[0] - 1.0);
};
constexpr auto sine_valley = []<class T>(const Numbers<T>& x) -> T {
    return 1e3 * square(x[1] - sin(x[0])) + 0.25 * square(x[0]);
};
constexpr auto powell_badly_scaled = []<class T>(const Numbers<T>& x) -> T {
    return square(1e4 * x[0] * x[1] - 1.0) + square(exp(-x[0]) + exp(-x[1]) - 1.0001);
};
constexpr auto brown_badly_scaled = []<class T>(const Numbers<T>& x) -> T {
    return square(x[0] - 1e6) + square(x[1] - 2e-6) + square(x[0] * x[1] - 2.0);
};
constexpr auto beale = []<class T>(const Numbers<T>& x) -> T {
    const T a = 1.5 - x[0] * (1.0 - x[1]);
    const T b = 2.25 - x[0] * (1.0 - square(x[1]));
    const T c = 2.625 - x[0] * (1.0 - cube(x[1]));
    return square(a) + square(b) + square(c);
};
constexpr auto cliff = []<class T>(const Numbers<T>& x) -> T {
    const T drop = x[0] - x[1];
    return square(0.01 * (x[0] - 3.0)) - drop + exp(20.0 * drop);
};
constexpr auto helical_valley = []<class T>(const Numbers<T>& x) -> T {
    // The angle in turns, from -1/4 to 3/4.
    T turns = atan(x[1] / x[0]) / (2.0 * std::numbers::pi);
    if (x[0] < 0.0) turns += 0.5;
    const T radius = sqrt(square(x[0]) + square(x[1]));
    return 100.0 * (square(x[2] - 10.0 * turns) + square(radius - 1.0)) + square(x[2]);
};

}  // namespace

std::vector<Entry> small_valleys() {
    return {
        {"CUBE", 2, "Leon 1966; CUTEst", in_scalars(cubic_valley), point({-1.2, 1.0}), {0.0}},
        {"SINEVAL",
         2,
         "Xiao and Zhou 1992, 4.2; CUTEst",
         in_scalars(sine_valley),
         point({4.712389, -1.0}),
         {0.0}},
        {"POWELLBSLS", 2, "MGH 3; CUTEst", in_scalars(powell_badly_scaled), point({0.0, 1.0}), {0.0}},
        {"BROWNBS", 2, "MGH 4; CUTEst", in_scalars(brown_badly_scaled), point({1.0, 1.0}), {0.0}},
        {"BEALE", 2, "MGH 5; CUTEst", in_scalars(beale), point({1.0, 1.0}), {0.0}},
        {"CLIFF", 2, "Botsaris 1978; CUTEst", in_scalars(cliff), point({0.0, -1.0}), {0.19978661367769956}},
        {"HELIX", 3, "MGH 7; CUTEst", in_scalars(helical_valley), point({-1.0, 0.0, 0.0}), {0.0}},
    };
}

}  // namespace hesse::problems
