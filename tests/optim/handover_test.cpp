#include "hesse/optim/handover.hpp"

#include "error_text.hpp"
#include "hesse/optim/adaptive_methods.hpp"
#include "hesse/optim/escape_saddles.hpp"
#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/limited_memory_bfgs.hpp"
#include "hesse/optim/longer_steps.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/momentum.hpp"
#include "hesse/optim/perturbed.hpp"
#include "hesse/optim/trust_region.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

BOOST_AUTO_TEST_SUITE(handover)

BOOST_AUTO_TEST_CASE(a_first_method_takes_its_steps_and_the_second_ends_the_run) {
    const auto f = test::rosenbrock();
    const Vector2d start(-1.2, 1.0);
    const Solution found =
        minimize(f, start, Handover(Adam{{.step_size = 1e-2}}, AfterSteps{20}, TrustRegion{}));
    BOOST_TEST((found.status == Status::second_order));
    BOOST_TEST(found.value <= 1e-10);
    BOOST_TEST(found.iterations < 60);
    // The first twenty are Adam's.
    std::vector<double> values, alone;
    const Stopping twenty{.iterations = 20, .second_order = false};
    minimize(f, start, Handover(Adam{{.step_size = 1e-2}}, AfterSteps{20}, TrustRegion{}), twenty,
             [&](Iteration& now) { values.push_back(now.value()); });
    minimize(f, start, Adam{{.step_size = 1e-2}}, twenty,
             [&](Iteration& now) { alone.push_back(now.value()); });
    BOOST_TEST((values == alone));
}

BOOST_AUTO_TEST_CASE(conditions_and_ends_hand_over) {
    const auto f = test::rosenbrock();
    ErasedObjective erased(f);
    const Vector2d start(0.0, 0.0);
    Iterate at(erased, start.data());
    Handover by_gradient(GradientDescent{{.step_size = 1e-3}}, GradientBelow{1.0}, TrustRegion{});
    by_gradient.start(at);
    while (at.gradient_norm() > 1.0) {
        BOOST_TEST(!by_gradient.handed_over());
        by_gradient.step(at);
    }
    by_gradient.step(at);
    BOOST_TEST(by_gradient.handed_over());

    // A fixed step that leads to infinity ends descent, not the run.
    const test::AnalyticObjective steep{
        1, [](const VectorXd& x) { return std::exp(x[0] * x[0]); },
        [](const VectorXd& x) -> VectorXd { return 2.0 * x[0] * std::exp(x[0] * x[0]) * x / x[0]; },
        [](const VectorXd& x, const VectorXd& v) -> VectorXd {
            return (2.0 + 4.0 * x[0] * x[0]) * std::exp(x[0] * x[0]) * v;
        }};
    const Solution found =
        minimize(steep, VectorXd::Constant(1, 3.0),
                 Handover(GradientDescent{{.step_size = 1.0}}, AfterSteps{1000}, TrustRegion{}));
    BOOST_TEST((found.status == Status::second_order));
    BOOST_TEST(std::abs(found.x[0]) <= 1e-4);
}

BOOST_AUTO_TEST_CASE(the_escape_of_the_second_is_that_of_both) {
    const Solution found =
        minimize(test::double_well(), Vector2d(1.0, 0.0),
                 Handover(GradientDescent{{.step_size = 0.1}}, GradientBelow{1e-3}, TrustRegion{}));
    BOOST_TEST((found.status == Status::second_order));
    BOOST_TEST(std::abs(found.value + 0.25) <= 1e-8);
}

BOOST_AUTO_TEST_CASE(what_the_first_does_at_saddles_is_kept) {
    const auto f = test::double_well();
    const GradientDescent descent{{.step_size = 0.1}};
    const auto leaves = [&](const auto& method) {
        const Solution found = minimize(f, Vector2d(0.0, 0.0), method, Stopping{.iterations = 3000});
        BOOST_TEST((found.status == Status::second_order));
        BOOST_TEST(std::abs(found.value + 0.25) <= 1e-8);
    };
    leaves(Handover(escape_saddles(descent), AfterSteps{500}, LimitedMemoryBfgs{}));
    leaves(Handover(TrustRegion{}, AfterSteps{5}, LimitedMemoryBfgs{}));
    leaves(Handover(Perturbed(descent), AfterSteps{500}, LimitedMemoryBfgs{}));
    leaves(LongerSteps(TrustRegion{}));
    leaves(LongerSteps(escape_saddles(descent)));
}

BOOST_AUTO_TEST_CASE(conditions_out_of_range_are_named) {
    const auto with = [](auto condition) {
        return test::message_of([&] { Handover(Adam{}, condition, TrustRegion{}); });
    };
    BOOST_TEST(with(AfterSteps{-5}) == "AfterSteps: steps is -5, expected at least 0");
    BOOST_TEST(with(GradientBelow{-1.0}).starts_with("GradientBelow: norm is -1"));
    BOOST_TEST(with(GradientBelow{std::nan("")}).find("nan") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(both_halves_of_a_run_are_saved) {
    const auto f = test::rosenbrock();
    const Vector2d start(-1.2, 1.0);
    for (const int before : {3, 9}) {
        ErasedObjective erased(f), other(f);
        Iterate at(erased, start.data());
        Handover first(Adam{{.step_size = 1e-2}}, AfterSteps{6}, TrustRegion{}), second = first;
        first.start(at);
        for (int k = 0; k < before; ++k) first.step(at);
        std::stringstream state;
        first.save(state);
        Iterate beside(other, at.x_data());
        second.start(beside);
        second.load(state);
        BOOST_TEST(second.handed_over() == (before > 6));
        for (int k = 0; k < 8; ++k) {
            first.step(at);
            second.step(beside);
            BOOST_TEST((at.x() == beside.x()));
        }
    }
}

BOOST_AUTO_TEST_CASE(an_escape_before_the_hand_over_is_saved) {
    // The escape in use is that of the second method, whose turn has not come.
    const auto f = test::double_well();
    const Handover method(GradientDescent{{.step_size = 1e-3}}, AfterSteps{1000},
                          escape_saddles(HeavyBall{}));
    Handover first = method, second = method;
    const std::string path = (std::filesystem::temp_directory_path() / "hesse_handover_escape").string();
    const auto run = [&](Handover<GradientDescent, AfterSteps, decltype(escape_saddles(HeavyBall{}))>& each,
                         Index steps, auto... extras) {
        return minimize(f, Vector2d(0.0, 0.0), each, Stopping{.iterations = steps}, extras...);
    };
    const auto whole = run(first, 20);
    BOOST_TEST(whole.escapes == 1);
    run(first, 5, checkpoint_to(path));
    std::ifstream file(path);
    const std::string state((std::istreambuf_iterator<char>(file)), {});
    BOOST_TEST(state.find("NegativeCurvatureEscape") != std::string::npos);
    BOOST_TEST((run(second, 20, resume_from(path)).x == whole.x));
    std::filesystem::remove(path);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
