#include "hesse/autodiff/array_nodes.hpp"

#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "hesse/autodiff/shapes.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

namespace {
using namespace hesse;
using namespace hesse::test;

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// (rows x cols) numbers of the truth.
struct Table {
    Index rows, cols;
    std::vector<HyperDual> entries;
    Table(Index r, Index c) : rows(r), cols(c), entries(static_cast<std::size_t>(r * c)) {}
    Table(const HyperDualVector& x, Index first, Index r, Index c) : Table(r, c) {
        for (Index k = 0; k < r * c; ++k) entries[static_cast<std::size_t>(k)] = x[first + k];
    }
    explicit Table(const MatrixXd& m) : Table(m.rows(), m.cols()) {
        for (Index k = 0; k < m.size(); ++k) entries[static_cast<std::size_t>(k)] = m.reshaped()[k];
    }
    HyperDual& operator()(Index i, Index j) { return entries[static_cast<std::size_t>(i + j * rows)]; }
    const HyperDual& operator()(Index i, Index j) const {
        return entries[static_cast<std::size_t>(i + j * rows)];
    }
    Table transposed() const {
        Table t(cols, rows);
        for (Index i = 0; i < rows; ++i) {
            for (Index j = 0; j < cols; ++j) t(j, i) = (*this)(i, j);
        }
        return t;
    }
    Table block(Index row, Index col, Index r, Index c) const {
        Table t(r, c);
        for (Index i = 0; i < r; ++i) {
            for (Index j = 0; j < c; ++j) t(i, j) = (*this)(row + i, col + j);
        }
        return t;
    }
    HyperDual squares() const {
        HyperDual s = 0;
        for (const auto& entry : entries) s += entry * entry;
        return s;
    }
};
Table operator*(const Table& a, const Table& b) {
    Table c(a.rows, b.cols);
    for (Index i = 0; i < a.rows; ++i) {
        for (Index j = 0; j < b.cols; ++j) {
            for (Index k = 0; k < a.cols; ++k) c(i, j) += a(i, k) * b(k, j);
        }
    }
    return c;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(array_nodes)

BOOST_AUTO_TEST_CASE(products_of_variable_matrices_of_every_shape) {
    struct Case {
        Index m, k, n;
    };
    for (const Case& size : {Case{1, 1, 1}, Case{1, 7, 1}, Case{7, 1, 3}, Case{3, 5, 1}, Case{1, 5, 3},
                             Case{8, 9, 7}, Case{17, 3, 12}}) {
        const Index m = size.m, k = size.k, n = size.n;  // Clang 14 cannot capture structured bindings
        BOOST_TEST_CONTEXT("(" << m << " x " << k << ") (" << k << " x " << n << ")") {
            const auto f = objective(
                [=](const auto& theta) {
                    const auto [a, b] = unpack(theta, shape(m, k), shape(k, n));
                    return (a * b).squaredNorm() + (b.transpose() * a.transpose() * a).squaredNorm();
                },
                m * k + k * n);
            const auto loops = [=](const HyperDualVector& x) {
                const Table a(x, 0, m, k), b(x, m * k, k, n);
                return (a * b).squares() + (b.transposed() * a.transposed() * a).squares();
            };
            check_loss(f, loops, random_vector(m * k + k * n, 1), {30.0, 2e-14});
        }
    }
}

BOOST_AUTO_TEST_CASE(constants_of_every_layout_multiply_variables_on_either_side) {
    const Index m = 5, n = 4;
    const MatrixXd by_columns = random_matrix(m + 2, m + 3, 2);
    const RowMajor by_rows = random_matrix(m + 2, m + 3, 3);
    const Eigen::MatrixXf single = random_matrix(m, m, 4).cast<float>();
    const std::vector<double> memory(by_columns.data(), by_columns.data() + by_columns.size());
    const Eigen::Map<const MatrixXd, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>> map(
        memory.data(), m, m, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>(8, 2));  // no leading dimension
    const auto f = objective(
        [&](const auto& theta) {
            const auto x = theta.reshaped(m, n);
            return (by_columns.topLeftCorner(m, m) * x).squaredNorm() +
                   (by_rows.block(1, 2, m, m) * x).squaredNorm() +
                   (by_rows.block(1, 2, m, m).transpose() * x).squaredNorm() + (map * x).squaredNorm() +
                   (single * x).squaredNorm() +
                   ((by_columns.topLeftCorner(m, m) * 2.0 - by_rows.topLeftCorner(m, m)) * x).squaredNorm() +
                   (x.transpose() * by_columns.topLeftCorner(m, m)).squaredNorm() +
                   (x * by_rows.topLeftCorner(n, n)).squaredNorm() +
                   (x * MatrixXd::Identity(n, n)).squaredNorm() +
                   (x.transpose() * by_rows.col(0).head(m)).squaredNorm() +
                   (by_rows.row(1).head(m) * x).squaredNorm();
        },
        m * n);
    const MatrixXd copied_map = map;
    const auto loops = [&](const HyperDualVector& theta) {
        const Table x(theta, 0, m, n);
        const auto table = [](const MatrixXd& matrix) { return Table(matrix); };
        return (table(by_columns.topLeftCorner(m, m)) * x).squares() +
               (table(by_rows.block(1, 2, m, m)) * x).squares() +
               (table(by_rows.block(1, 2, m, m).transpose()) * x).squares() +
               (table(copied_map) * x).squares() + (table(single.cast<double>()) * x).squares() +
               (table(by_columns.topLeftCorner(m, m) * 2.0 - by_rows.topLeftCorner(m, m)) * x).squares() +
               (x.transposed() * table(by_columns.topLeftCorner(m, m))).squares() +
               (x * table(by_rows.topLeftCorner(n, n))).squares() + x.squares() +
               (x.transposed() * table(by_rows.col(0).head(m))).squares() +
               (table(by_rows.row(1).head(m)) * x).squares();
    };
    check_loss(f, loops, random_vector(m * n, 5), {30.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(parts_rows_and_transposes_of_variables_are_factors) {
    const Index r = 6, c = 9;
    const auto f = objective(
        [=](const auto& theta) {
            const auto x = theta.reshaped(r, c);
            return (x.block(1, 2, 4, 5) * x.block(0, 1, 5, 3)).squaredNorm() +  // overlap
                   (x.transpose().block(1, 2, 5, 3) * x.bottomRows(3)).squaredNorm() +
                   (x.row(2) * x.transpose()).squaredNorm() + (x * x.row(3).transpose()).squaredNorm() +
                   (x.col(4) * x.row(5)).squaredNorm() + (x.transpose() * x).squaredNorm() +
                   (theta.segment(3, 8).transpose() * theta.segment(4, 8))(0);
        },
        r * c);
    const auto loops = [=](const HyperDualVector& theta) {
        const Table x(theta, 0, r, c);
        HyperDual inner = 0;
        for (Index i = 0; i < 8; ++i) inner += theta[3 + i] * theta[4 + i];
        return (x.block(1, 2, 4, 5) * x.block(0, 1, 5, 3)).squares() +
               (x.transposed().block(1, 2, 5, 3) * x.block(3, 0, 3, c)).squares() +
               (x.block(2, 0, 1, c) * x.transposed()).squares() +
               (x * x.block(3, 0, 1, c).transposed()).squares() +
               (x.block(0, 4, r, 1) * x.block(5, 0, 1, c)).squares() + (x.transposed() * x).squares() + inner;
    };
    check_loss(f, loops, random_vector(r * c, 6), {30.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(products_of_products_and_of_expressions) {
    const Index n = 4;
    const MatrixXd data = random_matrix(n, n, 7);
    const auto f = objective(
        [&](const auto& theta) {
            const auto a = theta.reshaped(n, n);
            const auto y = tanh(a * data) * (a + data);  // temporaries on both sides
            const auto z = a * a * a;
            return (y * z - 2.0 * (data * data * a)).squaredNorm() +
                   ((a.array() * a.array()).matrix() * y).sum();
        },
        n * n);
    const auto loops = [&](const HyperDualVector& theta) {
        const Table a(theta, 0, n, n), d(data);
        Table t = a * d, plus = a, squares = a;
        for (auto& entry : t.entries) entry = tanh(entry);
        for (Index k = 0; k < n * n; ++k) {
            plus.entries[static_cast<std::size_t>(k)] += d.entries[static_cast<std::size_t>(k)];
            auto& square = squares.entries[static_cast<std::size_t>(k)];
            square = square * square;
        }
        const Table y = t * plus, w = d * d * a;
        Table difference = y * (a * a * a);
        for (Index k = 0; k < n * n; ++k) {
            difference.entries[static_cast<std::size_t>(k)] -= 2.0 * w.entries[static_cast<std::size_t>(k)];
        }
        HyperDual s = difference.squares();
        for (const auto& entry : (squares * y).entries) s += entry;
        return s;
    };
    check_loss(f, loops, random_vector(n * n, 8), {50.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(a_quadratic_form_has_its_closed_form_at_sizes_past_a_block) {
    const Index n = 130;
    const MatrixXd a = random_matrix(n, n, 9);
    const auto f = objective([&](const auto& x) { return x.dot(a * x); }, n);
    const VectorXd x = random_vector(n, 10), v = random_vector(n, 11);
    const auto at = f.linearize(x);
    const MatrixXd symmetric = a + a.transpose();
    // Sums of n products: the error of each is below n eps times the largest sum, of about 10.
    BOOST_TEST((VectorXd(at.gradient()) - symmetric * x).lpNorm<Eigen::Infinity>() < 1e-13);
    BOOST_TEST((VectorXd(at.hessian() * v) - symmetric * v).lpNorm<Eigen::Infinity>() < 1e-13);
    BOOST_TEST(at.value() == f.value(x));
}

BOOST_AUTO_TEST_CASE(products_with_an_empty_dimension_are_zeros) {
    const auto f = objective(
        [](const auto& x) {
            const auto none = x.head(0).reshaped(3, 0) * x.head(0).reshaped(0, 2);  // (3 x 2) zeros
            const auto empty = x.head(0).reshaped(0, 3) * x.head(6).reshaped(3, 2);
            return (none.array() + x.reshaped(3, 2).array()).square().sum() + empty.sum();
        },
        6);
    const VectorXd x = random_vector(6, 12);
    const auto at = f.linearize(x);
    BOOST_TEST(at.gradient() == 2 * x);
    BOOST_TEST(VectorXd(at.hessian() * x) == 2 * x);
}

BOOST_AUTO_TEST_CASE(single_precision_products_work_alike) {
    const Eigen::MatrixXf data = random_matrix(5, 5, 13).cast<float>();
    const auto f = objective<float>(
        [&](const auto& theta) {
            const auto a = theta.reshaped(5, 5);
            return (a * data * a.transpose()).squaredNorm();
        },
        25);
    const auto loops = [&](const HyperDualVector& theta) {
        const Table a(theta, 0, 5, 5), d(data.cast<double>());
        return (a * d * a.transposed()).squares();
    };
    check_loss(f, loops, random_vector(25, 14).cast<float>().cast<double>(), {10.0, 3e-6});
}

BOOST_AUTO_TEST_SUITE_END()
