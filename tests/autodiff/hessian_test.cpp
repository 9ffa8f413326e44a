// Scalar statements go along blocks of directions where assertions are off.
#define NDEBUG
#include "hesse/autodiff/hessian.hpp"

#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/reductions.hpp"
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

// Scalar statements go along several directions side by side, arrays in planes, each also where directions are few.
BOOST_AUTO_TEST_CASE(a_block_of_products_agrees_with_single_ones) {
    const auto scalar_code = [](const auto& x) {
        typename std::remove_cvref_t<decltype(x)>::Scalar sum = 0, other = 2;
        for (Index i = 0; i + 1 < x.size(); ++i) {
            sum += 100 * square(x[i + 1] - x[i] * x[i]) + square(1 - x[i]);
            sum -= exp(x[i]) / (1.5 + x[i + 1]) * x[i];
            other = other * x[i] + x[i];
        }
        return sum * other;
    };
    const MatrixXd data = random_matrix(7, 6, 11), more = random_matrix(6, 6, 12);
    const auto array_code = [&](const auto& x) {
        const auto hidden = exp(data * x * 0.5);
        return log_sum_exp(hidden) + (more * x.head(6)).dot(x) +
               sum(exp((data.transpose() * hidden).array() * 0.1)) + x(2) * x(3) * x(2) +
               (x.transpose() * more).squaredNorm();
    };
    const auto check = [](const auto& loss) {
        const auto at = loss.linearize(point);
        for (const Index k : {0, 1, 2, 5, 8, 9, 19}) {
            const MatrixXd v = random_matrix(6, k, static_cast<std::uint64_t>(20 + k));
            MatrixXd block(6, k), one_by_one(6, k), room = MatrixXd::Zero(9, k);
            at.hessian().apply_block(v, block);
            if (k == 0) continue;
            at.hessian().apply_block(v, room.middleRows(1, 6));
            for (Index j = 0; j < k; ++j) at.hessian().apply(v.col(j), one_by_one.col(j));
            BOOST_TEST((block - one_by_one).norm() <= 1e-13 * (1 + one_by_one.norm()));
            BOOST_TEST((room.middleRows(1, 6) - block).norm() == 0);
            BOOST_TEST((room.row(0).norm() == 0 && room.bottomRows(2).norm() == 0));
        }
        const MatrixXd dense = at.hessian().to_dense();
        BOOST_TEST((dense - dense.transpose()).norm() <= 1e-13 * dense.norm());
    };
    check(objective(scalar_code, 6, scalars));
    check(objective(array_code, 6));
    BOOST_TEST(close(f.linearize(point).hessian().to_dense(), quadratic.hessian()));
}

BOOST_AUTO_TEST_CASE(a_block_of_the_wrong_shape_is_refused) {
    const auto at = f.linearize(point);
    MatrixXd out = MatrixXd::Ones(6, 3);
    BOOST_CHECK_THROW(at.hessian().apply_block(random_matrix(5, 3, 1), out), std::invalid_argument);
    BOOST_CHECK_THROW(at.hessian().apply_block(random_matrix(6, 2, 1), out), std::invalid_argument);
    MatrixXd in = random_matrix(6, 3, 1);
    in(2, 1) = std::numeric_limits<double>::quiet_NaN();
    BOOST_CHECK_THROW(at.hessian().apply_block(in, out), std::invalid_argument);
    BOOST_TEST((out == MatrixXd::Ones(6, 3)));
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
