#include "hesse/optim/observer.hpp"

#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/history_csv.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/progress.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

std::vector<std::string> lines_of(std::istream& in) {
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

const Stopping short_run{.budget = 100.0, .iterations = 3};

}  // namespace

BOOST_AUTO_TEST_SUITE(observer)

BOOST_AUTO_TEST_CASE(progress_adds_lines_to_a_file) {
    std::ostringstream text;
    minimize(test::rosenbrock(), Vector2d(-1.2, 1.0), GradientDescent({1e-4}), short_run,
             progress({.stream = &text, .interval = 0.0}));
    std::istringstream in(text.str());
    const auto lines = lines_of(in);
    BOOST_REQUIRE(lines.size() == 5u);  // the start, three steps, the end
    for (const char* part : {"GradientDescent", "f 24.2", "|g| 2.3", "1 of 100", " s, at most "})
        BOOST_TEST(lines[0].find(part) != std::string::npos, part << " is not in: " << lines[0]);
    BOOST_TEST(lines[4].find(": iterations") != std::string::npos);
    BOOST_TEST(text.str().find('\r') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(progress_rewrites_one_line_on_a_terminal) {
    std::ostringstream text;
    minimize(test::rosenbrock(), Vector2d(-1.2, 1.0), GradientDescent({1e-4}), short_run,
             progress({.stream = &text, .terminal = true, .interval = 0.0}));
    std::istringstream in(text.str());
    BOOST_TEST(lines_of(in).size() == 1u);
    BOOST_TEST(std::ranges::count(text.str(), '\r') == 5);
}

BOOST_AUTO_TEST_CASE(progress_is_silent_between_its_intervals) {
    std::ostringstream text;
    minimize(test::rosenbrock(), Vector2d(-1.2, 1.0), GradientDescent({1e-4}), short_run,
             progress({.stream = &text, .interval = 1000.0}));
    std::istringstream in(text.str());
    BOOST_TEST(lines_of(in).size() == 2u);  // the start and the end
}

BOOST_AUTO_TEST_CASE(an_open_line_is_ended_when_the_loss_throws) {
    std::ostringstream text;
    int left = 3;
    const test::AnalyticObjective f{1, [](const VectorXd& x) { return x[0]; },
                                    [&](const VectorXd&) -> VectorXd {
                                        if (--left < 0) throw std::runtime_error("midway");
                                        return VectorXd::Ones(1);
                                    },
                                    [](const VectorXd&, const VectorXd& v) -> VectorXd { return 0.0 * v; }};
    BOOST_CHECK_THROW(minimize(f, VectorXd::Ones(1), GradientDescent{},
                               progress({.stream = &text, .terminal = true, .interval = 0.0})),
                      std::runtime_error);
    BOOST_TEST(text.str().back() == '\n');
    BOOST_CHECK_THROW(progress({.interval = -1.0}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(history_is_a_table_with_a_line_for_each_iteration) {
    const std::string path = (std::filesystem::temp_directory_path() / "hesse_history_test.csv").string();
    const auto result =
        minimize(test::rosenbrock(), Vector2d(-1.2, 1.0), GradientDescent({1e-4}), short_run,
                 history_to_csv(path), [&](Iteration& now) {
                     std::ifstream so_far(path);  // flushed line by line
                     BOOST_TEST(lines_of(so_far).size() == static_cast<std::size_t>(now.iteration()) + 2);
                 });
    std::ifstream file(path);
    const auto lines = lines_of(file);
    BOOST_REQUIRE(lines.size() == 5u);
    BOOST_TEST(lines[0] ==
               "iteration,value,gradient_norm,step_length,escapes,values,gradients,products,"
               "gradient_equivalents,seconds");
    BOOST_TEST(lines[1].starts_with("0,24.19"));
    BOOST_TEST(lines[4].starts_with("3,"));
    std::istringstream last(lines[4].substr(2));
    double value = 0.0;
    last >> value;
    BOOST_TEST(value == result.history.back().value);  // enough digits to be exact
    std::remove(path.c_str());
}

BOOST_AUTO_TEST_CASE(a_history_that_cannot_be_written_is_refused) {
    try {
        history_to_csv("/no/such/folder/history.csv");
        BOOST_TEST(false, "nothing thrown");
    } catch (const std::invalid_argument& error) {
        BOOST_TEST(std::string(error.what()) == "history_to_csv: cannot write '/no/such/folder/history.csv'");
    }
}

BOOST_AUTO_TEST_CASE(finish_is_called_with_the_report) {
    struct Final {
        Status status = Status::first_order;
        void operator()(Iteration&) {}
        void finish(const RunReport& report) { status = report.status; }
    } last;
    minimize(test::rosenbrock(), Vector2d(-1.2, 1.0), GradientDescent({1e-4}), short_run, last);
    BOOST_TEST(last.status == Status::iterations);
}

BOOST_AUTO_TEST_SUITE_END()
