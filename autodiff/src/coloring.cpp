#include "hesse/autodiff/coloring.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace hesse {
namespace {

using Neighbors = std::vector<std::vector<Index>>;

Neighbors neighbors_of(Index size, const auto& pairs) {
    Neighbors neighbors(static_cast<std::size_t>(size));
    for (const auto& [i, j] : pairs) {
        if (i == j) continue;
        neighbors[static_cast<std::size_t>(i)].push_back(j);
        neighbors[static_cast<std::size_t>(j)].push_back(i);
    }
    for (std::vector<Index>& row : neighbors) {
        std::sort(row.begin(), row.end());
        row.erase(std::unique(row.begin(), row.end()), row.end());
    }
    return neighbors;
}

constexpr Index none = -1;

std::vector<Index> star_coloring(const Neighbors& neighbors) {
    const auto of = [&](Index v) -> const std::vector<Index>& {
        return neighbors[static_cast<std::size_t>(v)];
    };
    const auto n = static_cast<Index>(neighbors.size());
    std::vector<Index> color(neighbors.size(), none), forbidden_for(neighbors.size() + 1, none);
    const auto color_of = [&](Index v) { return color[static_cast<std::size_t>(v)]; };
    for (Index v = 0; v < n; ++v) {
        const auto forbid = [&](Index c) {
            if (c != none) forbidden_for[static_cast<std::size_t>(c)] = v;
        };
        for (const Index w : of(v)) {
            forbid(color_of(w));
            for (const Index x : of(w)) {
                if (x == v || color_of(x) == none) continue;
                // v - w - x - y with two colors alone, or with one of w yet to come
                const bool path = color_of(w) == none ||
                                  std::any_of(of(x).begin(), of(x).end(),
                                              [&](Index y) { return y != w && color_of(y) == color_of(w); });
                if (path) forbid(color_of(x));
            }
        }
        Index c = 0;
        while (forbidden_for[static_cast<std::size_t>(c)] == v) ++c;
        color[static_cast<std::size_t>(v)] = c;
    }
    return color;
}

}  // namespace

void SymmetricColoring::color(Index rows, Index columns, const std::vector<Pair>& pairs) {
    if (rows != columns) {
        throw std::invalid_argument("SymmetricColoring: the pattern is " + std::to_string(rows) + " x " +
                                    std::to_string(columns) + ", expected a square matrix");
    }
    const Neighbors neighbors = neighbors_of(rows, pairs);
    color_ = star_coloring(neighbors);
    for (const Index c : color_) colors_ = std::max(colors_, c + 1);
    // Entry (i, j) stands in row i of the product with j's color if no other entry of the row has that, and else in row j.
    std::vector<Index> count(static_cast<std::size_t>(colors_), 0);
    for (Index i = 0; i < rows; ++i) {
        const std::vector<Index>& row = neighbors[static_cast<std::size_t>(i)];
        ++count[static_cast<std::size_t>(color(i))];
        for (const Index j : row) ++count[static_cast<std::size_t>(color(j))];
        entries_.push_back({i, i, i, color(i)});
        for (const Index j : row) {
            if (count[static_cast<std::size_t>(color(j))] != 1) continue;
            entries_.push_back({i, j, i, color(j)});
            // in the other row it may be hidden
            const std::vector<Index>& other = neighbors[static_cast<std::size_t>(j)];
            const auto same =
                std::count_if(other.begin(), other.end(), [&](Index k) { return color(k) == color(i); });
            if (same != 1) entries_.push_back({j, i, i, color(j)});
        }
        --count[static_cast<std::size_t>(color(i))];
        for (const Index j : row) --count[static_cast<std::size_t>(color(j))];
    }
}

}  // namespace hesse
