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
