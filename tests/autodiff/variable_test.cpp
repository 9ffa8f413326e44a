#include "hesse/autodiff/variable.hpp"

#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/operations/trigonometric.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <map>
#include <numeric>
#include <sstream>
#include <utility>

namespace {
using namespace hesse;
using namespace hesse::test;

/// Checks the same generic scalar code on the tape and on hyper-dual numbers.
template <class Loss>
void check_scalars(const Loss& loss, const VectorXd& x) {
    check_loss(objective(loss, x.size(), scalars), loss, x);
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
