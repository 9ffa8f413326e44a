#include "hesse/optim/checkpoint.hpp"

#include "error_text.hpp"
#include "hesse/optim/curvature_bounded_gradient_descent.hpp"
#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/history_csv.hpp"
#include "hesse/optim/history_json_lines.hpp"
#include "hesse/optim/limited_memory_bfgs.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/momentum.hpp"
#include "hesse/optim/nesterov.hpp"
#include "hesse/optim/perturbed.hpp"
#include "hesse/optim/perturbed_accelerated_gradient_descent.hpp"
#include "hesse/optim/perturbed_gradient_descent.hpp"
#include "hesse/optim/trust_region.hpp"
#include "support/analytic_objectives.hpp"
#include "support/temporary_file.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;
using hesse::test::message_of;
using hesse::test::TemporaryFile;

namespace {

/// A run in two parts is the run in one, bit for bit. `extra`: one more argument of minimize.
template <Optimizer M, class... E>
void check_resume(const M& method, const VectorXd& start, Index steps, const E&... extra) {
    const auto f = test::double_well();
    const TemporaryFile file("checkpoint_" + std::string(M::name) + std::to_string(sizeof...(E)));
    const auto whole = minimize(f, start, method, Stopping{.gradient_norm = 1e-9}, extra...);
    minimize(f, start, method, Stopping{.gradient_norm = 1e-9, .iterations = steps},
             checkpoint_to(file.path()), extra...);
    const auto rest =
        minimize(f, start, method, Stopping{.gradient_norm = 1e-9}, resume_from(file.path()), extra...);

    BOOST_TEST(whole.iterations > steps);  // or the test would show nothing
    BOOST_TEST((rest.x.array() == whole.x.array()).all());
    BOOST_TEST(rest.value == whole.value);
    BOOST_TEST(rest.iterations == whole.iterations);
    BOOST_TEST(rest.escapes == whole.escapes);
    BOOST_TEST((rest.status == whole.status));
    BOOST_TEST((rest.counters == whole.counters));
    BOOST_TEST(rest.history.front().iteration == steps + 1);  // what was shown before is not shown again
}

std::string contents(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// The first column of a history.
std::vector<std::string> iterations_in(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> column;
    for (std::string line; std::getline(file, line);) column.push_back(line.substr(0, line.find(',')));
    return column;
}

/// What must hold of each form of history. `number` is what the first column holds, `header` its first line, if it has one.
template <class HistoryTo, class Number>
void check_resumed_history(HistoryTo history_to, Number number, const std::vector<std::string>& header) {
    const TemporaryFile state("checkpoint_history_state"), file("checkpoint_history");
    const auto run_to = [&](Index iterations, auto&&... extras) {
        minimize(test::rosenbrock(), Vector2d(-1.2, 1.0), GradientDescent({1e-4}),
                 Stopping{.iterations = iterations, .second_order = false}, extras...);
        return iterations_in(file.path());
    };
    const auto expected = [&](std::initializer_list<int> iterations) {
        std::vector<std::string> column = header;
        for (const int k : iterations) column.push_back(number(k));
        return column;
    };
    const auto whole = expected({0, 1, 2, 3, 4, 5});

    // Two in two parts, then three more.
    std::ofstream(file.path()) << "what was here before\n";
    BOOST_TEST(run_to(2, history_to(file.path()), checkpoint_to(state.path())) == expected({0, 1, 2}));
    BOOST_TEST(run_to(5, history_to(file.path()), resume_from(state.path())) == whole);
    // Lines after the checkpoint are made again.
    BOOST_TEST(run_to(5, history_to(file.path()), resume_from(state.path())) == whole);
    // A line that was cut off is no line: nothing is appended to it.
    std::string lines = contents(file.path());
    lines.resize(lines.find("\n" + number(3) + ",") - 5);
    std::ofstream(file.path()) << lines;
    BOOST_TEST(run_to(4, history_to(file.path()), resume_from(state.path())) == expected({0, 1, 3, 4}));
    std::ofstream(file.path()) << lines;
    BOOST_TEST(run_to(2, history_to(file.path())) == expected({0, 1, 2}));
    BOOST_TEST(run_to(5, history_to(file.path()), resume_from(state.path())) == whole);
    // To have a history in hand is not to run.
    { const auto unused = history_to(file.path()); }
    BOOST_TEST(iterations_in(file.path()) == whole);
    // A run from the start replaces it.
    BOOST_TEST(run_to(1, history_to(file.path())) == expected({0, 1}));
    // One that begins where the run goes on is made again, and a file that is no history is left alone.
    std::filesystem::remove(file.path());
    for (int k = 0; k < 2; ++k)
        BOOST_TEST(run_to(4, history_to(file.path()), resume_from(state.path())) == expected({3, 4}));
    for (const std::string other : {"something else\n", "something else"}) {
        std::ofstream(file.path()) << other;
        run_to(4, history_to(file.path()), resume_from(state.path()));
        BOOST_TEST(contents(file.path()) == other);
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(checkpoint)

BOOST_AUTO_TEST_CASE(every_method_goes_on_bit_for_bit) {
    const Vector2d start(1.0, 0.3);
    check_resume(GradientDescent({0.1}), start, 20);
    check_resume(MovingAverageMomentum({0.1, 0.9}), start, 20);
    check_resume(HeavyBall({0.1, 0.9}), start, 20);
    check_resume(Nesterov({0.1, 0.9}), start, 20);
    check_resume(CurvatureBoundedGradientDescent({0.9}), start, 3);
    check_resume(TrustRegion({.initial_radius = 0.1}), start, 3);
}

BOOST_AUTO_TEST_CASE(noise_goes_on_bit_for_bit) {
    for (const Index steps : {100, 190, 230, 300})  // before, during and after the perturbation
        check_resume(PerturbedGradientDescent({.step_size = 0.1}), Vector2d(1.0, 0.0), steps);
}

BOOST_AUTO_TEST_CASE(escapes_go_on_bit_for_bit) {
    check_resume(GradientDescent({0.1}), Vector2d(1.0, 0.0), 250, NegativeCurvatureEscape{});
    check_resume(TrustRegion({.initial_radius = 0.3}), Vector2d(1.0, 0.0), 5);
}

BOOST_AUTO_TEST_CASE(paths_that_cannot_be_used_are_refused_before_the_run) {
    const auto f = test::double_well();
    const Vector2d start(1.0, 0.3);
    BOOST_TEST(message_of([&] { minimize(f, start, HeavyBall{}, checkpoint_to("/no/such/folder/state")); }) ==
               "checkpoint_to: cannot write '/no/such/folder/state'");
    BOOST_TEST(message_of([&] { minimize(f, start, HeavyBall{}, resume_from("/no/such/file")); }) ==
               "resume_from: cannot read '/no/such/file'");
    BOOST_TEST(f.counts().linearizations == 0);
    BOOST_TEST(message_of([] { checkpoint_to("/no/such/folder/state", 0); }) ==
               "checkpoint_to: every is 0, expected at least 1");
}

BOOST_AUTO_TEST_CASE(a_write_that_fails_says_so_and_keeps_the_last_checkpoint) {
    const TemporaryFile folder("checkpoint_folder");
    std::filesystem::create_directory(folder.path());
    const std::string path = folder.path() + "/state";
    const CheckpointTo checkpoint = checkpoint_to(path);
    BOOST_TEST(!checkpoint.try_write("first").has_value());
    BOOST_TEST(contents(path).starts_with("first"));

    // No draft can be made while a folder has its name, and something in it.
    std::filesystem::create_directories(path + ".part/something");
    const std::string expected = "checkpoint_to: writing '" + path + "' failed";
    BOOST_TEST(checkpoint.try_write("second").value_or("nothing wrong") == expected);
    BOOST_TEST(contents(path).starts_with("first"));
    std::filesystem::remove_all(path + ".part");
    BOOST_TEST(!checkpoint.try_write("third").has_value());
    BOOST_TEST(contents(path).starts_with("third"));
    std::filesystem::remove_all(folder.path());
    BOOST_TEST(checkpoint.try_write("fourth").has_value());
}

BOOST_AUTO_TEST_CASE(a_resumed_run_goes_on_with_its_history) {
    check_resumed_history([](const std::string& path) { return history_to_csv(path); },
                          [](int k) { return std::to_string(k); }, {"iteration"});
    check_resumed_history([](const std::string& path) { return history_to_json_lines(path); },
                          [](int k) { return "{\"iteration\":" + std::to_string(k); }, {});
}

BOOST_AUTO_TEST_CASE(a_history_on_a_full_disk_says_so_and_the_run_goes_on) {
    if (!std::filesystem::exists("/dev/full")) return;
    HistoryCsv history = history_to_csv("/dev/full");
    BOOST_TEST(history.failure() == "");
    const auto result = minimize(test::rosenbrock(), Vector2d(-1.2, 1.0), TrustRegion{}, history);
    BOOST_TEST(result.status == Status::second_order);
    BOOST_TEST(history.failure() == "history_to_csv: writing '/dev/full' failed at iteration 0");
}

BOOST_AUTO_TEST_CASE(the_state_at_the_rounding_floor_is_kept) {
    // Steps whose gain is below the floor are counted; a run that went on without the count would be longer.
    const auto f = test::quadratic(Vector2d(1.0, 100.0).asDiagonal(), Vector2d(1e3, 1.0));
    const Vector2d start(3.0, 2.0);
    ErasedObjective erased(f);
    Iterate at(erased, start.data());
    CurvatureBoundedGradientDescent method, other;
    method.start(at);
    const auto state_of = [](const CurvatureBoundedGradientDescent& m) {
        std::ostringstream out;
        m.save(out);
        return out.str();
    };
    for (int k = 0; k < 10'000 && state_of(method).find("floor_steps 0\n") != std::string::npos; ++k)
        method.step(at);
    BOOST_REQUIRE(state_of(method).find("floor_steps 0\n") == std::string::npos);
    BOOST_REQUIRE(state_of(method).find("floor_gradient inf") == std::string::npos);
    other.start(at);
    BOOST_TEST(state_of(other) != state_of(method));
    std::istringstream in(state_of(method));
    other.load(in);
    BOOST_TEST(state_of(other) == state_of(method));
}

BOOST_AUTO_TEST_CASE(a_checkpoint_that_does_not_fit_is_named) {
    const TemporaryFile file("checkpoint_misfit");
    const auto f = test::double_well();
    const Vector2d start(1.0, 0.3);
    minimize(f, start, HeavyBall({0.1, 0.9}), Stopping{.iterations = 3}, checkpoint_to(file.path()));
    const std::string named = "resume_from: '" + file.path() +
                              "' is not a checkpoint of this run, with the same loss, method and options: ";
    BOOST_TEST(message_of([&] { minimize(f, start, GradientDescent{}, resume_from(file.path())); }) ==
               named + "it is one of HeavyBall, the method is GradientDescent");
    BOOST_TEST(message_of([&] {
                   minimize(test::three_weights(), VectorXd::Zero(3), HeavyBall{}, resume_from(file.path()));
               }) == named + "load: 'x' of hesse-run has 2 entries, expected 3");
    BOOST_TEST(message_of([&] {
                   minimize(f, start, HeavyBall{}, resume_from(file.path()), NegativeCurvatureEscape{});
               }) == named + "it was made without a NegativeCurvatureEscape beside the method");
    minimize(f, start, LimitedMemoryBfgs({.memory = 2}), Stopping{.iterations = 5},
             checkpoint_to(file.path()));
    BOOST_TEST(message_of([&] {
                   minimize(f, start, LimitedMemoryBfgs({.memory = 1}), resume_from(file.path()));
               }).starts_with(named));
}

BOOST_AUTO_TEST_CASE(parameters_stay_fixed_where_the_checkpoint_has_them) {
    const TemporaryFile file("checkpoint_fixed");
    const auto f = test::double_well();
    const Vector2d start(0.5, 0.3);
    const Fixed fixed{{{0, 1}}};
    const auto whole = minimize(f, start, TrustRegion{}, fixed);
    minimize(f, start, TrustRegion{}, fixed, Stopping{.iterations = 2}, checkpoint_to(file.path()));
    const auto resumed = minimize(f, VectorXd::Zero(2), TrustRegion{}, fixed, resume_from(file.path()));
    BOOST_TEST((resumed.x == whole.x));
    BOOST_TEST(resumed.x[0] == 0.5);
    // The start that is given for the size alone need not lie within the bounds.
    const Bounds bounds(0.1, 10.0);
    const auto within = minimize(f, start, TrustRegion{}, bounds);
    minimize(f, start, TrustRegion{}, bounds, Stopping{.iterations = 2}, checkpoint_to(file.path()));
    BOOST_TEST(
        (minimize(f, VectorXd::Zero(2), TrustRegion{}, bounds, resume_from(file.path())).x == within.x));
}

BOOST_AUTO_TEST_CASE(the_certificate_that_closes_a_run_is_counted_once) {
    const TemporaryFile file("checkpoint_closing");
    const auto f = test::double_well();
    const Vector2d saddle(0.0, 0.0);
    const auto whole = minimize(f, saddle, TrustRegion{}, Stopping{.iterations = 20});
    minimize(f, saddle, TrustRegion{}, Stopping{.iterations = 0}, checkpoint_to(file.path()));
    auto resumed = minimize(f, saddle, TrustRegion{}, Stopping{.iterations = 20}, resume_from(file.path()),
                            checkpoint_to(file.path()));
    BOOST_TEST((resumed.x == whole.x));
    BOOST_TEST(resumed.gradient_equivalents == whole.gradient_equivalents);
    for (int k = 0; k < 3; ++k) {  // a run that has ended ends again
        resumed = minimize(f, saddle, TrustRegion{}, Stopping{.iterations = 20}, resume_from(file.path()),
                           checkpoint_to(file.path()));
        BOOST_TEST((resumed.status == whole.status));
        BOOST_TEST(resumed.gradient_equivalents == whole.gradient_equivalents);
    }
}

BOOST_AUTO_TEST_CASE(a_run_that_has_ended_ends_again_wherever_it_went_last) {
    const TemporaryFile file("checkpoint_ended");
    const auto ends_again = [&](const auto& f, const auto& start, const auto& method, auto... extras) {
        const auto whole = minimize(f, start, method, extras..., checkpoint_to(file.path()));
        for (int k = 0; k < 2; ++k) {
            const auto again =
                minimize(f, start, method, extras..., resume_from(file.path()), checkpoint_to(file.path()));
            BOOST_TEST((again.status == whole.status));
            BOOST_TEST((again.x == whole.x));
            BOOST_TEST((again.counters == whole.counters));
            BOOST_TEST(again.iterations == whole.iterations);
        }
        return whole;
    };
    // Noise was of no use, and the method has gone back.
    const auto bowl = test::quadratic(Vector2d(1.0, 2.0).asDiagonal());
    const auto back = ends_again(bowl, Vector2d(0.5, 0.0),
                                 Perturbed(GradientDescent{{.step_size = 0.3}}, {.patience = 10}));
    BOOST_TEST((back.status == Status::second_order));
    ends_again(bowl, Vector2d(0.5, 0.0), PerturbedGradientDescent({.step_size = 0.3, .patience = 10}));
    ends_again(bowl, Vector2d(0.5, 0.0),
               PerturbedAcceleratedGradientDescent({.step_size = 0.3, .patience = 10}));
    // A search has failed, and nobody asks what the point is.
    const test::AnalyticObjective uphill(
        2, [](const VectorXd& x) { return 0.5 * x.squaredNorm(); },
        [](const VectorXd& x) -> VectorXd { return -x; },
        [](const VectorXd&, const VectorXd& v) { return v; });
    const auto failed =
        ends_again(uphill, Vector2d(1.0, 2.0), LimitedMemoryBfgs{}, Stopping{.second_order = false});
    BOOST_TEST((failed.status == Status::line_search));
    // Escapes have failed: by products that are not the Hessian's there is a saddle, but the loss falls nowhere.
    const test::AnalyticObjective liar(
        2, [](const VectorXd& x) { return 0.5 * x.squaredNorm(); }, [](const VectorXd& x) { return x; },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return Vector2d(v[0], -v[1]); });
    const auto stuck =
        ends_again(liar, Vector2d(0.0, 0.0), GradientDescent{{.step_size = 0.3}}, NegativeCurvatureEscape{});
    BOOST_TEST((stuck.status == Status::saddle));
    BOOST_TEST(stuck.escape_history.size() > 1u);
}

BOOST_AUTO_TEST_CASE(a_damaged_checkpoint_is_refused_by_name) {
    const TemporaryFile file("checkpoint_damaged");
    const auto f = test::double_well();
    const Vector2d start(1.0, 0.3);
    minimize(f, start, PerturbedGradientDescent({.step_size = 0.1}), Stopping{.iterations = 3},
             checkpoint_to(file.path()));
    const std::string whole = contents(file.path());
    const auto complaint = [&](const std::string& text) {
        std::ofstream(file.path(), std::ios::binary) << text;
        const std::string message = message_of([&] { (void)resume_from(file.path()).read(); });
        const std::string expected = "resume_from: '" + file.path() + "' ";
        return message.starts_with(expected) ? message.substr(expected.size()) : "not named: " + message;
    };
    BOOST_TEST(complaint(whole) == "not named: nothing thrown");
    const std::string damaged = "is damaged or cut off: its checksum is wrong";
    const std::size_t first_line = whole.find('\n') + 1;
    // Cut off anywhere.
    for (std::size_t length = 0; length < whole.size(); ++length)
        BOOST_TEST(complaint(whole.substr(0, length)) ==
                   (length + 1 < first_line ? "is not a checkpoint" : damaged));
    // Any byte changed, left out, or doubled.
    for (std::size_t k = 0; k < whole.size(); ++k) {
        std::string text = whole;
        text[k] = static_cast<char>(text[k] ^ (k % 2 == 0 ? 1 : 0x20));
        BOOST_TEST(!complaint(text).starts_with("not named"));
        BOOST_TEST(!complaint(whole.substr(0, k) + whole.substr(k + 1)).starts_with("not named"));
        BOOST_TEST(!complaint(whole.substr(0, k) + whole[k] + whole.substr(k)).starts_with("not named"));
    }
    // A number changed by hand, and something after the end.
    std::string number = whole;
    number.replace(number.find("iteration 3"), 11, "iteration 2");
    BOOST_TEST(complaint(number) == damaged);
    BOOST_TEST(complaint(whole + " ") == damaged);
    BOOST_TEST(complaint(whole + whole) == damaged);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_checkpoint_of_this_version_is_refused_by_name) {
    const TemporaryFile file("checkpoint_foreign");
    const auto complaint = [&](const std::string& text) {
        std::ofstream(file.path(), std::ios::binary) << text;
        return message_of([&] { (void)resume_from(file.path()).read(); });
    };
    const std::string named = "resume_from: '" + file.path() + "' ";
    for (const char* text : {"", "\n", "something else\n", "hesse-run\n", "hesse-run two\n", "hesse-runs 2\n",
                             "hesse-run 2x\n", "hesse-run -2\n", "hesse-run 99999999999999999999\n"})
        BOOST_TEST(complaint(text) == named + "is not a checkpoint");
    BOOST_TEST(complaint("hesse-run 1\nmethod HeavyBall\n") ==
               named + "is a checkpoint of version 1, an older one: this library writes and reads version 4");
    BOOST_TEST(complaint("hesse-run 5\nwhatever that holds\n") ==
               named + "is a checkpoint of version 5, a newer one: this library writes and reads version 4");
    BOOST_TEST(message_of([] { (void)resume_from("/").read(); }) != "nothing thrown");
}

BOOST_AUTO_TEST_CASE(a_run_of_another_loss_is_refused) {
    const TemporaryFile file("checkpoint_of_another_loss");
    const auto around = [](double middle) {
        return test::AnalyticObjective(
            2, [=](const VectorXd& x) { return 0.5 * (x.array() - middle).square().sum(); },
            [=](const VectorXd& x) -> VectorXd { return x.array() - middle; },
            [](const VectorXd&, const VectorXd& v) { return v; });
    };
    const GradientDescent method({.step_size = 0.1});
    minimize(around(1.0), Vector2d(0.0, 0.0), method, Stopping{.iterations = 3}, checkpoint_to(file.path()));
    const auto again = minimize(around(1.0), Vector2d(0.0, 0.0), method, Stopping{.iterations = 5},
                                resume_from(file.path()));
    BOOST_TEST(again.iterations == 5);
    const std::string message = message_of([&] {
        minimize(around(7.0), Vector2d(0.0, 0.0), method, Stopping{.iterations = 5},
                 resume_from(file.path()));
    });
    BOOST_TEST(message.find("is not a checkpoint of this run") != std::string::npos);
    BOOST_TEST(message.find("the loss at its point is") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_left_alone_and_links_are_followed) {
    const auto f = test::rosenbrock();
    const GradientDescent method({.step_size = 1e-4});
    BOOST_TEST(message_of([&] {
                   minimize(f, Vector2d(-1.2, 1.0), method, Stopping{.iterations = 2},
                            checkpoint_to("/dev/null"));
               }) == "checkpoint_to: cannot write '/dev/null'");
    const TemporaryFile file("checkpoint_target"), link("checkpoint_link");
    std::filesystem::create_symlink(file.path(), link.path());  // to what is not there yet
    for (int k = 0; k < 2; ++k) {
        minimize(f, Vector2d(-1.2, 1.0), method, Stopping{.iterations = 2}, checkpoint_to(link.path()));
        BOOST_TEST(std::filesystem::is_symlink(link.path()));
        BOOST_TEST(contents(file.path()).starts_with("hesse-run"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
