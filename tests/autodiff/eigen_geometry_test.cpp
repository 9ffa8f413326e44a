#include "hesse/autodiff/eigen_scalar.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/operations/trigonometric.hpp"
#include "support/scalar_template_check.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/Geometry>
#include <Eigen/QR>
#include <boost/test/unit_test.hpp>

#include <array>

namespace {
using namespace hesse;
using namespace hesse::test;

template <class T>
using Vector3 = Eigen::Matrix<T, 3, 1>;
template <class T>
using Matrix3 = Eigen::Matrix<T, 3, 3>;
}  // namespace

BOOST_AUTO_TEST_SUITE(eigen_geometry)

BOOST_AUTO_TEST_CASE(rotations_by_angles_quaternions_and_matrices_agree) {
    check_template(
        []<class T>(const VectorOf<T>& x) -> T {
            const Vector3<T> axis = x.template head<3>().normalized();
            const Eigen::AngleAxis<T> turn(x[3], axis);
            const Eigen::Quaternion<T> q(turn);
            const Matrix3<T> r = turn.toRotationMatrix();
            const Vector3<T> v = x.template tail<3>();
            const Vector3<T> difference = q * v - r * v;
            BOOST_TEST(static_cast<double>(difference.norm()) < 1e-15);
            const Eigen::Quaternion<T> back(r);
            const Eigen::Quaternion<T> both = (q * q.conjugate() * back).normalized();
            const Eigen::Rotation2D<T> plane(x[3]);
            return (both * v).dot(axis) + both.w() * v[0] + (plane * v.template head<2>()).sum() +
                   (q.inverse() * axis.cross(v)).squaredNorm() + v.stableNorm();
        },
        VectorXd{{0.3, -0.5, 0.8, 0.7, 1.1, -0.4, 0.6}});
}

BOOST_AUTO_TEST_CASE(rigid_motions_are_composed_and_inverted) {
    check_template(
        []<class T>(const VectorOf<T>& x) -> T {
            using Motion = Eigen::Transform<T, 3, Eigen::Isometry>;
            Motion a = Motion::Identity();
            a.rotate(Eigen::AngleAxis<T>(x[0], Vector3<T>::UnitX()));
            a.translate(x.template tail<3>());
            const Motion b = a * Eigen::AngleAxis<T>(x[1], Vector3<T>::UnitZ());
            const Vector3<T> p = b * (a.inverse() * x.template segment<3>(1));
            return p.squaredNorm() + p[0];
        },
        VectorXd{{0.3, -0.5, 0.8, 0.7, 1.1}});
}

BOOST_AUTO_TEST_CASE(maps_commas_and_choices_fill_matrices) {
    check_template(
        []<class T>(const VectorOf<T>& x) -> T {
            std::array<T, 9> entries{x[0], x[1], 1, 2, 3, x[0] * x[1], 0, 1, x[2]};
            const Eigen::Map<const Matrix3<T>> m(entries.data());
            Matrix3<T> rows;
            rows << x.transpose(), 1, x[1] * x[2], 2.5, (2.0 * x).transpose();
            const Vector3<T> chosen = (x.array() > 0).select(x, -x);
            const Vector3<T> clamped = x.cwiseMax(0.1).cwiseMin(0.75);
            return (m * rows).trace() + chosen.dot(clamped) + rows.maxCoeff() * rows.minCoeff() +
                   (x.array().square() + x.array().abs().sqrt() + x.array().exp().pow(3)).sum();
        },
        VectorXd{{0.7, -0.9, 0.4}});
}

BOOST_AUTO_TEST_CASE(least_squares_by_householder_reflections) {
    const VectorXd b = random_vector(6, 3);
    check_template(
        [&]<class T>(const VectorOf<T>& x) -> T {
            const MatrixOf<T> a = x.reshaped(6, 3);
            const VectorOf<T> y = a.colPivHouseholderQr().solve(b.cast<T>());
            BOOST_TEST(static_cast<double>((a.transpose() * (a * y - b)).norm()) < 1e-13);
            return y.squaredNorm() + y.sum() * y[0];
        },
        random_vector(18, 4), {1.0, 1e-12});
}

BOOST_AUTO_TEST_CASE(eigenvalues_of_symmetric_matrices) {
    check_template(
        []<class T>(const VectorOf<T>& x) -> T {
            Matrix3<T> s = x.reshaped(3, 3);
            s = (s + s.transpose()).eval();
            const Eigen::SelfAdjointEigenSolver<Matrix3<T>> iterative(s);
            Eigen::SelfAdjointEigenSolver<Eigen::Matrix<T, 2, 2>> direct;
            direct.computeDirect(s.template topLeftCorner<2, 2>());
            return iterative.eigenvalues().dot(x.template head<3>()) +
                   direct.eigenvalues()[0] * direct.eigenvalues()[1] * direct.eigenvalues()[1];
        },
        random_vector(9, 6), {1.0, 1e-12});
}

BOOST_AUTO_TEST_SUITE_END()
