#include "hesse/autodiff/traced.hpp"

#include "hesse/autodiff/operations.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace {
using namespace hesse;

struct Trial {
    Trace<double> trace;
    Traced<double> x, y;
    Trial() {
        trace.parameters = 2;
        x = Traced<double>(trace, 0.25, 0);
        y = Traced<double>(trace, 0.5, 1);
    }
};

struct Shifted {  // as a user would write it
    static constexpr std::string_view name = "shifted";
    static constexpr Keep keep = Keep::result;
    template <class T>
    static T value(const T& x) {
        using std::exp;
        return exp(x) - one<T>;
    }
    template <class T>
    static T partial(const T&, const T& y) {
        return y + one<T>;
    }
};
template <Number X>
auto shifted(X&& x) {
    return apply<Shifted>(std::forward<X>(x));
}
}  // namespace

BOOST_AUTO_TEST_SUITE(traced_numbers)

BOOST_AUTO_TEST_CASE(every_operation_knows_its_line_whatever_its_operands_are) {
    Trial t;
    const auto x = t.x, y = t.y;
    const int line = __LINE__ + 1;
    [[maybe_unused]] const Traced<double> all[] = {x + y,
                                                   x + 1,
                                                   1 + x,
                                                   x - y,
                                                   x - 1.5f,
                                                   2 - x,
                                                   x * y,
                                                   x * 2,
                                                   2 * x,
                                                   x / y,
                                                   x / 3,
                                                   1 / x,
                                                   -x,
                                                   exp(x),
                                                   exp2(x),
                                                   expm1(x),
                                                   log(x),
                                                   log1p(x),
                                                   log2(x),
                                                   log10(x),
                                                   square(x),
                                                   cube(x),
                                                   inverse(x),
                                                   sqrt(x),
                                                   rsqrt(x),
                                                   cbrt(x),
                                                   pow(x, y),
                                                   pow(x, 2),
                                                   pow(2.5, x),
                                                   hypot(x, y),
                                                   hypot(x, 1),
                                                   hypot(x, y, 1),
                                                   sin(x),
                                                   cos(x),
                                                   tan(x),
                                                   asin(x),
                                                   acos(x),
                                                   atan(x),
                                                   atan2(x, y),
                                                   atan2(1, x),
                                                   sinh(x),
                                                   cosh(x),
                                                   tanh(x),
                                                   asinh(x),
                                                   acosh(x + 1),
                                                   atanh(x),
                                                   abs(x),
                                                   fabs(x),
                                                   max(x, y),
                                                   max(0, x),
                                                   min(x, 0.0),
                                                   fmax(x, y),
                                                   fmin(x, y),
                                                   fdim(x, y),
                                                   clamp(x, 0, 1),
                                                   clamp(x, x, y),
                                                   copysign(x, -1),
                                                   select(x > 0, x, y),
                                                   select(x > 0, 1, y),
                                                   floor(x),
                                                   ceil(x),
                                                   trunc(x),
                                                   round(x),
                                                   rint(x),
                                                   nearbyint(x),
                                                   sign(x),
                                                   fmod(x, y),
                                                   remainder(x, y),
                                                   fma(x, y, 1),
                                                   lerp(x, y, 0.5),
                                                   ldexp(x, 3),
                                                   sigmoid(x),
                                                   log_sigmoid(x),
                                                   softplus(x),
                                                   relu(x),
                                                   leaky_relu(x),
                                                   elu(x, 2.0),
                                                   silu(x),
                                                   gelu(x),
                                                   gelu_tanh(x),
                                                   huber(x),
                                                   log_cosh(x),
                                                   logaddexp(x, y),
                                                   xlogx(x),
                                                   xlogy(x, y),
                                                   xlog1py(x, y),
                                                   erf(x),
                                                   erfc(x),
                                                   erfinv(x),
                                                   normal_pdf(x),
                                                   normal_cdf(x),
                                                   log_normal_cdf(x),
                                                   lgamma(x),
                                                   tgamma(x),
                                                   digamma(x),
                                                   trigamma(x),
                                                   polygamma(2, x),
                                                   beta(x, y),
                                                   log_beta(x, 1),
                                                   gamma_p(2.0, x),
                                                   gamma_q(2.0, x),
                                                   bessel_j0(x),
                                                   bessel_j1(x),
                                                   bessel_jn(2, x),
                                                   bessel_y0(x),
                                                   bessel_y1(x),
                                                   bessel_yn(2, x),
                                                   bessel_i0(x),
                                                   bessel_i1(x),
                                                   bessel_in(2, x),
                                                   stop_gradient(x)};
    const int last = __LINE__ - 1;
    for (const auto& operation : t.trace.operations) {
        BOOST_TEST_CONTEXT(operation.name) {
            BOOST_TEST(operation.where.line >= line);
            BOOST_TEST(operation.where.line <= last);
        }
    }
}

BOOST_AUTO_TEST_CASE(functions_of_std_that_are_named_beside_are_no_obstacle) {
    Trial t;
    using std::max, std::min, std::clamp, std::pow, std::exp, std::hypot, std::abs, std::fma;
    const auto x = t.x, y = t.y;
    BOOST_TEST(max(x, y).value() == 0.5);
    BOOST_TEST(min(x * y, y).value() == 0.125);
    BOOST_TEST(clamp(x, y, y).value() == 0.5);
    BOOST_TEST(pow(x, 2).value() == 0.0625);
    BOOST_TEST(exp(x - x).value() == 1.0);
    BOOST_TEST(hypot(x, x - x).value() == 0.25);
    BOOST_TEST(abs(-x).value() == 0.25);
    BOOST_TEST(fma(x, y, 1).value() == 1.125);
}

BOOST_AUTO_TEST_CASE(functions_of_the_user_work_with_their_line_unknown) {
    Trial t;
    const auto y = shifted(t.x);
    BOOST_TEST(y.value() == std::exp(0.25) - 1);
    BOOST_TEST(t.trace.operations.back().name == "shifted");
    BOOST_TEST(!t.trace.operations.back().where.known());
}

BOOST_AUTO_TEST_CASE(partials_come_from_the_rule) {
    Trial t;
    pow(t.x, t.y);
    const auto* x = t.trace.operands.data();
    const double a = 0.25, b = 0.5, y = std::pow(a, b), l = std::log(a);
    const auto close = boost::test_tools::tolerance(1e-14);
    BOOST_TEST(x[0].partial == b * y / a, close);
    BOOST_TEST(x[1].partial == y * l, close);
    BOOST_TEST(t.trace.second.at(0) == b * (b - 1) * y / (a * a), close);
    BOOST_TEST(t.trace.second.at(1) == y / a * (1 + b * l), close);
    BOOST_TEST(t.trace.second.at(2) == y * l * l, close);
}

BOOST_AUTO_TEST_CASE(constants_are_not_traced_and_have_no_partials) {
    Trial t;
    const Traced<double> two = 2;
    BOOST_TEST((two * two).trace() == nullptr);
    BOOST_TEST(t.trace.operations.empty());
    pow(-t.x, two);  // by the exponent it would be NaN
    BOOST_TEST(t.trace.operands.back().partial == 0.0);
    BOOST_TEST(t.trace.operands.back().id == Trace<double>::constant);
}

BOOST_AUTO_TEST_CASE(numbers_of_two_traces_do_not_mix) {
    Trial one, other;
    BOOST_CHECK_THROW(one.x + other.x, std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()
