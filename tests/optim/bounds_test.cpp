#include "hesse/optim/bounds.hpp"

#include "error_text.hpp"
#include "hesse/autodiff.hpp"
#include "hesse/optim/adaptive_methods.hpp"
#include "hesse/optim/barzilai_borwein.hpp"
#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/limited_memory_bfgs.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/newton_conjugate_gradients.hpp"
#include "hesse/optim/trust_region.hpp"
#include "support/analytic_objectives.hpp"
#include "support/every_method.hpp"
#include "support/published_losses.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;
using hesse::test::message_of;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Hock and Schittkowski, Test Examples for Nonlinear Programming Codes, 1981: those with nothing but bounds.
template <class Check>
void hock_schittkowski(Check check) {
    const auto rosenbrock = [](const auto& x) {
        const auto a = x[1] - x[0] * x[0];
        const auto b = 1.0 - x[0];
        return 100.0 * a * a + b * b;
    };
    const auto third = [](const auto& x) {
        const auto d = x[1] - x[0];
        return x[1] + 1e-5 * d * d;
    };
    const auto fourth = [](const auto& x) {
        const auto a = x[0] + 1.0;
        return a * a * a / 3.0 + x[1];
    };
    const auto fifth = [](const auto& x) {
        using std::sin;
        const auto d = x[0] - x[1];
        return sin(x[0] + x[1]) + d * d - 1.5 * x[0] + 2.5 * x[1] + 1.0;
    };
    const auto product = [](const auto& x) { return 2.0 - x[0] * x[1] * x[2] * x[3] * x[4] / 120.0; };
    check(objective(rosenbrock, 2, scalars), Vector2d(-2.0, 1.0),
          Bounds(Vector2d(-infinity, -1.5), Vector2d(infinity, infinity)), 0.0);
    check(objective(rosenbrock, 2, scalars),
          Vector2d(2.0, 1.5),  // from the left the run ends at 4.94, a local minimum
          Bounds(Vector2d(-infinity, 1.5), Vector2d(infinity, infinity)), 0.0504261879);
    check(objective(third, 2, scalars), Vector2d(10.0, 1.0),
          Bounds(Vector2d(-infinity, 0.0), Vector2d(infinity, infinity)), 0.0);
    check(objective(fourth, 2, scalars), Vector2d(1.125, 0.125),
          Bounds(Vector2d(1.0, 0.0), Vector2d(infinity, infinity)), 8.0 / 3.0);
    check(objective(fifth, 2, scalars), Vector2d(0.0, 0.0), Bounds(Vector2d(-1.5, -3.0), Vector2d(4.0, 3.0)),
          -0.5 * std::sqrt(3.0) - std::numbers::pi / 3.0);
    check(objective(test::wood, 4, scalars), Eigen::Vector4d(-3.0, -1.0, -3.0, -1.0), Bounds(-10.0, 10.0),
          0.0);
    const VectorXd five = VectorXd::LinSpaced(5, 1.0, 5.0);
    check(objective(product, 5, scalars), 0.5 * five, Bounds(VectorXd::Zero(5), five), 1.0);
}

/// A positive definite quadratic in many variables, whose minimum is outside of the box in about half of them.
struct BoxedQuadratic {
    MatrixXd a;
    VectorXd b;
    explicit BoxedQuadratic(Index n) : a(n, n), b(n) {
        std::mt19937_64 random(7);
        std::normal_distribution<double> normal;
        for (Index i = 0; i < n; ++i) {
            b[i] = 3.0 * normal(random);
            for (Index j = 0; j < n; ++j) a(i, j) = normal(random);
        }
        a = (a * a.transpose() / static_cast<double>(n) + 0.1 * MatrixXd::Identity(n, n)).eval();
    }
    [[nodiscard]] test::AnalyticObjective loss() const {
        return {b.size(), [this](const VectorXd& x) { return 0.5 * x.dot(a * x) - b.dot(x); },
                [this](const VectorXd& x) -> VectorXd { return a * x - b; },
                [this](const VectorXd&, const VectorXd& v) -> VectorXd { return a * v; }};
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(bounds)

BOOST_AUTO_TEST_CASE(published_problems_end_at_the_published_minima) {
    hock_schittkowski([](const auto& f, const VectorXd& start, const Bounds& bounds, double minimum) {
        const auto newton = minimize(f, start, TrustRegion{}, bounds, Stopping{.iterations = 300});
        BOOST_TEST(std::abs(newton.value - minimum) <= 1e-8 * std::max(1.0, std::abs(minimum)));
        BOOST_TEST((newton.status == Status::second_order || newton.status == Status::degenerate));
        const auto check = [&](const auto& method) {
            const auto found = minimize(f, start, method, bounds, Stopping{.iterations = 30'000});
            BOOST_TEST(std::abs(found.value - minimum) <= 1e-6 * std::max(1.0, std::abs(minimum)),
                       method.name << " " << found.value << " for " << minimum);
        };
        check(SteihaugTrustRegion{});
        check(SteihaugTrustRegion({.preconditioner = QuasiNewtonPreconditioner{}}));
        check(LimitedMemoryBfgs{});
        check(NonlinearConjugateGradients{});
        check(BarzilaiBorwein{});
        check(SteepestDescent{});
        check(SteepestDescent({.rule = SearchRule::wolfe}));
        check(CurvatureBoundedGradientDescent{});
    });
}

BOOST_AUTO_TEST_CASE(every_point_of_a_run_is_inside) {
    hock_schittkowski([](const auto& f, const VectorXd& start, const Bounds& bounds, double) {
        const auto inside = [&](const Iteration& now) {
            for (Index i = 0; i < now.x().size(); ++i) {
                const auto k = static_cast<std::size_t>(bounds.lower().size() == 1 ? 0 : i);
                BOOST_TEST(now.x()[i] >= bounds.lower()[k]);
                BOOST_TEST(now.x()[i] <= bounds.upper()[k]);
            }
        };
        const auto look = [&](Iteration& now) { inside(now); };
        test::for_every_method([&]<class M>(const M& method, std::string_view) {
            if constexpr (M::needs.keeps_bounds && !M::needs.gauss_newton)
                minimize(f, start, method, bounds, Stopping{.iterations = 50}, look);
        });
    });
}

BOOST_AUTO_TEST_CASE(the_conditions_of_karush_kuhn_and_tucker_hold_at_the_end) {
    const BoxedQuadratic quadratic(60);
    const Bounds box(-1.0, 0.5);
    const auto check = [&](const auto& method, double tolerance) {
        BOOST_TEST_INFO_SCOPE(method.name);
        const auto found = minimize(quadratic.loss(), VectorXd::Zero(60), method, box,
                                    Stopping{.gradient_norm = tolerance, .iterations = 20'000});
        const VectorXd g = quadratic.a * found.x - quadratic.b;
        Index at_bounds = 0;
        for (Index i = 0; i < g.size(); ++i) {
            if (found.x[i] == -1.0) BOOST_TEST(g[i] >= -tolerance);
            else if (found.x[i] == 0.5) BOOST_TEST(g[i] <= tolerance);
            else BOOST_TEST(std::abs(g[i]) <= tolerance);
            at_bounds += found.x[i] == -1.0 || found.x[i] == 0.5 ? 1 : 0;
        }
        BOOST_TEST(at_bounds >= 15);
        BOOST_TEST(at_bounds <= 55);
        BOOST_TEST((found.status == Status::second_order));
        return found.iterations;
    };
    BOOST_TEST(check(TrustRegion{}, 1e-8) <= 40);
    BOOST_TEST(check(SteihaugTrustRegion{}, 1e-8) <= 40);
    BOOST_TEST(check(SteihaugTrustRegion({.preconditioner = QuasiNewtonPreconditioner{}}), 1e-8) <= 40);
    BOOST_TEST(check(LimitedMemoryBfgs{}, 1e-6) <= 100);
    BOOST_TEST(check(NonlinearConjugateGradients{}, 1e-6) <= 200);
    BOOST_TEST(check(BarzilaiBorwein{}, 1e-6) <= 400);
    check(SteepestDescent{}, 1e-6);
    check(SteepestDescent({.rule = SearchRule::wolfe}), 1e-6);
    check(CurvatureBoundedGradientDescent{}, 1e-6);
    check(GradientDescent{{.step_size = 0.2}}, 1e-6);
    check(Nesterov({.step_size = 0.2}), 1e-6);
    check(PerturbedGradientDescent{{.step_size = 0.2}}, 1e-6);
    check(PerturbedAcceleratedGradientDescent{{.step_size = 0.1}}, 1e-6);
    check(Adam{{.step_size = cosine_decay(0.05, 10'000, 1e-9)}}, 1e-5);
}

const auto rosenbrock = objective(
    [](const auto& x) {
        const auto a = x[1] - x[0] * x[0];
        const auto b = 1.0 - x[0];
        return 100.0 * a * a + b * b;
    },
    2, scalars);

/// method within bounds: ends as the trust region does, within so many gradients.
template <class M>
void check_like_the_trust_region(const M& method, const Vector2d& start, const Bounds& bounds,
                                 double gradients) {
    const auto expected = minimize(rosenbrock, start, TrustRegion{}, bounds);
    const auto found = minimize(rosenbrock, start, method, bounds);
    BOOST_TEST_CONTEXT(M::name << " up to " << bounds.upper().back() << " from " << bounds.lower().back()) {
        BOOST_TEST(found.status == Status::second_order);
        BOOST_TEST(std::abs(found.value - expected.value) <= 1e-8 * std::max(1.0, expected.value));
        BOOST_TEST(found.counters[Purpose::step].gradients <= gradients);
    }
}

BOOST_AUTO_TEST_CASE(searches_land_on_bounds_and_do_not_creep_along_them) {
    const double none = infinity;
    for (int k = 0; k < 50; ++k) {
        const double bound = -0.3 + 0.026 * k;
        const Bounds below(Vector2d(-none, -none), Vector2d(none, bound));
        check_like_the_trust_region(LimitedMemoryBfgs{}, Vector2d(-1.2, std::min(bound, 0.5)), below, 150);
        check_like_the_trust_region(NonlinearConjugateGradients{}, Vector2d(-1.2, std::min(bound, 0.5)),
                                    below, 400);
        const Bounds above(Vector2d(-none, 1.1 + 0.026 * k), Vector2d(none, none));
        check_like_the_trust_region(LimitedMemoryBfgs{}, Vector2d(2.0, 3.0), above, 150);
        check_like_the_trust_region(NonlinearConjugateGradients{}, Vector2d(2.0, 3.0), above, 400);
        check_like_the_trust_region(SteepestDescent{}, Vector2d(2.0, 3.0), above, 20'000);
    }
    // One that is met on the way, after which little is left to do.
    const auto k = objective(
        [](const auto& x) {
            const auto b = x[1] - 1.0;
            const auto a = x[0] + 0.5 * b;
            return 0.1 * x[0] + a * a + 0.5 * b * b;
        },
        2, scalars);
    for (double slope = 0.0; slope < 1.0; slope += 0.1) {
        const auto found =
            minimize(k, Vector2d(0.3, 0.3 + slope), NonlinearConjugateGradients{}, Bounds(0.0, 3.0));
        BOOST_TEST(found.status == Status::second_order);
        BOOST_TEST((found.x - Vector2d(0.0, 1.0)).norm() <= 1e-6);
        BOOST_TEST(found.iterations <= 30);
    }
}

BOOST_AUTO_TEST_CASE(bounds_that_nothing_meets_change_nothing) {
    const auto path_of = [](const auto& method, const auto&... extras) {
        return minimize(rosenbrock, Vector2d(-1.2, 1.0), method, extras...);
    };
    const auto check = [&](const auto& method) {
        const auto free = path_of(method), far = path_of(method, Bounds(-100.0, 100.0)),
                   endless = path_of(method, Bounds(-infinity, infinity));
        BOOST_TEST((far.x == free.x), method.name);
        BOOST_TEST((endless.x == free.x), method.name);
        BOOST_TEST(endless.gradient_equivalents == free.gradient_equivalents);
    };
    check(LimitedMemoryBfgs{});
    check(NonlinearConjugateGradients{});
    check(Nesterov({.step_size = 1e-3}));
    check(HeavyBall({.step_size = 1e-3}));
}

BOOST_AUTO_TEST_CASE(verdicts_and_escapes_are_those_of_the_face) {
    // x^2 - y^2 has no minimum, and two in the box: at its faces y = 1 and y = -1.
    const auto from_saddle = minimize(test::saddle(), Vector2d(0.0, 0.0), TrustRegion{}, Bounds(-1.0, 1.0));
    BOOST_TEST((from_saddle.status == Status::second_order));
    BOOST_TEST(from_saddle.escapes == 1);
    BOOST_TEST(std::abs(std::abs(from_saddle.x[1]) - 1.0) == 0.0);
    BOOST_TEST(std::abs(from_saddle.x[0]) <= 1e-6);
    BOOST_REQUIRE(from_saddle.verdict.has_value());
    BOOST_TEST(from_saddle.verdict->dimension == 1);
    BOOST_TEST(std::abs(from_saddle.verdict->lowest.value - 2.0) <= 1e-12);
    // A face may have a saddle of its own: z is held, and x^2 - y^2 + y^4 is left to be seen.
    const auto f =
        objective([](const auto& x) { return x[0] * x[0] - x[1] * x[1] + x[1] * x[1] * x[1] * x[1] + x[2]; },
                  3, scalars);
    const auto stays = minimize(f, Eigen::Vector3d(0.0, 0.0, 0.0), BarzilaiBorwein{}, Bounds(0.0, 1.0));
    BOOST_TEST((stays.status == Status::saddle));
    BOOST_TEST(stays.direction[2] == 0.0);
    BOOST_TEST(std::abs(std::abs(stays.direction[1]) - 1.0) <= 1e-8);
    const auto leaves = minimize(f, Eigen::Vector3d(0.0, 0.0, 0.0), BarzilaiBorwein{}, Bounds(0.0, 1.0),
                                 NegativeCurvatureEscape{});
    BOOST_TEST(std::abs(leaves.value + 0.25) <= 1e-10);
    // A corner is all there is to know.
    const auto plane = objective([](const auto& x) { return x[0] + 2.0 * x[1]; }, 2, scalars);
    const auto corner =
        minimize(plane, Vector2d(0.3, 0.4), GradientDescent{{.step_size = 0.1}}, Bounds(0.0, 1.0));
    BOOST_TEST((corner.x == Vector2d(0.0, 0.0)));
    BOOST_TEST((corner.status == Status::second_order));
    BOOST_TEST(!corner.verdict.has_value());
}

BOOST_AUTO_TEST_CASE(fixed_parameters_stay_whatever_the_method) {
    // Wood's function with the second and third parameter fixed, and the same as a loss of two.
    const auto f = objective(test::wood, 4, scalars);
    const auto rest = objective(
        []<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) -> T {
            const Eigen::Matrix<T, 4, 1> all(x[0], T(0.5), T(-0.7), x[1]);
            return test::wood(all);
        },
        2, scalars);
    const Eigen::Vector4d start(-3.0, 0.5, -0.7, -1.0);
    const Fixed fixed{{{1, 2}}};
    const auto expected =
        minimize(rest, Vector2d(-3.0, -1.0), TrustRegion{}, Stopping{.gradient_norm = 1e-10});
    const auto check = [&](const auto& method) {
        const auto found =
            minimize(f, start, method, fixed, Stopping{.gradient_norm = 1e-8, .iterations = 5000});
        BOOST_TEST(found.x[1] == 0.5);
        BOOST_TEST(found.x[2] == -0.7);
        BOOST_TEST(std::abs(found.value - expected.value) <= 1e-9 * std::abs(expected.value));
        BOOST_REQUIRE(found.verdict.has_value());
        BOOST_TEST(found.verdict->dimension == 2);
    };
    check(TrustRegion{});
    check(LimitedMemoryBfgs{});
    check(NewtonConjugateGradients{});
    check(BarzilaiBorwein{});
    check(NewtonConjugateGradients({.preconditioner = QuasiNewtonPreconditioner{}}));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
    const auto f = test::quadratic(Vector2d(1.0, 1.0).asDiagonal());
    BOOST_TEST(message_of([] { Bounds(1.0, 0.0); }) ==
               "Bounds: entry 0 has lower 1 and upper 0, expected lower <= upper");
    BOOST_TEST(message_of([] { Bounds(std::nan(""), 0.0); }) ==
               "Bounds: entry 0 has lower nan and upper 0, expected lower <= upper");
    BOOST_TEST(message_of([] { Bounds(VectorXd::Zero(2), VectorXd::Zero(3)); }) ==
               "Bounds: lower has 2 entries, upper 3, expected as many");
    BOOST_TEST(message_of([&] {
                   minimize(f, Vector2d(0, 0), Adam{}, Bounds(VectorXd::Zero(3), VectorXd::Ones(3)));
               }) == "minimize: the bounds have 3 entries but the objective has size 2");
    BOOST_TEST(message_of([&] { minimize(f, Vector2d(0, 2), Adam{}, Bounds(0.0, 1.0)); }) ==
               "minimize: entry 1 of the start is 2, outside of its bounds [0, 1]");
    BOOST_TEST(message_of([&] {
                   minimize(f, Vector2d(0, 2), Adam{}, Fixed{{{1, 2}}});
               }) == "minimize: 2 parameters from 1 on are to be fixed but the objective has size 2");
}

BOOST_AUTO_TEST_SUITE_END()
