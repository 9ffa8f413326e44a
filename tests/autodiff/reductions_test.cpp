#include "hesse/autodiff/reductions.hpp"

#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "hesse/autodiff/rearrangement.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace {
using namespace hesse;
using namespace hesse::test;

struct Size {
    Index rows, cols;
};
constexpr Size matrices[] = {{1, 1}, {1, 9}, {9, 1}, {3, 70}, {70, 3}, {65, 66}};
constexpr double infinity = std::numeric_limits<double>::infinity();

HyperDual log_of_sum(Index n, const auto& entry) {
    HyperDual s = 0;
    for (Index i = 0; i < n; ++i) s += exp(entry(i));
    return log(s);
}
}  // namespace

BOOST_AUTO_TEST_SUITE(reductions)

BOOST_AUTO_TEST_CASE(sums_means_and_norms_of_everything) {
    for (const auto [r, c] : matrices) {
        BOOST_TEST_CONTEXT("shape " << r << " x " << c) {
            const auto f = objective(
                [r = r, c = c](const auto& theta) {
                    const auto x = theta.reshaped(r, c);
                    return sum(x) * mean(x) + x.norm() * x.squaredNorm() + dot(x, exp(x)) +
                           x.transpose().sum() + mean(tanh(x)) * (x.array() * x.array()).mean();
                },
                r * c);
            const auto loops = [r = r, c = c](const HyperDualVector& x) {
                HyperDual total = 0, squares = 0, exponentials = 0, tangents = 0;
                for (Index i = 0; i < r * c; ++i) {
                    total += x[i];
                    squares += x[i] * x[i];
                    exponentials += x[i] * exp(x[i]);
                    tangents += tanh(x[i]);
                }
                const double n = static_cast<double>(r * c);
                return total * total / n + sqrt(squares) * squares + exponentials + total +
                       tangents / n * squares / n;
            };
            check_loss(f, loops, random_vector(r * c, 1), {static_cast<double>(r * c), 2e-14});
        }
    }
}

BOOST_AUTO_TEST_CASE(sums_means_and_norms_of_columns_and_rows) {
    for (const auto [r, c] : matrices) {
        BOOST_TEST_CONTEXT("shape " << r << " x " << c) {
            const auto f = objective(
                [r = r, c = c](const auto& theta) {
                    const auto x = theta.reshaped(r, c);
                    const auto t = x.transpose();  // (c x r)
                    return x.colwise().sum().squaredNorm() + exp(x.rowwise().sum() * 0.1).sum() +
                           x.colwise().norm().sum() + x.rowwise().mean().squaredNorm() +
                           t.colwise().squaredNorm().squaredNorm() + tanh(t).rowwise().sum().squaredNorm() +
                           x.colwise().sum().dot(t.rowwise().sum().transpose());
                },
                r * c);
            const auto loops = [r = r, c = c](const HyperDualVector& x) {
                HyperDual s = 0;
                for (Index j = 0; j < c; ++j) {
                    HyperDual column = 0, squares = 0, tangents = 0;
                    for (Index i = 0; i < r; ++i) {
                        column += x[i + j * r];
                        squares += x[i + j * r] * x[i + j * r];
                        tangents += tanh(x[i + j * r]);
                    }
                    s += 2 * column * column + sqrt(squares) + tangents * tangents;
                }
                for (Index i = 0; i < r; ++i) {
                    HyperDual row = 0, squares = 0;
                    for (Index j = 0; j < c; ++j) {
                        row += x[i + j * r];
                        squares += x[i + j * r] * x[i + j * r];
                    }
                    s += exp(row * 0.1) + row * row / static_cast<double>(c * c) + squares * squares;
                }
                return s;
            };
            check_loss(f, loops, random_vector(r * c, 2), {static_cast<double>(r * c), 2e-14});
        }
    }
}

BOOST_AUTO_TEST_CASE(log_sum_exp_of_all_of_columns_and_of_rows) {
    for (const auto [r, c] : matrices) {
        BOOST_TEST_CONTEXT("shape " << r << " x " << c) {
            const auto f = objective(
                [r = r, c = c](const auto& theta) {
                    const auto x = theta.reshaped(r, c);
                    return log_sum_exp(x) + log_sum_exp(x, by_column).squaredNorm() +
                           log_sum_exp(2.0 * x, by_row).squaredNorm() +
                           log_sum_exp(x.transpose(), by_row).sum() +
                           log_sum_exp(x.topRows(r), by_column).sum() * log_sum_exp(x.transpose());
                },
                r * c);
            const auto loops = [r = r, c = c](const HyperDualVector& x) {
                const HyperDual all = log_of_sum(r * c, [&](Index i) { return x[i]; });
                HyperDual s = all, columns = 0;
                for (Index j = 0; j < c; ++j) {
                    const HyperDual y = log_of_sum(r, [&](Index i) { return x[i + j * r]; });
                    s += y * y + y;
                    columns += y;
                }
                for (Index i = 0; i < r; ++i) {
                    const HyperDual y = log_of_sum(c, [&](Index j) { return 2.0 * x[i + j * r]; });
                    s += y * y;
                }
                return s + columns * all;
            };
            check_loss(f, loops, random_vector(r * c, 3), {10.0 * static_cast<double>(c), 2e-14});
        }
    }
}

BOOST_AUTO_TEST_CASE(log_sum_exp_of_huge_and_of_infinitely_small_entries_is_finite) {
    const auto all = objective([](const auto& x) { return log_sum_exp(x); }, 3);
    const auto at = all.linearize(VectorXd{{1000, 1000, -1000}});
    BOOST_TEST(at.value() == 1000 + std::log(2.0));
    BOOST_TEST(at.gradient() == (VectorXd{{0.5, 0.5, 0}}));

    // Masks are entries of -inf: they carry no probability and no derivative.
    const MatrixXd mask{{0, -infinity, -infinity}, {0, 0, -infinity}};
    const auto masked = objective(
        [&](const auto& x) {
            const auto y = log_sum_exp(x.reshaped(2, 3) + mask, by_column);
            return y(0) + y(1);
        },
        6);
    const VectorXd x = random_vector(6, 4);
    const auto lin = masked.linearize(x);
    const double p = 1 / (1 + std::exp(x[1] - x[0]));
    BOOST_TEST(lin.value() == std::log(std::exp(x[0]) + std::exp(x[1])) + x[3],
               boost::test_tools::tolerance(1e-14));
    const VectorXd expected{{p, 1 - p, 0, 1, 0, 0}};
    BOOST_TEST((VectorXd(lin.gradient()) - expected).norm() < 1e-15);
    VectorXd product(6);
    lin.hessian().apply(VectorXd::Unit(6, 0), product);
    const VectorXd expected_product{{p * (1 - p), -p * (1 - p), 0, 0, 0, 0}};
    BOOST_TEST((product - expected_product).norm() < 1e-15);

    // A column of nothing but -inf has the sum 0.
    const auto empty =
        objective([&](const auto& t) { return log_sum_exp(t.reshaped(2, 3) + mask, by_column)(2); }, 6);
    BOOST_TEST(empty.value(x) == -infinity);
    BOOST_TEST(empty.linearize(x).value() == -infinity);
    BOOST_TEST(empty.linearize(x).gradient() == VectorXd::Zero(6));
}

BOOST_AUTO_TEST_CASE(a_nan_is_not_lost_in_reductions) {
    const VectorXd data{{1, std::numeric_limits<double>::quiet_NaN(), 2}};
    const auto value = [&](const auto& loss) { return objective(loss, 3).value(VectorXd::Zero(3)); };
    BOOST_TEST(std::isnan(value([&](const auto& x) { return log_sum_exp(x + data); })));
    BOOST_TEST(std::isnan(value([&](const auto& x) { return (x + data).maxCoeff(); })));
    BOOST_TEST(std::isnan(value([&](const auto& x) { return (x + data).minCoeff(); })));
    BOOST_TEST(std::isnan(value([&](const auto& x) { return (x + data).sum(); })));
}

BOOST_AUTO_TEST_CASE(softmax_cross_entropy_has_its_closed_form) {
    const Index classes = 5, n = 33;
    std::vector<int> labels;
    for (int j = 0; j < n; ++j) labels.push_back((7 * j) % 5);
    const auto f = objective(
        [&](const auto& theta) {
            const auto scores = theta.reshaped(classes, n);
            return mean(log_sum_exp(scores, by_column) - pick(scores, labels));
        },
        classes * n);
    const VectorXd x = random_vector(classes * n, 5, -3, 3), v = random_vector(classes * n, 6);
    const auto at = f.linearize(x);
    MatrixXd p = x.reshaped(classes, n).array().exp();
    for (Index j = 0; j < n; ++j) p.col(j) /= p.col(j).sum();
    MatrixXd gradient = p, product(classes, n);
    const MatrixXd d = v.reshaped(classes, n);
    for (Index j = 0; j < n; ++j) {
        gradient(labels[static_cast<std::size_t>(j)], j) -= 1;
        product.col(j) = p.col(j).cwiseProduct(d.col(j)) - p.col(j) * p.col(j).dot(d.col(j));
    }
    BOOST_TEST((VectorXd(at.gradient()) * n - gradient.reshaped()).lpNorm<Eigen::Infinity>() < 1e-14);
    BOOST_TEST((VectorXd(at.hessian() * v) * n - product.reshaped()).lpNorm<Eigen::Infinity>() < 1e-14);
    BOOST_TEST(at.value() == f.value(x));
}

BOOST_AUTO_TEST_CASE(picked_entries_of_any_layout_receive_their_adjoints) {
    const Index r = 4, c = 7;
    const Eigen::VectorXi rows{{3, 0, 0, 2, 1, 3, 3}}, few{{6, 0, 6, 1}};
    const auto f = objective(
        [&](const auto& theta) {
            const auto x = theta.reshaped(r, c);
            return pick(x, rows).squaredNorm() + pick(x.transpose(), few).squaredNorm() +
                   exp(pick(x.block(1, 2, 2, 4) * 2.0, Eigen::VectorXi{{1, 1, 0, 1}})).sum();
        },
        r * c);
    const auto loops = [&](const HyperDualVector& x) {
        HyperDual s = 0;
        for (Index j = 0; j < c; ++j) s += x[rows[j] + j * r] * x[rows[j] + j * r];
        for (Index i = 0; i < r; ++i) s += x[i + few[i] * r] * x[i + few[i] * r];
        const std::array<Index, 4> inner{1, 1, 0, 1};
        for (Index j = 0; j < 4; ++j) s += exp(2.0 * x[1 + inner[static_cast<std::size_t>(j)] + (j + 2) * r]);
        return s;
    };
    check_loss(f, loops, random_vector(r * c, 7));
}

BOOST_AUTO_TEST_CASE(the_largest_and_the_smallest_entry_are_variables) {
    const Index r = 6, c = 11;
    const auto f = objective(
        [](const auto& theta) {
            const auto x = theta.reshaped(r, c);
            return x.maxCoeff() * x.minCoeff() +
                   exp(x.block(1, 1, 3, 4)).maxCoeff() * x.transpose().row(3).minCoeff();
        },
        r * c);
    const auto loops = [](const HyperDualVector& x) {
        HyperDual largest = x[0], smallest = x[0], part = x[1 + r], row = x[3 * r];
        for (Index i = 0; i < r; ++i) {
            for (Index j = 0; j < c; ++j) {
                largest = max(largest, x[i + j * r]);
                smallest = min(smallest, x[i + j * r]);
                if (i >= 1 && i < 4 && j >= 1 && j < 5) part = max(part, x[i + j * r]);
                if (j == 3) row = min(row, x[i + j * r]);
            }
        }
        return largest * smallest + exp(part) * row;
    };
    check_loss(f, loops, random_vector(r * c, 8));
}

BOOST_AUTO_TEST_CASE(reductions_of_nothing) {
    const VectorXd x = random_vector(4, 9);
    BOOST_TEST(objective([](const auto& t) { return t.head(0).sum() + t.sum(); }, 4).value(x) == x.sum());
    const auto refuses = [&](const auto& loss, const std::string& word) {
        BOOST_CHECK_EXCEPTION((void)objective(loss, 4).linearize(x), std::invalid_argument,
                              [&](const std::invalid_argument& error) {
                                  return std::string(error.what()).find(word) != std::string::npos;
                              });
    };
    refuses([](const auto& t) { return t.head(0).mean(); }, "mean of no entries");
    refuses([](const auto& t) { return t.head(0).maxCoeff(); }, "extreme of no entries");
}

BOOST_AUTO_TEST_SUITE_END()
