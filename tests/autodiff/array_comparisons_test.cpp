#include "hesse/autodiff/array_comparisons.hpp"

#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "support/derivative_check.hpp"
#include "support/error_text.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <stdexcept>
#include <string>

namespace {
using namespace hesse;
using namespace hesse::test;
}  // namespace

BOOST_AUTO_TEST_SUITE(array_comparisons)

BOOST_AUTO_TEST_CASE(a_selection_has_the_derivatives_of_the_side_that_is_chosen) {
    for (const Index n : {1, 9, 600}) {  // 600: recording what is compared makes the tape grow and move
        const VectorXd data = random_vector(n, 1);
        const auto f = objective(
            [&](const auto& x) {
                const auto a = x.array();
                const auto huber = select(abs(a) < 0.5, 0.5 * a * a, abs(a) * 0.5 - 0.125);
                const auto mixed = select(a > data.array(), exp(a), 2.0);
                const auto other = select(exp(a) * 0.7 <= (a + 1.0).square(), a * a * a, data.array() * a);
                return huber.sum() + mixed.sum() + other.sum() + select(a >= x(0), a * x(0), a).sum() +
                       select(2.0 * a == a + a, a, -a).sum() + select(a != a, 1.0, a * a).sum();
            },
            n);
        const auto loops = [&](const HyperDualVector& x) {
            HyperDual s = 0;
            for (Index i = 0; i < n; ++i) {
                const HyperDual a = x[i];
                s += abs(a) < 0.5 ? 0.5 * a * a : abs(a) * 0.5 - 0.125;
                s += a > data[i] ? exp(a) : HyperDual(2);
                s += exp(a) * 0.7 <= (a + 1.0) * (a + 1.0) ? a * a * a : data[i] * a;
                s += (a >= x[0] ? a * x[0] : a) + a + a * a;
            }
            return s;
        };
        check_loss(f, loops, random_vector(n, 2), {static_cast<double>(n), 2e-14});
    }
}

BOOST_AUTO_TEST_CASE(comparisons_are_ones_and_zeros) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const VectorXd left{{1, 2, 3, nan}}, right{{2, 2, 2, 2}};
    const auto f = objective(
        [&](const auto& x) {
            const auto a = x.array() + left.array();
            const auto b = x.array() * 0.0 + right.array();
            const auto eigen = [](const auto& mask) {
                VectorXd out(4);
                for (Index i = 0; i < 4; ++i) out[i] = mask(i);
                return out;
            };
            BOOST_TEST(eigen(a < b) == (VectorXd{{1, 0, 0, 0}}));
            BOOST_TEST(eigen(a <= b) == (VectorXd{{1, 1, 0, 0}}));
            BOOST_TEST(eigen(a > b) == (VectorXd{{0, 0, 1, 0}}));
            BOOST_TEST(eigen(a >= b) == (VectorXd{{0, 1, 1, 0}}));
            BOOST_TEST(eigen(a == b) == (VectorXd{{0, 1, 0, 0}}));
            BOOST_TEST(eigen(a != b) == (VectorXd{{1, 0, 1, 1}}));
            BOOST_TEST(eigen(a < 2.0) == (VectorXd{{1, 0, 0, 0}}));
            BOOST_TEST(eigen(2 <= a) == (VectorXd{{0, 1, 1, 0}}));
            return x.sum();
        },
        4);
    (void)f.linearize(VectorXd::Zero(4));
    (void)f.value(VectorXd::Zero(4));
}

BOOST_AUTO_TEST_CASE(shapes_that_differ_are_refused) {
    const auto f = objective(
        [](const auto& x) {
            return select(x.head(3).array() < x.head(2).array(), x.head(3).array(), 0.0).sum();
        },
        4);
    BOOST_CHECK_EXCEPTION((void)f.linearize(VectorXd::Zero(4)), std::invalid_argument, [](const auto& error) {
        return without_line(error) == "comparison: the shapes (3 x 1) and (2 x 1) do not fit";
    });
}

BOOST_AUTO_TEST_SUITE_END()
