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
            return log(a.determinant()) + inverse.squaredNorm();
        },
        random_vector(9, 7));
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
