// The ways to write a loss that README.md shows, each checked against differences.
#include <hesse/hesse.hpp>

#include <Eigen/IterativeLinearSolvers>

#include <cmath>
#include <iostream>
#include <type_traits>

namespace {

// The Hessian is an operator for Eigen's iterative solvers, which want to know its type and no preconditioner.
void newton_step(const hesse::Linearization<double>& at, const Eigen::VectorXd& gradient) {
    Eigen::ConjugateGradient<hesse::Hessian<double>, Eigen::Lower | Eigen::Upper,
                             Eigen::IdentityPreconditioner>
        solver;
    solver.compute(at.hessian());
    const Eigen::VectorXd step = solver.solve(-gradient);
    std::cout << "Newton's step, by conjugate gradients: " << step.norm() << '\n';
}

// Softmax regression in array words: parameters of any number type in, one number out.
double learn(const Eigen::MatrixXd& images, const Eigen::VectorXi& labels) {
    const auto loss = [&](const auto& theta) {
        const auto [weights, bias] = hesse::unpack(theta, hesse::shape(3, 4), hesse::shape(3));
        const auto scores = (weights * images).colwise() + bias;  // 3 x N
        return mean(log_sum_exp(scores, hesse::by_column) - pick(scores, labels)) +
               1e-3 * theta.squaredNorm();
    };
    const auto f = hesse::objective(loss, 15);
    const Eigen::VectorXd theta = Eigen::VectorXd::Constant(15, 0.1);
    std::cout << hesse::check_derivatives(f, theta) << '\n';

    const auto at = f.linearize(theta);  // runs the loss once
    const double value = at.value();
    const Eigen::VectorXd gradient = at.gradient();
    const Eigen::VectorXd product = at.hessian() * gradient;  // any number of products
    const double curvature = gradient.dot(product) / gradient.squaredNorm();
    newton_step(at, gradient);
    std::cout << "loss " << value << ", curvature along the gradient " << curvature << '\n';

    const hesse::CriticalPoint point = hesse::classify(f, theta);
    std::cout << to_string(point.kind) << ", lowest eigenvalue " << point.lowest.value << " +- "
              << point.lowest.error_bound << '\n';

    const hesse::Solution found =
        hesse::minimize(f, theta, hesse::HeavyBall{{.step_size = 0.1, .momentum = 0.9}},
                        hesse::Stopping{.gradient_norm = 1e-6, .budget = 5000}, hesse::progress());
    std::cout << hesse::describe(found.status) << '\n';
    return found.value;
}

// Scalar code: loops and branches, written for every scalar T.
double chain(hesse::Index n) {
    const auto rosenbrock = []<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) {
        T sum = 0.0;
        for (Eigen::Index i = 0; i + 1 < x.size(); ++i) {
            T a = x[i + 1] - x[i] * x[i];
            T b = 1.0 - x[i];
            sum += 100.0 * (a * a) + b * b;
        }
        return sum;
    };
    const auto f = hesse::objective(rosenbrock, n);
    std::cout << hesse::check_derivatives(f, Eigen::VectorXd::Constant(n, 0.5)) << '\n';
    return hesse::minimize(f, Eigen::VectorXd::Zero(n), hesse::TrustRegion{}).value;
}

// A template that was written for double: Rennie's smooth hinge.
template <class T>
T hinge(T margin) {
    T loss = margin < 0 ? 0.5 - margin : 0.0;
    if (margin >= 0 && margin < 1) loss += (1 - margin) * (1 - margin) / 2;
    return loss;
}

// Separation of two classes by a plane, with that template as it is.
double separate(const Eigen::MatrixXd& points, const Eigen::VectorXd& sides) {
    const auto loss = [&]<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) {
        T total = 0.05 * x.squaredNorm();
        for (Eigen::Index i = 0; i < points.cols(); ++i) total += hinge(sides[i] * x.dot(points.col(i)));
        return total;
    };
    const auto f = hesse::objective(loss, points.rows());
    return hesse::minimize(f, Eigen::VectorXd::Zero(points.rows()), hesse::TrustRegion{}).value;
}

// A recurrent system, whose states are written one after the other.
double follow(const Eigen::MatrixXd& observed) {
    const auto recurrence = [&](const auto& theta) {
        using Scalar = typename std::decay_t<decltype(theta)>::Scalar;
        const auto [weights, start] = hesse::unpack(theta, hesse::shape(2, 2), hesse::shape(2));
        hesse::Matrix<Scalar> states(2, observed.cols());
        states.col(0) = start;
        for (hesse::Index t = 1; t < states.cols(); ++t) states.col(t) = tanh(weights * states.col(t - 1));
        return 0.5 * (states - observed).squaredNorm();
    };
    const auto f = hesse::objective(recurrence, 6);
    const Eigen::VectorXd theta = Eigen::VectorXd::LinSpaced(6, -0.5, 0.5);
    std::cout << hesse::check_derivatives(f, theta) << '\n';
    return hesse::minimize(f, theta, hesse::TrustRegion{}).value;
}

// A loss with a gradient by hand: products are differences of gradients then.
double by_hand() {
    const auto f = hesse::gradient_objective(
        2, [](const auto& x) { return std::cosh(x[0]) + x[1] * x[1]; },
        [](const auto& x) { return Eigen::Vector2d(std::sinh(x[0]), 2.0 * x[1]); });
    return hesse::minimize(f, Eigen::Vector2d(1.0, 1.0), hesse::TrustRegion{}).value;
}

}  // namespace

int main() {
    Eigen::MatrixXd images(4, 6);
    images << 1, 0, 0, 1, 0, 0,  //
        0, 1, 0, 0, 1, 0,        //
        0, 0, 1, 0, 0, 1,        //
        1, 1, 0, 0, 0, 1;
    const Eigen::VectorXi labels = (Eigen::VectorXi(6) << 0, 1, 2, 0, 1, 2).finished();
    std::cout << "softmax regression: " << learn(images, labels) << '\n';
    std::cout << "chained Rosenbrock: " << chain(10) << '\n';
    std::cout << "two classes: " << separate(images, Eigen::VectorXd::LinSpaced(6, -1.0, 1.0)) << '\n';
    std::cout << "recurrence: " << follow(images.topRows(2)) << '\n';
    std::cout << "by hand: " << by_hand() << '\n';
}
