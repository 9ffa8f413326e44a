#include "hesse/autodiff/rule.hpp"

#include "hesse/autodiff/dual.hpp"
#include "hesse/autodiff/operations/activation.hpp"
#include "hesse/autodiff/operations/bessel.hpp"
#include "hesse/autodiff/operations/error_function.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/gamma.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "hesse/autodiff/operations/incomplete_gamma.hpp"
#include "hesse/autodiff/operations/linear.hpp"
#include "hesse/autodiff/operations/losses.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/operations/rounding.hpp"
#include "hesse/autodiff/operations/sigmoid.hpp"
#include "hesse/autodiff/operations/trigonometric.hpp"
#include "hesse/autodiff/simd.hpp"
#include "hesse/autodiff/taylor.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <string>
#include <type_traits>

namespace {
using namespace hesse;

template <class... Rule>
struct Rules {};
using Unary = Rules<Exp, Exp2, Expm1, Log, Log2, Log10, Log1p, Sqrt, Rsqrt, Cbrt, Square, Cube, Inverse, Abs,
                    Relu, Sign, Floor, Ceil, Trunc, Round, Rint, StopGradient, Sin, Cos, Tan, Asin, Acos,
                    Atan, Sinh, Cosh, Tanh, Asinh, Acosh, Atanh, Sigmoid, Softplus, LogSigmoid, Silu, Gelu,
                    GeluTanh, LogCosh, XLogX, Gaussian, Erf, Erfc, Erfinv, NormalPdf, NormalCdf, LogNormalCdf,
                    InverseMills, MillsExcess, Lgamma, Tgamma, Digamma>;
using Binary = Rules<Power, Hypot, Atan2, Maximum, Minimum, Fmax, Fmin, Fdim, Copysign, Fmod, Remainder,
                     LogAddExp, LeakyRelu, Elu, Huber, XLogY, XLog1pY, Beta, LogBeta>;

/// The innermost value of the first lane.
template <class T>
double first_value(const T& x) {
    if constexpr (is_dual<T>) {
        return first_value(x.value);
    } else if constexpr (is_operand<T>) {
        return static_cast<double>(x[0]);
    } else {
        return static_cast<double>(x);
    }
}

/// A rule evaluated on T agrees with the same rule on double, both by `apply` and by its members.
template <class T>
void check_close(const std::string& what, const T& got, double expected) {
    const double epsilon = std::is_same_v<ScalarOf<T>, float> ? 1e-6 : 1e-14;
    const bool both_nan = std::isnan(expected) && std::isnan(first_value(got));  // acosh at 0.375
    BOOST_CHECK_MESSAGE(
        both_nan || std::abs(first_value(got) - expected) <= epsilon * (1 + std::abs(expected)),
        what << ": " << first_value(got) << " instead of " << expected);
}

template <class Rule, class T>
void check_unary() {
    const double x = 0.375;  // exact in float
    const T y = apply<Rule>(T(static_cast<ScalarOf<T>>(x)));
    const T value = Rule::value(T(static_cast<ScalarOf<T>>(x)));
    const T slope = partial_of<Rule, 0>(y, T(static_cast<ScalarOf<T>>(x)));
    const std::string name(Rule::name);
    check_close(name, y, Rule::value(x));
    check_close(name + ", value", value, Rule::value(x));
    check_close(name + ", partial", slope, Rule::partial(x, Rule::value(x)));
}

template <class Rule, class A, class B>
void check_binary() {
    const double a = 0.375;
    const double b = 2.5;
    using T = CommonNumber<A, B>;
    const A first(static_cast<ScalarOf<A>>(a));
    const B second(static_cast<ScalarOf<B>>(b));
    const T y = apply<Rule>(first, second);
    const T value = Rule::value(first, second);
    const T by_first = partial_of<Rule, 0>(y, first, second);
    const T by_second = partial_of<Rule, 1>(y, first, second);
    const double exact = Rule::value(a, b);
    const std::string name(Rule::name);
    check_close(name, y, exact);
    check_close(name + ", value", value, exact);
    check_close(name + ", partial 0", by_first, Rule::template partial<0>(a, b, exact));
    check_close(name + ", partial 1", by_second, Rule::template partial<1>(a, b, exact));
}

template <class T, class... Rule>
void check_each_unary(Rules<Rule...>) {
    (check_unary<Rule, T>(), ...);
}

template <class T, class... Rule>
void check_each_binary(Rules<Rule...>) {
    (check_binary<Rule, T, T>(), ...);
    (check_binary<Rule, T, ScalarOf<T>>(), ...);
    (check_binary<Rule, ScalarOf<T>, T>(), ...);
}

template <class T>
void check_select() {
    const T a(1);
    const T b(2);
    check_close("select", T(apply<Select>(a < b, a, b)), 1);
    check_close("select", T(apply<Select>(a > b, a, b)), 2);
    check_close("select", T(apply<Select>(a, a, b)), 1);
    check_close("select", T(apply<Select>(true, a, ScalarOf<T>(2))), 1);
    check_close("select", T(Select::value(a > b, ScalarOf<T>(1), b)), 2);
    check_close("select", T(Select::partial<1>(a < b, a, b, a)), 1);
    check_close("select", T(Select::partial<2>(a < b, a, b, a)), 0);
}

template <class T>
void check_all_rules() {
    check_each_unary<T>(Unary{});
    check_each_binary<T>(Binary{});
    check_select<T>();
}

/// Second-order duals contain those of first order.
template <class T>
void check_all_numbers_over() {
    check_all_rules<T>();
    check_all_rules<Dual<Dual<T>>>();
}
}  // namespace

BOOST_AUTO_TEST_SUITE(rule)

BOOST_AUTO_TEST_CASE(every_rule_works_on_double_and_its_duals) { check_all_numbers_over<double>(); }
BOOST_AUTO_TEST_CASE(every_rule_works_on_float_and_its_duals) { check_all_numbers_over<float>(); }
BOOST_AUTO_TEST_CASE(every_rule_works_on_packs_of_double_and_their_duals) {
    check_all_numbers_over<Pack<double>>();
}
BOOST_AUTO_TEST_CASE(every_rule_works_on_packs_of_float_and_their_duals) {
    check_all_numbers_over<Pack<float>>();
}
BOOST_AUTO_TEST_CASE(every_rule_works_where_there_is_no_vector_unit) {
    check_all_rules<Dual<Pack<double, ScalarArchitecture>>>();
}

BOOST_AUTO_TEST_CASE(every_rule_works_on_power_series) { check_all_rules<Taylor<double, 2>>(); }

BOOST_AUTO_TEST_CASE(every_rule_has_a_name_and_says_what_to_keep) {
    const auto check = []<class... Rule>(Rules<Rule...>) {
        static_assert((std::is_same_v<decltype(Rule::keep), const Keep> && ...));
        static_assert((!Rule::name.empty() && ...));
    };
    check(Unary{});
    check(Binary{});
    check(Rules<Select>{});
}

BOOST_AUTO_TEST_CASE(integers_count_as_doubles) {
    static_assert(std::is_same_v<decltype(apply<Exp>(1)), double>);
    static_assert(std::is_same_v<decltype(apply<Power>(2, 3)), double>);
    static_assert(std::is_same_v<decltype(apply<Exp>(1.0f)), float>);
    BOOST_TEST(apply<Power>(2, 3) == 8);
}

BOOST_AUTO_TEST_SUITE_END()
