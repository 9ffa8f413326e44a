#pragma once

#include "hesse/autodiff/array.hpp"

#include <array>
#include <tuple>

namespace hesse {

/// (rows x cols), or a column.
constexpr Shape shape(Index rows, Index cols = 1) { return {rows, cols}; }

/// Throws std::invalid_argument unless the shapes have `size` entries together.
void require_shapes(std::span<const Shape> shapes, Index size);

/// Cuts a vector of parameters into matrices, in order, each column by column: views, nothing is copied.
/// `auto [weights, bias] = unpack(theta, shape(10, 64), shape(10));`
/// Throws std::invalid_argument if the shapes do not have as many entries as theta.
template <ArrayLike Theta, class... S>
    requires(std::same_as<S, Shape> && ...)
auto unpack(const Theta& theta, S... shapes) {
    const std::array<Shape, sizeof...(S)> all{shapes...};
    require_shapes(all, theta.size());
    Index first = 0;
    const auto next = [&](const Shape& s) {
        const Index begin = first;
        first += s.rows * s.cols;
        return theta.segment(begin, s.rows * s.cols).reshaped(s.rows, s.cols);
    };
    return std::tuple{next(shapes)...};  // braces evaluate from left to right
}
/// The same for Eigen's vectors: maps of their memory.
template <class Derived, class... S>
    requires(std::same_as<S, Shape> && ...)
auto unpack(const Eigen::PlainObjectBase<Derived>& theta, S... shapes) {
    const std::array<Shape, sizeof...(S)> all{shapes...};
    require_shapes(all, theta.size());
    using Matrix = Eigen::Matrix<typename Derived::Scalar, Eigen::Dynamic, Eigen::Dynamic>;
    Index first = 0;
    const auto next = [&](const Shape& s) {
        const Index begin = first;
        first += s.rows * s.cols;
        return Eigen::Map<const Matrix>(theta.data() + begin, s.rows, s.cols);
    };
    return std::tuple{next(shapes)...};
}

}  // namespace hesse
