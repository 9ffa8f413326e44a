#include "hesse/autodiff/array_operators.hpp"
#include "hesse/autodiff/array_words.hpp"
#include "hesse/autodiff/objective.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>

/// Elementary functions reach arrays by their own names. What they are worth is tested with their rules.
namespace {
using namespace hesse;
using namespace hesse::test;

constexpr Index n = 19;

/// sum_i f(x_i) for a function of the truth.
template <class F>
HyperDual sum_over(const HyperDualVector& x, const F& f) {
    HyperDual s = 0;
    for (const HyperDual& entry : x) s += f(entry);
    return s;
}

// Of scalars, which are plain doubles when a loss is only evaluated.
const auto larger = [](const auto& a, const auto& b) {
    using std::max;
    return max(a, b);
};
const auto smaller = [](const auto& a, const auto& b) {
    using std::min;
    return min(a, b);
};
}  // namespace

BOOST_AUTO_TEST_SUITE(array_functions)

BOOST_AUTO_TEST_CASE(free_functions_of_matrices_and_of_arrays) {
    const auto f = objective(
        [](const auto& x) {
            const auto a = x.array();
            return exp(x).sum() + log(a).sum() + 2.0 * log1p(x).sum() + 3.0 * expm1(a).sum() +
                   4.0 * sqrt(x).sum() + 5.0 * square(a).sum() + 6.0 * abs(x - a.matrix() * 2.0).sum() +
                   7.0 * sin(a).sum() + 8.0 * cos(x).sum() + 9.0 * tanh(a).sum() + 10.0 * sigmoid(x).sum() +
                   11.0 * softplus(a).sum();
        },
        n);
    const auto loops = [](const HyperDualVector& x) {
        return sum_over(x, [](const HyperDual& a) {
            return exp(a) + log(a) + 2.0 * log1p(a) + 3.0 * expm1(a) + 4.0 * sqrt(a) + 5.0 * square(a) +
                   6.0 * abs(a) + 7.0 * sin(a) + 8.0 * cos(a) + 9.0 * tanh(a) + 10.0 * sigmoid(a) +
                   11.0 * softplus(a);
        });
    };
    check_loss(f, loops, random_vector(n, 1, 0.2, 1.8), {100.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(powers_with_every_mix_of_arguments) {
    const VectorXd data = random_vector(n, 5, 0.5, 2.5);
    const auto f = objective(
        [&](const auto& x) {
            using std::pow;
            const auto a = x.array();
            return pow(a, 2.5).sum() + pow(1.5, a).sum() + pow(a, data.array()).sum() +
                   pow(data.array(), a).sum() + pow(a, a * 2.0).sum() + pow(a, x(0)).sum() +
                   pow(x(1), a).sum() + a.pow(3).sum() + (a * 2.0).pow(a).sum() + pow(x(0), x(1)) +
                   pow(x(2), 0.5) + pow(2, x(3));
        },
        n);
    const auto loops = [&](const HyperDualVector& x) {
        HyperDual s = pow(x[0], x[1]) + pow(x[2], 0.5) + pow(2, x[3]);
        for (Index i = 0; i < n; ++i) {
            const HyperDual a = x[i];
            s += pow(a, 2.5) + pow(1.5, a) + pow(a, data[i]) + pow(data[i], a) + pow(a, a * 2.0) +
                 pow(a, x[0]) + pow(x[1], a) + a * a * a + pow(a * 2.0, a);
        }
        return s;
    };
    check_loss(f, loops, random_vector(n, 6, 0.3, 1.8), {100.0, 5e-14});
}

BOOST_AUTO_TEST_CASE(maximum_and_minimum_of_arrays_and_scalars) {
    const VectorXd data = random_vector(n, 8);
    const auto f = objective(
        [&](const auto& x) {
            const auto a = x.head(9).array(), b = x.tail(9).array();
            return (max(a, b) * min(a, b) * a).sum() + (max(a, 0.0) * b).sum() + (min(x(9), b) * a).sum() +
                   larger(x(0), x(1)) * smaller(x(2), 0.25) + larger(a.sum(), b.sum() * 0.5) +
                   max(x, data).squaredNorm() * min(data.array(), x.array()).sum();
        },
        n);
    const auto loops = [&](const HyperDualVector& x) {
        HyperDual s = max(x[0], x[1]) * min(x[2], 0.25), first = 0, second = 0, squares = 0, total = 0;
        for (Index i = 0; i < n; ++i) {
            squares += square(max(x[i], data[i]));
            total += min(x[i], data[i]);
        }
        for (Index i = 0; i < 9; ++i) {
            const HyperDual a = x[i], b = x[n - 9 + i];
            s += a * b * a + max(a, 0.0) * b + min(x[9], b) * a;
            first += a;
            second += b * 0.5;
        }
        return s + max(first, second) + squares * total;
    };
    check_loss(f, loops, random_vector(n, 7), {10.0, 2e-14});
}

BOOST_AUTO_TEST_SUITE_END()
