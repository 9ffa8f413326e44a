#include "hesse/optim/armijo_line_search.hpp"

#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>

using Eigen::VectorXd;
using namespace hesse;

namespace {

using Function = std::function<double(double)>;

/// A search from zero along a function of one variable.
struct Search {
    test::AnalyticObjective f;
    ErasedObjective<test::AnalyticObjective> erased{f};
    double zero = 0.0, one = 1.0;
    Iterate at{erased, &zero};
    ArmijoLineSearch search;

    Search(const Function& value, const Function& slope, const ArmijoOptions& options = {})
        : f(
              1, [value](const VectorXd& x) { return value(x[0]); },
              [slope](const VectorXd& x) -> VectorXd { return VectorXd::Constant(1, slope(x[0])); },
              [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; }),
          search(options) {}
    ArmijoLineSearch::Result operator()(double first) { return (*this)(first, at.value()); }
    ArmijoLineSearch::Result operator()(double first, double reference) {
        return search.search(at, &one, at.gradient_data()[0], first, reference);
    }
};

const Function parabola = [](double a) { return 0.5 * (a - 1.0) * (a - 1.0); };
const Function slope_of_parabola = [](double a) { return a - 1.0; };

BOOST_AUTO_TEST_SUITE(armijo_line_search)

BOOST_AUTO_TEST_CASE(a_step_that_falls_enough_is_taken_as_it_is) {
    Search search(parabola, slope_of_parabola);
    const auto found = search(1.5);
    BOOST_TEST((found.end == LineSearchEnd::found));
    BOOST_TEST(found.step == 1.5);
    BOOST_TEST(search.at.counters().total().values == 1);
    BOOST_TEST(search.at.counters().total().gradients == 2);
    BOOST_TEST(search.at.x()[0] == 0.0);  // taking it is the caller's
}

BOOST_AUTO_TEST_CASE(backtracking_finds_the_least_of_a_parabola_where_it_may) {
    // From 8 the parabola says 1, a tenth is 0.8: it is between the bounds.
    Search search(parabola, slope_of_parabola, {.sufficient_decrease = 0.4});
    BOOST_TEST(std::abs(search(8.0).step - 1.0) <= 1e-15);
    Search far(parabola, slope_of_parabola);
    const auto found = far(1e6);
    BOOST_TEST((found.end == LineSearchEnd::found));
    BOOST_TEST(far.at.trial_value() <= 0.5 - 1e-4 * found.step);
    BOOST_TEST(far.at.counters().total().values <= 9);
}

BOOST_AUTO_TEST_CASE(a_reference_above_the_value_lets_it_rise) {
    Search search(parabola, slope_of_parabola);
    BOOST_TEST(search(2.5, 2.0).step == 2.5);
    BOOST_TEST(search.at.trial_value() > 0.5);
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_is_too_far) {
    Search search([](double a) { return a < 1.0 ? -a : NAN; }, [](double) { return -1.0; });
    const auto found = search(50.0);
    BOOST_TEST((found.end == LineSearchEnd::found));
    BOOST_TEST(found.step < 1.0);
    Search nowhere([](double a) { return a == 0.0 ? 0.0 : NAN; }, [](double) { return -1.0; });
    BOOST_TEST((nowhere(1.0).end == LineSearchEnd::not_finite));
}

BOOST_AUTO_TEST_CASE(a_slope_that_lies_finds_no_decrease) {
    Search search([](double a) { return a; }, [](double) { return -1.0; });
    BOOST_TEST((search(1.0).end == LineSearchEnd::no_decrease));
}

BOOST_AUTO_TEST_CASE(where_values_are_rounding_the_gradient_decides) {
    Search better([](double a) { return 1e10 + 0.5e-6 * (a - 1.0) * (a - 1.0); },
                  [](double a) { return 1e-6 * (a - 1.0); });
    BOOST_TEST((better(0.5).end == LineSearchEnd::found));
    Search worse([](double) { return 1e10; }, [](double a) { return -1e-6 * (1.0 + a); });
    BOOST_TEST((worse(0.5).end == LineSearchEnd::no_decrease));
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    const auto says = [](const char* text) {
        return [text](const std::invalid_argument& e) {
            return std::string(e.what()).find(text) != std::string::npos;
        };
    };
    BOOST_CHECK_EXCEPTION((ArmijoOptions{.sufficient_decrease = 1.5}.check("Method")), std::invalid_argument,
                          says("Method: sufficient_decrease is 1.5"));
    BOOST_CHECK_EXCEPTION((ArmijoOptions{.evaluations = 0}.check("Method")), std::invalid_argument,
                          says("evaluations is 0"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
