#include "hesse/optim/continued_conjugate_gradients.hpp"

#include "hesse/optim/krylov_subproblem.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/truncated_conjugate_gradients.hpp"
#include "hesse/optim/trust_region.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

double model(const MatrixXd& h, const VectorXd& g, const VectorXd& s) {
    return g.dot(s) + 0.5 * s.dot(h * s);
}
VectorXd step_of(const KrylovTrustRegion& solver, Index n) {
    return Eigen::Map<const VectorXd>(solver.step(), n);
}
/// What the result says of its step is true of it.
void check_result(const MatrixXd& h, const VectorXd& g, const KrylovResult& result, const VectorXd& s) {
    BOOST_TEST(std::abs(result.model / model(h, g, s) - 1.0) <= 1e-9);
    BOOST_TEST(std::abs(result.norm / s.norm() - 1.0) <= 1e-10);
    BOOST_TEST(std::abs(result.residual - (h * s + g).norm()) <= 1e-8 * g.norm());
}
/// Eigenvalues 1 to `condition`, evenly in their squares.
MatrixXd definite(Index n, double condition) {
    return VectorXd::LinSpaced(n, 1.0, std::sqrt(condition)).array().square().matrix().asDiagonal();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(continued_conjugate_gradients)

BOOST_AUTO_TEST_CASE(the_newton_step_is_found_beyond_the_basis) {
    const Index n = 200;
    const MatrixXd h = definite(n, 1e4);
    const VectorXd g = VectorXd::Ones(n), newton = -h.diagonal().cwiseInverse();
    KrylovTrustRegion solver(VectorSpace(n), 10);
    const auto result = solver.minimize(h, g.data(), 1e3, 1e-10 * g.norm(), 2000);
    BOOST_TEST(result.converged);
    BOOST_TEST(!result.boundary);
    BOOST_TEST(result.products > 100);
    BOOST_TEST((step_of(solver, n) - newton).norm() <= 1e-9 * newton.norm());
    check_result(h, g, result, step_of(solver, n));

    // A basis of all columns takes n; ten of them and short recurrences not many more.
    KrylovTrustRegion whole(VectorSpace(n), n);
    BOOST_TEST(whole.minimize(h, g.data(), 1e3, 1e-10 * g.norm(), n).products <= n);
    BOOST_TEST(result.products <= 3 * n / 2);
}

BOOST_AUTO_TEST_CASE(it_is_the_path_of_conjugate_gradients) {
    // From zero, with another implementation: the same iterates while rounding lets them be, and the same exit.
    const Index n = 100;
    const MatrixXd h = definite(n, 100.0);
    const VectorXd g = VectorXd::LinSpaced(n, 1.0, 2.0);
    const double newton = (h.ldlt().solve(g)).norm();
    TruncatedConjugateGradients from_zero{VectorSpace(n)};
    Preconditioner none;
    KrylovTrustRegion solver(VectorSpace(n), 5);
    for (const Index products : {6, 10, 20}) {
        const auto expected = from_zero.minimize(h, g.data(), 2.0 * newton, 0.0, products, none);
        const auto result = solver.minimize(h, g.data(), 2.0 * newton, 0.0, products);
        BOOST_TEST(result.products == products);
        BOOST_TEST(!result.converged);
        BOOST_TEST(std::abs(result.model / expected.model - 1.0) <= 1e-12);
        BOOST_TEST((step_of(solver, n) - Eigen::Map<const VectorXd>(from_zero.step(), n)).norm() <=
                   1e-10 * newton);
    }
    const double radius = 0.99 * newton;
    const auto expected = from_zero.minimize(h, g.data(), radius, 0.0, 100, none);
    const auto result = solver.minimize(h, g.data(), radius, 0.0, 100);
    BOOST_TEST(result.boundary);
    BOOST_TEST(result.products == expected.products);
    BOOST_TEST(result.products > 5);
    BOOST_TEST((step_of(solver, n) - Eigen::Map<const VectorXd>(from_zero.step(), n)).norm() <=
               1e-10 * newton);
    check_result(h, g, result, step_of(solver, n));
}

BOOST_AUTO_TEST_CASE(negative_curvature_beyond_the_basis_is_followed_to_the_boundary) {
    // One eigenvalue of -1e-3 of which g sees little: the first columns do not know of it.
    const Index n = 300;
    MatrixXd h = definite(n, 1e3);
    h(0, 0) = -1e-3;
    VectorXd g = VectorXd::Ones(n);
    g[0] = 1e-4;
    KrylovTrustRegion solver(VectorSpace(n), 8);
    const auto result = solver.minimize(h, g.data(), 50.0, 1e-12, 3000);
    BOOST_TEST(result.boundary);
    BOOST_TEST(result.products > 8);
    BOOST_TEST(std::abs(step_of(solver, n)[0]) > 40.0);
    check_result(h, g, result, step_of(solver, n));
}

BOOST_AUTO_TEST_CASE(smaller_regions_cost_no_product_and_lose_little) {
    const Index n = 200;
    MatrixXd indefinite = definite(n, 1e3);
    indefinite(0, 0) = -1e-3;
    const MatrixXd convex = definite(n, 1e3);
    for (const MatrixXd& h : {convex, indefinite}) {
        VectorXd g = VectorXd::Ones(n);
        if (h(0, 0) < 0.0) g[0] = 1e-4;
        KrylovTrustRegion solver(VectorSpace(n), 8), whole(VectorSpace(n), n);
        const auto first = solver.minimize(h, g.data(), 30.0, 1e-10, 2000);
        BOOST_TEST(first.products > 8);
        double before = first.model;
        for (double part = 0.99; part > 1e-3; part *= 0.8) {
            const double radius = part * first.norm;
            const auto cut = solver.again(radius);
            const auto best = whole.minimize(h, g.data(), radius, 1e-10, n);
            BOOST_TEST(cut.products == 0);
            BOOST_TEST(cut.boundary);
            BOOST_TEST(std::abs(cut.norm / radius - 1.0) <= 1e-9);
            BOOST_TEST(std::abs(cut.model / model(h, g, step_of(solver, n)) - 1.0) <= 1e-8);
            BOOST_TEST(cut.model <= 0.8 * best.model);
            BOOST_TEST(cut.model >= before);  // a smaller region has no better step
            before = cut.model;
        }
        // Back at the first radius the first step is there again.
        BOOST_TEST(std::abs(solver.again(30.0).model / first.model - 1.0) <= 1e-12);
    }
}

BOOST_AUTO_TEST_CASE(ritz_vectors_that_have_converged_do_not_come_back) {
    // Thirty large eigenvalues, found within the basis, come back again and again in plain conjugate gradients.
    const Index n = 600;
    VectorXd d = VectorXd::LinSpaced(n, 1.0, 100.0);
    for (Index i = 0; i < 30; ++i) d[n - 1 - i] = 1e6 * std::pow(1.5, static_cast<double>(i));
    const MatrixXd h = d.asDiagonal();
    const VectorXd g = d.cwiseSqrt();
    Preconditioner none;
    TruncatedConjugateGradients plain{VectorSpace(n)};
    KrylovTrustRegion solver(VectorSpace(n), 60);
    const auto result = solver.minimize(h, g.data(), 1e6, 1e-8 * g.norm(), 6000);
    const auto other = plain.minimize(h, g.data(), 1e6, 1e-8 * g.norm(), 6000, none);
    BOOST_TEST(result.converged);
    BOOST_TEST(result.products > 60);
    BOOST_TEST(static_cast<double>(result.products) <= 0.7 * static_cast<double>(other.products));
    BOOST_TEST((h * step_of(solver, n) + g).norm() <= 2e-8 * g.norm());
}

BOOST_AUTO_TEST_CASE(products_that_are_not_finite_are_reported) {
    struct Failing {
        mutable Index calls_left;
        [[nodiscard]] Index rows() const { return 50; }
        void apply(const double* in, double* out) const {
            for (Index i = 0; i < 50; ++i) out[i] = static_cast<double>(i + 1) * in[i];
            if (--calls_left < 0) out[0] = std::numeric_limits<double>::quiet_NaN();
        }
    };
    const Failing failing{9};
    const VectorXd g = VectorXd::Ones(50);
    KrylovTrustRegion solver(VectorSpace(50), 5);
    const auto result = solver.minimize(failing, g.data(), 1e3, 1e-12, 100);
    BOOST_TEST(!result.finite);
    BOOST_TEST(result.products == 10);
}

BOOST_AUTO_TEST_CASE(a_quadratic_takes_few_newton_steps_whatever_its_condition) {
    // DIXON3DQ of CUTEst: each Newton step takes far more products than the basis has columns.
    const Index n = 1000;
    const auto apply = [n](const VectorXd& x) {
        VectorXd out = VectorXd::Zero(n);
        out[0] += x[0];
        out[n - 1] += x[n - 1];
        for (Index i = 1; i + 1 < n; ++i) {
            out[i] += x[i] - x[i + 1];
            out[i + 1] += x[i + 1] - x[i];
        }
        return VectorXd(2.0 * out);
    };
    const auto gradient = [=](const VectorXd& x) {
        VectorXd out = apply(x);
        out[0] -= 2.0;
        out[n - 1] -= 2.0;
        return out;
    };
    const test::AnalyticObjective f{n,
                                    [=](const VectorXd& x) {
                                        double sum = std::pow(x[0] - 1.0, 2) + std::pow(x[n - 1] - 1.0, 2);
                                        for (Index i = 1; i + 1 < n; ++i) sum += std::pow(x[i] - x[i + 1], 2);
                                        return sum;
                                    },
                                    [=](const VectorXd& x) -> VectorXd { return gradient(x); },
                                    [=](const VectorXd&, const VectorXd& v) -> VectorXd { return apply(v); }};
    const auto result =
        minimize(f, VectorXd::Constant(n, -1.0), TrustRegion{}, Stopping{.second_order = false});
    BOOST_TEST((result.status == Status::first_order));
    BOOST_TEST((result.x - VectorXd::Ones(n)).norm() <= 1e-2);
    BOOST_TEST(result.iterations <= 15);
    BOOST_TEST(result.counters.total().products <= 4 * n);  // n are enough in exact arithmetic

    const auto bounded = minimize(f, VectorXd::Constant(n, -1.0), TrustRegion({.products = 300}),
                                  Stopping{.iterations = 3, .second_order = false});
    BOOST_TEST(bounded.counters.total().products <= 900);
}

BOOST_AUTO_TEST_SUITE_END()
