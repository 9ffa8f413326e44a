#include "hesse/autodiff/array_words.hpp"

#include "hesse/autodiff/objective.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

/// Eigen's member functions reach the rules of the same name, which have tests of their own.
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
HyperDual tan(const HyperDual& x) { return sin(x) / cos(x); }
HyperDual sinh(const HyperDual& x) { return (exp(x) - exp(-x)) / 2; }
HyperDual cosh(const HyperDual& x) { return (exp(x) + exp(-x)) / 2; }
}  // namespace

BOOST_AUTO_TEST_SUITE(array_words)

BOOST_AUTO_TEST_CASE(member_functions_of_arrays) {
    const auto f = objective(
        [](const auto& x) {
            const auto a = x.array();
            const auto unary = a.exp() + a.expm1() * 2.0 + a.log() * 3.0 + a.log1p() * 4.0 + a.sqrt() * 5.0;
            return unary.sum() +
                   (a.square() * 6.0 + a.inverse() * 7.0 + a.abs() * 8.0 + a.sin() * 9.0).sum() +
                   (a.cos() * 10.0 + a.tan() * 11.0 + a.sinh() * 12.0 + a.cosh() * 13.0).sum() +
                   (a + 1.0).tanh().exp().sum();  // of what nobody else sees
        },
        n);
    const auto loops = [](const HyperDualVector& x) {
        return sum_over(x, [](const HyperDual& a) {
            return exp(a) + 2.0 * expm1(a) + 3.0 * log(a) + 4.0 * log1p(a) + 5.0 * sqrt(a) + 6.0 * square(a) +
                   7.0 / a + 8.0 * abs(a) + 9.0 * sin(a) + 10.0 * cos(a) + 11.0 * tan(a) + 12.0 * sinh(a) +
                   13.0 * cosh(a) + exp(tanh(a + 1.0));
        });
    };
    check_loss(f, loops, random_vector(n, 2, 0.2, 1.2), {500.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(member_functions_of_matrices) {
    const VectorXd data = random_vector(n, 3, 0.2, 1.8);
    const auto f = objective(
        [&](const auto& x) {
            return (x.cwiseSqrt() + x.cwiseAbs2() * 2.0 + x.cwiseInverse() * 3.0 + x.cwiseAbs()).sum() +
                   x.cwiseMax(data).squaredNorm() + (x * 2.0).cwiseMin(1.0).squaredNorm() +
                   x.array().max(data.array() * 2.0).square().sum() +
                   x.array().min(x.array().square()).sum() +
                   x.cwiseProduct(data).cwiseQuotient(x + data).sum();
        },
        n);
    const auto loops = [&](const HyperDualVector& x) {
        HyperDual s = 0;
        for (Index i = 0; i < n; ++i) {
            const HyperDual a = x[i], d = data[i];
            s += sqrt(a) + 2.0 * a * a + 3.0 / a + a + square(max(a, d)) +
                 square(min(2.0 * a, HyperDual(1))) + square(max(a, 2.0 * d)) + min(a, a * a) +
                 a * d / (a + d);
        }
        return s;
    };
    check_loss(f, loops, random_vector(n, 4, 0.2, 1.8), {100.0, 2e-14});
}

BOOST_AUTO_TEST_SUITE_END()
