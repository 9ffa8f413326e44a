// A run that can be killed and goes on from its checkpoint: long_run <name> <milliseconds a step>.
#include "hesse/hesse.hpp"
#include "hesse/mpi.hpp"

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <ios>
#include <stdexcept>
#include <string>
#include <thread>

using namespace hesse;

int main(int count, char** arguments) try {
    if (count != 3) throw std::invalid_argument("long_run <name> <milliseconds a step>");
    const std::string name = arguments[1];
    const auto pause = std::chrono::milliseconds(std::atoi(arguments[2]));
    const auto ranks = mpi_world();
    std::ofstream(name + ".pid." + std::to_string(ranks->rank())) << getpid() << std::endl;

    constexpr Index rows = 400, width = 6;
    const Eigen::MatrixXd x = Eigen::MatrixXd::NullaryExpr(rows, width, [](Index i, Index j) {
        return std::sin(1.0 + 0.37 * static_cast<double>(i * (j + 2)));
    });
    const auto f =
        finite_sum(
            rows,
            [&](const auto& w, const Rows& part) { return log(1.0 + exp((part.of(x) * w).array())).sum(); },
            width, {.rows_per_part = 20, .threads = 1, .average = true, .communicator = ranks})
            .plus([](const auto& w) { return 0.01 * w.squaredNorm(); });

    const std::string saved = name + ".checkpoint";
    const Stopping stopping{.gradient_norm = 0.0, .iterations = 300, .second_order = false};
    const auto wait = [&](const Iteration&) { std::this_thread::sleep_for(pause); };
    const Eigen::VectorXd start = Eigen::VectorXd::Ones(width);
    const bool resumes = std::filesystem::exists(saved);
    (void)ranks->broadcast(resumes);  // nobody writes it before all have looked
    if (resumes && ranks->rank() == 0) std::puts("resumed");
    const HeavyBall method({.step_size = 0.3});
    const Solution found =
        resumes ? minimize(f, start, method, stopping, wait, checkpoint_to(saved, 1), resume_from(saved))
                : minimize(f, start, method, stopping, wait, checkpoint_to(saved, 1));
    if (ranks->rank() == 0) {
        std::ofstream result(name + ".result");
        result << std::hexfloat << found.value << '\n' << found.x << '\n';
    }
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "long_run: %s\n", error.what());
    return 1;
}
