#include "hesse/autodiff/eigen_scalar.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "support/scalar_template_check.hpp"

#include <Eigen/Cholesky>
#include <boost/test/unit_test.hpp>

namespace {
using namespace hesse;
using namespace hesse::test;

/// A symmetric positive definite matrix of the parameters.
template <class T>
MatrixOf<T> positive_matrix(const VectorOf<T>& x, Index n) {
    MatrixOf<T> a = x.reshaped(n, n);
    MatrixOf<T> s = a * a.transpose();
    for (Index i = 0; i < n; ++i) s(i, i) += 2.0;
    return s;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(eigen_cholesky)

BOOST_AUTO_TEST_CASE(cholesky_solves_and_its_logarithmic_determinant) {
    const VectorXd b = random_vector(4, 8);
    check_template(
        [&]<class T>(const VectorOf<T>& x) -> T {
            const MatrixOf<T> s = positive_matrix(x, 4);
            const Eigen::LLT<MatrixOf<T>> factors(s);
            BOOST_REQUIRE(factors.info() == Eigen::Success);
            const VectorOf<T> y = factors.solve(b.cast<T>().eval());
            const MatrixOf<T> l = factors.matrixL();
            T result = b.dot(y);
            for (Index i = 0; i < 4; ++i) result += 2.0 * log(l(i, i));
            return result;
        },
        random_vector(16, 9), {1.0, 1e-12});  // condition number about 10
}

BOOST_AUTO_TEST_CASE(cholesky_without_roots_solves) {
    const VectorXd b = random_vector(4, 8);
    check_template(
        [&]<class T>(const VectorOf<T>& x) -> T {
            const MatrixOf<T> s = positive_matrix(x, 4);
            const Eigen::LDLT<MatrixOf<T>> factors(s);
            return factors.solve(b.cast<T>().eval()).dot(x.head(4)) + factors.vectorD().prod();
        },
        random_vector(16, 9), {1.0, 1e-12});
}

BOOST_AUTO_TEST_CASE(triangular_systems_are_solved) {
    const VectorXd b = random_vector(4, 12);
    check_template(
        [&]<class T>(const VectorOf<T>& x) -> T {
            MatrixOf<T> a = x.reshaped(4, 4);
            for (Index i = 0; i < 4; ++i) a(i, i) += 3.0;
            const VectorOf<T> lower = a.template triangularView<Eigen::Lower>().solve(b.cast<T>().eval());
            const VectorOf<T> upper = a.template triangularView<Eigen::Upper>().transpose().solve(lower);
            return upper.dot(b);
        },
        random_vector(16, 13), {1.0, 1e-12});
}

BOOST_AUTO_TEST_SUITE_END()
