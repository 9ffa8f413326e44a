#include "harness/workload.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

// What the library costs a compiler, in multiples of <Eigen/Dense>: the units in compile_time/ at -O2.
namespace hesse::bench {
namespace {

constexpr int most_rounds = 3;

struct Cost {
    double seconds, bytes;
};

/// Processor time and peak of memory of one run of the compiler, all of its processes together.
Cost compile(const std::string& unit) {
    const std::string source = (std::filesystem::path(HESSE_BENCH_SOURCES) / "compile_time" / unit).string();
    std::vector<std::string> words{HESSE_BENCH_COMPILER, "-std=c++20", "-O2", "-c", source, "-o",
                                   "/dev/null"};
    std::istringstream directories(HESSE_BENCH_INCLUDES);
    for (std::string directory; std::getline(directories, directory, ':');) words.push_back("-I" + directory);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("compile_time: no second process");
    if (child == 0) {
        execv(arguments[0], arguments.data());
        _exit(127);
    }
    int status = 0;
    rusage usage;
    if (wait4(child, &status, 0, &usage) != child || status != 0) {
        throw std::runtime_error("compile_time: the compiler failed on " + source);
    }
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return {seconds(usage.ru_utime) + seconds(usage.ru_stime), 1024.0 * static_cast<double>(usage.ru_maxrss)};
}

/// A loss of so many statements, each an `auto` of the one before, as a file.
std::string chain_of_autos(int statements) {
    const auto path = std::filesystem::temp_directory_path() / fmt::format("hesse_autos_{}.cpp", getpid());
    std::ofstream file(path);
    file << "#include <hesse/autodiff.hpp>\n"
            "template <class T>\n"
            "T loss(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) {\n"
            "    auto a0 = x[0] * x[1];\n";
    for (int i = 1; i < statements; ++i) {
        file << fmt::format("    auto a{} = sin(a{}) * x[{}] + {}.5;\n", i, i - 1, i % 7, i);
    }
    file << fmt::format(
        "    return a{};\n}}\n"
        "double product(const Eigen::VectorXd& x, Eigen::VectorXd& out) {{\n"
        "    const auto f = hesse::objective([]<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& y) {{\n"
        "        return loss<T>(y);\n    }}, x.size());\n"
        "    const auto at = f.linearize(x);\n    at.hessian().apply(x, out);\n    return at.value();\n}}\n",
        statements - 1);
    return path.string();
}

/// Seconds that a chain takes.
double seconds_of_autos(int statements) {
    const std::string path = chain_of_autos(statements);
    const Cost cost = compile(path);
    std::filesystem::remove(path);
    return cost.seconds;
}

struct Unit {
    std::string name, source;
    Target target;
    Cost cost{1e9, 1e18};
};

void measure(Session& session) {
    Unit units[] = {{"compile_eigen", "eigen.cpp", {}},
                    {"compile_header", "hesse.cpp", Target{"eigen", 1.5}},
                    {"compile_twelve_losses", "twelve_losses.cpp", Target{"eigen", 2.5}}};
    for (int round = 0; round < std::min(most_rounds, session.rounds); ++round) {
        for (Unit& unit : units) {
            const Cost cost = compile(unit.source);
            unit.cost.seconds = std::min(unit.cost.seconds, cost.seconds);
            unit.cost.bytes = std::min(unit.cost.bytes, cost.bytes);
        }
    }
    const Cost eigen = units[0].cost;
    for (const Unit& unit : units) {
        const bool reference = &unit == units;
        Entry entry;
        entry.workload = unit.name;
        entry.size = 1;
        entry.style = "array";
        entry.contender = reference ? "eigen" : "hesse";
        entry.quantity = "compile_time";
        entry.seconds = unit.cost.seconds;
        entry.bytes = unit.cost.bytes;
        if (!reference) {
            entry.ratios["eigen"] = unit.cost.seconds / eigen.seconds;
            entry.target = unit.target;
        }
        session.report.add(entry);
    }
    session.report.remark(fmt::format(
        "Compiling: <Eigen/Dense> takes {:.2f} s and {:.0f} MB; <hesse/hesse.hpp> {:.2f} x and {:.2f} x of "
        "that "
        "(asked: 1.5 and 1.3), twelve losses with second order {:.2f} x and {:.2f} x (asked: 2.5)",
        eigen.seconds, 1e-6 * eigen.bytes, units[1].cost.seconds / eigen.seconds,
        units[1].cost.bytes / eigen.bytes, units[2].cost.seconds / eigen.seconds,
        units[2].cost.bytes / eigen.bytes));
    const double once = seconds_of_autos(200), twice = seconds_of_autos(400);
    session.report.remark(
        fmt::format("Compiling a loss of 200 statements, each an `auto` of the one before, takes {:.1f} s, "
                    "of 400 {:.1f} s",
                    once, twice));
}

const Registration registration{"compile_time", measure};

}  // namespace
}  // namespace hesse::bench
