#include "hesse/optim/curvature/tridiagonal.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::Index;
using hesse::Tridiagonal;

struct Example {
    VectorXd diagonal, beside;
    Tridiagonal view() const {
        return {{diagonal.data(), static_cast<std::size_t>(diagonal.size())},
                {beside.data(), static_cast<std::size_t>(beside.size())}};
    }
    MatrixXd dense() const {
        MatrixXd t = diagonal.asDiagonal();
        if (beside.size() > 0) t.diagonal(1) = t.diagonal(-1) = beside;
        return t;
    }
};

std::vector<Example> examples() {
    std::vector<Example> all;
    for (Index k : {1, 2, 3, 10, 60}) {
        all.push_back({VectorXd::Random(k), VectorXd::Random(k - 1)});
        all.push_back({VectorXd::Zero(k), VectorXd::Ones(k - 1)});  // pivots that vanish
        all.push_back({VectorXd::Constant(k, 3.0), VectorXd::Zero(k - 1)});
        all.push_back({VectorXd::Zero(k), VectorXd::Zero(k - 1)});
    }
    VectorXd wilkinson(21);  // W21+: pairs of eigenvalues equal to the last digits
    for (Index i = 0; i < 21; ++i) wilkinson[i] = static_cast<double>(std::abs(i - 10));
    all.push_back({wilkinson, VectorXd::Ones(20)});
    return all;
}

BOOST_AUTO_TEST_SUITE(tridiagonal)

BOOST_AUTO_TEST_CASE(eigenvalues_agree_with_a_dense_solver_at_every_scale) {
    for (const Example& unit : examples())
        for (double scale : {1e-290, 1e-150, 1.0, 1e150, 1e290}) {
            const Example e{unit.diagonal * scale, unit.beside * scale};
            const VectorXd expected =
                Eigen::SelfAdjointEigenSolver<MatrixXd>(unit.dense()).eigenvalues() * scale;
            const double norm = expected.lpNorm<Eigen::Infinity>();
            for (Index i = 0; i < expected.size(); ++i)  // the dense solver errs by some ten eps |T|
                BOOST_TEST(std::abs(e.view().eigenvalue(i) - expected[i]) <= 1e-14 * norm,
                           "k = " << expected.size() << ", eigenvalue " << i << ", scale " << scale);
        }
}

BOOST_AUTO_TEST_CASE(counts_agree_with_the_eigenvalues) {
    for (const Example& e : examples()) {
        const VectorXd expected = Eigen::SelfAdjointEigenSolver<MatrixXd>(e.dense()).eigenvalues();
        for (double x : {-10.0, -0.37, 0.01, 0.73, 1.1, 20.0})
            BOOST_TEST(e.view().count_below(x) == (expected.array() < x).count());
    }
}

BOOST_AUTO_TEST_CASE(vectors_of_the_ends_solve_the_eigenproblem) {
    for (const Example& e : examples()) {
        const Index k = e.diagonal.size();
        const double norm = e.dense().norm();
        for (Index i : {Index{0}, k - 1}) {
            const double theta = e.view().eigenvalue(i);
            VectorXd s(k);
            e.view().eigenvector(theta, {s.data(), static_cast<std::size_t>(k)});
            BOOST_TEST(std::abs(s.norm() - 1.0) <= 1e-14);
            BOOST_TEST((e.dense() * s - theta * s).norm() <= 1e-14 * norm,
                       "k = " << k << ", eigenvalue " << i);
        }
    }
}

BOOST_AUTO_TEST_CASE(small_entries_of_a_vector_are_accurate_too) {
    // A graded matrix: the vector of the lowest eigenvalue decays by 1e-2 / i from row to row.
    const Index k = 20;
    const Example e{VectorXd::LinSpaced(k, 0.0, static_cast<double>(k - 1)), VectorXd::Constant(k - 1, 1e-2)};
    VectorXd s(k);
    e.view().eigenvector(e.view().eigenvalue(0), {s.data(), static_cast<std::size_t>(k)});
    // Two decades and a factorial a row: s_i = prod -(1e-2 / i) to first order; 1e-3 is the next order.
    double expected = 1.0;
    for (Index i = 0; i < k; ++i) {
        if (i > 0) expected *= -1e-2 / static_cast<double>(i);
        BOOST_TEST(std::abs(s[i] / s[0] / expected - 1.0) <= 1e-3, "entry " << i);
    }
}

BOOST_AUTO_TEST_CASE(lowest_pairs_are_orthonormal_also_when_blocks_share_eigenvalues) {
    Example e{VectorXd::Zero(9), VectorXd::Ones(8)};
    e.beside[2] = e.beside[5] = 0.0;  // three equal blocks with eigenvalues -sqrt 2, 0, sqrt 2
    const auto pairs = lowest_eigenpairs(e.view(), 5);
    BOOST_TEST(pairs.size() == 5u);
    MatrixXd s(9, 5);
    for (Index j = 0; j < 5; ++j) {
        const auto& pair = pairs[static_cast<std::size_t>(j)];
        s.col(j) = Eigen::Map<const VectorXd>(pair.vector.data(), 9);
        BOOST_TEST(std::abs(pair.value - (j < 3 ? -std::sqrt(2.0) : 0.0)) <= 1e-14);
        BOOST_TEST((e.dense() * s.col(j) - pair.value * s.col(j)).norm() <= 1e-14);
    }
    BOOST_TEST((s.transpose() * s - MatrixXd::Identity(5, 5)).norm() <= 1e-13);
    BOOST_TEST(lowest_eigenpairs(e.view(), 100).size() == 9u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
