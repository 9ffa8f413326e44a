#include "hesse/autodiff/checkpoint.hpp"

#include "hesse/hesse.hpp"
#include "hesse/higher_order.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

namespace {
using namespace hesse;
using namespace hesse::test;

const MatrixXd input = random_matrix(4, 9, 1);
int runs = 0;

const auto layer = [](const auto& weights, const auto& hidden, const auto& scale) {
    ++runs;
    return tanh(weights * hidden * scale) + hidden;
};
// The loss with and without checkpoints: two layers, one within the other, a scalar result, an input that is data.
template <bool checkpoints>
auto loss(const auto& theta) {
    const auto run = [](const auto& body, const auto&... x) {
        if constexpr (checkpoints) return checkpoint(body, x...);
        else return body(x...);
    };
    const auto parts = unpack(theta, shape(4, 4), shape(3));
    const auto& weights = std::get<0>(parts);
    const auto two_layers = [run](const auto& w, const auto& h, const auto& s, const auto& other) {
        return run(layer, w, run(layer, w, h, s).eval(), other);
    };
    const auto hidden = run(two_layers, weights, input, theta(17), theta(18)).eval();
    const auto sum_of_exponentials = run([](const auto& h) { return sum(exp(h)); }, hidden);
    return sum_of_exponentials * theta(0) + std::get<1>(parts).squaredNorm();
}

// d/dy of sum exp(a y) + (a'y)^3, and the same written out.
const auto inner = [](const auto& a, const auto& y) {
    const auto p = a.dot(y);
    return sum(exp(a.cwiseProduct(y))) + p * p * p;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(checkpoint_and_inner_gradient)

BOOST_AUTO_TEST_CASE(a_checkpoint_changes_neither_values_nor_derivatives) {
    const auto f = objective([](const auto& theta) { return loss<false>(theta); }, 19);
    const auto g = objective([](const auto& theta) { return loss<true>(theta); }, 19);
    const VectorXd x = random_vector(19, 2), v = random_vector(19, 3);
    const auto a = f.linearize(x);
    const auto b = g.linearize(x);
    BOOST_TEST(a.value() == b.value());
    BOOST_TEST(g.value(x) == b.value());
    BOOST_TEST((a.gradient() - b.gradient()).norm() < 1e-13 * a.gradient().norm());
    for (int again = 0; again < 2; ++again) {
        BOOST_TEST((a.hessian() * v - b.hessian() * v).norm() < 1e-13 * a.gradient().norm());
    }
    BOOST_TEST((gradient_derivatives<2>(f, x, v) - gradient_derivatives<2>(g, x, v)).norm() <
               1e-12 * a.gradient().norm());
    BOOST_TEST(b.memory().total() < a.memory().total());
}

BOOST_AUTO_TEST_CASE(the_body_runs_again_in_each_sweep) {
    const auto f = objective(
        [](const auto& theta) { return sum(checkpoint(layer, theta.reshaped(4, 4), input, 0.5)); }, 16);
    const VectorXd x = random_vector(16, 4);
    runs = 0;
    const auto at = f.linearize(x);
    BOOST_TEST(runs == 2);  // its value, and the gradient
    const VectorXd product = at.hessian() * x;
    BOOST_TEST(runs == 4);
}

BOOST_AUTO_TEST_CASE(a_body_that_captures_a_variable_is_refused) {
    const auto f = objective(
        [](const auto& theta) { return sum(checkpoint([&](const auto& x) { return x * theta(0); }, theta)); },
        3);
    const VectorXd x = random_vector(3, 5);
    BOOST_CHECK_EXCEPTION((void)f.linearize(x), std::logic_error, [](const std::logic_error& error) {
        return std::string(error.what()).find("as arguments") != std::string::npos;
    });
    BOOST_TEST(std::isfinite(f.value(x)));
}

BOOST_AUTO_TEST_CASE(a_body_that_throws_leaves_the_objective_usable) {
    bool throws = false;
    const auto f = objective(
        [&](const auto& theta) {
            return sum(checkpoint(
                [&](const auto& x) {
                    if (throws) throw std::runtime_error("body");
                    return exp(x);
                },
                theta));
        },
        3);
    const VectorXd x = random_vector(3, 6);
    const auto at = f.linearize(x);
    VectorXd out = VectorXd::Ones(3);
    throws = true;
    BOOST_CHECK_THROW(at.hessian().apply(x, out), std::runtime_error);
    BOOST_CHECK_THROW((void)f.linearize(x), std::runtime_error);
    throws = false;
    at.hessian().apply(x, out);
    BOOST_TEST((out - VectorXd(x.array().exp() * x.array())).norm() < 1e-14);
}

BOOST_AUTO_TEST_CASE(an_inner_gradient_has_the_derivatives_of_the_same_gradient_written_out) {
    const auto outer = [](const auto& g, const auto& theta) { return g.squaredNorm() + g(0) * theta(1); };
    const auto f = objective(
        [&](const auto& theta) { return outer(inner_gradient(inner, theta.head(4), theta.tail(4)), theta); },
        8);
    const auto written_out = objective(
        [&](const auto& theta) {
            const auto a = theta.head(4), y = theta.tail(4);
            const auto p = a.dot(y);
            return outer((a.cwiseProduct(exp(a.cwiseProduct(y))) + 3 * (p * p) * a).eval(), theta);
        },
        8);
    const VectorXd x = random_vector(8, 7), v = random_vector(8, 8);
    const auto at = f.linearize(x);
    const auto exact = written_out.linearize(x);
    BOOST_TEST(f.value(x) == at.value());
    BOOST_TEST(at.value() == exact.value(), boost::test_tools::tolerance(1e-13));
    BOOST_TEST((at.gradient() - exact.gradient()).norm() < 1e-13 * exact.gradient().norm());
    BOOST_TEST((at.hessian() * v - exact.hessian() * v).norm() < 1e-13 * (exact.hessian() * v).norm());

    // by a part that is data, and by all of it
    const VectorXd a = random_vector(4, 9);
    const auto of_y = objective([&](const auto& y) { return inner_gradient(inner, a, y).squaredNorm(); }, 4);
    const auto of_y_exact = objective(
        [&](const auto& y) {
            const auto p = y.dot(a);
            return (exp(y.cwiseProduct(a)).cwiseProduct(a) + 3 * (p * p) * copy(a)).squaredNorm();
        },
        4);
    const VectorXd y = random_vector(4, 10), w = random_vector(4, 11);
    BOOST_TEST((of_y.linearize(y).hessian() * w - of_y_exact.linearize(y).hessian() * w).norm() < 1e-11);
}

BOOST_AUTO_TEST_SUITE_END()
