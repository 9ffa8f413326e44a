#pragma once

#include "exact_derivatives.hpp"
#include "hesse/autodiff/dual.hpp"
#include "hesse/autodiff/simd.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

/// One call tests a rule: value, first and second derivative at every point, as a scalar and in every lane of
/// packs, in both precisions, against 100-digit arithmetic.
namespace test {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// How far a result may be off: units * epsilon * (|exact| + floor). A rule whose partial is computed from its
/// result, as 1 - y^2, is accurate relative to the terms of that formula, here 1, and not to their difference:
/// `floor` is their size.
struct Tolerance {
    double units = 8;
    double floor = 0;
};

template <class T>
void check_number(std::string_view what, double x, double got, double exact, const Tolerance& tolerance) {
    const double rounded = static_cast<double>(static_cast<T>(exact));  // may overflow in T
    const double slack = tolerance.units * static_cast<double>(std::numeric_limits<T>::epsilon()) *
                             (std::abs(exact) + tolerance.floor) +
                         4 * static_cast<double>(std::numeric_limits<T>::denorm_min());
    const bool same =
        got == rounded || (std::isnan(got) && std::isnan(exact)) || std::abs(got - exact) <= slack;
    BOOST_CHECK_MESSAGE(same, what << " at " << x << ": " << got << ", exactly " << exact);
}

template <class T>
using Second = hesse::Dual<hesse::Dual<T>>;

/// x with unit tangents in both directions: a function of it carries y' and y''.
template <class T>
Second<T> seeded(const T& x) {
    return {hesse::Dual<T>(x, T(1)), hesse::Dual<T>(T(1), T(0))};
}

template <class Rule, class T>
void check_scalar(double at, const Tolerance& tolerance) {
    const T x = static_cast<T>(at);
    const Derivatives exact = exact_derivatives(Rule::name, static_cast<double>(x));
    const Second<T> y = hesse::apply<Rule>(seeded(x));
    const std::string name(Rule::name);
    check_number<T>(name, at, y.value.value, exact.value, {tolerance.units, 0});
    check_number<T>(name + "'", at, y.value.tangent, exact.first, tolerance);
    check_number<T>(name + "' (outer)", at, y.tangent.value, exact.first, tolerance);
    check_number<T>(name + "''", at, y.tangent.tangent, exact.second, tolerance);
    BOOST_TEST((hesse::apply<Rule>(x) == y.value.value || std::isnan(y.value.value)));
}

/// x in one lane after the other, `rest` in all others: correct, and the same bits wherever x stands.
template <class Rule, class T>
void check_lanes(double at, double rest, const Tolerance& tolerance) {
    using P = hesse::Pack<T>;
    const T x = static_cast<T>(at);
    const Derivatives exact = exact_derivatives(Rule::name, static_cast<double>(x));
    const Second<P> alone = hesse::apply<Rule>(seeded(P(x)));
    const std::string name = "pack " + std::string(Rule::name);
    check_number<T>(name, at, alone.value.value[0], exact.value, {tolerance.units, 0});
    check_number<T>(name + "'", at, alone.value.tangent[0], exact.first, tolerance);
    check_number<T>(name + "''", at, alone.tangent.tangent[0], exact.second, tolerance);
    for (int lane = 0; lane < P::size; ++lane) {
        T lanes[P::size];
        for (T& other : lanes) other = static_cast<T>(rest);
        lanes[lane] = x;
        const Second<P> y = hesse::apply<Rule>(seeded(P::load(lanes)));
        BOOST_TEST(y.value.value[lane] == alone.value.value[0]);
        BOOST_TEST(y.value.tangent[lane] == alone.value.tangent[0]);
        BOOST_TEST(y.tangent.tangent[lane] == alone.tangent.tangent[0]);
    }
}

template <class Rule>
void check_rule(const std::vector<double>& points, const Tolerance& tolerance = {}) {
    for (const double x : points) {
        check_scalar<Rule, double>(x, tolerance);
        check_lanes<Rule, double>(x, points.front(), tolerance);
        check_lanes<Rule, double>(x, not_a_number, tolerance);
        if (std::abs(x) <= 80 && (x == 0 || std::abs(x) >= 1e-6)) {
            check_scalar<Rule, float>(x, tolerance);
            check_lanes<Rule, float>(x, points.back(), tolerance);
        }
    }
}

/// Values only, where a function has no finite derivatives.
template <class Rule>
void check_value(double x, double exact) {
    const auto same = [&](double y) { return y == exact || (std::isnan(y) && std::isnan(exact)); };
    BOOST_CHECK_MESSAGE(same(hesse::apply<Rule>(x)), Rule::name << " of " << x);
    BOOST_CHECK_MESSAGE(same(hesse::apply<Rule>(hesse::Pack<double>(x))[0]),
                        "pack " << Rule::name << " of " << x);
    if (static_cast<double>(static_cast<float>(x)) == x || std::isnan(x)) {
        const float single = static_cast<float>(exact);
        const float y = hesse::apply<Rule>(hesse::Pack<float>(static_cast<float>(x)))[0];
        BOOST_CHECK_MESSAGE(y == single || (std::isnan(y) && std::isnan(single)),
                            "float pack " << Rule::name << " of " << x);
    }
}

}  // namespace test
