#include "hesse/autodiff/vector_function.hpp"

#include "hesse/autodiff/gauss_newton.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "hesse/autodiff/rearrangement.hpp"
#include "hesse/autodiff/reductions.hpp"
#include "hesse/autodiff/shapes.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace {
using namespace hesse;
using namespace hesse::test;

const MatrixXd data = random_matrix(4, 9, 1);
const Eigen::VectorXi labels = Eigen::VectorXi::LinSpaced(9, 0, 8).unaryExpr([](int i) { return i % 3; });

// A layer: (3 x 9) results of 15 parameters.
const auto layer = [](const auto& theta) {
    const auto parameters = unpack(theta, shape(3, 4), shape(3));
    return tanh((std::get<0>(parameters) * data).colwise() + std::get<1>(parameters));
};
const auto cross_entropy = [](const auto& scores) {
    return mean(log_sum_exp(scores, by_column) - pick(scores, labels));
};

// Scalar code with a sum in place, a result twice, and a constant among the results.
const auto recurrence = [](const auto& x) {
    using Vector = std::remove_cvref_t<decltype(x)>;
    typename Vector::Scalar sum = 0;
    Vector y(x.size() + 1);
    for (Index i = 0; i + 1 < x.size(); ++i) {
        sum += x[i] * x[i + 1];
        y[i] = exp(sum) * x[0];
    }
    y[x.size() - 1] = y[0];
    y[x.size()] = 2.5;
    return y;
};

template <class F>
MatrixXd differences(const F& f, const VectorXd& x) {
    MatrixXd jacobian(f.values(x).size(), x.size());
    const double h = 1e-5;
    for (Index i = 0; i < x.size(); ++i) {
        const VectorXd step = h * VectorXd::Unit(x.size(), i);
        jacobian.col(i) = ((f.values(x + step) - f.values(x - step)) / (2 * h)).reshaped();
    }
    return jacobian;
}

template <class F>
void check_jacobian(const F& f, const VectorXd& x) {
    const auto at = f.linearize(x);
    for (const Index k : {1, 3, 8, 11}) {
        const MatrixXd v = random_matrix(x.size(), k, static_cast<std::uint64_t>(30 + k));
        MatrixXd block(at.jacobian().rows(), k);
        at.jacobian().apply_block(v, block);
        for (Index i = 0; i < k; ++i) {
            BOOST_TEST((block.col(i) - at.jacobian() * v.col(i)).norm() <= 1e-14 * (1 + block.col(i).norm()));
        }
    }
    BOOST_TEST((at.values() == f.values(x)));
    const MatrixXd jacobian = at.jacobian().to_dense();
    BOOST_TEST((jacobian - differences(f, x)).norm() < 1e-8 * (1 + jacobian.norm()));
    const VectorXd v = random_vector(x.size(), 5), w = random_vector(jacobian.rows(), 6);
    for (int again = 0; again < 2; ++again) {  // products do not disturb each other
        BOOST_TEST((at.jacobian() * v - jacobian * v).norm() < 1e-14 * (1 + jacobian.norm()));
        BOOST_TEST((at.jacobian().transpose_times(w) - jacobian.transpose() * w).norm() <
                   1e-14 * (1 + jacobian.norm()));
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vector_function_and_jacobian)

BOOST_AUTO_TEST_CASE(products_of_the_jacobian_agree_with_differences_of_the_results) {
    check_jacobian(vector_function(layer, 15), random_vector(15, 2));
    check_jacobian(vector_function(recurrence, 4, scalars), random_vector(4, 3));
    // views of the parameters themselves, transposed
    check_jacobian(vector_function([](const auto& x) { return x.reshaped(2, 3).transpose(); }, 6),
                   random_vector(6, 4));
}

BOOST_AUTO_TEST_CASE(wrong_sizes_and_numbers_are_refused_and_nothing_is_written) {
    const auto f = vector_function(layer, 15);
    const auto at = f.linearize(random_vector(15, 2));
    VectorXd out = VectorXd::Ones(27), in = VectorXd::Ones(15);
    BOOST_CHECK_THROW(at.jacobian().apply(VectorXd::Ones(14), out), std::invalid_argument);
    BOOST_CHECK_THROW(at.jacobian().apply_transpose(in, in), std::invalid_argument);
    BOOST_CHECK_THROW((void)f.linearize(VectorXd::Ones(3)), std::invalid_argument);
    BOOST_CHECK_THROW((void)vector_function(layer, 0), std::invalid_argument);
    in[3] = std::numeric_limits<double>::infinity();
    BOOST_CHECK_THROW(at.jacobian().apply(in, out), std::invalid_argument);
    MatrixXd block = MatrixXd::Ones(27, 2), directions = MatrixXd::Ones(15, 2);
    BOOST_CHECK_THROW(at.jacobian().apply_block(MatrixXd::Ones(15, 3), block), std::invalid_argument);
    directions(3, 1) = in[3];
    BOOST_CHECK_THROW(at.jacobian().apply_block(directions, block), std::invalid_argument);
    BOOST_TEST((out == VectorXd::Ones(27)));
    BOOST_TEST((block == MatrixXd::Ones(27, 2)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(vector_function_gauss_newton)

BOOST_AUTO_TEST_CASE(its_matrix_is_the_metric_between_two_jacobians) {
    const VectorXd x = random_vector(15, 7), v = random_vector(15, 8);
    const auto f = composed(cross_entropy, layer, 15);
    const auto whole = objective([](const auto& theta) { return cross_entropy(layer(theta)); }, 15);
    const auto at = f.linearize(x);
    const auto exact = whole.linearize(x);
    BOOST_TEST(f.value(x) == whole.value(x), boost::test_tools::tolerance(1e-14));
    BOOST_TEST(at.value() == exact.value(), boost::test_tools::tolerance(1e-14));
    BOOST_TEST((at.gradient() - exact.gradient()).norm() < 1e-14);

    const MatrixXd jacobian = at.inner().jacobian().to_dense();
    // softmax' = diag(p) - p p', column by column and divided by their number
    MatrixXd expected = MatrixXd::Zero(15, 15);
    for (Index j = 0; j < 9; ++j) {
        const VectorXd scores = at.inner().values().col(j);
        const VectorXd p =
            (scores.array() - scores.maxCoeff()).exp() / (scores.array() - scores.maxCoeff()).exp().sum();
        const MatrixXd part = jacobian.middleRows(3 * j, 3);
        expected += part.transpose() * (MatrixXd(p.asDiagonal()) - p * p.transpose()) * part / 9;
    }
    BOOST_TEST((at.gauss_newton() * v - expected * v).norm() < 1e-14);
    const auto identity = at.fisher([](const VectorXd& in, VectorXd& out) { out = in; });
    BOOST_TEST((identity * v - jacobian.transpose() * (jacobian * v)).norm() < 1e-13);
}

// Of a linear inner part nothing is left out.
BOOST_AUTO_TEST_CASE(it_is_the_hessian_where_the_inner_part_is_linear) {
    const VectorXd x = random_vector(12, 9), v = random_vector(12, 10);
    const auto linear = [](const auto& theta) { return theta.reshaped(3, 4) * data; };
    const auto at = composed(cross_entropy, linear, 12).linearize(x);
    const auto exact =
        objective([&](const auto& theta) { return cross_entropy(linear(theta)); }, 12).linearize(x);
    BOOST_TEST((at.gauss_newton() * v - exact.hessian() * v).norm() < 1e-14);
}

BOOST_AUTO_TEST_CASE(scalar_code_composes_too) {
    const auto outer = [](const auto& y) {
        typename std::remove_cvref_t<decltype(y)>::Scalar sum = 0;
        for (Index i = 0; i < y.size(); ++i) sum += y[i] * y[i] * y[i];
        return sum;
    };
    const VectorXd x = random_vector(4, 11), v = random_vector(4, 12);
    const auto at = composed(outer, recurrence, 4, scalars).linearize(x);
    const MatrixXd jacobian = at.inner().jacobian().to_dense();
    const VectorXd y = at.inner().values().col(0);
    BOOST_TEST((at.gradient() - jacobian.transpose() * VectorXd(3 * y.array().square())).norm() < 1e-13);
    BOOST_TEST((at.gauss_newton() * v - jacobian.transpose() * (6 * y.asDiagonal() * (jacobian * v))).norm() <
               1e-13);
}

BOOST_AUTO_TEST_CASE(the_hessian_of_the_parts_is_that_of_the_whole) {
    const VectorXd x = random_vector(15, 13), v = random_vector(15, 14);
    const auto exact =
        objective([](const auto& theta) { return cross_entropy(layer(theta)); }, 15).linearize(x);
    auto made = composed(cross_entropy, layer, 15).linearize(x);
    const auto at = std::move(made);  // its operators go along
    BOOST_TEST((at.hessian() * v - exact.hessian() * v).norm() < 1e-13);
    BOOST_TEST((at.hessian() * v - at.gauss_newton() * v).norm() > 1e-3);
    BOOST_TEST(at.rounding_error() > 0.0);
    BOOST_TEST(at.rounding_error() < 1e-13);

    const auto outer = [](const auto& y) { return y[0] * y[1] * y[2] - y[3] * y[3]; };
    const VectorXd z = random_vector(4, 15), w = random_vector(4, 16);
    const auto whole =
        objective([&](const auto& theta) { return outer(recurrence(theta)); }, 4, scalars).linearize(z);
    const auto parts = composed(outer, recurrence, 4, scalars).linearize(z);
    BOOST_TEST((parts.hessian() * w - whole.hessian() * w).norm() < 1e-13);
}

BOOST_AUTO_TEST_CASE(of_half_a_sum_of_squares_it_is_the_jacobian_with_itself) {
    const VectorXd x = random_vector(15, 17), v = random_vector(15, 18);
    const auto at = least_squares(layer, 15).linearize(x);
    const MatrixXd jacobian = at.inner().jacobian().to_dense();
    const VectorXd r = at.inner().values().reshaped();
    BOOST_TEST(std::abs(at.value() - 0.5 * r.squaredNorm()) < 1e-14);
    BOOST_TEST((at.gradient() - jacobian.transpose() * r).norm() < 1e-14);
    BOOST_TEST((at.gauss_newton() * v - jacobian.transpose() * (jacobian * v)).norm() < 1e-13);
    const auto scalar_code = least_squares(recurrence, 4, scalars).linearize(random_vector(4, 3));
    const VectorXd s = scalar_code.inner().values().col(0);
    BOOST_TEST(std::abs(scalar_code.value() - 0.5 * s.squaredNorm()) < 1e-14);
}

BOOST_AUTO_TEST_CASE(where_residuals_are_not_finite_there_is_no_value_and_nothing_is_thrown) {
    const auto f = least_squares(recurrence, 4, scalars);
    const VectorXd x = VectorXd::Constant(4, 100.0);
    BOOST_TEST(!std::isfinite(f.value(x)));
    const auto at = f.linearize(x);
    BOOST_TEST(!std::isfinite(at.value()));
    BOOST_TEST(!at.gradient().allFinite());
}

BOOST_AUTO_TEST_CASE(the_derivative_of_a_pull_back_agrees_with_differences) {
    const auto f = vector_function(layer, 15);
    const VectorXd x = random_vector(15, 19), v = random_vector(15, 20);
    const VectorXd w = random_vector(27, 21), change = random_vector(27, 22);
    const double h = 1e-5;
    const VectorXd ahead = f.linearize(x + h * v).jacobian().transpose_times(w + h * change);
    const VectorXd behind = f.linearize(x - h * v).jacobian().transpose_times(w - h * change);
    VectorXd out(15);
    const auto at = f.linearize(x);
    at.jacobian().apply_transpose_derivative(v, w, change, out);
    BOOST_TEST((out - (ahead - behind) / (2.0 * h)).norm() < 1e-8);
    BOOST_CHECK_THROW(at.jacobian().apply_transpose_derivative(v, w, v, out), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
