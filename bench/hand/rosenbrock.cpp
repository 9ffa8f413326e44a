#include "hand/rosenbrock.hpp"

#include <algorithm>

namespace hesse::bench::hand {
namespace {

// Sums of this many terms side by side: the compiler may not reorder a sum on its own.
constexpr std::ptrdiff_t lanes = 16;

/// term(0) + ... + term(n - 1).
template <class Term>
double sum(std::ptrdiff_t n, const Term& term) {
    double partial[lanes] = {};
    std::ptrdiff_t i = 0;
    for (; i + lanes <= n; i += lanes) {
        for (std::ptrdiff_t k = 0; k < lanes; ++k) partial[k] += term(i + k);
    }
    double total = 0;
    for (const double p : partial) total += p;
    for (; i < n; ++i) total += term(i);
    return total;
}

}  // namespace

double chained_rosenbrock(std::ptrdiff_t n, const double* x) {
    return sum(n - 1, [x](std::ptrdiff_t i) {
        const double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
        return 100 * (a * a) + b * b;
    });
}

// Entry i gathers from the terms i and i - 1, so that nothing is written twice; the term is computed again
// for the second, which is cheaper than to store it.
double chained_rosenbrock_gradient(std::ptrdiff_t n, const double* __restrict x, double* __restrict g) {
    const double first = x[1] - x[0] * x[0];
    g[0] = -400 * first * x[0] - 2 * (1 - x[0]);
    g[n - 1] = 200 * (x[n - 1] - x[n - 2] * x[n - 2]);
    const double rest = sum(n - 2, [=](std::ptrdiff_t k) {
        const std::ptrdiff_t i = k + 1;
        const double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
        g[i] = 200 * (x[i] - x[i - 1] * x[i - 1]) - 400 * a * x[i] - 2 * b;
        return 100 * (a * a) + b * b;
    });
    return 100 * (first * first) + (1 - x[0]) * (1 - x[0]) + rest;
}

void chained_rosenbrock_product(std::ptrdiff_t n, const double* __restrict x, const double* __restrict v,
                                double* __restrict Hv) {
    Hv[0] = (1200 * (x[0] * x[0]) - 400 * x[1] + 2) * v[0] - 400 * (x[0] * v[1]);
    for (std::ptrdiff_t i = 1; i < n - 1; ++i) {
        Hv[i] = (1200 * (x[i] * x[i]) - 400 * x[i + 1] + 202) * v[i] -
                400 * (x[i] * v[i + 1] + x[i - 1] * v[i - 1]);
    }
    Hv[n - 1] = 200 * v[n - 1] - 400 * (x[n - 2] * v[n - 2]);
}

double extended_rosenbrock(std::ptrdiff_t n, const double* x) {
    return sum(n / 2, [x](std::ptrdiff_t pair) {
        const double x0 = x[2 * pair], x1 = x[2 * pair + 1];
        const double a = x1 - x0 * x0, b = 1 - x0;
        return 100 * (a * a) + b * b;
    });
}

double extended_rosenbrock_gradient(std::ptrdiff_t n, const double* __restrict x, double* __restrict g) {
    return sum(n / 2, [=](std::ptrdiff_t pair) {
        const double x0 = x[2 * pair], x1 = x[2 * pair + 1];
        const double a = x1 - x0 * x0, b = 1 - x0;
        g[2 * pair] = -400 * a * x0 - 2 * b;
        g[2 * pair + 1] = 200 * a;
        return 100 * (a * a) + b * b;
    });
}

void extended_rosenbrock_product(std::ptrdiff_t n, const double* __restrict x, const double* __restrict v,
                                 double* __restrict Hv) {
    for (std::ptrdiff_t i = 0; i < n; i += 2) {
        Hv[i] = (1200 * (x[i] * x[i]) - 400 * x[i + 1] + 2) * v[i] - 400 * (x[i] * v[i + 1]);
        Hv[i + 1] = 200 * v[i + 1] - 400 * (x[i] * v[i]);
    }
}

double rosenbrock_2d(const double* x) {
    const double a = x[1] - x[0] * x[0], b = 1 - x[0];
    return 100 * (a * a) + b * b;
}

double rosenbrock_2d_gradient(const double* x, double* g) {
    const double a = x[1] - x[0] * x[0], b = 1 - x[0];
    g[0] = -400 * a * x[0] - 2 * b;
    g[1] = 200 * a;
    return 100 * (a * a) + b * b;
}

void rosenbrock_2d_product(const double* x, const double* v, double* Hv) {
    Hv[0] = (1200 * (x[0] * x[0]) - 400 * x[1] + 2) * v[0] - 400 * (x[0] * v[1]);
    Hv[1] = 200 * v[1] - 400 * (x[0] * v[0]);
}

}  // namespace hesse::bench::hand
