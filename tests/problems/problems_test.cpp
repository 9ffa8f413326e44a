#include "problems/problems.hpp"

#include "hesse/autodiff/check_derivatives.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/newton_conjugate_gradients.hpp"
#include "hesse/optim/trust_region.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using namespace hesse;
using problems::AnyObjective;
using problems::make;
using problems::Problem;

namespace {

struct PublishedValue {
    std::string name;
    double value;
};

/// At the start, as CUTEst's files give it, decoded by S2MPJ (Gratton and Toint, arXiv 2407.07812), and printed for these
/// sizes; the last ones by hand, since all terms are equal there.
const std::vector<PublishedValue> values_at_start = {
    {"CUBE 2", 749.0384},
    {"SINEVAL 2", 5.55165252183025},
    {"POWELLBSLS 2", 1.1352617173483783},
    {"BROWNBS 2", 999998000003.0},
    {"BEALE 2", 14.203125},
    {"CLIFF 2", 485165194.41069025},
    {"HELIX 3", 2500.0},
    {"JENSMP 2", 4171.306161960492},
    {"BARD 3", 41.68169586167801},
    {"GAUSSIAN 3", 3.888106991166885e-06},
    {"MEYER3 3", 1693607809.4361455},
    {"GULF 3", 12.11070582556949},
    {"BOX3 3", 1.8845685008857131},
    {"BROWNDEN 4", 7926693.336997432},
    {"OSBORNEA 5", 0.8790262935446401},
    {"BIGGS6 6", 0.7790700756559702},
    {"WATSON 12", 30.0},
    {"PENALTY1 500", 1746550347167040.5},
    {"PENALTY2 200", 47116302540491.07},
    {"VARDIM 200", 3.2565422800090532e+16},
    {"BROWNAL 10", 273.2480478286743},
    {"TRIGON1 10", 2.966540465329251},
    {"TRIGON1 100", 2589.603936954474},
    {"EXTROSNB 2", 24.2},
    {"EXTROSNB 100", 39604.0},
    {"FLETCHCR 100", 99.0},
    {"GENROSE 500", 1870.0351331589031},
    {"NONDIA 500", 199604.0},
    {"LIARWHD 500", 292500.0},
    {"CHNROSNB 50", 7635.84},
    {"ERRINROS 50", 110181.776},
    {"WOODS 4", 19192.0},
    {"WOODS 1000", 4798000.0},
    {"HILBERTA 10", 60.18942628578852},
    {"DIXON3DQ 100", 8.0},
    {"TRIDIA 500", 125249.0},
    {"POWER 500", 15687562500.0},
    {"DQRTIC 500", 6156790168650.0},
    {"NONDQUAR 500", 506.0},
    {"POWELLSG 4", 215.0},
    {"POWELLSG 500", 26875.0},
    {"ARWHEAD 500", 1497.0},
    {"ENGVAL1 100", 5841.0},
    {"EDENSCH 36", 128851.0},
    {"BDQRTIC 500", 112096.0},
    {"TQUARTIC 500", 0.81},
    {"SPARSQUR 100", 1420.3125},
    {"CURLY10 100", -0.006237221463658019},
    {"DIXMAANA 1500", 14251.0},
    {"DIXMAANB 1500", 23617.0},
    {"DIXMAANC 1500", 41233.0},
    {"DIXMAAND 1500", 79283.56},
    {"DIXMAANE 1500", 11044.75},
    {"DIXMAANF 1500", 20514.875},
    {"DIXMAANG 1500", 38026.75},
    {"DIXMAANH 1500", 75852.4},
    {"DIXMAANI 1500", 10012.2875},
    {"DIXMAANJ 1500", 19498.64397222222},
    {"DIXMAANK 1500", 36994.2875},
    {"DIXMAANL 1500", 74784.87752},
    {"COSINE 100", 86.88067362714695},
    {"GENHUMPS 500", 12786741.278198125},
    {"SINQUAD 500", 0.6561},
    {"SINQUAD2 500", 0.6561},
    {"NONCVXUN 100", 2727010.761415566},
    {"NONCVXU2 100", 2639748.043568829},
    {"SCHMVETT 500", -1424.3126714055168},
    {"SPARSINE 100", 20893.26019829305},
    {"EG2 10", -7.57323886327107},
    {"TOINTGSS 500", 4492.0},
    {"FREUROTH 2", 400.5},
    {"FREUROTH 500", 503556.5},
    {"CRAGGLVY 1000", 548018.1216578208},
    {"BROYDN3DLS 500", 511.0},
    {"MOREBV 500", 1.0294993711510625e-08},
    {"FLETCBV2 100", -0.513108295660086},
    {"FMINSRF2 1024", 27.712414992298108},
    {"MSQRTBLS 100", 205.0846076862361},
    {"CHAINWOO 4", 19193.0},
    {"SROSENBR 1000", 500 * 24.2},
    {"DQDRTIC 1000", 998 * 1809.0},
    {"BRYBND 1000", 1000 * 36.0},
};

/// Minima as printed by More, Garbow and Hillstrom or in CUTEst's files, to as many digits as these have. What is printed
/// there for ENGVAL1 and KOWOSB is not a minimum.
const std::vector<PublishedValue> published_minima = {
    {"JENSMP 2", 124.362},          {"BARD 3", 8.21487e-3},      {"GAUSSIAN 3", 1.12793e-8},
    {"MEYER3 3", 87.9458},          {"KOWOSB 4", 3.07505e-4},    {"BROWNDEN 4", 85822.2},
    {"OSBORNEA 5", 5.46489e-5},     {"BIGGS6 6", 5.65565e-3},    {"WATSON 12", 4.72238e-10},
    {"ERRINROS 50", 39.9041540},    {"EDENSCH 2000", 1.20032e4}, {"FREUROTH 2", 48.9842},
    {"FREUROTH 1000", 1.2147e5},    {"CRAGGLVY 5000", 1.6882e3}, {"CURLY10 1000", -1.003163e5},
    {"NONCVXUN 1000", 2.3168084e3}, {"SCHMVETT 1000", -2994.0},
};

VectorXd constant(Index n, double value) { return VectorXd::Constant(n, value); }
VectorXd formula(Index n, const auto& entry) {
    return VectorXd::NullaryExpr(n, [&](Index i) { return entry(static_cast<double>(i + 1)); });
}

/// The minimizers that are known in closed form.
std::vector<std::pair<std::string, VectorXd>> closed_minimizers() {
    std::vector<std::pair<std::string, VectorXd>> result;
    for (const char* name :
         {"CUBE 2", "EXTROSNB 2", "EXTROSNB 10000", "SROSENBR 5000", "FLETCHCR 1000", "GENROSE 500",
          "NONDIA 5000", "LIARWHD 5000", "CHNROSNB 50", "WOODS 4", "WOODS 4000", "CHAINWOO 1000",
          "DIXON3DQ 10000", "VARDIM 200", "BROWNAL 200", "TQUARTIC 5000", "SINQUAD2 1000"})
        result.emplace_back(name, constant(make(name).loss.size(), 1.0));
    for (const char* name : {"SINEVAL 2", "HILBERTA 10", "DQDRTIC 5000", "POWER 1000", "NONDQUAR 1000",
                             "POWELLSG 4", "POWELLSG 5000", "SPARSQUR 1000", "SPARSINE 1000", "GENHUMPS 1000",
                             "TRIGON1 10", "TOINTGSS 5000", "FMINSRF2 1024"})
        result.emplace_back(name, constant(make(name).loss.size(), 0.0));
    for (char letter = 'A'; letter <= 'L'; ++letter)
        result.emplace_back(std::string("DIXMAAN") + letter + " 3000", constant(3000, 0.0));
    const double pi = std::numbers::pi;
    VectorXd arrow = constant(5000, 1.0);
    arrow[4999] = 0.0;
    VectorXd sines = constant(1000, std::sqrt(1.5 * pi + 1.0 - (std::sqrt(5.0 + 6.0 * pi) - 1.0) / 2.0));
    sines[0] = (std::sqrt(5.0 + 6.0 * pi) - 1.0) / 2.0;  // x^2 + x - 1 = 3 pi / 2
    sines[999] = std::sqrt(1.5 * pi);
    double angle = 1.9;  // s = 2 sin s
    for (int i = 0; i < 100; ++i) angle = 2.0 * std::sin(angle);
    result.insert(
        result.end(),
        {{"BEALE 2", VectorXd{{3.0, 0.5}}},
         {"FREUROTH 2", VectorXd{{5.0, 4.0}}},
         {"BROWNBS 2", VectorXd{{1e6, 2e-6}}},
         {"HELIX 3", VectorXd{{1.0, 0.0, 0.0}}},
         {"BOX3 3", VectorXd{{1.0, 10.0, 1.0}}},
         {"GULF 3", VectorXd{{50.0, 25.0, 1.5}}},
         {"BIGGS6 6", VectorXd{{1.0, 10.0, 1.0, 5.0, 4.0, 3.0}}},
         {"ARWHEAD 5000", arrow},
         {"TRIDIA 5000", formula(5000, [](double i) { return std::exp2(1.0 - i); })},
         {"DQRTIC 5000", formula(5000, [](double i) { return i; })},
         {"COSINE 1000", constant(1000, (0.5 + std::sqrt(0.25 + 4.0 * pi)) / 2.0)},  // x^2 - x / 2 = pi
         {"SCHMVETT 1000", constant(1000, pi / 4.141593)},
         {"EG2 1000", sines},
         {"NONCVXUN 1000", constant(1000, angle / 3.0)},
         {"NONCVXU2 1000", constant(1000, angle / 3.0)}});
    return result;
}

/// Here the trust region takes more than six seconds, since it keeps 200 Krylov vectors and these need thousands in a
/// step; in GENHUMPS, since it takes twenty thousand steps through the humps. NONCVXUN and the like: see many_minima.
const std::set<std::string> long_runs = {"DIXON3DQ 10000", "DIXMAANI 3000", "DIXMAANJ 3000",
                                         "DIXMAANK 3000",  "DIXMAANL 3000", "GENHUMPS 1000"};

Solution descend(const Problem& problem) {
    // Where that is cheap down to the rounding of the loss: the minima of some are small, and their valleys flat.
    const Stopping stopping{.gradient_norm = problem.loss.size() <= 200 ? 1e-12 : 1e-6,
                            .iterations = 20'000,
                            .second_order = false};
    if (long_runs.contains(problem.name))
        return minimize(problem.loss, problem.start, NewtonConjugateGradients{}, stopping);
    return minimize(problem.loss, problem.start, TrustRegion{}, stopping);
}

BOOST_AUTO_TEST_SUITE(published_problems)

BOOST_AUTO_TEST_CASE(there_are_many_and_no_name_comes_twice) {
    const std::vector<std::string> all = problems::names();
    std::set<std::string> full, functions;
    Index large = 0;
    for (const std::string& name : all) {
        full.insert(name);
        functions.insert(name.substr(0, name.find(' ')));
        const Problem problem = make(name);
        BOOST_TEST(problem.name == name);
        BOOST_TEST(problem.start.size() == problem.loss.size());
        BOOST_TEST(name.ends_with(' ' + std::to_string(problem.loss.size())));
        BOOST_TEST(!problem.minima.empty());
        BOOST_TEST(!problem.source.empty());
        if (problem.loss.size() >= 1000) ++large;
    }
    BOOST_TEST(full.size() == all.size());
    BOOST_TEST(functions.size() >= 70U);
    BOOST_TEST(large >= 40);
}

BOOST_AUTO_TEST_CASE(a_problem_that_is_not_there_is_refused) {
    for (const char* name : {"", "WOODS", "WOODS 0", "WOODS 5", "KOWOSB 5", "woods 4", "WOODS 4x", "WOODS -4",
                             "DIXMAANA 3001", "NOSUCH 10"})
        BOOST_CHECK_THROW(make(name), std::invalid_argument);
    const Problem other = make("WOODS 8");
    BOOST_TEST(other.start.size() == 8);
    BOOST_TEST(other.minima.empty());
}

BOOST_AUTO_TEST_CASE(the_value_at_the_start_is_the_published_one) {
    for (const auto& [name, value] : values_at_start) {
        BOOST_TEST_CONTEXT(name) {
            const Problem problem = make(name);
            BOOST_TEST(std::abs(problem.loss.value(problem.start) - value) <= 1e-12 * std::abs(value));
        }
    }
}

BOOST_AUTO_TEST_CASE(derivatives_are_those_of_the_value) {
    for (const std::string& name : problems::names()) {
        const Problem problem = make(name);
        const Index n = problem.loss.size();
        const VectorXd waves = formula(n, [](double i) { return std::sin(i); });
        // At the start of GENHUMPS the humps are narrower than what a difference of such large values resolves.
        const VectorXd aside = name == "GENHUMPS 1000" ? waves : VectorXd(problem.start + 0.1 * waves);
        for (const VectorXd& x : {problem.start, aside}) {
            const DerivativeReport report =
                check_derivatives(problem.loss, x, {.coordinates = 10, .directions = 2});
            BOOST_TEST(report.passed(), name << '\n' << report);
        }
    }
}

BOOST_AUTO_TEST_CASE(minimizers_in_closed_form_are_stationary_and_have_the_listed_value) {
    for (const auto& [name, x] : closed_minimizers()) {
        BOOST_TEST_CONTEXT(name) {
            const Problem problem = make(name);
            const auto at = problem.loss.linearize(x);
            const double minimum = problem.minima.front();
            BOOST_TEST(VectorXd(at.gradient()).norm() <= 1e-9);
            BOOST_TEST(std::abs(at.value() - minimum) <= 1e-12 * std::max(1.0, std::abs(minimum)));
        }
    }
}

BOOST_AUTO_TEST_CASE(listed_minima_are_the_published_ones) {
    for (const auto& [name, value] : published_minima) {
        BOOST_TEST_CONTEXT(name) {
            const Problem problem = make(name);
            double nearest = std::numeric_limits<double>::infinity();
            for (const double minimum : problem.minima)
                nearest = std::min(nearest, std::abs(minimum - value));
            BOOST_TEST(nearest <= 5e-5 * std::abs(value));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_descent_from_the_start_ends_at_a_listed_minimum) {
    for (const std::string& name : problems::names()) {
        BOOST_TEST_CONTEXT(name) {
            const Problem problem = make(name);
            if (problem.many_minima) continue;
            const Solution found = descend(problem);
            BOOST_TEST_INFO("value " << found.value << ", gradient norm " << found.gradient_norm);
            BOOST_TEST(std::ranges::any_of(problem.minima, [&](double minimum) {
                return std::abs(found.value - minimum) <=
                       (minimum == 0.0 ? 2e-6 : std::max(1e-6 * std::abs(minimum), 1e-12));
            }));
        }
    }
}

BOOST_AUTO_TEST_CASE(where_minima_are_too_many_to_list_a_descent_ends_at_one_above_the_global_one) {
    for (const std::string& name : problems::names()) {
        const Problem problem = make(name);
        if (!problem.many_minima) continue;
        BOOST_TEST_CONTEXT(name) {
            const Solution found =
                minimize(problem.loss, problem.start, NewtonConjugateGradients{}, Stopping{});
            BOOST_TEST((found.status == Status::second_order || found.status == Status::degenerate));
            BOOST_TEST(found.gradient_norm <= 1e-6);
            BOOST_TEST(found.value >= problem.minima.front());
            BOOST_TEST(found.value <= 1e-3 * problem.loss.value(problem.start));
        }
    }
}

BOOST_AUTO_TEST_CASE(an_erased_objective_gives_what_the_objective_gives) {
    const auto f = test::rosenbrock();
    const VectorXd x{{-1.2, 1.0}};
    const AnyObjective erased(f), copy = erased;
    BOOST_TEST(copy.size() == 2);
    BOOST_TEST(copy.value(x) == f.value(x));
    const auto first = copy.linearize(x);
    const auto second = copy.linearize(VectorXd::Ones(2));  // the first stays as it is
    BOOST_TEST(first.value() == f.value(x));
    BOOST_TEST(second.value() == 0.0);
    BOOST_TEST((first.gradient() == f.linearize(x).gradient()));
    VectorXd product(2), expected(2);
    first.hessian().apply(x, product);
    f.linearize(x).hessian().apply(x, expected);
    BOOST_TEST((product == expected));
    // A loss that states nothing of its errors has none to hand on.
    BOOST_TEST(first.rounding_error() == 0.0);
    BOOST_TEST(first.hessian().precision() == std::numeric_limits<double>::epsilon());
    BOOST_TEST(make("WOODS 4").loss.linearize(VectorXd::Zero(4)).rounding_error() > 0.0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
