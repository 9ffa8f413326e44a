#include "hesse/autodiff/linear_solve.hpp"

#include "hesse/autodiff/constants.hpp"
#include "hesse/autodiff/determinant.hpp"
#include "hesse/autodiff/matrix_spectrum.hpp"
#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/shapes.hpp"
#include "support/derivative_check.hpp"
#include "support/error_text.hpp"

#include <Eigen/Dense>
#include <Eigen/Sparse>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/eigen.hpp>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <functional>
#include <stdexcept>

namespace {
using namespace hesse;
using namespace hesse::test;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Fifty =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;
using Exact = Eigen::Matrix<Fifty, Eigen::Dynamic, Eigen::Dynamic>;

MatrixXd orthogonal(Index n, std::uint64_t seed) {
    return MatrixXd(random_matrix(n, n, seed).householderQr().householderQ());
}

/// c' (A + M)^-1 b for parameters M, by one of the solvers.
struct Sensitivity {
    enum class Way { general, least_squares, positive_definite, symmetric };
    MatrixXd A;
    VectorXd b, c;
    Way way;
    auto operator()(const auto& theta) const {
        const auto a = (A + theta.reshaped(A.rows(), A.cols())).eval();
        const auto x = [&] {
            switch (way) {
                case Way::least_squares:
                    return least_squares(a, b);
                case Way::positive_definite:
                    return solve_positive_definite(a, b);
                case Way::symmetric:
                    return solve_symmetric(a, b);
                default:
                    return solve(a, b);
            }
        }();
        return x.dot(c);
    }
    /// The Hessian at M = 0 along V, in closed form, in 50 digits. Symmetric ways read the lower triangle.
    [[nodiscard]] VectorXd product(const MatrixXd& direction) const {
        const bool mirrored = way == Way::positive_definite || way == Way::symmetric;
        const MatrixXd meant = mirrored ? MatrixXd(direction.selfadjointView<Eigen::Lower>()) : direction;
        const Eigen::PartialPivLU<Exact> lu(A.cast<Fifty>());
        const Exact V = meant.cast<Fifty>(), inverse = lu.solve(Exact(Exact::Identity(A.rows(), A.rows())));
        const Exact x = inverse * b.cast<Fifty>(), y = inverse.transpose() * c.cast<Fifty>();
        const Exact x_dot = -(inverse * (V * x)), y_dot = -(inverse.transpose() * (V.transpose() * y));
        MatrixXd H = Exact(-(y_dot * x.transpose() + y * x_dot.transpose())).cast<double>();
        if (mirrored) {
            const MatrixXd strict = H.triangularView<Eigen::StrictlyLower>();
            const MatrixXd upper = MatrixXd(H.triangularView<Eigen::StrictlyUpper>()).transpose();
            H = strict + upper + MatrixXd(H.diagonal().asDiagonal());
        }
        return H.reshaped();
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(linear_solve)

BOOST_AUTO_TEST_CASE(hessians_of_badly_conditioned_solves_are_as_right_as_the_condition_allows) {
    using Way = Sensitivity::Way;
    const Index n = 8;
    const VectorXd powers =
        VectorXd::LinSpaced(n, 0, -10).unaryExpr([](double e) { return std::pow(10.0, e); });
    const MatrixXd U = orthogonal(n, 1), V = orthogonal(n, 2), D = powers.asDiagonal();
    struct Case {
        const char* name;
        MatrixXd A;
        Way way;
        double
            allowed;  // five times condition x machine epsilon, unless only rows or columns are badly scaled
    };
    const MatrixXd general = U * D * V.transpose(), definite = U * D * U.transpose();
    const MatrixXd symmetric = 0.5 * (definite + definite.transpose());
    const Case cases[] = {{"condition 1e10", general, Way::general, 1e-5},
                          {"condition 1e10, by QR", general, Way::least_squares, 1e-5},
                          {"condition 1e10, by Cholesky", symmetric, Way::positive_definite, 1e-5},
                          {"condition 1e10, by LDL'", symmetric, Way::symmetric, 1e-5},
                          {"rows of 1 to 1e-10", D * (U + 2 * V), Way::general, 1e-12},
                          {"columns of 1 to 1e-10", (U + 2 * V) * D, Way::general, 1e-12}};
    for (const Case& c : cases) {
        const Sensitivity loss{c.A, random_vector(n, 3), random_vector(n, 4), c.way};
        const auto f = objective(loss, n * n);
        // of the size of the smallest entries of scaled matrices, to be heard among the large ones
        const MatrixXd direction = random_matrix(n, n, 5) * 1e-10;
        const VectorXd exact = loss.product(direction);
        const VectorXd product =
            f.linearize(VectorXd::Zero(n * n)).hessian() * VectorXd(direction.reshaped());
        const double error = (product - exact).norm() / exact.norm();
        BOOST_TEST(error < c.allowed, c.name << ": relative error " << error);
        BOOST_TEST_MESSAGE(c.name << ": relative error " << error);
    }
}

BOOST_AUTO_TEST_CASE(factorisations_made_once_outside_of_the_loss_solve_within_it) {
    const Index n = 6;
    const MatrixXd A = random_matrix(n, n, 1) + 4 * MatrixXd::Identity(n, n), S = A * A.transpose();
    const Eigen::SparseMatrix<double> sparse = A.sparseView(), definite = S.sparseView();
    const Eigen::SparseLU<Eigen::SparseMatrix<double>> sparse_lu(sparse);
    const Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> sparse_ldlt(definite);
    const Eigen::PartialPivLU<MatrixXd> lu(A);
    const Eigen::LLT<MatrixXd> llt(S);
    const Eigen::ColPivHouseholderQR<MatrixXd> qr(A);
    const auto outside = objective(
        [&](const auto& x) {
            const auto X = x.reshaped(n, 2);
            return solve(sparse_lu, X).array().tanh().sum() +
                   2.0 * solve(sparse_ldlt, X).array().tanh().sum() +
                   3.0 * solve(lu, X).array().tanh().sum() + 4.0 * solve(llt, X).array().tanh().sum() +
                   5.0 * solve(qr, X).array().tanh().sum();
        },
        2 * n);
    const auto inside = objective(
        [&](const auto& x) {
            const auto X = x.reshaped(n, 2);
            return 9.0 * solve(A, X).array().tanh().sum() + 6.0 * solve(S, X).array().tanh().sum();
        },
        2 * n);
    const VectorXd x = random_vector(2 * n, 2), v = random_vector(2 * n, 3);
    const auto at = outside.linearize(x), expected = inside.linearize(x);
    BOOST_TEST(outside.value(x) == at.value());
    BOOST_TEST(at.value() == expected.value(), boost::test_tools::tolerance(1e-13));
    BOOST_TEST((VectorXd(at.gradient()) - VectorXd(expected.gradient())).norm() < 1e-13);
    BOOST_TEST((VectorXd(at.hessian() * v) - VectorXd(expected.hessian() * v)).norm() < 1e-13);
    const Eigen::VectorXf narrow = x.cast<float>();
    BOOST_TEST(std::abs(outside.over<float>().value(narrow) - at.value()) < 1e-4);
}

BOOST_AUTO_TEST_CASE(what_has_no_solution_is_not_finite_and_nothing_is_thrown) {
    const MatrixXd singular = MatrixXd::Ones(3, 3), indefinite = VectorXd::LinSpaced(3, -1, 1).asDiagonal();
    const MatrixXd exchange = MatrixXd::Identity(2, 2).rowwise().reverse();
    const auto b = copy(MatrixXd::Random(3, 1)), b2 = copy(MatrixXd::Random(2, 1));
    const auto finite = [](const auto& x) {
        bool all = true;
        for (Index i = 0; i < x.size(); ++i) all = all && std::isfinite(x(i));
        return all;
    };
    BOOST_TEST(!finite(solve(singular, b)));
    BOOST_TEST(!finite(least_squares(MatrixXd::Zero(3, 2), b)));
    BOOST_TEST(!finite(solve_triangular(Eigen::Lower, MatrixXd::Zero(3, 3), b)));
    BOOST_TEST(std::isnan(solve_positive_definite(indefinite, b)(0)));
    BOOST_TEST(!finite(solve_symmetric(exchange, b2)));
    BOOST_TEST(std::isnan(cholesky(copy(indefinite))(0, 0)));
    BOOST_TEST(std::isnan(log_determinant_positive_definite(copy(indefinite))));
    BOOST_TEST(log_determinant(copy(singular)) == -INFINITY);
    BOOST_TEST(!finite(inverse(copy(singular)).reshaped()));
    BOOST_TEST(std::isnan(symmetric_eigenvalues(copy(MatrixXd::Constant(2, 2, NAN)))(0)));
}

BOOST_AUTO_TEST_CASE(empty_matrices_are_matrices) {
    const auto none = copy(MatrixXd(0, 0)), b = copy(MatrixXd(0, 2));
    BOOST_TEST(solve(none, b).cols() == 2);
    BOOST_TEST(solve_positive_definite(none, b).rows() == 0);
    BOOST_TEST(solve_symmetric(none, b).rows() == 0);
    BOOST_TEST(inverse(none).rows() == 0);
    BOOST_TEST(determinant(none) == 1);
    BOOST_TEST(log_determinant(none) == 0);
    BOOST_TEST(symmetric_eigenvalues(none).rows() == 0);
    BOOST_TEST(matrix_exponential(none).rows() == 0);
    BOOST_TEST(cholesky(none).rows() == 0);
    BOOST_TEST(least_squares(copy(MatrixXd(3, 0)), copy(MatrixXd::Ones(3, 1))).rows() == 0);
}

BOOST_AUTO_TEST_CASE(shapes_that_do_not_fit_are_named) {
    const auto a = copy(MatrixXd::Ones(3, 2)), square = copy(MatrixXd::Ones(3, 3)),
               b = copy(MatrixXd::Ones(2, 1));
    const std::pair<std::function<void()>, const char*> cases[] = {
        {[&] { (void)solve(a, b); }, "solve: the shapes (3 x 2) and (2 x 1) do not fit"},
        {[&] { (void)solve(square, b); }, "solve: the shapes (3 x 3) and (2 x 1) do not fit"},
        {[&] { (void)solve_positive_definite(square, b); },
         "solve_positive_definite: the shapes (3 x 3) and (2 x 1) do not fit"},
        {[&] { (void)solve_symmetric(square, b); },
         "solve_symmetric: the shapes (3 x 3) and (2 x 1) do not fit"},
        {[&] { (void)least_squares(a, b); }, "least_squares: the shapes (3 x 2) and (2 x 1) do not fit"},
        {[&] { (void)least_squares(a.transpose(), b); },
         "least_squares: the shapes (2 x 3) and (2 x 1) do not fit"},
        {[&] { (void)solve_triangular(Eigen::Upper, square, b); },
         "solve_triangular: the shapes (3 x 3) and (2 x 1) do not fit"},
        {[&] { (void)solve_triangular(Eigen::StrictlyUpper, square, b); },
         "solve_triangular: the part is 10, expected Eigen::Lower, Upper, UnitLower or UnitUpper"},
        {[&] { (void)inverse(a); }, "inverse: the shapes (3 x 2) and (2 x 2) do not fit"},
        {[&] { (void)determinant(a); }, "determinant: the shapes (3 x 2) and (2 x 2) do not fit"},
        {[&] { (void)log_determinant_positive_definite(a); },
         "log_determinant_positive_definite: the shapes (3 x 2) and (2 x 2) do not fit"},
        {[&] { (void)matrix_exponential(a); },
         "matrix_exponential: the shapes (3 x 2) and (2 x 2) do not fit"},
        {[&] { (void)symmetric_eigen(a); }, "symmetric_eigen: the shapes (3 x 2) and (2 x 2) do not fit"}};
    for (const auto& one : cases) {
        const auto says_so = [&](const std::invalid_argument& error) {
            BOOST_TEST(without_line(error) == std::string(one.second));
            return true;
        };
        BOOST_CHECK_EXCEPTION(one.first(), std::invalid_argument, says_so);
    }
}

BOOST_AUTO_TEST_SUITE_END()
