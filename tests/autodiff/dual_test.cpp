#include "hesse/autodiff/dual.hpp"

#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/operations/trigonometric.hpp"
#include "hesse/autodiff/simd.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <type_traits>

namespace {
using namespace hesse;
using D = Dual<double>;
using DD = Dual<D>;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// y = a b whose second partial must never be asked for.
struct ProductWithConstant {
    template <class A, class B>
    static auto value(const A& a, const B& b) {
        return a * b;
    }
    template <std::size_t I, class A, class B, class Y>
    static Y partial(const A&, const B& b, const Y&) {
        static_assert(I == 0);
        return b;
    }
};
}  // namespace

BOOST_AUTO_TEST_SUITE(dual)

BOOST_AUTO_TEST_CASE(arithmetic_follows_sum_product_and_quotient_rule) {
    const D a(3.0, 5.0);
    const D b(2.0, 7.0);
    BOOST_TEST((a + b).tangent == 12);
    BOOST_TEST((a - b).tangent == -2);
    BOOST_TEST((a * b).tangent == 5 * 2 + 3 * 7);
    BOOST_TEST((a / b).value == 1.5);
    BOOST_TEST((a / b).tangent == (5 * 2 - 3 * 7) / 4.0);
    BOOST_TEST((-a).tangent == -5);
    BOOST_TEST((+a).tangent == 5);
}

BOOST_AUTO_TEST_CASE(constants_of_any_arithmetic_type_stand_on_either_side) {
    const D a(3.0, 5.0);
    BOOST_TEST((a + 1).tangent == 5);
    BOOST_TEST((1 - a).tangent == -5);
    BOOST_TEST((a * 2u).tangent == 10);
    BOOST_TEST((2.0f * a).value == 6);
    BOOST_TEST((a / 2).tangent == 2.5);
    BOOST_TEST((6 / a).value == 2);
    BOOST_TEST((6 / a).tangent == -6 * 5 / 9.0);
    D b = 4;
    BOOST_TEST(b.value == 4);
    BOOST_TEST(b.tangent == 0);
    b += a;
    b -= 1;
    b *= a;
    b /= 2;
    BOOST_TEST(b.value == (4 + 3 - 1) * 3 / 2.0);
    BOOST_TEST(b.tangent == (5 * 3 + 6 * 5) / 2.0);
}

BOOST_AUTO_TEST_CASE(a_constant_has_no_tangent_to_multiply) {
    const D a(0.0, 1.0);
    BOOST_TEST((a + infinity).tangent == 1);  // and not 1 + 0 * infinity
    const D b(infinity, 0.0);
    BOOST_TEST((b * 2).tangent == 0);
    BOOST_TEST((b / 2).tangent == 0);
    static_assert(std::is_same_v<decltype(Dual<float>() * 0.1), Dual<float>>);
    BOOST_TEST((Dual<float>(1.0f, 0.0f) * 0.1).value == 0.1f);
}

BOOST_AUTO_TEST_CASE(comparisons_look_at_values) {
    const D a(3.0, 5.0);
    const D b(3.0, 7.0);
    BOOST_TEST((a == b));
    BOOST_TEST(!(a != b));
    BOOST_TEST((a <= b));
    BOOST_TEST((a >= 3));
    BOOST_TEST((2 < a));
    BOOST_TEST((a > 2.5f));
    const Dual<Pack<double>> p(Pack<double>(3), Pack<double>(5));
    BOOST_TEST(all(p > 2));
    BOOST_TEST(!any(p < 2));
}

BOOST_AUTO_TEST_CASE(duals_of_duals_give_second_derivatives) {
    // f = x^2 y / (x + y):  f_y = x^3 / (x + y)^2,  f_xy = 3 x^2 / (x + y)^2 - 2 x^3 / (x + y)^3
    const DD x(D(1.0, 1.0), D(0.0, 0.0));  // inner direction: x
    const DD y(D(2.0, 0.0), D(1.0, 0.0));  // outer direction: y
    const DD f = x * x * y / (x + y);
    BOOST_TEST(f.value.value == 2.0 / 3);
    BOOST_TEST(f.tangent.tangent == 7.0 / 27, boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(an_inner_dual_is_a_constant_of_the_outer_one) {
    const DD x(D(2.0, 1.0), D(1.0, 0.0));
    const D c(3.0, 10.0);
    const DD y = x * c;
    BOOST_TEST(y.value.value == 6);
    BOOST_TEST(y.value.tangent == 1 * 3 + 2 * 10);
    BOOST_TEST(y.tangent.value == 3);
    BOOST_TEST(y.tangent.tangent == 10);
    static_assert(std::is_same_v<decltype(c + x), DD>);
    static_assert(std::is_same_v<CommonNumber<DD, D>, DD>);
    static_assert(std::is_same_v<CommonNumber<int, Dual<Pack<float>>, double>, Dual<Pack<float>>>);
}

BOOST_AUTO_TEST_CASE(functions_follow_the_chain_rule) {
    const D x(0.5, 3.0);
    BOOST_TEST(exp(sin(x)).value == std::exp(std::sin(0.5)));
    BOOST_TEST(exp(sin(x)).tangent == std::exp(std::sin(0.5)) * std::cos(0.5) * 3,
               boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(partials_of_constant_arguments_are_not_evaluated) {
    const D y = apply<ProductWithConstant>(D(3.0, 2.0), 4);  // would not compile otherwise
    BOOST_TEST(y.value == 12);
    BOOST_TEST(y.tangent == 8);
}

BOOST_AUTO_TEST_CASE(a_pack_of_duals_is_a_dual_of_packs) {
    using P = Pack<double>;
    const Dual<P> x(P(0.5), P(3.0));
    const Dual<P> y = pow(x, 2) + exp(x) * 2 - 1;
    for (int lane = 0; lane < P::size; ++lane) {
        BOOST_TEST(y.value[lane] == 0.25 + 2 * std::exp(0.5) - 1, boost::test_tools::tolerance(1e-15));
        BOOST_TEST(y.tangent[lane] == 3 * (1 + 2 * std::exp(0.5)), boost::test_tools::tolerance(1e-15));
    }
}

BOOST_AUTO_TEST_SUITE_END()
