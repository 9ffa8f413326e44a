#pragma once

#include "hesse/optim/vector_space.hpp"

#include <vector>

namespace hesse {

/// Orthonormal columns of one space, added one at a time. They lie in blocks, so that a basis grows without
/// being copied, and its memory is kept for the next use.
class Basis {
public:
    explicit Basis(const VectorSpace& space);

    [[nodiscard]] const VectorSpace& space() const { return space_; }
    [[nodiscard]] Index columns() const { return columns_; }
    [[nodiscard]] const double* operator[](Index j) const;

    /// Adds w / length, where length = |w|, as a column; w must be orthogonal to the others.
    void append(const double* w, double length);
    /// Forgets all columns but the first `columns`.
    void truncate(Index columns);

    /// w -= V V' w by classical Gram-Schmidt, again while cancellation spoils the pass before. Writes the
    /// coefficients that were removed to c (columns) and returns the norm of what is left.
    /// "Twice is enough": Daniel, Gragg, Kaufman and Stewart, Math. Comp. 30 (1976) 772.
    double orthogonalize(double* w, std::vector<double>& c);

    /// w = sum_i c_i v_{first + i}, 0 <= i < count.
    void expand(Index first, Index count, const double* c, double* w) const;

    /// W <- W S in place for the `columns` columns W from `begin` on, S (columns x count) stored by columns and orthonormal:
    /// `count` columns are left of them, and those behind move up.
    void rotate(Index begin, Index columns, const double* s, Index count);

private:
    double* column(Index j);
    template <class Work>
    void for_each_block(Index columns, Work work) const;

    VectorSpace space_;
    Index block_columns_;
    Index columns_ = 0;
    std::vector<Buffer> blocks_;
    std::vector<double> next_pass_;
};

}  // namespace hesse
