#include "support/matrix_words.hpp"

#include <stdexcept>

namespace hesse::test {
namespace {

Table identity(Index n) {
    Table one = Table::Zero(n, n);
    for (Index i = 0; i < n; ++i) one(i, i) = 1;
    return one;
}
Table number(const HyperDual& x) { return Table::Constant(1, 1, x); }

/// The entries (i, j) for which `read` holds; those of the other triangle are the same mirrored, or zero.
template <class Read>
Table part(const Table& a, const Read& read, bool mirrored, bool unit = false) {
    Table t = Table::Zero(a.rows(), a.cols());
    for (Index i = 0; i < a.rows(); ++i) {
        for (Index j = 0; j < a.cols(); ++j) {
            if (read(i, j)) t(i, j) = a(i, j);
            else if (mirrored) t(i, j) = a(j, i);
            if (unit && i == j) t(i, j) = 1;
        }
    }
    return t;
}
const auto lower = [](Index i, Index j) { return i >= j; };
const auto upper = [](Index i, Index j) { return i <= j; };
const auto below = [](Index i, Index j) { return i > j; };
const auto above = [](Index i, Index j) { return i < j; };

Table product(const Table& a, const Table& b) {
    Table c = Table::Zero(a.rows(), b.cols());
    for (Index i = 0; i < a.rows(); ++i) {
        for (Index j = 0; j < b.cols(); ++j) {
            for (Index k = 0; k < a.cols(); ++k) c(i, j) += a(i, k) * b(k, j);
        }
    }
    return c;
}

/// Gauss and Jordan, with the largest pivot of a column.
Table eliminated(Table a, Table b) {
    const Index n = a.rows();
    for (Index k = 0; k < n; ++k) {
        Index pivot = k;
        for (Index i = k + 1; i < n; ++i) {
            if (abs(a(i, k)) > abs(a(pivot, k))) pivot = i;
        }
        a.row(k).swap(a.row(pivot));
        b.row(k).swap(b.row(pivot));
        for (Index i = 0; i < n; ++i) {
            if (i == k) continue;
            const HyperDual factor = a(i, k) / a(k, k);
            for (Index j = 0; j < n; ++j) a(i, j) -= factor * a(k, j);
            for (Index j = 0; j < b.cols(); ++j) b(i, j) -= factor * b(k, j);
        }
    }
    for (Index i = 0; i < n; ++i) {
        for (Index j = 0; j < b.cols(); ++j) b(i, j) /= a(i, i);
    }
    return b;
}

/// Laplace's expansion along the first row.
HyperDual determinant_by_minors(const Table& a) {
    const Index n = a.rows();
    if (n == 0) return 1;
    HyperDual sum = 0;
    for (Index j = 0; j < n; ++j) {
        Table minor(n - 1, n - 1);
        minor << a.block(1, 0, n - 1, j), a.block(1, j + 1, n - 1, n - 1 - j);
        sum += a(0, j) * determinant_by_minors(minor) * (j % 2 == 0 ? 1 : -1);
    }
    return sum;
}

Table cholesky_by_columns(const Table& a) {
    Table l = Table::Zero(a.rows(), a.cols());
    for (Index j = 0; j < a.cols(); ++j) {
        for (Index i = j; i < a.rows(); ++i) {
            HyperDual rest = a(i, j);
            for (Index k = 0; k < j; ++k) rest -= l(i, k) * l(j, k);
            l(i, j) = i == j ? sqrt(rest) : rest / l(j, j);
        }
    }
    return l;
}

/// Jacobi's rotations: eigenvalues, ascending, and eigenvectors.
std::pair<Table, Table> jacobi(Table a) {
    const Index n = a.rows();
    Table v = identity(n);
    for (int sweep = 0; sweep < 20; ++sweep) {
        for (Index p = 0; p < n; ++p) {
            for (Index q = p + 1; q < n; ++q) {
                if (a(p, q).value == 0 && a(p, q).first == 0 && a(p, q).second == 0 && a(p, q).both == 0)
                    continue;
                // t with t^2 + 2 t (a_qq - a_pp) / (2 a_pq) - 1 = 0, the smaller one
                const HyperDual d = (a(q, q) - a(p, p)) * 0.5, root = sqrt(d * d + a(p, q) * a(p, q));
                const HyperDual t = d.value >= 0 ? a(p, q) / (d + root) : a(p, q) / (d - root);
                const HyperDual c = HyperDual(1) / sqrt(t * t + 1), s = t * c;
                Table rotation = identity(n);
                rotation(p, p) = rotation(q, q) = c;
                rotation(p, q) = s;
                rotation(q, p) = -s;
                a = product(product(Table(rotation.transpose()), a), rotation);
                v = product(v, rotation);
            }
        }
    }
    for (Index i = 0; i < n; ++i) {
        for (Index j = i + 1; j < n; ++j) {
            if (a(j, j).value < a(i, i).value) {
                std::swap(a(i, i), a(j, j));
                v.col(i).swap(v.col(j));
            }
        }
    }
    return {a.diagonal(), v};
}

/// The power series, of a / 2^10, squared ten times.
Table exponential_by_series(const Table& a) {
    const Table small = a * HyperDual(0x1p-10);
    Table sum = identity(a.rows()), term = sum;
    for (int k = 1; k < 30; ++k) {
        term = product(term, small) * HyperDual(1.0L / k);
        sum += term;
    }
    for (int k = 0; k < 10; ++k) sum = product(sum, sum);
    return sum;
}

Table quadratic(const Table& x, const Table& a) {
    Table y(1, x.cols());
    for (Index j = 0; j < x.cols(); ++j) {
        y(0, j) = product(product(Table(x.col(j).transpose()), a), Table(x.col(j)))(0, 0);
    }
    return y;
}

Table diagonal_table(const Table& x) {
    Table d = Table::Zero(x.size(), x.size());
    for (Index i = 0; i < x.size(); ++i) d(i, i) = x(i);
    return d;
}

}  // namespace

Table word_as_loops(Word word, const Table& a, const Table& b) {
    const Table symmetric = a.rows() == a.cols() ? part(a, lower, true) : a;
    switch (word) {
        case Word::solve:
            return eliminated(a, b);
        case Word::solve_positive_definite:
        case Word::solve_symmetric:
            return eliminated(symmetric, b);
        case Word::solve_lower:
            return eliminated(part(a, lower, false), b);
        case Word::solve_upper:
            return eliminated(part(a, upper, false), b);
        case Word::solve_unit_lower:
            return eliminated(part(a, below, false, true), b);
        case Word::solve_unit_upper:
            return eliminated(part(a, above, false, true), b);
        case Word::least_squares:  // the normal equations: in long double they are exact enough
            return eliminated(product(Table(a.transpose()), a), product(Table(a.transpose()), b));
        case Word::inverse:
            return eliminated(a, identity(a.rows()));
        case Word::determinant:
            return number(determinant_by_minors(a));
        case Word::log_determinant:
            return number(log(abs(determinant_by_minors(a))));
        case Word::log_determinant_positive_definite:
            return number(log(determinant_by_minors(symmetric)));
        case Word::cholesky:
            return cholesky_by_columns(symmetric);
        case Word::symmetric_eigenvalues:
            return jacobi(symmetric).first;
        case Word::symmetric_eigen: {
            const auto [w, v] = jacobi(symmetric);
            Table factors = Table::Zero(w.size(), 1);
            for (Index j = 0; j < b.cols(); ++j) {
                for (Index i = 0; i < b.rows(); ++i) factors(j) += w(i) * b(i, j);
            }
            return product(product(v, diagonal_table(factors)), Table(v.transpose()));
        }
        case Word::singular_values: {
            const Table w = jacobi(product(Table(a.transpose()), a)).first;
            Table y(w.size(), 1);
            for (Index i = 0; i < w.size(); ++i) y(i) = sqrt(w(w.size() - 1 - i));
            return y;
        }
        case Word::matrix_exponential:
            return exponential_by_series(a);
        case Word::quadratic_form:
        case Word::quadratic_forms:
            return quadratic(b, a);
        case Word::quadratic_forms_by_row:
            return quadratic(b.transpose(), a).transpose();
        case Word::trace:
            return number(a.diagonal().sum());
        case Word::trace_of_product:
            return number(product(a, b).diagonal().sum());
        case Word::outer:
            return product(a, Table(b.transpose()));
        case Word::kronecker: {
            Table y(a.rows() * b.rows(), a.cols() * b.cols());
            for (Index i = 0; i < y.rows(); ++i) {
                for (Index j = 0; j < y.cols(); ++j) {
                    y(i, j) = a(i / b.rows(), j / b.cols()) * b(i % b.rows(), j % b.cols());
                }
            }
            return y;
        }
        case Word::batched_multiply: {
            const Index k = a.cols() / 3, n = b.cols() / 3;
            Table y(a.rows(), b.cols());
            for (Index i = 0; i < 3; ++i) {
                y.middleCols(i * n, n) =
                    product(Table(a.middleCols(i * k, k)), Table(b.middleCols(i * n, n)));
            }
            return y;
        }
        case Word::lower_product:
            return product(part(a, lower, false), b);
        case Word::unit_upper_product:
            return product(part(a, above, false, true), b);
        case Word::strictly_lower_product:
            return product(part(a, below, false), b);
        case Word::product_with_upper:
            return product(Table(b.transpose()), part(a, upper, false));
        case Word::symmetric_product:
            return product(symmetric, b);
        case Word::product_with_symmetric_upper:
            return product(Table(b.transpose()), part(a, upper, true));
        case Word::symmetric_matrix:
            return symmetric;
        case Word::unit_lower_matrix:
            return part(a, below, false, true);
        case Word::scaled_rows:
            return product(diagonal_table(a), b);
        case Word::scaled_columns:
            return product(b, diagonal_table(a));
        case Word::diagonal_matrix:
            return diagonal_table(a);
    }
    throw std::logic_error("a word without loops");
}

std::vector<WordCase> word_cases() {
    const MatrixXd one = 4 * MatrixXd::Identity(4, 4), none = MatrixXd::Zero(4, 4);
    const Shape square{4, 4}, two{4, 2};
    const Eigen::Vector4d spread(0, 1, 3, 7);
    std::vector<WordCase> cases;
    const auto add = [&](Word word, const char* name, Shape a, const MatrixXd& shift, Shape b,
                         bool uses_b = true) {
        cases.push_back({word, name, a, b, shift, uses_b});
    };
    add(Word::solve, "solve", square, none, two);
    add(Word::solve_positive_definite, "solve_positive_definite", square, one, two);
    add(Word::solve_symmetric, "solve_symmetric", square, -one, two);
    add(Word::solve_lower, "lower solve", square, one, two);
    add(Word::solve_upper, "upper solve", square, one, two);
    add(Word::solve_unit_lower, "unit lower solve", square, none, two);
    add(Word::solve_unit_upper, "unit upper solve", square, none, two);
    add(Word::least_squares, "least_squares", {6, 3}, MatrixXd::Identity(6, 3), {6, 2});
    add(Word::least_squares, "square least_squares", square, one, {4, 1});
    add(Word::inverse, "inverse", square, one, two, false);
    add(Word::determinant, "determinant", square, none, two, false);
    add(Word::log_determinant, "log_determinant", square, one, two, false);
    add(Word::log_determinant_positive_definite, "log_determinant_positive_definite", square, one, two,
        false);
    add(Word::cholesky, "cholesky", square, one, two, false);
    add(Word::symmetric_eigenvalues, "symmetric_eigenvalues", square, spread.asDiagonal(), two, false);
    add(Word::symmetric_eigen, "symmetric_eigen", square, spread.asDiagonal(), square);
    add(Word::singular_values, "singular_values of a tall matrix", {5, 3}, MatrixXd::Identity(5, 3), two,
        false);
    add(Word::matrix_exponential, "matrix_exponential", square, none, two, false);
    add(Word::matrix_exponential, "matrix_exponential of large numbers", {3, 3},
        Eigen::Vector3d(-9, 1, 2).asDiagonal().toDenseMatrix().rowwise().reverse(), two, false);
    add(Word::quadratic_form, "quadratic_form", square, none, {4, 1});
    add(Word::quadratic_form, "quadratic_form of a row", square, none, {4, 1});
    add(Word::quadratic_forms, "quadratic_form by column", square, none, two);
    add(Word::quadratic_forms_by_row, "quadratic_form by row", square, none, {3, 4});
    add(Word::trace, "trace", square, none, two, false);
    add(Word::trace_of_product, "trace_of_product", {3, 2}, MatrixXd::Zero(3, 2), {2, 3});
    add(Word::outer, "outer", {4, 1}, MatrixXd::Zero(4, 1), {3, 1});
    add(Word::kronecker, "kronecker", {2, 3}, MatrixXd::Zero(2, 3), {3, 2});
    add(Word::batched_multiply, "batched_multiply", {2, 6}, MatrixXd::Zero(2, 6), {2, 9});
    add(Word::lower_product, "lower product", square, none, two);
    add(Word::unit_upper_product, "unit upper product", square, none, two);
    add(Word::strictly_lower_product, "strictly lower product", square, none, two);
    add(Word::product_with_upper, "product with an upper triangle", square, none, two);
    add(Word::symmetric_product, "symmetric product", square, none, two);
    add(Word::product_with_symmetric_upper, "product with a symmetric matrix", square, none, two);
    add(Word::symmetric_matrix, "symmetric matrix", square, none, two, false);
    add(Word::unit_lower_matrix, "unit lower matrix", square, none, two, false);
    add(Word::scaled_rows, "scaled rows", {4, 1}, MatrixXd::Zero(4, 1), two);
    add(Word::scaled_columns, "scaled columns", {2, 1}, MatrixXd::Zero(2, 1), two);
    add(Word::diagonal_matrix, "diagonal matrix", {4, 1}, MatrixXd::Zero(4, 1), two, false);
    return cases;
}

}  // namespace hesse::test
