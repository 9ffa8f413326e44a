#include "hesse/autodiff/coloring.hpp"
#include "hesse/autodiff/hessian.hpp"
#include "hesse/autodiff/objective.hpp"

#include <Eigen/Core>
#include <Eigen/SparseCore>
#include <boost/test/unit_test.hpp>

#include <random>
#include <stdexcept>

BOOST_AUTO_TEST_SUITE(sparse_hessian)

namespace {

using hesse::Index;
template <class T>
using VectorOf = Eigen::Matrix<T, Eigen::Dynamic, 1>;

Eigen::VectorXd random_vector(Index n, unsigned seed) {
    std::mt19937 generator(seed);
    std::normal_distribution<double> normal;
    return Eigen::VectorXd::NullaryExpr(n, [&] { return normal(generator); });
}

/// Compares the sparse matrix with the dense one, which products give.
template <class Loss>
Eigen::SparseMatrix<double> check(const Loss& loss, const Eigen::VectorXd& x) {
    const auto f = hesse::objective(loss, x.size());
    const auto at = f.linearize(x);
    const Eigen::SparseMatrix<double> H = at.hessian().to_sparse();
    // products of a tape that has not been asked for the matrix
    const auto other = f.linearize(x);
    Eigen::MatrixXd dense(x.size(), x.size());
    for (Index i = 0; i < x.size(); ++i) dense.col(i) = other.hessian() * Eigen::VectorXd::Unit(x.size(), i);
    BOOST_TEST((Eigen::MatrixXd(H) - dense).norm() <= 1e-12 * (1 + dense.norm()));
    BOOST_TEST((Eigen::MatrixXd(H) - Eigen::MatrixXd(H).transpose()).norm() == 0.0);
    return H;
}

struct ChainedRosenbrock {
    template <class T>
    T operator()(const VectorOf<T>& x) const {
        T sum = 0.0;
        for (Index i = 0; i + 1 < x.size(); ++i) {
            T a = x[i + 1] - x[i] * x[i];
            T b = 1.0 - x[i];
            sum += 100.0 * (a * a) + b * b;
        }
        return sum;
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_chain_has_three_diagonals) {
    const Index n = 50;
    const Eigen::SparseMatrix<double> H = check(ChainedRosenbrock{}, random_vector(n, 1));
    BOOST_TEST(H.nonZeros() == 3 * n - 2);
}

BOOST_AUTO_TEST_CASE(intermediate_results_of_many_numbers_are_eliminated) {
    const Index n = 12;
    const Eigen::VectorXd x = random_vector(n, 2);
    // springs between points in space, with lengths as named results; a sum that is read twice; sums within sums
    const auto springs = []<class T>(const VectorOf<T>& y) {
        using std::sqrt;
        T energy = 0.0;
        for (Index i = 0; i + 5 < y.size(); i += 3) {
            T length = 0.0;
            for (Index k = 0; k < 3; ++k) {
                T d = y[i + 3 + k] - y[i + k];
                length += d * d;
            }
            length = sqrt(length);
            energy += (length - 1.0) * (length - 1.0) * length;
        }
        return energy;
    };
    const Eigen::SparseMatrix<double> H = check(springs, x);
    for (Index i = 0; i < 3; ++i) {
        for (Index j = 6; j < n; ++j) BOOST_TEST(H.coeff(i, j) == 0.0);
    }

    const auto dense = []<class T>(const VectorOf<T>& y) {
        using std::exp;
        T sum = 0.0, other = 0.0;
        for (Index i = 0; i < y.size(); ++i) {
            sum += y[i] * y[i];
            other += sum;
            other -= exp(-y[i]);
        }
        T both = sum * other;
        return both * both + sum;
    };
    BOOST_TEST(check(dense, 0.3 * x).nonZeros() == n * n);
}

BOOST_AUTO_TEST_CASE(losses_without_curvature_have_no_entries) {
    BOOST_TEST(check([]<class T>(const VectorOf<T>& y) { return y[1]; }, random_vector(3, 3)).nonZeros() ==
               0);
    BOOST_TEST(check([]<class T>(const VectorOf<T>& y) { return T(2.0 * y[0] - y[2]); }, random_vector(3, 3))
                   .nonZeros() == 0);
    BOOST_TEST(check([]<class T>(const VectorOf<T>&) { return T(2.0); }, random_vector(3, 3)).nonZeros() ==
               0);
}

BOOST_AUTO_TEST_CASE(what_is_read_after_the_loss_changes_nothing) {
    const auto loss = []<class T>(const VectorOf<T>& y) {
        T sum = 0.0;
        for (Index i = 0; i < y.size(); ++i) sum += y[i] * y[i] * y[i];
        T unused = sum * sum + y[0];
        unused += sum;
        return value_of(unused) > -1e300 ? sum : unused;
    };
    const Eigen::VectorXd x = random_vector(4, 4);
    const Eigen::SparseMatrix<double> H = check(loss, x);
    BOOST_TEST((Eigen::MatrixXd(H) - Eigen::MatrixXd((6.0 * x).asDiagonal())).norm() < 1e-14);
}

BOOST_AUTO_TEST_CASE(a_branch_that_is_not_taken_may_have_infinite_slopes) {
    const auto loss = []<class T>(const VectorOf<T>& y) {
        using std::log;
        using hesse::select;
        T product = y[0] * y[1] * y[2];  // three numbers: not eliminated
        T logarithm = log(product);
        T chosen = select(value_of(product) > 0, logarithm, product);
        return chosen * chosen;
    };
    Eigen::VectorXd x(3);
    x << 0.0, 2.0, 3.0;
    const auto at = hesse::objective(loss, 3).linearize(x);
    BOOST_TEST((at.hessian() * Eigen::VectorXd::Ones(3)).eval().allFinite());
    BOOST_TEST(Eigen::MatrixXd(at.hessian().to_sparse()).allFinite());
    BOOST_TEST(at.hessian().to_sparse().coeff(0, 0) == 72.0);
}

BOOST_AUTO_TEST_CASE(large_ones_take_memory_in_proportion) {
    const Index n = 100'000;
    const auto at = hesse::objective(ChainedRosenbrock{}, n).linearize(Eigen::VectorXd::Constant(n, 0.5));
    BOOST_TEST(at.hessian().to_sparse().nonZeros() == 3 * n - 2);
}

BOOST_AUTO_TEST_CASE(too_many_entries_are_refused) {
    const auto loss = []<class T>(const VectorOf<T>& y) {
        T sum = 0.0;
        for (Index i = 0; i < y.size(); ++i) sum += y[i];
        return sum * sum;
    };
    const auto at = hesse::objective(loss, 1000).linearize(Eigen::VectorXd::Ones(1000));
    BOOST_CHECK_THROW(at.hessian().to_sparse(100'000), std::length_error);
    BOOST_TEST((at.hessian() * Eigen::VectorXd::Ones(1000)).eval()[0] == 2000.0);
}

BOOST_AUTO_TEST_CASE(colors_give_the_matrix_of_a_loss_with_arrays) {
    const Index n = 40;
    const Eigen::VectorXd x = random_vector(n, 5);
    const Eigen::SparseMatrix<double> pattern =
        hesse::objective(ChainedRosenbrock{}, n).linearize(x).hessian().to_sparse();
    const hesse::SymmetricColoring coloring(pattern);
    BOOST_TEST(coloring.colors() <= 3);
    BOOST_TEST(static_cast<Index>(coloring.entries().size()) == pattern.nonZeros());
    const auto arrays = hesse::objective(
        [n](const auto& y) {
            const auto head = y.head(n - 1).array(), tail = y.tail(n - 1).array();
            return (100.0 * (tail - head.square()).square() + (1.0 - head).square()).sum();
        },
        n);
    const auto at = arrays.linearize(x);
    const Eigen::MatrixXd H = at.hessian().to_sparse(coloring);
    BOOST_TEST((H - at.hessian().to_dense()).norm() <= 1e-12 * H.norm());
}

BOOST_AUTO_TEST_CASE(colors_recover_random_patterns) {
    std::mt19937 generator(6);
    for (const Index n : {1, 2, 7, 30}) {
        for (int trial = 0; trial < 20; ++trial) {
            Eigen::MatrixXd A = Eigen::MatrixXd::Zero(n, n);
            std::uniform_int_distribution<Index> index(0, n - 1);
            for (Index k = 0; k < 2 * n; ++k) {
                const Index i = index(generator), j = index(generator);
                A(i, j) = A(j, i) = std::normal_distribution<double>()(generator);
            }
            const Eigen::SparseMatrix<double> sparse = A.sparseView();
            const hesse::SymmetricColoring coloring(sparse);
            BOOST_TEST(coloring.colors() <= n);
            const auto f = hesse::objective([&A](const auto& y) { return 0.5 * y.dot(A * y); }, n);
            const auto at = f.linearize(Eigen::VectorXd::Ones(n));
            BOOST_TEST((Eigen::MatrixXd(at.hessian().to_sparse(coloring)) - A).norm() <=
                       1e-14 * (1 + A.norm()));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_full_column_costs_one_color) {
    const Index n = 400;
    hesse::SymmetricPattern arrow{n, {}};
    for (Index i = 0; i < n; ++i) arrow.entries.push_back({0, i});
    for (Index i = 1; i < n; ++i) arrow.entries.push_back({i, i});
    const hesse::SymmetricColoring coloring(arrow);
    BOOST_TEST(coloring.colors() == 2);
    BOOST_TEST(coloring.entries().size() == static_cast<std::size_t>(3 * n - 2));
    // entries come by colors, those of the diagonal only where the pattern has them
    const hesse::SymmetricColoring corner(hesse::SymmetricPattern{3, {{0, 0}, {0, 2}}});
    BOOST_TEST(corner.entries().size() == 3u);
    BOOST_TEST(corner.entries().front().color <= corner.entries().back().color);
}

BOOST_AUTO_TEST_CASE(a_pattern_must_fit) {
    BOOST_CHECK_THROW(hesse::SymmetricColoring(Eigen::SparseMatrix<double>(3, 4)), std::invalid_argument);
    const hesse::SymmetricColoring coloring(Eigen::SparseMatrix<double>(3, 3));
    const auto at =
        hesse::objective([](const auto& y) { return y.squaredNorm(); }, 2).linearize(Eigen::Vector2d(1, 2));
    BOOST_CHECK_THROW(at.hessian().to_sparse(coloring), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
