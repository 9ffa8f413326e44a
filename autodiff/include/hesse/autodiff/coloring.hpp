#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/autodiff/symmetric_pattern.hpp"

#include <Eigen/SparseCore>

#include <vector>

namespace hesse {

/// A coloring of the columns of a sparse symmetric matrix such that every entry can be read off the products of the matrix
/// with the sums of the columns' unit vectors, color by color. It is a star coloring, found greedily (Gebremedhin, Manne
/// and Pothen, SIAM Review 47, 2005): two colors never make a path of four. A band of width b takes about b + 2 colors,
/// whatever its length; a column with entries in more than half of the rows has a color of its own.
class SymmetricColoring {
public:
    /// One entry of the pattern, and where its value stands: in row `read_row` of the product with color `color`.
    struct Entry {
        Index row, column, read_row, color;
    };

    /// Of the pattern of a square matrix, whose values are not read. An entry on one side of the diagonal stands for that on
    /// the other side; the diagonal is taken to be there. Costs the sum of the squares of the numbers of entries in the
    /// columns. Throws std::invalid_argument unless the matrix is square.
    template <class Scalar, int Options, class StorageIndex>
    explicit SymmetricColoring(const Eigen::SparseMatrix<Scalar, Options, StorageIndex>& pattern) {
        std::vector<SymmetricPattern::Entry> pairs;
        for (Index i = 0; i < pattern.rows(); ++i) pairs.push_back({i, i});
        for (Index k = 0; k < pattern.outerSize(); ++k) {
            for (typename Eigen::SparseMatrix<Scalar, Options, StorageIndex>::InnerIterator it(pattern, k);
                 it; ++it)
                pairs.push_back({it.row(), it.col()});
        }
        color(pattern.rows(), pattern.cols(), pairs);
    }

    /// Of a pattern that a Hessian told: `SymmetricColoring coloring(at.hessian().sparsity_pattern());`
    explicit SymmetricColoring(const SymmetricPattern& pattern) {
        color(pattern.size, pattern.size, pattern.entries);
    }

    [[nodiscard]] Index size() const { return static_cast<Index>(color_.size()); }
    /// How many there are, and with them how many products a Hessian takes.
    [[nodiscard]] Index colors() const { return colors_; }
    /// The color of a column, from 0.
    [[nodiscard]] Index color(Index column) const { return color_[static_cast<std::size_t>(column)]; }
    /// All entries of the pattern, of both triangles, by colors.
    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

private:
    void color(Index rows, Index columns, const std::vector<SymmetricPattern::Entry>& pairs);

    std::vector<Index> color_;
    std::vector<Entry> entries_;
    Index colors_ = 0;
};

}  // namespace hesse
