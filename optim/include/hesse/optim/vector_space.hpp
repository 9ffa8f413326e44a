#pragma once

#include "hesse/autodiff/memory.hpp"

#include <span>

namespace hesse {

class Communicator;

/// The vectors (n) of one problem and the only place where `optim` reduces over them. Sums run over blocks of a fixed length,
/// added up along a binary tree that depends on n alone, so that a result repeats bit for bit whatever computes the blocks.
///
/// Where several processes, the ranks of a Communicator, work on the same problem, each has all of a vector. What takes many
/// vectors, a basis or the memory of a quasi-Newton method, is divided: of each column a rank keeps its part, some blocks in a
/// row, which is a space of its own. Sums over columns are then those of the parts, added up over the ranks, with the same bits
/// for 1, 2, 4, 8, ... ranks. Vectors of fewer blocks than ranks are not divided.
class VectorSpace {
public:
    static constexpr Index block_length = 4096;

    /// `ranks`, which may be null, must outlive this. Throws std::invalid_argument unless dimension >= 1.
    explicit VectorSpace(Index dimension, Communicator* ranks = nullptr);

    [[nodiscard]] Index dimension() const { return dimension_; }

    /// Whether a rank keeps a part of the columns only.
    [[nodiscard]] bool divided() const { return ranks_ != nullptr; }
    /// The part of this rank, entries part_first(), ... of a vector: all, where the space is not divided.
    [[nodiscard]] VectorSpace part() const { return VectorSpace(part_length_); }
    [[nodiscard]] Index part_first() const { return part_first_; }
    /// x (count) = the sum over the ranks of what each has of its part; unchanged where the space is not divided.
    void sum_over_ranks(double* x, Index count) const;
    /// x (n) = the parts of all ranks, of which x holds this rank's; unchanged where the space is not divided.
    void gather(double* x) const;
    /// |x| where each rank has its part of x and x'x, of all parts, is known; the norm of x where the space is not divided.
    double norm_of_parts(const double* part, double square) const;

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
    Communicator* ranks_ = nullptr;  // where the space is divided
    Index part_first_ = 0, part_length_;
};

}  // namespace hesse
