#include "hesse/autodiff/array.hpp"

#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/trigonometric.hpp"
#include "support/derivative_check.hpp"
#include "support/error_text.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace {
using namespace hesse;
using namespace hesse::test;

/// A weight for each entry, so that a view that confuses two entries is found out.
template <class V>
auto weighted(const V& view, const MatrixXd& weights) {
    return (view.array() * view.array() * weights.topLeftCorner(view.rows(), view.cols()).array()).sum();
}
/// The same in loops over entry(i, j).
template <class Entry>
HyperDual weighted(Index rows, Index cols, const MatrixXd& weights, const Entry& entry) {
    HyperDual s = 0;
    for (Index j = 0; j < cols; ++j) {
        for (Index i = 0; i < rows; ++i) s += entry(i, j) * entry(i, j) * weights(i, j);
    }
    return s;
}

const MatrixXd weights = random_matrix(80, 80, 21);
}  // namespace

BOOST_AUTO_TEST_SUITE(array)

BOOST_AUTO_TEST_CASE(parts_of_vectors_are_the_entries_they_name) {
    const Index n = 70;
    const auto f = objective(
        [](const auto& x) {
            const auto row = x.transpose();
            return weighted(x.head(65), weights) + weighted(x.tail(3), weights) +
                   weighted(x.segment(1, 9), weights) + weighted(row.segment(2, 7), weights) +
                   weighted(row.head(5), weights) +
                   weighted(x.segment(3, 60).segment(4, 50).tail(7), weights) +
                   weighted(x.segment(5, 0), weights);
        },
        n);
    const auto loops = [](const HyperDualVector& x) {
        const auto part = [&](Index first, Index count) {
            return weighted(count, 1, weights, [&](Index i, Index) { return x[first + i]; });
        };
        const auto row = [&](Index first, Index count) {
            return weighted(1, count, weights, [&](Index, Index j) { return x[first + j]; });
        };
        return part(0, 65) + part(67, 3) + part(1, 9) + row(2, 7) + row(0, 5) + part(50, 7);
    };
    check_loss(f, loops, random_vector(n, 22), {10.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(parts_of_matrices_are_the_entries_they_name) {
    const Index r = 9, c = 70;
    const auto f = objective(
        [=](const auto& x) {
            const auto m = x.reshaped(r, c);
            return weighted(m.block(1, 2, 7, 66), weights) + weighted(m.row(3), weights) +
                   weighted(m.col(69), weights) + weighted(m.topRows(2), weights) +
                   weighted(m.bottomRows(3), weights) + weighted(m.middleRows(2, 4), weights) +
                   weighted(m.leftCols(1), weights) + weighted(m.rightCols(65), weights) +
                   weighted(m.middleCols(5, 3), weights) + weighted(m.transpose(), weights) +
                   weighted(m.transpose().block(3, 1, 60, 8).transpose().row(2), weights);
        },
        r * c);
    const auto loops = [=](const HyperDualVector& x) {
        const auto part = [&](Index row, Index col, Index rows, Index cols) {
            return weighted(rows, cols, weights,
                            [&](Index i, Index j) { return x[row + i + (col + j) * r]; });
        };
        return part(1, 2, 7, 66) + part(3, 0, 1, c) + part(0, 69, r, 1) + part(0, 0, 2, c) +
               part(6, 0, 3, c) + part(2, 0, 4, c) + part(0, 0, r, 1) + part(0, 5, r, 65) + part(0, 5, r, 3) +
               weighted(c, r, weights, [&](Index i, Index j) { return x[j + i * r]; }) + part(3, 3, 1, 60);
    };
    check_loss(f, loops, random_vector(r * c, 23), {10.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(reshaping_keeps_the_order_of_columns) {
    const Index r = 6, c = 10;
    const auto f = objective(
        [=](const auto& x) {
            const auto m = x.reshaped(r, c);
            return weighted(m.reshaped(15, 4), weights) + weighted(m.reshaped(), weights) +
                   weighted(m.transpose().reshaped(4, 15), weights) +       // not dense: copied
                   weighted(m.block(1, 1, 3, 8).reshaped(4, 6), weights) +  // likewise
                   weighted(m.row(2).reshaped(5, 2), weights) + weighted(m.row(2).reshaped(10, 1), weights) +
                   weighted(m.col(2).reshaped(1, 6), weights) + weighted(m.col(2).reshaped(2, 3), weights) +
                   weighted(exp(m).reshaped(3, 20), weights);
        },
        r * c);
    const auto loops = [=](const HyperDualVector& x) {
        const auto at = [&](Index rows, Index cols, const auto& entry) {
            return weighted(rows, cols, weights,
                            [&](Index i, Index j) -> HyperDual { return entry(i + j * rows); });
        };
        const auto direct = [&](Index k) { return x[k]; };
        return at(15, 4, direct) + at(60, 1, direct) +
               at(4, 15, [&](Index k) { return x[k / c + k % c * r]; }) +
               at(4, 6, [&](Index k) { return x[1 + k % 3 + (1 + k / 3) * r]; }) +
               at(5, 2, [&](Index k) { return x[2 + k * r]; }) +
               at(10, 1, [&](Index k) { return x[2 + k * r]; }) +
               at(1, 6, [&](Index k) { return x[k + 2 * r]; }) +
               at(2, 3, [&](Index k) { return x[k + 2 * r]; }) +
               at(3, 20, [&](Index k) { return exp(x[k]); });
    };
    check_loss(f, loops, random_vector(r * c, 24), {10.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(entries_are_scalars_beside_arrays) {
    const Index n = 66;
    const auto f = objective(
        [=](const auto& x) {
            const auto m = x.reshaped(6, 11);
            typename std::decay_t<decltype(x)>::Scalar s = x(0) * x[65] + m(2, 3) * m(5, 10);
            for (Index i = 0; i + 1 < n; i += 7) s += x(i) * sin(x(i + 1));
            const auto y = exp(x);  // entries of a statement
            for (Index i = 1; i < 5; ++i) s -= y(i) * y(i - 1) * x(i);
            const auto part = y.tail(10);
            s += part(9) * part.squaredNorm() + (m * part(3)).sum() + m.transpose()(7, 4) * y.sum();
            return s;
        },
        n);
    const auto loops = [=](const HyperDualVector& x) {
        const auto y = [&](Index i) { return exp(x[i]); };
        HyperDual s = x[0] * x[65] + x[2 + 3 * 6] * x[65];
        for (Index i = 0; i + 1 < n; i += 7) s += x[i] * sin(x[i + 1]);
        for (Index i = 1; i < 5; ++i) s -= y(i) * y(i - 1) * x[i];
        HyperDual norm = 0, sum = 0, all = 0;
        for (Index i = 56; i < 66; ++i) norm += y(i) * y(i);
        for (Index i = 0; i < n; ++i) sum += x[i], all += y(i);
        return s + y(65) * norm + sum * y(59) + x[4 + 7 * 6] * all;
    };
    check_loss(f, loops, random_vector(n, 25), {100.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(reading_entries_of_two_arrays_by_turns_costs_no_more_than_of_one) {
    // What a sweep clears must not grow with every entry that was read.
    const Index n = 20000;
    const VectorXd x = random_vector(n, 26), v = random_vector(n, 27);
    const auto seconds_of_a_product = [&](Index stride) {
        const auto f = objective(
            [=](const auto& theta) {
                const auto a = theta.head(n / 2);
                const auto b = exp(theta.tail(n / 2));
                typename std::decay_t<decltype(theta)>::Scalar s = 0;
                for (Index i = 0; i < n / 2; ++i) s += a(i) * (i % stride == 0 ? b(i) : a(n / 2 - 1 - i));
                return s;
            },
            n);
        const auto at = f.linearize(x);
        VectorXd out(n);
        double best = 1e9;
        for (int i = 0; i < 5; ++i) {
            const auto start = std::chrono::steady_clock::now();
            at.hessian().apply(v, out);
            best = std::min(best,
                            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        }
        return best;
    };
    BOOST_TEST(seconds_of_a_product(1) < 5 * seconds_of_a_product(n));  // else some fifty times
}

BOOST_AUTO_TEST_CASE(the_loss_may_return_any_scalar) {
    const VectorXd x = random_vector(5, 28);
    const auto gradient_of = [&](const auto& loss) {
        return VectorXd(objective(loss, 5).linearize(x).gradient());
    };
    BOOST_TEST(gradient_of([](const auto& t) { return t(3); }) == VectorXd::Unit(5, 3));
    BOOST_TEST(gradient_of([](const auto& t) { return t(3) + t(1) * 2.0; }) ==
               (VectorXd::Unit(5, 3) + 2.0 * VectorXd::Unit(5, 1)));
    BOOST_TEST(gradient_of([](const auto& t) { return t.sum(); }) == VectorXd::Ones(5));
    BOOST_TEST(gradient_of([](const auto&) { return 2.0; }) == VectorXd::Zero(5));
    BOOST_TEST(gradient_of([](const auto& t) { return exp(t * 0.0)(0); }) == VectorXd::Zero(5));
}

BOOST_AUTO_TEST_CASE(parts_outside_an_array_are_refused) {
    const VectorXd x = random_vector(12, 29);
    const auto refuses = [&](const auto& part, const std::string& text) {
        const auto f = objective([&](const auto& t) { return part(t); }, 12);
        const auto says = [&](const std::exception& error) {
            BOOST_TEST_MESSAGE(error.what());
            return std::string(error.what()).find(text) != std::string::npos;
        };
        BOOST_CHECK_EXCEPTION((void)f.linearize(x), std::out_of_range, says);
        BOOST_CHECK_EXCEPTION((void)f.value(x), std::out_of_range, says);
    };
    refuses([](const auto& t) { return t(12); }, "(12 x 1)");
    refuses([](const auto& t) { return t(-1); }, "(12 x 1)");
    refuses([](const auto& t) { return t.head(13).sum(); }, "block of shape (13 x 1) at (0, 0)");
    refuses([](const auto& t) { return t.segment(10, 3).sum(); }, "block of shape (3 x 1) at (10, 0)");
    refuses([](const auto& t) { return t.reshaped(3, 4)(3, 0); }, "(3 x 4)");
    refuses([](const auto& t) { return t.reshaped(3, 4).col(4).sum(); }, "at (0, 4)");
    refuses([](const auto& t) { return t.reshaped(3, 4).block(1, 1, 3, 1).sum(); },
            "does not lie within an array of shape (3 x 4)");
    const auto f = objective([](const auto& t) { return t.reshaped(5, 3).sum(); }, 12);
    BOOST_CHECK_EXCEPTION((void)f.value(x), std::invalid_argument, [](const std::exception& error) {
        return without_line(error) == "reshaped: the shapes (12 x 1) and (5 x 3) do not fit";
    });
    const auto g = objective([](const auto& t) { return t.reshaped(3, 4).segment(0, 2).sum(); }, 12);
    BOOST_CHECK_THROW((void)g.value(x), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(arrays_of_an_earlier_recording_are_refused) {
    const VectorXd x = random_vector(3, 30);
    using Theta = ArrayView<double, true, Words::matrix>;
    std::vector<Theta> kept;
    int mode = 0;
    const auto f = objective(
        [&]<class V>(const V& theta) {
            if constexpr (std::is_same_v<V, Theta>) {
                kept.push_back(theta);
                if (mode == 1) return (kept.front() + theta).sum();
                if (mode == 2) return kept.front().sum();
                if (mode == 3) return (theta.transpose() * kept.front())(0);
                if (mode == 4) return kept.front()(1);
            }
            return theta.sum();
        },
        3);
    (void)f.linearize(x);
    for (mode = 1; mode <= 4; ++mode) {
        BOOST_CHECK_EXCEPTION((void)f.linearize(x), std::logic_error, [](const std::logic_error& error) {
            return std::string(error.what()).find("earlier recording") != std::string::npos;
        });
    }
    mode = 0;
    BOOST_TEST(f.linearize(x).value() == x.sum());
}

BOOST_AUTO_TEST_SUITE_END()
