#pragma once

#include "hesse/autodiff/coloring.hpp"
#include "hesse/autodiff/tape.hpp"

#include <Eigen/Core>
#include <Eigen/SparseCore>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace hesse {

template <class T>
class Hessian;

}  // namespace hesse

// To Eigen's iterative solvers the operator looks like a sparse matrix of which only products are known.
namespace Eigen::internal {

template <class T>
struct traits<hesse::Hessian<T>> {
    using Scalar = T;
    using StorageIndex = Index;
    using StorageKind = Sparse;
    using XprKind = MatrixXpr;
    enum {
        RowsAtCompileTime = Dynamic,
        ColsAtCompileTime = Dynamic,
        MaxRowsAtCompileTime = Dynamic,
        MaxColsAtCompileTime = Dynamic,
        Flags = 0  // kept by value in expressions: it is only a handle
    };
};

}  // namespace Eigen::internal

namespace hesse {

/// Throws std::invalid_argument unless a vector of `given` entries fits an operator of `expected`.
void require_size(const char* what, Index given, Index expected);

/// The Hessian of a loss at one point, as the map v -> H v. It is a handle on a Linearization, valid for as
/// long as that lives and cheap to copy. H is symmetric; no entry of it is ever formed.
///
/// One product costs about two gradients for losses in array words and about one in scalar code: less, once the first one
/// at a point has cost two or three, where partials kept for all of them are little to read (docs/design.md). It uses the
/// linearisation's scratch memory: one thread at a time.
template <class T>
class Hessian : public Eigen::EigenBase<Hessian<T>> {
public:
    using Scalar = T;
    using RealScalar = T;
    using StorageIndex = Index;
    enum { ColsAtCompileTime = Eigen::Dynamic, MaxColsAtCompileTime = Eigen::Dynamic, IsRowMajor = false };
    using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
    using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

    static constexpr std::size_t default_most_entries = std::size_t{1} << 27;

    Hessian(Tape<T>& tape, Index size) : tape_(&tape), size_(size) {}

    [[nodiscard]] Index rows() const { return size_; }
    [[nodiscard]] Index cols() const { return size_; }

    /// out = H in, both (n). Allocates nothing. Throws std::invalid_argument if a size is wrong or an entry
    /// of `in` is not finite; out is then untouched. in and out may be the same vector.
    void apply(const Eigen::Ref<const Vector>& in, Eigen::Ref<Vector> out) const {
        require_size("hessian: the direction", in.size(), size_);
        require_size("hessian: the result", out.size(), size_);
        tape_->product(in.data(), out.data());
    }

    /// The same where no other product is wanted at this point: of losses in scalar code it costs about one gradient,
    /// and makes nothing for others to be faster. It may round otherwise than `apply`.
    void apply_once(const Eigen::Ref<const Vector>& in, Eigen::Ref<Vector> out) const {
        require_size("hessian: the direction", in.size(), size_);
        require_size("hessian: the result", out.size(), size_);
        tape_->product_once(in.data(), out.data());
    }

    /// out = H in for several directions at once, both (n x k). Cheaper than k products: values, and whatever else does
    /// not depend on the direction, are read once for a block of directions. Throws as `apply` does. in and out must
    /// not overlap.
    void apply_block(const Eigen::Ref<const Matrix>& in, Eigen::Ref<Matrix> out) const {
        require_size("hessian: the directions", in.rows(), size_);
        require_size("hessian: the results", out.rows(), size_);
        require_size("hessian: the results, in columns,", out.cols(), in.cols());
        tape_->products(in.data(), static_cast<std::size_t>(in.outerStride()),
                        static_cast<std::size_t>(in.cols()), out.data(),
                        static_cast<std::size_t>(out.outerStride()));
    }

    /// H itself, (n x n), by blocks of products: for small n. Symmetric to rounding.
    [[nodiscard]] Matrix to_dense() const {
        const Matrix identity = Matrix::Identity(size_, size_);
        Matrix entries(size_, size_);
        apply_block(identity, entries);
        return entries;
    }

    /// Which entries of H may differ from zero, found from the statements of the recording and not from values: where any
    /// two parameters meet in something that is not linear and reaches the loss. It is the same at every point at which the
    /// loss runs through the same statements. Of functions of whole matrices little is known: all that they read meets.
    /// Zeros count as structure in constant sparse matrices, and in constant matrices that have as many zeros as entries.
    ///
    /// Costs some tens of gradients where H is sparse, and memory for the pattern and for the sets of parameters on which
    /// results depend that are not linear in the loss. Throws std::length_error if either has more than `most_entries`
    /// entries, and leaves everything as it was.
    [[nodiscard]] SymmetricPattern sparsity_pattern(std::size_t most_entries = default_most_entries) const {
        return tape_->sparsity_pattern(most_entries);
    }

    /// H itself as a sparse matrix (n x n), both triangles. Of a loss in scalar code its entries are found by elimination,
    /// at the cost of a few products where H is sparse; those that are zero at this point may be missing. Of others, the
    /// pattern is found, colored, and then as the next function does; at further points a coloring of sparsity_pattern()
    /// spares the search. Throws std::length_error if there are more than `most_entries` on the way.
    [[nodiscard]] Eigen::SparseMatrix<T> to_sparse(std::size_t most_entries = default_most_entries) const {
        if (!tape_->has_only_scalars()) return to_sparse(SymmetricColoring(sparsity_pattern(most_entries)));
        std::vector<Eigen::Triplet<T>> triplets;
        for (const HessianEntry<T>& entry : tape_->sparse_hessian(most_entries)) {
            triplets.emplace_back(entry.row, entry.column, entry.value);
            if (entry.row != entry.column) triplets.emplace_back(entry.column, entry.row, entry.value);
        }
        Eigen::SparseMatrix<T> entries(size_, size_);
        entries.setFromTriplets(triplets.begin(), triplets.end());
        return entries;
    }
    /// The same of any loss whose pattern is known, by one product for each color: (n x n), with the pattern's entries.
    /// Throws std::invalid_argument if the coloring is of another size.
    [[nodiscard]] Eigen::SparseMatrix<T> to_sparse(const SymmetricColoring& coloring) const {
        require_size("hessian: the coloring", coloring.size(), size_);
        std::vector<Eigen::Triplet<T>> triplets;
        triplets.reserve(coloring.entries().size());
        Matrix seeds, products;
        auto entry = coloring.entries().begin();
        constexpr Index at_once = 32;  // colors, so that memory stays in proportion
        for (Index first = 0; first < coloring.colors(); first += at_once) {
            const Index end = std::min(first + at_once, coloring.colors());
            seeds.setZero(size_, end - first);
            products.resize(size_, end - first);
            for (Index i = 0; i < size_; ++i) {
                const Index color = coloring.color(i);
                if (first <= color && color < end) seeds(i, color - first) = T(1);
            }
            apply_block(seeds, products);
            for (; entry != coloring.entries().end() && entry->color < end; ++entry)
                triplets.emplace_back(entry->row, entry->column,
                                      products(entry->read_row, entry->color - first));
        }
        Eigen::SparseMatrix<T> entries(size_, size_);
        entries.setFromTriplets(triplets.begin(), triplets.end());
        return entries;
    }

    /// H v or H V (n x k), as an expression of Eigen's. `v = H * v` is what it says.
    template <class Right>
    Eigen::Product<Hessian, Right, Eigen::AliasFreeProduct> operator*(
        const Eigen::MatrixBase<Right>& right) const {
        require_size("hessian: the direction", right.rows(), size_);
        return {*this, right.derived()};
    }

    /// What Spectra asks of an operator.
    void perform_op(const T* in, T* out) const { tape_->product(in, out); }

private:
    Tape<T>* tape_;
    Index size_;
};

}  // namespace hesse

namespace Eigen::internal {

template <class T, class Right, int ProductType>
struct generic_product_impl<hesse::Hessian<T>, Right, SparseShape, DenseShape, ProductType>
    : generic_product_impl_base<
          hesse::Hessian<T>, Right,
          generic_product_impl<hesse::Hessian<T>, Right, SparseShape, DenseShape, ProductType>> {
    using Scalar = T;
    using Columns = Eigen::Matrix<T, Dynamic, Dynamic>;

    // The right-hand side is copied first, since it may be the result: v = H v.
    template <class Result>
    static void evalTo(Result& result, const hesse::Hessian<T>& hessian, const Right& right) {
        const Columns in = right;
        result.setZero();
        add_columns(result, hessian, in, Scalar(1));
    }
    template <class Result>
    static void scaleAndAddTo(Result& result, const hesse::Hessian<T>& hessian, const Right& right,
                              const Scalar& alpha) {
        add_columns(result, hessian, right, alpha);
    }

private:
    template <class Result>
    static void add_columns(Result& result, const hesse::Hessian<T>& hessian, const Columns& in,
                            const Scalar& alpha) {
        Columns out(in.rows(), in.cols());
        hessian.apply_block(in, out);
        result += alpha * out;
    }
};

}  // namespace Eigen::internal
