#include "hesse/optim/steepest_descent.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/optim/minimize.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <sstream>
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

BOOST_AUTO_TEST_CASE(a_saved_state_goes_on_bit_for_bit) {
    const auto f = test::rosenbrock();
    ErasedObjective erased(f), other(f);
    const Vector2d start(-1.2, 1.0);
    Iterate at(erased, start.data());
    SteepestDescent first, second;
    first.start(at);
    for (int k = 0; k < 7; ++k) first.step(at);
    std::stringstream state;
    first.save(state);
    Iterate beside(other, at.x_data());
    second.start(beside);
    second.load(state);
    for (int k = 0; k < 8; ++k) {
        first.step(at);
        second.step(beside);
        BOOST_TEST((at.x() == beside.x()));
    }
    std::stringstream foreign("HeavyBall 1\n");
    BOOST_CHECK_THROW(second.load(foreign), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_loss_that_throws_or_is_not_finite_changes_nothing) {
    enum { sound, throwing, infinite } loss = sound;
    const auto rosenbrock = test::rosenbrock();
    const test::AnalyticObjective f(
        2,
        [&](const VectorXd& x) {
            if (loss == throwing) throw std::runtime_error("no data");
            return loss == infinite ? std::numeric_limits<double>::infinity() : rosenbrock.value(x);
        },
        [&](const VectorXd& x) -> VectorXd { return rosenbrock.linearize(x).gradient(); },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; });
    ErasedObjective erased(f);
    const Vector2d start(-1.2, 1.0);
    Iterate at(erased, start.data());
    SteepestDescent method;
    method.start(at);
    const auto state = [&] {
        std::ostringstream out;
        method.save(out);
        return out.str();
    };
    for (int k = 0; k < 4; ++k) {
        const std::string before = state();
        const VectorXd x = at.x();
        loss = throwing;
        BOOST_CHECK_THROW(method.step(at), std::runtime_error);
        BOOST_TEST(state() == before);
        loss = infinite;
        BOOST_TEST((method.step(at) == StepOutcome::not_finite));
        BOOST_TEST(state() == before);
        BOOST_TEST((at.x() == x));
        loss = sound;
        BOOST_TEST((method.step(at) == StepOutcome::moved));
    }
}

BOOST_AUTO_TEST_CASE(the_floor_of_the_loss_ends_it_and_throws_nothing) {
    // The gradient has an error that no step removes.
    const test::AnalyticObjective f{2, [](const VectorXd& x) { return 1e8 + 0.5 * x.squaredNorm(); },
                                    [](const VectorXd& x) -> VectorXd { return x + Vector2d(1e-5, -1e-5); },
                                    [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; }};
    const Solution found =
        minimize(f, Vector2d(3.0, 4.0), SteepestDescent{},
                 Stopping{.gradient_norm = 1e-12, .iterations = 500, .second_order = false});
    BOOST_TEST((found.status == Status::rounding_floor || found.status == Status::line_search ||
                found.status == Status::first_order));
    BOOST_TEST(found.x.norm() <= 1e-3);
    BOOST_TEST(found.iterations < 100);
}

BOOST_AUTO_TEST_CASE(a_saddle_is_left_with_an_escape) {
    const Solution found = minimize(test::double_well(), Vector2d(1.0, 0.0), SteepestDescent{}, Stopping{},
                                    NegativeCurvatureEscape{});
    BOOST_TEST((found.status == Status::second_order));
    BOOST_TEST(std::abs(found.value + 0.25) <= 1e-10);
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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
