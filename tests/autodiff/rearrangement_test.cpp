#include "hesse/autodiff/rearrangement.hpp"

#include "hesse/autodiff/matrix.hpp"
#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/arithmetic.hpp"
#include "support/derivative_check.hpp"
#include "support/layouts.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace {
using namespace hesse;
using namespace hesse::test;
using test::Layout;

constexpr Shape shapes[] = {{1, 1}, {1, 7}, {6, 1}, {4, 5}, {5, 9}};

std::vector<int> some_indices(Index count, Index below) {
    std::vector<int> indices;
    for (Index k = 0; k < count; ++k) indices.push_back(static_cast<int>((7 * k * k + 3 * k) % below));
    return indices;
}
bool before(const HyperDual& a, const HyperDual& b) { return a.value < b.value; }

/// An operation of the library, and the same by loops.
enum Operation {
    gather_entries,
    gather_some_rows,
    gather_some_columns,
    scatter_entries,
    scatter_some_rows,
    scatter_some_columns,
    pick_of_columns,
    pick_of_rows,
    sort_all,
    sort_columns,
    sort_rows,
    sums_of_all,
    sums_of_columns,
    sums_of_rows,
    stack_down,
    stack_across,
    operations
};

/// Everything is an array with the words of x.
template <class X>
auto rearranged(int operation, const X& x, const MatrixXd& data) {
    const Index r = x.rows(), c = x.cols(), n = x.size();
    switch (operation) {
        case gather_entries:
            return gather(x, some_indices(n + 3, n));
        case gather_some_rows:
            return gather_rows(x, some_indices(r + 2, r));
        case gather_some_columns:
            return gather_columns(x, some_indices(c + 2, c));
        case scatter_entries:
            return scatter_add(x, some_indices(n, n + 1), n + 2);
        case scatter_some_rows:
            return scatter_add_rows(x, some_indices(r, r), r + 1);
        case scatter_some_columns:
            return scatter_add_columns(x, some_indices(c, c), c + 1);
        case pick_of_columns:
            return pick(x, some_indices(c, r));
        case pick_of_rows:
            return pick(x, some_indices(r, c), by_row);
        case sort_all:
            return sort(x);
        case sort_columns:
            return sort(x, by_column);
        case sort_rows:
            return sort(x, by_row);
        case sums_of_all:
            return cumulative_sum(x);
        case sums_of_columns:
            return cumulative_sum(x, by_column);
        case sums_of_rows:
            return cumulative_sum(x, by_row);
        case stack_down:
            return vertical_stack(x, data.leftCols(c), x.topRows(1), data.leftCols(c) * 2.0);
        default:
            return horizontal_stack(data.topRows(r), x, x.leftCols(0), x.rightCols(1));
    }
}

Table truth(int operation, const Table& x, const MatrixXd& data) {
    const Index r = x.rows(), c = x.cols(), n = x.size();
    const auto at = [](const std::vector<int>& all, Index k) {
        return Index{all[static_cast<std::size_t>(k)]};
    };
    Table y;
    if (operation == gather_entries) {
        y.resize(r == 1 && c != 1 ? 1 : n + 3, r == 1 && c != 1 ? n + 3 : 1);
        for (Index k = 0; k < n + 3; ++k)
            y(k) = x(at(some_indices(n + 3, n), k) % r, at(some_indices(n + 3, n), k) / r);
    } else if (operation == gather_some_rows) {
        y.resize(r + 2, c);
        for (Index k = 0; k < r + 2; ++k) y.row(k) = x.row(at(some_indices(r + 2, r), k));
    } else if (operation == gather_some_columns) {
        y.resize(r, c + 2);
        for (Index k = 0; k < c + 2; ++k) y.col(k) = x.col(at(some_indices(c + 2, c), k));
    } else if (operation == scatter_entries) {
        y = Table::Constant(n + 2, 1, HyperDual(0));
        for (Index k = 0; k < n; ++k) y(at(some_indices(n, n + 1), k), 0) += x(k % r, k / r);
    } else if (operation == scatter_some_rows) {
        y = Table::Constant(r + 1, c, HyperDual(0));
        for (Index k = 0; k < r; ++k) y.row(at(some_indices(r, r), k)) += x.row(k);
    } else if (operation == scatter_some_columns) {
        y = Table::Constant(r, c + 1, HyperDual(0));
        for (Index k = 0; k < c; ++k) y.col(at(some_indices(c, c), k)) += x.col(k);
    } else if (operation == pick_of_columns) {
        y.resize(1, c);
        for (Index j = 0; j < c; ++j) y(0, j) = x(at(some_indices(c, r), j), j);
    } else if (operation == pick_of_rows) {
        y.resize(r, 1);
        for (Index i = 0; i < r; ++i) y(i, 0) = x(i, at(some_indices(r, c), i));
    } else if (operation == sort_all) {
        y = x;
        std::sort(y.data(), y.data() + n, before);
    } else if (operation == sort_columns) {
        y = x;
        for (Index j = 0; j < c; ++j) std::sort(y.data() + j * r, y.data() + (j + 1) * r, before);
    } else if (operation == sort_rows) {
        y = x.transpose();
        for (Index i = 0; i < r; ++i) std::sort(y.data() + i * c, y.data() + (i + 1) * c, before);
        y = Table(y.transpose());
    } else if (operation == sums_of_all) {
        y = x;
        for (Index k = 1; k < n; ++k) y.data()[k] += y.data()[k - 1];
    } else if (operation == sums_of_columns) {
        y = x;
        for (Index i = 1; i < r; ++i) y.row(i) += y.row(i - 1);
    } else if (operation == sums_of_rows) {
        y = x;
        for (Index j = 1; j < c; ++j) y.col(j) += y.col(j - 1);
    } else if (operation == stack_down) {
        y.resize(r + 1 + 2 * data.rows(), c);
        const Table d = data.leftCols(c).cast<HyperDual>();
        y << x, d, x.topRows(1), d * HyperDual(2);
    } else {
        y.resize(r, c + 1 + data.cols());
        y << data.topRows(r).cast<HyperDual>(), x, x.rightCols(1);
    }
    return y;
}

auto says(const std::string& text) {
    return [text](const std::exception& error) {
        BOOST_TEST_MESSAGE(error.what());
        return std::string(error.what()).find(text) != std::string::npos;
    };
}
}  // namespace

BOOST_AUTO_TEST_SUITE(rearrangement)

BOOST_AUTO_TEST_CASE(entries_of_every_layout_are_moved_and_receive_their_adjoints) {
    const MatrixXd data = random_matrix(12, 12, 1);
    for (int operation = 0; operation < operations; ++operation) {
        for (const Shape& size : shapes) {
            const Index r = size.rows, c = size.cols;
            for (const Layout layout : layouts) {
                BOOST_TEST_CONTEXT("operation " << operation << ", shape " << r << " x " << c << ", layout "
                                                << static_cast<int>(layout)) {
                    const auto f = objective(
                        [&](const auto& theta) {
                            // of a view, and of an expression of it
                            const auto x = laid_out(theta, layout, r, c);
                            return fingerprint(rearranged(operation, x, data)) +
                                   fingerprint(rearranged(operation, x.cwiseAbs2(), data));
                        },
                        parameters_of(layout, r, c));
                    const auto loops = [&](const HyperDualVector& theta) {
                        const Table x = table_of(theta, layout, r, c);
                        const Table squares = x.cwiseProduct(x);
                        return fingerprint(truth(operation, x, data)) +
                               fingerprint(truth(operation, squares, data));
                    };
                    check_loss(f, loops, random_vector(f.size(), 2), {100.0, 2e-14});
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(constants_are_moved_in_the_same_words) {
    const auto data = hesse::Matrix<double>(random_matrix(3, 4, 3));
    for (int operation = 0; operation < operations; ++operation) {
        const auto moved = rearranged(operation, data.expression(), random_matrix(12, 12, 4));
        const Table expected =
            truth(operation, random_matrix(3, 4, 3).cast<HyperDual>(), random_matrix(12, 12, 4));
        BOOST_TEST_REQUIRE(moved.rows() == expected.rows());
        BOOST_TEST_REQUIRE(moved.cols() == expected.cols());
        for (Index k = 0; k < moved.size(); ++k) {
            BOOST_TEST(moved(k) == static_cast<double>(expected.reshaped()[k].value),
                       boost::test_tools::tolerance(1e-15));
        }
    }
}

BOOST_AUTO_TEST_CASE(of_equal_entries_the_first_comes_first_and_nan_comes_last) {
    const VectorXd x{{2, 1, 2, 1, 3}};
    const auto sorted = objective([](const auto& t) { return sort(t).dot(VectorXd{{1, 2, 4, 8, 16}}); }, 5);
    BOOST_TEST(VectorXd(sorted.linearize(x).gradient()) == (VectorXd{{4, 1, 8, 2, 16}}));
    BOOST_TEST(arg_max(hesse::Matrix<double>(x)) == Eigen::VectorXi{{4}});
    BOOST_TEST(arg_min(hesse::Matrix<double>(x)) == Eigen::VectorXi{{1}});

    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto y = sort(hesse::Matrix<double>(VectorXd{{nan, 2, nan, 1}}));
    BOOST_TEST(y(0) == 1);
    BOOST_TEST(y(1) == 2);
    BOOST_TEST((std::isnan(y(2)) && std::isnan(y(3))));

    const auto m = hesse::Matrix<double>(MatrixXd{{1, 5, 2}, {4, 5, 2}});
    BOOST_TEST(arg_max(m, by_column) == (Eigen::VectorXi{{1, 0, 0}}));
    BOOST_TEST(arg_min(m, by_row) == (Eigen::VectorXi{{0, 2}}));
}

BOOST_AUTO_TEST_CASE(nothing_may_be_gathered_stacked_and_sorted) {
    const auto f = objective(
        [](const auto& t) {
            const auto none = gather(t, std::vector<int>{});
            return none.sum() + sort(none).sum() +
                   cumulative_sum(t.reshaped(2, 2).topRows(0), by_column).sum() +
                   vertical_stack(none, t, none).squaredNorm() +
                   scatter_add(none, std::vector<int>{}, 2).sum();
        },
        4);
    const VectorXd x = random_vector(4, 5);
    BOOST_TEST(VectorXd(f.linearize(x).gradient()) == 2 * x);
    BOOST_TEST(VectorXd(f.linearize(x).hessian() * x) == 2 * x);
}

BOOST_AUTO_TEST_CASE(indices_and_shapes_that_do_not_fit_are_refused) {
    const VectorXd x = random_vector(6, 6);
    const auto refuses = [&](const auto& statement, const std::string& text) {
        const auto f = objective([&](const auto& t) { return statement(t.reshaped(2, 3)).sum(); }, 6);
        BOOST_CHECK_EXCEPTION((void)f.linearize(x), std::invalid_argument, says(text));
        BOOST_CHECK_EXCEPTION((void)f.value(x), std::invalid_argument, says(text));
    };
    refuses(
        [](const auto& m) {
            return gather(m, {0, 6});
        },
        "gather: the index 6 is outside [0, 6), the entries of the array");
    refuses(
        [](const auto& m) {
            return gather_rows(m, {0, -1});
        },
        "gather_rows: the index -1 is outside [0, 2), the rows of the array");
    refuses([](const auto& m) { return gather_columns(m, {3}); },
            "gather_columns: the index 3 is outside [0, 3), the columns of the array");
    refuses(
        [](const auto& m) {
            return scatter_add(m, {0, 1}, 2);
        },
        "scatter_add: 2 indices given for 6 entries");
    refuses(
        [](const auto& m) {
            return scatter_add_rows(m, {0, 4}, 3);
        },
        "scatter_add_rows: the index 4 is outside [0, 3), the rows of the result");
    refuses(
        [](const auto& m) {
            return scatter_add_columns(m, {0, 4}, 3);
        },
        "scatter_add_columns: 2 indices given for 3 columns");
    refuses([](const auto& m) { return pick(m, {0, 1}); }, "pick: 2 indices given for 3 columns");
    refuses(
        [](const auto& m) {
            return pick(m, {0, 1, 2});
        },
        "pick: the index 2 is outside [0, 2), the rows of the array");
    refuses(
        [](const auto& m) {
            return pick(m, {0, 3}, by_row);
        },
        "pick: the index 3 is outside [0, 3), the columns of the array");
    refuses([](const auto& m) { return vertical_stack(m, m.transpose()); },
            "vertical_stack: the shapes (2 x 3) and (3 x 2) do not fit");
    refuses([](const auto& m) { return horizontal_stack(m, MatrixXd::Ones(3, 1)); },
            "horizontal_stack: the shapes (2 x 3) and (3 x 1) do not fit");
}

BOOST_AUTO_TEST_SUITE_END()
