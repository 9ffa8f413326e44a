#include "hesse/optim/barzilai_borwein.hpp"

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

BOOST_AUTO_TEST_SUITE(barzilai_borwein)

BOOST_AUTO_TEST_CASE(two_steps_by_hand_on_a_quadratic) {
    // d = (1, 10) from (1, 1) with first steps of length 0.1: the second step size is s's / s'y of the first.
    const VectorXd d = Vector2d(1.0, 10.0);
    const auto f = test::quadratic(d.asDiagonal());
    ErasedObjective erased(f);
    const Vector2d start(1.0, 1.0);
    Iterate at(erased, start.data());
    BarzilaiBorwein method({.first_length = 0.1});
    method.start(at);
    method.step(at);
    const VectorXd g = d, s = -0.1 / g.norm() * g, first = start + s;
    BOOST_TEST((at.x() - first).norm() <= 1e-15);
    method.step(at);
    const VectorXd y = d.cwiseProduct(s);
    const VectorXd second = first - s.squaredNorm() / s.dot(y) * d.cwiseProduct(first);
    BOOST_TEST((at.x() - second).norm() <= 1e-14);
}

BOOST_AUTO_TEST_CASE(a_valley_is_solved_where_plain_descent_takes_ages) {
    const Index n = 10;
    VectorXd start(n);
    for (Index i = 0; i < n; ++i) start[i] = i % 2 == 0 ? -1.2 : 1.0;
    const Solution found =
        minimize(objective(test::chained_rosenbrock, n), start, BarzilaiBorwein{},
                 Stopping{.gradient_norm = 1e-6, .iterations = 20'000, .second_order = false});
    BOOST_TEST((found.status == Status::first_order));
    BOOST_TEST(found.iterations <= 5000);
}

BOOST_AUTO_TEST_CASE(a_quadratic_takes_the_same_path_whatever_its_scale) {
    const Index n = 50;
    const VectorXd d = VectorXd::LinSpaced(n, 1.0, 20.0);
    VectorXd reference;
    for (const double scale : {1.0, 0x1p-40, 0x1p40}) {
        // The tape tells its own rounding, which scales with the loss.
        const auto f = objective(
            [&](const auto& x) { return (0.5 * scale) * (d.array() * x.array().square()).sum(); }, n);
        const Solution found =
            minimize(f, VectorXd::Ones(n), BarzilaiBorwein{},
                     Stopping{.gradient_norm = scale * 1e-6, .iterations = 5000, .second_order = false});
        BOOST_TEST((found.status == Status::first_order));
        BOOST_TEST(found.iterations <= 120);
        if (reference.size() == 0) reference = found.x;
        BOOST_TEST((found.x == reference));  // bit for bit
    }
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_every_method) {
    test::check_saved_state(BarzilaiBorwein{});
    test::check_failed_steps(BarzilaiBorwein{});
    test::check_rounding_floor(BarzilaiBorwein{});
    test::check_escape(BarzilaiBorwein{});
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    const auto says = [](const char* text) {
        return [text](const std::invalid_argument& e) {
            return std::string(e.what()).find(text) != std::string::npos;
        };
    };
    BOOST_CHECK_EXCEPTION(BarzilaiBorwein({.values = 0}), std::invalid_argument,
                          says("BarzilaiBorwein: values is 0"));
    BOOST_CHECK_EXCEPTION(BarzilaiBorwein({.first_length = -1.0}), std::invalid_argument,
                          says("first_length is -1"));
    BOOST_CHECK_EXCEPTION(BarzilaiBorwein({.search = {.sufficient_decrease = -1.0}}), std::invalid_argument,
                          says("sufficient_decrease is -1"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
