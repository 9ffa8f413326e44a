#include "published/performance_profile.hpp"

#include "hesse/optim/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

namespace hesse::bench {

void draw_performance_profile(const std::filesystem::path& directory, const std::vector<Outcome>& outcomes) {
    std::map<std::string, double> best;  // by problem
    for (const Outcome& outcome : outcomes) {
        const auto [known, added] = best.emplace(outcome.problem, outcome.gradient_equivalents());
        known->second = std::min(known->second, outcome.gradient_equivalents());
    }
    std::vector<std::string> methods;
    std::map<std::string, std::vector<double>> ratios;
    for (const Outcome& outcome : outcomes) {
        if (!ratios.contains(outcome.method)) methods.push_back(outcome.method);
        const double least = best[outcome.problem];
        ratios[outcome.method].push_back(std::isfinite(least) ? outcome.gradient_equivalents() / least
                                                              : std::numeric_limits<double>::infinity());
    }
    PictureData data;
    data.names = {"tau"};
    for (const std::string& method : methods) data.names.push_back(method);
    constexpr double largest = 32.0;
    for (int k = 0; k <= 400; ++k) {
        const double tau = std::pow(largest, k / 400.0);
        std::vector<double> row{tau};
        for (const std::string& method : methods) {
            const auto& all = ratios[method];
            const auto within = std::count_if(all.begin(), all.end(),
                                              [tau](double ratio) { return ratio <= tau * (1.0 + 1e-12); });
            row.push_back(static_cast<double>(within) / static_cast<double>(best.size()));
        }
        data.rows.push_back(row);
    }
    std::string commands =
        "set logscale x 2\nset xrange [1:32]\nset yrange [0:1]\nset key bottom right\n"
        "set xlabel 'cost in gradient-equivalents, in multiples of the best method on each problem'\n"
        "set ylabel 'part of the problems'\nplot ";
    for (std::size_t k = 0; k < methods.size(); ++k)
        commands += fmt::format("{}$data using 1:{} with steps lt {} {} title '{}'", k > 0 ? ", " : "", k + 2,
                                k % 6 + 1, k < 6 ? "" : "dt 2", methods[k]);
    draw(directory, "performance_profile", data, commands + "\n");
}

}  // namespace hesse::bench
