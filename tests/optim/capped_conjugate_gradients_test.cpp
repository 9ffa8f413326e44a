#include "hesse/optim/capped_conjugate_gradients.hpp"

#include "hesse/optim/random.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::CappedConjugateGradients;
using hesse::Index;
using hesse::VectorSpace;
using End = CappedConjugateGradients::End;

Eigen::Map<const VectorXd> vector(const double* entries, Index n) { return {entries, n}; }

BOOST_AUTO_TEST_SUITE(capped_conjugate_gradients)

BOOST_AUTO_TEST_CASE(a_positive_definite_system_is_solved_with_its_damping) {
    const Index n = 30;
    const MatrixXd m = MatrixXd::Random(n, n), h = m * m.transpose() + MatrixXd::Identity(n, n);
    const VectorXd g = VectorXd::Random(n);
    CappedConjugateGradients solver{VectorSpace(n)};
    const double norm = Eigen::SelfAdjointEigenSolver<MatrixXd>(h).eigenvalues()[n - 1];
    for (const double damping : {0.0, 1e-2}) {
        // With |H| known beforehand the damping is known exactly.
        const auto found = solver.solve(h, g.data(), damping, norm, 1e-10, 200);
        BOOST_TEST((found.end == End::solved));
        const MatrixXd damped = h + 2.0 * damping * norm * MatrixXd::Identity(n, n);
        const VectorXd y = vector(solver.iterate(), n);
        BOOST_TEST((damped * y + g).norm() <= 1e-9 * g.norm());
        BOOST_TEST((y + damped.ldlt().solve(g)).norm() <= 1e-7 * y.norm());
    }
}

BOOST_AUTO_TEST_CASE(negative_curvature_is_a_direction_with_its_measure) {
    // Met at once, along the gradient.
    const VectorXd d{{-1.0, 2.0, 3.0}}, g{{1.0, 0.1, 0.1}};
    CappedConjugateGradients solver{VectorSpace(3)};
    auto found = solver.solve(d.asDiagonal(), g.data(), 1e-3, 0.0, 1e-8, 50);
    BOOST_TEST((found.end == End::negative_curvature));
    BOOST_TEST(found.products == 1);
    VectorXd v = vector(solver.direction(), 3);
    BOOST_TEST(std::abs(v.dot(d.cwiseProduct(v)) / v.squaredNorm() - found.curvature) <= 1e-15);
    BOOST_TEST(found.curvature < 0.0);
    BOOST_TEST(vector(solver.iterate(), 3).norm() == 0.0);

    // And later, with an iterate before it that lowers the model.
    const Index n = 40;
    VectorXd spectrum = VectorXd::LinSpaced(n, 1.0, 10.0);
    spectrum[0] = -0.5;
    VectorXd gradient = VectorXd::Ones(n);
    gradient[0] = 1e-3;
    CappedConjugateGradients larger{VectorSpace(n)};
    found = larger.solve(spectrum.asDiagonal(), gradient.data(), 1e-3, 0.0, 1e-12, 400);
    BOOST_TEST((found.end == End::negative_curvature));
    BOOST_TEST(found.products > 3);
    v = vector(larger.direction(), n);
    BOOST_TEST(std::abs(v.dot(spectrum.cwiseProduct(v)) / v.squaredNorm() - found.curvature) <= 1e-12);
    BOOST_TEST(found.curvature < -1e-3 * found.norm);
    BOOST_TEST(gradient.dot(vector(larger.iterate(), n)) < 0.0);
}

BOOST_AUTO_TEST_CASE(the_scale_does_not_matter) {
    const Index n = 20;
    const VectorXd d = VectorXd::LinSpaced(n, 0.1, 5.0), g = VectorXd::Random(n);
    CappedConjugateGradients reference{VectorSpace(n)}, scaled{VectorSpace(n)};
    const auto first = reference.solve(d.asDiagonal(), g.data(), 1e-3, 0.0, 1e-6, 100);
    const VectorXd e = 0x1p40 * d, b = 0x1p40 * g;
    const auto second = scaled.solve(e.asDiagonal(), b.data(), 1e-3, 0.0, 1e-6, 100);
    BOOST_TEST(first.products == second.products);
    BOOST_TEST((vector(reference.iterate(), n) == vector(scaled.iterate(), n)));
}

BOOST_AUTO_TEST_CASE(budgets_and_products_that_are_not_finite_end_it) {
    const VectorXd d = VectorXd::LinSpaced(50, 1.0, 100.0), g = VectorXd::Ones(50);
    CappedConjugateGradients solver{VectorSpace(50)};
    const auto short_one = solver.solve(d.asDiagonal(), g.data(), 0.0, 0.0, 1e-12, 5);
    BOOST_TEST((short_one.end == End::budget));
    BOOST_TEST(short_one.products == 5);
    BOOST_TEST(g.dot(vector(solver.iterate(), 50)) < 0.0);
    const MatrixXd broken = MatrixXd::Constant(50, 50, std::numeric_limits<double>::quiet_NaN());
    BOOST_TEST((solver.solve(broken, g.data(), 0.0, 0.0, 1e-12, 5).end == End::not_finite));
    // Nothing curves and nothing damps: a direction of no curvature.
    const auto flat = solver.solve(MatrixXd::Zero(50, 50).eval(), g.data(), 0.0, 0.0, 1e-12, 5);
    BOOST_TEST((flat.end == End::negative_curvature));
    BOOST_TEST(flat.curvature == 0.0);
}

BOOST_AUTO_TEST_CASE(preconditioning_is_a_change_of_variables) {
    // With P = C^2 and y = C t the system is that of C H C + 2 e I in t, e / |C H C| the damping.
    const Index n = 12;
    hesse::RandomGenerator random(9);
    VectorXd c(n), g(n);
    for (Index i = 0; i < n; ++i) {
        c[i] = std::exp(random.normal());
        g[i] = random.normal();
    }
    MatrixXd a(n, n);
    for (double& entry : a.reshaped()) entry = random.normal();
    const MatrixXd h = a * a.transpose(), scaled = c.asDiagonal() * h * c.asDiagonal();
    hesse::Preconditioner preconditioner([=](const auto& r) { return r.cwiseProduct(c.cwiseAbs2()).eval(); });
    CappedConjugateGradients solver{VectorSpace(n)};
    // |C H C| as known from before, so that e is the same for both
    const double norm = 10.0 * scaled.norm(), e = 1e-3 * norm;
    const auto found = solver.solve(h, g.data(), 1e-3, norm, 1e-11, 100, preconditioner);
    BOOST_TEST((found.end == End::solved));
    const MatrixXd damped = scaled + 2.0 * e * MatrixXd::Identity(n, n);
    const VectorXd expected = -c.cwiseProduct(damped.ldlt().solve(c.cwiseProduct(g)).eval());
    const Eigen::Map<const VectorXd> y(solver.iterate(), n);
    BOOST_TEST((y - expected).norm() <= 1e-8 * expected.norm());

    // Negative curvature is told in Euclid's units.
    MatrixXd indefinite = h;
    indefinite(3, 3) -= 200.0;
    const auto negative = solver.solve(indefinite, g.data(), 1e-6, 0.0, 1e-11, 100, preconditioner);
    BOOST_TEST((negative.end == End::negative_curvature));
    const Eigen::Map<const VectorXd> v(solver.direction(), n);
    BOOST_TEST(std::abs(negative.curvature / (v.dot(indefinite * v) / v.squaredNorm()) - 1.0) <= 1e-9);

    hesse::Preconditioner wrong([](const auto& r) { return (0.0 * r).eval(); });
    BOOST_CHECK_THROW(solver.solve(h, g.data(), 1e-3, 0.0, 1e-6, 10, wrong), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
