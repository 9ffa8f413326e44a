#include "problems/entry.hpp"

#include <array>

/// Valleys of Rosenbrock's kind one after the other, side by side, or sharing a variable.
namespace hesse::problems {

namespace {

constexpr auto nonseparable_rosenbrock = []<class T>(const Numbers<T>& x) -> T {
    T sum = square(x[0] - 1.0);
    for (Index i = 1; i < x.size(); ++i) sum += 100.0 * square(x[i] - square(x[i - 1]));
    return sum;
};
constexpr auto separable_rosenbrock = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    for (Index i = 0; i + 1 < x.size(); i += 2)
        sum += 100.0 * square(x[i + 1] - square(x[i])) + square(1.0 - x[i]);
    return sum;
};
/// Fletcher's: the term is that of the first variable of a pair.
constexpr auto chained_rosenbrock = [](const auto& x) {
    const auto first = x.head(x.size() - 1).array();
    const auto second = x.tail(x.size() - 1).array();
    return (100.0 * (second - first.square()).square() + (1.0 - first).square()).sum();
};
/// Nash's: it is that of the second.
constexpr auto generalized_rosenbrock = [](const auto& x) {
    const auto first = x.head(x.size() - 1).array();
    const auto second = x.tail(x.size() - 1).array();
    return 1.0 + (100.0 * (second - first.square()).square() + (second - 1.0).square()).sum();
};
constexpr auto nondiagonal_rosenbrock = []<class T>(const Numbers<T>& x) -> T {
    T sum = square(x[0] - 1.0);
    for (Index i = 1; i < x.size(); ++i) sum += 100.0 * square(x[0] - square(x[i - 1]));
    return sum;
};
constexpr auto liarwhd = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    for (Index i = 0; i < x.size(); ++i) sum += 4.0 * square(square(x[i]) - x[0]) + square(x[i] - 1.0);
    return sum;
};

constexpr std::array<double, 50> alpha = {
    1.25, 1.40, 2.40, 1.40, 1.75, 1.20, 2.25, 1.20, 1.00, 1.10, 1.50, 1.60, 1.25, 1.25, 1.20, 1.20, 1.40,
    0.50, 0.50, 1.25, 1.80, 0.75, 1.25, 1.40, 1.60, 2.00, 1.00, 1.60, 1.25, 2.75, 1.25, 1.25, 1.25, 3.00,
    1.50, 2.00, 1.25, 1.40, 1.80, 1.50, 2.20, 1.40, 1.50, 1.25, 2.00, 1.50, 1.25, 1.40, 0.60, 1.50};
constexpr auto toint_rosenbrock = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    for (Index i = 1; i < x.size(); ++i) {
        const double a = alpha[static_cast<std::size_t>(i)];
        sum += 16.0 * a * a * square(x[i - 1] - square(x[i])) + square(x[i] - 1.0);
    }
    return sum;
};
/// That with a mistake, which made a problem of its own.
constexpr auto toint_rosenbrock_in_error = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    for (Index i = 1; i < x.size(); ++i) {
        const double a = alpha[static_cast<std::size_t>(i)];
        sum += square(x[i - 1] - 16.0 * a * a * square(x[i])) + square(x[i] - 1.0);
    }
    return sum;
};

/// Wood's function of x_i ... x_{i+3}.
template <class T>
T wood(const Numbers<T>& x, Index i) {
    const T a = x[i + 1] - square(x[i]);
    const T b = x[i + 3] - square(x[i + 2]);
    return 100.0 * square(a) + square(1.0 - x[i]) + 90.0 * square(b) + square(1.0 - x[i + 2]) +
           10.0 * square(x[i + 1] + x[i + 3] - 2.0) + 0.1 * square(x[i + 1] - x[i + 3]);
}
constexpr auto extended_wood = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    for (Index i = 0; i + 3 < x.size(); i += 4) sum += wood<T>(x, i);
    return sum;
};
constexpr auto chained_wood = []<class T>(const Numbers<T>& x) -> T {
    T sum = 1.0;
    for (Index i = 0; i + 3 < x.size(); i += 2) sum += wood<T>(x, i);
    return sum;
};

}  // namespace

std::vector<Entry> chained_valleys() {
    const auto wood_start = repeated({-3.0, -1.0, -3.0, -1.0});
    return {
        {"EXTROSNB",
         2,
         "MGH 1; CUTEst ROSENBR",
         in_scalars(nonseparable_rosenbrock),
         point({-1.2, 1.0}),
         {0.0}},
        {"EXTROSNB", 10000, "Toint 1983, 10; CUTEst", in_scalars(nonseparable_rosenbrock), all(-1.0), {0.0}},
        {"SROSENBR", 5000, "MGH 21; CUTEst", in_scalars(separable_rosenbrock), repeated({-1.2, 1.0}), {0.0}},
        {"FLETCHCR", 1000, "Fletcher 1992, 2; CUTEst", in_arrays(chained_rosenbrock), all(0.0), {0.0}},
        {"GENROSE",
         500,
         "Nash 1984; CUTEst",
         in_arrays(generalized_rosenbrock),
         by_formula([](double i, double n) { return i / (n + 1.0); }),
         {1.0}},
        {"NONDIA", 5000, "Shanno 1978; CUTEst", in_scalars(nondiagonal_rosenbrock), all(-1.0), {0.0}},
        {"LIARWHD", 5000, "Li 1990; CUTEst", in_scalars(liarwhd), all(4.0), {0.0}},
        {"CHNROSNB", 50, "Toint 1978; CUTEst", in_scalars(toint_rosenbrock), all(-1.0), {0.0}},
        {"ERRINROS",
         50,
         "Toint 1990; CUTEst",
         in_scalars(toint_rosenbrock_in_error),
         all(-1.0),
         {39.904153920127}},
        {"WOODS", 4, "MGH 14; CUTEst", in_scalars(extended_wood), wood_start, {0.0}},
        {"WOODS", 4000, "MGH 14; CUTEst", in_scalars(extended_wood), wood_start, {0.0}},
        {"CHAINWOO",
         1000,
         "Conn, Gould and Toint 1988; CUTEst",
         in_scalars(chained_wood),
         by_formula([](double i, double) {
             return i > 4.0 ? -2.0 : static_cast<int>(i) % 2 == 1 ? -3.0 : -1.0;
         }),
         {1.0},
         true},
    };
}

}  // namespace hesse::problems
