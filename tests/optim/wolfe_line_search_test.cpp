#include "hesse/optim/wolfe_line_search.hpp"

#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using Eigen::VectorXd;
using namespace hesse;

namespace {

using Function = std::function<double(double)>;

struct Line {
    const char* name;
    Function value, slope;
};

/// Those on which line searches are compared: J. J. Moré and D. J. Thuente, ACM Trans. Math. Softw. 20 (1994) 286, the first two,
/// and the last three, which are of Yanai, Ozawa and Kaneko.
std::vector<Line> lines() {
    const auto yanai = [](const char* name, double b1, double b2) {
        const auto gamma = [](double b) { return std::sqrt(1.0 + b * b) - b; };
        return Line{
            name,
            [=](double a) { return gamma(b1) * std::hypot(1.0 - a, b2) + gamma(b2) * std::hypot(a, b1); },
            [=](double a) {
                return -gamma(b1) * (1.0 - a) / std::hypot(1.0 - a, b2) + gamma(b2) * a / std::hypot(a, b1);
            }};
    };
    return {{"rational", [](double a) { return -a / (a * a + 2.0); },
             [](double a) { return (a * a - 2.0) / ((a * a + 2.0) * (a * a + 2.0)); }},
            {"quintic", [](double a) { return std::pow(a + 0.004, 5) - 2.0 * std::pow(a + 0.004, 4); },
             [](double a) { return 5.0 * std::pow(a + 0.004, 4) - 8.0 * std::pow(a + 0.004, 3); }},
            yanai("Yanai 1", 0.001, 0.001),
            yanai("Yanai 2", 0.01, 0.001),
            yanai("Yanai 3", 0.001, 0.01)};
}

test::AnalyticObjective along(const Function& value, const Function& slope) {
    return {1, [value](const VectorXd& x) { return value(x[0]); },
            [slope](const VectorXd& x) -> VectorXd { return VectorXd::Constant(1, slope(x[0])); },
            [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; }};
}

/// A search from zero along the line.
struct Search {
    test::AnalyticObjective f;
    ErasedObjective<test::AnalyticObjective> erased{f};
    double zero = 0.0, one = 1.0;
    Iterate at{erased, &zero};
    WolfeLineSearch search;

    Search(const Function& value, const Function& slope, const WolfeOptions& options = {})
        : f(along(value, slope)), search(options) {}
    WolfeLineSearch::Result operator()(double first,
                                       double longest = std::numeric_limits<double>::infinity()) {
        return search.search(at, &one, at.gradient_data()[0], first, longest);
    }
};

BOOST_AUTO_TEST_SUITE(wolfe_line_search)

BOOST_AUTO_TEST_CASE(published_lines_end_at_steps_that_satisfy_both_conditions) {
    const WolfeOptions options{.sufficient_decrease = 1e-3, .curvature = 0.1, .evaluations = 40};
    for (const Line& line : lines()) {
        for (const double first : {1e-3, 1e-1, 1e1, 1e3}) {
            BOOST_TEST_CONTEXT(line.name << " from " << first) {
                Search search(line.value, line.slope, options);
                const auto found = search(first);
                BOOST_TEST((found.end == LineSearchEnd::found));
                const double slope = line.slope(0.0);
                BOOST_TEST(line.value(found.step) <= line.value(0.0) + 1e-3 * found.step * slope);
                BOOST_TEST(std::abs(line.slope(found.step)) <= 0.1 * std::abs(slope));
                BOOST_TEST(search.at.trial_value() == line.value(found.step));
                BOOST_TEST(search.at.counters().total().gradients <= 1 + 25);
                BOOST_TEST(search.at.x()[0] == 0.0);  // taking it is the caller's
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(where_values_are_rounding_the_slopes_alone_decide) {
    for (const double first : {1e-3, 1.0, 1e3, 1e5})
        for (const double phase : {0.0, 1.0, 2.0, 3.0}) {
            const double eps = std::numeric_limits<double>::epsilon();
            Search search([=](double a) { return 1.0 + eps * std::round(2.0 * std::sin(phase + 1e7 * a)); },
                          [](double a) { return 1e-9 * (a - 1.0); }, {.curvature = 0.1});
            const auto found = search(first);
            BOOST_TEST((found.end == LineSearchEnd::found));
            BOOST_TEST(std::abs(found.step - 1.0) <= 0.1);
        }
}

BOOST_AUTO_TEST_CASE(no_step_is_longer_than_the_longest) {
    const auto parabola = [](double a) { return 0.5 * (a - 10.0) * (a - 10.0); };
    const auto slope = [](double a) { return a - 10.0; };
    const WolfeOptions flat{.curvature = 0.1};
    Search at_once(parabola, slope, flat);
    BOOST_TEST(at_once(0.5, 0.5).step == 0.5);
    BOOST_TEST(at_once.at.counters().total().gradients == 2);
    Search grows(parabola, slope, flat);
    BOOST_TEST(grows(0.5, 7.0).step == 7.0);
    BOOST_TEST((grows.at.trial_value() == parabola(7.0)));
    Search falls_back(parabola, slope, flat);
    const auto found = falls_back(30.0, 30.0);  // beyond the minimum, and up again
    BOOST_TEST((found.end == LineSearchEnd::found));
    BOOST_TEST(std::abs(slope(found.step)) <= 0.1 * 10.0);
}

BOOST_AUTO_TEST_CASE(a_good_first_step_costs_one_gradient) {
    Search search([](double a) { return 0.5 * (a - 1.0) * (a - 1.0); }, [](double a) { return a - 1.0; });
    const auto found = search(1.0);
    BOOST_TEST(found.step == 1.0);
    BOOST_TEST(search.at.counters().total().gradients == 2);
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_is_too_far) {
    // log(1 - a) - 1 / (1 - a) and nothing at a >= 1.
    Search search([](double a) { return a < 1.0 ? -a - 0.01 * std::log(1.0 - a) : NAN; },
                  [](double a) { return a < 1.0 ? -1.0 + 0.01 / (1.0 - a) : NAN; });
    const auto found = search(100.0);
    BOOST_TEST((found.end == LineSearchEnd::found));
    BOOST_TEST(found.step < 1.0);
    BOOST_TEST(found.step > 0.05);
    Search nowhere([](double a) { return a == 0.0 ? 0.0 : NAN; }, [](double) { return -1.0; });
    BOOST_TEST((nowhere(1.0).end == LineSearchEnd::not_finite));
}

BOOST_AUTO_TEST_CASE(a_slope_that_lies_finds_no_decrease) {
    Search search([](double a) { return a; }, [](double) { return -1.0; });
    BOOST_TEST((search(1.0).end == LineSearchEnd::no_decrease));
}

BOOST_AUTO_TEST_CASE(at_a_kink_there_is_no_step) {
    Search search([](double a) { return std::abs(a - 1e-20) + 1.0; },
                  [](double a) { return a < 1e-20 ? -1.0 : 1.0; });
    BOOST_TEST((search(1.0).end == LineSearchEnd::no_decrease));
}

BOOST_AUTO_TEST_CASE(where_values_are_rounding_slopes_decide) {
    // The value changes in its last digits only.
    Search search([](double a) { return 1e10 + 0.5e-6 * (a - 1.0) * (a - 1.0); },
                  [](double a) { return 1e-6 * (a - 1.0); });
    const auto found = search(0.3);
    BOOST_TEST((found.end == LineSearchEnd::found));
    BOOST_TEST(std::abs(search.f.linearize(VectorXd::Constant(1, found.step)).gradient()[0]) <= 0.9e-6);
}

BOOST_AUTO_TEST_CASE(an_unbounded_line_is_followed_while_evaluations_last) {
    Search search([](double a) { return -a; }, [](double) { return -1.0; });
    const auto found = search(1.0);
    BOOST_TEST((found.end == LineSearchEnd::found));
    BOOST_TEST(found.step > 1e10);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    const auto says = [](const char* text) {
        return [text](const std::invalid_argument& e) {
            return std::string(e.what()).find(text) != std::string::npos;
        };
    };
    BOOST_CHECK_EXCEPTION((WolfeOptions{.sufficient_decrease = 0.6}.check("Method")), std::invalid_argument,
                          says("Method: sufficient_decrease is 0.6"));
    BOOST_CHECK_EXCEPTION((WolfeOptions{.curvature = 1e-5}.check("Method")), std::invalid_argument,
                          says("curvature is 1e-05"));
    BOOST_CHECK_EXCEPTION((WolfeOptions{.evaluations = 0}.check("Method")), std::invalid_argument,
                          says("evaluations is 0"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
