#include "hesse/optim/curvature/lobpcg.hpp"

#include "hesse/optim/curvature/preconditioners.hpp"

#include <Eigen/Dense>
#include <Eigen/SparseCholesky>
#include <Eigen/SparseCore>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Sparse = Eigen::SparseMatrix<double>;

struct Identity {
    Index n;
    [[nodiscard]] Index rows() const { return n; }
    void apply(const double* in, double* out) const { std::copy_n(in, n, out); }
};

/// The Laplacian of an m x m square: 4 - 2 cos(i h) - 2 cos(j h), h = pi / (m + 1).
Sparse laplacian(Index m) {
    std::vector<Eigen::Triplet<double>> entries;
    for (Index j = 0; j < m; ++j) {
        for (Index i = 0; i < m; ++i) {
            const Index k = i + j * m;
            entries.emplace_back(k, k, 4.0);
            if (i > 0) entries.emplace_back(k, k - 1, -1.0);
            if (i + 1 < m) entries.emplace_back(k, k + 1, -1.0);
            if (j > 0) entries.emplace_back(k, k - m, -1.0);
            if (j + 1 < m) entries.emplace_back(k, k + m, -1.0);
        }
    }
    Sparse a(m * m, m * m);
    a.setFromTriplets(entries.begin(), entries.end());
    return a;
}
std::vector<double> laplacian_spectrum(Index m) {
    std::vector<double> values;
    const double h = std::numbers::pi / static_cast<double>(m + 1);
    for (Index i = 1; i <= m; ++i)
        for (Index j = 1; j <= m; ++j)
            values.push_back(4.0 - 2.0 * std::cos(static_cast<double>(i) * h) -
                             2.0 * std::cos(static_cast<double>(j) * h));
    std::sort(values.begin(), values.end());
    return values;
}

/// An exact factorisation of a matrix nearby.
struct Factorised {
    Eigen::SimplicialLDLT<Sparse> ldlt;
    explicit Factorised(const Sparse& a) : ldlt(a) {}
    [[nodiscard]] Index rows() const { return ldlt.rows(); }
    void apply(const double* in, double* out) const {
        Eigen::Map<VectorXd>(out, rows()) = ldlt.solve(Eigen::Map<const VectorXd>(in, rows()));
    }
};

MatrixXd random_symmetric(Index n) {
    const MatrixXd m = MatrixXd::Random(n, n);
    return m + m.transpose();
}

void check(const LobpcgResult& found, const MatrixXd& a, const VectorXd& exact) {
    BOOST_TEST(found.converged());
    const MatrixXd x = found.vectors.matrix();
    BOOST_TEST((x.transpose() * x - MatrixXd::Identity(x.cols(), x.cols())).norm() <= 1e-12);
    const double norm = a.cwiseAbs().rowwise().sum().maxCoeff();
    for (Index j = 0; j < x.cols(); ++j) {
        const auto& value = found.values[static_cast<std::size_t>(j)];
        BOOST_TEST(std::abs(value.value - exact[j]) <= 1e-9 * norm);
        BOOST_TEST(std::abs((a * x.col(j) - value.value * x.col(j)).norm() - value.residual) <= 1e-12 * norm);
    }
}

BOOST_AUTO_TEST_SUITE(preconditioned_eigenvalues)

BOOST_AUTO_TEST_CASE(a_good_preconditioner_takes_far_fewer_products_than_lanczos) {
    const Index m = 50;
    const Sparse a = laplacian(m), shift = a + 0.001 * Sparse(VectorXd::Ones(m * m).asDiagonal());
    const Factorised t(shift);
    LobpcgOptions options;
    options.count = 6;
    options.tolerance = 1e-8;
    const LobpcgResult found = lobpcg(a, t, options);
    const std::vector<double> exact = laplacian_spectrum(m);
    BOOST_TEST(found.converged());
    for (std::size_t j = 0; j < 6; ++j)  // some occur twice
        BOOST_TEST(std::abs(found.values[j].value - exact[j]) <= found.values[j].error_bound);
    EigenpairsOptions by_lanczos;
    by_lanczos.lowest = 6;
    by_lanczos.tolerance = 1e-8;
    BOOST_TEST(3 * found.products < eigenpairs(a, by_lanczos).products);
    BOOST_TEST(found.iterations <= 15);
}

BOOST_AUTO_TEST_CASE(random_matrices_of_all_sizes_agree_with_a_dense_solver) {
    for (Index n = 1; n <= 40; n = n < 12 ? n + 1 : n + 7) {
        const MatrixXd a = random_symmetric(n);
        const Eigen::SelfAdjointEigenSolver<MatrixXd> dense(a);
        for (const Index count : {Index{1}, (n + 1) / 2, n}) {
            LobpcgOptions options;
            options.count = count;
            options.tolerance = 1e-9;
            check(lobpcg(a, Identity{n}, options), a, dense.eigenvalues().head(count));
            options.highest = true;
            check(lobpcg(a, Identity{n}, options), a, dense.eigenvalues().reverse().head(count));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_graded_diagonal_is_what_jacobi_is_for) {
    const Index n = 400;
    MatrixXd a = MatrixXd::Constant(n, n, 1e-3);
    for (Index i = 0; i < n; ++i) a(i, i) = std::pow(10.0, 6.0 * static_cast<double>(i) / (n - 1));
    const Eigen::SelfAdjointEigenSolver<MatrixXd> dense(a);
    LobpcgOptions options;
    options.count = 4;
    options.norm_tolerance = 1e-12;
    const LobpcgResult found = lobpcg(a, JacobiPreconditioner(a.diagonal()), options);
    BOOST_TEST(found.converged());
    for (Index j = 0; j < 4; ++j)
        BOOST_TEST(std::abs(found.values[static_cast<std::size_t>(j)].value - dense.eigenvalues()[j]) <=
                   1e-8);
    const LobpcgResult without = lobpcg(a, Identity{n}, options);
    BOOST_TEST(5 * found.products < without.products);
}

BOOST_AUTO_TEST_CASE(an_eigenvalue_is_found_as_often_as_it_occurs) {
    VectorXd d = VectorXd::LinSpaced(100, 1.0, 2.0);
    d.head(4).setConstant(0.5);
    LobpcgOptions options;
    options.count = 5;
    const LobpcgResult found = lobpcg(d.asDiagonal(), Identity{100}, options);
    BOOST_TEST(found.converged());
    for (std::size_t j = 0; j < 4; ++j) BOOST_TEST(std::abs(found.values[j].value - 0.5) <= 1e-9);
    BOOST_TEST(found.values[4].value > 0.9);
}

BOOST_AUTO_TEST_CASE(constraints_and_starts_are_kept) {
    const VectorXd d = VectorXd::LinSpaced(60, 0.0, 59.0);
    LobpcgOptions options;
    options.count = 2;
    options.constraints = Columns(MatrixXd::Identity(60, 3));
    const LobpcgResult found = lobpcg(d.asDiagonal(), Identity{60}, options);
    BOOST_TEST(found.converged());
    BOOST_TEST(std::abs(found.values[0].value - 3.0) <= 1e-8);
    BOOST_TEST(std::abs(found.values[1].value - 4.0) <= 1e-8);
    BOOST_TEST(found.vectors.matrix().topRows(3).norm() <= 1e-10);
    options.start = found.vectors;
    const LobpcgResult again = lobpcg(d.asDiagonal(), Identity{60}, options);
    BOOST_TEST(again.products < found.products / 2);
    // Twice the same start is one start.
    options.start = Columns(MatrixXd::Ones(60, 2));
    BOOST_TEST(lobpcg(d.asDiagonal(), Identity{60}, options).converged());
}

BOOST_AUTO_TEST_CASE(tolerances_below_rounding_and_zero_operators_end) {
    const MatrixXd a = random_symmetric(30);
    LobpcgOptions options;
    options.tolerance = 0.0;
    const LobpcgResult found = lobpcg(a, Identity{30}, options);
    BOOST_TEST(found.converged());
    BOOST_TEST(found.values[0].residual <= 1e-11);
    const LobpcgResult zero = lobpcg(MatrixXd::Zero(5, 5).eval(), Identity{5}, options);
    BOOST_TEST(zero.converged());
    BOOST_TEST(zero.values[0].value == 0.0);
}

BOOST_AUTO_TEST_CASE(products_less_exact_than_said_come_to_an_end_with_the_best_that_was_found) {
    struct Rough {
        VectorXd d;
        [[nodiscard]] Index rows() const { return d.size(); }
        void apply(const double* in, double* out) const {
            for (Index i = 0; i < d.size(); ++i) out[i] = d[i] * in[i] + 1e-7 * std::sin(1e9 * in[i]);
        }
    };
    const Rough a{VectorXd::LinSpaced(100, 1.0, 30.0)};
    LobpcgOptions options;
    options.count = 3;
    options.check_symmetry = false;
    options.max_products = 1'000'000;
    const LobpcgResult found = lobpcg(a, JacobiPreconditioner(a.d), options);
    BOOST_TEST(!found.converged());
    BOOST_TEST(found.products < 10'000);
    for (Index j = 0; j < 3; ++j)
        BOOST_TEST(std::abs(found.values[static_cast<std::size_t>(j)].value - a.d[j]) <= 1e-4);
    options.precision = 1e-7;
    BOOST_TEST(lobpcg(a, JacobiPreconditioner(a.d), options).converged());
}

BOOST_AUTO_TEST_CASE(a_short_budget_gives_the_best_so_far) {
    const Sparse a = laplacian(40);
    LobpcgOptions options;
    options.count = 3;
    options.max_products = 40;
    const LobpcgResult found = lobpcg(a, Identity{1600}, options);
    BOOST_TEST(!found.converged());
    BOOST_TEST(found.products <= 40);
    for (const auto& value : found.values) {
        BOOST_TEST(value.value >= laplacian_spectrum(40)[0]);
        BOOST_TEST(std::isfinite(value.residual));
    }
}

BOOST_AUTO_TEST_CASE(it_repeats_bit_for_bit) {
    const Sparse a = laplacian(20);
    const auto value = [&] { return lobpcg(a, Identity{400}, {.count = 2, .seed = 9}).values[1].value; };
    BOOST_TEST(value() == value());
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const auto says = [](const char* text) {
        return [text](const std::invalid_argument& e) {
            return std::string(e.what()).find(text) != std::string::npos;
        };
    };
    const MatrixXd a = random_symmetric(4);
    const Identity t{4};
    BOOST_CHECK_EXCEPTION(lobpcg(a, Identity{3}), std::invalid_argument,
                          says("the preconditioner has 3 rows, expected the 4"));
    BOOST_CHECK_EXCEPTION(lobpcg(a, t, {.count = 5}), std::invalid_argument,
                          says("count is 5, expected at most the 4 rows"));
    BOOST_CHECK_EXCEPTION(lobpcg(a, t, {.count = 0}), std::invalid_argument, says("count is 0"));
    BOOST_CHECK_EXCEPTION(lobpcg(a, t, {.tolerance = -1.0}), std::invalid_argument, says("tolerance is -1"));
    BOOST_CHECK_EXCEPTION(lobpcg(a, t, {.max_products = 3}), std::invalid_argument,
                          says("max_products is 3"));
    LobpcgOptions options;
    options.constraints = Columns(MatrixXd::Ones(4, 1));
    BOOST_CHECK_EXCEPTION(lobpcg(a, t, options), std::invalid_argument,
                          says("the constraints differ from orthonormal"));
    BOOST_CHECK_EXCEPTION(lobpcg(a, MatrixXd((-MatrixXd::Identity(4, 4)).eval())), std::invalid_argument,
                          says("the preconditioner is not positive definite"));
    BOOST_CHECK_EXCEPTION(lobpcg(MatrixXd{{1.0, 2.0}, {0.0, 1.0}}, Identity{2}), std::invalid_argument,
                          says("lobpcg: the operator is not symmetric"));
    const double nan = std::numeric_limits<double>::quiet_NaN();
    LobpcgOptions trusting;
    trusting.check_symmetry = false;
    BOOST_CHECK_EXCEPTION(lobpcg(MatrixXd::Constant(4, 4, nan).eval(), t, trusting), std::invalid_argument,
                          says("products of the operator is not finite"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
