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
    [[nodiscard]] double norm(const double* x, double square) const;        // the same where x'x is known
    [[nodiscard]] double distance(const double* x, const double* y) const;  // |x - y|, in one pass
    [[nodiscard]] bool all_finite(const double* x) const;

    void copy(const double* x, double* y) const;                         // y = x
    void scale(double a, double* x) const;                               // x = a x
    void add(double a, const double* x, double* y) const;                // y += a x
    void combine(double a, const double* x, double b, double* y) const;  // y = a x + b y; b = 0 overwrites y

    double add_dot(double a, const double* x, double* y, const double* z) const;  // y += a x, then y'z

    // A basis V (n x k) is k columns one after the other, each n long, of doubles or of floats. Sums are in double.
    template <class T>
    void project(const T* basis, Index columns, const double* w, double* c) const;  // c = V' w
    template <class T>
    void subtract(const T* basis, Index columns, const double* c, double* w) const;     // w -= V c
    void expand(const double* basis, Index columns, const double* c, double* w) const;  // w = V c
    // The same for two vectors, which share the passes over V: c (k x 2) by rows.
    template <class T>
    void project_pair(const T* basis, Index columns, const double* v, const double* w, double* c) const;
    template <class T>
    void subtract_pair(const T* basis, Index columns, const double* c, double* v, double* w) const;

private:
    Index dimension_;
};

}  // namespace hesse
