#include "hesse/optim/minres.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::Index;
using hesse::minres;
using hesse::MinresEnd;
using hesse::MinresOptions;
using hesse::MinresResult;

struct Solution : MinresResult {
    VectorXd x;
};

Solution solve(const MatrixXd& a, const VectorXd& b, const MinresOptions& options = {}) {
    Solution solution;
    solution.x.resize(b.size());
    static_cast<MinresResult&>(solution) = minres(a, b.data(), options, solution.x.data());
    return solution;
}

MatrixXd random_symmetric(Index n) {
    const MatrixXd m = MatrixXd::Random(n, n);
    return m + m.transpose();
}

BOOST_AUTO_TEST_SUITE(minimal_residuals)

BOOST_AUTO_TEST_CASE(indefinite_systems_are_solved_as_by_a_factorisation) {
    for (const Index n : {1, 2, 7, 40}) {
        const MatrixXd a = random_symmetric(n);
        const VectorXd b = VectorXd::Random(n);
        const Solution found = solve(a, b, {.tolerance = 1e-12});
        BOOST_TEST((found.end == MinresEnd::solved));
        BOOST_TEST((a * found.x - b).norm() <= 1e-10 * b.norm());
        const VectorXd exact = a.fullPivLu().solve(b);
        BOOST_TEST((found.x - exact).norm() <= 1e-7 * exact.norm());
    }
}

BOOST_AUTO_TEST_CASE(few_distinct_eigenvalues_take_as_many_products) {
    VectorXd d(60);
    for (Index i = 0; i < 60; ++i) d[i] = i % 3 == 0 ? -1.0 : i % 3 == 1 ? 2.0 : 5.0;
    const VectorXd b = VectorXd::Random(60);
    const Solution found = solve(d.asDiagonal(), b);
    BOOST_TEST(found.products == 3);
    BOOST_TEST((d.asDiagonal() * found.x - b).norm() <= 1e-12);
}

BOOST_AUTO_TEST_CASE(the_residual_of_the_recurrence_is_the_true_one_and_never_grows) {
    const MatrixXd a = random_symmetric(30);
    const VectorXd b = VectorXd::Random(30);
    double before = b.norm();
    for (Index products = 1; products <= 25; ++products) {
        const Solution found = solve(a, b, {.tolerance = 1e-14, .max_products = products});
        BOOST_TEST(std::abs((a * found.x - b).norm() - found.residual) <= 1e-10);
        BOOST_TEST(found.residual <= before * (1.0 + 1e-12));
        before = found.residual;
    }
}

BOOST_AUTO_TEST_CASE(singular_systems_give_the_shortest_solution_or_the_least_residual) {
    VectorXd d{{-2.0, 1.0, 3.0, 0.0, 0.0}};
    const VectorXd in_range{{1.0, 2.0, -1.0, 0.0, 0.0}};
    const Solution consistent = solve(d.asDiagonal(), in_range);
    BOOST_TEST((consistent.end == MinresEnd::solved));
    BOOST_TEST((consistent.x - VectorXd{{-0.5, 2.0, -1.0 / 3.0, 0.0, 0.0}}).norm() <= 1e-12);
    VectorXd outside = in_range;
    outside[3] = 4.0;
    const Solution least = solve(d.asDiagonal(), outside);
    BOOST_TEST((least.end == MinresEnd::least_squares));
    BOOST_TEST(std::abs(least.residual - 4.0) <= 1e-8);
    BOOST_TEST((solve(MatrixXd::Zero(3, 3), VectorXd::Ones(3)).end == MinresEnd::least_squares));
}

BOOST_AUTO_TEST_CASE(nothing_is_solved_at_once) {
    const Solution found = solve(random_symmetric(4), VectorXd::Zero(4));
    BOOST_TEST((found.end == MinresEnd::solved));
    BOOST_TEST(found.products == 0);
    BOOST_TEST(found.x.norm() == 0.0);
}

BOOST_AUTO_TEST_CASE(scales_do_not_matter) {
    const MatrixXd a = random_symmetric(20);
    const VectorXd b = VectorXd::Random(20);
    const Solution reference = solve(a, b);
    for (const double scale : {0x1p-200, 0x1p200}) {
        const Solution scaled = solve(scale * a, scale * b);
        BOOST_TEST((scaled.x == reference.x));
        BOOST_TEST(scaled.products == reference.products);
    }
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const auto says = [](const char* text) {
        return [text](const std::invalid_argument& e) {
            return std::string(e.what()).find(text) != std::string::npos;
        };
    };
    const MatrixXd a = MatrixXd::Identity(3, 3);
    BOOST_CHECK_EXCEPTION(solve(a, VectorXd::Ones(3), {.tolerance = -1.0}), std::invalid_argument,
                          says("minres: tolerance is -1"));
    BOOST_CHECK_EXCEPTION(solve(a, VectorXd::Ones(3), {.max_products = 0}), std::invalid_argument,
                          says("minres: max_products is 0"));
    const double nan = std::numeric_limits<double>::quiet_NaN();
    BOOST_CHECK_EXCEPTION(solve(a, VectorXd::Constant(3, nan)), std::invalid_argument, says("minres: b has"));
    const Solution broken = solve(MatrixXd::Constant(3, 3, nan), VectorXd::Ones(3));
    BOOST_TEST((broken.end == MinresEnd::not_finite));
    BOOST_TEST(broken.x.norm() == 0.0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
