#include "problems/entry.hpp"

#include <algorithm>

/// Polynomials of degree two and four.
namespace hesse::problems {

namespace {

constexpr auto dixon_tridiagonal = [](const auto& x) {
    const Index n = x.size();
    return square(x[0] - 1.0) + (x.segment(1, n - 2) - x.tail(n - 2)).squaredNorm() + square(x[n - 1] - 1.0);
};
constexpr auto tridiagonal = []<class T>(const Numbers<T>& x) -> T {
    T sum = square(x[0] - 1.0);
    for (Index i = 1; i < x.size(); ++i) sum += number(i + 1) * square(2.0 * x[i] - x[i - 1]);
    return sum;
};
constexpr auto diagonal_quadratic = [](const auto& x) {
    const Index n = x.size();
    return x.head(n - 2).squaredNorm() +
           100.0 * (x.segment(1, n - 2).squaredNorm() + x.tail(n - 2).squaredNorm());
};
constexpr auto hilbert_quadratic = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    for (Index i = 0; i < x.size(); ++i) {
        for (Index j = 0; j < x.size(); ++j) sum += 0.5 / number(i + j + 1) * x[i] * x[j];
    }
    return sum;
};
constexpr auto oren_power = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    for (Index i = 0; i < x.size(); ++i) sum += number(i + 1) * square(x[i]);
    return square(sum);
};
constexpr auto diagonal_quartic = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    for (Index i = 0; i < x.size(); ++i) sum += square(square(x[i] - number(i + 1)));
    return sum;
};
constexpr auto nondiagonal_quartic = []<class T>(const Numbers<T>& x) -> T {
    const Index n = x.size();
    T sum = square(x[0] - x[1]) + square(x[n - 2] - x[n - 1]);
    for (Index i = 0; i < n - 2; ++i) sum += square(square(x[i] + x[i + 1] + x[n - 1]));
    return sum;
};
constexpr auto powell_singular = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    for (Index i = 0; i + 3 < x.size(); i += 4)
        sum += square(x[i] + 10.0 * x[i + 1]) + 5.0 * square(x[i + 2] - x[i + 3]) +
               square(square(x[i + 1] - 2.0 * x[i + 2])) + 10.0 * square(square(x[i] - x[i + 3]));
    return sum;
};
constexpr auto arrow_head = []<class T>(const Numbers<T>& x) -> T {
    const Index n = x.size();
    T sum = 0.0;
    for (Index i = 0; i < n - 1; ++i) sum += square(square(x[i]) + square(x[n - 1])) - 4.0 * x[i] + 3.0;
    return sum;
};
constexpr auto engvall = [](const auto& x) {
    const auto first = x.head(x.size() - 1).array();
    const auto second = x.tail(x.size() - 1).array();
    return ((first.square() + second.square()).square() - 4.0 * first + 3.0).sum();
};
constexpr auto dennis_schnabel = []<class T>(const Numbers<T>& x) -> T {
    T sum = 16.0;
    for (Index i = 0; i < x.size() - 1; ++i)
        sum += square(square(x[i] - 2.0)) + square(x[i] * x[i + 1] - 2.0 * x[i + 1]) + square(x[i + 1] + 1.0);
    return sum;
};
constexpr auto banded_quartic = []<class T>(const Numbers<T>& x) -> T {
    const Index n = x.size();
    T sum = 0.0;
    const T last = 5.0 * square(x[n - 1]);
    for (Index i = 0; i < n - 4; ++i) {
        const T band =
            square(x[i]) + 2.0 * square(x[i + 1]) + 3.0 * square(x[i + 2]) + 4.0 * square(x[i + 3]);
        sum += square(3.0 - 4.0 * x[i]) + square(band + last);
    }
    return sum;
};
constexpr auto toint_quartic = []<class T>(const Numbers<T>& x) -> T {
    T sum = square(x[0] - 1.0);
    for (Index i = 1; i < x.size(); ++i) sum += square(square(x[0]) - square(x[i]));
    return sum;
};
/// Term i of the sum is of variables i, 2i, 3i, 5i, 7i and 11i, counted from one and around.
constexpr auto sparse_quartic = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    for (Index i = 1; i <= x.size(); ++i) {
        T group = 0.0;
        for (const Index k : {1, 2, 3, 5, 7, 11}) group += square(x[(k * i - 1) % x.size()]);
        sum += 0.125 * number(i) * square(group);
    }
    return sum;
};
/// Windows of eleven variables, cut off at the end.
constexpr auto curly = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    for (Index i = 0; i < x.size(); ++i) {
        T window = 0.0;
        for (Index j = i; j < std::min(i + 11, x.size()); ++j) window += x[j];
        sum += window * (window * (square(window) - 20.0) - 0.1);
    }
    return sum;
};

}  // namespace

std::vector<Entry> quartics() {
    const auto powell_start = repeated({3.0, -1.0, 0.0, 1.0});
    return {
        {"HILBERTA", 10, "Schmidt 1970; CUTEst", in_scalars(hilbert_quadratic), all(-3.0), {0.0}},
        {"DIXON3DQ",
         10000,
         "Dixon; Buckley 1989, 30; CUTEst",
         in_arrays(dixon_tridiagonal),
         all(-1.0),
         {0.0}},
        {"TRIDIA", 5000, "Shanno 1978; CUTEst", in_scalars(tridiagonal), all(1.0), {0.0}},
        {"DQDRTIC", 5000, "Toint 1983, 22; CUTEst", in_arrays(diagonal_quadratic), all(3.0), {0.0}},
        {"POWER", 1000, "Oren 1974; CUTEst", in_scalars(oren_power), all(1.0), {0.0}},
        {"DQRTIC",
         5000,
         "Toint 1983, 157; CUTEst DQRTIC and QUARTC",
         in_scalars(diagonal_quartic),
         all(2.0),
         {0.0}},
        {"NONDQUAR",
         1000,
         "Conn, Gould and Toint 1988, 57; CUTEst",
         in_scalars(nondiagonal_quartic),
         repeated({1.0, -1.0}),
         {0.0}},
        {"POWELLSG", 4, "MGH 13; CUTEst", in_scalars(powell_singular), powell_start, {0.0}},
        {"POWELLSG", 5000, "MGH 13; CUTEst", in_scalars(powell_singular), powell_start, {0.0}},
        {"ARWHEAD", 5000, "Conn, Gould and Toint 1988, 55; CUTEst", in_scalars(arrow_head), all(1.0), {0.0}},
        {"ENGVAL1", 5000, "Toint 1983, 31; CUTEst", in_arrays(engvall), all(2.0), {5548.6684194157}},
        {"EDENSCH", 2000, "Li 1990; CUTEst", in_scalars(dennis_schnabel), all(8.0), {12003.284592020}},
        {"BDQRTIC",
         5000,
         "Conn, Gould and Toint 1988, 61; CUTEst",
         in_scalars(banded_quartic),
         all(1.0),
         {20006.256878435}},
        {"TQUARTIC", 5000, "Toint; CUTEst", in_scalars(toint_quartic), all(0.1), {0.0}},
        {"SPARSQUR", 1000, "Gould 1995; CUTEst", in_scalars(sparse_quartic), all(0.5), {0.0}},
        {"CURLY10",
         1000,
         "Gould 1997; CUTEst",
         in_scalars(curly),
         by_formula([](double i, double n) { return 1e-4 * i / (n + 1.0); }),
         {-100316.290241331}},
    };
}

}  // namespace hesse::problems
