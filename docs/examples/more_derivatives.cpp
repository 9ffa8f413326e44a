// Derivatives beyond the gradient and the Hessian of a loss; the guide explains them one by one.
#include <hesse/fixed_size.hpp>
#include <hesse/hesse.hpp>
#include <hesse/higher_order.hpp>

#include <Eigen/Core>

#include <cmath>
#include <iostream>

int main() {
    using Eigen::MatrixXd;
    using Eigen::VectorXd;
    const MatrixXd inputs = MatrixXd::Random(3, 40);
    const MatrixXd targets = MatrixXd::Random(2, 40);
    const VectorXd theta = VectorXd::LinSpaced(8, -1, 1), v = VectorXd::Ones(8);

    const auto network = [&](const auto& parameters) {
        const auto [weights, bias] = hesse::unpack(parameters, hesse::shape(2, 3), hesse::shape(2));
        return tanh((weights * inputs).colwise() + bias);
    };
    const auto squared_error = [&](const auto& output) { return 0.5 * (output - targets).squaredNorm(); };

    // A callable with many results, and its Jacobian.
    const auto outputs = hesse::vector_function(network, 8);
    const auto at = outputs.linearize(theta);
    const VectorXd change = at.jacobian() * v;                      // (80)
    const VectorXd pulled = at.jacobian().transpose_times(change);  // (8)

    // A loss in two parts, and its Gauss-Newton matrix.
    const auto parts = hesse::composed(squared_error, network, 8);
    const VectorXd gauss_newton_product = parts.linearize(theta).gauss_newton() * v;

    // Many products at once, and the whole Hessian where it is small.
    const auto f =
        hesse::objective([&](const auto& parameters) { return squared_error(network(parameters)); }, 8);
    const auto point = f.linearize(theta);
    const MatrixXd H = point.hessian().to_dense();

    // Products in single precision for vectors in double precision.
    const auto H_float = f.hessian<float>(theta);
    const VectorXd Hv = H_float * v;

    // A loss of many variables of which few meet in any term, and its sparse Hessian.
    const auto springs = []<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) {
        T energy = 0.0;
        for (Eigen::Index i = 0; i + 1 < x.size(); ++i) {
            T stretch = x[i + 1] - x[i] - 1.0;
            energy += stretch * stretch * (1.0 + stretch);
        }
        return energy;
    };
    const auto chain = hesse::objective(springs, 1000);
    const Eigen::SparseMatrix<double> band = chain.linearize(VectorXd::Zero(1000)).hessian().to_sparse();

    // The same in words of arrays, where the pattern found at one point serves at others.
    const auto rosenbrock = [](const auto& x) {
        const auto head = x.head(999).array(), tail = x.tail(999).array();
        return (100.0 * square(tail - square(head)) + square(1.0 - head)).sum();
    };
    const auto valley = hesse::objective(rosenbrock, 1000);
    const hesse::SymmetricColoring coloring(
        valley.linearize(VectorXd::Zero(1000)).hessian().sparsity_pattern());
    const Eigen::SparseMatrix<double> tridiagonal =
        valley.linearize(VectorXd::Ones(1000)).hessian().to_sparse(coloring);

    // Two variables, known at compile time: no tape.
    const auto banana = hesse::objective(
        [](const auto& x) { return pow(1.0 - x[0], 2.0) + 100.0 * pow(x[1] - x[0] * x[0], 2.0); },
        hesse::fixed_size<2>);
    const Eigen::Vector2d g = banana.linearize(Eigen::Vector2d(-1.2, 1.0)).gradient();

    // Along a line: value, slope, curvature, third and fourth derivative. And D3f[v, v, .].
    const auto along = hesse::directional_derivatives<4>(f, theta, v);
    const VectorXd third = hesse::third_derivative(f, theta, v, v);

    // The smallest weights that fit one output, as a function of the ridge parameter exp(t): how does the fit change with t?
    const VectorXd start = VectorXd::Zero(3), first_target = targets.row(0);
    const auto ridge = [&](const auto& log_weight, const auto& w) {
        return 0.5 * (inputs.transpose() * w - first_target).squaredNorm() +
               0.5 * exp(log_weight) * w.squaredNorm();
    };
    const auto fit = hesse::objective(
        [&](const auto& t) {
            const auto w = hesse::argmin(ridge, t(0), start);
            return 0.5 * (inputs.transpose() * w - first_target).squaredNorm();
        },
        1);
    const double slope = fit.linearize(VectorXd::Zero(1)).gradient()[0];

    std::cout << "J'J v = G v for squared errors: " << (pulled - gauss_newton_product).norm() << '\n'
              << "v'Hv two ways: " << v.dot(H * v) << ' ' << along[2] << '\n'
              << "D3f[v,v,v] two ways: " << third.dot(v) << ' ' << along[3] << '\n'
              << "the fit gets worse with t at a rate of " << slope << '\n'
              << "the chain's Hessian has " << band.nonZeros() << " entries\n"
              << "the value " << point.value() << " is known to about " << point.rounding_error() << '\n';
    const bool agree = (pulled - gauss_newton_product).norm() < 1e-12 &&
                       std::abs(v.dot(H * v) - along[2]) < 1e-12 &&
                       std::abs(third.dot(v) - along[3]) < 1e-11 && slope > 0 &&
                       (Hv - H * v).norm() < 1e-5 * (H * v).norm() && band.nonZeros() == 2998 &&
                       tridiagonal.nonZeros() == 2998 && (g - Eigen::Vector2d(-215.6, -88.0)).norm() < 1e-10;
    return agree ? 0 : 1;
}
