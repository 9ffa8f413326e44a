#include "hesse/optim/damped_conjugate_gradients.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::DampedConjugateGradients;
using hesse::Index;
using hesse::VectorSpace;
using End = DampedConjugateGradients::End;

constexpr Index n = 12;

/// A positive semidefinite matrix of rank n - 3, as J'J of n - 3 residuals, and a gradient in its range.
struct Problem {
    MatrixXd jacobian = MatrixXd::Random(n - 3, n), a = jacobian.transpose() * jacobian;
    VectorXd g = jacobian.transpose() * VectorXd::Random(n - 3);
    VectorXd metric = VectorXd::LinSpaced(n, 0.5, 4.0);
};

VectorXd iterate(const DampedConjugateGradients& solver) {
    return Eigen::Map<const VectorXd>(solver.iterate(), n);
}

BOOST_AUTO_TEST_SUITE(damped_conjugate_gradients)

BOOST_AUTO_TEST_CASE(the_damped_system_is_solved_and_the_model_is_known_on_the_way) {
    const Problem p;
    const VectorXd inverse = (p.a.diagonal() + 0.1 * p.metric).cwiseInverse();
    for (const bool preconditioned : {false, true}) {
        DampedConjugateGradients solver{VectorSpace(n)};
        End end = solver.begin({.a = p.a,
                                .gradient = p.g.data(),
                                .damping = 0.1,
                                .metric = p.metric.data(),
                                .inverse = preconditioned ? inverse.data() : nullptr});
        double before = 0.0;
        while (end == End::going_on && solver.relative_residual() > 1e-12) {
            end = solver.advance();
            const VectorXd d = iterate(solver);
            const double q = p.g.dot(d) + 0.5 * d.dot(p.a * d);
            const double damped = q + 0.05 * d.dot(p.metric.cwiseProduct(d));
            BOOST_TEST(std::abs(solver.model() - q) <= 1e-12 * std::abs(q));
            BOOST_TEST(std::abs(solver.damped_model() - damped) <= 1e-12 * std::abs(damped));
            BOOST_TEST(solver.damped_model() <= before);
            before = solver.damped_model();
        }
        const MatrixXd b = p.a + 0.1 * MatrixXd(p.metric.asDiagonal());
        BOOST_TEST((iterate(solver) + b.ldlt().solve(p.g)).norm() <= 1e-9 * iterate(solver).norm());
        BOOST_TEST(solver.products() <= 2 * n);
        // A lower bound on the largest eigenvalue of D^-1 A, and not a bad one.
        const VectorXd root = p.metric.cwiseSqrt().cwiseInverse();
        const MatrixXd scaled = root.asDiagonal() * p.a * root.asDiagonal();
        const double largest = Eigen::SelfAdjointEigenSolver<MatrixXd>(scaled).eigenvalues()[n - 1];
        BOOST_TEST(solver.curvature() <= largest * (1.0 + 1e-12));
        BOOST_TEST(solver.curvature() >= 0.2 * largest);
    }
}

BOOST_AUTO_TEST_CASE(without_damping_the_shortest_solution_is_found_from_zero) {
    const Problem p;
    DampedConjugateGradients solver{VectorSpace(n)};
    End end = solver.begin({.a = p.a, .gradient = p.g.data()});
    while (end == End::going_on && solver.relative_residual() > 1e-12) end = solver.advance();
    const VectorXd expected = -p.a.completeOrthogonalDecomposition().solve(p.g);
    BOOST_TEST((iterate(solver) - expected).norm() <= 1e-9 * expected.norm());
}

BOOST_AUTO_TEST_CASE(from_any_start_the_solution_is_the_same) {
    const Problem p;
    const MatrixXd b = p.a + MatrixXd::Identity(n, n);
    const VectorXd solution = -b.ldlt().solve(p.g);
    const double least = p.g.dot(solution) + 0.5 * solution.dot(b * solution);
    DampedConjugateGradients solver{VectorSpace(n)};
    for (const double factor : {0.95, 3.0, -0.5}) {  // the model is (factor^2 - 2 factor) |least| there
        const VectorXd start = factor * solution + 1e-3 * VectorXd::Ones(n);
        End end = solver.begin({.a = p.a, .gradient = p.g.data(), .damping = 1.0}, start.data());
        BOOST_TEST((iterate(solver) == start));
        const double model = p.g.dot(start) + 0.5 * start.dot(b * start);
        BOOST_TEST(std::abs(solver.damped_model() - model) <= 1e-12 * std::abs(least));
        BOOST_TEST(solver.products() == 1);
        while (end == End::going_on && solver.relative_residual() > 1e-12) end = solver.advance();
        BOOST_TEST((iterate(solver) - solution).norm() <= 1e-9 * solution.norm());
        BOOST_TEST(std::abs(solver.damped_model() - least) <= 1e-12 * std::abs(least));
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_curvature_and_what_is_not_finite_ends_the_iterations) {
    VectorXd d = VectorXd::LinSpaced(n, 1.0, 3.0), g = VectorXd::Ones(n);
    d[0] = -100.0;
    DampedConjugateGradients solver{VectorSpace(n)};
    BOOST_TEST((solver.begin({.a = d.asDiagonal(), .gradient = g.data(), .damping = 0.1}) == End::going_on));
    BOOST_TEST((solver.advance() == End::no_curvature));
    BOOST_TEST(iterate(solver).norm() == 0.0);
    d[0] = std::numeric_limits<double>::quiet_NaN();
    solver.begin({.a = d.asDiagonal(), .gradient = g.data(), .damping = 0.1});
    BOOST_TEST((solver.advance() == End::not_finite));
    BOOST_TEST(iterate(solver).norm() == 0.0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
