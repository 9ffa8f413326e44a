// Ways out of saddles, by all methods, in gradient-equivalents. Writes the whole of docs/ways_out_of_saddles.md and the picture there.
#include "harness/workload.hpp"
#include "hesse/optim/picture.hpp"
#include "saddles/ways_out.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace hesse::bench {
namespace {

constexpr double budget = 5000.0;

struct Row {
    std::string saddle, index;
    long n = 0;
    std::vector<WayOut> ways;
};

std::string page(const std::vector<Row>& rows) {
    std::string text = fmt::format(
        "# Ways out of saddles\n\n"
        "Written by `./run bench --filter escapes`: what each method takes, in gradient-equivalents (a value "
        "is a third, a product two), from\n"
        "a point at distance 1e-6 of a saddle until the loss has fallen half of the way to its least value; "
        "a dash where {:.0f} were not\n"
        "enough, or the run ended at the saddle. In brackets the Hessian products among them. A star: the "
        "method also leaves the saddle\n"
        "itself, where the gradient is exactly zero. Steps of fixed length are half of 1 / |H| at the "
        "saddle, those of RMSprop and Adam 0.01.\n\n"
        "![Part of the saddles that are left within a budget](pictures/ways_out_of_saddles.png)\n\n| method "
        "|",
        budget);
    for (const Row& row : rows) text += fmt::format(" {}, n {}, index {} |", row.saddle, row.n, row.index);
    text += "\n| --- |";
    for (std::size_t k = 0; k < rows.size(); ++k) text += " --: |";
    for (std::size_t m = 0; m < rows.front().ways.size(); ++m) {
        text += fmt::format("\n| {} |", rows.front().ways[m].method);
        for (const Row& row : rows) {
            const WayOut& way = row.ways[m];
            text += fmt::format(" {}{}{} |", way.cost ? fmt::format("{:.0f}", *way.cost) : "-",
                                way.cost && way.products > 0 ? fmt::format(" ({})", way.products) : "",
                                way.from_the_saddle_itself ? "*" : "");
        }
    }
    return text + '\n';
}

void draw_picture(const std::filesystem::path& directory, const std::vector<Row>& rows) {
    const std::size_t methods = rows.front().ways.size();
    PictureData data;
    data.names = {"gradient_equivalents"};
    for (const WayOut& way : rows.front().ways) data.names.push_back(way.method);
    for (int k = 0; k <= 300; ++k) {
        const double cost = 10.0 * std::pow(budget / 10.0, k / 300.0);
        std::vector<double> line{cost};
        for (std::size_t m = 0; m < methods; ++m) {
            int left = 0;
            for (const Row& row : rows) left += row.ways[m].cost && *row.ways[m].cost <= cost ? 1 : 0;
            line.push_back(static_cast<double>(left) / static_cast<double>(rows.size()));
        }
        data.rows.push_back(line);
    }
    std::string commands = fmt::format(
        "set logscale x\nset xrange [10:{:.0f}]\nset yrange [0:1]\nset key outside right\n"
        "set xlabel 'gradient-equivalents'\nset ylabel 'part of the saddles that are left'\nplot ",
        budget);
    for (std::size_t m = 0; m < methods; ++m)
        commands += fmt::format("{}$data using 1:{} with steps lt {} dt {} title '{}'", m > 0 ? ", " : "",
                                m + 2, m % 6 + 1, m / 6 + 1, data.names[m + 1]);
    draw(directory, "ways_out_of_saddles", data, commands + "\n");
}

void measure(Session& session) {
    std::vector<Row> rows;
    for (const auto make : saddles()) {
        const Saddle saddle = make();
        rows.push_back({saddle.name, saddle.index, static_cast<long>(saddle.point.size()), {}});
        std::cerr << "  " << saddle.name << ", n " << rows.back().n << ", index " << saddle.index << '\n';
        rows.back().ways = ways_out(saddle, budget);
    }
    for (std::size_t m = 0; m < rows.front().ways.size(); ++m) {
        int left = 0, from_itself = 0;
        for (const Row& row : rows) {
            left += row.ways[m].cost ? 1 : 0;
            from_itself += row.ways[m].from_the_saddle_itself ? 1 : 0;
        }
        session.report.remark(
            fmt::format("Saddles left by {}: {} of {} from beside them, {} from the point itself",
                        rows.front().ways[m].method, left, rows.size(), from_itself));
    }
    const std::filesystem::path docs = std::filesystem::path(HESSE_BENCH_DOCUMENT).parent_path();
    draw_picture(docs / "pictures", rows);
    std::ofstream file(docs / "ways_out_of_saddles.md");
    file << page(rows);
    if (!file.flush()) throw std::runtime_error("escapes: cannot write docs/ways_out_of_saddles.md");
}

const Registration registration{"escapes", measure};

}  // namespace
}  // namespace hesse::bench
