#include "hesse/optim/truncated_conjugate_gradients.hpp"

#include "hesse/optim/curvature/preconditioners.hpp"
#include "hesse/optim/krylov_subproblem.hpp"
#include "hesse/optim/random.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::Index;
using hesse::Preconditioner;
using hesse::TruncatedConjugateGradients;
using hesse::VectorSpace;

namespace {

MatrixXd random_symmetric(hesse::RandomGenerator& random, Index n) {
    MatrixXd a(n, n);
    for (Index i = 0; i < n; ++i)
        for (Index j = 0; j <= i; ++j) a(i, j) = a(j, i) = random.normal();
    return a;
}
MatrixXd random_definite(hesse::RandomGenerator& random, Index n) {
    const MatrixXd a = random_symmetric(random, n);
    return a * a + MatrixXd::Identity(n, n);
}
double model(const MatrixXd& h, const VectorXd& g, const VectorXd& s) {
    return g.dot(s) + 0.5 * s.dot(h * s);
}

Preconditioner none;

BOOST_AUTO_TEST_SUITE(truncated_conjugate_gradients)

BOOST_AUTO_TEST_CASE(inside_the_region_the_step_is_newtons) {
    hesse::RandomGenerator random(1);
    const MatrixXd h = random_definite(random, 12);
    const VectorXd g = VectorXd::Ones(12);
    TruncatedConjugateGradients solver{VectorSpace(12)};
    const auto found = solver.minimize(h, g.data(), 1e3, 1e-12, 100, none);
    const VectorXd newton = -h.ldlt().solve(g);
    const Eigen::Map<const VectorXd> s(solver.step(), 12);
    BOOST_TEST((s - newton).norm() <= 1e-9 * newton.norm());
    BOOST_TEST(!found.boundary);
    BOOST_TEST(std::abs(found.norm / newton.norm() - 1.0) <= 1e-9);
    BOOST_TEST(std::abs(found.model / model(h, g, newton) - 1.0) <= 1e-9);
}

BOOST_AUTO_TEST_CASE(a_convex_model_falls_by_half_of_what_is_possible_or_more) {
    // Yuan, Math. Prog. 87 (2000) 561.
    hesse::RandomGenerator random(2);
    for (int k = 0; k < 40; ++k) {
        const Index n = 2 + random.below(10);
        const MatrixXd h = random_definite(random, n);
        VectorXd g(n);
        for (double& entry : g) entry = random.normal();
        const double radius = std::exp(2.0 * random.normal() - 2.0);
        TruncatedConjugateGradients solver{VectorSpace(n)};
        const auto found = solver.minimize(h, g.data(), radius, 1e-10, 100, none);
        const Eigen::Map<const VectorXd> s(solver.step(), n);
        BOOST_TEST(s.norm() <= radius * (1.0 + 1e-9));
        BOOST_TEST(std::abs(found.norm / s.norm() - 1.0) <= 1e-7);
        BOOST_TEST(std::abs(found.model / model(h, g, s) - 1.0) <= 1e-7);
        BOOST_TEST(found.model <= 0.5 * hesse::solve_trust_region(h, g, radius).model);
    }
}

BOOST_AUTO_TEST_CASE(negative_curvature_is_followed_to_the_boundary) {
    const MatrixXd h = VectorXd{{-1.0, -1.0, -1.0}}.asDiagonal();
    const VectorXd g{{3.0, 0.0, 4.0}};
    TruncatedConjugateGradients solver{VectorSpace(3)};
    const auto found = solver.minimize(h, g.data(), 10.0, 0.0, 10, none);
    const Eigen::Map<const VectorXd> s(solver.step(), 3);
    BOOST_TEST((s - VectorXd{{-6.0, 0.0, -8.0}}).norm() <= 1e-13);
    BOOST_TEST(found.boundary);
    BOOST_TEST(found.products == 1);
    BOOST_TEST(std::abs(found.model - -100.0) <= 1e-12);
    hesse::RandomGenerator random(3);
    for (int k = 0; k < 20; ++k) {
        const MatrixXd indefinite = random_symmetric(random, 9);
        const VectorXd gradient = VectorXd::Ones(9);
        TruncatedConjugateGradients other{VectorSpace(9)};
        const auto end = other.minimize(indefinite, gradient.data(), 5.0, 1e-12, 100, none);
        const Eigen::Map<const VectorXd> step(other.step(), 9);
        BOOST_TEST(end.boundary);
        BOOST_TEST(std::abs(step.norm() / 5.0 - 1.0) <= 1e-9);
        BOOST_TEST(std::abs(end.model / model(indefinite, gradient, step) - 1.0) <= 1e-9);
    }
}

BOOST_AUTO_TEST_CASE(a_smaller_region_cuts_the_same_path) {
    hesse::RandomGenerator random(4);
    const MatrixXd h = random_definite(random, 20);
    const VectorXd g = VectorXd::Ones(20);
    TruncatedConjugateGradients solver{VectorSpace(20)}, fresh{VectorSpace(20)};
    const double newton = h.ldlt().solve(g).norm();
    for (const double radius : {0.9 * newton, 100.0 * newton}) {
        solver.minimize(h, g.data(), radius, 1e-10, 100, none);
        for (const double part : {0.5, 0.25, 0.125, 0.0625}) {
            const auto cut = solver.again(part * radius);
            BOOST_TEST(cut.has_value() == (part * radius < newton));
            if (!cut) continue;
            const auto again = fresh.minimize(h, g.data(), part * radius, 1e-10, 100, none);
            BOOST_TEST(cut->products == 0);
            BOOST_TEST(std::abs(cut->norm / (part * radius) - 1.0) <= 1e-14);
            BOOST_TEST(std::abs(cut->model / again.model - 1.0) <= 1e-12);
            const Eigen::Map<const VectorXd> s(solver.step(), 20);
            BOOST_TEST(std::abs(cut->residual - (h * s + g).norm()) <= 1e-9 * g.norm());
            for (int i = 0; i < 20; ++i) BOOST_TEST(std::abs(solver.step()[i] - fresh.step()[i]) <= 1e-12);
        }
        BOOST_TEST(!solver.again(radius / 256.0).has_value());
    }
    solver.minimize(h, g.data(), 0.9 * newton, 1e-10, 100, none);
    BOOST_TEST(solver.again(0.3 * newton)->norm == 0.25 * (0.9 * newton));  // the next one below
}

BOOST_AUTO_TEST_CASE(preconditioning_is_a_change_of_variables) {
    // s = C t turns the problem into one of C H C and C g in t.
    hesse::RandomGenerator random(5);
    const Index n = 10;
    VectorXd p(n), g(n);
    for (Index i = 0; i < n; ++i) {
        p[i] = std::exp(random.normal());
        g[i] = random.normal();
    }
    const VectorXd c = p.cwiseSqrt(), cg = c.cwiseProduct(g), pg = p.cwiseProduct(g);
    const double unit = pg.norm() / std::sqrt(g.dot(pg));
    for (const MatrixXd& h : {random_definite(random, n), random_symmetric(random, n)})
        for (const double radius : {0.1, 1.0, 1e3}) {
            const MatrixXd scaled = c.asDiagonal() * h * c.asDiagonal();
            Preconditioner diagonal([=](const auto& r) { return r.cwiseProduct(p).eval(); });
            TruncatedConjugateGradients with{VectorSpace(n)}, without{VectorSpace(n)};
            const auto a = with.minimize(h, g.data(), radius, 0.0, 6, diagonal);
            const auto b = without.minimize(scaled, cg.data(), radius / unit, 0.0, 6, none);
            const Eigen::Map<const VectorXd> s(with.step(), n), t(without.step(), n);
            BOOST_TEST((s - c.cwiseProduct(t)).norm() <= 1e-9 * s.norm());
            BOOST_TEST(a.products == b.products);
            BOOST_TEST(std::abs(a.norm / (unit * t.norm()) - 1.0) <= 1e-9);
            BOOST_TEST(std::abs(a.model / b.model - 1.0) <= 1e-9);
        }
    // The inverse itself leaves nothing to do.
    const MatrixXd h = random_definite(random, n), inverse = h.inverse();
    Preconditioner exact([=](const auto& r) { return (inverse * r).eval(); });
    TruncatedConjugateGradients solver{VectorSpace(n)};
    const auto found = solver.minimize(h, g.data(), 1e6, 1e-9, 50, exact);
    BOOST_TEST(found.products == 1);
    // As long as the preconditioned gradient, in its norm as in Euclid's.
    BOOST_TEST(std::abs(found.norm / (inverse * g).norm() - 1.0) <= 1e-9);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_solved_is_told) {
    TruncatedConjugateGradients solver{VectorSpace(2)};
    const VectorXd g = VectorXd::Ones(2);
    const MatrixXd broken = MatrixXd::Constant(2, 2, std::numeric_limits<double>::quiet_NaN());
    BOOST_TEST(!solver.minimize(broken, g.data(), 1.0, 0.0, 2, none).finite);
    Preconditioner negative([](const auto& r) { return (-r).eval(); });
    BOOST_CHECK_EXCEPTION(
        solver.minimize(MatrixXd::Identity(2, 2).eval(), g.data(), 1.0, 0.0, 2, negative),
        std::invalid_argument, [](const std::invalid_argument& error) {
            return std::string(error.what()) ==
                   "TruncatedConjugateGradients: the preconditioner is not positive definite, g'Pg is -2";
        });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
