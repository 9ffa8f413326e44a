#pragma once

#include "hesse/autodiff/array_operand.hpp"
#include "hesse/autodiff/source_line.hpp"

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
    template <int r = given, int c = given> auto block(Index i, Index j, Index rows = r, Index cols = c, SourceLine line = SourceLine::here()) const { return self().part({i, j, rows, cols}, line); }
    template <int r = given, int c = given> auto block(Index i, Index j, Index rows = r, Index cols = c, SourceLine line = SourceLine::here()) { return self().part({i, j, rows, cols}, line); }
    auto row(Index i, SourceLine line = SourceLine::here()) const { return self().part({i, 0, 1, self().cols()}, line); }
    auto row(Index i, SourceLine line = SourceLine::here()) { return self().part({i, 0, 1, self().cols()}, line); }
    auto col(Index j, SourceLine line = SourceLine::here()) const { return self().part({0, j, self().rows(), 1}, line); }
    auto col(Index j, SourceLine line = SourceLine::here()) { return self().part({0, j, self().rows(), 1}, line); }

    template <int n = given> auto topRows(Index rows = n, SourceLine line = SourceLine::here()) const { return self().part({0, 0, rows, self().cols()}, line); }
    template <int n = given> auto topRows(Index rows = n, SourceLine line = SourceLine::here()) { return self().part({0, 0, rows, self().cols()}, line); }
    template <int n = given> auto bottomRows(Index rows = n, SourceLine line = SourceLine::here()) const { return self().part({self().rows() - rows, 0, rows, self().cols()}, line); }
    template <int n = given> auto bottomRows(Index rows = n, SourceLine line = SourceLine::here()) { return self().part({self().rows() - rows, 0, rows, self().cols()}, line); }
    template <int n = given> auto middleRows(Index i, Index rows = n, SourceLine line = SourceLine::here()) const { return self().part({i, 0, rows, self().cols()}, line); }
    template <int n = given> auto middleRows(Index i, Index rows = n, SourceLine line = SourceLine::here()) { return self().part({i, 0, rows, self().cols()}, line); }
    template <int n = given> auto leftCols(Index cols = n, SourceLine line = SourceLine::here()) const { return self().part({0, 0, self().rows(), cols}, line); }
    template <int n = given> auto leftCols(Index cols = n, SourceLine line = SourceLine::here()) { return self().part({0, 0, self().rows(), cols}, line); }
    template <int n = given> auto rightCols(Index cols = n, SourceLine line = SourceLine::here()) const { return self().part({0, self().cols() - cols, self().rows(), cols}, line); }
    template <int n = given> auto rightCols(Index cols = n, SourceLine line = SourceLine::here()) { return self().part({0, self().cols() - cols, self().rows(), cols}, line); }
    template <int n = given> auto middleCols(Index j, Index cols = n, SourceLine line = SourceLine::here()) const { return self().part({0, j, self().rows(), cols}, line); }
    template <int n = given> auto middleCols(Index j, Index cols = n, SourceLine line = SourceLine::here()) { return self().part({0, j, self().rows(), cols}, line); }

    template <int r = given, int c = given> auto topLeftCorner(Index rows = r, Index cols = c, SourceLine line = SourceLine::here()) const { return self().part({0, 0, rows, cols}, line); }
    template <int r = given, int c = given> auto topLeftCorner(Index rows = r, Index cols = c, SourceLine line = SourceLine::here()) { return self().part({0, 0, rows, cols}, line); }
    template <int r = given, int c = given> auto topRightCorner(Index rows = r, Index cols = c, SourceLine line = SourceLine::here()) const { return self().part({0, self().cols() - cols, rows, cols}, line); }
    template <int r = given, int c = given> auto topRightCorner(Index rows = r, Index cols = c, SourceLine line = SourceLine::here()) { return self().part({0, self().cols() - cols, rows, cols}, line); }
    template <int r = given, int c = given> auto bottomLeftCorner(Index rows = r, Index cols = c, SourceLine line = SourceLine::here()) const { return self().part({self().rows() - rows, 0, rows, cols}, line); }
    template <int r = given, int c = given> auto bottomLeftCorner(Index rows = r, Index cols = c, SourceLine line = SourceLine::here()) { return self().part({self().rows() - rows, 0, rows, cols}, line); }
    template <int r = given, int c = given> auto bottomRightCorner(Index rows = r, Index cols = c, SourceLine line = SourceLine::here()) const { return self().part({self().rows() - rows, self().cols() - cols, rows, cols}, line); }
    template <int r = given, int c = given> auto bottomRightCorner(Index rows = r, Index cols = c, SourceLine line = SourceLine::here()) { return self().part({self().rows() - rows, self().cols() - cols, rows, cols}, line); }

    // Of vectors; those of a row are rows.
    template <int n = given> auto segment(Index first, Index size = n, SourceLine line = SourceLine::here()) const { return self().part(of_vector(first, size, line), line); }
    template <int n = given> auto segment(Index first, Index size = n, SourceLine line = SourceLine::here()) { return self().part(of_vector(first, size, line), line); }
    template <int n = given> auto head(Index size = n, SourceLine line = SourceLine::here()) const { return self().part(of_vector(0, size, line), line); }
    template <int n = given> auto head(Index size = n, SourceLine line = SourceLine::here()) { return self().part(of_vector(0, size, line), line); }
    template <int n = given> auto tail(Index size = n, SourceLine line = SourceLine::here()) const { return self().part(of_vector(self().size() - size, size, line), line); }
    template <int n = given> auto tail(Index size = n, SourceLine line = SourceLine::here()) { return self().part(of_vector(self().size() - size, size, line), line); }
    // clang-format on

protected:
    /// `size` entries of a vector.
    [[nodiscard]] Rectangle of_vector(Index first, Index size, SourceLine line) const {
        if (self().rows() != 1 && self().cols() != 1) {
            note(line);
            throw_shapes("segment of a vector", self().rows(), self().cols(), size, 1);
        }
        return self().cols() == 1 ? Rectangle{first, 0, size, 1} : Rectangle{0, first, 1, size};
    }
    /// Throws std::out_of_range unless r lies within this.
    const Rectangle& checked(const Rectangle& r, SourceLine line) const {
        if (r.row < 0 || r.col < 0 || r.rows < 0 || r.cols < 0 || r.row + r.rows > self().rows() ||
            r.col + r.cols > self().cols()) {
            throw_block(r.row, r.col, r.rows, r.cols, self().rows(), self().cols(), line);
        }
        return r;
    }

private:
    const Derived& self() const { return static_cast<const Derived&>(*this); }
    Derived& self() { return static_cast<Derived&>(*this); }
};

}  // namespace hesse
