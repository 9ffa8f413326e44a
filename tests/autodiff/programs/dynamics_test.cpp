#include "autodiff/programs/integrators.hpp"
#include "autodiff/programs/mechanics.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/operations/trigonometric.hpp"
#include "support/scalar_template_check.hpp"

#include <boost/test/unit_test.hpp>

/// Programs that know nothing of this library, run on its variables. The truth is the same program on hyper-dual
/// numbers, and a closed form where there is one.
namespace {
using namespace hesse;
using namespace hesse::test;

/// First and second derivative of a function of one parameter.
template <class Function>
std::pair<double, double> derivatives(const Function& function, double at) {
    const auto f = objective(function, 1, scalars);
    const auto linearization = f.linearize(VectorXd::Constant(1, at));
    const VectorXd curvature = linearization.hessian() * VectorXd::Ones(1);
    return {linearization.gradient()[0], curvature[0]};
}
constexpr auto within = [](double relative) { return boost::test_tools::tolerance(relative); };
}  // namespace

BOOST_AUTO_TEST_SUITE(dynamics)

BOOST_AUTO_TEST_CASE(a_predator_prey_model_is_fitted_through_runge_kutta_steps) {
    const std::vector<std::array<double, 2>> data = {{1.0, 0.5}, {1.3, 0.45}, {1.75, 0.5}, {2.1, 0.7}};
    check_template(
        [&]<class T>(const VectorOf<T>& x) -> T {
            return programs::predator_prey_misfit(x[0], x[1], x[2], x[3], data);
        },
        VectorXd{{0.9, 0.6, 0.5, 0.8}}, {1.0, 1e-13});
}

BOOST_AUTO_TEST_CASE(runge_kutta_follows_an_exponential) {
    const auto grown = []<class T>(const VectorOf<T>& x) -> T {
        const auto rate = [&](double, const std::array<T, 1>& y) { return std::array<T, 1>{x[0] * y[0]}; };
        return programs::runge_kutta(rate, std::array<T, 1>{1.0}, 1.0, 100)[0];
    };
    const auto [first, second] = derivatives(grown, 0.7);  // of e^a: the method's error is (a / 100)^4 / 120
    BOOST_TEST(first == std::exp(0.7), within(1e-9));
    BOOST_TEST(second == std::exp(0.7), within(1e-8));
}

BOOST_AUTO_TEST_CASE(an_integrator_chooses_its_steps) {
    check_template(
        []<class T>(const VectorOf<T>& x) -> T {
            using std::sin;
            const auto rate = [&](const T& y) { return T(x[1] * y * (1 - y / 3) + 0.3 * sin(4 * y)); };
            return programs::adaptive_solution(rate, T(x[0]), 2.0, 1e-4);
        },
        VectorXd{{0.4, 1.3}}, {1.0, 1e-12});
}

BOOST_AUTO_TEST_CASE(adaptive_quadrature_recurs_where_the_integrand_bends) {
    const auto bell = []<class T>(const VectorOf<T>& x) -> T {
        using std::exp;
        const auto density = [&](const T& t) -> T { return exp(-x[1] * t * t); };
        return programs::integral<T>(density, -0.5, x[0], 1e-7);
    };
    const VectorXd x{{1.2, 2.0}};
    check_template(bell, x, {1.0, 1e-12});
    // d/db of the integral up to b is the integrand at b.
    BOOST_TEST(objective(bell, 2, scalars).linearize(x).gradient()[0] == std::exp(-2.0 * 1.44), within(1e-6));
}

BOOST_AUTO_TEST_CASE(roots_by_iteration_have_the_derivatives_of_roots) {
    const auto root = []<class T>(const VectorOf<T>& x) -> T { return programs::babylonian_root(x[0]); };
    for (const double a : {0.3, 2.5}) {
        const auto [first, second] = derivatives(root, a);
        BOOST_TEST(first == 0.5 / std::sqrt(a), within(1e-14));
        BOOST_TEST(second == -0.25 / (a * std::sqrt(a)), within(1e-13));
    }
    const auto cube_root = []<class T>(const VectorOf<T>& x) -> T {
        return programs::newton([&](const T& y) { return y * y * y - x[0]; },
                                [](const T& y) { return 3.0 * y * y; }, T(1), 30);
    };
    const auto [first, second] = derivatives(cube_root, 2.0);
    BOOST_TEST(first == std::pow(2.0, -2.0 / 3) / 3, within(1e-14));
    BOOST_TEST(second == -2 * std::pow(2.0, -5.0 / 3) / 9, within(1e-13));
}

BOOST_AUTO_TEST_CASE(an_arm_of_links_reaches_for_a_target) {
    const auto cost = []<class T>(const VectorOf<T>& x) -> T {
        const std::vector<T> angles(x.begin(), x.begin() + 3), lengths(x.begin() + 3, x.end());
        return programs::reaching_cost(angles, lengths, programs::Point<T>{0.5, 1.0, 0.25});
    };
    check_template(cost, VectorXd{{0.3, -0.4, 0.7, 1.0, 0.8, 0.5}});
    check_template(cost, VectorXd{{1.3, -1.4, 0.7, 1.0, 0.8, 0.5}}, {1.0, 1e-13});  // beyond two limits
}

BOOST_AUTO_TEST_CASE(springs_bounce_on_a_floor) {
    check_template(
        []<class T>(const VectorOf<T>& x) -> T {
            programs::World<T> world;
            for (int i = 0; i < 3; ++i) {
                programs::Body<T> body;
                body.position = {T(i), T(0.1 * i * i), x[0] + 0.2 * i};
                body.velocity.x = x[1];
                world.bodies.push_back(body);
            }
            world.bodies[1].mass = x[2];
            world.springs = {{0, 1, T(1), x[3]}, {1, 2, x[4], T(20)}, {0, 2, T(2), T(5)}};
            for (int i = 0; i < 60; ++i) world.step(0.01);
            return world.energy() + world.bodies[2].position.z * world.bodies[0].velocity.x;
        },
        VectorXd{{0.3, 0.5, 1.5, 30.0, 0.9}}, {100.0, 1e-11});
}

BOOST_AUTO_TEST_CASE(atoms_attract_and_repel) {
    const auto atoms_of = [](const auto& x) {
        using T = std::decay_t<decltype(x[0])>;
        std::vector<programs::Point<T>> atoms;
        for (Index i = 0; i + 2 < x.size(); i += 3) atoms.push_back({x[i], x[i + 1], x[i + 2]});
        return atoms;
    };
    const auto cluster = [&]<class T>(const VectorOf<T>& x) -> T {
        return programs::lennard_jones(atoms_of(x), 2.5);
    };
    VectorXd x = random_vector(15, 8, -0.1, 0.1);
    for (Index i = 0; i < 5; ++i) x[3 * i + i % 3] += 1.1 * static_cast<double>(i);
    check_template(cluster, x, {1.0, 1e-12});
    // Two atoms at the distance r: 4 (r^-12 - r^-6)
    const double r = 1.3;
    const auto pair = [&]<class T>(const VectorOf<T>& d) -> T {
        return programs::lennard_jones(std::vector<programs::Point<T>>{{0, 0, 0}, {d[0], 0, 0}}, 2.5);
    };
    const auto [first, second] = derivatives(pair, r);
    BOOST_TEST(first == 4 * (-12 * std::pow(r, -13) + 6 * std::pow(r, -7)), within(1e-13));
    BOOST_TEST(second == 4 * (156 * std::pow(r, -14) - 42 * std::pow(r, -8)), within(1e-13));
}

BOOST_AUTO_TEST_SUITE_END()
