#include "support/recorded_function_check.hpp"

#include <cmath>

/// Each function of `<cmath>` and its like, on a tape.
namespace {
using hesse::test::check_recorded;
}  // namespace

BOOST_AUTO_TEST_SUITE(recorded_functions)

BOOST_AUTO_TEST_CASE(exponentials_and_logarithms) {
    check_recorded("exp", [](const auto& x) { return exp(x); }, {-2, 2});
    check_recorded("exp2", [](const auto& x) { return exp2(x); }, {-2, 2});
    check_recorded("expm1", [](const auto& x) { return expm1(x); }, {-1, 1});
    check_recorded("log", [](const auto& x) { return log(x); }, {0.2, 3});
    check_recorded("log2", [](const auto& x) { return log2(x); }, {0.2, 3});
    check_recorded("log10", [](const auto& x) { return log10(x); }, {0.2, 3});
    check_recorded("log1p", [](const auto& x) { return log1p(x); }, {-0.5, 2});
}

BOOST_AUTO_TEST_CASE(powers_and_roots) {
    using hesse::cube, hesse::hypot, hesse::inverse, hesse::rsqrt, hesse::square;
    check_recorded("square", [](const auto& x) { return square(x); }, {-2, 2});
    check_recorded("cube", [](const auto& x) { return cube(x); }, {-2, 2});
    check_recorded("inverse", [](const auto& x) { return inverse(x); }, {0.5, 2});
    check_recorded("sqrt", [](const auto& x) { return sqrt(x); }, {0.2, 2});
    check_recorded("rsqrt", [](const auto& x) { return rsqrt(x); }, {0.2, 2});
    check_recorded("cbrt", [](const auto& x) { return cbrt(x); }, {0.2, 2});
    check_recorded("pow", [](const auto& x, const auto& y) { return pow(x, y); }, {0.5, 2}, {-1, 2});
    check_recorded("hypot", [](const auto& x, const auto& y) { return hypot(x, y); }, {0.5, 2}, {-1, 2});
    check_recorded("hypot of 3", [](const auto& x, const auto& y, const auto& z) { return hypot(x, y, z); },
                   {0.5, 2}, {-1, 2}, {-2, 1});
}

BOOST_AUTO_TEST_CASE(trigonometry) {
    check_recorded("sin", [](const auto& x) { return sin(x); }, {-3, 3});
    check_recorded("cos", [](const auto& x) { return cos(x); }, {-3, 3});
    check_recorded("tan", [](const auto& x) { return tan(x); }, {-1, 1});
    check_recorded("asin", [](const auto& x) { return asin(x); }, {-0.8, 0.8});
    check_recorded("acos", [](const auto& x) { return acos(x); }, {-0.8, 0.8});
    check_recorded("atan", [](const auto& x) { return atan(x); }, {-3, 3});
    check_recorded("atan2", [](const auto& y, const auto& x) { return atan2(y, x); }, {-2, 2}, {0.3, 2});
}

BOOST_AUTO_TEST_CASE(hyperbolic) {
    check_recorded("sinh", [](const auto& x) { return sinh(x); }, {-2, 2});
    check_recorded("cosh", [](const auto& x) { return cosh(x); }, {-2, 2});
    check_recorded("tanh", [](const auto& x) { return tanh(x); }, {-2, 2});
    check_recorded("asinh", [](const auto& x) { return asinh(x); }, {-3, 3});
    check_recorded("acosh", [](const auto& x) { return acosh(x); }, {1.2, 3});
    check_recorded("atanh", [](const auto& x) { return atanh(x); }, {-0.8, 0.8});
}

// Squared, so that there is a second derivative too.
BOOST_AUTO_TEST_CASE(pieces) {
    using hesse::clamp, hesse::max, hesse::min, hesse::select;
    check_recorded("abs", [](const auto& x) { return x * abs(x); }, {-2, 2});
    check_recorded("max", [](const auto& x, const auto& y) { return x * max(x, y * y); }, {-2, 2}, {-2, 2});
    check_recorded("min", [](const auto& x, const auto& y) { return x * min(x, y * y); }, {-2, 2}, {-2, 2});
    check_recorded("fmax", [](const auto& x, const auto& y) { return y * fmax(x, y); }, {-2, 2}, {-2, 2});
    check_recorded("fmin", [](const auto& x, const auto& y) { return y * fmin(x, y); }, {-2, 2}, {-2, 2});
    check_recorded("fdim", [](const auto& x, const auto& y) { return x * fdim(x, y); }, {-2, 2}, {-2, 2});
    check_recorded("clamp", [](const auto& x) { return x * x * clamp(x, -0.5, 1.0); }, {-2, 2});
    check_recorded("copysign", [](const auto& x, const auto& y) { return x * y * copysign(x, y); }, {-2, 2},
                   {-2, 2});
    check_recorded("select", [](const auto& x, const auto& y) { return select(x > y, x * y, x * x * x); },
                   {-2, 2}, {-2, 2});
}

BOOST_AUTO_TEST_CASE(whole_numbers_count_as_constants) {
    using hesse::sign;
    check_recorded("floor", [](const auto& x) { return x * x * floor(x); }, {-3, 3});
    check_recorded("ceil", [](const auto& x) { return x * x * ceil(x); }, {-3, 3});
    check_recorded("trunc", [](const auto& x) { return x * x * trunc(x); }, {-3, 3});
    check_recorded("round", [](const auto& x) { return x * x * round(x); }, {-3, 3});
    check_recorded("rint", [](const auto& x) { return x * x * rint(x); }, {-3, 3});
    check_recorded("nearbyint", [](const auto& x) { return x * x * nearbyint(x); }, {-3, 3});
    check_recorded("sign", [](const auto& x) { return x * x * sign(x); }, {-3, 3});
    check_recorded("fmod", [](const auto& x, const auto& y) { return x * fmod(x, y); }, {2, 5}, {0.7, 1.3});
    check_recorded("remainder", [](const auto& x, const auto& y) { return x * remainder(x, y); }, {2, 5},
                   {0.7, 1.3});
}

BOOST_AUTO_TEST_CASE(linear) {
    using hesse::lerp, hesse::ldexp, hesse::stop_gradient;
    const auto wide = hesse::test::Interval{-2, 2};
    check_recorded(
        "fma", [](const auto& x, const auto& y, const auto& z) { return fma(x, y, z); }, wide, wide, wide);
    check_recorded(
        "lerp", [](const auto& x, const auto& y, const auto& z) { return lerp(x, y, z); }, wide, wide, wide);
    check_recorded(
        "ldexp", [](const auto& x) { return x * ldexp(x, 3); }, wide);
    check_recorded(
        "stop_gradient", [](const auto& x) { return x * x * stop_gradient(x); }, wide);
}

BOOST_AUTO_TEST_SUITE_END()
