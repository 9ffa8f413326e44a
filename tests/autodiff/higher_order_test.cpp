#include "hesse/higher_order.hpp"

#include "hesse/hesse.hpp"
#include "support/derivative_check.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <stdexcept>

namespace {
using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;

VectorXd vector(std::initializer_list<double> entries) {
    return Eigen::Map<const VectorXd>(entries.begin(), static_cast<Index>(entries.size()));
}

// Scalar code.
template <class T>
T valley(const Eigen::Matrix<T, Eigen::Dynamic, 1>& w) {
    const T residual = 1 - w[0] * w[1];
    return residual * residual;
}
struct Valley {
    template <class T>
    T operator()(const Eigen::Matrix<T, Eigen::Dynamic, 1>& w) const {
        return valley(w);
    }
};

// Array code with every kind of node: products, sums of slices, log_sum_exp, pick, scalars, blocks.
struct Network {
    MatrixXd data = hesse::test::random_matrix(4, 6, 1);
    Eigen::VectorXi labels = Eigen::VectorXi::LinSpaced(6, 0, 5).unaryExpr([](int i) { return i % 3; });
    auto operator()(const auto& theta) const {
        const auto parameters = unpack(theta, shape(3, 4), shape(3));
        const auto scores = tanh((std::get<0>(parameters) * data).colwise() + std::get<1>(parameters));
        return mean(log_sum_exp(scores, by_column) - pick(scores, labels)) +
               0.1 * scores.rowwise().sum().squaredNorm() + log_sum_exp(theta) * theta(0) +
               sum(exp(theta.head(5).array() * 0.5));
    }
};

// The nodes of networks and those that move entries.
struct Layers {
    MatrixXd data = hesse::test::random_matrix(4, 6, 8);
    auto operator()(const auto& theta) const {
        const auto parameters = unpack(theta, shape(4, 4), shape(4), shape(2, 3));
        const auto& [w, b, taps] = parameters;
        const auto x = layer_norm(w * data, b, b);
        const auto y = attention(x, w * data, x, {.sequences = 2, .heads = 2, .causal = true});
        const auto z = convolution_1d(y, taps, 4, 1, 3, 1, 1);
        const auto pooled = max_pooling_1d(z, 4, 2, 2, 2) + average_pooling_1d(z, 4, 2, 2, 2);
        const auto blocks = batched_multiply(pooled, softmax(z.topRows(4), by_row), 2, {.left = true});
        const auto moved = vertical_stack(sort(blocks, by_column), cumulative_sum(blocks, by_row).reverse());
        return mean(cross_entropy(pooled, {0, 1, 2, 3, 0, 1})) + moved.squaredNorm() * 0.01 +
               gather(theta, {3, 3, 7}).prod() + scatter_add(b, {0, 1, 1, 0}, 2).squaredNorm() * theta(0) +
               y.colwise().maxCoeff().sum() + b.unaryExpr([](const auto& t) { return t * exp(t); }).sum();
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(higher_order)

// At (1, 1) of (1 - w1 w2)^2 the second and third derivatives along z = (1, -1) / sqrt 2 are 0 and the fourth is 6,
// of which the elimination of the other direction, 3 w'H^+ w with w = D3f[z,z,.], takes away exactly 6.
BOOST_AUTO_TEST_CASE(the_flat_valley_has_the_known_derivatives) {
    const auto f = objective(Valley{}, 2, scalars);
    const VectorXd x = vector({1, 1}), z = vector({1, -1}) / std::sqrt(2.0);
    const auto along = directional_derivatives<5>(f, x, z);
    const double exact[] = {0, 0, 0, 0, 6, 0};
    for (std::size_t k = 0; k < 6; ++k) BOOST_TEST(std::abs(along[k] - exact[k]) < 1e-14);

    const VectorXd w = third_derivative(f, x, z, z);
    const MatrixXd gradients = gradient_derivatives<2>(f, x, z);
    BOOST_TEST((gradients.col(2) - w).norm() < 1e-14);
    const MatrixXd H = f.linearize(x).hessian() * MatrixXd::Identity(2, 2);
    const double correction = 3 * w.dot(H.completeOrthogonalDecomposition().solve(w));
    BOOST_TEST(correction == 6, boost::test_tools::tolerance(1e-13));
}

BOOST_AUTO_TEST_CASE(scalar_code_with_branches_has_third_derivatives) {
    // f = x0^2 x1 where x0 > x1
    const auto f = objective(
        []<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) -> T {
            auto square = x[0] > x[1] ? x[0] * x[0] : 0.0;
            square *= x[1];
            return square;
        },
        2);
    const VectorXd u{{2.0, 3.0}}, v{{1.0, -1.0}};
    const VectorXd third = third_derivative(f, VectorXd{{0.5, 0.25}}, u, v);
    BOOST_TEST(third == (VectorXd{{2 * (u[0] * v[1] + u[1] * v[0]), 2 * u[0] * v[0]}}));
    BOOST_TEST((third_derivative(f, VectorXd{{0.25, 0.5}}, u, v) == VectorXd::Zero(2)));
}

BOOST_AUTO_TEST_CASE(derivatives_of_arrays_agree_with_each_other_and_with_the_hessian) {
    const auto f = objective(Network{}, 15);
    const VectorXd x = hesse::test::random_vector(15, 2), u = hesse::test::random_vector(15, 3),
                   v = hesse::test::random_vector(15, 4);
    const auto at = f.linearize(x);
    const auto along = directional_derivatives<4>(f, x, u);
    const MatrixXd gradients = gradient_derivatives<3>(f, x, u);
    BOOST_TEST(along[0] == at.value(), boost::test_tools::tolerance(1e-14));
    BOOST_TEST((gradients.col(0) - at.gradient()).norm() < 1e-13);
    BOOST_TEST((gradients.col(1) - at.hessian() * u).norm() < 1e-13);
    for (Index k = 0; k < 4; ++k) {
        BOOST_TEST(gradients.col(k).dot(u) == along[static_cast<std::size_t>(k) + 1],
                   boost::test_tools::tolerance(1e-11));
    }
    BOOST_TEST((third_derivative(f, x, u, u) - gradients.col(2)).norm() < 1e-12);
    // symmetry of the third derivative, and the slope of Hessian products
    BOOST_TEST(third_derivative(f, x, u, v).dot(u) == third_derivative(f, x, u, u).dot(v),
               boost::test_tools::tolerance(1e-11));
    const double h = 1e-4;
    const VectorXd difference =
        (f.linearize(x + h * u).hessian() * v - f.linearize(x - h * u).hessian() * v) / (2 * h);
    BOOST_TEST((third_derivative(f, x, u, v) - difference).norm() < 1e-6 * (1 + difference.norm()));
}

BOOST_AUTO_TEST_CASE(derivatives_of_layers_agree_with_each_other_and_with_the_hessian) {
    const auto f = objective(Layers{}, 26);
    const VectorXd x = hesse::test::random_vector(26, 9), u = hesse::test::random_vector(26, 10),
                   v = hesse::test::random_vector(26, 11);
    const auto at = f.linearize(x);
    const MatrixXd gradients = gradient_derivatives<2>(f, x, u);
    BOOST_TEST((gradients.col(0) - at.gradient()).norm() < 1e-12);
    BOOST_TEST((gradients.col(1) - at.hessian() * u).norm() < 1e-11);
    BOOST_TEST((third_derivative(f, x, u, u) - gradients.col(2)).norm() <
               1e-10 * (1 + gradients.col(2).norm()));
    const double h = 1e-5;
    const VectorXd difference =
        (f.linearize(x + h * u).hessian() * v - f.linearize(x - h * u).hessian() * v) / (2 * h);
    BOOST_TEST((third_derivative(f, x, u, v) - difference).norm() < 1e-6 * (1 + difference.norm()));
}

BOOST_AUTO_TEST_CASE(a_taylor_polynomial_has_the_remainder_of_its_order) {
    const auto f = objective(Network{}, 15);
    const VectorXd x = hesse::test::random_vector(15, 5), u = hesse::test::random_vector(15, 6);
    const auto d = directional_derivatives<6>(f, x, u);
    const auto remainder = [&](double t) {
        double sum = 0, power = 1;
        for (std::size_t k = 0; k < 7; ++k, power *= t / static_cast<double>(k)) sum += d[k] * power;
        return std::abs(f.value(x + t * u) - sum);
    };
    BOOST_TEST(remainder(0.2) < remainder(0.4) / 64);
}

BOOST_AUTO_TEST_CASE(the_same_loss_runs_over_float) {
    const auto f = objective(Network{}, 15);
    const VectorXd x = hesse::test::random_vector(15, 7);
    const Eigen::VectorXf single = f.over<float>().linearize(x.cast<float>()).gradient();
    BOOST_TEST((single.cast<double>() - VectorXd(f.linearize(x).gradient())).norm() < 1e-5);

    const auto layers = objective(Layers{}, 26);
    const VectorXd y = hesse::test::random_vector(26, 12), v = hesse::test::random_vector(26, 13);
    const auto at = layers.linearize(y);
    const auto rough = layers.over<float>().linearize(y.cast<float>());
    const VectorXd product = at.hessian() * v,
                   rough_product = (rough.hessian() * v.cast<float>()).cast<double>();
    BOOST_TEST((rough.gradient().cast<double>() - VectorXd(at.gradient())).norm() <
               1e-4 * at.gradient().norm());
    BOOST_TEST((rough_product - product).norm() < 1e-4 * product.norm());
}

BOOST_AUTO_TEST_CASE(long_statements_of_many_constants_are_recorded_over_series) {
    // Their constants are series too. Powell's singular function: along (a, b, c, d), t^2 q + t^4 r.
    const auto powell = [](const auto& x) {
        return pow(x[0] + 10.0 * x[1], 2) + 5.0 * pow(x[2] - x[3], 2) + pow(x[1] - 2.0 * x[2], 4) +
               10.0 * pow(x[0] - x[3], 4) + (1.0 * x[0] + 2.0 * x[1] + 3.0 * x[2] + 4.0 * x[3]) * 5.0;
    };
    const auto f = objective(powell, 4, scalars);
    const VectorXd zero = VectorXd::Zero(4), u = vector({1, 2, 3, 5});
    const auto derivatives = gradient_derivatives<3>(f, zero, u);
    BOOST_TEST(std::abs(u.dot(derivatives.col(0)) - 5.0 * (1 + 4 + 9 + 20)) <= 1e-12);
    BOOST_TEST(std::abs(u.dot(derivatives.col(1)) - 2.0 * (21.0 * 21.0 + 5.0 * 4.0)) <= 1e-10);
    BOOST_TEST(std::abs(u.dot(derivatives.col(2))) <= 1e-10);
    BOOST_TEST(std::abs(u.dot(derivatives.col(3)) - 24.0 * (256.0 + 10.0 * 256.0)) <= 1e-8);
}

BOOST_AUTO_TEST_CASE(wrong_sizes_and_numbers_are_named) {
    const auto f = objective(Valley{}, 2, scalars);
    const VectorXd x = vector({1, 1});
    BOOST_CHECK_THROW(directional_derivatives<2>(f, x, vector({1, 2, 3})), std::invalid_argument);
    BOOST_CHECK_THROW(third_derivative(f, x, x, vector({1})), std::invalid_argument);
    BOOST_CHECK_THROW(gradient_derivatives<2>(f, vector({NAN, 1}), x), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
