#include "hesse/autodiff/hessian.hpp"

#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace {
using namespace hesse;
using namespace hesse::test;

/// 1/2 x'Ax with a matrix that is not symmetric: the Hessian is (A + A')/2.
struct Quadratic {
    MatrixXd a = random_matrix(6, 6, 1);
    [[nodiscard]] auto objective() const {
        return hesse::objective([this](const auto& x) { return 0.5 * x.dot(a * x); }, a.rows());
    }
    [[nodiscard]] MatrixXd hessian() const { return 0.5 * (a + a.transpose()); }
};
const Quadratic quadratic;
const auto f = quadratic.objective();
const VectorXd point = random_vector(6, 2);

// Sums of six products of numbers below one.
bool close(const MatrixXd& a, const MatrixXd& b) { return (a - b).lpNorm<Eigen::Infinity>() < 1e-14; }
}  // namespace

BOOST_AUTO_TEST_SUITE(hessian)

BOOST_AUTO_TEST_CASE(it_is_square_and_multiplies_vectors_and_matrices) {
    const auto at = f.linearize(point);
    const auto h = at.hessian();
    const VectorXd v = random_vector(6, 3);
    const MatrixXd several = random_matrix(6, 4, 4);
    BOOST_TEST(h.rows() == 6);
    BOOST_TEST(h.cols() == 6);
    BOOST_TEST(close(h * v, quadratic.hessian() * v));
    BOOST_TEST(close(h * several, quadratic.hessian() * several));
    BOOST_TEST(close(h * MatrixXd::Identity(6, 6), quadratic.hessian()));
}

BOOST_AUTO_TEST_CASE(its_product_is_an_expression_among_others) {
    const auto at = f.linearize(point);
    const auto h = at.hessian();
    const VectorXd v = random_vector(6, 5), w = random_vector(6, 6);
    const MatrixXd m = random_matrix(6, 3, 7), exact = quadratic.hessian();
    VectorXd y = w;
    y += h * v;
    BOOST_TEST(close(y, w + exact * v));
    y -= h * w;
    BOOST_TEST(close(y, w + exact * v - exact * w));
    y.noalias() = h * (v + 2.0 * w);
    BOOST_TEST(close(y, exact * (v + 2.0 * w)));
    y = 3.0 * (h * v) - w;
    BOOST_TEST(close(y, 3.0 * exact * v - w));
    BOOST_TEST(close(h * m.col(1), exact * m.col(1)));
    BOOST_TEST(close(h * m.row(1).transpose().replicate(2, 1), exact * m.row(1).transpose().replicate(2, 1)));
    BOOST_TEST(std::abs(v.dot(h * w) - w.dot(h * v)) < 1e-14);
    y = v;
    y = h * y;  // aliased
    BOOST_TEST(close(y, exact * v));
}

BOOST_AUTO_TEST_CASE(input_and_result_of_apply_may_be_the_same_vector) {
    const auto check = [](const auto& loss) {
        const auto at = loss.linearize(point);
        VectorXd v = random_vector(6, 8), out(6);
        at.hessian().apply(v, out);
        at.hessian().apply(v, v);
        BOOST_TEST((v == out));
    };
    check(f);
    check(hesse::objective([](const auto& x) { return exp(x[0] * x[1]) + x[2] * x[5] * x[4]; }, 6, scalars));
}

BOOST_AUTO_TEST_CASE(a_direction_of_zeros_gives_zeros) {
    const auto at = f.linearize(point);
    VectorXd out = VectorXd::Ones(6);
    at.hessian().apply(VectorXd::Zero(6), out);
    BOOST_TEST((out == VectorXd::Zero(6)));
}

BOOST_AUTO_TEST_CASE(products_are_linear_and_symmetric) {
    const auto g = hesse::objective([](const auto& x) { return log(exp(x).sum()) * exp(x.dot(x) * 0.1); }, 6);
    const auto at = g.linearize(point);
    const auto h = at.hessian();
    const MatrixXd dense = h * MatrixXd::Identity(6, 6);
    BOOST_TEST(close(dense, dense.transpose()));
    const VectorXd v = random_vector(6, 9), w = random_vector(6, 10);
    BOOST_TEST(close(h * (2.0 * v - 3.0 * w), 2.0 * (h * v) - 3.0 * (h * w)));
    BOOST_TEST(close(h * v, dense * v));
}

BOOST_AUTO_TEST_CASE(directions_that_do_not_fit_are_refused_and_leave_the_result_alone) {
    const auto at = f.linearize(point);
    const auto h = at.hessian();
    const auto says = [](const std::string& text) {
        return [text](const std::invalid_argument& error) {
            BOOST_TEST(std::string(error.what()) == text);
            return true;
        };
    };
    VectorXd out = VectorXd::Ones(6), small(5);
    BOOST_CHECK_EXCEPTION(h.apply(VectorXd::Zero(5), out), std::invalid_argument,
                          says("hessian: the direction has 5 entries, expected 6"));
    BOOST_CHECK_EXCEPTION(h.apply(VectorXd::Zero(6), small), std::invalid_argument,
                          says("hessian: the result has 5 entries, expected 6"));
    BOOST_CHECK_EXCEPTION(out = h * VectorXd::Zero(7), std::invalid_argument,
                          says("hessian: the direction has 7 entries, expected 6"));
    for (const double bad :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        VectorXd v = VectorXd::Zero(6);
        v[2] = bad;
        BOOST_CHECK_EXCEPTION(h.apply(v, out), std::invalid_argument,
                              says("hessian: the direction has the entry " + std::to_string(bad) +
                                   " at 2, expected finite numbers"));
    }
    BOOST_TEST((out == VectorXd::Ones(6)));
    h.apply(VectorXd::Unit(6, 1), out);
    BOOST_TEST(close(out, quadratic.hessian().col(1)));
}

BOOST_AUTO_TEST_CASE(handles_are_cheap_copies_of_one_operator) {
    const auto at = f.linearize(point);
    std::vector<Hessian<double>> several(3, at.hessian());
    const Hessian<double> copy = several[1];
    const VectorXd v = random_vector(6, 11);
    BOOST_TEST(close(copy * v, quadratic.hessian() * v));
}

BOOST_AUTO_TEST_CASE(single_precision_operators_multiply) {
    const auto g =
        hesse::objective<float>([](const auto& x) { return (x.array() * x.array() * x.array()).sum(); }, 3);
    const Eigen::Vector3f x(0.5f, 1.0f, -2.0f);
    const auto at = g.linearize(x);
    const Eigen::VectorXf hv = at.hessian() * Eigen::VectorXf::Ones(3);
    BOOST_TEST((hv == 6.0f * x));
}

BOOST_AUTO_TEST_SUITE_END()
