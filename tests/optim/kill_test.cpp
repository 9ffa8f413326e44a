#include "hesse/optim/checkpoint.hpp"
#include "hesse/optim/history_csv.hpp"
#include "hesse/optim/history_json_lines.hpp"
#include "hesse/optim/minimize.hpp"
#include "support/every_method.hpp"
#include "support/wells.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>

/// Runs that are killed at any instant and go on from their checkpoint end as one that is left alone.
namespace {

using namespace hesse;
using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::nanoseconds;

constexpr int kills_per_method = 200;
constexpr int failed = 99;  // exit code of a child that throws; otherwise it is the status of the run

/// A folder for the files of one test, in memory if there is a place for that: a checkpoint waits for the disk.
class Folder {
public:
    Folder() {
        const std::filesystem::path memory = "/dev/shm";
        const auto parent =
            access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
        path_ = parent / ("hesse_kill_test_" + std::to_string(getpid()));
        std::filesystem::create_directories(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] std::string file(const char* name) const { return path_ / name; }
    void clear() const {
        for (const auto& entry : std::filesystem::directory_iterator(path_)) std::filesystem::remove(entry);
    }

private:
    std::filesystem::path path_;
};

std::string contents(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// A run with histories, which begins where it was if it is one that was killed. `extras`: more arguments of minimize.
template <Optimizer M>
class KilledRun {
public:
    KilledRun(const M& method, const Folder& folder) : method_(method), folder_(folder) {}

    /// In this process; sees to it that one in a child takes some milliseconds, with twenty checkpoints.
    void measure() {
        const Solution whole = run(Wells());
        status_ = static_cast<int>(whole.status);
        csv_ = contents(folder_.file("history.csv"));
        json_ = contents(folder_.file("history.jsonl"));
        folder_.clear();
        const Evaluations total = whole.counters.total();
        pause_ = nanoseconds(5'000'000 / (total.values + total.gradients + total.products));
        every_ = std::max<Index>(1, whole.iterations / 20);
        iterations_ = whole.iterations;
    }
    [[nodiscard]] Index iterations() const { return iterations_; }

    [[nodiscard]] pid_t start_child() const {
        const pid_t child = fork();
        if (child != 0) return child;
        int code = failed;
        try {
            code = static_cast<int>(run(Wells(pause_)).status);
        } catch (const std::exception& error) {
            std::ofstream(folder_.file("error")) << error.what();
        }
        _exit(code);  // nothing of the parent is ended here
    }

    [[nodiscard]] bool has_checkpoint() const { return std::filesystem::exists(folder_.file("state")); }

    void check_end(int exit_code) const {
        BOOST_TEST(exit_code == status_, exit_code << ' ' << contents(folder_.file("error")));
        BOOST_TEST(contents(folder_.file("history.csv")) == csv_);
        BOOST_TEST(contents(folder_.file("history.jsonl")) == json_);
        folder_.clear();
    }

private:
    using Wells = hesse::test::Wells;

    [[nodiscard]] Solution run(const Wells& f) const {
        const HistoryOptions without_time{.seconds = false};
        const auto with = [&](auto&&... more) {
            return minimize(f, Wells::start_at_saddles(), method_,
                            Stopping{.gradient_norm = 1e-4, .iterations = 100},
                            history_to_csv(folder_.file("history.csv"), without_time),
                            history_to_json_lines(folder_.file("history.jsonl"), without_time),
                            checkpoint_to(folder_.file("state"), every_), more...);
        };
        const auto resumed = [&](auto&&... more) {
            return has_checkpoint() ? with(resume_from(folder_.file("state")), more...) : with(more...);
        };
        if constexpr (requires(M& method) { method.escape(); }) return resumed();
        else return resumed(NegativeCurvatureEscape{});
    }

    const M& method_;
    const Folder& folder_;
    nanoseconds pause_{};
    Index every_ = 1, iterations_ = 0;
    int status_ = failed;
    std::string csv_, json_;
};

struct Tally {
    int killed = 0, resumed = 0,
        finished = 0;  // children: those killed at work, those that went on, runs that came to their end
};

/// Starts children and kills them until so many were killed, and every run that was begun has ended.
template <Optimizer M>
Tally kill_and_resume(const M& method, RandomGenerator& random) {
    const Folder folder;
    KilledRun<M> run(method, folder);
    run.measure();
    BOOST_TEST(run.iterations() >= 10);
    nanoseconds lifetime(5'000'000);  // of a child that is left alone, as last seen
    Tally tally;
    for (bool underway = false; tally.killed < kills_per_method || underway;) {
        tally.resumed += run.has_checkpoint() ? 1 : 0;
        const bool spare = tally.killed >= kills_per_method || (!underway && tally.finished % 8 == 0);
        const auto begun = Clock::now();
        const pid_t child = run.start_child();
        if (!spare) {
            std::this_thread::sleep_for(0.2 * random.uniform() * lifetime);
            kill(child, SIGKILL);
        }
        int status = 0;
        waitpid(child, &status, 0);
        underway = !WIFEXITED(status);
        if (underway) {
            ++tally.killed;
            continue;
        }
        if (spare) lifetime = Clock::now() - begun;
        ++tally.finished;
        run.check_end(WEXITSTATUS(status));
        if (WEXITSTATUS(status) == failed) break;
    }
    return tally;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kill_test)

BOOST_AUTO_TEST_CASE(runs_of_every_method_survive_being_killed) {
    RandomGenerator random(1);
    Tally all;
    test::for_every_method([&](const auto& method, std::string_view label) {
        BOOST_TEST_CONTEXT(label) {
            const Tally tally = kill_and_resume(method, random);
            BOOST_TEST(tally.killed >= kills_per_method);
            BOOST_TEST(tally.finished >=
                       1);  // a whole run of many parts; on a busy machine there are not many more
            all.killed += tally.killed;
            all.resumed += tally.resumed;
            all.finished += tally.finished;
        }
    });
    BOOST_TEST_MESSAGE(all.killed << " killed, " << all.resumed << " resumed, " << all.finished
                                  << " finished");
    BOOST_TEST(2 * all.resumed > all.killed);  // or most would have been killed before they had done anything
}

BOOST_AUTO_TEST_SUITE_END()
