#include "hesse/autodiff/variable.hpp"

#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/operations/trigonometric.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <complex>
#include <map>
#include <numeric>
#include <sstream>
#include <thread>
#include <tuple>
#include <utility>

namespace {
using namespace hesse;
using namespace hesse::test;

/// Checks the same generic scalar code on the tape and on hyper-dual numbers.
template <class Loss>
void check_scalars(const Loss& loss, const VectorXd& x, Precision precision = {}) {
    check_loss(objective(loss, x.size(), scalars), loss, x, precision);
}

template <class T>
using ScalarVector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
}  // namespace

BOOST_AUTO_TEST_SUITE(variable)

BOOST_AUTO_TEST_CASE(every_operator_takes_numbers_of_any_type_on_either_side) {
    check_scalars(
        [](const auto& x) {
            using T = std::decay_t<decltype(x[0])>;
            const T a = x[0], b = x[1];
            T s = a + b;
            s += a + 2.0;
            s += 2.0f + b * a;
            s += (a - 3) * (3 - b);
            s += a / 4 + 4.0f / b;
            s += (2u * a) * (b * 3l) - (-a) * (+b);
            s += a / b + 1.0 / (a + 2);
            s -= 0.5 * (a * a);
            return s;
        },
        VectorXd{{0.7, 1.9}});
}

BOOST_AUTO_TEST_CASE(compound_assignments_take_variables_expressions_and_numbers) {
    check_scalars(
        [](const auto& x) {
            using T = std::decay_t<decltype(x[0])>;
            T y = x[0];
            y += 2;
            y *= x[1];
            y -= x[0] * x[1] + 1.5;
            y /= x[1] + 3.0f;
            y *= y;
            y -= y * 0.25;
            y /= 2;
            y += y;
            y *= y - 1;
            T z = 3;
            z *= x[0];
            z -= y;
            z = z * y + x[1];
            z = 2.0 * z;
            return T(y + z);
        },
        VectorXd{{0.7, 1.9}});
}

BOOST_AUTO_TEST_CASE(an_expression_may_be_returned_without_a_name) {
    check_scalars([](const auto& x) { return x[0] * x[1] + x[0] / x[1]; }, VectorXd{{0.7, 1.9}});
    check_scalars([](const auto& x) { return x[1]; }, VectorXd{{0.7, 1.9}});
}

BOOST_AUTO_TEST_CASE(functions_return_variables_and_expressions) {
    const auto scaled = []<class T>(const T& a) -> T { return 3.0 * a; };
    const auto squared_norm = [&]<class T>(const T& a, const T& b) {
        T s = 0;
        s += scaled(a) * a;
        s += scaled(b) * b;
        return s;
    };
    check_scalars([&](const auto& x) { return squared_norm(x[0], x[1]) * scaled(x[0]); },
                  VectorXd{{0.7, 1.9}});
}

BOOST_AUTO_TEST_CASE(named_expressions_stay_valid_and_mean_what_they_meant) {
    check_scalars(
        [](const auto& x) {
            using T = std::decay_t<decltype(x[0])>;
            T y = x[0] * 2.0;
            const auto e = y * x[1] + exp(y);  // reads y as it is here
            y = y * y;
            const auto twice = e + e;
            return twice * y + e;
        },
        VectorXd{{0.7, 1.9}});
}

BOOST_AUTO_TEST_CASE(comparisons_and_branches_look_at_values) {
    const auto loss = [](const auto& x) {
        using T = std::decay_t<decltype(x[0])>;
        T y = 0;
        if (x[0] < x[1]) y += x[0] * x[0];
        if (x[0] >= 0.5) y += x[1];
        if (2 > x[1] * 1.0) y += exp(x[1]);
        if (x[0] == x[0] && x[0] != x[1] && !(x[0] > 5) && x[0] <= x[1] + 1.0) y *= x[0];
        return y;
    };
    check_scalars(loss, VectorXd{{0.7, 1.9}});
    check_scalars(loss, VectorXd{{0.3, 2.9}});
}

BOOST_AUTO_TEST_CASE(elementary_functions_mix_with_arithmetic) {
    check_scalars(
        [](const auto& x) {
            using std::exp, std::log, std::sqrt, std::sin, std::cos, std::tanh, std::pow;
            return exp(-x[0] * x[0]) * sin(x[1]) + log(x[1] + 2.0) / sqrt(x[1]) + tanh(x[0] * x[1]) +
                   cos(x[0]) * pow(x[1], 2.5) + pow(x[1], x[0]) + pow(2.0, x[0]);
        },
        VectorXd{{0.7, 1.9}});
}

BOOST_AUTO_TEST_CASE(an_exponent_that_is_a_constant_needs_no_positive_base) {
    // y = a^2 b + a^3 + (a b)^2
    const auto f = objective(
        [](const auto& x) {
            using std::pow;
            using T = std::decay_t<decltype(x[0])>;
            const T two(2);
            return T(pow(x[0], two) * x[1] + pow(x[0], T(3)) + pow(x[0] * x[1], two) * pow(two, T(0)));
        },
        2, scalars);
    const double a = -1.5, b = 2.0;
    const auto at = f.linearize(VectorXd{{a, b}});
    BOOST_TEST(at.value() == f.value(VectorXd{{a, b}}));
    BOOST_TEST(at.gradient() == (VectorXd{{2 * a * b + 3 * a * a + 2 * a * b * b, a * a + 2 * a * a * b}}));
    const VectorXd product = at.hessian() * VectorXd{{1.0, -1.0}};
    const double mixed = 2 * a + 4 * a * b;
    BOOST_TEST(product[0] == 2 * b + 6 * a + 2 * b * b - mixed, boost::test_tools::tolerance(1e-15));
    BOOST_TEST(product[1] == mixed - 2 * a * a, boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(containers_hold_variables) {
    check_scalars(
        [](const auto& x) {
            using T = std::decay_t<decltype(x[0])>;
            std::vector<T> all(x.begin(), x.end());
            all.push_back(x[0] * x[1]);
            all.insert(all.begin(), T(2));
            all.resize(9, T(1));
            std::map<int, T> by_name;
            by_name[3] = all[1] * all[2];
            by_name[3] += all[3];
            std::array<T, 2> pair{all[1], by_name[3]};
            const T total = std::accumulate(all.begin(), all.end(), T(0));
            return total * pair[0] + pair[1] * pair[1];
        },
        VectorXd{{0.7, 1.9, -0.3}});
}

BOOST_AUTO_TEST_CASE(swapping_exchanges_sums_without_mixing_them) {
    check_scalars(
        [](const auto& x) {
            using std::swap;
            using T = std::decay_t<decltype(x[0])>;
            T a = 0, b = 0;
            a += x[0] * x[0];
            b += x[1] * x[1] * x[1];
            swap(a, b);
            a += x[0];  // x1^3 + x0
            b += x[1];  // x0^2 + x1
            return a * b;
        },
        VectorXd{{0.7, 1.9}});
}

BOOST_AUTO_TEST_CASE(variables_are_declared_counted_and_cast_as_doubles_are) {
    const auto loss = [](const auto& x) {
        using T = std::decay_t<decltype(x[0])>;
        T zero{}, one{1.5}, array[3] = {0, 1.0f, x[0]};
        const T two(2);
        static const T shared[] = {0.25, 3};
        constexpr T pi = 3.14159;
        T y = x[0];
        ++y;
        T before = y++;
        y--;
        --before;
        if (!bool(zero) && x[1] > 0) y += two * one;
        y += array[2] * array[1] + shared[0] * x[1] + pi * shared[1];
        y += x[0] * true + 2ull * x[1] - static_cast<unsigned char>(3) * x[0] * 1.0f;
        return y * before + static_cast<int>(x[1]) + static_cast<double>(x[1] > 1.0);
    };
    const auto of_variables = [&](const auto& x) {
        using T = std::decay_t<decltype(x[0])>;
        if constexpr (std::is_same_v<T, HyperDual>) {
            // The same in one formula: HyperDual is not constexpr.
            const T y = x[0] + 1.0 + 3.0 + x[0] + 0.25 * x[1] + 3.14159 * 3 + x[0] + 2.0 * x[1] - 3.0 * x[0];
            return T(y * x[0] + 1.0 + 1.0);
        } else {
            return T(loss(x));
        }
    };
    check_scalars(of_variables, VectorXd{{0.7, 1.9}}, {4.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(constants_that_recordings_and_threads_share_belong_to_none) {
    static const Var table[] = {2, 0.5};
    const auto loss = [](const auto& x) {
        std::decay_t<decltype(x[0])> s = 0;
        for (int i = 0; i < 100; ++i) s += x[0] * x[1] * value_of(table[i % 2]);
        if constexpr (std::is_same_v<std::decay_t<decltype(x[0])>, Var>)
            s = s * table[0] + table[1] - table[1];
        else s *= 2;
        return s;
    };
    std::array<double, 2> slopes{};
    const auto run = [&](std::size_t thread) {
        const auto f = objective(loss, 2, scalars);
        for (int i = 0; i < 50; ++i) slopes[thread] = f.linearize(VectorXd{{0.5, 4.0}}).gradient()[0];
    };
    std::thread other(run, 0);
    run(1);
    other.join();
    for (const double slope : slopes) BOOST_TEST(slope == 2 * 125 * 4.0);
    for (const Var& constant : table) BOOST_TEST(constant.tape() == nullptr);
}

BOOST_AUTO_TEST_CASE(algorithms_of_the_standard_library_take_variables) {
    check_scalars(
        [](const auto& x) {
            using std::max, std::min;
            using T = std::decay_t<decltype(x[0])>;
            std::vector<T> a(x.begin(), x.end()), b = a;
            for (T& entry : b) entry = entry * entry + 0.1;
            std::sort(a.begin(), a.end());
            std::sort(b.begin(), b.end(), [](const T& p, const T& q) { return p > q; });
            const T dot = std::inner_product(a.begin(), a.end(), b.begin(), T(0));
            const T reduced = std::transform_reduce(a.begin(), a.end(), b.begin(), T(1));
            const auto [least, most] = std::minmax_element(a.begin(), a.end());
            const std::pair<T, T> ends(*least, *most);
            const auto all = std::make_tuple(T(dot), ends.first * 2.0, 3);
            const T largest = std::max(std::max(a[0], b[0]), T(0.5));
            const T smallest = std::min<T>(a[0] * b[0], a[1] + 1.0);
            return T(std::get<0>(all) * std::get<1>(all) * std::get<2>(all) + reduced * ends.second +
                     largest * smallest + max(a[1] * b[1], 0.25) * min(a[2], b[2]));
        },
        VectorXd{{0.7, 1.9, -0.3}}, {4.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(complex_numbers_may_be_made_of_variables) {
    check_scalars(
        [](const auto& x) {
            using T = std::decay_t<decltype(x[0])>;
            const std::complex<T> a(x[0], x[1]), b(T(2), x[0]);
            std::complex<T> c = a * b + a / b + std::conj(a);
            c *= std::polar(x[1], x[0]);
            return T(std::norm(c) + c.real() * c.imag() + std::abs(a));
        },
        VectorXd{{0.7, 1.9}}, {4.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(a_sum_takes_numbers_without_a_statement) {
    const auto statements = [](bool with_numbers) {
        const auto loss = [with_numbers](const auto& x) {
            std::decay_t<decltype(x[0])> s = 0;
            for (int i = 0; i < 100000; ++i) {
                s += x[0];
                if (with_numbers) s -= 0.5;
            }
            return s;
        };
        const auto at = objective(loss, 1, scalars).linearize(VectorXd::Ones(1));
        BOOST_TEST(at.value() == (with_numbers ? 50000.0 : 100000.0));
        return at.memory().statements;
    };
    BOOST_TEST(statements(true) == statements(false));
}

BOOST_AUTO_TEST_CASE(ten_million_terms_are_one_sum) {
    const auto f = objective<float>(
        [](const auto& x) {
            std::decay_t<decltype(x[0])> s = 0;
            for (int i = 0; i < 10'000'000; ++i) s += x[i & 1];
            return s;
        },
        2, scalars);
    const auto at = f.linearize(Eigen::VectorXf::Constant(2, 0.0f));
    BOOST_TEST(at.gradient()[0] == 5e6f);
    BOOST_TEST(at.gradient()[1] == 5e6f);
}

// What would lose a derivative in silence does not compile.
using Product = decltype(Var() * Var());
static_assert(!std::is_convertible_v<Var, double> && !std::is_convertible_v<Product, double>);
static_assert(!std::is_convertible_v<Var, bool> && !std::is_convertible_v<Var, int>);
static_assert(!std::is_assignable_v<double&, Var> && !std::is_assignable_v<double&, Product>);
static_assert(!std::is_arithmetic_v<Var> && !std::is_floating_point_v<Var>);

BOOST_AUTO_TEST_CASE(limits_have_the_type_of_the_variable) {
    static_assert(std::is_same_v<decltype(std::numeric_limits<Var>::max()), Var>);
    static_assert(std::numeric_limits<Var>::is_specialized && std::numeric_limits<Var>::digits == 53);
    BOOST_TEST(std::min(Var(3), std::numeric_limits<Var>::max()).value() == 3);
    BOOST_TEST(static_cast<double>(std::numeric_limits<Product>::lowest()) ==
               std::numeric_limits<double>::lowest());
}

BOOST_AUTO_TEST_CASE(a_constant_variable_records_nothing) {
    Var a = 3;
    Var b = a * 2.0 + 1;
    b += a;
    b *= b;
    BOOST_TEST(b.value() == 100);
    BOOST_TEST(b.tape() == nullptr);
    BOOST_TEST(static_cast<double>(b) == 100);
    BOOST_TEST(value_of(b + 1.0) == 101);
}

BOOST_AUTO_TEST_CASE(constant_variables_stand_beside_active_ones) {
    check_scalars(
        [](const auto& x) {
            using T = std::decay_t<decltype(x[0])>;
            const T c = 3, d = 0.5;
            T y = c * x[0] + d;
            y += c;
            y += c * d;
            y -= x[1] * d * (c + d);
            T z = c;
            z += x[0];
            z += z;
            return y * z / c;
        },
        VectorXd{{0.7, 1.9}});
}

BOOST_AUTO_TEST_CASE(unused_parameters_have_zero_derivatives) {
    const auto f = objective([](const auto& x) { return x[2] * x[2]; }, 5, scalars);
    const VectorXd x = random_vector(5, 1);
    const auto at = f.linearize(x);
    VectorXd product(5);
    at.hessian().apply(VectorXd::Ones(5), product);
    BOOST_TEST(at.gradient() == (VectorXd{{0, 0, 2 * x[2], 0, 0}}));
    BOOST_TEST(product == (VectorXd{{0, 0, 2, 0, 0}}));
}

BOOST_AUTO_TEST_CASE(a_variable_prints_as_its_value) {
    std::ostringstream text;
    text << Var(2.5) << " " << Var(2.0) * 3.0;
    BOOST_TEST(text.str() == "2.5 6");
}

BOOST_AUTO_TEST_SUITE_END()
