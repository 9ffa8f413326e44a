#include "hesse/optim/curvature/extreme_eigenpairs.hpp"

#include <Eigen/Dense>
#include <Eigen/SparseCore>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::Eigenpair;
using hesse::ExtremeEigenpairOptions;
using hesse::highest_eigenpair;
using hesse::Index;
using hesse::lowest_eigenpair;

MatrixXd random_symmetric(Index n) {
    const MatrixXd m = MatrixXd::Random(n, n);
    return m + m.transpose();
}

void check_pair(const Eigenpair& pair, const MatrixXd& a, double expected) {
    BOOST_TEST(pair.converged);
    BOOST_TEST(std::abs(pair.value - expected) <= pair.error_bound);
    BOOST_TEST(std::abs(pair.vector.norm() - 1.0) <= 1e-14);
    BOOST_TEST(std::abs((a * pair.vector - pair.value * pair.vector).norm() - pair.residual) <=
               1e-13 * a.norm());
}

BOOST_AUTO_TEST_SUITE(extreme_eigenpairs)

BOOST_AUTO_TEST_CASE(both_ends_agree_with_a_dense_solver) {
    for (Index n : {1, 2, 3, 10, 50, 150, 400}) {
        const MatrixXd a = random_symmetric(n);
        const VectorXd lambda = Eigen::SelfAdjointEigenSolver<MatrixXd>(a).eigenvalues();
        check_pair(lowest_eigenpair(a), a, lambda[0]);
        check_pair(highest_eigenpair(a), a, lambda[n - 1]);
        const auto both = hesse::extreme_eigenpairs(a);
        check_pair(both.lowest, a, lambda[0]);
        check_pair(both.highest, a, lambda[n - 1]);
        // The error of a Rayleigh quotient is of second order in the residual.
        BOOST_TEST(std::abs(both.lowest.value - lambda[0]) <= 1e-12 * a.norm());
    }
}

BOOST_AUTO_TEST_CASE(the_products_that_are_reported_are_those_that_were_made) {
    struct Counting {
        VectorXd d;
        mutable Index products = 0;
        Index rows() const { return d.size(); }
        void apply(const double* in, double* out) const {
            ++products;
            for (Index i = 0; i < d.size(); ++i) out[i] = d[i] * in[i];
        }
    } a{VectorXd::LinSpaced(300, -1.0, 1.0)};
    BOOST_TEST(lowest_eigenpair(a).products == a.products);
    a.products = 0;
    BOOST_TEST(hesse::extreme_eigenpairs(a).products == a.products);
}

BOOST_AUTO_TEST_CASE(a_small_basis_restarts_and_still_converges) {
    const Index n = 1000;
    VectorXd d = VectorXd::LinSpaced(n, 0.0, 1.0);
    d[0] = -0.01;
    ExtremeEigenpairOptions options;
    options.memory = 12 * n * sizeof(double);
    const Eigenpair pair = lowest_eigenpair(d.asDiagonal(), options);
    BOOST_TEST(pair.converged);
    BOOST_TEST(pair.products > 50);
    BOOST_TEST(std::abs(pair.value + 0.01) <= 1e-12);
    BOOST_TEST(std::abs(std::abs(pair.vector[0]) - 1.0) <= 1e-12);
    const auto both = hesse::extreme_eigenpairs(d.asDiagonal(), options);
    BOOST_TEST(both.lowest.converged);
    BOOST_TEST(both.highest.converged);
    BOOST_TEST(std::abs(both.lowest.value + 0.01) <= 1e-12);
    BOOST_TEST(std::abs(both.highest.value - 1.0) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(invariant_subspaces_end_the_run_at_once) {
    for (double c : {0.0, 1.0, -2.5, 1e-200, -1e200}) {
        const Eigenpair pair = lowest_eigenpair(MatrixXd(c * MatrixXd::Identity(80, 80)));
        BOOST_TEST(pair.converged);
        BOOST_TEST(std::abs(pair.value - c) <= 1e-14 * std::abs(c));
        BOOST_TEST(pair.products == 4);  // symmetry, one step, one residual
    }
    VectorXd d(1000);
    d << VectorXd::Constant(500, -1.0), VectorXd::Constant(500, 1.0);
    const auto both = hesse::extreme_eigenpairs(d.asDiagonal());
    BOOST_TEST(std::abs(both.lowest.value + 1.0) <= 1e-14);
    BOOST_TEST(std::abs(both.highest.value - 1.0) <= 1e-14);
    BOOST_TEST(both.products == 6);
}

BOOST_AUTO_TEST_CASE(an_eigenvalue_next_to_zero_converges_to_rounding) {
    VectorXd d = VectorXd::LinSpaced(200, 1.0, 4.0);
    d[0] = 0.0;
    const Eigenpair pair = lowest_eigenpair(d.asDiagonal());
    BOOST_TEST(pair.converged);
    BOOST_TEST(std::abs(pair.value) <= 1e-14);
    BOOST_TEST(pair.products < 100);
}

BOOST_AUTO_TEST_CASE(sparse_matrices_and_views_are_taken_as_they_are) {
    const MatrixXd a = random_symmetric(60);
    const Eigen::SparseMatrix<double> sparse = a.sparseView();
    const MatrixXd lower = a.triangularView<Eigen::Lower>();
    const double expected = lowest_eigenpair(a).value;
    BOOST_TEST(std::abs(lowest_eigenpair(sparse).value - expected) <= 1e-12);
    BOOST_TEST(std::abs(lowest_eigenpair(lower.selfadjointView<Eigen::Lower>()).value - expected) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(the_seed_decides_the_run) {
    const MatrixXd a = random_symmetric(100);
    ExtremeEigenpairOptions options;
    options.seed = 3;
    const Eigenpair first = lowest_eigenpair(a, options), second = lowest_eigenpair(a, options);
    BOOST_TEST(first.value == second.value);
    BOOST_TEST((first.vector == second.vector));
    options.seed = 4;
    BOOST_TEST((lowest_eigenpair(a, options).vector != first.vector));
}

BOOST_AUTO_TEST_CASE(a_short_budget_returns_the_best_so_far_and_says_so) {
    const VectorXd d = VectorXd::LinSpaced(2000, 0.0, 1.0);
    ExtremeEigenpairOptions options;
    options.max_products = 12;
    const Eigenpair pair = lowest_eigenpair(d.asDiagonal(), options);
    BOOST_TEST(pair.products == 12);
    BOOST_TEST(!pair.converged);
    BOOST_TEST(pair.residual > 1e-3);
    BOOST_TEST(pair.value > 0.0);
    options.max_products = 5;
    BOOST_TEST(lowest_eigenpair(d.asDiagonal(), options).products == 5);
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const MatrixXd a = MatrixXd::Identity(3, 3);
    const auto refused = [&](auto change, const char* text) {
        ExtremeEigenpairOptions options;
        change(options);
        BOOST_CHECK_EXCEPTION(
            lowest_eigenpair(a, options), std::invalid_argument,
            [text](const std::invalid_argument& error) { return std::string(error.what()) == text; });
    };
    refused([](auto& o) { o.max_products = 0; }, "lowest_eigenpair: max_products is 0, expected at least 5");
    refused([](auto& o) { o.max_products = -7; },
            "lowest_eigenpair: max_products is -7, expected at least 5");
    refused([](auto& o) { o.tolerance = -1.0; },
            "lowest_eigenpair: tolerance is -1, expected a number that is not negative");
    refused([](auto& o) { o.precision = std::numeric_limits<double>::quiet_NaN(); },
            "lowest_eigenpair: precision is nan, expected a number that is not negative");
    const auto message = [](const char* text) {
        return [text](const std::invalid_argument& error) {
            return std::string(error.what()).find(text) != std::string::npos;
        };
    };
    BOOST_CHECK_EXCEPTION(lowest_eigenpair(MatrixXd(0, 0)), std::invalid_argument,
                          message("lowest_eigenpair: the operator has 0 rows, expected at least 1"));
    BOOST_CHECK_EXCEPTION(highest_eigenpair(MatrixXd{{1.0, 2.0}, {0.0, 1.0}}), std::invalid_argument,
                          message("highest_eigenpair: the operator is not symmetric"));
    ExtremeEigenpairOptions unchecked;
    unchecked.check_symmetry = false;
    const MatrixXd bad = MatrixXd::Constant(2, 2, std::numeric_limits<double>::infinity());
    BOOST_CHECK_EXCEPTION(lowest_eigenpair(bad, unchecked), std::invalid_argument,
                          message("lowest_eigenpair: product 1 of the operator is not finite"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
