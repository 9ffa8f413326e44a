#include "hesse/optim/saddle_free_newton.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/optim/minimize.hpp"
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

BOOST_AUTO_TEST_SUITE(saddle_free_newton)

BOOST_AUTO_TEST_CASE(published_problems_are_solved) {
    const Solution w = minimize(objective(test::wood, 4, scalars), VectorXd{{-3.0, -1.0, -3.0, -1.0}},
                                SaddleFreeNewton{}, first_order);
    BOOST_TEST((w.status == Status::first_order));
    BOOST_TEST(w.value <= 1e-12);
    BOOST_TEST((w.x - VectorXd::Ones(4)).norm() <= 1e-5);
    BOOST_TEST(w.counters.total().gradients <= 150);
    const Solution p = minimize(objective(test::powell_singular, 4, scalars), VectorXd{{3.0, -1.0, 0.0, 1.0}},
                                SaddleFreeNewton{}, first_order);
    BOOST_TEST((p.status == Status::first_order));
    BOOST_TEST(p.value <= 1e-8);
    for (const Index n : {2, 10, 100}) {
        VectorXd start(n);
        for (Index i = 0; i < n; ++i) start[i] = i % 2 == 0 ? -1.2 : 1.0;
        const Solution r =
            minimize(objective(test::chained_rosenbrock, n), start, SaddleFreeNewton{}, first_order);
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
            minimize(f, VectorXd::Ones(n), SaddleFreeNewton{},
                     Stopping{.gradient_norm = scale * 1e-8, .iterations = 500, .second_order = false});
        BOOST_TEST((found.status == Status::first_order));
        BOOST_TEST(found.iterations <= 12);
        if (reference.size() == 0) reference = found.x;
        BOOST_TEST((found.x == reference));  // bit for bit
    }
}

BOOST_AUTO_TEST_CASE(a_saddle_repels_it_where_it_attracts_newton) {
    // f = x^2 - y^2: |H|^-1 g = (x, -y).
    const auto f = test::saddle();
    ErasedObjective erased(f);
    const Vector2d start(0.1, 0.1);
    Iterate at(erased, start.data());
    SaddleFreeNewton method;
    method.start(at);
    BOOST_TEST((method.step(at) == StepOutcome::moved));
    BOOST_TEST((at.x() - Vector2d(0.0, 0.2)).norm() <= 1e-14);
    BOOST_TEST((method.step(at) == StepOutcome::moved));
    BOOST_TEST((at.x() - Vector2d(0.0, 0.4)).norm() <= 1e-14);
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_every_method) {
    test::check_saved_state(SaddleFreeNewton{});
    test::check_failed_steps(SaddleFreeNewton{});
    test::check_rounding_floor(SaddleFreeNewton{});
    test::check_escape(SaddleFreeNewton{});
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    const auto says = [](const char* text) {
        return [text](const std::invalid_argument& e) {
            return std::string(e.what()).find(text) != std::string::npos;
        };
    };
    BOOST_CHECK_EXCEPTION(SaddleFreeNewton({.subspace = 0}), std::invalid_argument,
                          says("SaddleFreeNewton: subspace is 0"));
    BOOST_CHECK_EXCEPTION(SaddleFreeNewton({.floor = 0.0}), std::invalid_argument,
                          says("floor is 0, expected 0 < floor <= 1"));
}

BOOST_AUTO_TEST_CASE(where_the_loss_is_linear_steps_are_long_but_no_longer) {
    const auto found = minimize(test::huber(3), VectorXd{{50.0, -2000.0, 0.1}}, SaddleFreeNewton{});
    BOOST_TEST((found.status == Status::second_order));
    BOOST_TEST(found.x.norm() <= 1e-6);
    const auto down =
        minimize(test::linear_loss(VectorXd{{1.0, -2.0}}), VectorXd::Zero(2), SaddleFreeNewton{});
    BOOST_TEST((down.status == Status::unbounded));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
