#include "hesse/autodiff/eigen_scalar.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "support/scalar_template_check.hpp"

#include <Eigen/LU>
#include <boost/test/unit_test.hpp>

namespace {
using namespace hesse;
using namespace hesse::test;
}  // namespace

BOOST_AUTO_TEST_SUITE(eigen_lu)

BOOST_AUTO_TEST_CASE(determinants_and_inverses_of_small_matrices) {
    check_template(
        []<class T>(const VectorOf<T>& x) -> T {
            Eigen::Matrix<T, 3, 3> a = x.reshaped(3, 3);
            for (int i = 0; i < 3; ++i) a(i, i) += T(2);
            const Eigen::Matrix<T, 3, 3> inverse = a.inverse();
            const Eigen::Matrix<T, 2, 2> b = a.template topLeftCorner<2, 2>();
            Eigen::Matrix<T, 4, 4> c = Eigen::Matrix<T, 4, 4>::Identity();
            c.template topLeftCorner<3, 3>() = a;
            c.row(3) += c.row(1) * x[2];
            c.col(3) += c.col(0) * x[5];
            return log(a.determinant()) + inverse.squaredNorm() + b.inverse().sum() * b.determinant() +
                   c.inverse().squaredNorm() + c.determinant() + MatrixOf<T>(c).determinant();
        },
        random_vector(9, 7), {1.0, 1e-13});
}

BOOST_AUTO_TEST_CASE(lu_with_full_pivoting_and_the_inverse_of_a_matrix_of_any_size) {
    const VectorXd b = random_vector(5, 13);
    check_template(
        [&]<class T>(const VectorOf<T>& x) -> T {
            MatrixOf<T> a = x.reshaped(5, 5);
            for (Index i = 0; i < 5; ++i) a(i, 4 - i) += 3.0;
            const VectorOf<T> y = a.fullPivLu().solve(b.cast<T>());
            return y.squaredNorm() + a.inverse().squaredNorm();
        },
        random_vector(25, 14), {1.0, 1e-12});
}

BOOST_AUTO_TEST_CASE(lu_with_pivoting_solves) {
    const VectorXd b = random_vector(4, 10);
    check_template(
        [&]<class T>(const VectorOf<T>& x) -> T {
            MatrixOf<T> a = x.reshaped(4, 4);
            for (Index i = 0; i < 4; ++i) a(i, 3 - i) += 3.0;  // the large entries are off the diagonal
            const Eigen::PartialPivLU<MatrixOf<T>> factors(a);
            const VectorOf<T> y = factors.solve(b.cast<T>().eval());
            return y.squaredNorm() + factors.determinant();
        },
        random_vector(16, 11), {1.0, 1e-12});
}

BOOST_AUTO_TEST_SUITE_END()
