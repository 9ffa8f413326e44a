#include "hesse/optim/observer.hpp"

#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/history_csv.hpp"
#include "hesse/optim/history_json_lines.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/progress.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
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

/// What a terminal of that width shows, line by line.
std::string on_a_terminal(const Stopping& stopping, Index width = 0) {
    std::ostringstream text;
    minimize(test::rosenbrock(), Vector2d(-1.2, 1.0), GradientDescent({1e-4}), stopping,
             progress({.stream = &text, .terminal = true, .interval = 0.0, .width = width}));
    return text.str();
}

BOOST_AUTO_TEST_CASE(progress_shows_a_bar_where_there_is_a_budget) {
    // One gradient each, the start's included.
    const std::string text = on_a_terminal({.budget = 40.0});
    BOOST_TEST(text.find("GradientDescent [                    ]   2 %      0  f 24.2") != std::string::npos,
               text);
    BOOST_TEST(text.find("GradientDescent [==========          ]  50 %     19  f ") != std::string::npos,
               text);
    BOOST_TEST(text.find("GradientDescent [====================] 100 %     39  f ") != std::string::npos,
               text);
    BOOST_TEST(on_a_terminal({.iterations = 4}).find("[==========          ]  50 %      2") !=
               std::string::npos);
    // The iterations that every run is given are no budget.
    BOOST_TEST(on_a_terminal({.seconds = 1e6}).find("[    ") != std::string::npos);
    BOOST_TEST(on_a_terminal({}).find("[ ") == std::string::npos);
    std::ostringstream file;
    minimize(test::rosenbrock(), Vector2d(-1.2, 1.0), GradientDescent({1e-4}), short_run,
             progress({.stream = &file, .interval = 0.0}));
    BOOST_TEST(file.str().find('[') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(lines_are_cut_where_the_terminal_ends) {
    std::istringstream in(on_a_terminal(short_run, 30));
    std::string part;
    Index parts = 0;
    for (std::getline(in, part, '\r'); std::getline(in, part, '\r'); ++parts)
        BOOST_TEST(part.substr(0, part.find('\n')).size() == 30u + std::string("\x1b[K").size());
    BOOST_TEST(parts == 5);
    BOOST_CHECK_THROW(progress({.width = -1}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(progress_says_what_may_be_left) {
    const auto last_before_the_end = [](const GradientDescent& method, const Stopping& stopping) {
        std::ostringstream text;
        minimize(test::quadratic(Vector2d(1.0, 2.0).asDiagonal()), Vector2d(1.0, 1.0), method, stopping,
                 progress({.stream = &text, .interval = 0.0}));
        std::istringstream in(text.str());
        const auto lines = lines_of(in);
        return lines.at(lines.size() - 2);
    };
    // The gradient falls by 0.9 a step, to 1e-12 in some 260 steps: sooner than 10,000 of them.
    const std::string falls =
        last_before_the_end(GradientDescent({0.1}), {.gradient_norm = 1e-12, .second_order = false});
    BOOST_TEST(falls.find(" s, about ") != std::string::npos, falls);
    BOOST_TEST(falls.find(" left") != std::string::npos, falls);
    // Here the iterations end first, and there is nothing left of them.
    const std::string ends = last_before_the_end(GradientDescent({1e-4}), {.iterations = 50});
    BOOST_TEST(ends.ends_with(" s, at most about 0.0 s left"), ends);
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

BOOST_AUTO_TEST_CASE(the_time_may_be_left_out_so_that_equal_runs_have_equal_histories) {
    const std::string path = (std::filesystem::temp_directory_path() / "hesse_history_equal_test").string();
    const auto written = [&](auto history_to) {
        minimize(test::rosenbrock(), Vector2d(-1.2, 1.0), GradientDescent({1e-4}), short_run,
                 history_to(path, HistoryOptions{.seconds = false}));
        std::ifstream file(path);
        return lines_of(file);
    };
    const auto csv = written(history_to_csv);
    BOOST_TEST(csv.at(0).ends_with(",products,gradient_equivalents"));
    BOOST_TEST(csv.at(2).ends_with(",0,2,0,2"));
    BOOST_TEST(csv == written(history_to_csv));
    const auto json = written(history_to_json_lines);
    BOOST_TEST(json.at(1).find("seconds") == std::string::npos);
    BOOST_TEST(json == written(history_to_json_lines));
    std::remove(path.c_str());
}

BOOST_AUTO_TEST_CASE(a_run_that_goes_on_leaves_a_history_with_other_columns_as_it_is) {
    const auto folder = std::filesystem::temp_directory_path();
    const std::string path = (folder / "hesse_history_columns_test").string();
    const std::string state = (folder / "hesse_history_columns_state").string();
    const auto run = [&](Index iterations, auto... extras) {
        return minimize(test::rosenbrock(), Vector2d(-1.2, 1.0), GradientDescent({1e-4}),
                        Stopping{.iterations = iterations}, checkpoint_to(state), extras...);
    };
    run(3, history_to_csv(path));
    std::ifstream before_file(path);
    const auto before = lines_of(before_file);
    const auto found = run(6, resume_from(state), history_to_csv(path, HistoryOptions{.seconds = false}));
    BOOST_TEST(found.iterations == 6);
    BOOST_TEST(found.observer_failure ==
               "history_to_csv: '" + path + "' holds another history than this run's, and was left as it is");
    std::ifstream after(path);
    BOOST_TEST(lines_of(after) == before);
    std::remove(path.c_str());
    std::remove(state.c_str());
}

BOOST_AUTO_TEST_CASE(history_as_json_has_an_object_on_each_line) {
    const std::string path = (std::filesystem::temp_directory_path() / "hesse_history_test.jsonl").string();
    const auto result =
        minimize(test::double_well(), Vector2d(1.0, 0.0), GradientDescent({0.3}), NegativeCurvatureEscape{},
                 Stopping{.gradient_norm = 1e-5}, history_to_json_lines(path), [&](Iteration& now) {
                     std::ifstream so_far(path);  // flushed line by line
                     BOOST_TEST(lines_of(so_far).size() == static_cast<std::size_t>(now.iteration()) + 1);
                 });
    std::ifstream file(path);
    const auto lines = lines_of(file);
    BOOST_REQUIRE(lines.size() == result.history.size());
    BOOST_TEST(
        lines[0] ==
        R"({"iteration":0,"method":"GradientDescent","value":0.5,"gradient_norm":1.0,"step_length":0.0,)"
        R"("escapes":0,"evaluations":{"steps":{"values":0,"gradients":1,"products":0},)"
        R"("escapes":{"values":0,"gradients":0,"products":0},)"
        R"("certificates":{"values":0,"gradients":0,"products":0}},"gradient_equivalents":1.0,"seconds":)" +
            lines[0].substr(lines[0].rfind(':') + 1));
    for (std::size_t k = 0; k < lines.size(); ++k) {
        const IterationRecord& record = result.history[k];
        const auto number = [&](const std::string& name) {
            return std::strtod(lines[k].c_str() + lines[k].find('"' + name + "\":") + name.size() + 3,
                               nullptr);
        };
        BOOST_TEST(number("iteration") == static_cast<double>(record.iteration));
        BOOST_TEST(number("value") == record.value);  // enough digits to be exact
        BOOST_TEST(number("gradient_norm") == record.gradient_norm);
        BOOST_TEST(number("step_length") == record.step_length);
        BOOST_TEST(number("gradient_equivalents") == record.gradient_equivalents);
        BOOST_TEST(number("seconds") == record.seconds);
        BOOST_TEST(number("escapes") == static_cast<double>(record.escapes));
    }
    BOOST_TEST(result.escapes == 1);
    const Evaluations escape = result.counters[Purpose::escape];
    BOOST_TEST(lines.back().find("\"escapes\":{\"values\":" + std::to_string(escape.values) +
                                 ",\"gradients\":" + std::to_string(escape.gradients)) != std::string::npos);
    std::remove(path.c_str());
}

BOOST_AUTO_TEST_CASE(a_history_that_cannot_be_written_is_refused) {
    const auto f = test::double_well();
    const Eigen::Vector2d start(1.0, 0.3);
    try {
        minimize(f, start, GradientDescent{}, history_to_csv("/no/such/folder/history.csv"));
        BOOST_TEST(false, "nothing thrown");
    } catch (const std::invalid_argument& error) {
        BOOST_TEST(std::string(error.what()) == "history_to_csv: cannot write '/no/such/folder/history.csv'");
    }
    try {
        minimize(f, start, GradientDescent{}, history_to_json_lines("/no/such/folder/history.jsonl"));
        BOOST_TEST(false, "nothing thrown");
    } catch (const std::invalid_argument& error) {
        BOOST_TEST(std::string(error.what()) ==
                   "history_to_json_lines: cannot write '/no/such/folder/history.jsonl'");
    }
    BOOST_TEST(f.counts().linearizations == 0);
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
