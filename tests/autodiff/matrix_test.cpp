#include "hesse/autodiff/matrix.hpp"

#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace {
using namespace hesse;
using namespace hesse::test;

template <class Theta>
using MatrixLike = Matrix<typename std::decay_t<Theta>::Scalar>;
}  // namespace

BOOST_AUTO_TEST_SUITE(matrix)

BOOST_AUTO_TEST_CASE(columns_written_one_after_another_make_a_recurrence) {
    for (const Index n : {1, 5, 70}) {
        const Index steps = 6;
        const auto f = objective(
            [=](const auto& x) {
                MatrixLike<decltype(x)> h(n, steps);
                h.col(0) = x;
                for (Index t = 1; t < steps; ++t)
                    h.col(t) = tanh(h.col(t - 1) * 0.9 + x.cwiseProduct(h.col(t - 1)));
                return h.squaredNorm() + h(n - 1, 2) * h.col(3).sum();
            },
            n);
        const auto loops = [=](const HyperDualVector& x) {
            HyperDual s = 0, sum = 0, entry;
            for (Index i = 0; i < n; ++i) {
                HyperDual h = x[i];
                s += h * h;
                for (Index t = 1; t < steps; ++t) {
                    h = tanh(h * 0.9 + x[i] * h);
                    s += h * h;
                    if (t == 2) entry = h;
                    if (t == 3) sum += h;
                }
            }
            return s + entry * sum;
        };
        check_loss(f, loops, random_vector(n, 1), {static_cast<double>(n), 2e-14});
    }
}

BOOST_AUTO_TEST_CASE(what_was_read_keeps_its_meaning_when_the_matrix_is_written) {
    const auto f = objective(
        [](const auto& x) {
            MatrixLike<decltype(x)> m(2, 3);
            m.row(0) = x.head(3).transpose();
            const auto before = m.row(0) * 2.0;  // of x0 x1 x2
            const auto sum = m.sum();
            const auto copy = m;
            m.row(0) = x.tail(3).transpose();
            m(1, 2) = x(0) * x(5);
            m.block(0, 0, 2, 2) += copy.block(0, 1, 2, 2);
            m.col(1) *= x(1);
            m(1, 2) += m(0, 0) * m(1, 2);
            m(0, 2) -= 0.5;
            return before.sum() * m.squaredNorm() + sum * m(1, 2) + copy.squaredNorm() * m.rightCols(1).sum();
        },
        6);
    const auto loops = [](const HyperDualVector& x) {
        HyperDual m[2][3] = {{x[3] + x[1], x[4] + x[2], x[5]}, {0, 0, x[0] * x[5]}};
        m[0][1] *= x[1];
        m[1][2] += m[0][0] * m[1][2];
        m[0][2] -= 0.5;
        HyperDual norm = 0;
        for (const auto& row : m) {
            for (const auto& entry : row) norm += entry * entry;
        }
        const HyperDual sum = x[0] + x[1] + x[2];
        return 2.0 * sum * norm + sum * m[1][2] +
               (x[0] * x[0] + x[1] * x[1] + x[2] * x[2]) * (m[0][2] + m[1][2]);
    };
    check_loss(f, loops, random_vector(6, 2), {10.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(entries_written_in_loops_are_variables) {
    const Index n = 7;
    const auto f = objective(
        [=](const auto& x) {
            MatrixLike<decltype(x)> a(n, n), v(n);
            for (Index i = 0; i < n; ++i) {
                for (Index j = 0; j < n; ++j) a(i, j) = exp(-square(x(i) - x(j))) + (i == j ? 1.0 : 0.0);
                v(i) = x(i);
            }
            v(2) += 1;
            if (a(0, 1) > 0.0) v(3) -= a(0, 1) * 2.0;
            return v.dot(a * v) + a(1, 2) * v(0);
        },
        n);
    const auto loops = [=](const HyperDualVector& x) {
        const auto a = [&](Index i, Index j) { return exp(-square(x[i] - x[j])) + (i == j ? 1.0 : 0.0); };
        HyperDualVector v = x;
        v[2] += 1;
        v[3] -= a(0, 1) * 2.0;
        HyperDual s = a(1, 2) * v[0];
        for (Index i = 0; i < n; ++i) {
            for (Index j = 0; j < n; ++j) s += v[i] * a(i, j) * v[j];
        }
        return s;
    };
    check_loss(f, loops, random_vector(n, 3), {50.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(blocks_overlap_and_alias_as_values) {
    const auto f = objective(
        [](const auto& x) {
            MatrixLike<decltype(x)> m = x.reshaped(4, 4);
            m.block(0, 0, 3, 3) = m.block(1, 1, 3, 3) * x(0);  // reads what it writes
            m.col(0) = m.col(3);
            m.topRows(2) -= m.bottomRows(2);
            m.row(1) = m.row(1) + m.row(2) * 3.0;
            return (m.transpose() * m).squaredNorm() + m.colwise().sum().squaredNorm();
        },
        16);
    const auto loops = [](const HyperDualVector& x) {
        HyperDual m[4][4], old[4][4];
        for (Index i = 0; i < 4; ++i) {
            for (Index j = 0; j < 4; ++j) m[i][j] = old[i][j] = x[i + 4 * j];
        }
        for (int i = 0; i < 3; ++i) {
            for (int j = 0; j < 3; ++j) m[i][j] = old[i + 1][j + 1] * x[0];
        }
        for (auto& row : m) row[0] = row[3];
        for (int j = 0; j < 4; ++j) {
            m[0][j] -= m[2][j];
            m[1][j] -= m[3][j];
            m[1][j] += m[2][j] * 3.0;
        }
        HyperDual s = 0;
        for (int j = 0; j < 4; ++j) {
            HyperDual column = 0;
            for (const auto& row : m) column += row[j];
            s += column * column;
            for (int k = 0; k < 4; ++k) {
                HyperDual dot = 0;
                for (const auto& row : m) dot += row[j] * row[k];
                s += dot * dot;
            }
        }
        return s;
    };
    check_loss(f, loops, random_vector(16, 4), {100.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(constants_and_variables_share_a_matrix) {
    const MatrixXd data = random_matrix(5, 4, 5);
    const auto f = objective(
        [&](const auto& x) {
            MatrixLike<decltype(x)> m = data;
            m.col(1) = x;
            m.col(2) += x * 2.0;
            m.row(4) = 3.0;
            m.block(0, 3, 2, 1) = data.block(1, 1, 2, 1);
            MatrixLike<decltype(x)> untouched(2, 2);
            untouched(0, 1) = 4.0;
            m += data;
            m -= MatrixXd(data * 0.5);
            return m.squaredNorm() + untouched.sum() * x.sum();
        },
        5);
    const auto loops = [&](const HyperDualVector& x) {
        HyperDual s = 0, sum = 0;
        for (Index i = 0; i < 5; ++i) {
            sum += x[i];
            for (Index j = 0; j < 4; ++j) {
                HyperDual m = data(i, j);
                if (j == 1) m = x[i];
                if (j == 2) m += x[i] * 2.0;
                if (i == 4) m = 3.0;
                if (j == 3 && i < 2) m = data(i + 1, 1);
                m += 0.5 * data(i, j);
                s += m * m;
            }
        }
        return s + 4.0 * sum;
    };
    check_loss(f, loops, random_vector(5, 6), {30.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(copies_are_values_and_moves_hand_over) {
    const auto f = objective(
        [](const auto& x) {
            MatrixLike<decltype(x)> a(3, 1);
            a.head(2) = x.head(2);
            auto b = a;
            a(2) = x(2);
            b(2) = x(2) * x(2);
            auto c = std::move(a);
            c(0) = b(2) * c(0);
            a = b;
            a(1) = 7.0;
            std::swap(b, c);
            return a.squaredNorm() + 2.0 * b.squaredNorm() + 3.0 * c.squaredNorm();
        },
        3);
    const auto loops = [](const HyperDualVector& x) {
        const HyperDual q = x[2] * x[2];
        const HyperDual first = q * x[0];
        return x[0] * x[0] + 49 + q * q + 2.0 * (first * first + x[1] * x[1] + x[2] * x[2]) +
               3.0 * (x[0] * x[0] + x[1] * x[1] + q * q);
    };
    check_loss(f, loops, random_vector(3, 7), {100.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(a_matrix_of_plain_numbers_is_a_matrix_of_numbers) {
    Matrix<double> m(2, 2);
    m(0, 0) = 1;
    m(1, 0) = 2;
    const Matrix<double> copy = m;
    m.col(1) = m.col(0) * 10.0;
    double& entry = m(0, 0);
    entry = -1;
    BOOST_TEST(m(0, 1) == 10);
    BOOST_TEST(m.sum() == -1 + 2 + 10 + 20);
    BOOST_TEST(copy.sum() == 3);
    BOOST_TEST((m.transpose() * m)(0, 0) == 5);
    const Matrix<double> empty;
    BOOST_TEST(empty.size() == 0);
    BOOST_TEST(empty.sum() == 0);
}

BOOST_AUTO_TEST_CASE(parts_are_changed_in_eigens_words) {
    // The same words over the library's matrices and over Eigen's.
    const auto words = [](auto& m, const auto& x) {
        m.array() += 1.0;
        m.topRows(2).array() *= m.bottomRows(2).array();
        m.colwise() += x.head(4);
        m.leftCols(3).rowwise() -= x.head(3).transpose();
        m.block(1, 0, 2, 3).col(1) *= 2.0;
        m.row(2).segment(1, 2).array() = x(0);
        m.template rightCols<2>().array() /= 3.0;
        m.row(3).tail(2) += x.tail(2).transpose();
        m.block(0, 1, 2, 2)(1, 1) -= x(1);
        m.row(0)(1) *= x(2);
        m.bottomRightCorner(2, 2) -= m.topLeftCorner(2, 2);
        m.array() -= m.array() * 0.5;
    };
    const auto f = objective(
        [&](const auto& x) {
            MatrixLike<decltype(x)> m = x.reshaped(4, 4);
            const auto before = m.array();
            words(m, x);
            m.colwise() *= x.head(4);
            m.rowwise() /= x.tail(4).transpose();
            return m.squaredNorm() + before.square().sum();  // of x
        },
        16);
    const auto loops = [&](const HyperDualVector& x) {
        Eigen::Matrix<HyperDual, Eigen::Dynamic, Eigen::Dynamic> m = x.reshaped(4, 4);
        words(m, x);
        HyperDual s = 0;
        for (Index k = 0; k < 16; ++k) {
            const HyperDual y = m.reshaped()[k] * x[k % 4] / x[12 + k / 4];
            s += y * y + x[k] * x[k];
        }
        return s;
    };
    check_loss(f, loops, random_vector(16, 9, 0.5, 1.5), {100.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(blocks_and_scalars_are_put_in_by_commas) {
    const MatrixXd data = random_matrix(2, 3, 10);
    const auto f = objective(
        [&](const auto& x) {
            MatrixLike<decltype(x)> m(4, 4), v(3);
            m << x.head(4).reshaped(2, 2), 2.0 * x.head(4).reshaped(2, 2), data, x.tail(2);
            v << x(0), 1.0, x(1) * x(2);
            return m.cwiseAbs2().cwiseAbs2().sum() + v.squaredNorm() * m(3, 3) + m(2, 1) * m(0, 3);
        },
        6);
    const auto loops = [&](const HyperDualVector& x) {
        Eigen::Matrix<HyperDual, Eigen::Dynamic, Eigen::Dynamic> m(4, 4);
        m << x.head(4).reshaped(2, 2), x.head(4).reshaped(2, 2) * HyperDual(2.0), data.cast<HyperDual>(),
            x.tail(2);
        HyperDual s = m(2, 1) * m(0, 3);
        for (const HyperDual& entry : m.reshaped()) s += entry * entry * entry * entry;
        return s + (x[0] * x[0] + 1.0 + x[1] * x[2] * x[1] * x[2]) * m(3, 3);
    };
    check_loss(f, loops, random_vector(6, 11), {10.0, 2e-14});

    const auto refuses = [](const auto& fill) {
        hesse::Matrix<double> m(2, 2);
        BOOST_CHECK_EXCEPTION(fill(m), std::invalid_argument, [](const std::invalid_argument& error) {
            return std::string(error.what()).find("comma initializer: the shapes (2 x 2)") == 0;
        });
    };
    refuses([](auto& m) { m << 1, 2, 3; });
    refuses([](auto& m) { m << 1, 2, 3, 4, 5; });
    refuses([](auto& m) { m << 1, MatrixXd::Ones(2, 1), 3; });
}

BOOST_AUTO_TEST_CASE(eigens_matrices_of_variables_become_arrays) {
    const auto f = objective(
        [](const auto& x) {
            using S = typename std::decay_t<decltype(x)>::Scalar;
            Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic> e(3, 3);
            for (Index i = 0; i < 3; ++i) {
                for (Index j = 0; j < 3; ++j) e(i, j) = i == j ? S(2.0) : S(x(i) * x(j));
            }
            const MatrixXd data = MatrixXd::Identity(3, 3) * 2.0;
            const MatrixLike<decltype(x)> m = e;
            const auto y = e * x;                  // a product of arrays
            const auto z = x + (x(0) * data) * x;  // a scalar times Eigen's data
            e(0, 1) += 100.0;                      // no longer seen by y
            return y.squaredNorm() + z.squaredNorm() + m.squaredNorm() + (e.transpose() * y).sum();
        },
        3);
    const auto loops = [](const HyperDualVector& x) {
        Eigen::Matrix<HyperDual, 3, 3> e;
        for (Index i = 0; i < 3; ++i) {
            for (Index j = 0; j < 3; ++j) e(i, j) = i == j ? HyperDual(2.0) : x[i] * x[j];
        }
        HyperDual s = 0;
        HyperDualVector y(3);
        for (Index i = 0; i < 3; ++i) {
            y[i] = e(i, 0) * x[0] + e(i, 1) * x[1] + e(i, 2) * x[2];
            const HyperDual z = x[i] + 2.0 * x[0] * x[i];
            s += y[i] * y[i] + z * z;
            for (Index j = 0; j < 3; ++j) s += e(i, j) * e(i, j);
        }
        e(0, 1) += 100.0;
        for (Index i = 0; i < 3; ++i) {
            for (Index j = 0; j < 3; ++j) s += e(i, j) * y[i];
        }
        return s;
    };
    check_loss(f, loops, random_vector(3, 12), {100.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(parts_and_shapes_that_do_not_fit_are_refused) {
    const VectorXd x = random_vector(4, 8);
    const auto refuses = [&](const auto& loss, const std::string& text) {
        const auto f = objective(loss, 4);
        const auto says = [&](const std::exception& error) {
            BOOST_TEST_MESSAGE(error.what());
            return std::string(error.what()).find(text) != std::string::npos;
        };
        BOOST_CHECK_EXCEPTION((void)f.value(x), std::exception, says);
        BOOST_CHECK_EXCEPTION((void)f.linearize(x), std::exception, says);
    };
    refuses([](const auto& t) { return MatrixLike<decltype(t)>(2, 3).block(1, 1, 2, 2).sum(); },
            "block of shape (2 x 2) at (1, 1) does not lie within an array of shape (2 x 3)");
    refuses(
        [](const auto& t) {
            MatrixLike<decltype(t)> m(2, 3);
            m.row(0) = t.transpose();
            return m.sum();
        },
        "the shapes (1 x 3) and (1 x 4) do not fit");
    refuses(
        [](const auto& t) {
            MatrixLike<decltype(t)> m(2, 3);
            m(2, 0) = t(0);
            return m.sum();
        },
        "(2 x 3)");
    refuses([](const auto& t) { return MatrixLike<decltype(t)>(-1, 3).sum() + t.sum(); },
            "Matrix: the shapes (-1 x 3)");
}

BOOST_AUTO_TEST_SUITE_END()
