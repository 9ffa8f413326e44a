#include "hesse/autodiff/whole_array_words.hpp"

#include "hesse/autodiff/array.hpp"
#include "hesse/autodiff/matrix.hpp"
#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "support/derivative_check.hpp"
#include "support/layouts.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <stdexcept>

namespace {
using namespace hesse;
using namespace hesse::test;
using test::Layout;

constexpr Shape shapes[] = {{1, 1}, {1, 6}, {5, 1}, {3, 4}, {5, 3}};

/// Parameters of which some are zero.
VectorXd with_zeros(Index n, Index zeros) {
    VectorXd x = random_vector(n, 3);
    for (Index k = 0; k < zeros; ++k) x[(5 * k + 1) % n] = 0;
    return x;
}
HyperDual product(const auto& x) {
    HyperDual y = 1;
    for (Index k = 0; k < x.size(); ++k) y *= x(k);
    return y;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(whole_array_words)

// Of one zero the first derivatives are not all zero, of two the second.
BOOST_AUTO_TEST_CASE(products_are_exact_whatever_is_zero) {
    for (const Shape& size : shapes) {
        const Index r = size.rows, c = size.cols;
        for (const Layout layout : layouts) {
            const auto f = objective(
                [&](const auto& theta) {
                    const auto x = laid_out(theta, layout, r, c);
                    return 100.0 * x.prod() + 20.0 * x.colwise().prod().sum() +
                           x.rowwise().prod().squaredNorm();
                },
                parameters_of(layout, r, c));
            const auto loops = [&](const HyperDualVector& theta) {
                const Table x = table_of(theta, layout, r, c);
                HyperDual s = 100.0 * product(x.reshaped());
                for (Index j = 0; j < c; ++j) s += 20.0 * product(x.col(j));
                for (Index i = 0; i < r; ++i) s += product(x.row(i)) * product(x.row(i));
                return s;
            };
            for (Index zeros = 0; zeros < 4; ++zeros) {
                BOOST_TEST_CONTEXT("shape " << r << " x " << c << ", zeros " << zeros) {
                    check_loss(f, loops, with_zeros(f.size(), zeros), {100.0, 2e-14});
                }
            }
        }
    }
    BOOST_TEST(
        objective([](const auto& x) { return x.head(0).prod() + 0.0 * x(0); }, 1).value(VectorXd{{3}}) == 1);
}

BOOST_AUTO_TEST_CASE(extremes_of_columns_and_rows) {
    for (const Shape& size : shapes) {
        const Index r = size.rows, c = size.cols;
        for (const Layout layout : layouts) {
            const auto f = objective(
                [&](const auto& theta) {
                    const auto x = laid_out(theta, layout, r, c);
                    return fingerprint(x.colwise().maxCoeff()) + fingerprint(x.rowwise().maxCoeff()) +
                           fingerprint(x.cwiseAbs2().colwise().minCoeff()) +
                           fingerprint(x.rowwise().minCoeff()) + x.maxCoeff() * x.minCoeff();
                },
                parameters_of(layout, r, c));
            const auto loops = [&](const HyperDualVector& theta) {
                const Table x = table_of(theta, layout, r, c);
                Table above = x.row(0), below = x.row(0).cwiseProduct(x.row(0)), right = x.col(0),
                      left = x.col(0);
                HyperDual largest = x(0, 0), smallest = x(0, 0);
                for (Index j = 0; j < c; ++j) {
                    for (Index i = 0; i < r; ++i) {
                        above(0, j) = max(above(0, j), x(i, j));
                        below(0, j) = min(below(0, j), x(i, j) * x(i, j));
                        right(i, 0) = max(right(i, 0), x(i, j));
                        left(i, 0) = min(left(i, 0), x(i, j));
                        largest = max(largest, x(i, j));
                        smallest = min(smallest, x(i, j));
                    }
                }
                return fingerprint(above) + fingerprint(right) + fingerprint(below) + fingerprint(left) +
                       largest * smallest;
            };
            check_loss(f, loops, random_vector(f.size(), 4));
        }
    }
    const auto places = objective(
        [](const auto& x) {
            int row = -1, col = -1, place = -1;
            typename std::decay_t<decltype(x)>::Scalar y = x.reshaped(2, 3).maxCoeff(&row, &col);
            y += x.minCoeff(&place);
            return y * (row + 10 * col + 100 * place);
        },
        6);
    BOOST_TEST(places.value(VectorXd{{2, 3, 1, 9, 4, 5}}) == (9 + 1) * (1 + 10 * 1 + 100 * 2));
    // The first of equal ones.
    const auto f = objective([](const auto& x) { return x.reshaped(2, 2).rowwise().maxCoeff().sum(); }, 4);
    BOOST_TEST(VectorXd(f.linearize(VectorXd::Ones(4)).gradient()) == (VectorXd{{1, 1, 0, 0}}));
}

BOOST_AUTO_TEST_CASE(diagonals_corners_tiles_and_reversals_are_those_of_eigen) {
    for (const Shape& size : shapes) {
        const Index r = size.rows, c = size.cols;
        for (const Layout layout : layouts) {
            // The same words say it for the library's arrays and for Eigen's.
            const auto words = [&](const auto& x) {
                typename std::decay_t<decltype(x)>::Scalar s =
                    fingerprint(x.reverse().eval()) + fingerprint(x.colwise().reverse().eval()) +
                    fingerprint(x.rowwise().reverse().eval()) + x.trace() * x.trace() +
                    fingerprint(x.replicate(2, 3).eval()) + fingerprint(x.col(0).replicate(1, 3).eval()) +
                    fingerprint(x.row(0).replicate(2, 1).eval()) +
                    fingerprint(x.template replicate<1, 2>().eval()) +
                    fingerprint(x.template topRows<1>().eval()) +
                    fingerprint(x.template topRightCorner<1, 1>().eval());
                for (Index k = -r + 1; k < c; ++k) s += fingerprint(x.diagonal(k).eval());
                for (Index n = 0; n <= r; ++n) {
                    for (Index m = 0; m <= c; ++m) {
                        s += fingerprint(x.topLeftCorner(n, m).eval()) +
                             fingerprint(x.topRightCorner(n, m).eval()) +
                             fingerprint(x.bottomLeftCorner(n, m).eval()) +
                             fingerprint(x.bottomRightCorner(n, m).eval());
                    }
                }
                return s;
            };
            const auto f = objective([&](const auto& theta) { return words(laid_out(theta, layout, r, c)); },
                                     parameters_of(layout, r, c));
            const auto truth = [&](const HyperDualVector& theta) {
                return words(table_of(theta, layout, r, c));
            };
            check_loss(f, truth, random_vector(f.size(), 5), {100.0, 2e-14});
        }
    }
    const auto beyond = objective([](const auto& x) { return x.reshaped(2, 3).diagonal(4).sum(); }, 6);
    BOOST_CHECK_THROW((void)beyond.value(VectorXd::Ones(6)), std::out_of_range);
}

BOOST_AUTO_TEST_CASE(norms_of_every_kind) {
    const auto f = objective(
        [](const auto& x) {
            const auto m = x.reshaped(3, 4);
            return x.template lpNorm<1>() * x.template lpNorm<2>() +
                   x.template lpNorm<Eigen::Infinity>() * m.stableNorm() +
                   fingerprint(m.normalized()) * m(0, 0) +
                   fingerprint(m.colwise().normalized() * 1.0) * m(1, 1) + m.rowwise().normalized().sum();
        },
        12);
    const auto loops = [](const HyperDualVector& x) {
        HyperDual absolute = 0, squares = 0, largest = 0;
        Table columns = Table::Constant(3, 4, HyperDual(0)), rows = columns, m = columns;
        for (Index k = 0; k < 12; ++k) {
            absolute += abs(x[k]);
            squares += x[k] * x[k];
            largest = max(largest, abs(x[k]));
            m(k % 3, k / 3) = x[k];
        }
        for (Index k = 0; k < 12; ++k) {
            const Index i = k % 3, j = k / 3;
            HyperDual column = 0, row = 0;
            for (Index l = 0; l < 3; ++l) column += m(l, j) * m(l, j);
            for (Index l = 0; l < 4; ++l) row += m(i, l) * m(i, l);
            columns(i, j) = m(i, j) / sqrt(column);
            rows(i, j) = m(i, j) / sqrt(row);
        }
        HyperDual sum = 0;
        for (Index k = 0; k < 12; ++k) sum += rows(k % 3, k / 3);
        return absolute * sqrt(squares) + largest * sqrt(squares) + fingerprint(m) / squares * m(0, 0) +
               fingerprint(columns) * m(1, 1) + sum;
    };
    check_loss(f, loops, random_vector(12, 6), {10.0, 2e-14});

    const auto stable = objective([](const auto& x) { return x.stableNorm(); }, 2);
    for (const double scale : {1e-200, 1e200}) {
        const auto at = stable.linearize(VectorXd{{3 * scale, -4 * scale}});
        BOOST_TEST(at.value() == 5 * scale, boost::test_tools::tolerance(1e-15));
        BOOST_TEST((VectorXd(at.gradient()) - VectorXd{{0.6, -0.8}}).norm() < 1e-15);
    }
    BOOST_TEST(stable.value(VectorXd::Zero(2)) == 0);
    const auto unit = objective([](const auto& x) { return x.normalized().sum(); }, 2);
    BOOST_TEST(unit.value(VectorXd::Zero(2)) == 0);
}

BOOST_AUTO_TEST_CASE(comparisons_are_counted_and_select) {
    const VectorXd x{{-1, 2, -3, 4}};
    const auto f = objective(
        [](const auto& t) {
            const auto positive = t.array() > 0;
            const double facts = static_cast<double>(positive.count()) + (positive.any() ? 10 : 0) +
                                 (positive.all() ? 100 : 0) + ((t.array() < 9.0).all() ? 1000 : 0) +
                                 (t.allFinite() ? 10000 : 0);
            return positive.select(t.array() * t.array(), 2.0).sum() + facts +
                   (positive.select(t.array(), t.array() * 3.0)).sum() +
                   positive.select(1.0, t.array()).sum();
        },
        4);
    const auto at = f.linearize(x);
    BOOST_TEST(at.value() == 2 + 10 + 1000 + 10000 + (4 + 16 + 2 + 2) + (2 + 4 - 3 - 9) + (1 + 1 - 1 - 3));
    BOOST_TEST(VectorXd(at.gradient()) == (VectorXd{{3 + 1, 4 + 1, 3 + 1, 8 + 1}}));
    BOOST_TEST(f.value(x) == at.value());
}

BOOST_AUTO_TEST_CASE(a_generic_lambda_is_an_elementary_function) {
    const auto f = objective(
        [](const auto& x) {
            const auto y = x.unaryExpr([](const auto& t) { return t * exp(-t * t) + 1.0; });
            return y.squaredNorm() +
                   (x * 2.0).unaryExpr([](const auto& t) { return t / (1.0 + t * t); }).sum();
        },
        19);
    const auto loops = [](const HyperDualVector& x) {
        HyperDual s = 0;
        for (const HyperDual& t : x) {
            const HyperDual y = t * exp(-t * t) + 1.0;
            s += y * y + 2.0 * t / (1.0 + 4.0 * t * t);
        }
        return s;
    };
    check_loss(f, loops, random_vector(19, 7));
}

BOOST_AUTO_TEST_SUITE_END()
