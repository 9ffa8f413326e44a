#include "hesse/optim/tridiagonal_subproblem.hpp"

#include "hesse/optim/random.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using hesse::RandomGenerator;
using hesse::TridiagonalCubic;
using hesse::TridiagonalTrustRegion;

namespace {

struct Problem {
    std::vector<double> diagonal, off_diagonal, linear;

    Eigen::MatrixXd matrix() const {
        const auto m = static_cast<Eigen::Index>(diagonal.size());
        Eigen::MatrixXd t = Eigen::MatrixXd::Zero(m, m);
        for (Eigen::Index i = 0; i < m; ++i) {
            t(i, i) = diagonal[static_cast<std::size_t>(i)];
            if (i > 0) t(i, i - 1) = t(i - 1, i) = off_diagonal[static_cast<std::size_t>(i - 1)];
        }
        return t;
    }
    Eigen::VectorXd vector() const {
        return Eigen::Map<const Eigen::VectorXd>(linear.data(), static_cast<Eigen::Index>(linear.size()));
    }
};

/// The conditions that hold at the global minimum and nowhere else (More and Sorensen 1983), with the
/// eigenvalues from a dense solver. Tolerances: the norm is solved for to 1e-12, and an error in lambda of
/// some eps |T| moves h by that over the gap.
void check_optimal(const Problem& problem, double radius, double tolerance = 1e-9) {
    TridiagonalTrustRegion solver;
    const auto result = solver.solve(problem.diagonal, problem.off_diagonal, problem.linear, radius);
    const Eigen::MatrixXd t = problem.matrix();
    const Eigen::VectorXd b = problem.vector();
    const Eigen::Map<const Eigen::VectorXd> h(solver.minimizer().data(), b.size());
    const double lowest = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(t).eigenvalues()[0];
    const double scale = t.norm() + b.norm() / radius;

    BOOST_TEST(h.norm() <= radius * (1.0 + 1e-10));
    BOOST_TEST(result.multiplier >= 0.0);
    BOOST_TEST(lowest + result.multiplier >= -1e-12 * scale);
    BOOST_TEST((t * h + result.multiplier * h + b).norm() <= tolerance * (scale * radius));
    BOOST_TEST(result.multiplier * (radius - h.norm()) <= tolerance * scale * radius);
    BOOST_TEST(std::abs(result.model - (b.dot(h) + 0.5 * h.dot(t * h))) <=
               tolerance * scale * radius * radius);
    BOOST_TEST(result.boundary == (result.multiplier > 0.0 || std::abs(h.norm() - radius) < 1e-10 * radius));
}

/// The same for a cubic term: Cartis, Gould and Toint, Math. Prog. 127 (2011) 245, theorem 3.1.
void check_optimal_cubic(const Problem& problem, double sigma, double tolerance = 1e-9) {
    TridiagonalCubic solver;
    const auto result = solver.solve(problem.diagonal, problem.off_diagonal, problem.linear, sigma);
    const Eigen::MatrixXd t = problem.matrix();
    const Eigen::VectorXd b = problem.vector();
    const Eigen::Map<const Eigen::VectorXd> h(solver.minimizer().data(), b.size());
    const double lowest = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(t).eigenvalues()[0];
    const double length = h.norm();

    BOOST_TEST(std::abs(result.multiplier - sigma * length) <= 1e-9 * result.multiplier);
    BOOST_TEST(std::abs(result.norm - length) <= 1e-12 * length);
    BOOST_TEST(lowest + result.multiplier >= -1e-12 * (t.norm() + result.multiplier));
    BOOST_TEST((t * h + result.multiplier * h + b).norm() <=
               tolerance * ((t.norm() + result.multiplier) * length));
    const double model = b.dot(h) + 0.5 * h.dot(t * h) + sigma / 3.0 * length * length * length;
    BOOST_TEST(std::abs(result.model - model) <=
               tolerance * (t.norm() + result.multiplier) * length * length);
}

Problem random_problem(RandomGenerator& random, std::size_t m, bool unit_start) {
    Problem problem;
    for (std::size_t i = 0; i < m; ++i) {
        problem.diagonal.push_back(random.normal());
        if (i > 0) problem.off_diagonal.push_back(random.normal());
        problem.linear.push_back(unit_start && i > 0 ? 0.0 : random.normal());
    }
    return problem;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tridiagonal_subproblem)

BOOST_AUTO_TEST_CASE(newton_step_inside_the_region) {
    TridiagonalTrustRegion solver;
    const auto result = solver.solve(std::vector{2.0, 4.0}, std::vector{0.0}, std::vector{-2.0, 4.0}, 10.0);
    BOOST_TEST(solver.minimizer()[0] == 1.0);
    BOOST_TEST(solver.minimizer()[1] == -1.0);
    BOOST_TEST(result.multiplier == 0.0);
    BOOST_TEST(result.model == -3.0);
    BOOST_TEST(!result.boundary);
}

BOOST_AUTO_TEST_CASE(random_problems_meet_the_optimality_conditions) {
    RandomGenerator random(1);
    for (int k = 0; k < 300; ++k) {
        const auto m = static_cast<std::size_t>(1 + random.below(12));
        const Problem problem = random_problem(random, m, k % 2 == 0);
        check_optimal(problem, std::exp(2.0 * random.normal()));
    }
}

BOOST_AUTO_TEST_CASE(hard_case_fills_the_radius_with_the_leftmost_eigenvector) {
    // diag(2, -20), b = (-1, 0): lambda = 20, h = (1/22, +-sqrt(1 - 1/484))
    TridiagonalTrustRegion solver;
    const auto result = solver.solve(std::vector{2.0, -20.0}, std::vector{0.0}, std::vector{-1.0, 0.0}, 1.0);
    BOOST_TEST(result.hard_case);
    BOOST_TEST(std::abs(result.multiplier - 20.0) < 1e-13 * 20.0);
    BOOST_TEST(std::abs(solver.minimizer()[0] - 1.0 / 22.0) < 1e-12);
    BOOST_TEST(std::abs(std::abs(solver.minimizer()[1]) - std::sqrt(1.0 - 1.0 / 484.0)) < 1e-12);
    check_optimal({{2.0, -20.0}, {0.0}, {-1.0, 0.0}}, 1.0);
}

BOOST_AUTO_TEST_CASE(nearly_hard_cases_meet_the_optimality_conditions) {
    for (const double small : {1e-2, 1e-5, 1e-8, 1e-11, 1e-14, 1e-200, 0.0}) {
        check_optimal({{1.0, 3.0, -2.0}, {0.5, 0.0}, {1.0, 0.0, small}}, 1.0, 1e-8);
        check_optimal({{1.0, -2.0}, {small}, {1.0, 0.0}}, 3.0, 1e-8);
    }
}

BOOST_AUTO_TEST_CASE(zero_linear_term_gives_nothing_or_an_eigenvector) {
    TridiagonalTrustRegion solver;
    const std::vector<double> zero{0.0, 0.0};
    for (const std::vector<double>& definite :
         {std::vector{1.0, 2.0}, std::vector{0.0, 0.0}, std::vector{0.0, 3.0}}) {
        const auto result = solver.solve(definite, std::vector{0.0}, zero, 1.0);
        BOOST_TEST(result.model == 0.0);
        BOOST_TEST(result.norm == 0.0);
    }
    const auto result = solver.solve(std::vector{-1.0, -1.0}, std::vector{0.0}, zero, 2.0);
    BOOST_TEST(result.norm == 2.0);
    BOOST_TEST(std::abs(result.model - -2.0) < 1e-12);
    BOOST_TEST(std::isfinite(solver.minimizer()[0]));
}

BOOST_AUTO_TEST_CASE(solution_of_one_entry_is_the_closed_form) {
    TridiagonalTrustRegion solver;
    auto result = solver.solve(std::vector{-3.0}, std::vector<double>{}, std::vector{2.0}, 4.0);
    BOOST_TEST(std::abs(solver.minimizer()[0] - -4.0) < 1e-11);
    BOOST_TEST(std::abs(result.multiplier - 3.5) < 1e-11);
    result = solver.solve(std::vector{0.0}, std::vector<double>{}, std::vector{2.0}, 4.0);
    BOOST_TEST(std::abs(result.multiplier - 0.5) < 1e-12);
}

BOOST_AUTO_TEST_CASE(powers_of_two_change_nothing_but_the_scale) {
    RandomGenerator random(5);
    TridiagonalTrustRegion first, second;
    for (int k = 0; k < 20; ++k) {
        Problem problem = random_problem(random, 6, true);
        const auto a = first.solve(problem.diagonal, problem.off_diagonal, problem.linear, 0.7);
        for (auto* entries : {&problem.diagonal, &problem.off_diagonal, &problem.linear})
            for (double& entry : *entries) entry *= 0x1p40;
        const auto b = second.solve(problem.diagonal, problem.off_diagonal, problem.linear, 0.7);
        BOOST_TEST(b.multiplier == 0x1p40 * a.multiplier);
        BOOST_TEST((first.minimizer() == second.minimizer()));
    }
}

BOOST_AUTO_TEST_CASE(powers_of_two_of_the_radius_change_nothing_but_the_scale) {
    RandomGenerator random(6);
    TridiagonalTrustRegion first, second;
    for (int k = 0; k < 20; ++k) {
        Problem problem = random_problem(random, 6, true);
        const auto a = first.solve(problem.diagonal, problem.off_diagonal, problem.linear, 0.7);
        for (double& entry : problem.linear) entry *= 0x1p-900;  // |b|^2 would underflow
        const auto b = second.solve(problem.diagonal, problem.off_diagonal, problem.linear, 0x1p-900 * 0.7);
        BOOST_TEST(b.multiplier == a.multiplier);
        BOOST_TEST(b.norm == 0x1p-900 * a.norm);
        for (std::size_t i = 0; i < 6; ++i)
            BOOST_TEST(second.minimizer()[i] == 0x1p-900 * first.minimizer()[i]);
    }
}

BOOST_AUTO_TEST_CASE(the_smallest_radius_has_a_solution) {
    // T = 1, b > r: h = -r, lambda = b / r - 1, which is beyond the range of double for most of these. The
    // search for a bracket of lambda once never ended here.
    TridiagonalTrustRegion solver;
    for (const double b : {1.0, 2.0, 100.0, 1e10, 1e300})
        for (const double radius :
             {1e-10, 1e-300, 3e-308, 1e-310, std::numeric_limits<double>::denorm_min()}) {
            const auto result = solver.solve(std::vector{1.0}, std::vector<double>{}, std::vector{b}, radius);
            const double expected = std::min(b / radius - 1.0, std::numeric_limits<double>::max());
            BOOST_TEST(std::abs(result.multiplier / expected - 1.0) < 1e-11);
            BOOST_TEST(std::abs(solver.minimizer()[0] / -radius - 1.0) < 1e-11);
            BOOST_TEST(std::abs(result.norm / radius - 1.0) < 1e-11);
            BOOST_TEST(result.boundary);
        }
}

BOOST_AUTO_TEST_CASE(every_finite_problem_has_a_finite_solution) {
    constexpr double largest = std::numeric_limits<double>::max();
    constexpr double smallest = std::numeric_limits<double>::denorm_min();
    const std::vector<double> sizes{smallest, 1e-300, 1e-150, 1.0, 1e150, 1e300, largest};
    TridiagonalTrustRegion solver;
    for (const double t : sizes)
        for (const double b : sizes)
            for (const double radius : sizes)
                for (const double sign : {-1.0, 0.0, 1.0}) {
                    const auto result = solver.solve(std::vector{t, sign * t, sign}, std::vector{t, t},
                                                     std::vector{b, 0.0, sign * b}, radius);
                    BOOST_TEST(std::isfinite(result.multiplier));
                    BOOST_TEST(result.multiplier >= 0.0);
                    BOOST_TEST(std::isfinite(result.model));
                    BOOST_TEST(result.model <= 0.0);
                    for (const double entry : solver.minimizer())
                        BOOST_TEST(std::abs(entry) / radius <= 1.0 + 1e-10);
                }
}

BOOST_AUTO_TEST_CASE(a_radius_without_limit_gives_the_newton_step) {
    TridiagonalTrustRegion solver;
    for (const double b : {1e-200, 1e-10, 1.0, 1e200}) {
        const auto result = solver.solve(std::vector{2.0, 4.0}, std::vector{0.0},
                                         std::vector{-2.0 * b, 4.0 * b}, std::numeric_limits<double>::max());
        BOOST_TEST(std::abs(solver.minimizer()[0] / b - 1.0) < 1e-15);
        BOOST_TEST(std::abs(solver.minimizer()[1] / b - -1.0) < 1e-15);
        BOOST_TEST(!result.boundary);
    }
}

BOOST_AUTO_TEST_CASE(cubic_problems_meet_the_optimality_conditions) {
    RandomGenerator random(7);
    for (int k = 0; k < 300; ++k) {
        const auto m = static_cast<std::size_t>(1 + random.below(12));
        check_optimal_cubic(random_problem(random, m, k % 2 == 0), std::exp(5.0 * random.normal()));
    }
    for (const double sigma : {1e-3, 1.0, 1e3})
        for (const double small : {1e-2, 1e-5, 1e-8, 1e-11, 1e-14, 1e-200, 0.0}) {
            check_optimal_cubic({{1.0, 3.0, -2.0}, {0.5, 0.0}, {1e-3, 0.0, small}}, sigma, 1e-8);
            check_optimal_cubic({{1.0, -2.0}, {small}, {1e-3, 0.0}}, sigma, 1e-8);
        }
}

BOOST_AUTO_TEST_CASE(cubic_problems_of_one_entry_have_the_closed_form) {
    // (t + sigma |h|) |h| = |b|
    TridiagonalCubic solver;
    for (const double t : {-3.0, 0.0, 1.0, 1e8})
        for (const double sigma : {1e-300, 1e-20, 1.0, 1e12, 1e300})
            for (const double b : {1e-12, 2.0, 1e12}) {
                const auto result =
                    solver.solve(std::vector{t}, std::vector<double>{}, std::vector{b}, sigma);
                // sigma h^2 + t h - b = 0, scaled so that nothing overflows: h = q r
                const double r = std::sqrt(b) / std::sqrt(sigma), u = t / std::sqrt(b) / std::sqrt(sigma);
                const double half = 0.5 * std::abs(u), root = std::hypot(half, 1.0);
                const double expected =
                    u > 0.0 ? b / t / (0.5 + std::hypot(0.5, 1.0 / u)) : (half + root) * r;
                BOOST_TEST(std::abs(-solver.minimizer()[0] / expected - 1.0) < 1e-10);
                if (sigma * expected > std::numeric_limits<double>::min())
                    BOOST_TEST(std::abs(result.multiplier / sigma / expected - 1.0) < 1e-10);
            }
}

BOOST_AUTO_TEST_CASE(cubic_problems_without_a_linear_term_give_nothing_or_an_eigenvector) {
    TridiagonalCubic solver;
    const std::vector<double> zero{0.0, 0.0};
    for (const std::vector<double>& semidefinite : {std::vector{1.0, 2.0}, zero, std::vector{0.0, 3.0}})
        BOOST_TEST(solver.solve(semidefinite, std::vector{0.0}, zero, 1.0).norm == 0.0);
    // lambda = 2, |h| = lambda / sigma, m = -lambda |h|^2 / 6
    const auto result = solver.solve(std::vector{-2.0, 1.0}, std::vector{0.0}, zero, 0.5);
    BOOST_TEST(std::abs(result.norm - 4.0) < 1e-12);
    BOOST_TEST(std::abs(std::abs(solver.minimizer()[0]) - 4.0) < 1e-12);
    BOOST_TEST(std::abs(result.model - -16.0 / 3.0) < 1e-11);
}

BOOST_AUTO_TEST_CASE(powers_of_two_of_a_cubic_problem_change_nothing_but_the_scale) {
    RandomGenerator random(8);
    TridiagonalCubic first, second;
    for (int k = 0; k < 20; ++k) {
        Problem problem = random_problem(random, 6, true);
        const auto a = first.solve(problem.diagonal, problem.off_diagonal, problem.linear, 0.7);
        for (auto* entries : {&problem.diagonal, &problem.off_diagonal, &problem.linear})
            for (double& entry : *entries) entry *= 0x1p40;
        const auto b = second.solve(problem.diagonal, problem.off_diagonal, problem.linear, 0x1p40 * 0.7);
        BOOST_TEST(b.multiplier == 0x1p40 * a.multiplier);
        BOOST_TEST((first.minimizer() == second.minimizer()));
    }
}

BOOST_AUTO_TEST_CASE(every_finite_cubic_problem_has_a_finite_solution) {
    constexpr double largest = std::numeric_limits<double>::max();
    constexpr double smallest = std::numeric_limits<double>::denorm_min();
    const std::vector<double> sizes{smallest, 1e-300, 1e-150, 1.0, 1e150, 1e300, largest};
    TridiagonalCubic solver;
    for (const double t : sizes)
        for (const double b : sizes)
            for (const double sigma : sizes)
                for (const double sign : {-1.0, 0.0, 1.0}) {
                    const auto result = solver.solve(std::vector{t, sign * t, sign}, std::vector{t, t},
                                                     std::vector{b, 0.0, sign * b}, sigma);
                    BOOST_TEST(std::isfinite(result.multiplier));
                    BOOST_TEST(result.multiplier >= 0.0);
                    BOOST_TEST(std::isfinite(result.model));
                    BOOST_TEST(result.model <= 0.0);
                    for (const double entry : solver.minimizer()) BOOST_TEST(std::isfinite(entry));
                }
}

BOOST_AUTO_TEST_CASE(bad_input_is_named) {
    TridiagonalTrustRegion solver;
    const auto message_of = [&](auto diagonal, auto off, auto linear, double radius) {
        try {
            solver.solve(diagonal, off, linear, radius);
        } catch (const std::invalid_argument& error) {
            return std::string(error.what());
        }
        return std::string("nothing thrown");
    };
    using V = std::vector<double>;
    BOOST_TEST(message_of(V{1.0, 2.0}, V{}, V{1.0, 1.0}, 1.0) ==
               "TridiagonalTrustRegion::solve: diagonal has 2 entries, off_diagonal 0 and linear 2; expected "
               "m >= 1, m - 1 and m");
    BOOST_TEST(message_of(V{1.0}, V{}, V{1.0}, -1.0) ==
               "TridiagonalTrustRegion::solve: radius is -1, expected a finite positive number");
    BOOST_TEST(message_of(V{std::numeric_limits<double>::quiet_NaN()}, V{}, V{1.0}, 1.0) ==
               "TridiagonalTrustRegion::solve: an entry is nan");
    BOOST_CHECK_EXCEPTION(TridiagonalCubic().solve(V{1.0}, V{}, V{1.0}, 0.0), std::invalid_argument,
                          [](const std::invalid_argument& error) {
                              return std::string(error.what()) ==
                                     "TridiagonalCubic::solve: sigma is 0, expected a finite positive number";
                          });
}

BOOST_AUTO_TEST_SUITE_END()
