#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/autodiff/sums/part_tree.hpp"

#include <algorithm>
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
    [[nodiscard]] double norm(const double* x, double square) const;  // the same where x'x is known
    [[nodiscard]] double squared_distance(const double* x, const double* y) const;  // |x - y|^2, in one pass
    [[nodiscard]] double distance(const double* x, const double* y) const;  // its root, scaled as a norm is
    [[nodiscard]] double distance(const double* x, const double* y,
                                  double square) const;  // where |x - y|^2 is known
    [[nodiscard]] bool all_finite(const double* x) const;

    void copy(const double* x, double* y) const;                         // y = x
    void scale(double a, double* x) const;                               // x = a x
    void add(double a, const double* x, double* y) const;                // y += a x
    void combine(double a, const double* x, double b, double* y) const;  // y = a x + b y; b = 0 overwrites y

    void subtract(const double* x, const double* y, double* z) const;  // z = x - y

    double add_dot(double a, const double* x, double* y, const double* z) const;  // y += a x, then y'z
    double step(const double* x, double a, const double* d, double* y) const;  // y = x + a d, then |y - x|^2

    /// The sum of block_sum(first, length), which may write to the block, over all blocks, along their tree.
    template <class BlockSum>
    double sum_of_blocks(const BlockSum& block_sum) const {
        return sum_of_blocks(0, (dimension_ + block_length - 1) / block_length, block_sum);
    }

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

    // Columns that lie anywhere.
    void project(std::span<const double* const> columns, const double* w, double* c) const;  // c = V' w
    /// c = V' v and V' w, by rows.
    void project_pair(std::span<const double* const> columns, const double* v, const double* w,
                      double* c) const;
    /// y = a x + V c.
    void combine(std::span<const double* const> columns, const double* c, double a, const double* x,
                 double* y) const;

private:
    template <class BlockSum>
    double sum_of_blocks(Index first_block, Index last_block, const BlockSum& block_sum) const {
        if (last_block - first_block == 1) {
            const Index first = first_block * block_length;
            return block_sum(first, std::min(block_length, dimension_ - first));
        }
        const Index middle = middle_of(first_block, last_block);
        const double left = sum_of_blocks(first_block, middle, block_sum);  // in this order: it may write
        return left + sum_of_blocks(middle, last_block, block_sum);
    }

    Index dimension_;
    Communicator* ranks_ = nullptr;  // where the space is divided
    Index part_first_ = 0, part_length_;
};

}  // namespace hesse
