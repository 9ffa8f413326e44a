#include "problems/entry.hpp"

#include <cmath>

/// Sines, cosines and exponentials: many saddles and many minima.
namespace hesse::problems {

namespace {

using std::cos;
using std::exp;
using std::sin;

constexpr auto cosine = [](const auto& x) {
    const Index n = x.size();
    return cos(x.head(n - 1).array().square() - 0.5 * x.tail(n - 1).array()).sum();
};
constexpr auto generalized_humps = []<class T>(const Numbers<T>& x) -> T {
    constexpr double zeta = 20.0;
    T sum = 0.0;
    for (Index i = 0; i < x.size() - 1; ++i)
        sum += square(sin(zeta * x[i]) * sin(zeta * x[i + 1])) + 0.05 * (square(x[i]) + square(x[i + 1]));
    return sum;
};
/// As CUTEst's file decodes: terms i = 2 ... n-1 are not squared.
constexpr auto sine_quadratic = []<class T>(const Numbers<T>& x) -> T {
    const Index n = x.size();
    T sum = square(square(x[0] - 1.0)) + square(square(x[n - 1]) - square(x[0]));
    for (Index i = 1; i < n - 1; ++i) sum += sin(x[i] - x[n - 1]) - square(x[0]) + square(x[i]);
    return sum;
};
constexpr auto sine_quartic = []<class T>(const Numbers<T>& x) -> T {
    const Index n = x.size();
    T sum = square(square(x[0] - 1.0)) + square(square(x[n - 1]) - square(x[0]));
    for (Index i = 1; i < n - 1; ++i) sum += square(sin(x[i] - x[n - 1]) - square(x[0]) + square(x[i]));
    return sum;
};
/// s^2 + 4 cos s, summed over s = x_i + x_j + x_k, with j = a i - b and k = c i - d counted from one and around.
struct Nonconvex {
    Index a, b, c, d;

    template <class T>
    T operator()(const Numbers<T>& x) const {
        T sum = 0.0;
        for (Index i = 1; i <= x.size(); ++i) {
            const T s = x[i - 1] + x[(a * i - b) % x.size()] + x[(c * i - d) % x.size()];
            sum += square(s) + 4.0 * cos(s);
        }
        return sum;
    }
};
constexpr auto schmidt_vetters = []<class T>(const Numbers<T>& x) -> T {
    constexpr double pi = 3.141593;  // as in CUTEst
    T sum = 0.0;
    for (Index i = 0; i < x.size() - 2; ++i)
        sum -= 1.0 / (1.0 + square(x[i] - x[i + 1])) + sin(0.5 * (pi * x[i + 1] + x[i + 2])) +
               exp(-square((x[i] + x[i + 2]) / x[i + 1] - 2.0));
    return sum;
};
constexpr auto sparse_sines = []<class T>(const Numbers<T>& x) -> T {
    T sum = 0.0;
    Numbers<T> sines(x.size());
    for (Index i = 0; i < x.size(); ++i) sines[i] = sin(x[i]);
    for (Index i = 1; i <= x.size(); ++i) {
        T group = 0.0;
        for (const Index k : {1, 2, 3, 5, 7, 11}) group += sines[(k * i - 1) % x.size()];
        sum += 0.5 * number(i) * square(group);
    }
    return sum;
};
constexpr auto lancelot_example = []<class T>(const Numbers<T>& x) -> T {
    const Index n = x.size();
    T sum = 0.5 * sin(square(x[n - 1]));
    for (Index i = 0; i < n - 1; ++i) sum += sin(x[0] + square(x[i]) - 1.0);
    return sum;
};
constexpr auto toint_gaussian = []<class T>(const Numbers<T>& x) -> T {
    const double small = 10.0 / number(x.size() - 2);
    T sum = 0.0;
    for (Index i = 0; i < x.size() - 2; ++i) {
        const T width = 0.1 + square(x[i + 2]);
        sum += (small + square(x[i + 2])) * (2.0 - exp(-square(x[i] - x[i + 1]) / width));
    }
    return sum;
};

}  // namespace

std::vector<Entry> humps() {
    const auto counted = by_formula([](double i, double) { return i; });
    return {
        {"COSINE", 1000, "Gould; CUTEst", in_arrays(cosine), all(1.0), {-999.0}},
        {"GENHUMPS",
         1000,
         "Toint 1997; CUTEst",
         in_scalars(generalized_humps),
         by_formula([](double i, double) { return i == 1.0 ? -506.0 : -506.2; }),
         {0.0}},
        {"SINQUAD",
         1000,
         "Gould 1989; CUTEst",
         in_scalars(sine_quadratic),
         all(0.1),
         {-296055.26192969, -294250.49402622, -206881.70728015, -205274.58090621}},
        {"SINQUAD2", 1000, "Gould 1989; CUTEst", in_scalars(sine_quartic), all(0.1), {0.0}},
        {"NONCVXUN",
         1000,
         "Gould 1996; CUTEst",
         in_scalars(Nonconvex{2, 1, 3, 1}),
         counted,
         {2316.808419788213},
         true},
        {"NONCVXU2",
         1000,
         "Gould 1996; CUTEst",
         in_scalars(Nonconvex{3, 2, 7, 3}),
         counted,
         {2316.808419788213},
         true},
        {"SCHMVETT",
         1000,
         "Schmidt and Vetters 1970; CUTEst",
         in_scalars(schmidt_vetters),
         all(0.5),
         {-2994.0}},
        {"SPARSINE", 1000, "Gould 1995; CUTEst", in_scalars(sparse_sines), all(0.5), {0.0}},
        {"EG2",
         1000,
         "Conn, Gould and Toint 1992; CUTEst",
         in_scalars(lancelot_example),
         all(0.0),
         {-999.5, -998.947393300945}},
        {"TOINTGSS",
         5000,
         "Toint 1983; CUTEst",
         in_scalars(toint_gaussian),
         all(3.0),
         {10.0, 10.0020008003201}},
    };
}

}  // namespace hesse::problems
