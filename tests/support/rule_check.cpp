#include "rule_check.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace test {
namespace {

bool same(double a, double b) {
    return std::memcmp(&a, &b, sizeof(a)) == 0 || (std::isnan(a) && std::isnan(b));
}

std::string text(const Point& x) {
    std::string list;
    for (const double number : x) {
        char digits[32];
        std::snprintf(digits, sizeof digits, "%s%.17g", list.empty() ? "" : ", ", number);
        list += digits;
    }
    return "(" + list + ")";
}

struct Comparison {
    const RuleUnderTest& rule;
    const Point& x;
    const Tolerance& tolerance;

    void operator()(const char* what, double got, double exact, double floor, double noise) const {
        const double epsilon = rule.single ? static_cast<double>(std::numeric_limits<float>::epsilon())
                                           : std::numeric_limits<double>::epsilon();
        const double smallest = rule.single ? static_cast<double>(std::numeric_limits<float>::denorm_min())
                                            : std::numeric_limits<double>::denorm_min();
        const double slack = tolerance.units * epsilon * (std::abs(exact) + floor) + noise + 4 * smallest;
        BOOST_CHECK_MESSAGE(
            got == exact || (std::isnan(got) && std::isnan(exact)) || std::abs(got - exact) <= slack,
            (rule.lanes > 1 ? "pack " : "")
                << (rule.single ? "float " : "") << rule.name << what << " at " << text(x) << ": " << got
                << ", exactly " << exact << ", off by "
                << std::abs(got - exact) / (epsilon * (std::abs(exact) + floor)) << " units");
    }
};

/// Numbers whose derivatives float can hold.
bool fits_float(const Point& x, const Derivatives& exact) {
    const auto fits = [](double y) {
        return std::abs(y) <= static_cast<double>(std::numeric_limits<float>::max());
    };
    return std::all_of(x.begin(), x.end(),
                       [](double a) { return std::abs(a) <= 80 && (a == 0 || std::abs(a) >= 1e-6); }) &&
           fits(exact.value) && std::all_of(exact.first.begin(), exact.first.end(), fits) &&
           std::all_of(exact.second.begin(), exact.second.end(),
                       [&](const auto& row) { return std::all_of(row.begin(), row.end(), fits); });
}

/// By power series along unit vectors, and along the sums of two for the mixed derivatives.
void check_series(const RuleUnderTest& rule, const Point& x, std::size_t i, std::size_t j,
                  const Derivatives& exact, const Tolerance& tolerance) {
    const auto y = rule.evaluate_series(x, i, j);
    const Comparison compare{rule, x, tolerance};
    if (i == j) {
        compare(" by series", y[0], exact.value, tolerance.value_floor, 0);
        compare(" by series, '", y[1], exact.first[i], tolerance.floor, exact.first_noise);
        compare(" by series, ''", y[2], exact.second[i][i], tolerance.floor, exact.second_noise);
        compare(" by series, '''", y[3], exact.third[i], std::max(tolerance.floor, tolerance.third_floor),
                exact.third_noise);
        return;
    }
    double all = 0, size = tolerance.floor;
    for (const double part :
         {exact.second[i][i], exact.second[i][j], exact.second[j][i], exact.second[j][j]}) {
        all += part;
        size += std::abs(part);
    }
    compare(" by series, mixed", y[2], all, size, 4 * exact.second_noise);
}

}  // namespace

void check(const RuleUnderTest& rule, const std::vector<Point>& points, const Tolerance& tolerance) {
    for (const Point& point : points) {
        Point x = point;
        if (rule.single) {
            for (double& number : x) number = static_cast<double>(static_cast<float>(number));
        }
        const Derivatives exact = exact_derivatives(rule.name, x, rule.active);
        if (rule.single && !fits_float(point, exact)) continue;
        const Comparison compare{rule, x, tolerance};
        for (std::size_t i = 0; i < x.size(); ++i) {
            for (std::size_t j = 0; j < x.size(); ++j) {
                if (!rule.active[i] || !rule.active[j]) continue;
                const Evaluated alone = rule.evaluate(x, x, 0, i, j);
                compare("", alone.value, exact.value, tolerance.value_floor, 0);
                BOOST_CHECK_MESSAGE(same(alone.carried, alone.value),
                                    rule.name << " at " << text(x) << " has another value in duals");
                compare("'", alone.outer, exact.first[i], tolerance.floor, exact.first_noise);
                compare("', inner", alone.inner, exact.first[j], tolerance.floor, exact.first_noise);
                compare("''", alone.second, exact.second[i][j], tolerance.floor, exact.second_noise);
                if (rule.evaluate_series != nullptr) check_series(rule, x, i, j, exact, tolerance);
                for (const Point& rest : {points.front(), points.back(), Point(x.size(), not_a_number)}) {
                    for (int lane = 0; rule.lanes > 1 && lane < rule.lanes; ++lane) {
                        const Evaluated y = rule.evaluate(x, rest, lane, i, j);
                        BOOST_CHECK_MESSAGE(same(y.value, alone.value) && same(y.outer, alone.outer) &&
                                                same(y.inner, alone.inner) && same(y.second, alone.second),
                                            rule.name << " at " << text(x) << " depends on the other lanes");
                    }
                }
            }
        }
    }
}

}  // namespace test
