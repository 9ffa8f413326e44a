#pragma once

#include "hesse/autodiff/memory.hpp"

#include <span>

namespace hesse {

/// The vectors (n) of one problem and the only place where `optim` reduces over them. Sums run over blocks
/// of a fixed length, added in a fixed order, so that a result repeats bit for bit whatever computes the
/// blocks; threads and ranks are to be added here and nowhere else.
class VectorSpace {
public:
    explicit VectorSpace(Index dimension);  // throws std::invalid_argument unless >= 1

    [[nodiscard]] Index dimension() const { return dimension_; }

    [[nodiscard]] double dot(const double* x, const double* y) const;
    [[nodiscard]] double norm(const double* x) const;  // scaled where squares would over- or underflow
    [[nodiscard]] bool all_finite(const double* x) const;

    void copy(const double* x, double* y) const;                         // y = x
    void scale(double a, double* x) const;                               // x = a x
    void add(double a, const double* x, double* y) const;                // y += a x
    void combine(double a, const double* x, double b, double* y) const;  // y = a x + b y; b = 0 overwrites y

    // A basis V (n x k) is k columns one after the other, each n long.
    void project(const double* basis, Index columns, const double* w, double* c) const;   // c = V' w
    void subtract(const double* basis, Index columns, const double* c, double* w) const;  // w -= V c
    void expand(const double* basis, Index columns, const double* c, double* w) const;    // w = V c

private:
    Index dimension_;
};

}  // namespace hesse
