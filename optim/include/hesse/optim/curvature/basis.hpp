#pragma once

#include "hesse/optim/vector_space.hpp"

#include <cstddef>
#include <vector>

namespace hesse {

/// How the columns of a basis are kept. All sums over them are in double.
enum class BasisPrecision {
    double_precision,
    /// Half the memory. Columns are rounded, entry by entry, by at most 6e-8 of these, and are orthonormal to that, or to
    /// that over sqrt(n) where they spread over all entries: enough for the eigenvalues of T, not for the last digits of
    /// vectors that are made of them.
    single_precision,
};

/// Orthonormal columns of one space, added one at a time. They lie in blocks, so that a basis grows without
/// being copied, and its memory is kept for the next use.
///
/// Where the space is divided among ranks each keeps its part of the columns, and all ranks must ask the same. Inner products
/// with k columns are then a sum of k numbers over the ranks, and a vector that columns are subtracted from, or that is made of
/// them, is gathered.
class Basis {
public:
    /// How many columns of `dimension` entries fit into so many bytes, of all ranks together.
    static Index columns_within(std::size_t bytes, Index dimension,
                                BasisPrecision precision = BasisPrecision::double_precision);

    explicit Basis(const VectorSpace& space, BasisPrecision precision = BasisPrecision::double_precision);

    [[nodiscard]] const VectorSpace& space() const { return space_; }
    [[nodiscard]] BasisPrecision precision() const { return precision_; }
    [[nodiscard]] Index columns() const { return columns_; }
    /// Whether columns are kept as vectors of doubles, so that one can be pointed to.
    [[nodiscard]] bool has_whole_columns() const {
        return precision_ == BasisPrecision::double_precision && !space_.divided();
    }
    /// Column j (n), where it has whole columns.
    [[nodiscard]] const double* operator[](Index j) const;
    /// w (n) = column j.
    void copy_column(Index j, double* w) const;

    /// Adds w / length, where length = |w|, as a column; w must be orthogonal to the others.
    void append(const double* w, double length);
    /// Forgets all columns but the first `columns`.
    void truncate(Index columns);

    /// w -= V V' w by classical Gram-Schmidt, again while cancellation spoils the pass before. Writes the
    /// coefficients that were removed to c (columns) and returns the norm of what is left.
    /// "Twice is enough": Daniel, Gragg, Kaufman and Stewart, Math. Comp. 30 (1976) 772.
    double orthogonalize(double* w, std::vector<double>& c) { return orthogonalize(w, c, columns_); }
    /// The same against the first `columns` columns only.
    double orthogonalize(double* w, std::vector<double>& c, Index columns);

    /// c (columns) = V' w for the first `columns` columns V.
    void project(const double* w, Index columns, double* c) const;

    /// v -= V V' v and w -= V V' w for the last column v and all others V: one pass over V for the inner products, one for
    /// the differences. `last` is v where there are no whole columns, else null.
    void correct_last(double* w, double* last);

    /// w = sum_i c_i v_{first + i}, 0 <= i < count.
    void expand(Index first, Index count, const double* c, double* w) const;

    /// W <- W S in place for the `columns` columns W from `begin` on, S (columns x count) stored by columns and orthonormal:
    /// `count` columns are left of them, and those behind move up. In double only.
    void rotate(Index begin, Index columns, const double* s, Index count);

private:
    void set_column(Index j, const double* w, double length);
    [[nodiscard]] double norm(const double* w) const;
    template <class Work>
    void for_each_block(Index columns, Work work) const;
    template <class Blocks>
    [[nodiscard]] auto* at(Blocks& blocks, Index j) const {
        return blocks[static_cast<std::size_t>(j / block_columns_)].data() +
               (j % block_columns_) * part_.dimension();
    }

    VectorSpace space_, part_;
    BasisPrecision precision_;
    Index block_columns_;
    Index columns_ = 0;
    // One of them is in use.
    std::vector<Arena<double>> doubles_;
    std::vector<Arena<float>> floats_;
    std::vector<double> next_pass_;
};

}  // namespace hesse
