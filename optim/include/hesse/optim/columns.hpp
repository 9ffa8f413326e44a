#pragma once

#include "hesse/autodiff/memory.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <cstddef>

namespace hesse {

/// Vectors (rows) side by side, as the compiled library gives and takes them: unlike Eigen's matrices, whose memory
/// depends on the vector flags of the unit that allocates it, they may be made here and freed there.
class Columns {
public:
    Columns() = default;
    Columns(Index rows, Index cols)
        : entries_(static_cast<std::size_t>(rows * cols)), rows_(rows), cols_(cols) {}
    /// A copy of a matrix or vector of Eigen's.
    template <class Derived>
    Columns(const Eigen::DenseBase<Derived>& x)  // NOLINT(google-explicit-constructor): as Eigen's matrices
        : Columns(x.rows(), x.cols()) {
        Eigen::Map<Eigen::MatrixXd>(data(), rows_, cols_) = x.derived();
    }

    [[nodiscard]] Index rows() const { return rows_; }
    [[nodiscard]] Index cols() const { return cols_; }
    [[nodiscard]] double* data() { return entries_.data(); }
    [[nodiscard]] const double* data() const { return entries_.data(); }
    [[nodiscard]] double* column(Index j) { return data() + j * rows_; }
    [[nodiscard]] const double* column(Index j) const { return data() + j * rows_; }

    // As Eigen's. Inlined, so that no unit's code for them is used in another.
    [[nodiscard, gnu::always_inline]] inline Eigen::Map<const Eigen::MatrixXd> matrix() const {
        return {data(), rows_, cols_};
    }
    [[nodiscard, gnu::always_inline]] inline Eigen::Map<const Eigen::VectorXd> col(Index j) const {
        return {column(j), rows_};
    }

private:
    Buffer entries_;
    Index rows_ = 0, cols_ = 0;
};

}  // namespace hesse
