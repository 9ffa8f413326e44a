#pragma once

#include "hesse/autodiff/objective.hpp"

#include <Eigen/Core>

#include <cmath>
#include <utility>

namespace hesse {

/// The Hessian of a loss at one point, (n x n), computed in the arithmetic of `Number` and multiplied with vectors of T:
/// float under double for Lanczos, whose answer is then checked with products in double. It keeps a recording of its own.
///
/// One product costs what it costs over `Number`, and two passes over the vectors. Its normwise error is a modest multiple
/// of the precision of `Number`. Directions may be of any magnitude that T has: they are scaled to 1 on the way.
template <class Number, class T>
class HessianOver {
public:
    using Scalar = T;
    using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

    explicit HessianOver(Linearization<Number> at) : at_(std::move(at)), in_(at_.size()), out_(at_.size()) {}

    [[nodiscard]] Index rows() const { return at_.size(); }
    [[nodiscard]] Index cols() const { return at_.size(); }

    /// out = H in, both (n). Allocates nothing. Throws std::invalid_argument if a size is wrong or an entry of `in` is not
    /// finite; out is then untouched. in and out may be the same vector. One thread at a time.
    void apply(const Eigen::Ref<const Vector>& in, Eigen::Ref<Vector> out) const {
        require_size("hessian: the direction", in.size(), rows());
        require_size("hessian: the result", out.size(), rows());
        require_finite("hessian: the direction", in.data(), in.size());
        const T largest = in.cwiseAbs().maxCoeff();
        // a power of two, by which nothing is rounded
        const T scale = largest > T(0) ? std::ldexp(T(1), std::ilogb(largest)) : T(1);
        in_ = (in / scale).template cast<Number>();
        at_.hessian().apply(in_, out_);
        out = out_.template cast<T>() * scale;
    }

    /// H v, (n).
    [[nodiscard]] Vector operator*(const Eigen::Ref<const Vector>& v) const {
        Vector out(rows());
        apply(v, out);
        return out;
    }

private:
    Linearization<Number> at_;
    mutable Eigen::Matrix<Number, Eigen::Dynamic, 1> in_, out_;
};

}  // namespace hesse
