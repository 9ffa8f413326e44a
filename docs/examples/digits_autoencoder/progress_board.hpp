#pragma once

#include <hesse/optim.hpp>

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

namespace demo {

/// The progress of several runs at once, on standard error: a line for each that ends, and below them one
/// that says how far the others are. (For a single run `hesse::progress()` does that.) On a terminal this
/// line is rewritten in place, elsewhere it is repeated every ten seconds.
class ProgressBoard {
public:
    explicit ProgressBoard(std::size_t runs);
    ~ProgressBoard();

    /// Observer of one run.
    class Reporter {
    public:
        Reporter(ProgressBoard& board, std::size_t run, std::string name)
            : board_(&board), run_(run), name_(std::move(name)) {}
        void operator()(hesse::Iteration& now) { board_->show(run_, name_, now); }
        void finish(const hesse::RunReport& report) { board_->end(run_, name_, report); }

    private:
        ProgressBoard* board_;
        std::size_t run_;
        std::string name_;
    };
    Reporter reporter(std::size_t run, std::string name) { return {*this, run, std::move(name)}; }

private:
    void show(std::size_t run, const std::string& name, const hesse::Iteration& now);
    void end(std::size_t run, const std::string& name, const hesse::RunReport& report);
    void print(const std::string& line, bool stays);

    using Clock = std::chrono::steady_clock;
    std::mutex mutex_;
    std::vector<std::string> running_;  // empty: not under way
    std::size_t ended_ = 0;
    bool terminal_;
    bool line_open_ = false;
    Clock::time_point last_ = Clock::now();
};

}  // namespace demo
