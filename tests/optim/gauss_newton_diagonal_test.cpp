#include "hesse/optim/gauss_newton_diagonal.hpp"

#include "support/analytic_objectives.hpp"
#include "support/method_checks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using namespace hesse;

/// At the ones of x'Ax / 2, with A for a Gauss-Newton matrix.
struct Standing {
    test::WithGaussNewton f;
    ErasedObjective<test::WithGaussNewton> erased{f};
    VectorXd x;
    Iterate at;
    explicit Standing(const MatrixXd& a)
        : f(test::quadratic(a)), x(VectorXd::Ones(a.rows())), at(erased, x.data()) {}
};

BOOST_AUTO_TEST_SUITE(gauss_newton_diagonal)

BOOST_AUTO_TEST_CASE(as_many_products_as_parameters_give_it_exactly) {
    const Index n = 20;
    const MatrixXd m = MatrixXd::Random(n, n), a = m * m.transpose();
    Standing standing(a);
    GaussNewtonDiagonal diagonal;
    BOOST_TEST(diagonal.measure(standing.at, 1000));
    BOOST_TEST((Eigen::Map<const VectorXd>(diagonal.entries(), n) == a.diagonal()));
    BOOST_TEST(standing.at.counters().total().products == n);
}

BOOST_AUTO_TEST_CASE(of_a_diagonal_matrix_one_product_gives_it) {
    const VectorXd d{{1.0, 2.0, 4.0, 8.0}};
    Standing standing(d.asDiagonal());
    GaussNewtonDiagonal diagonal;
    BOOST_TEST(diagonal.measure(standing.at, 1));
    BOOST_TEST((Eigen::Map<const VectorXd>(diagonal.entries(), 4) == d));
}

BOOST_AUTO_TEST_CASE(an_estimate_comes_close_and_is_the_same_again) {
    const Index n = 200;
    MatrixXd a = VectorXd::LinSpaced(n, 1.0, 10.0).asDiagonal();
    for (Index i = 0; i + 1 < n; ++i) a(i, i + 1) = a(i + 1, i) = 0.5;
    Standing standing(a);
    GaussNewtonDiagonal diagonal, again;
    BOOST_TEST(diagonal.measure(standing.at, 50));
    const VectorXd found = Eigen::Map<const VectorXd>(diagonal.entries(), n);
    // The variance of an entry is the sum of the squares beside the diagonal, 1/2, over 50.
    BOOST_TEST((found - a.diagonal()).norm() <= 1.5 * std::sqrt(0.5 / 50.0 * static_cast<double>(n)));
    BOOST_TEST(again.measure(standing.at, 50));
    BOOST_TEST((Eigen::Map<const VectorXd>(again.entries(), n) == found));
}

BOOST_AUTO_TEST_CASE(entries_are_positive_if_any_is) {
    const VectorXd d{{0.0, 3.0, 0.0}};
    Standing standing(d.asDiagonal());
    GaussNewtonDiagonal diagonal;
    BOOST_TEST(diagonal.measure(standing.at, 3));
    BOOST_TEST((Eigen::Map<const VectorXd>(diagonal.entries(), 3) == VectorXd{{1.0, 3.0, 1.0}}));
    Standing zero(MatrixXd::Zero(3, 3));
    BOOST_TEST(diagonal.measure(zero.at, 3));
    BOOST_TEST((Eigen::Map<const VectorXd>(diagonal.entries(), 3) == VectorXd::Ones(3)));
}

BOOST_AUTO_TEST_CASE(the_unit_of_damping_is_the_curvature_along_the_gradient) {
    const VectorXd d{{1.0, 2.0, 4.0}};
    Standing standing(d.asDiagonal());
    // g = d: |d d| / |d|
    BOOST_TEST(std::abs(damping_unit(standing.at) - std::sqrt(1.0 + 16.0 + 256.0) / std::sqrt(21.0)) <=
               1e-14);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
