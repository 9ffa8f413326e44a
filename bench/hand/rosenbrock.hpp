#pragma once

#include <cstddef>

/// Rosenbrock's function as somebody writes it by hand for speed: loops that the compiler vectorises.
namespace hesse::bench::hand {

/// sum over i < n - 1 of 100 (x_(i+1) - x_i^2)^2 + (1 - x_i)^2, for n >= 2.
double chained_rosenbrock(std::ptrdiff_t n, const double* x);
/// The same with its gradient g (n).
double chained_rosenbrock_gradient(std::ptrdiff_t n, const double* x, double* g);
/// Hv = H v, all (n).
void chained_rosenbrock_product(std::ptrdiff_t n, const double* x, const double* v, double* Hv);

/// sum over even i of 100 (x_(i+1) - x_i^2)^2 + (1 - x_i)^2, for n even, and the same derivatives.
double extended_rosenbrock(std::ptrdiff_t n, const double* x);
double extended_rosenbrock_gradient(std::ptrdiff_t n, const double* x, double* g);
void extended_rosenbrock_product(std::ptrdiff_t n, const double* x, const double* v, double* Hv);

/// 100 (x_1 - x_0^2)^2 + (1 - x_0)^2 and the same derivatives, of two variables.
double rosenbrock_2d(const double* x);
double rosenbrock_2d_gradient(const double* x, double* g);
void rosenbrock_2d_product(const double* x, const double* v, double* Hv);

}  // namespace hesse::bench::hand
