#include "hesse/optim/newton_conjugate_gradients.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/optim/diagonal_preconditioner.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/quasi_newton_preconditioner.hpp"
#include "support/analytic_objectives.hpp"
#include "support/method_checks.hpp"
#include "support/published_losses.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

const Stopping first_order{.gradient_norm = 1e-6, .iterations = 5000, .second_order = false};

BOOST_AUTO_TEST_SUITE(newton_conjugate_gradients)

BOOST_AUTO_TEST_CASE(published_problems_are_solved) {
    const Solution w = minimize(objective(test::wood, 4, scalars), VectorXd{{-3.0, -1.0, -3.0, -1.0}},
                                NewtonConjugateGradients{}, first_order);
    BOOST_TEST((w.status == Status::first_order));
    BOOST_TEST(w.value <= 1e-12);
    BOOST_TEST((w.x - VectorXd::Ones(4)).norm() <= 1e-5);
    BOOST_TEST(w.counters.total().gradients <= 150);
    const Solution p = minimize(objective(test::powell_singular, 4, scalars), VectorXd{{3.0, -1.0, 0.0, 1.0}},
                                NewtonConjugateGradients{}, first_order);
    BOOST_TEST((p.status == Status::first_order));
    BOOST_TEST(p.value <= 1e-8);
    for (const Index n : {2, 10, 1000}) {
        VectorXd start(n);
        for (Index i = 0; i < n; ++i) start[i] = i % 2 == 0 ? -1.2 : 1.0;
        const Solution r =
            minimize(objective(test::chained_rosenbrock, n), start, NewtonConjugateGradients{}, first_order);
        BOOST_TEST((r.status == Status::first_order));
        BOOST_TEST(r.gradient_norm <= 1e-6);
    }
}

BOOST_AUTO_TEST_CASE(a_quadratic_takes_few_steps_whatever_its_scale) {
    const Index n = 100;
    const VectorXd d = VectorXd::LinSpaced(n, 1.0, 100.0);
    VectorXd reference;
    for (const double scale : {1.0, 0x1p-40, 0x1p40}) {
        // The tape tells its own rounding, which scales with the loss.
        const auto f = objective(
            [&](const auto& x) { return (0.5 * scale) * (d.array() * x.array().square()).sum(); }, n);
        const Solution found =
            minimize(f, VectorXd::Ones(n), NewtonConjugateGradients{},
                     Stopping{.gradient_norm = scale * 1e-8, .iterations = 500, .second_order = false});
        BOOST_TEST((found.status == Status::first_order));
        BOOST_TEST(found.iterations <= 12);
        if (reference.size() == 0) reference = found.x;
        BOOST_TEST((found.x == reference));  // bit for bit
    }
}

BOOST_AUTO_TEST_CASE(newtons_steps_converge_faster_than_any_linear_rate) {
    // Damping that stayed would make them linear: the lowest eigenvalue is far below it.
    const VectorXd d = VectorXd{{1e-5, 1.0, 10.0}};
    const auto f = objective([&](const auto& x) { return 0.5 * (d.array() * x.array().square()).sum(); }, 3);
    const Solution found =
        minimize(f, VectorXd::Ones(3), NewtonConjugateGradients{},
                 Stopping{.gradient_norm = 1e-12, .iterations = 100, .second_order = false});
    BOOST_TEST((found.status == Status::first_order));
    BOOST_TEST(found.iterations <= 20);
}

BOOST_AUTO_TEST_CASE(negative_curvature_on_the_way_is_followed) {
    // Coupled cosines from near a maximum: minima at odd multiples of pi, value -n but for the coupling.
    const Index n = 200;
    const auto f = objective([](const auto& x) { return cos(x).sum(); }, n);
    const Solution found = minimize(f, VectorXd::LinSpaced(n, 0.1, 1.0), NewtonConjugateGradients{});
    BOOST_TEST((found.status == Status::second_order));
    BOOST_TEST(std::abs(found.value + static_cast<double>(n)) <= 1e-8);
    BOOST_TEST(found.iterations <= 60);
}

BOOST_AUTO_TEST_CASE(preconditioners_save_products) {
    // sum i^2 x_i^2 + x_i^2 x_{i+1}^2: condition 1.6e5, and nearly diagonal.
    const Index n = 400;
    const VectorXd d = VectorXd::LinSpaced(n, 1.0, 400.0).cwiseAbs2();
    const auto f = objective(
        [&](const auto& x) {
            return (d.array() * x.array().square()).sum() +
                   (x.head(n - 1).array() * x.tail(n - 1).array()).square().sum();
        },
        n);
    const auto products = [&](const Preconditioner& preconditioner) {
        const Solution found = minimize(
            f, VectorXd::Ones(n), NewtonConjugateGradients({.preconditioner = preconditioner}), first_order);
        BOOST_TEST((found.status == Status::first_order));
        BOOST_TEST(found.value <= 1e-12);
        return found.counters.total().products;
    };
    const Index none = products({});
    BOOST_TEST(products(DiagonalPreconditioner{}) < none / 20);
    BOOST_TEST(products(QuasiNewtonPreconditioner{}) < 3 * none / 4);
    BOOST_TEST(products([&](const auto& r) { return r.cwiseQuotient(d).eval(); }) < none / 20);
}

BOOST_AUTO_TEST_CASE(negative_curvature_is_followed_with_a_preconditioner_too) {
    const auto f = objective([](const auto& x) { return cos(x).sum(); }, 200);
    for (const Preconditioner& preconditioner :
         {Preconditioner(DiagonalPreconditioner{}), Preconditioner(QuasiNewtonPreconditioner{})}) {
        const Solution found = minimize(f, VectorXd::LinSpaced(200, 0.1, 1.0),
                                        NewtonConjugateGradients({.preconditioner = preconditioner}));
        BOOST_TEST((found.status == Status::second_order));
        BOOST_TEST(std::abs(found.value + 200.0) <= 1e-8);
        BOOST_TEST(found.iterations <= 60);
    }
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_every_method) {
    for (const Preconditioner& preconditioner :
         {Preconditioner(DiagonalPreconditioner{}), Preconditioner(QuasiNewtonPreconditioner{})}) {
        test::check_saved_state(NewtonConjugateGradients({.preconditioner = preconditioner}));
        test::check_failed_steps(NewtonConjugateGradients({.preconditioner = preconditioner}));
        test::check_rounding_floor(NewtonConjugateGradients({.preconditioner = preconditioner}));
        test::check_escape(NewtonConjugateGradients({.preconditioner = preconditioner}));
    }
    test::check_saved_state(NewtonConjugateGradients{});
    test::check_failed_steps(NewtonConjugateGradients{});
    test::check_rounding_floor(NewtonConjugateGradients{});
    test::check_escape(NewtonConjugateGradients{});
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    const auto says = [](const char* text) {
        return [text](const std::invalid_argument& e) {
            return std::string(e.what()).find(text) != std::string::npos;
        };
    };
    BOOST_CHECK_EXCEPTION(NewtonConjugateGradients({.damping = -1.0}), std::invalid_argument,
                          says("NewtonConjugateGradients: damping is -1"));
    BOOST_CHECK_EXCEPTION(NewtonConjugateGradients({.largest_residual = 1.0}), std::invalid_argument,
                          says("largest_residual is 1"));
    BOOST_CHECK_EXCEPTION(NewtonConjugateGradients({.products = -1}), std::invalid_argument,
                          says("products is -1"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
