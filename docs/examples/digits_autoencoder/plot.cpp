#include "plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

namespace demo {
namespace {

/// Eight colours that people with any kind of colour vision tell apart (Okabe and Ito, 2008; their yellow
/// darkened for white paper).
constexpr std::array<const char*, 8> colours{"#000000", "#E69F00", "#56B4E9", "#009E73",
                                             "#B8A000", "#0072B2", "#D55E00", "#CC79A7"};
constexpr double points_per_run = 400.0;

/// The history of a run, thinned evenly on the logarithmic axis; the last point stays.
std::string data(const std::vector<hesse::IterationRecord>& history) {
    std::string text;
    double next = 0.0;
    const double ratio = std::pow(std::max(history.back().gradient_equivalents, 2.0), 1.0 / points_per_run);
    for (std::size_t k = 0; k < history.size(); ++k) {
        const hesse::IterationRecord& line = history[k];
        if (line.gradient_equivalents < next && k + 1 < history.size()) continue;
        next = line.gradient_equivalents * ratio;
        // An exact zero has no place on a logarithmic axis.
        text += fmt::format("{:.6g} {:.10g} {:.6g}\n", line.gradient_equivalents, line.value,
                            std::max(line.gradient_norm, 1e-17));
    }
    return text;
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
/// those that reached a minimum a disc.
std::string panel(const std::vector<Attempt>& attempts, const std::string& start, int what, bool key) {
    std::string curves, marks;
    std::size_t colour = 0;
    for (std::size_t k = 0; k < attempts.size(); ++k) {
        const Attempt& attempt = attempts[k];
        if (attempt.start != start) continue;
        const char* const rgb = colours[colour++ % colours.size()];
        curves += fmt::format("    $run{} using 1:{} with lines lw 2 lc rgb '{}' title '{}', \\\n", k, what,
                              rgb, attempt.method);
        if (attempt.still_moving()) continue;
        const auto& last = attempt.run.history.back();
        marks += fmt::format("    '+' using ({:.6g}):({:.10g}) every ::0::0 with points pt {} ps 1.2 lc rgb "
                             "'{}' notitle, \\\n",
                             last.gradient_equivalents,
                             what == 2 ? last.value : std::max(last.gradient_norm, 1e-17),
                             attempt.stopped_at_saddle() ? 2 : 7, rgb);
    }
    return fmt::format("{}\nplot \\\n{}{}    1/0 notitle\n",
                       key ? "set key at screen 0.5, 0.01 center bottom maxrows 2 samplen 2 spacing 1.2 font ',11'"
                           : "unset key",
                       curves, marks);
}

std::string script(const std::vector<Attempt>& attempts) {
    const std::vector<std::string> starts = starts_of(attempts);
    std::string text = "# gnuplot loss.gnuplot  writes loss.svg and loss.png\n";
    for (std::size_t k = 0; k < attempts.size(); ++k)
        text += fmt::format("$run{} << END\n{}END\n", k, data(attempts[k].run.history));
    text += R"(
set logscale xy
set format y '%g'
set grid lc rgb '#dddddd'
set border lc rgb '#444444'
set tics nomirror
set xrange [1:*]
do for [kind in 'svg png'] {
if (kind eq 'svg') { set terminal svg size 1100,820 font 'sans-serif,13' background rgb 'white' }
if (kind eq 'png') { set terminal pngcairo size 1100,820 font 'sans-serif,11' background rgb 'white' }
set output 'loss.'.kind
)";
    text += fmt::format("set multiplot layout 2,{} margins 0.07,0.985,0.185,0.95 spacing 0.075,0.05\n",
                        starts.size());
    text += "set format x ''\nset yrange [0.5:2.6]\nset ytics (0.5, 0.6, 0.7, 0.8, 1, 1.3, 1.6, 2, 2.35)\n";
    for (std::size_t k = 0; k < starts.size(); ++k) {
        text += fmt::format("set title 'start: {}'\nset ylabel '{}'\n", starts[k], k == 0 ? "loss" : "");
        text += panel(attempts, starts[k], 2, false);
    }
    text += "set format x '%g'\nset xlabel 'gradient-equivalents'\nunset title\nset yrange [1e-17:10]\n"
            "set ytics auto\nset format y '10^{%L}'\n";
    for (std::size_t k = 0; k < starts.size(); ++k) {
        text += fmt::format("set ylabel '{}'\n", k == 0 ? "gradient norm" : "");
        text += panel(attempts, starts[k], 3, k == 0);
    }
    return text + "unset multiplot\nset xlabel ''\nset output\n}\n";
}

}  // namespace

bool plot(const std::filesystem::path& directory, const std::vector<Attempt>& attempts) {
    const std::filesystem::path path = directory / "loss.gnuplot";
    std::ofstream file(path);
    file << script(attempts);
    file.close();
    if (!file) throw std::runtime_error("plot: cannot write '" + path.string() + "'");

    // Run where the script lies, so that no path has to be quoted for the shell.
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(directory);
    const int status = std::system("gnuplot loss.gnuplot");  // NOLINT(concurrency-mt-unsafe)
    std::filesystem::current_path(before);
    return status == 0;
}

}  // namespace demo
