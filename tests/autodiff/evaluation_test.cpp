#include "hesse/autodiff/evaluation.hpp"

#include "hesse/autodiff/objective.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <type_traits>

/// What a choice leaves out contributes nothing, be its slopes infinite or NaN: in expressions and in what has a name and
/// so a statement of its own, of scalars and of arrays, in gradients and in Hessian products.
namespace {
using namespace hesse;
using namespace hesse::test;

/// The loss at x is the sum of smooth(x_i), whatever it chooses from.
template <class F, class Smooth>
void check_choice(const F& f, const Smooth& smooth, const VectorXd& x) {
    check_loss(
        f,
        [&](const HyperDualVector& theta) {
            HyperDual s = 0;
            for (const HyperDual& entry : theta) s += smooth(entry);
            return s;
        },
        x);
}

/// Zeros between other numbers, more than fill a pack.
VectorXd with_zeros() {
    VectorXd x = random_vector(37, 1, 0.2, 1.8);
    for (Index i = 0; i < x.size(); i += 3) x[i] = 0;
    return x;
}

/// The sum over the entries of a scalar function of a scalar.
template <class Function>
auto loop_over(const Function& function, Index n) {
    return objective(
        [function](const auto& x) {
            using Scalar = typename std::decay_t<decltype(x)>::Scalar;
            Scalar sum = 0;
            for (Index i = 0; i < x.size(); ++i) sum += function(Scalar(x[i]));
            return sum;
        },
        n);
}
}  // namespace

BOOST_AUTO_TEST_SUITE(evaluation)

BOOST_AUTO_TEST_CASE(of_scalars_the_side_that_select_leaves_out_may_have_infinite_slopes) {
    const VectorXd x = with_zeros();
    const auto smooth = [](const HyperDual& a) { return a.value > 0 ? log(a) * a : a * a; };
    check_choice(loop_over([](const auto& a) { return select(a > 0, log(a) * a, a * a); }, x.size()), smooth,
                 x);
    check_choice(loop_over(
                     [](const auto& a) {
                         const std::decay_t<decltype(a)> named = log(a), product = named * a;
                         return select(a > 0, product, a * a);
                     },
                     x.size()),
                 smooth, x);
}

BOOST_AUTO_TEST_CASE(of_scalars_what_max_and_min_leave_out_may_have_infinite_slopes) {
    const VectorXd x = with_zeros();
    const auto smooth = [](const HyperDual& a) { return a.value > 0 ? log(a) + a * a + a : a - 30.0; };
    check_choice(
        loop_over([](const auto& a) { return max(log(a), a - 30.0) + select(a > 0, a * a + a, 0.0); },
                  x.size()),
        smooth, x);
}

BOOST_AUTO_TEST_CASE(of_arrays_the_side_that_select_leaves_out_may_have_infinite_slopes) {
    const VectorXd x = with_zeros();
    const auto smooth = [](const HyperDual& a) { return a.value > 0 ? log(a) * a : a * a; };
    const auto fused = [](const auto& theta) {
        const auto a = theta.array();
        return select(a > 0.0, log(a) * a, a * a).sum();
    };
    check_choice(objective(fused, x.size()), smooth, x);
    const auto named = [](const auto& theta) {
        const auto a = theta.array();
        const auto logarithm = log(a);
        const auto product = logarithm * a;
        const auto chosen = select(a > 0.0, product, a * a);
        return chosen.sum();
    };
    check_choice(objective(named, x.size()), smooth, x);
    const auto largest = [](const auto& theta) {
        const auto a = theta.array();
        const auto inverse = a.inverse();
        return max(log(a), a - 30.0).sum() + min(inverse, 2.0 - a).sum();
    };
    check_choice(
        objective(largest, x.size()),
        [](const HyperDual& a) {
            const HyperDual lower = a.value > 0 ? log(a) : a - 30.0;
            return lower + (a.value > 0 && 1 / a.value < 2 - a.value ? 1.0 / a : 2.0 - a);
        },
        x);
}

BOOST_AUTO_TEST_CASE(a_logistic_function_by_hand_saturates) {
    const VectorXd x{{-800, 800, 0.5}};
    const auto smooth = [](const HyperDual& a) {
        return a.value < -700 ? HyperDual(0) : a.value > 700 ? HyperDual(1) : 1.0 / (1.0 + exp(-a));
    };
    check_choice(loop_over([](const auto& a) { return 1.0 / (1.0 + exp(-a)); }, 3), smooth, x);
    check_choice(objective([](const auto& theta) { return (1.0 / (1.0 + exp(-theta.array()))).sum(); }, 3),
                 smooth, x);
}

BOOST_AUTO_TEST_CASE(a_stopped_gradient_stops_in_reverse_too) {
    const VectorXd x = random_vector(11, 3);
    const auto smooth = [](const HyperDual& a) { return HyperDual(std::exp(a.value)) * a; };
    // exp is a constant factor
    check_choice(loop_over([](const auto& a) { return stop_gradient(exp(a)) * a; }, 11), smooth, x);
    check_choice(
        objective(
            [](const auto& theta) { return (theta.array().exp().stop_gradient() * theta.array()).sum(); },
            11),
        smooth, x);
}

BOOST_AUTO_TEST_SUITE_END()
