#include "hesse/optim/vector_space.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace hesse {
namespace {

// A block of two vectors (2 x 8 KiB) stays in the first-level cache while a basis streams past it.
constexpr Index block_length = 1024;

// Partial sums kept side by side: independent chains that a compiler turns into vector registers without
// being allowed to reorder anything, and a smaller rounding error than one chain.
constexpr Index lanes = 8;

double sum_of(const double* lane) {
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

/// Sum of term(i) over 0 <= i < length, always in the same order.
template <class Term>
inline double block_sum(Index length, Term term) {
    double lane[lanes] = {};
    const Index whole = length - length % lanes;
    for (Index i = 0; i < whole; i += lanes)
        for (Index k = 0; k < lanes; ++k) lane[k] += term(i + k);
    for (Index i = whole; i < length; ++i) lane[i - whole] += term(i);
    return sum_of(lane);
}

double block_dot(const double* x, const double* y, Index length) {
    return block_sum(length, [=](Index i) { return x[i] * y[i]; });
}

template <class Work>  // work(first, length)
inline void for_each_block(Index dimension, Work work) {
    for (Index first = 0; first < dimension; first += block_length)
        work(first, std::min(block_length, dimension - first));
}

/// w += sign V c. Columns go by fours, so that w is read and written once for four of them.
void add_columns(Index dimension, const double* basis, Index columns, const double* c, double sign,
                 double* w) {
    for_each_block(dimension, [=](Index first, Index length) {
        double* target = w + first;
        Index j = 0;
        for (; j + 4 <= columns; j += 4) {
            const double* v0 = basis + j * dimension + first;
            const double* v1 = v0 + dimension;
            const double* v2 = v1 + dimension;
            const double* v3 = v2 + dimension;
            const double c0 = sign * c[j], c1 = sign * c[j + 1], c2 = sign * c[j + 2], c3 = sign * c[j + 3];
            for (Index i = 0; i < length; ++i)
                target[i] += (c0 * v0[i] + c1 * v1[i]) + (c2 * v2[i] + c3 * v3[i]);
        }
        for (; j < columns; ++j) {
            const double* v = basis + j * dimension + first;
            const double factor = sign * c[j];
            for (Index i = 0; i < length; ++i) target[i] += factor * v[i];
        }
    });
}

/// The norm of a vector whose squares over- or underflow: they are taken of x / 2^e, 2^e near max|x|.
double scaled_norm(Index dimension, const double* x) {
    double largest = 0.0;
    for (Index i = 0; i < dimension; ++i) {
        if (std::isnan(x[i])) return x[i];
        largest = std::max(largest, std::abs(x[i]));
    }
    if (largest == 0.0 || std::isinf(largest)) return largest;
    const int exponent = std::ilogb(largest);
    double sum = 0.0;
    for_each_block(dimension, [&](Index first, Index length) {
        sum += block_sum(length, [&](Index i) {
            const double scaled = std::scalbn(x[first + i], -exponent);
            return scaled * scaled;
        });
    });
    return std::scalbn(std::sqrt(sum), exponent);
}

}  // namespace

VectorSpace::VectorSpace(Index dimension) : dimension_(dimension) {
    if (dimension < 1)
        throw std::invalid_argument("VectorSpace: dimension is " + std::to_string(dimension) +
                                    ", expected at least 1");
}

double VectorSpace::dot(const double* x, const double* y) const {
    double sum = 0.0;
    for_each_block(dimension_,
                   [&](Index first, Index length) { sum += block_dot(x + first, y + first, length); });
    return sum;
}

double VectorSpace::norm(const double* x) const {
    // Below `safe` a square may have lost digits to underflow that the sum still shows.
    constexpr double safe =
        std::numeric_limits<double>::min() / std::numeric_limits<double>::epsilon() * 1e16;
    const double square = dot(x, x);
    if (square >= safe && square <= std::numeric_limits<double>::max()) return std::sqrt(square);
    return scaled_norm(dimension_, x);
}

bool VectorSpace::all_finite(const double* x) const {
    for (Index first = 0; first < dimension_; first += block_length) {
        const Index length = std::min(block_length, dimension_ - first);
        const double* block = x + first;
        // 0 x is zero for every finite x, and not a number for the others.
        if (block_sum(length, [=](Index i) { return 0.0 * block[i]; }) != 0.0) return false;
    }
    return true;
}

void VectorSpace::copy(const double* x, double* y) const {
    if (x != y) std::copy(x, x + dimension_, y);
}

void VectorSpace::scale(double a, double* x) const {
    for (Index i = 0; i < dimension_; ++i) x[i] *= a;
}

void VectorSpace::add(double a, const double* x, double* y) const {
    for (Index i = 0; i < dimension_; ++i) y[i] += a * x[i];
}

void VectorSpace::combine(double a, const double* x, double b, double* y) const {
    if (b == 0.0) {  // y may hold anything, as in BLAS
        for (Index i = 0; i < dimension_; ++i) y[i] = a * x[i];
    } else {
        for (Index i = 0; i < dimension_; ++i) y[i] = a * x[i] + b * y[i];
    }
}

void VectorSpace::project(const double* basis, Index columns, const double* w, double* c) const {
    std::fill(c, c + columns, 0.0);
    for_each_block(dimension_, [&](Index first, Index length) {
        for (Index j = 0; j < columns; ++j)
            c[j] += block_dot(basis + j * dimension_ + first, w + first, length);
    });
}

void VectorSpace::subtract(const double* basis, Index columns, const double* c, double* w) const {
    add_columns(dimension_, basis, columns, c, -1.0, w);
}

void VectorSpace::expand(const double* basis, Index columns, const double* c, double* w) const {
    std::fill(w, w + dimension_, 0.0);
    add_columns(dimension_, basis, columns, c, 1.0, w);
}

}  // namespace hesse
