#include "hesse/autodiff/array_words.hpp"

#include "hesse/autodiff/objective.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <type_traits>
#include <utility>

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

/// Arrays as they are named, and expressions that nobody else can see; in words of arrays, and of matrices.
template <bool active>
struct Samples {
    using Named = ArrayView<double, active, Words::array>;
    using Unnamed = decltype(std::declval<Named>() * 2.0);
    using NamedMatrix = ArrayView<double, active, Words::matrix>;
    using UnnamedMatrix = decltype(std::declval<NamedMatrix>() * 2.0);
};
template <class X, class Member, class Function>
constexpr bool is_same_call(const Member&, const Function&) {
    return std::is_same_v<std::invoke_result_t<Member, X>, std::invoke_result_t<Function, X>>;
}
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

// The types of expressions say which rule is applied to what. The rules are tested by their free functions.
// clang-format off
#define CHECK_WORD_OF(X, word, function)                                                                    \
    static_assert(is_same_call<X>([](auto&& x) { return std::forward<decltype(x)>(x).word; },               \
                                  [](auto&& x) { return function; }))
#define CHECK_WORD(word, function)                                                                          \
    CHECK_WORD_OF(const Samples<true>::Named&, word, function);                                             \
    CHECK_WORD_OF(Samples<true>::Unnamed, word, function);                                                  \
    CHECK_WORD_OF(const Samples<false>::Named&, word, function);                                            \
    CHECK_WORD_OF(Samples<false>::Unnamed, word, function)
#define CHECK_MATRIX_WORD(word, function)                                                                   \
    CHECK_WORD(word, function);                                                                             \
    CHECK_WORD_OF(const Samples<true>::NamedMatrix&, word, function);                                       \
    CHECK_WORD_OF(Samples<true>::UnnamedMatrix, word, function);                                            \
    CHECK_WORD_OF(Samples<false>::UnnamedMatrix, word, function)
#define CHECK_WORD_OF_ITS_NAME(word) CHECK_WORD(word(), hesse::word(std::forward<decltype(x)>(x)))
// clang-format on
CHECK_WORD_OF_ITS_NAME(abs);
CHECK_WORD_OF_ITS_NAME(sign);
CHECK_WORD_OF_ITS_NAME(square);
CHECK_WORD_OF_ITS_NAME(cube);
CHECK_WORD_OF_ITS_NAME(sqrt);
CHECK_WORD_OF_ITS_NAME(rsqrt);
CHECK_WORD_OF_ITS_NAME(cbrt);
CHECK_WORD_OF_ITS_NAME(exp);
CHECK_WORD_OF_ITS_NAME(exp2);
CHECK_WORD_OF_ITS_NAME(expm1);
CHECK_WORD_OF_ITS_NAME(log);
CHECK_WORD_OF_ITS_NAME(log2);
CHECK_WORD_OF_ITS_NAME(log10);
CHECK_WORD_OF_ITS_NAME(log1p);
CHECK_WORD_OF_ITS_NAME(sin);
CHECK_WORD_OF_ITS_NAME(cos);
CHECK_WORD_OF_ITS_NAME(tan);
CHECK_WORD_OF_ITS_NAME(asin);
CHECK_WORD_OF_ITS_NAME(acos);
CHECK_WORD_OF_ITS_NAME(atan);
CHECK_WORD_OF_ITS_NAME(sinh);
CHECK_WORD_OF_ITS_NAME(cosh);
CHECK_WORD_OF_ITS_NAME(tanh);
CHECK_WORD_OF_ITS_NAME(asinh);
CHECK_WORD_OF_ITS_NAME(acosh);
CHECK_WORD_OF_ITS_NAME(atanh);
CHECK_WORD_OF_ITS_NAME(erf);
CHECK_WORD_OF_ITS_NAME(erfc);
CHECK_WORD_OF_ITS_NAME(lgamma);
CHECK_WORD_OF_ITS_NAME(digamma);
CHECK_WORD_OF_ITS_NAME(floor);
CHECK_WORD_OF_ITS_NAME(ceil);
CHECK_WORD_OF_ITS_NAME(round);
CHECK_WORD_OF_ITS_NAME(rint);
CHECK_WORD_OF_ITS_NAME(trunc);
CHECK_WORD_OF_ITS_NAME(stop_gradient);
CHECK_WORD(abs2(), hesse::square(std::forward<decltype(x)>(x)));
CHECK_WORD(inverse(), apply<Inverse>(std::forward<decltype(x)>(x)));
CHECK_WORD(logistic(), hesse::sigmoid(std::forward<decltype(x)>(x)));
CHECK_WORD(pow(2.5), hesse::pow(std::forward<decltype(x)>(x), 2.5));
CHECK_WORD(max(2.5), hesse::max(std::forward<decltype(x)>(x), 2.5));
CHECK_WORD(min(2.5), hesse::min(std::forward<decltype(x)>(x), 2.5));
CHECK_MATRIX_WORD(cwiseAbs(), hesse::abs(std::forward<decltype(x)>(x)));
CHECK_MATRIX_WORD(cwiseAbs2(), hesse::square(std::forward<decltype(x)>(x)));
CHECK_MATRIX_WORD(cwiseSqrt(), hesse::sqrt(std::forward<decltype(x)>(x)));
CHECK_MATRIX_WORD(cwiseInverse(), apply<Inverse>(std::forward<decltype(x)>(x)));
CHECK_MATRIX_WORD(cwiseSign(), hesse::sign(std::forward<decltype(x)>(x)));
CHECK_MATRIX_WORD(cwiseProduct(2.5), apply<Multiply>(std::forward<decltype(x)>(x), 2.5));
CHECK_MATRIX_WORD(cwiseQuotient(2.5), apply<Divide>(std::forward<decltype(x)>(x), 2.5));
CHECK_MATRIX_WORD(cwiseMax(2.5), hesse::max(std::forward<decltype(x)>(x), 2.5));
CHECK_MATRIX_WORD(cwiseMin(2.5), hesse::min(std::forward<decltype(x)>(x), 2.5));

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
