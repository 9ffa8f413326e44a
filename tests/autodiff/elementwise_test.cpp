#include "hesse/autodiff/elementwise.hpp"

#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

namespace {
using namespace hesse;
using namespace hesse::test;
}  // namespace

BOOST_AUTO_TEST_SUITE(elementwise)

BOOST_AUTO_TEST_CASE(statements_with_kept_derivatives_at_every_size) {
    for (const Index n : {1, 2, 3, 7, 8, 9, 63, 64, 65, 500, 513}) {
        BOOST_TEST_CONTEXT("n = " << n) {
            const auto f = objective(
                [n](const auto& theta) {
                    const auto a = theta.head(n);
                    auto y = tanh(a).cwiseProduct(exp(theta.tail(n)));  // one statement
                    auto z = log(y.array() * y.array() + 1.0);          // y is used twice: evaluated once
                    return z.sum() + y.squaredNorm();
                },
                2 * n);
            const auto loops = [n](const HyperDualVector& x) {
                HyperDual s = 0;
                for (Index i = 0; i < n; ++i) {
                    const HyperDual y = tanh(x[i]) * exp(x[n + i]);
                    s += log(y * y + 1.0) + y * y;
                }
                return s;
            };
            check_loss(f, loops, random_vector(2 * n, 2), {static_cast<double>(n), 2e-14});
        }
    }
}

BOOST_AUTO_TEST_CASE(overlapping_parts_of_one_vector_meet_in_a_statement) {
    for (const Index n : {2, 3, 9, 65, 514}) {
        BOOST_TEST_CONTEXT("n = " << n) {
            const auto f = objective(
                [n](const auto& theta) {
                    const auto a = theta.head(n - 1).array();
                    const auto b = theta.tail(n - 1).array();
                    return (100.0 * (b - a.square()).square() + (1.0 - a).square()).sum() +
                           (theta.array() * theta.array() * theta.array()).sum() + (b * exp(b)).sum();
                },
                n);
            const auto loops = [n](const HyperDualVector& x) {
                HyperDual s = 0;
                for (Index i = 0; i + 1 < n; ++i) {
                    const HyperDual a = x[i], b = x[i + 1];
                    s += 100.0 * (b - a * a) * (b - a * a) + (1.0 - a) * (1.0 - a) + b * exp(b);
                }
                for (Index i = 0; i < n; ++i) s += x[i] * x[i] * x[i];
                return s;
            };
            check_loss(f, loops, random_vector(n, 10), {100.0 * static_cast<double>(n), 2e-14});
        }
    }
}

BOOST_AUTO_TEST_CASE(operands_that_repeat_side_by_side_and_apart) {
    for (const Index n : {1, 2, 5, 8, 13, 64, 1030}) {
        BOOST_TEST_CONTEXT("n = " << n) {
            const auto f = objective(
                [n](const auto& theta) {
                    const auto a = theta.head(n).array(), b = theta.segment(1, n).array(),
                               c = theta.tail(n).array();
                    const auto s = theta[0] * theta[n];
                    const auto y = (a * b + a * a * s - b * c + b * s).eval();
                    return (y * c - y * a + y * y * b - s * c).sum();
                },
                n + 2);
            const auto loops = [n](const HyperDualVector& x) {
                HyperDual sum = 0;
                for (Index i = 0; i < n; ++i) {
                    const HyperDual a = x[i], b = x[i + 1], c = x[i + 2], s = x[0] * x[n];
                    const HyperDual y = a * b + a * a * s - b * c + b * s;
                    sum += y * c - y * a + y * y * b - s * c;
                }
                return sum;
            };
            check_loss(f, loops, random_vector(n + 2, 14), {static_cast<double>(n), 2e-14});
        }
    }
}

BOOST_AUTO_TEST_CASE(parts_with_strides_and_rows_meet_in_a_sum) {
    for (const Index n : {1, 3, 8, 70}) {
        BOOST_TEST_CONTEXT("n = " << n) {
            const auto f = objective(
                [n](const auto& theta) {
                    const auto m = theta.reshaped(3, n + 1);
                    const auto lower = m.block(0, 0, 3, n).array(), upper = m.block(0, 1, 3, n).array();
                    const auto row = m.row(1).head(n).array();
                    return (lower * upper * upper).sum() + (row * row).sum() +
                           (m.col(0).array() * m.col(n).array() * m.col(0).array()).sum();
                },
                3 * (n + 1));
            const auto loops = [n](const HyperDualVector& x) {
                HyperDual sum = 0;
                for (Index i = 0; i < 3 * n; ++i) sum += x[i] * x[i + 3] * x[i + 3];
                for (Index j = 0; j < n; ++j) sum += x[3 * j + 1] * x[3 * j + 1];
                for (Index i = 0; i < 3; ++i) sum += x[i] * x[3 * n + i] * x[i];
                return sum;
            };
            check_loss(f, loops, random_vector(3 * (n + 1), 15), {static_cast<double>(n), 2e-14});
        }
    }
}

// A sum that was the loss the last time is swept while it is evaluated. What comes after may differ.
BOOST_AUTO_TEST_CASE(a_loss_that_ends_otherwise_than_the_last_time_has_its_own_derivatives) {
    const Index n = 21;
    int ending = 0;
    const auto loss = [&](const auto& theta) -> decltype(theta.sum()) {
        const auto a = theta.head(n - 1).array(), b = theta.tail(n - 1).array();
        auto sum = (a * b * exp(b)).sum();
        switch (ending) {
            case 0:
                return sum;
            case 1:
                return 3.0 * sum;
            case 2:
                return (a - b).square().sum();  // the first sum is no part of the loss
            case 3:
                sum += a.square().sum();
                return sum;
            case 4:
                return sum + theta[3] * theta[4];
            default:
                (void)(a * a).eval();  // recorded for nothing
                return sum;
        }
    };
    const VectorXd x = random_vector(n, 16), v = random_vector(n, 17);
    const auto f = objective(loss, n);
    for (const int each : {0, 0, 1, 1, 0, 2, 2, 0, 0, 3, 3, 0, 4, 4, 0, 0, 5, 5, 0}) {
        BOOST_TEST_CONTEXT("ending " << each) {
            ending = each;
            const auto fresh = objective(loss, n);
            const auto expected = fresh.linearize(x), given = f.linearize(x);
            BOOST_TEST(expected.value() == given.value());
            require_same_bits(expected.gradient(), given.gradient());
            require_same_bits(expected.hessian() * v, given.hessian() * v);
        }
    }
}

BOOST_AUTO_TEST_CASE(one_array_serves_several_statements_and_one_statement_several_times) {
    const Index n = 70;
    const auto f = objective(
        [](const auto& theta) {
            const auto y = exp(theta);              // used by three
            const auto nested = tanh(y * 0.5) + y;  // uses y twice
            const auto deeper = nested.array() * y.array() + nested.array();
            auto sum = deeper.sum();
            sum += y.sum();
            sum -= 2.0 * nested.squaredNorm();
            return sum;
        },
        n);
    const auto loops = [](const HyperDualVector& x) {
        HyperDual s = 0;
        for (Index i = 0; i < n; ++i) {
            const HyperDual y = exp(x[i]), nested = tanh(y * 0.5) + y;
            s += nested * y + nested + y - 2.0 * nested * nested;
        }
        return s;
    };
    check_loss(f, loops, random_vector(n, 11), {static_cast<double>(n), 2e-14});
}

BOOST_AUTO_TEST_CASE(long_expressions_are_recorded_in_parts) {
    const Index n = 67;
    const auto f = objective(
        [](const auto& theta) {
            const auto x = theta.array();
            return (x * x + x * x * x - x / (x + 3.0) + x * x * x * x * x - 2.0 * x * x + x * x * x +
                    exp(x) * x * x + exp(x * x) * x - x * x)
                .sum();
        },
        n);
    const auto loops = [](const HyperDualVector& theta) {
        HyperDual s = 0;
        for (Index i = 0; i < n; ++i) {
            const HyperDual x = theta[i];
            s += x * x + x * x * x - x / (x + 3.0) + x * x * x * x * x - 2.0 * x * x + x * x * x +
                 exp(x) * x * x + exp(x * x) * x - x * x;
        }
        return s;
    };
    check_loss(f, loops, random_vector(n, 12), {10.0 * static_cast<double>(n), 2e-14});
}

BOOST_AUTO_TEST_CASE(single_precision_arrays_work_alike) {
    for (const Index n : {1, 7, 15, 17, 65}) {
        const Eigen::VectorXf data = random_vector(n, 13).cast<float>();
        const auto f = objective<float>(
            [&](const auto& theta) {
                const auto y = tanh(theta + data).array() * theta.array() - 0.5;
                return (y * y).sum() / static_cast<float>(n);
            },
            n);
        const auto loops = [&](const HyperDualVector& x) {
            HyperDual s = 0;
            for (Index i = 0; i < n; ++i) {
                const HyperDual y = tanh(x[i] + data[i]) * x[i] - 0.5;
                s += y * y;
            }
            return s / static_cast<float>(n);
        };
        check_loss(f, loops, random_vector(n, 14).cast<float>().cast<double>(), {1.0, 3e-6});
    }
}

BOOST_AUTO_TEST_SUITE_END()
