#include "hand/rotation.hpp"

#include <cmath>

namespace hesse::bench::hand {
namespace {

using Eigen::Matrix3d;
using Eigen::Vector3d;

/// [r]x
Matrix3d cross_matrix(const Vector3d& r) {
    Matrix3d m;
    m << 0, -r[2], r[1], r[2], 0, -r[0], -r[1], r[0], 0;
    return m;
}

/// The vector a with <M, [r]x> = a'r for all r.
Vector3d axial(const Matrix3d& m) { return {m(2, 1) - m(1, 2), m(0, 2) - m(2, 0), m(1, 0) - m(0, 1)}; }

}  // namespace

Rotation::Rotation(const Vector3d& r) : r_(r) {
    const double t = r.squaredNorm(), a = std::sqrt(t);
    C_ = std::cos(a);
    A_ = std::sin(a) / a;
    B_ = (1 - C_) / t;
    dC_ = -A_ / 2;
    dA_ = (C_ - A_) / (2 * t);
    dB_ = (A_ - 2 * B_) / (2 * t);
    ddC_ = -dA_ / 2;
    ddA_ = (dC_ - 3 * dA_) / (2 * t);
    ddB_ = (dA_ - 4 * dB_) / (2 * t);
    matrix_ = C_ * Matrix3d::Identity() + A_ * cross_matrix(r) + B_ * r * r.transpose();
}

Matrix3d Rotation::tangent(const Vector3d& rr) const {
    const double rt = 2 * r_.dot(rr);
    return rt * (dC_ * Matrix3d::Identity() + dA_ * cross_matrix(r_) + dB_ * r_ * r_.transpose()) +
           A_ * cross_matrix(rr) + B_ * (rr * r_.transpose() + r_ * rr.transpose());
}

/// The adjoint of t.
double Rotation::pull_square(const Matrix3d& R_bar) const {
    return dC_ * R_bar.trace() + dA_ * axial(R_bar).dot(r_) + dB_ * r_.dot(R_bar * r_);
}

Vector3d Rotation::pull(const Matrix3d& R_bar) const {
    return A_ * axial(R_bar) + B_ * (R_bar + R_bar.transpose()) * r_ + 2 * pull_square(R_bar) * r_;
}

Vector3d Rotation::pull_tangent(const Vector3d& rr, const Matrix3d& R_bar, const Matrix3d& rR_bar) const {
    const double rt = 2 * r_.dot(rr);
    const Matrix3d symmetric = R_bar + R_bar.transpose();
    const double t_bar = pull_square(R_bar);
    const double rt_bar =
        pull_square(rR_bar) +
        rt * (ddC_ * R_bar.trace() + ddA_ * axial(R_bar).dot(r_) + ddB_ * r_.dot(R_bar * r_)) +
        dA_ * axial(R_bar).dot(rr) + dB_ * r_.dot(symmetric * rr);
    return A_ * axial(rR_bar) + rt * dA_ * axial(R_bar) + B_ * (rR_bar + rR_bar.transpose()) * r_ +
           rt * dB_ * symmetric * r_ + B_ * symmetric * rr + 2 * rt_bar * r_ + 2 * t_bar * rr;
}

}  // namespace hesse::bench::hand
