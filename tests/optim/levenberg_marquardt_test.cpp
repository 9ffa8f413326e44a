#include "hesse/optim/levenberg_marquardt.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/optim/adapters.hpp"
#include "hesse/optim/minimize.hpp"
#include "support/least_squares_problems.hpp"
#include "support/method_checks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <type_traits>
#include <vector>

using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;
using hesse::adapters::Point;

namespace {

const Stopping first_order{.gradient_norm = 1e-9, .iterations = 500, .second_order = false};

/// Misra1a of the Statistical Reference Datasets of NIST: b1 (1 - exp(-b2 x)).
constexpr auto misra_residuals = [](const auto& b) {
    constexpr std::array x{77.6,  114.9, 141.1, 190.8, 239.9, 289.0, 332.8,
                           378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0};
    constexpr std::array y{10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02,
                           44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78};
    std::remove_cvref_t<decltype(b)> r(14);
    for (std::size_t i = 0; i < 14; ++i) r[static_cast<Index>(i)] = b[0] * (1.0 - exp(-x[i] * b[1])) - y[i];
    return r;
};

/// |A x - b|^2 / 2 by its products.
auto linear(const MatrixXd& a, const VectorXd& b) {
    return residual_objective(
        a.cols(), a.rows(), [=](const Point& x) -> VectorXd { return a * x - b; },
        [=](const Point&, const Point& v) -> VectorXd { return a * v; },
        [=](const Point&, const Point& u) -> VectorXd { return a.transpose() * u; });
}

BOOST_AUTO_TEST_SUITE(levenberg_marquardt)

BOOST_AUTO_TEST_CASE(published_problems_reach_their_published_optima) {
    test::for_each_least_squares_problem([](const auto& problem) {
        for (const Index diagonal_products : {Index{0}, problem.start.size()}) {
            const Solution found =
                minimize(problem.objective(), problem.start,
                         LevenbergMarquardt({.diagonal_products = diagonal_products}), first_order);
            BOOST_TEST_CONTEXT(problem.name << ", products for D " << diagonal_products) {
                BOOST_TEST((found.status == Status::first_order));
                BOOST_TEST(std::abs(2.0 * found.value - problem.least) <= 3e-6 * problem.least + 1e-12);
                BOOST_TEST(found.iterations <= 60);
            }
        }
    });
}

BOOST_AUTO_TEST_CASE(an_exponential_fit_reaches_certified_values) {
    // Parameters in units that differ by 1e6, and residuals that stay: NIST certifies eleven digits.
    const auto f = least_squares(misra_residuals, 2, scalars);
    for (const VectorXd& start : {VectorXd{{500.0, 1e-4}}, VectorXd{{250.0, 5e-4}}}) {
        const Solution found =
            minimize(f, start, LevenbergMarquardt({.diagonal_products = 2}),
                     Stopping{.gradient_norm = 1e-7, .iterations = 200, .second_order = false});
        BOOST_TEST(std::abs(found.x[0] - 238.94212918) <= 1e-6 * 238.94212918);
        BOOST_TEST(std::abs(found.x[1] - 5.5015643181e-4) <= 1e-6 * 5.5015643181e-4);
        BOOST_TEST(std::abs(2.0 * found.value - 0.12455138894) <= 1e-10);
        BOOST_TEST(found.iterations <= 60);
    }
}

BOOST_AUTO_TEST_CASE(with_the_diagonal_the_units_of_the_parameters_do_not_matter) {
    // The same residuals of z = x / s, for powers of two: the points are the same to the last bit. The residual is asked for in
    // the norm of the preconditioner, and to the same part of the gradient in every step.
    const auto start = Vector2d(-1.2, 1.0), s = Vector2d(0x1p20, 0x1p-13);
    const auto scaled = [&](const auto& z) {
        std::remove_cvref_t<decltype(z)> x(2);
        x[0] = s[0] * z[0];
        x[1] = s[1] * z[1];
        return test::rosenbrock_residuals(x);
    };
    const auto path = [](const auto& f, const VectorXd& x, const VectorXd& units) {
        std::vector<VectorXd> points;
        minimize(f, x, LevenbergMarquardt({.largest_residual = 1e-10, .diagonal_products = 2}),
                 Stopping{.gradient_norm = 0.0, .iterations = 15, .second_order = false},
                 [&](Iteration& now) { points.emplace_back(now.x().cwiseProduct(units)); });
        return points;
    };
    const auto plain = path(least_squares(test::rosenbrock_residuals, 2, scalars), start, VectorXd::Ones(2));
    const auto other = path(least_squares(scaled, 2, scalars), start.cwiseQuotient(s), s);
    BOOST_TEST_REQUIRE(plain.size() == other.size());
    for (std::size_t k = 0; k < plain.size(); ++k) BOOST_TEST((plain[k] == other[k]));
}

BOOST_AUTO_TEST_CASE(the_units_of_the_loss_do_not_matter) {
    VectorXd reference;
    for (const double scale : {1.0, 0x1p-20, 0x1p20}) {  // of the residuals
        const auto residuals = [&](const auto& x) {
            auto r = test::kowalik_osborne_residuals(x);
            for (Index i = 0; i < r.size(); ++i) r[i] *= scale;
            return r;
        };
        const Solution found = minimize(
            least_squares(residuals, 4, scalars), VectorXd{{0.25, 0.39, 0.415, 0.39}}, LevenbergMarquardt{},
            Stopping{.gradient_norm = scale * scale * 1e-9, .iterations = 100, .second_order = false});
        BOOST_TEST((found.status == Status::first_order));
        if (reference.size() == 0) reference = found.x;
        BOOST_TEST((found.x == reference));  // bit for bit
    }
}

BOOST_AUTO_TEST_CASE(of_too_few_equations_it_finds_the_nearest_solution) {
    // From x0 every step lies in the rows of A.
    const MatrixXd a = MatrixXd::Random(5, 20);
    const VectorXd b = VectorXd::Random(5), start = VectorXd::Random(20);
    const Solution found = minimize(linear(a, b), start, LevenbergMarquardt{}, first_order);
    BOOST_TEST((found.status == Status::first_order));
    const VectorXd nearest = start + a.completeOrthogonalDecomposition().solve(b - a * start);
    BOOST_TEST((found.x - nearest).norm() <= 1e-8);
}

BOOST_AUTO_TEST_CASE(a_jacobian_without_full_rank_does_no_harm) {
    // exp(c (x0 + x1) t) of two parameters where one would do: J has two equal columns everywhere.
    const auto residuals = [](const auto& x) {
        std::remove_cvref_t<decltype(x)> r(10);
        for (Index i = 0; i < 10; ++i) {
            const double t = 0.1 * static_cast<double>(i);
            r[i] = exp((x[0] + x[1]) * t) - std::exp(2.0 * t);
        }
        return r;
    };
    for (const Index diagonal_products : {0, 2}) {
        const Solution found =
            minimize(least_squares(residuals, 2, scalars), Vector2d(0.0, 0.5),
                     LevenbergMarquardt({.diagonal_products = diagonal_products}), first_order);
        BOOST_TEST((found.status == Status::first_order));
        BOOST_TEST(std::abs(found.x.sum() - 2.0) <= 1e-8);
        BOOST_TEST(std::abs(found.x[1] - found.x[0] - 0.5) <= 1e-8);  // nothing ever moved it
    }
}

BOOST_AUTO_TEST_CASE(small_residuals_converge_faster_than_any_linear_rate) {
    std::vector<double> gradients;
    minimize(least_squares(test::beale_residuals, 2, scalars), Vector2d(1.0, 1.0), LevenbergMarquardt{},
             Stopping{.gradient_norm = 1e-12, .iterations = 50, .second_order = false},
             [&](Iteration& now) { gradients.push_back(now.gradient_norm()); });
    const std::size_t last = gradients.size() - 1;
    // The last one is rounding; the damping falls by 3 a step, and the residuals that are left in G s = -g faster.
    BOOST_TEST(gradients[last - 1] < 1e-3 * gradients[last - 2]);
    BOOST_TEST(gradients[last - 1] / gradients[last - 2] < 0.1 * gradients[last - 3] / gradients[last - 4]);
}

BOOST_AUTO_TEST_CASE(saddles_that_the_gauss_newton_matrix_cannot_see_are_left) {
    // (1 - w1 w2)^2 / 2 along w1 = -w2: J'J is never negative, and J is zero at the saddle.
    const auto residuals = [](const auto& w) {
        std::remove_cvref_t<decltype(w)> r(1);
        r[0] = 1.0 - w[0] * w[1];
        return r;
    };
    const auto f = least_squares(residuals, 2, scalars);
    for (const Vector2d& start : {Vector2d(0.0, 0.0), Vector2d(0.7, -0.7)}) {
        const Solution found = minimize(f, start, LevenbergMarquardt{});
        BOOST_TEST(found.escapes == 1);
        BOOST_TEST((found.status != Status::saddle));
        BOOST_TEST(found.value <= 1e-12);
        BOOST_TEST(std::abs(found.x[0] * found.x[1] - 1.0) <= 1e-6);
    }
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_every_method) {
    for (const Index diagonal_products : {0, 1, 2}) {
        const LevenbergMarquardt method({.diagonal_products = diagonal_products});
        test::check_saved_state(method);
        test::check_failed_steps(method);
        test::check_rounding_floor(method);
        test::check_escape(method);
    }
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    BOOST_TEST(test::message_of<LevenbergMarquardt>({.damping = 0.0}) ==
               "LevenbergMarquardt: damping is 0, expected a finite positive number");
    BOOST_TEST(test::message_of<LevenbergMarquardt>({.largest_residual = 1.0}) ==
               "LevenbergMarquardt: largest_residual is 1, expected 0 <= largest_residual < 1");
    BOOST_TEST(test::message_of<LevenbergMarquardt>({.products = -1}) ==
               "LevenbergMarquardt: products is -1, expected at least 0");
    BOOST_TEST(test::message_of<LevenbergMarquardt>({.diagonal_products = -1}) ==
               "LevenbergMarquardt: diagonal_products is -1, expected at least 0");
}

BOOST_AUTO_TEST_CASE(a_metric_without_curvature_is_the_identity) {
    const test::WithGaussNewton f(test::huber(3));
    for (const Index products : {1, 3}) {
        const auto found =
            minimize(f, VectorXd{{50.0, -20.0, 2.0}}, LevenbergMarquardt({.diagonal_products = products}));
        BOOST_TEST((found.status == Status::second_order));
        BOOST_TEST(found.x.norm() <= 1e-6);
    }
}

BOOST_AUTO_TEST_CASE(a_gradient_that_lies_is_not_taken_for_rounding) {
    const auto bowl = test::quadratic(Eigen::Matrix2d::Identity());
    const test::WithGaussNewton liar(test::AnalyticObjective(
        2, [=](const VectorXd& x) { return bowl.value(x); }, [](const VectorXd& x) -> VectorXd { return -x; },
        [](const VectorXd&, const VectorXd& v) { return v; }));
    const auto found = minimize(liar, Vector2d(1.0, 2.0), LevenbergMarquardt{}, first_order);
    BOOST_TEST((found.status == Status::line_search));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
