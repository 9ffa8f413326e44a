#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "support/derivative_check.hpp"

#include <Eigen/Dense>
#include <Eigen/IterativeLinearSolvers>
#include <boost/test/unit_test.hpp>
#include <unsupported/Eigen/IterativeSolvers>

/// Eigen's iterative solvers take the Hessian as it is.
namespace {
using namespace hesse;
using namespace hesse::test;

constexpr Index n = 40;

/// sum a_i x_i^2 / 2 + exp(x_i), + (c'x)^2 / 2: the Hessian at 0 is diag(a + 1) + cc'.
struct Known {
    VectorXd a, c = random_vector(n, 1);
    [[nodiscard]] auto objective() const {
        return hesse::objective(
            [this](const auto& x) {
                const auto s = x.dot(c);
                return 0.5 * (x.array() * x.array() * a.array()).sum() + exp(x).sum() + 0.5 * s * s;
            },
            n);
    }
    [[nodiscard]] MatrixXd hessian() const {
        MatrixXd h = c * c.transpose();
        h.diagonal() += a + VectorXd::Ones(n);
        return h;
    }
};
}  // namespace

BOOST_AUTO_TEST_SUITE(interoperability_eigen)

BOOST_AUTO_TEST_CASE(conjugate_gradients_solve_with_a_positive_hessian) {
    const Known known{VectorXd::LinSpaced(n, 0.0, 5.0)};
    const auto f = known.objective();
    const auto at = f.linearize(VectorXd::Zero(n));
    const VectorXd expected = random_vector(n, 2);
    Eigen::ConjugateGradient<Hessian<double>, Eigen::Lower | Eigen::Upper, Eigen::IdentityPreconditioner>
        solver;
    solver.setTolerance(1e-13);
    solver.compute(at.hessian());
    const VectorXd x = solver.solve(known.hessian() * expected);
    BOOST_TEST((solver.info() == Eigen::Success));
    BOOST_TEST((x - expected).norm() < 1e-10);  // condition number about 10
}

BOOST_AUTO_TEST_CASE(minres_solves_with_an_indefinite_hessian) {
    VectorXd a = VectorXd::LinSpaced(n, -4.0, 5.0);  // a + 1 keeps away from zero
    for (double& entry : a) entry += entry < -1.0 ? -0.5 : 0.5;
    const Known known{a};
    const auto f = known.objective();
    const auto at = f.linearize(VectorXd::Zero(n));
    const Eigen::SelfAdjointEigenSolver<MatrixXd> spectrum(known.hessian(), Eigen::EigenvaluesOnly);
    BOOST_REQUIRE(spectrum.eigenvalues()[0] < -1.0 && spectrum.eigenvalues().cwiseAbs().minCoeff() > 0.05);
    const VectorXd expected = random_vector(n, 3);
    Eigen::MINRES<Hessian<double>, Eigen::Lower | Eigen::Upper, Eigen::IdentityPreconditioner> solver;
    solver.setTolerance(1e-13);
    solver.setMaxIterations(400);
    solver.compute(at.hessian());
    const VectorXd x = solver.solve(known.hessian() * expected);
    BOOST_TEST((solver.info() == Eigen::Success));
    BOOST_TEST((x - expected).norm() < 1e-8);  // condition number below 1e3
}

BOOST_AUTO_TEST_CASE(a_newton_step_with_conjugate_gradients_finds_the_minimum) {
    const Known known{VectorXd::Ones(n)};
    const auto f = known.objective();
    VectorXd x = VectorXd::Zero(n);
    for (int step = 0; step < 8; ++step) {
        const auto at = f.linearize(x);
        Eigen::ConjugateGradient<Hessian<double>, Eigen::Lower | Eigen::Upper, Eigen::IdentityPreconditioner>
            solver;
        solver.compute(at.hessian());
        x -= solver.solve(at.gradient());
    }
    BOOST_TEST(f.linearize(x).gradient().norm() < 1e-12);
}

BOOST_AUTO_TEST_SUITE_END()
