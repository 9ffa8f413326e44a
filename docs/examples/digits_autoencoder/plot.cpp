#include "plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

namespace demo {
namespace {

/// Eight colours that people with any kind of colour vision tell apart (Okabe and Ito, 2008; their yellow
/// darkened for white paper). Dashes let a curve be seen below another that it coincides with.
constexpr std::array<const char*, 8> lines{"lw 2 lc rgb '#000000'",         "lw 2 lc rgb '#E69F00'",
                                           "lw 2 lc rgb '#56B4E9'",         "lw 2 lc rgb '#009E73'",
                                           "lw 2 lc rgb '#B8A000'",         "lw 2 dt '--' lc rgb '#0072B2'",
                                           "lw 2 dt '--' lc rgb '#D55E00'", "lw 2 lc rgb '#CC79A7'"};
constexpr double points_per_run = 400.0;
constexpr double smallest_gradient = 1e-8;  // drawn; an exact zero has no place on a logarithmic axis

std::string point(double gradient_equivalents, double value, double gradient_norm) {
    return fmt::format("{:.6g} {:.8g} {:.4g}\n", gradient_equivalents, value,
                       std::max(gradient_norm, smallest_gradient));
}

/// The history of a run, thinned evenly on the logarithmic axis. The last point stays; before an escape the
/// run stands still, which takes a point of its own; and so does the end, where a verdict may have cost a lot.
std::string data(const hesse::RunReport& run) {
    std::string text;
    double next = 0.0;
    const double ratio = std::pow(std::max(run.gradient_equivalents, 2.0), 1.0 / points_per_run);
    const hesse::IterationRecord* before = nullptr;
    for (const hesse::IterationRecord& line : run.history) {
        const bool escaped = before != nullptr && line.escapes > before->escapes;
        if (escaped) text += point(line.gradient_equivalents, before->value, before->gradient_norm);
        before = &line;
        if (line.gradient_equivalents < next && !escaped) continue;
        next = line.gradient_equivalents * ratio;
        text += point(line.gradient_equivalents, line.value, line.gradient_norm);
    }
    return text + point(run.gradient_equivalents, run.value, run.gradient_norm);
}

std::vector<std::string> starts_of(const std::vector<Attempt>& attempts) {
    std::vector<std::string> starts;
    for (const Attempt& attempt : attempts) {
        if (std::find(starts.begin(), starts.end(), attempt.start) == starts.end())
            starts.push_back(attempt.start);
    }
    return starts;
}

/// One panel: column `what` of the data of all runs from one start. Runs that ended at a saddle get a cross,
/// those that ended at a minimum a disc.
std::string panel(const std::vector<Attempt>& attempts, const std::string& start, int what) {
    std::string curves, marks, label = "unset label 99\n";
    std::size_t next = 0;
    int stopped = 0;
    for (std::size_t k = 0; k < attempts.size(); ++k) {
        const Attempt& attempt = attempts[k];
        if (attempt.start != start) continue;
        const std::string line = lines[next++ % lines.size()];
        curves += fmt::format("$run{} using 1:{} with lines {}, \\\n    ", k, what, line);
        const hesse::RunReport& run = attempt.run;
        if (attempt.still_moving()) continue;
        if (attempt.stopped_at_saddle() && what == 2)
            label =
                fmt::format("set label 99 '{} stopped at the saddle' at {:.6g},{:.8g} left offset 1.5,0\n",
                            ++stopped, run.gradient_equivalents, run.value);
        marks += fmt::format(
            "'+' using ({:.6g}):({:.8g}) every ::0::0 with points pt {} ps 1.6 {}, "
            "\\\n    ",
            run.gradient_equivalents, what == 2 ? run.value : std::max(run.gradient_norm, smallest_gradient),
            attempt.stopped_at_saddle() ? 2 : 7, line.substr(0, 5) + line.substr(line.find("lc")));
    }
    return label + "plot " + curves + marks + "1/0\n";
}

/// The names of the methods in two rows below all panels. (A key of gnuplot's would have to fit in a panel.)
std::string legend(const std::vector<Attempt>& attempts) {
    constexpr std::array<double, 4> columns{0.02, 0.30, 0.53, 0.76};  // parts of the width
    std::string text;
    std::size_t next = 0;
    for (const Attempt& attempt : attempts) {
        if (attempt.start != attempts.front().start) continue;
        const double x = columns[next / 2 % columns.size()];
        const double y = next % 2 == 0 ? 0.055 : 0.025;
        text += fmt::format(
            "set arrow from screen {0:.3f},{1} to screen {2:.3f},{1} nohead {3}\n"
            "set label '{4}' at screen {5:.3f},{1} left\n",
            x, y, x + 0.025, lines[next % lines.size()], attempt.method, x + 0.031);
        ++next;
    }
    return text;
}

std::string script(const std::vector<Attempt>& attempts) {
    const std::vector<std::string> starts = starts_of(attempts);
    std::string text = "# gnuplot loss.gnuplot  writes loss.svg and loss.png\n";
    for (std::size_t k = 0; k < attempts.size(); ++k)
        text += fmt::format("$run{} << END\n{}END\n", k, data(attempts[k].run));
    text += R"(
do for [kind in 'svg png'] {
reset
if (kind eq 'svg') { set terminal svg size 1100,860 font 'sans-serif,14' background rgb 'white' }
if (kind eq 'png') { set terminal pngcairo size 1100,860 font 'sans-serif,11' background rgb 'white' }
set output 'loss.'.kind
set logscale xy
set grid xtics ytics lt 1 lw 1 lc rgb '#e0e0e0'
set border lc rgb '#444444'
set tics nomirror
set xrange [1:*]
unset key
)";
    text += fmt::format("set multiplot layout 2,{} margins 0.075,0.972,0.165,0.95 spacing 0.075,0.045\n",
                        starts.size());
    text +=
        "set format x ''\nset format y '%g'\nset yrange [0.5:2.6]\n"
        "set ytics (0.5, 0.6, 0.7, 0.8, 1, 1.25, 1.5, 2, 2.5)\n";
    for (std::size_t k = 0; k < starts.size(); ++k) {
        text += fmt::format("set title 'start: {}'\nset ylabel '{}'\n", starts[k], k == 0 ? "loss" : "");
        text += panel(attempts, starts[k], 2);
    }
    text +=
        "set format x '%g'\nset xlabel 'gradient-equivalents'\nunset title\nset format y '10^{%L}'\n"
        "set yrange [5e-9:10]\nunset ytics\nset ytics nomirror\n";
    for (std::size_t k = 0; k < starts.size(); ++k) {
        text += fmt::format("set ylabel '{}'\n", k == 0 ? "gradient norm" : "");
        if (k + 1 == starts.size()) text += legend(attempts);
        text += panel(attempts, starts[k], 3);
    }
    return text + "unset multiplot\nset output\n}\n";
}

}  // namespace

bool plot(const std::filesystem::path& directory, const std::vector<Attempt>& attempts) {
    const std::filesystem::path path = directory / "loss.gnuplot";
    std::ofstream file(path);
    file << script(attempts);
    file.close();
    if (!file) throw std::runtime_error("plot: cannot write '" + path.string() + "'");

    // A picture of an earlier run must not pass for one of this run.
    std::filesystem::remove(directory / "loss.svg");
    std::filesystem::remove(directory / "loss.png");
    // Run where the script lies, so that no path has to be quoted for the shell.
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(directory);
    const int status = std::system("gnuplot loss.gnuplot");  // NOLINT(concurrency-mt-unsafe)
    std::filesystem::current_path(before);
    return status == 0;
}

}  // namespace demo
