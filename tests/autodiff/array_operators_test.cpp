#include "hesse/autodiff/array_operators.hpp"

#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "hesse/autodiff/reductions.hpp"
#include "hesse/autodiff/shapes.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

namespace {
using namespace hesse;
using namespace hesse::test;

// Around the width of packs (2, 4, 8, 16 numbers) and the length of blocks (64 to 512).
constexpr Index sizes[] = {1, 2, 3, 7, 8, 9, 63, 64, 65, 500, 513};
constexpr Shape matrices[] = {{1, 1}, {1, 9}, {9, 1}, {3, 70}, {70, 3}, {65, 66}, {8, 8}};

auto says(const std::string& text) {
    return [text](const std::exception& error) {
        BOOST_TEST_MESSAGE(error.what());
        return std::string(error.what()).find(text) != std::string::npos;
    };
}
}  // namespace

BOOST_AUTO_TEST_SUITE(array_operators)

BOOST_AUTO_TEST_CASE(arithmetic_of_arrays_and_numbers_at_every_size) {
    for (const Index n : sizes) {
        BOOST_TEST_CONTEXT("n = " << n) {
            const auto f = objective(
                [n](const auto& theta) {
                    const auto a = theta.head(n).array();
                    const auto b = theta.tail(n).array();
                    return (100.0 * (b - a * a) * (b - a * a) + (1 - a) / (b + 3.0f) - (-a) * 2).sum();
                },
                2 * n);
            const auto loops = [n](const HyperDualVector& x) {
                HyperDual s = 0;
                for (Index i = 0; i < n; ++i) {
                    const HyperDual a = x[i], b = x[n + i];
                    s += 100.0 * (b - a * a) * (b - a * a) + (1 - a) / (b + 3.0) + a * 2;
                }
                return s;
            };
            check_loss(f, loops, random_vector(2 * n, 1), {100.0 * static_cast<double>(n), 2e-14});
        }
    }
}

BOOST_AUTO_TEST_CASE(matrix_words_scale_and_add_and_array_words_multiply) {
    const Index n = 9;
    const MatrixXd c = random_matrix(n, 1, 3);
    const auto f = objective(
        [&](const auto& theta) {
            const auto y = 2.0 * theta - theta / 3 + theta * 0.5f + c - (c + theta);  // vectors
            const auto z = (theta.array() * y.array() / (c.array() + 2.0)).matrix();
            const auto w = c.array() - z.array() * c.array();
            return (-z).cwiseProduct(c).sum() + w.matrix().squaredNorm() + z.cwiseQuotient(c).dot(y) +
                   (1.0 / (w + 4.0)).mean();
        },
        n);
    const auto loops = [&](const HyperDualVector& x) {
        HyperDual s = 0;
        for (Index i = 0; i < n; ++i) {
            const double k = c(i);
            const HyperDual y = 2.0 * x[i] - x[i] / 3 + x[i] * 0.5 + k - (k + x[i]);
            const HyperDual z = x[i] * y / (k + 2.0), w = k - z * k;
            s += -z * k + w * w + z / k * y + 1.0 / (w + 4.0) / static_cast<double>(n);
        }
        return s;
    };
    check_loss(f, loops, random_vector(n, 4), {10.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(columns_and_rows_are_broadcast_in_every_shape) {
    for (const Shape& size : matrices) {
        const Index r = size.rows, c = size.cols;  // Clang 14 cannot capture structured bindings
        BOOST_TEST_CONTEXT("shape " << r << " x " << c) {
            const VectorXd fixed = random_vector(r, 5, 1.0, 2.0);
            const auto f = objective(
                [&](const auto& theta) {
                    const auto w = unpack(theta, shape(r, c), shape(r), shape(c));  // all parameters
                    const auto& [m, column, row] = w;
                    const auto y = tanh(m.colwise() + column).rowwise() + row.transpose();
                    const auto z = (y.array().colwise() * column.array()).rowwise() - row.transpose().array();
                    const auto q = (z.matrix().colwise() - fixed).rowwise() * row;
                    return (q.colwise() / fixed).squaredNorm();
                },
                r * c + r + c);
            const auto loops = [&](const HyperDualVector& x) {
                HyperDual s = 0;
                for (Index j = 0; j < c; ++j) {
                    for (Index i = 0; i < r; ++i) {
                        const HyperDual column = x[r * c + i], row = x[r * c + r + j];
                        const HyperDual y = tanh(x[i + j * r] + column) + row;
                        const HyperDual z = y * column - row;
                        const HyperDual q = (z - fixed[i]) * row / fixed[i];
                        s += q * q;
                    }
                }
                return s;
            };
            check_loss(f, loops, random_vector(r * c + r + c, 6), {static_cast<double>(r * c), 2e-14});
        }
    }
}

BOOST_AUTO_TEST_CASE(strided_and_transposed_operands_are_read_and_their_adjoints_delivered) {
    for (const Shape& size : matrices) {
        const Index r = size.rows, c = size.cols;
        BOOST_TEST_CONTEXT("shape " << r << " x " << c) {
            const Index n = (r + 1) * (c + 2);
            const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> data =
                random_matrix(r, c, 7);
            const auto f = objective(
                [&](const auto& theta) {
                    const auto all = theta.reshaped(r + 1, c + 2);
                    const auto a = all.block(1, 1, r, c);
                    const auto b = all.block(0, 2, r, c);  // overlaps a
                    const auto t = a.transpose().array() * b.transpose().array() + data.transpose().array();
                    return (exp(t.transpose()) * a.array() * data.array()).sum() + (t * t).sum();
                },
                n);
            const auto loops = [&](const HyperDualVector& x) {
                HyperDual s = 0;
                for (Index j = 0; j < c; ++j) {
                    for (Index i = 0; i < r; ++i) {
                        const HyperDual a = x[i + 1 + (j + 1) * (r + 1)], b = x[i + (j + 2) * (r + 1)];
                        const HyperDual t = a * b + data(i, j);
                        s += exp(t) * a * data(i, j) + t * t;
                    }
                }
                return s;
            };
            check_loss(f, loops, random_vector(n, 8), {static_cast<double>(r * c), 2e-14});
        }
    }
}

BOOST_AUTO_TEST_CASE(expressions_of_eigen_are_constants_on_either_side) {
    const Index n = 4;
    const MatrixXd D = random_matrix(n, n, 21);
    const VectorXd d = random_vector(n, 22);
    const Eigen::Matrix4d fixed = D;
    // The same words over the library's arrays and over Eigen's.
    const auto words = [&](const auto& x) {
        using S = typename std::decay_t<decltype(x)>::Scalar;
        S s = ((D + D) * x).squaredNorm();
        s += (MatrixXd::Identity(n, n) * x).squaredNorm() + (-D * x).sum() + (2 * D * x).sum();
        s += (D.array() * x.replicate(1, n).array()).sum() + (fixed * x).squaredNorm();
        s += (x + VectorXd::Ones(n) - VectorXd::LinSpaced(n, 0, 1)).squaredNorm();
        s += (VectorXd::Constant(n, 2.0) - x + VectorXd::Zero(n)).squaredNorm() * x(0);
        s += (D * D * x).sum() + ((D * D) * x).squaredNorm() + (D.topRows(2) * x).sum();
        s += ((D.array() + 1.0).matrix() * x).squaredNorm() + (D.cwiseProduct(D) * x).squaredNorm();
        s += (d.array() + x.array()).square().sum() + (d * x.transpose()).squaredNorm() + x.dot(d);
        s += (d.transpose() * x)(0) * (x.transpose() * fixed * x)(0);
        return s;
    };
    const auto f =
        objective([&](const auto& x) { return words(x) + dot(d, x) + (x(1) * D * x).squaredNorm(); }, n);
    const auto truth = [&](const HyperDualVector& x) {
        HyperDual s = words(x);
        for (Index i = 0; i < n; ++i) {
            HyperDual row = 0;
            for (Index j = 0; j < n; ++j) row += x[1] * D(i, j) * x[j];
            s += d[i] * x[i] + row * row;
        }
        return s;
    };
    check_loss(f, truth, random_vector(n, 23), {100.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(scalar_variables_stand_in_array_statements) {
    for (const Index n : {1, 9, 513}) {
        const auto f = objective(
            [n](const auto& theta) {
                const auto v = theta.head(n);
                const auto scale = theta(n);
                auto shift = theta[n + 1] * scale;  // an expression, and a plain product
                const auto y = (scale * v).array() + shift;
                const auto z = y / scale - exp(shift) * y;
                return z.square().sum() * scale + (v / shift).sum() + (shift - v.array()).sum() +
                       v(0) * v(n - 1);
            },
            n + 2);
        const auto loops = [n](const HyperDualVector& x) {
            const HyperDual scale = x[n], shift = x[n + 1] * scale;
            HyperDual s = 0, rest = 0;
            for (Index i = 0; i < n; ++i) {
                const HyperDual y = scale * x[i] + shift, z = y / scale - exp(shift) * y;
                s += z * z;
                rest += x[i] / shift + shift - x[i];
            }
            return s * scale + rest + x[0] * x[n - 1];
        };
        VectorXd x = random_vector(n + 2, 9);
        x.tail(2) << 0.8, 1.3;
        check_loss(f, loops, x, {static_cast<double>(n), 5e-14});
    }
}

BOOST_AUTO_TEST_CASE(shapes_that_differ_are_refused_with_both_shapes) {
    const VectorXd x = random_vector(12, 15), data = random_vector(5, 16);
    const auto refuses = [&](const auto& statement, const std::string& text) {
        const auto f = objective([&](const auto& theta) { return statement(theta); }, 12);
        BOOST_CHECK_EXCEPTION((void)f.linearize(x), std::invalid_argument, says(text));
        BOOST_CHECK_EXCEPTION((void)f.value(x), std::invalid_argument, says(text));
    };
    refuses([](const auto& t) { return (t.head(4) + t.tail(3)).sum(); },
            "add: the shapes (4 x 1) and (3 x 1)");
    refuses([&](const auto& t) { return (t - data).sum(); }, "subtract: the shapes (12 x 1) and (5 x 1)");
    refuses([](const auto& t) { return t.reshaped(3, 4).cwiseProduct(t.reshaped(4, 3)).sum(); },
            "multiply: the shapes (3 x 4) and (4 x 3)");
    refuses([](const auto& t) { return (t.reshaped(3, 4) * t.reshaped(6, 2)).sum(); },
            "multiply: the shapes (3 x 4) and (6 x 2)");
    refuses([](const auto& t) { return (t.reshaped(3, 4).colwise() + t.head(4)).sum(); },
            "colwise: the shapes (3 x 4) and (4 x 1)");
    refuses([&](const auto& t) { return (t.reshaped(3, 4).rowwise() + data.transpose()).sum(); },
            "rowwise: the shapes (3 x 4) and (1 x 5)");
}

BOOST_AUTO_TEST_SUITE_END()
