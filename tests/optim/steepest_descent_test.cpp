#include "hesse/optim/steepest_descent.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/optim/minimize.hpp"
#include "support/analytic_objectives.hpp"
#include "support/method_checks.hpp"

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

BOOST_AUTO_TEST_SUITE(steepest_descent)

BOOST_AUTO_TEST_CASE(every_step_lowers_the_loss) {
    for (const SearchRule rule : {SearchRule::armijo, SearchRule::wolfe}) {
        const auto f = test::rosenbrock();
        ErasedObjective erased(f);
        const Vector2d start(-1.2, 1.0);
        Iterate at(erased, start.data());
        SteepestDescent method({.rule = rule});
        method.start(at);
        for (int k = 0; k < 200; ++k) {
            const double before = at.value();
            BOOST_TEST((method.step(at) == StepOutcome::moved));
            BOOST_TEST(at.value() < before);
        }
        BOOST_TEST(at.value() <= 1.0);
    }
}

BOOST_AUTO_TEST_CASE(a_quadratic_takes_the_same_path_whatever_its_scale) {
    const Index n = 50;
    const VectorXd d = VectorXd::LinSpaced(n, 1.0, 20.0);
    VectorXd reference;
    for (const double scale : {1.0, 0x1p-40, 0x1p40}) {
        const test::AnalyticObjective f{
            n, [=](const VectorXd& x) { return 0.5 * scale * x.dot(d.cwiseProduct(x)); },
            [=](const VectorXd& x) -> VectorXd { return scale * d.cwiseProduct(x); },
            [=](const VectorXd&, const VectorXd& v) -> VectorXd { return scale * d.cwiseProduct(v); }};
        const Solution found =
            minimize(f, VectorXd::Ones(n), SteepestDescent({.rule = SearchRule::wolfe}),
                     Stopping{.gradient_norm = scale * 1e-6, .iterations = 5000, .second_order = false});
        BOOST_TEST((found.status == Status::first_order));
        BOOST_TEST(found.iterations <= 400);
        if (reference.size() == 0) reference = found.x;
        BOOST_TEST((found.x == reference));  // bit for bit
    }
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_every_method) {
    test::check_saved_state(SteepestDescent{});
    test::check_failed_steps(SteepestDescent{});
    test::check_rounding_floor(SteepestDescent{});
    test::check_escape(SteepestDescent{});
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    const auto says = [](const char* text) {
        return [text](const std::invalid_argument& e) {
            return std::string(e.what()).find(text) != std::string::npos;
        };
    };
    BOOST_CHECK_EXCEPTION(SteepestDescent({.first_length = 0.0}), std::invalid_argument,
                          says("SteepestDescent: first_length is 0"));
    BOOST_CHECK_EXCEPTION(SteepestDescent({.armijo = {.evaluations = 0}}), std::invalid_argument,
                          says("evaluations is 0"));
    BOOST_CHECK_EXCEPTION(SteepestDescent({.wolfe = {.curvature = 1.0}}), std::invalid_argument,
                          says("curvature is 1"));
}

BOOST_AUTO_TEST_CASE(where_decreases_are_rounding_the_run_says_so) {
    for (const double condition : {1e1, 1e2, 1e3}) {
        const VectorXd d = VectorXd::LinSpaced(20, 1.0, condition);
        const test::AnalyticObjective f(
            20, [&](const VectorXd& x) { return 1000.0 + 0.5 * x.dot(d.cwiseProduct(x)); },
            [&](const VectorXd& x) -> VectorXd { return d.cwiseProduct(x); },
            [&](const VectorXd&, const VectorXd& v) -> VectorXd { return d.cwiseProduct(v); });
        for (const SearchRule rule : {SearchRule::armijo, SearchRule::wolfe}) {
            const Solution found =
                minimize(f, VectorXd::Ones(20), SteepestDescent({.rule = rule}),
                         Stopping{.gradient_norm = 1e-9, .iterations = 100'000, .second_order = false});
            BOOST_TEST((found.status == Status::rounding_floor || found.status == Status::first_order),
                       to_string(found.status)
                           << " at " << found.gradient_norm << " for condition " << condition);
            BOOST_TEST(found.gradient_norm <= 1e-4 * std::sqrt(condition));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
