#pragma once

#include <Eigen/Core>

namespace hesse::bench::hand {

/// R(r) = C(t) I + A(t) [r]x + B(t) r r', t = |r|^2: Rodrigues' formula with C = cos, A = sin(a) / a and
/// B = (1 - cos(a)) / a^2 of the angle a = |r|, not zero; differentiated by hand.
class Rotation {
public:
    explicit Rotation(const Eigen::Vector3d& r);

    [[nodiscard]] const Eigen::Matrix3d& matrix() const { return matrix_; }
    /// The matrix's derivative along rr.
    [[nodiscard]] Eigen::Matrix3d tangent(const Eigen::Vector3d& rr) const;
    /// The adjoint of r, from that of the matrix.
    [[nodiscard]] Eigen::Vector3d pull(const Eigen::Matrix3d& R_bar) const;
    /// Its derivative along rr, where that of R_bar is rR_bar.
    [[nodiscard]] Eigen::Vector3d pull_tangent(const Eigen::Vector3d& rr, const Eigen::Matrix3d& R_bar,
                                               const Eigen::Matrix3d& rR_bar) const;

private:
    [[nodiscard]] double pull_square(const Eigen::Matrix3d& R_bar) const;

    Eigen::Vector3d r_;
    // The functions of t with two derivatives.
    double A_, dA_, ddA_, B_, dB_, ddB_, C_, dC_, ddC_;
    Eigen::Matrix3d matrix_;
};

}  // namespace hesse::bench::hand
