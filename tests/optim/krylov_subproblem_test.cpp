#include "hesse/optim/krylov_subproblem.hpp"

#include "hesse/optim/random.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

using Eigen::Matrix3d;
using Eigen::MatrixXd;
using Eigen::Vector3d;
using Eigen::VectorXd;
using hesse::Index;
using hesse::KrylovCubic;
using hesse::KrylovTrustRegion;
using hesse::solve_cubic;
using hesse::solve_trust_region;

namespace {

double model(const MatrixXd& h, const VectorXd& g, const VectorXd& s) {
    return g.dot(s) + 0.5 * s.dot(h * s);
}

/// lambda and m to the twelve digits that the specification gives.
void check_known(const MatrixXd& h, const VectorXd& g, double radius, double multiplier, double value) {
    const auto result = solve_trust_region(h, g, radius);
    BOOST_TEST(std::abs(result.multiplier - multiplier) < 1e-10);
    BOOST_TEST(std::abs(result.model - value) < 1e-10);
    BOOST_TEST(std::abs(model(h, g, result.step) - value) < 1e-10);
    BOOST_TEST(std::abs(result.step.norm() - radius) < 1e-10);
}

void check_known_cubic(const MatrixXd& h, const VectorXd& g, double sigma, double multiplier, double value) {
    const auto result = solve_cubic(h, g, sigma);
    const double length = result.step.norm();
    BOOST_TEST(result.converged);
    BOOST_TEST(std::abs(result.multiplier - multiplier) < 1e-10);
    BOOST_TEST(std::abs(result.model / value - 1.0) < 1e-11);
    BOOST_TEST(std::abs((model(h, g, result.step) + sigma / 3.0 * length * length * length) / value - 1.0) <
               1e-11);
    BOOST_TEST(std::abs(length - multiplier / sigma) < 1e-10);
}

MatrixXd random_symmetric(hesse::RandomGenerator& random, Index n) {
    MatrixXd a(n, n);
    for (Index i = 0; i < n; ++i)
        for (Index j = 0; j <= i; ++j) a(i, j) = a(j, i) = random.normal();
    return a;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(krylov_subproblem)

BOOST_AUTO_TEST_CASE(hard_case_of_a_diagonal_matrix) {
    // Lanczos from g alone never sees the middle coordinate and ends at lambda = sqrt 2, m = -sqrt 2.
    const MatrixXd h = Vector3d(0.0, -20.0, 0.0).asDiagonal();
    const Vector3d g(1.0, 0.0, -1.0);
    check_known(h, g, 1.0, 20.0, -10.05);
    const auto result = solve_trust_region(h, g, 1.0);
    BOOST_TEST(result.hard_case);
    BOOST_TEST(std::abs(result.step[0] - -0.05) < 1e-10);
    BOOST_TEST(std::abs(std::abs(result.step[1]) - std::sqrt(1.0 - 0.005)) < 1e-10);
    BOOST_TEST(std::abs(result.step[2] - 0.05) < 1e-10);

    const hesse::VectorSpace space(3);
    KrylovTrustRegion local(space, 3);
    const auto seen = local.minimize(h, g.data(), 1.0, 0.0, 3);
    BOOST_TEST(std::abs(seen.multiplier - std::sqrt(2.0)) < 1e-11);
    BOOST_TEST(std::abs(seen.model - -std::sqrt(2.0)) < 1e-11);
}

BOOST_AUTO_TEST_CASE(known_values_easy_hard_and_nearly_hard) {
    Matrix3d h;
    h << 1.0, 0.0, 4.0, 0.0, 2.0, 0.0, 4.0, 0.0, 3.0;
    check_known(h, Vector3d(0.0, 2.0, 0.0), 1.0, 2.12310562562, -1.54662406288);
    check_known(h, Vector3d(0.0, 2.0, 0.0), 0.5, 2.12310562562, -0.750459453275);
    check_known(h, Vector3d(5.0, 0.0, 4.0), 1.0, 4.0, -4.5);
    check_known(h, Vector3d(5.0, 0.0, 4.0), 0.5, 8.16641210981, -2.55991342264);
    check_known(h, Vector3d(0.0, 2.0, 1e-6), 1.0, 2.12310632937, -1.54662460104);
}

BOOST_AUTO_TEST_CASE(known_values_of_cubic_regularisation) {
    check_known_cubic(Vector3d(0.0, -20.0, 0.0).asDiagonal(), Vector3d(1.0, 0.0, -1.0), 1.0, 20.0,
                      -1333.38333333333);
    check_known_cubic(Eigen::Vector2d(-1.0, 2.0).asDiagonal(), Eigen::Vector2d(0.0, 0.5), 0.5, 1.0,
                      -0.708333333333333);
    check_known_cubic(Vector3d(1.0, 2.0, 3.0).asDiagonal(), Vector3d::Ones(), 2.0, 1.20109271338,
                      -0.574570084835);
    Matrix3d h;
    h << 1.0, 0.0, 4.0, 0.0, 2.0, 0.0, 4.0, 0.0, 3.0;
    check_known_cubic(h, Vector3d(5.0, 0.0, 4.0), 1.0, 2.69251003627, -7.37636179992);
}

BOOST_AUTO_TEST_CASE(cubic_steps_without_gradient_or_curvature) {
    const VectorXd zero = VectorXd::Zero(4), g = VectorXd::Constant(4, 2.0);
    BOOST_TEST(solve_cubic(MatrixXd::Zero(4, 4), zero, 2.0).step.norm() == 0.0);
    BOOST_TEST(solve_cubic(MatrixXd::Identity(4, 4), zero, 2.0).step.norm() == 0.0);
    // sigma |s|^2 = |g|, m = -2/3 |g| |s|
    const auto flat = solve_cubic(MatrixXd::Zero(4, 4), g, 0.25);
    BOOST_TEST(std::abs(flat.step.norm() - 4.0) < 1e-10);
    BOOST_TEST((flat.step + 2.0 * VectorXd::Ones(4)).norm() < 1e-10);
    BOOST_TEST(std::abs(flat.model - -2.0 / 3.0 * 16.0) < 1e-10);
    // A boundary eigenvector: |s| = lambda / sigma, m = -lambda |s|^2 / 6
    const auto saddle = solve_cubic(-MatrixXd::Identity(4, 4), zero, 0.5);
    BOOST_TEST(saddle.hard_case);
    BOOST_TEST(std::abs(saddle.step.norm() - 2.0) < 1e-12);
    BOOST_TEST(std::abs(saddle.model - -4.0 / 6.0) < 1e-12);
}

BOOST_AUTO_TEST_CASE(random_cubic_problems_meet_the_optimality_conditions) {
    hesse::RandomGenerator random(13);
    for (int k = 0; k < 60; ++k) {
        const Index n = 1 + random.below(15);
        const MatrixXd h = random_symmetric(random, n);
        VectorXd g(n);
        for (double& entry : g) entry = random.normal();
        const double sigma = std::exp(2.0 * random.normal());
        const auto result = solve_cubic(h, g, sigma);
        const double lowest = Eigen::SelfAdjointEigenSolver<MatrixXd>(h).eigenvalues()[0];
        const double length = result.step.norm();
        BOOST_TEST(std::abs(result.multiplier / (sigma * length) - 1.0) < 1e-9);
        BOOST_TEST(lowest + result.multiplier >= -1e-9 * (1.0 + h.norm()));
        BOOST_TEST((h * result.step + result.multiplier * result.step + g).norm() <
                   1e-7 * (g.norm() + h.norm() * length));
    }
}

BOOST_AUTO_TEST_CASE(another_sigma_costs_no_product) {
    hesse::RandomGenerator random(14);
    const MatrixXd h = random_symmetric(random, 8);
    const VectorXd g = VectorXd::Ones(8);
    KrylovCubic first(hesse::VectorSpace(8), 8), second(hesse::VectorSpace(8), 8);
    first.minimize(h, g.data(), 2.0, 0.0, 8);
    const auto again = first.again(7.0);
    const auto fresh = second.minimize(h, g.data(), 7.0, 0.0, 8);
    BOOST_TEST(again.products == 0);
    BOOST_TEST(std::abs(again.model - fresh.model) < 1e-12);
    for (int i = 0; i < 8; ++i) BOOST_TEST(std::abs(first.step()[i] - second.step()[i]) < 1e-10);
}

BOOST_AUTO_TEST_CASE(zero_gradients_give_nothing_or_a_boundary_eigenvector) {
    const VectorXd zero = VectorXd::Zero(4);
    for (const MatrixXd& h : {MatrixXd(MatrixXd::Zero(4, 4)), MatrixXd(MatrixXd::Identity(4, 4))}) {
        const auto result = solve_trust_region(h, zero, 2.0);
        BOOST_TEST(result.step.norm() == 0.0);
        BOOST_TEST(result.model == 0.0);
    }
    const auto result = solve_trust_region(-MatrixXd::Identity(4, 4), zero, 2.0);
    BOOST_TEST(std::abs(result.step.norm() - 2.0) < 1e-12);
    BOOST_TEST(std::abs(result.model - -2.0) < 1e-12);

    KrylovTrustRegion solver(hesse::VectorSpace(4), 4);
    const MatrixXd h = -MatrixXd::Identity(4, 4);
    const VectorXd v = VectorXd::Unit(4, 2);
    solver.minimize(h, zero.data(), 2.0, 0.0, 4);
    BOOST_TEST(solver.add_direction(h, v.data(), 2.0).norm == 2.0);
    BOOST_TEST(std::abs(solver.step()[2]) == 2.0);
    BOOST_TEST(solver.again(2.0).norm == 0.0);  // the direction is forgotten
    BOOST_TEST(solver.step()[2] == 0.0);
}

BOOST_AUTO_TEST_CASE(random_problems_meet_the_optimality_conditions) {
    hesse::RandomGenerator random(3);
    for (int k = 0; k < 60; ++k) {
        const Index n = 1 + random.below(15);
        const MatrixXd h = random_symmetric(random, n);
        VectorXd g(n);
        for (double& entry : g) entry = random.normal();
        const double radius = std::exp(random.normal());
        const auto result = solve_trust_region(h, g, radius);
        const double lowest = Eigen::SelfAdjointEigenSolver<MatrixXd>(h).eigenvalues()[0];
        // The Krylov space is complete here: errors are rounding times the condition of the problem.
        BOOST_TEST(result.step.norm() <= radius * (1.0 + 1e-9));
        BOOST_TEST(lowest + result.multiplier >= -1e-9 * (1.0 + h.norm()));
        BOOST_TEST((h * result.step + result.multiplier * result.step + g).norm() <
                   1e-7 * (g.norm() + h.norm() * radius));
        BOOST_TEST(std::abs(model(h, g, result.step) - result.model) < 1e-8 * (1.0 + std::abs(result.model)));
    }
}

BOOST_AUTO_TEST_CASE(another_radius_costs_no_product) {
    hesse::RandomGenerator random(4);
    const MatrixXd h = random_symmetric(random, 8);
    const VectorXd g = VectorXd::Ones(8);
    KrylovTrustRegion first(hesse::VectorSpace(8), 8), second(hesse::VectorSpace(8), 8);
    first.minimize(h, g.data(), 2.0, 0.0, 8);
    const auto again = first.again(0.5);
    const auto fresh = second.minimize(h, g.data(), 0.5, 0.0, 8);
    BOOST_TEST(again.products == 0);
    BOOST_TEST(std::abs(again.model - fresh.model) < 1e-12);
    for (int i = 0; i < 8; ++i) BOOST_TEST(std::abs(first.step()[i] - second.step()[i]) < 1e-10);
}

BOOST_AUTO_TEST_CASE(residual_that_is_reported_is_the_residual) {
    hesse::RandomGenerator random(6);
    MatrixXd h = random_symmetric(random, 30);
    h = h * h + MatrixXd::Identity(30, 30);
    const VectorXd g = VectorXd::Ones(30);
    KrylovTrustRegion solver(hesse::VectorSpace(30), 30);
    const auto result = solver.minimize(h, g.data(), 100.0, 0.1 * g.norm(), 30);
    const Eigen::Map<const VectorXd> s(solver.step(), 30);
    const double residual = (h * s + result.multiplier * s + g).norm();
    BOOST_TEST(residual <= 0.1 * g.norm() * (1.0 + 1e-9));
    BOOST_TEST(std::abs(residual - result.residual) < 1e-9 * g.norm());
    BOOST_TEST(result.products < 30);
}

BOOST_AUTO_TEST_CASE(products_that_are_not_finite_are_reported) {
    const MatrixXd h = MatrixXd::Constant(2, 2, std::numeric_limits<double>::quiet_NaN());
    KrylovTrustRegion solver(hesse::VectorSpace(2), 2);
    const VectorXd g = VectorXd::Ones(2);
    BOOST_TEST(!solver.minimize(h, g.data(), 1.0, 0.0, 2).finite);
}

BOOST_AUTO_TEST_CASE(the_residual_of_the_hard_case_is_the_residual) {
    // Six Lanczos steps are far too few here, and g does not see the eigenvector of -5. The residual was once
    // reported as zero, whatever it was.
    const Index n = 400;
    VectorXd d = VectorXd::LinSpaced(n, 0.01, 10.0), g = VectorXd::Ones(n);
    d[0] = -5.0;
    g[0] = 0.0;
    const MatrixXd h = d.asDiagonal();
    for (const Index columns : {6, 400}) {
        const auto result = solve_trust_region(h, g, 30.0, {.columns = columns});
        const double residual = (h * result.step + result.multiplier * result.step + g).norm();
        BOOST_TEST(result.hard_case);
        BOOST_TEST(std::abs(result.residual - residual) < 1e-12 * (g.norm() + 5.0 * 30.0));  // rounding
        BOOST_TEST(result.converged == (columns == 400));
    }
    // lambda = 5, s_i = -1 / (d_i + 5) but for the first entry, which fills the radius
    const double value =
        0.5 * (g.array() * -g.array() / (d.array() + 5.0)).tail(n - 1).sum() - 0.5 * 5.0 * 900.0;
    BOOST_TEST(std::abs(solve_trust_region(h, g, 30.0, {.columns = 400}).model / value - 1.0) < 1e-12);
}

BOOST_AUTO_TEST_CASE(converged_tells_whether_the_tolerance_was_met) {
    const MatrixXd h = VectorXd::LinSpaced(500, 0.0, 1.0).array().square().matrix().asDiagonal();
    const VectorXd g = VectorXd::Ones(500);
    for (const auto& [columns, tolerance] : {std::pair<Index, double>{20, 1e-10}, {500, 1e-10}, {20, 0.5}}) {
        const auto result = solve_trust_region(h, g, 1e3, {.columns = columns, .tolerance = tolerance});
        const double residual = (h * result.step + result.multiplier * result.step + g).norm();
        BOOST_TEST(result.converged == (residual <= tolerance * g.norm()));
        BOOST_TEST(result.converged == !(columns == 20 && tolerance < 0.1));
    }

    // With g = 0 the eigenvector is all of the step, and lambda |s| is the scale of its residual.
    const MatrixXd saddle = VectorXd::LinSpaced(500, -1.0, 1.0).asDiagonal();
    const auto eigenvector = solve_trust_region(saddle, VectorXd::Zero(500), 2.0);
    BOOST_TEST(eigenvector.converged);
    BOOST_TEST(std::abs(eigenvector.model - -2.0) < 1e-12);

    KrylovTrustRegion solver(hesse::VectorSpace(500), 20);
    BOOST_TEST(!solver.minimize(h, g.data(), 1e3, 0.0, 20).converged);
    BOOST_TEST(!solver.again(900.0).converged);  // the tolerance is still that of minimize
    BOOST_TEST(solver.again(1e-6).converged);    // where lambda is large the problem is easy
    BOOST_TEST(solver.minimize(h, g.data(), 1e3, 0.1 * g.norm(), 20).converged);
    BOOST_TEST(!solver.minimize(h, g.data(), 1e3, 0.1 * g.norm(), 1).converged);
}

BOOST_AUTO_TEST_CASE(the_smallest_radius_has_a_step) {
    // s = -radius g / |g|; lambda = |g| / radius is beyond the range of double. This did not end once.
    const VectorXd g = VectorXd::Constant(3, 1e10);
    const auto result = solve_trust_region(MatrixXd::Identity(3, 3), g, 1e-300);
    for (const double entry : result.step)
        BOOST_TEST(std::abs(entry / (-1e-300 / std::sqrt(3.0)) - 1.0) < 1e-10);
    BOOST_TEST(result.multiplier == std::numeric_limits<double>::max());
    BOOST_TEST(std::abs(result.model / (-std::sqrt(3.0) * 1e-290) - 1.0) < 1e-10);
}

BOOST_AUTO_TEST_CASE(bad_input_is_named) {
    const MatrixXd h = MatrixXd::Identity(2, 2);
    const auto message_of = [&](const VectorXd& g, double radius) {
        try {
            solve_trust_region(h, g, radius);
        } catch (const std::invalid_argument& error) {
            return std::string(error.what());
        }
        return std::string("nothing thrown");
    };
    BOOST_TEST(message_of(VectorXd::Ones(3), 1.0) ==
               "solve_trust_region: g has 3 entries but the operator has 2 rows");
    BOOST_TEST(message_of(VectorXd::Ones(2), 0.0) ==
               "solve_trust_region: radius is 0, expected a finite positive number");
    BOOST_TEST(message_of(VectorXd::Constant(2, INFINITY), 1.0) == "solve_trust_region: g is not finite");

    BOOST_CHECK_EXCEPTION(solve_cubic(h, VectorXd::Ones(2), -1.0), std::invalid_argument,
                          [](const std::invalid_argument& error) {
                              return std::string(error.what()) ==
                                     "solve_cubic: sigma is -1, expected a finite positive number";
                          });
    BOOST_CHECK_EXCEPTION(solve_cubic(h, VectorXd::Ones(3), 1.0), std::invalid_argument,
                          [](const std::invalid_argument& error) {
                              return std::string(error.what()) ==
                                     "solve_cubic: g has 3 entries but the operator has 2 rows";
                          });

    const auto message_with = [&](const MatrixXd& matrix, hesse::GlobalSubproblemOptions options) {
        try {
            solve_trust_region(matrix, VectorXd::Ones(2), 1.0, options);
        } catch (const std::invalid_argument& error) {
            return std::string(error.what());
        }
        return std::string("nothing thrown");
    };
    BOOST_TEST(message_with(h, {.columns = 1}) == "solve_trust_region: columns is 1, expected at least 2");
    BOOST_TEST(message_with(h, {.tolerance = -1.0}) ==
               "solve_trust_region: tolerance is -1, expected a number that is not negative");
    BOOST_TEST(message_with(MatrixXd::Identity(2, 3), {}) ==
               "OperatorRef: the matrix has shape (2 x 3), expected a square one");
    MatrixXd unsymmetric(2, 2);
    unsymmetric << 1.0, 5.0, 0.0, 1.0;
    const std::string expected = "solve_trust_region: the operator is not symmetric: u'Av = ";
    BOOST_TEST(message_with(unsymmetric, {}).substr(0, expected.size()) == expected);
    BOOST_TEST(message_with(unsymmetric, {.check_symmetry = false}) == "nothing thrown");
}

BOOST_AUTO_TEST_CASE(operators_of_another_size_are_refused) {
    KrylovTrustRegion solver(hesse::VectorSpace(3), 3);
    const VectorXd g = VectorXd::Ones(3);
    const MatrixXd right = MatrixXd::Identity(3, 3), wrong = MatrixXd::Identity(2, 2);
    const auto message_of = [](auto&& call) {
        try {
            call();
        } catch (const std::invalid_argument& error) {
            return std::string(error.what());
        }
        return std::string("nothing thrown");
    };
    const std::string expected = "KrylovTrustRegion: the operator has 2 rows, expected 3";
    BOOST_TEST(message_of([&] { solver.minimize(wrong, g.data(), 1.0, 0.0, 3); }) == expected);
    solver.minimize(right, g.data(), 1.0, 0.0, 3);
    BOOST_TEST(message_of([&] { solver.add_direction(wrong, g.data(), 1.0); }) == expected);
    const VectorXd infinite = VectorXd::Constant(3, INFINITY);
    BOOST_TEST(message_of([&] { solver.minimize(right, infinite.data(), 1.0, 0.0, 3); }) ==
               "KrylovTrustRegion: g is not finite");
}

BOOST_AUTO_TEST_SUITE_END()
