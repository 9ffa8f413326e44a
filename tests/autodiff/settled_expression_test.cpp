#include "hesse/autodiff/settled_expression.hpp"

#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/operations/trigonometric.hpp"
#include "support/scalar_template_check.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <type_traits>
#include <vector>

namespace {
using namespace hesse;
using namespace hesse::test;

const VectorXd two{{0.7, 1.9}};

// What follows is written as for double: the type of x is what the call deduces.

template <class T>
T sum_of_powers(T x, int count) {
    T sum = 0;
    T power = 1;
    for (int i = 0; i < count; ++i) {
        power *= x;
        sum += power;
        sum -= 0.25;
    }
    T half = sum / 2;
    ++half;
    return half > 1 ? half * x : half - x / 3;
}

template <class T>
T falling_factorial(T x, int count) {
    if (count <= 0) return 1;
    return x * falling_factorial(x - 1, count - 1);
}

template <class T>
T largest_of_many(T x) {
    std::vector<T> all(5);
    T largest = std::numeric_limits<T>::lowest();
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i] = x * static_cast<double>(i) - x * x;
        if (all[i] > largest) largest = all[i];
    }
    all.front() = largest;
    all.back() = x;
    return all.front() * all.back() + all[1];
}

template <class T>
T longest_in_one_expression(T x) {
    T y = x * x * x * x * x * x * x * x * x * x * x * x * x * x * x * x * x * x * x + x;
    return y * (x + y) * (x - y) * (x + 2.0 * y) * (x - 2.0 * y) * (x + 3.0 * y) * (x - 3.0 * y) * 1e-3;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(settled_expression)

BOOST_AUTO_TEST_CASE(both_sides_of_a_choice_may_be_any_expressions) {
    const auto loss = []<class T>(const VectorOf<T>& x) -> T {
        using std::exp, std::sin;
        const bool first = x[0] > x[1];
        T a = first ? x[0] * 2 : 0.0;
        T b = first ? 0 : x[0] * 2;
        T c = first ? x[0] * 2 : x[1];
        T d = first ? x[0] * x[1] : exp(x[1]);
        T e = first ? exp(x[1] - x[0]) : 1.5f + sin(x[0]) * x[1];
        T f = first ? x[0] : x[1];
        T g = first ? -x[0] : x[0];
        T sum = 0;
        for (int i = 0; i < 3; ++i) sum += x[i % 2] > 1 ? x[0] * x[1] : 0.0;
        return a + b * c + d * e + f * g * sum + (first ? x[0] + x[1] : x[0] * x[1]) * a;
    };
    check_template(loss, two);
    check_template(loss, VectorXd{{1.9, 0.7}});
}

BOOST_AUTO_TEST_CASE(a_choice_with_a_name_is_an_operand_like_others) {
    const auto loss = []<class T>(const VectorOf<T>& x) -> T {
        const bool first = x[0] > x[1];
        auto c = first ? x[0] * x[1] : exp(x[1]);
        auto d = first ? 2.0 : x[1] * 3.0;
        const auto e = exp(c * 0.25) + d * d + c / d;
        const auto f = first ? e : c;
        return e * f + c + (f > 2 ? f : d);
    };
    check_template(loss, two);
    check_template(loss, VectorXd{{1.9, 0.7}});
}

BOOST_AUTO_TEST_CASE(named_expressions_are_assigned_to) {
    check_template(
        []<class T>(const VectorOf<T>& x) -> T {
            auto s = x[0] * x[0];
            const auto before = s;
            s += x[1];
            s -= 0.5;
            s *= s;
            s /= x[1] + s;
            s = s + before;
            auto t = x[1] + 1.0;
            t = 3;
            t *= exp(t * x[0]);
            t++;
            --t;
            t = x[0];
            t = sin(s) * t;
            return s * t + before;
        },
        two);
}

BOOST_AUTO_TEST_CASE(templates_deduce_the_type_of_an_expression) {
    check_template(
        []<class T>(const VectorOf<T>& x) -> T {
            return sum_of_powers(x[0] * x[1], 4) +
                   sum_of_powers(x[0] - 2.0, 3) * largest_of_many(x[0] + x[1]) +
                   sum_of_powers(largest_of_many(x[0] * x[1]), 2);
        },
        two, {1.0, 1e-13});
}

BOOST_AUTO_TEST_CASE(templates_that_recur_on_expressions_end) {
    check_template([]<class T>(const VectorOf<T>& x) -> T { return falling_factorial(x[0], 5) * x[1]; }, two);
}

BOOST_AUTO_TEST_CASE(long_expressions_of_expressions_keep_their_meaning) {
    check_template([]<class T>(const VectorOf<T>& x) -> T { return longest_in_one_expression(x[0] * x[1]); },
                   VectorXd{{0.8, 1.2}},
                   {1.0, 1e-11});  // the exponent 140 multiplies the rounding of the arguments
}

BOOST_AUTO_TEST_CASE(a_settled_expression_has_value_and_truth_as_numbers_have) {
    auto e = Var(2) * Var(3);
    BOOST_TEST(static_cast<int>(e) == 6);
    e = 7.9;
    BOOST_TEST(static_cast<int>(e) == 7);
    BOOST_TEST(value_of(e * 2.0) == 15.8);
    BOOST_TEST((e ? true : false));
    e = 0;
    BOOST_TEST(!e);
    BOOST_TEST(decltype(e){}.operator double() == 0.0);
    static_assert(std::is_same_v<std::common_type_t<decltype(e), double>, Var>);
    static_assert(std::is_same_v<std::common_type_t<decltype(e), decltype(exp(e))>, Var>);
}

BOOST_AUTO_TEST_CASE(an_expression_settled_in_an_earlier_recording_is_refused) {
    const auto product = [](const Var& a, const Var& b) { return a * b; };
    decltype(product(Var(1), Var(1))) kept = 0;
    bool first = true;
    const auto f = objective(
        [&](const auto& x) {
            using T = std::decay_t<decltype(x[0])>;
            if constexpr (std::is_same_v<T, Var>) {
                if (std::exchange(first, false)) kept += x[0];
                return T(kept * x[1]);
            } else {
                return T(0);
            }
        },
        2, scalars);
    BOOST_TEST(f.linearize(two).value() == 0.7 * 1.9);
    BOOST_CHECK_THROW(static_cast<void>(f.linearize(two).value()), std::logic_error);
}

BOOST_AUTO_TEST_CASE(copies_of_a_settled_expression_stay_as_they_are) {
    check_template(
        []<class T>(const VectorOf<T>& x) -> T {
            auto a = x[0] * x[1];
            a += x[0];
            const auto b = a;
            a *= 2;
            const T c = a;
            a -= x[1] * b;
            return a * b * c;
        },
        two);
}

BOOST_AUTO_TEST_SUITE_END()
