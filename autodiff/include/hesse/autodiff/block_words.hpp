#pragma once

#include "hesse/autodiff/array_operand.hpp"

#include <Eigen/Core>

namespace hesse {

/// A rectangle of a matrix.
struct Rectangle {
    Index row, col, rows, cols;
};

/// Eigen's words for parts of a matrix, each the derived class's `part(rectangle)`: a view of what can only be read, a
/// place that can be written of what owns its entries. Sizes are arguments, or template arguments as in `head<3>()`.
template <class Derived>
class BlockWords {
    static constexpr int given = Eigen::Dynamic;  // as an argument

public:
    // clang-format off
    template <int r = given, int c = given> auto block(Index i, Index j, Index rows = r, Index cols = c) const { return self().part({i, j, rows, cols}); }
    template <int r = given, int c = given> auto block(Index i, Index j, Index rows = r, Index cols = c) { return self().part({i, j, rows, cols}); }
    auto row(Index i) const { return self().part({i, 0, 1, self().cols()}); }
    auto row(Index i) { return self().part({i, 0, 1, self().cols()}); }
    auto col(Index j) const { return self().part({0, j, self().rows(), 1}); }
    auto col(Index j) { return self().part({0, j, self().rows(), 1}); }

    template <int n = given> auto topRows(Index rows = n) const { return self().part({0, 0, rows, self().cols()}); }
    template <int n = given> auto topRows(Index rows = n) { return self().part({0, 0, rows, self().cols()}); }
    template <int n = given> auto bottomRows(Index rows = n) const { return self().part({self().rows() - rows, 0, rows, self().cols()}); }
    template <int n = given> auto bottomRows(Index rows = n) { return self().part({self().rows() - rows, 0, rows, self().cols()}); }
    template <int n = given> auto middleRows(Index i, Index rows = n) const { return self().part({i, 0, rows, self().cols()}); }
    template <int n = given> auto middleRows(Index i, Index rows = n) { return self().part({i, 0, rows, self().cols()}); }
    template <int n = given> auto leftCols(Index cols = n) const { return self().part({0, 0, self().rows(), cols}); }
    template <int n = given> auto leftCols(Index cols = n) { return self().part({0, 0, self().rows(), cols}); }
    template <int n = given> auto rightCols(Index cols = n) const { return self().part({0, self().cols() - cols, self().rows(), cols}); }
    template <int n = given> auto rightCols(Index cols = n) { return self().part({0, self().cols() - cols, self().rows(), cols}); }
    template <int n = given> auto middleCols(Index j, Index cols = n) const { return self().part({0, j, self().rows(), cols}); }
    template <int n = given> auto middleCols(Index j, Index cols = n) { return self().part({0, j, self().rows(), cols}); }

    template <int r = given, int c = given> auto topLeftCorner(Index rows = r, Index cols = c) const { return self().part({0, 0, rows, cols}); }
    template <int r = given, int c = given> auto topLeftCorner(Index rows = r, Index cols = c) { return self().part({0, 0, rows, cols}); }
    template <int r = given, int c = given> auto topRightCorner(Index rows = r, Index cols = c) const { return self().part({0, self().cols() - cols, rows, cols}); }
    template <int r = given, int c = given> auto topRightCorner(Index rows = r, Index cols = c) { return self().part({0, self().cols() - cols, rows, cols}); }
    template <int r = given, int c = given> auto bottomLeftCorner(Index rows = r, Index cols = c) const { return self().part({self().rows() - rows, 0, rows, cols}); }
    template <int r = given, int c = given> auto bottomLeftCorner(Index rows = r, Index cols = c) { return self().part({self().rows() - rows, 0, rows, cols}); }
    template <int r = given, int c = given> auto bottomRightCorner(Index rows = r, Index cols = c) const { return self().part({self().rows() - rows, self().cols() - cols, rows, cols}); }
    template <int r = given, int c = given> auto bottomRightCorner(Index rows = r, Index cols = c) { return self().part({self().rows() - rows, self().cols() - cols, rows, cols}); }

    // Of vectors; those of a row are rows.
    template <int n = given> auto segment(Index first, Index size = n) const { return self().part(of_vector(first, size)); }
    template <int n = given> auto segment(Index first, Index size = n) { return self().part(of_vector(first, size)); }
    template <int n = given> auto head(Index size = n) const { return self().part(of_vector(0, size)); }
    template <int n = given> auto head(Index size = n) { return self().part(of_vector(0, size)); }
    template <int n = given> auto tail(Index size = n) const { return self().part(of_vector(self().size() - size, size)); }
    template <int n = given> auto tail(Index size = n) { return self().part(of_vector(self().size() - size, size)); }
    // clang-format on

protected:
    /// `size` entries of a vector.
    [[nodiscard]] Rectangle of_vector(Index first, Index size) const {
        if (self().rows() != 1 && self().cols() != 1) {
            throw_shapes("segment of a vector", self().rows(), self().cols(), size, 1);
        }
        return self().cols() == 1 ? Rectangle{first, 0, size, 1} : Rectangle{0, first, 1, size};
    }
    /// Throws std::out_of_range unless r lies within this.
    const Rectangle& checked(const Rectangle& r) const {
        if (r.row < 0 || r.col < 0 || r.rows < 0 || r.cols < 0 || r.row + r.rows > self().rows() ||
            r.col + r.cols > self().cols()) {
            throw_block(r.row, r.col, r.rows, r.cols, self().rows(), self().cols());
        }
        return r;
    }

private:
    const Derived& self() const { return static_cast<const Derived&>(*this); }
    Derived& self() { return static_cast<Derived&>(*this); }
};

}  // namespace hesse
