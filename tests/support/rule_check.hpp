#pragma once

#include "exact_derivatives.hpp"
#include "hesse/autodiff/dual.hpp"
#include "hesse/autodiff/simd.hpp"
#include "hesse/autodiff/taylor.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// One call tests a rule: value, first and second derivative at every point, as a scalar and in every lane of
/// packs, in both precisions, and as a power series with the third derivative, against 300-digit arithmetic.
namespace test {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// How far a result may be off: units * epsilon * (|exact| + floor). A rule whose partial is computed from its
/// result, as 1 - y^2, is accurate relative to the terms of that formula, here 1, and not to their difference:
/// `floor` is their size. `value_floor` is the same for the value, `third_floor` for the third derivative where that has
/// larger terms.
struct Tolerance {
    double units = 8;
    double floor = 0;
    double value_floor = 0;
    double third_floor = 0;
};

using Point = std::vector<double>;

template <class T>
using Second = hesse::Dual<hesse::Dual<T>>;

/// x with unit tangents in both directions: a function of it carries y' and y''.
template <class T>
Second<T> seeded(const T& x) {
    return {hesse::Dual<T>(x, T(1)), hesse::Dual<T>(T(1), T(0))};
}

/// Along argument i by the outer dual and argument j by the inner one.
struct Evaluated {
    double value;    // without duals
    double carried;  // with them
    double outer, inner, second;
};

template <bool active, class T>
auto argument(const T& x, bool outer, bool inner) {
    if constexpr (active) return Second<T>(hesse::Dual<T>(x, T(inner)), hesse::Dual<T>(T(outer), T(0)));
    else return x;
}

/// Rule at x in one lane of T, with `rest` in the others. Arguments that are not active are plain.
template <class Rule, class T, bool... active>
Evaluated evaluate(const Point& x, const Point& rest, int lane, std::size_t i, std::size_t j) {
    const auto number = [&](std::size_t k) {
        using S = hesse::ScalarOf<T>;
        if constexpr (std::is_arithmetic_v<T>) {
            return static_cast<S>(x[k]);
        } else {
            S lanes[T::size];
            for (S& other : lanes) other = static_cast<S>(rest[k]);
            lanes[lane] = static_cast<S>(x[k]);
            return T::load(lanes);
        }
    };
    const auto at_lane = [&](const T& y) {
        if constexpr (std::is_arithmetic_v<T>) return static_cast<double>(y);
        else return static_cast<double>(y[lane]);
    };
    return [&]<std::size_t... K>(std::index_sequence<K...>) {
        const Second<T> y = hesse::apply<Rule>(argument<active, T>(number(K), K == i, K == j)...);
        return Evaluated{at_lane(hesse::apply<Rule>(number(K)...)), at_lane(y.value.value),
                         at_lane(y.tangent.value), at_lane(y.value.tangent), at_lane(y.tangent.tangent)};
    }(std::make_index_sequence<sizeof...(active)>{});
}

/// Derivatives to the third order along the sum of the unit vectors i and j, or along i where they are one: by a power
/// series.
template <class Rule, bool... active>
std::array<double, 4> evaluate_series(const Point& x, std::size_t i, std::size_t j) {
    using Series = hesse::Taylor<double, 3>;
    const auto argument = [&]<bool variable>(std::bool_constant<variable>, std::size_t k) {
        if constexpr (variable) {
            Series t(x[k]);
            t[1] = k == i || k == j ? 1 : 0;
            return t;
        } else {
            return x[k];
        }
    };
    return [&]<std::size_t... K>(std::index_sequence<K...>) {
        const Series y = hesse::apply<Rule>(argument(std::bool_constant<active>(), K)...);
        return std::array<double, 4>{y[0], y[1], 2 * y[2], 6 * y[3]};
    }(std::make_index_sequence<sizeof...(active)>{});
}

/// A rule on one type of numbers.
struct RuleUnderTest {
    std::string_view name;
    Evaluated (*evaluate)(const Point& x, const Point& rest, int lane, std::size_t i, std::size_t j);
    int lanes;
    bool single;  // of float
    std::vector<bool> active;
    std::array<double, 4> (*evaluate_series)(const Point& x, std::size_t i, std::size_t j) = nullptr;
};

template <class Rule, class T, bool... active>
RuleUnderTest rule_on() {
    const auto lanes = [] {
        if constexpr (std::is_arithmetic_v<T>) return 1;
        else return T::size;
    };
    RuleUnderTest rule{Rule::name,
                       evaluate<Rule, T, active...>,
                       lanes(),
                       std::is_same_v<hesse::ScalarOf<T>, float>,
                       {active...}};
    if constexpr (std::is_same_v<T, double>) rule.evaluate_series = evaluate_series<Rule, active...>;
    return rule;
}

/// Every derivative at every point, and the same bits in whatever lane and company.
void check(const RuleUnderTest& rule, const std::vector<Point>& points, const Tolerance& tolerance);

/// A rule of several arguments. What is not active is data.
template <class Rule, bool... active>
void check_rule_of_several(const std::vector<Point>& points, const Tolerance& tolerance = {}) {
    check(rule_on<Rule, double, active...>(), points, tolerance);
    check(rule_on<Rule, float, active...>(), points, tolerance);
    check(rule_on<Rule, hesse::Pack<double>, active...>(), points, tolerance);
    check(rule_on<Rule, hesse::Pack<float>, active...>(), points, tolerance);
}

/// A rule of two arguments, with every choice of active ones.
template <class Rule>
void check_binary_rule(const std::vector<Point>& points, const Tolerance& tolerance = {}) {
    check_rule_of_several<Rule, true, true>(points, tolerance);
    check(rule_on<Rule, double, true, false>(), points, tolerance);
    check(rule_on<Rule, double, false, true>(), points, tolerance);
}

template <class Rule>
void check_rule(const std::vector<double>& points, const Tolerance& tolerance = {}) {
    std::vector<Point> all;
    for (const double x : points) all.push_back({x});
    check_rule_of_several<Rule, true>(all, tolerance);
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
