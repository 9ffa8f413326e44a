#include "hesse/optim/minimize.hpp"

#include "error_text.hpp"
#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/momentum.hpp"
#include "hesse/optim/trust_region.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <istream>
#include <limits>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;
using hesse::test::message_of;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

test::AnalyticObjective bowl() { return test::quadratic(Vector2d(1.0, 2.0).asDiagonal()); }

/// -log of the distance to a wall at x = 0 would be: sqrt(x), a NaN beyond it, and downhill all the way.
test::AnalyticObjective cliff() {
    return {
        1, [](const VectorXd& x) { return std::sqrt(x[0]); },
        [](const VectorXd& x) -> VectorXd { return VectorXd::Constant(1, 0.5 / std::sqrt(x[0])); },
        [](const VectorXd& x, const VectorXd& v) -> VectorXd { return -0.25 * std::pow(x[0], -1.5) * v; }};
}

/// What a user writes: Eigen, no base class, no compiled code of ours.
class Signs {
public:
    static constexpr std::string_view name = "Signs";
    static constexpr Needs needs{};

    void start(Iterate&) { size_ = 0.5; }
    StepOutcome step(Iterate& at) {
        const VectorXd next = at.x().array() - size_ * at.gradient().array().sign();
        if (at.value_at(next.data()) >= at.value()) {
            size_ *= 0.5;
            return StepOutcome::rejected;
        }
        return at.move_to(next) ? StepOutcome::moved : StepOutcome::not_finite;
    }
    void save(std::ostream& out) const { out << size_ << '\n'; }
    void load(std::istream& in) { in >> size_; }

private:
    double size_ = 0.5;
};
static_assert(Optimizer<Signs>);

/// Is content with any point.
struct Content {
    static constexpr std::string_view name = "Content";
    static constexpr Needs needs{};
    void start(Iterate&) {}
    StepOutcome step(Iterate&) { return StepOutcome::converged; }
    void save(std::ostream&) const {}
    void load(std::istream&) {}
};

/// Never finds anything to do.
struct Idle {
    static constexpr std::string_view name = "Idle";
    static constexpr Needs needs{};
    void start(Iterate&) {}
    StepOutcome step(Iterate&) { return StepOutcome::rejected; }
    void save(std::ostream&) const {}
    void load(std::istream&) {}
};

}  // namespace

BOOST_AUTO_TEST_SUITE(minimize)

BOOST_AUTO_TEST_CASE(reports_point_value_gradient_and_what_they_cost) {
    const auto f = bowl();
    const auto result = hesse::minimize(f, Vector2d(1.0, 1.0), GradientDescent({0.5}));
    BOOST_TEST(result.status == Status::second_order);
    BOOST_TEST(result.method == "GradientDescent");
    BOOST_TEST(result.gradient_norm <= 1e-6);
    BOOST_TEST(result.gradient_norm == f.linearize(result.x).gradient().norm());
    BOOST_TEST(result.value == f.value(result.x));
    const Evaluations steps = result.counters[Purpose::step];
    BOOST_TEST(steps.gradients == result.iterations + 1);  // the start's, and one a step
    BOOST_TEST(steps.products == 0);
    const Index examined = result.counters[Purpose::certificate].products;
    BOOST_TEST(examined == result.verdict->products);
    BOOST_TEST(result.gradient_equivalents == static_cast<double>(steps.gradients + 2 * examined));
    BOOST_TEST(f.counts().products == examined);
}

BOOST_AUTO_TEST_CASE(a_minimum_is_called_one_and_a_saddle_too) {
    const auto at_minimum = hesse::minimize(bowl(), Vector2d(1.0, 1.0), GradientDescent({0.1}));
    BOOST_TEST((at_minimum.verdict->kind == CriticalPointKind::minimum));
    const auto at_saddle = hesse::minimize(test::saddle(), Vector2d(0.1, 0.0), GradientDescent({0.1}));
    BOOST_TEST(at_saddle.status == Status::saddle);
    BOOST_TEST((at_saddle.verdict->kind == CriticalPointKind::saddle));
    BOOST_TEST(std::abs(std::abs(at_saddle.direction[1]) - 1.0) < 1e-8);
    const auto flat =
        hesse::minimize(test::two_powers(1.0, 2, 1.0, 4), Vector2d(1.0, 0.0), GradientDescent({0.1}));
    BOOST_TEST(flat.status == Status::degenerate);
    const auto top = hesse::minimize(test::quadratic(Vector2d(-1.0, -2.0).asDiagonal()), Vector2d(0.0, 0.0),
                                     GradientDescent({0.1}));
    BOOST_TEST(top.status == Status::saddle);  // no minimum, at any rate; the verdict knows better
    BOOST_TEST((top.verdict->kind == CriticalPointKind::maximum));
}

BOOST_AUTO_TEST_CASE(without_a_certificate_a_stationary_point_is_first_order) {
    const auto f = test::saddle();
    const auto result =
        hesse::minimize(f, Vector2d(0.1, 0.0), GradientDescent({0.1}), Stopping{.second_order = false});
    BOOST_TEST(result.status == Status::first_order);
    BOOST_TEST(!result.verdict.has_value());
    BOOST_TEST(result.direction.size() == 0);
    BOOST_TEST(f.counts().products == 0);
}

BOOST_AUTO_TEST_CASE(limits_end_the_run_with_their_own_status) {
    const auto ended_by = [](Stopping stopping) {
        return hesse::minimize(test::rosenbrock(), Vector2d(-1.2, 1.0), GradientDescent({1e-4}), stopping);
    };
    const auto by_budget = ended_by({.budget = 10.0});
    BOOST_TEST(by_budget.status == Status::budget);
    BOOST_TEST(by_budget.gradient_equivalents == 10.0);
    const auto by_iterations = ended_by({.iterations = 7});
    BOOST_TEST(by_iterations.status == Status::iterations);
    BOOST_TEST(by_iterations.iterations == 7);
    BOOST_TEST(ended_by({.seconds = 0.0}).status == Status::time);
    const auto nothing = ended_by({.budget = 0.0});
    BOOST_TEST(nothing.status == Status::budget);
    BOOST_TEST(nothing.iterations == 0);
    BOOST_TEST((nothing.x - Vector2d(-1.2, 1.0)).norm() == 0.0);
}

BOOST_AUTO_TEST_CASE(costs_are_what_the_cost_model_says) {
    const auto result =
        hesse::minimize(bowl(), Vector2d(1.0, 1.0), GradientDescent({0.5}),
                        Stopping{.budget = 30.0, .second_order = false, .cost = {.gradient = 10.0}});
    BOOST_TEST(result.counters.total().gradients == 3);
}

BOOST_AUTO_TEST_CASE(the_best_point_is_returned_when_time_runs_out) {
    // Heavy ball with a long memory overshoots the minimum and is on its way up when the run ends.
    const auto f = test::quadratic(Eigen::Matrix<double, 1, 1>(1.0));
    std::vector<double> values;
    const auto result =
        hesse::minimize(f, VectorXd::Ones(1), HeavyBall({0.1, 0.99}), Stopping{.iterations = 9},
                        [&](Iteration& now) { values.push_back(now.value()); });
    BOOST_TEST(result.value == *std::min_element(values.begin(), values.end()));
    BOOST_TEST(result.value < values.back());
    BOOST_TEST(result.value == f.value(result.x));
}

BOOST_AUTO_TEST_CASE(history_holds_every_iteration) {
    const auto result = hesse::minimize(bowl(), Vector2d(1.0, 1.0), GradientDescent({0.5}));
    BOOST_REQUIRE(result.history.size() == static_cast<std::size_t>(result.iterations) + 1);
    BOOST_TEST(result.history.front().value == 1.5);
    BOOST_TEST(result.history.front().step_length == 0.0);
    BOOST_TEST(std::abs(result.history[1].step_length - 0.5 * std::sqrt(5.0)) < 1e-15);
    BOOST_TEST(result.history.back().value == result.value);
    for (std::size_t k = 0; k < result.history.size(); ++k)
        BOOST_TEST(result.history[k].iteration == static_cast<Index>(k));
}

BOOST_AUTO_TEST_CASE(observers_see_each_iteration_in_order_and_may_stop) {
    std::string calls;
    const auto result = hesse::minimize(
        bowl(), Vector2d(1.0, 1.0), GradientDescent({0.1}), [&](Iteration&) { calls += 'a'; },
        [&](Iteration& now) {
            calls += 'b';
            if (now.iteration() == 2) now.stop();
        });
    BOOST_TEST(calls == "ababab");
    BOOST_TEST(result.status == Status::stopped_by_user);
    BOOST_TEST(result.iterations == 2);
}

BOOST_AUTO_TEST_CASE(an_optimizer_of_the_users_own_runs_like_ours) {
    const auto result =
        hesse::minimize(bowl(), Vector2d(1.0, -0.3), Signs{}, Stopping{.gradient_norm = 1e-3});
    BOOST_TEST(result.status == Status::second_order);
    BOOST_TEST(result.method == "Signs");
}

BOOST_AUTO_TEST_CASE(a_method_that_only_rejects_is_stopped) {
    const auto result = hesse::minimize(bowl(), Vector2d(1.0, 1.0), Idle{});
    BOOST_TEST(result.status == Status::line_search);
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_at_the_start_is_refused) {
    const auto run_from = [](const auto& f, const VectorXd& x) {
        return message_of([&] { hesse::minimize(f, x, GradientDescent{}); });
    };
    BOOST_TEST(run_from(bowl(), Vector2d(0.0, not_a_number)) == "minimize: entry 1 of the start is nan");
    BOOST_TEST(run_from(bowl(), Vector2d(infinity, 0.0)) == "minimize: entry 0 of the start is inf");
    BOOST_TEST(run_from(bowl(), VectorXd::Zero(3)) ==
               "minimize: x0 has 3 entries but the objective has size 2");
    BOOST_TEST(run_from(bowl(), VectorXd()) == "minimize: x0 has 0 entries but the objective has size 2");
    BOOST_TEST(run_from(cliff(), VectorXd::Constant(1, -1.0)).find("the loss at the start is") !=
               std::string::npos);
    BOOST_TEST(run_from(cliff(), VectorXd::Zero(1)) ==
               "minimize: entry 0 of the gradient at the start is inf");
}

BOOST_AUTO_TEST_CASE(a_negative_limit_is_refused_before_the_loss_is_called) {
    const auto f = bowl();
    const auto with = [&](Stopping stopping) {
        return message_of([&] { hesse::minimize(f, Vector2d(1.0, 1.0), GradientDescent{}, stopping); });
    };
    BOOST_TEST(with({.budget = -1.0}) == "Stopping: budget is -1, expected a number that is not negative");
    BOOST_TEST(with({.gradient_norm = not_a_number}) ==
               "Stopping: gradient_norm is nan, expected a number that is not negative");
    BOOST_TEST(with({.iterations = -3}) == "Stopping: iterations is -3, expected at least 0");
    BOOST_TEST(f.counts().linearizations == 0);
}

BOOST_AUTO_TEST_CASE(losses_that_end_in_nan_give_a_status_and_the_last_finite_point) {
    const auto by_descent = hesse::minimize(cliff(), VectorXd::Ones(1), GradientDescent({1.0}));
    BOOST_TEST(by_descent.status == Status::not_finite);
    BOOST_TEST(std::isfinite(by_descent.value));
    BOOST_TEST(by_descent.value == std::sqrt(by_descent.x[0]));
    const auto by_region = hesse::minimize(cliff(), VectorXd::Ones(1), TrustRegion{});
    BOOST_TEST(std::isfinite(by_region.value));
    BOOST_TEST(by_region.status != Status::second_order);
}

BOOST_AUTO_TEST_CASE(products_that_are_not_finite_give_a_status) {
    const test::AnalyticObjective f{
        2, [](const VectorXd& x) { return 0.5 * x.squaredNorm(); },
        [](const VectorXd& x) -> VectorXd { return x; },
        [](const VectorXd&, const VectorXd&) -> VectorXd { return Vector2d(not_a_number, not_a_number); }};
    BOOST_TEST(hesse::minimize(f, Vector2d(1.0, 1.0), TrustRegion{}).status == Status::not_finite);
    BOOST_TEST(hesse::minimize(f, Vector2d(1.0, 1.0), GradientDescent({0.5})).status == Status::not_finite);
}

BOOST_AUTO_TEST_CASE(an_unsymmetric_hessian_gives_a_status_and_the_point) {
    const test::AnalyticObjective f{
        2, [](const VectorXd& x) { return 0.5 * x.squaredNorm(); },
        [](const VectorXd& x) -> VectorXd { return x; },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return Vector2d(v[1], 0.0); }};
    const auto result = hesse::minimize(f, Vector2d(1.0, 1.0), GradientDescent({0.5}));
    BOOST_TEST(result.status == Status::not_symmetric);
    BOOST_TEST(!result.verdict.has_value());
    BOOST_TEST(result.x.norm() <= 1e-6);
}

BOOST_AUTO_TEST_CASE(what_the_budget_cannot_examine_is_no_second_order_point) {
    VectorXd d = VectorXd::LinSpaced(1000, 0.5, 1.0);
    d[0] = -0.1;
    const auto f = test::quadratic(d.asDiagonal());
    for (const double budget : {5.0, 11.0, 13.0, 15.0, 21.0}) {
        const auto result =
            hesse::minimize(f, VectorXd::Zero(1000), TrustRegion{}, Stopping{.budget = budget});
        BOOST_TEST(result.status == Status::budget);
    }
    const auto whole = hesse::minimize(f, VectorXd::Zero(1000), GradientDescent{});
    BOOST_TEST(whole.status == Status::saddle);
}

BOOST_AUTO_TEST_CASE(a_method_that_is_done_above_the_goal_does_not_reach_it) {
    const auto result = hesse::minimize(bowl(), Vector2d(3.0, 3.0), Content{});
    BOOST_TEST(result.status == Status::method_ended);
    BOOST_REQUIRE(result.verdict.has_value());
    BOOST_TEST((result.verdict->kind == CriticalPointKind::not_critical));
    BOOST_TEST(result.verdict->gradient_tolerance == 1e-6);
}

BOOST_AUTO_TEST_CASE(a_loss_without_a_minimum_ends_the_run) {
    const auto f = test::quadratic(Vector2d(2.0, -2.0).asDiagonal());
    const auto result = hesse::minimize(f, Vector2d(0.1, 0.0), TrustRegion{});
    BOOST_TEST(result.status == Status::unbounded);
    BOOST_TEST(result.value < -1e20);
    const auto soon =
        hesse::minimize(f, Vector2d(0.1, 0.1), GradientDescent({0.1}), Stopping{.lowest_value = -5.0});
    BOOST_TEST(soon.status == Status::unbounded);
    BOOST_TEST(soon.value < -5.0);
}

BOOST_AUTO_TEST_CASE(no_certificate_is_begun_when_the_time_is_over) {
    const auto f = test::saddle();
    const auto result = hesse::minimize(f, Vector2d(0.0, 0.0), TrustRegion{}, Stopping{.seconds = 0.0});
    BOOST_TEST(result.status == Status::time);
    BOOST_TEST(f.counts().products == 0);
}

BOOST_AUTO_TEST_CASE(both_sides_of_an_escape_are_in_the_report) {
    const auto f = test::two_powers(1.0, 2, -1.0, 2);
    const auto result = hesse::minimize(f, Vector2d(0.0, 0.0), GradientDescent({0.1}),
                                        NegativeCurvatureEscape{}, Stopping{.iterations = 1});
    BOOST_REQUIRE(result.escape_history.size() == 1);
    const EscapeRecord& escape = result.escape_history.front();
    BOOST_TEST(escape.iteration == 0);
    BOOST_TEST(escape.left);
    BOOST_TEST(escape.report.value_plus < 0.0);
    BOOST_TEST(std::abs(escape.report.value_minus - escape.report.value_plus) <=
               1e-12 * std::abs(escape.report.value_plus));
    BOOST_TEST(std::abs(escape.report.curvature + 2.0) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(a_minimum_of_value_zero_has_a_rounding_floor_all_the_same) {
    // exp(x) - x - 1, of which the last digits are those of 1.
    const test::AnalyticObjective f{
        1, [](const VectorXd& x) { return (std::exp(x[0]) - x[0]) - 1.0; },
        [](const VectorXd& x) -> VectorXd { return VectorXd::Constant(1, std::expm1(x[0])); },
        [](const VectorXd& x, const VectorXd& v) -> VectorXd { return std::exp(x[0]) * v; }};
    for (const double start : {2.0, -3.0, 0.5}) {
        const auto result =
            hesse::minimize(f, VectorXd::Constant(1, start), TrustRegion{}, Stopping{.gradient_norm = 1e-9});
        BOOST_TEST((result.status == Status::second_order || result.status == Status::rounding_floor));
        BOOST_TEST(result.iterations < 30);
        BOOST_TEST(result.gradient_norm < 1e-7);
    }
}

BOOST_AUTO_TEST_CASE(an_observer_may_be_constant) {
    struct Count {
        int* calls;
        void operator()(const Iteration&) const { ++*calls; }
    };
    int calls = 0;
    const Count count{&calls};
    const auto result = hesse::minimize(bowl(), Vector2d(1.0, 1.0), GradientDescent({0.5}), count);
    BOOST_TEST(calls == result.iterations + 1);
}

BOOST_AUTO_TEST_CASE(a_constant_loss_is_degenerate_at_once) {
    const auto f = test::quadratic(Eigen::Matrix2d::Zero());
    for (const Status status : {hesse::minimize(f, Vector2d(1.0, 2.0), GradientDescent{}).status,
                                hesse::minimize(f, Vector2d(1.0, 2.0), TrustRegion{}).status})
        BOOST_TEST(status == Status::degenerate);
}

BOOST_AUTO_TEST_CASE(what_the_loss_throws_arrives_and_everything_goes_on_working) {
    struct Broken : std::runtime_error {
        using std::runtime_error::runtime_error;
    };
    int left = 5;
    bool broken = true;
    const auto throwing = [&](auto work) {
        return [&, work](const VectorXd& x) {
            if (broken && --left < 0) throw Broken("midway");
            return work(x);
        };
    };
    const auto good = test::rosenbrock();
    const test::AnalyticObjective f{
        2, throwing([=](const VectorXd& x) { return good.value(x); }),
        throwing([=](const VectorXd& x) -> VectorXd { return good.linearize(x).gradient(); }),
        [=](const VectorXd& x, const VectorXd& v) -> VectorXd {
            VectorXd out(2);
            good.linearize(x).hessian().apply(v, out);
            return out;
        }};
    const Vector2d start(-1.2, 1.0);
    TrustRegion method;
    NegativeCurvatureEscape escape;
    Solution solution;
    const auto expected = hesse::minimize(good, start, method);
    for (int calls = 0; calls < 40; ++calls) {
        left = calls;
        broken = true;
        BOOST_CHECK_THROW(solution = hesse::minimize(f, start, method, escape), Broken);
        broken = false;
        solution = hesse::minimize(f, start, method, escape);
        BOOST_TEST((solution.x.array() == expected.x.array()).all());
        BOOST_TEST(solution.iterations == expected.iterations);
    }
}

BOOST_AUTO_TEST_CASE(a_step_that_throws_leaves_the_optimizer_as_it_was) {
    bool broken = false;
    const test::AnalyticObjective f{2, [](const VectorXd& x) { return 0.5 * x.squaredNorm(); },
                                    [&](const VectorXd& x) -> VectorXd {
                                        if (broken) throw std::runtime_error("midway");
                                        return x;
                                    },
                                    [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; }};
    ErasedObjective<test::AnalyticObjective> erased(f);
    const Vector2d start(1.0, 2.0);
    Iterate at(erased, start.data());
    HeavyBall method({0.1, 0.9});
    method.start(at);
    method.step(at);
    std::ostringstream before, after;
    method.save(before);
    const VectorXd x = at.x(), g = at.gradient();
    broken = true;
    BOOST_CHECK_THROW(method.step(at), std::runtime_error);
    method.save(after);
    BOOST_TEST(before.str() == after.str());
    BOOST_TEST((at.x().array() == x.array()).all());
    BOOST_TEST((at.gradient().array() == g.array()).all());
    broken = false;
    BOOST_TEST((method.step(at) == StepOutcome::moved));
}

BOOST_AUTO_TEST_CASE(descriptions_say_what_happened_and_what_to_try) {
    const auto result = hesse::minimize(test::saddle(), Vector2d(0.1, 0.0), GradientDescent({0.1}));
    const std::string text = describe(result);
    for (const char* part : {"GradientDescent ended with status saddle", "NegativeCurvatureEscape",
                             "steps 0 /", "certificates", "Stopped at a saddle"})
        BOOST_TEST(text.find(part) != std::string::npos, part << " is not in: " << text);
    for (int k = 0; k <= static_cast<int>(Status::stopped_by_user); ++k) {
        BOOST_TEST(to_string(static_cast<Status>(k)) != "unknown");
        BOOST_TEST(describe(static_cast<Status>(k)).size() > 20u);
    }
}

BOOST_AUTO_TEST_CASE(an_escape_that_nothing_would_look_for_is_refused) {
    BOOST_TEST(
        message_of([] {
            hesse::minimize(bowl(), Vector2d(1.0, 1.0), GradientDescent({.step_size = 0.1}),
                            NegativeCurvatureEscape{}, Stopping{.second_order = false});
        }).starts_with("minimize: there is a NegativeCurvatureEscape, but Stopping::second_order is false"));
}

BOOST_AUTO_TEST_SUITE_END()
