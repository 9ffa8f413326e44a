#include "problems/entry.hpp"

#include <algorithm>
#include <cmath>

/// Models of few parameters, fitted to data: sums of squares that are not zero at the minimum, but for some.
namespace hesse::problems {

namespace {

using std::abs;
using std::cos;
using std::exp;
using std::log;
using std::pow;
using std::sin;

constexpr auto bard = []<class T>(const Numbers<T>& x) -> T {
    constexpr double y[] = {0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39,
                            0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39};
    T sum = 0.0;
    for (int i = 0; i < 15; ++i) {
        const double u = i + 1.0, v = 15.0 - i, w = std::min(u, v);
        sum += square(y[i] - x[0] - u / (v * x[1] + w * x[2]));
    }
    return sum;
};
constexpr auto gaussian = []<class T>(const Numbers<T>& x) -> T {
    constexpr double y[] = {0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989};
    T sum = 0.0;
    for (int i = 0; i < 15; ++i) {
        const double t = 3.5 - 0.5 * i;
        sum += square(x[0] * exp(-0.5 * x[1] * square(t - x[2])) - y[std::min(i, 14 - i)]);
    }
    return sum;
};
constexpr auto box_three = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    for (int i = 1; i <= 10; ++i) {
        const double t = 0.1 * i;
        sum += square(exp(-t * x[0]) - exp(-t * x[1]) - (exp(-t) - exp(-10.0 * t)) * x[2]);
    }
    return sum;
};
constexpr auto meyer = []<class T>(const Numbers<T>& x) -> T {
    constexpr double y[] = {34780.0, 28610.0, 23650.0, 19630.0, 16370.0, 13720.0, 11540.0, 9744.0,
                            8261.0,  7030.0,  6005.0,  5147.0,  4427.0,  3820.0,  3307.0,  2872.0};
    T sum = 0.0;
    for (int i = 0; i < 16; ++i) sum += square(x[0] * exp(x[1] / (50.0 + 5.0 * i + x[2])) - y[i]);
    return sum;
};
constexpr auto gulf = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    for (int i = 1; i <= 99; ++i) {
        const double t = 0.01 * i;
        const double y = 25.0 + pow(-50.0 * log(t), 2.0 / 3.0);
        sum += square(exp(-pow(abs(y - x[1]), x[2]) / x[0]) - t);
    }
    return sum;
};
constexpr auto jennrich_sampson = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    for (int i = 1; i <= 10; ++i) sum += square(2.0 + 2.0 * i - exp(i * x[0]) - exp(i * x[1]));
    return sum;
};
constexpr auto kowalik_osborne = []<class T>(const Numbers<T>& x) -> T {
    constexpr double y[] = {0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627,
                            0.0456, 0.0342, 0.0323, 0.0235, 0.0246};
    constexpr double u[] = {4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625};
    T sum = 0.0;
    for (int i = 0; i < 11; ++i)
        sum += square(y[i] - x[0] * (u[i] * u[i] + u[i] * x[1]) / (u[i] * u[i] + u[i] * x[2] + x[3]));
    return sum;
};
constexpr auto brown_dennis = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    for (int i = 1; i <= 20; ++i) {
        const double t = 0.2 * i;
        sum += square(square(x[0] + t * x[1] - exp(t)) + square(x[2] + sin(t) * x[3] - cos(t)));
    }
    return sum;
};
constexpr auto osborne_1 = []<class T>(const Numbers<T>& x) -> T {
    constexpr double y[] = {0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751,
                            0.718, 0.685, 0.658, 0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490,
                            0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.420, 0.414, 0.411, 0.406};
    T sum = 0.0;
    for (int i = 0; i < 33; ++i) {
        const double t = 10.0 * i;
        sum += square(y[i] - x[0] - x[1] * exp(-t * x[3]) - x[2] * exp(-t * x[4]));
    }
    return sum;
};
constexpr auto biggs_exp6 = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    for (int i = 1; i <= 13; ++i) {
        const double t = 0.1 * i;
        const double y = exp(-t) - 5.0 * exp(-10.0 * t) + 3.0 * exp(-4.0 * t);
        sum += square(x[2] * exp(-t * x[0]) - x[3] * exp(-t * x[1]) + x[5] * exp(-t * x[4]) - y);
    }
    return sum;
};
constexpr auto watson = []<class T>(const Numbers<T>& x) -> T {
    T sum = square(x[0]) + square(x[1] - square(x[0]) - 1.0);
    for (int i = 1; i <= 29; ++i) {
        const double t = i / 29.0;
        T value = x[0];
        T slope = 0.0;
        double power = 1.0;  // t^(j - 1)
        for (Index j = 1; j < x.size(); ++j) {
            slope += static_cast<double>(j) * power * x[j];
            power *= t;
            value += power * x[j];
        }
        sum += square(slope - square(value) - 1.0);
    }
    return sum;
};

}  // namespace

std::vector<Entry> curve_fits() {
    return {
        {"JENSMP", 2, "MGH 6; CUTEst", in_scalars(jennrich_sampson), point({0.3, 0.4}), {124.36218235561486}},
        {"BARD", 3, "MGH 8; CUTEst", in_scalars(bard), all(1.0), {8.2148773065789e-3}},
        {"GAUSSIAN", 3, "MGH 9; CUTEst", in_scalars(gaussian), point({0.4, 1.0, 0.0}), {1.12793276961896e-8}},
        {"MEYER3", 3, "MGH 10; CUTEst", in_scalars(meyer), point({0.02, 4000.0, 250.0}), {87.94585517}},
        {"GULF", 3, "MGH 11; CUTEst", in_scalars(gulf), point({5.0, 2.5, 0.15}), {0.0}},
        {"BOX3", 3, "MGH 12; CUTEst", in_scalars(box_three), point({0.0, 10.0, 1.0}), {0.0}},
        {"KOWOSB",
         4,
         "MGH 15",
         in_scalars(kowalik_osborne),
         point({0.25, 0.39, 0.415, 0.39}),
         {3.07505603849238e-4}},
        {"BROWNDEN",
         4,
         "MGH 16; CUTEst",
         in_scalars(brown_dennis),
         point({25.0, 5.0, -5.0, -1.0}),
         {85822.20162635}},
        {"OSBORNEA",
         5,
         "MGH 17; CUTEst",
         in_scalars(osborne_1),
         point({0.5, 1.5, -1.0, 0.01, 0.02}),
         {5.46489469749e-5}},
        {"BIGGS6",
         6,
         "MGH 18; CUTEst",
         in_scalars(biggs_exp6),
         point({1.0, 2.0, 1.0, 1.0, 1.0, 1.0}),
         {0.0, 5.6556499255e-3}},
        {"WATSON", 12, "MGH 20; CUTEst", in_scalars(watson), all(0.0), {4.722381e-10}},
    };
}

}  // namespace hesse::problems
