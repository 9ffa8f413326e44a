#include "problems/entry.hpp"

#include <cmath>

/// Sums of squares of any size, whose Hessians are dense.
namespace hesse::problems {

namespace {

using std::cos;
using std::exp;
using std::sin;

constexpr auto penalty_1 = [](const auto& x) {
    return 1e-5 * (x.array() - 1.0).square().sum() + square(x.squaredNorm() - 0.25);
};
constexpr auto penalty_2 = []<class T>(const Numbers<T>& x) -> T {
    const Index n = x.size();
    T weighted = number(n) * square(x[0]);
    T sum = 0.0;
    for (Index i = 1; i < n; ++i) {
        const double y = exp(0.1 * number(i + 1)) + exp(0.1 * number(i));
        sum += square(exp(0.1 * x[i]) + exp(0.1 * x[i - 1]) - y) + square(exp(0.1 * x[i]) - exp(-0.1));
        weighted += number(n - i) * square(x[i]);
    }
    return square(x[0] - 0.2) + 1e-5 * sum + square(weighted - 1.0);
};
constexpr auto variably_dimensioned = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    T moment = 0.0;
    for (Index i = 0; i < x.size(); ++i) {
        const T distance = x[i] - 1.0;
        sum += square(distance);
        moment += number(i + 1) * distance;
    }
    return sum + square(moment) + square(square(moment));
};
constexpr auto brown_almost_linear = []<class T>(const Numbers<T>& x) -> T {
    const Index n = x.size();
    T total = -number(n + 1);
    T product = 1.0;
    for (Index i = 0; i < n; ++i) {
        total += x[i];
        product *= x[i];
    }
    T sum = square(product - 1.0);
    for (Index i = 0; i < n - 1; ++i) sum += square(x[i] + total);
    return sum;
};
constexpr auto trigonometric = []<class T>(const Numbers<T>& x) -> T {
    T cosines = 0.0;
    for (Index i = 0; i < x.size(); ++i) cosines += cos(x[i]);
    T sum = 0.0;
    for (Index i = 0; i < x.size(); ++i)
        sum += square(cosines + number(i + 1) * (cos(x[i]) + sin(x[i])) - number(x.size() + i + 1));
    return sum;
};

}  // namespace

std::vector<Entry> sums_of_squares() {
    return {
        {"PENALTY1",
         1000,
         "MGH 23; CUTEst",
         in_arrays(penalty_1),
         by_formula([](double i, double) { return i; }),
         {9.68617543245e-3}},
        {"PENALTY2", 200, "MGH 24; CUTEst", in_scalars(penalty_2), all(0.5), {47116277275464.8}},
        {"VARDIM",
         200,
         "MGH 25; CUTEst",
         in_scalars(variably_dimensioned),
         by_formula([](double i, double n) { return 1.0 - i / n; }),
         {0.0}},
        {"BROWNAL", 200, "MGH 27", in_scalars(brown_almost_linear), all(0.5), {0.0, 1.0}},
        {"TRIGON1", 10, "CUTEst", in_scalars(trigonometric), all(0.1), {0.0}},
    };
}

}  // namespace hesse::problems
