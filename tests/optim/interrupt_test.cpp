#include "hesse/optim/interrupt.hpp"

#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/trust_region.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <optional>
#include <stdexcept>
#include <thread>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

volatile std::sig_atomic_t own_calls = 0;

/// While it lives, SIGINT is counted by a handler of the test's own.
class OwnHandler {
public:
    OwnHandler() {
        own_calls = 0;
        before_ = std::signal(SIGINT, count);
    }
    ~OwnHandler() { std::signal(SIGINT, before_); }
    OwnHandler(const OwnHandler&) = delete;
    OwnHandler& operator=(const OwnHandler&) = delete;

    /// Whether it is in force.
    [[nodiscard]] bool installed() const {
        struct sigaction now = {};
        sigaction(SIGINT, nullptr, &now);
        return now.sa_handler == count;
    }

private:
    static void count(int) { own_calls = own_calls + 1; }
    void (*before_)(int);
};

/// An observer that sends this process a signal at one iteration.
auto interrupt_at(Index iteration) {
    return [=](const Iteration& now) {
        if (now.iteration() == iteration) std::raise(SIGINT);
    };
}

template <class... E>
Solution creep(E&&... extras) {
    return minimize(test::rosenbrock(), Vector2d(-1.2, 1.0), GradientDescent({1e-4}),
                    Stopping{.iterations = 50}, extras...);
}

/// What became of a child that runs `work`, once it has said that it is under way and was sent so many signals, 50 ms apart.
template <class Work>
int status_of_child(Work work, int signals) {
    int ready[2];
    BOOST_REQUIRE(pipe(ready) == 0);
    const pid_t child = fork();
    if (child == 0) {
        std::signal(SIGINT, SIG_DFL);
        _exit(work(ready[1]));
    }
    char byte = 0;
    BOOST_REQUIRE(read(ready[0], &byte, 1) == 1);
    for (int k = 0; k < signals; ++k) {
        kill(child, SIGINT);
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    int status = 0;
    waitpid(child, &status, 0);
    close(ready[0]);
    close(ready[1]);
    return status;
}

/// A run which says at its third step that it is under way; from then on steps take so long.
Solution slow_run(int ready, std::chrono::milliseconds step) {
    return minimize(test::rosenbrock(), Vector2d(-1.2, 1.0), GradientDescent({1e-4}),
                    Stopping{.iterations = 1'000'000}, stop_on_interrupt(), [=](const Iteration& now) {
                        if (now.iteration() < 3) return;
                        if (now.iteration() == 3 && write(ready, "r", 1) != 1) _exit(1);
                        std::this_thread::sleep_for(step);
                    });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(interrupt)

BOOST_AUTO_TEST_CASE(the_run_ends_after_the_step_with_its_best_point) {
    const OwnHandler own;
    const Solution found = creep(stop_on_interrupt(), interrupt_at(7));
    BOOST_TEST(found.status == Status::stopped_by_user);
    BOOST_TEST(found.iterations == 7);
    BOOST_TEST(found.value == found.history.back().value);  // it falls all the way
    BOOST_TEST(own_calls == 0);
    BOOST_TEST(own.installed());
    // Without it, or after it, the signal is whose it was.
    BOOST_TEST(creep(interrupt_at(7)).iterations == 50);
    BOOST_TEST(own_calls == 1);
}

BOOST_AUTO_TEST_CASE(a_signal_within_a_step_waits_for_its_end) {
    const OwnHandler own;
    const auto good = test::rosenbrock();
    int left = 5;
    const test::AnalyticObjective f(
        2, [&](const VectorXd& x) { return good.value(x); },
        [&](const VectorXd& x) -> VectorXd {
            if (--left == 0) std::raise(SIGINT);
            return good.linearize(x).gradient();
        },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; });
    const Solution found = minimize(f, Vector2d(-1.2, 1.0), GradientDescent({1e-4}), stop_on_interrupt());
    BOOST_TEST(found.status == Status::stopped_by_user);
    BOOST_TEST(found.iterations == 4);  // the start's gradient is the first
}

BOOST_AUTO_TEST_CASE(the_handler_is_given_back_when_something_throws) {
    const OwnHandler own;
    BOOST_CHECK_THROW(creep(stop_on_interrupt(),
                            [&](const Iteration& now) {
                                BOOST_TEST(!own.installed());
                                if (now.iteration() == 3) throw std::runtime_error("midway");
                            }),
                      std::runtime_error);
    BOOST_TEST(own.installed());
    BOOST_CHECK_THROW(minimize(test::rosenbrock(), VectorXd::Zero(3), GradientDescent{}, stop_on_interrupt()),
                      std::invalid_argument);
    BOOST_TEST(own.installed());
}

BOOST_AUTO_TEST_CASE(a_second_signal_goes_to_the_handler_before) {
    const OwnHandler own;
    const Solution found = creep(stop_on_interrupt(), interrupt_at(7), interrupt_at(7), interrupt_at(7));
    BOOST_TEST(found.iterations == 7);
    BOOST_TEST(own_calls == 2);
    BOOST_TEST(own.installed());
    // The next run takes its first signal again.
    BOOST_TEST(creep(stop_on_interrupt(), interrupt_at(2)).iterations == 2);
    BOOST_TEST(own_calls == 2);
}

BOOST_AUTO_TEST_CASE(runs_within_runs_are_all_told) {
    const OwnHandler own;
    std::optional<Solution> inner, later;
    const Solution outer = creep(stop_on_interrupt(), [&](const Iteration& now) {
        if (now.iteration() == 4) inner = creep(stop_on_interrupt(), interrupt_at(7));
        if (now.iteration() == 4) later = creep(stop_on_interrupt());
    });
    BOOST_TEST(inner->iterations == 7);
    BOOST_TEST(later->iterations == 50);  // it began after the signal
    BOOST_TEST(outer.iterations == 4);
    BOOST_TEST(outer.status == Status::stopped_by_user);
    BOOST_TEST(own_calls == 0);
    BOOST_TEST(own.installed());
}

BOOST_AUTO_TEST_CASE(runs_beside_each_other_are_all_told) {
    const OwnHandler own;
    std::atomic<int> begun{0};
    const auto run = [&](Solution& found) {
        found = minimize(test::rosenbrock(), Vector2d(-1.2, 1.0), GradientDescent({1e-6}),
                         Stopping{.iterations = 100'000'000}, stop_on_interrupt(),
                         [&](const Iteration& now) { begun += now.iteration() == 1 ? 1 : 0; });
    };
    Solution first, second;
    std::thread one([&] { run(first); }), other([&] { run(second); });
    while (begun < 2) std::this_thread::yield();
    kill(getpid(), SIGINT);
    one.join();
    other.join();
    BOOST_TEST(first.status == Status::stopped_by_user);
    BOOST_TEST(second.status == Status::stopped_by_user);
    BOOST_TEST(own_calls == 0);
    BOOST_TEST(own.installed());
}

BOOST_AUTO_TEST_CASE(what_ignores_the_signal_goes_on_ignoring_it) {
    const OwnHandler own;
    std::signal(SIGINT, SIG_IGN);
    BOOST_TEST(creep(stop_on_interrupt(), interrupt_at(7)).iterations == 50);
}

BOOST_AUTO_TEST_CASE(one_signal_ends_a_run_and_two_end_its_process) {
    const auto ends_cleanly = [](int ready) {
        return slow_run(ready, std::chrono::milliseconds(1)).status == Status::stopped_by_user ? 17 : 1;
    };
    const int stopped = status_of_child(ends_cleanly, 1);
    BOOST_TEST(WIFEXITED(stopped));
    BOOST_TEST(WEXITSTATUS(stopped) == 17);
    const auto hangs = [](int ready) {
        slow_run(ready, std::chrono::minutes(1));
        return 17;
    };
    const int killed = status_of_child(hangs, 2);
    BOOST_TEST(WIFSIGNALED(killed));
    BOOST_TEST(WTERMSIG(killed) == SIGINT);
}

BOOST_AUTO_TEST_SUITE_END()
