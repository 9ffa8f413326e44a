#pragma once

#include "hesse/autodiff/hessian.hpp"
#include "hesse/autodiff/tape.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <vector>

namespace hesse {

/// The Jacobian of a vector-valued callable at one point, (m x n), as the maps v -> J v and w -> J'w. It is a handle on
/// the linearisation that it comes from; no entry is ever formed unless asked for.
///
/// J v costs about one gradient of a loss of that size, J'w too. It uses the linearisation's scratch memory: one thread at
/// a time.
template <class T>
class Jacobian {
public:
    using Scalar = T;
    using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
    using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

    Jacobian(Tape<T>& tape, const std::vector<OutputPiece>& outputs, Index rows, Index cols)
        : tape_(&tape), outputs_(&outputs), rows_(rows), cols_(cols) {}

    /// Number of results, m, and of parameters, n.
    [[nodiscard]] Index rows() const { return rows_; }
    [[nodiscard]] Index cols() const { return cols_; }

    /// out = J in, with in (n) and out (m). Throws std::invalid_argument if a size is wrong or an entry of `in` is not
    /// finite; out is then untouched.
    void apply(const Eigen::Ref<const Vector>& in, Eigen::Ref<Vector> out) const {
        require_size("jacobian: the direction", in.size(), cols_);
        require_size("jacobian: the result", out.size(), rows_);
        tape_->push_forward(in.data(), *outputs_, out.data(), rows_);
    }
    /// out = J'in, with in (m) and out (n). Throws as `apply` does.
    void apply_transpose(const Eigen::Ref<const Vector>& in, Eigen::Ref<Vector> out) const {
        require_size("jacobian: the weights", in.size(), rows_);
        require_size("jacobian: the result", out.size(), cols_);
        require_finite("jacobian: the weights", in.data(), in.size());
        tape_->pull_back(in.data(), *outputs_, out.data());
    }

    /// The derivative of J'w as the point moves along `direction` (n) and w along `change` (m):
    ///     out = J'change + d/dt J(x + t direction)'w,    (n).
    /// With the gradient w of a function of the results and its Hessian M, change = M J v, it is the product of the Hessian
    /// of that function of the parameters with v. Costs about three gradients. Throws as `apply` does.
    void apply_transpose_derivative(const Eigen::Ref<const Vector>& direction,
                                    const Eigen::Ref<const Vector>& weights,
                                    const Eigen::Ref<const Vector>& change, Eigen::Ref<Vector> out) const {
        require_size("jacobian: the direction", direction.size(), cols_);
        require_size("jacobian: the weights", weights.size(), rows_);
        require_size("jacobian: the change of the weights", change.size(), rows_);
        require_size("jacobian: the result", out.size(), cols_);
        require_finite("jacobian: the direction", direction.data(), direction.size());
        require_finite("jacobian: the weights", weights.data(), weights.size());
        require_finite("jacobian: the change of the weights", change.data(), change.size());
        tape_->pull_back_derivative(direction.data(), *outputs_, weights.data(), change.data(), out.data());
    }

    /// out = J in for several directions at once: in (n x k), out (m x k). Those of scalar code go side by side. Throws as
    /// `apply` does. in and out must not overlap.
    void apply_block(const Eigen::Ref<const Matrix>& in, Eigen::Ref<Matrix> out) const {
        require_size("jacobian: the directions", in.rows(), cols_);
        require_size("jacobian: the results", out.rows(), rows_);
        require_size("jacobian: the results, in columns,", out.cols(), in.cols());
        tape_->push_forwards(in.data(), static_cast<std::size_t>(in.outerStride()),
                             static_cast<std::size_t>(in.cols()), *outputs_, out.data(),
                             static_cast<std::size_t>(out.outerStride()), rows_);
    }

    /// J v, (m).
    [[nodiscard]] Vector operator*(const Eigen::Ref<const Vector>& v) const {
        Vector out(rows_);
        apply(v, out);
        return out;
    }
    /// J'w, (n).
    [[nodiscard]] Vector transpose_times(const Eigen::Ref<const Vector>& w) const {
        Vector out(cols_);
        apply_transpose(w, out);
        return out;
    }

    /// J itself, (m x n): for small sizes. Costs min(m, n) sweeps, by blocks of directions where n is the smaller.
    [[nodiscard]] Matrix to_dense() const {
        Matrix entries(rows_, cols_);
        if (cols_ <= rows_) {
            apply_block(Matrix::Identity(cols_, cols_), entries);
            return entries;
        }
        Vector unit = Vector::Zero(rows_), row(cols_);
        for (Index k = 0; k < rows_; ++k) {
            unit[k] = T(1);
            apply_transpose(unit, row);
            entries.row(k) = row.transpose();
            unit[k] = T(0);
        }
        return entries;
    }

private:
    Tape<T>* tape_;
    const std::vector<OutputPiece>* outputs_;
    Index rows_, cols_;
};

}  // namespace hesse
