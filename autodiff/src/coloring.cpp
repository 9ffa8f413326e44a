#include "hesse/autodiff/coloring.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

namespace hesse {
namespace {

constexpr Index none = -1;
std::size_t at(Index v) { return static_cast<std::size_t>(v); }

/// The neighbors of each vertex, in order.
class Graph {
public:
    Graph(Index size, const std::vector<SymmetricPattern::Entry>& pairs)
        : begin_(at(size) + 1, 0), end_(at(size)) {
        for (const auto& [i, j] : pairs) {
            if (i == j) continue;
            ++begin_[at(i)];
            ++begin_[at(j)];
        }
        std::size_t sum = 0;
        for (std::size_t& count : begin_) sum += std::exchange(count, sum);
        std::copy_n(begin_.begin(), end_.size(), end_.begin());
        neighbors_.resize(sum);
        for (const auto& [i, j] : pairs) {
            if (i == j) continue;
            neighbors_[end_[at(i)]++] = j;
            neighbors_[end_[at(j)]++] = i;
        }
        for (std::size_t v = 0; v < end_.size(); ++v) {
            const auto first = neighbors_.begin() + static_cast<std::ptrdiff_t>(begin_[v]);
            const auto last = neighbors_.begin() + static_cast<std::ptrdiff_t>(end_[v]);
            if (!std::is_sorted(first, last)) std::sort(first, last);
            end_[v] = static_cast<std::size_t>(std::unique(first, last) - neighbors_.begin());
        }
    }
    [[nodiscard]] Index size() const { return static_cast<Index>(end_.size()); }
    [[nodiscard]] std::span<const Index> of(Index v) const {
        return {neighbors_.data() + begin_[at(v)], end_[at(v)] - begin_[at(v)]};
    }
    /// Where what belongs to the neighbors of v is kept, of all neighbors of all vertices.
    [[nodiscard]] std::size_t first(Index v) const { return begin_[at(v)]; }
    [[nodiscard]] std::size_t places() const { return neighbors_.size(); }
    /// That of w among those of v.
    [[nodiscard]] std::size_t place(Index v, Index w) const {
        const auto all = of(v);
        return first(v) + static_cast<std::size_t>(std::lower_bound(all.begin(), all.end(), w) - all.begin());
    }

private:
    std::vector<std::size_t> begin_, end_;
    std::vector<Index> neighbors_;
};

/// A greedy star coloring, vertex by vertex.
class StarColoring {
public:
    explicit StarColoring(const Graph& graph)
        : graph_(graph), color_(at(graph.size()), none), counts_(at(graph.size())) {}

    std::vector<Index> run() {
        const Index n = graph_.size();
        std::vector<Index> forbidden_for(at(n) + 1, none);
        for (Index v = 0; v < n; ++v) {
            if (is_hub(v)) continue;
            for_each_forbidden(v, [&](Index c) { forbidden_for[at(c)] = v; });
            Index c = 0;
            while (forbidden_for[at(c)] == v) ++c;
            give(v, c);
        }
        // No path has a color twice that only one vertex has, so that hubs hinder nobody.
        for (Index v = 0; v < n; ++v) {
            if (is_hub(v)) color_[at(v)] = colors_++;
        }
        return std::move(color_);
    }

private:
    static constexpr std::size_t many = 8;  // neighbors, that are counted rather than looked through

    [[nodiscard]] bool is_hub(Index v) const { return 2 * graph_.of(v).size() > color_.size(); }

    template <class Forbid>
    void for_each_forbidden(Index v, const Forbid& forbid) const {
        for (const Index w : graph_.of(v)) {
            if (is_hub(w)) continue;
            const Index color_w = color_[at(w)];
            if (color_w != none) forbid(color_w);
            for (const Index x : graph_.of(w)) {
                const Index color_x = color_[at(x)];
                if (x == v || color_x == none) continue;
                // v - w - x - y with two colors alone, or with one of w yet to come
                if (color_w == none || has_twice(x, color_w)) forbid(color_x);
            }
        }
    }
    /// Whether two neighbors of x have the color c, which one has.
    [[nodiscard]] bool has_twice(Index x, Index c) const {
        const auto neighbors = graph_.of(x);
        if (neighbors.size() > many) return at(c) < counts_[at(x)].size() && counts_[at(x)][at(c)] > 1;
        return std::count_if(neighbors.begin(), neighbors.end(),
                             [&](Index y) { return color_[at(y)] == c; }) > 1;
    }
    void give(Index v, Index c) {
        color_[at(v)] = c;
        colors_ = std::max(colors_, c + 1);
        for (const Index w : graph_.of(v)) {
            if (graph_.of(w).size() <= many || is_hub(w)) continue;
            std::vector<std::uint8_t>& count = counts_[at(w)];
            if (count.size() <= at(c)) count.resize(at(c) + 1, 0);
            if (count[at(c)] < 2) ++count[at(c)];
        }
    }

    const Graph& graph_;
    std::vector<Index> color_;
    std::vector<std::vector<std::uint8_t>> counts_;  // of neighbors by color, up to two, where there are many
    Index colors_ = 0;
};

}  // namespace

void SymmetricColoring::color(Index rows, Index columns, const std::vector<SymmetricPattern::Entry>& pairs) {
    if (rows != columns) {
        throw std::invalid_argument("SymmetricColoring: the pattern is " + std::to_string(rows) + " x " +
                                    std::to_string(columns) + ", expected a square matrix");
    }
    const Graph graph(rows, pairs);
    color_ = StarColoring(graph).run();
    for (const Index c : color_) colors_ = std::max(colors_, c + 1);
    std::vector<bool> on_diagonal(at(rows));
    for (const auto& [i, j] : pairs) {
        if (i == j) on_diagonal[at(i)] = true;
    }

    // Entry (i, j) stands in row i of the product with j's color if no other entry of the row has that.
    std::vector<Index> count(at(colors_), 0);
    std::vector<bool> stands(graph.places());
    for (Index i = 0; i < rows; ++i) {
        for (const Index j : graph.of(i)) ++count[at(color(j))];
        std::size_t place = graph.first(i);
        for (const Index j : graph.of(i)) stands[place++] = count[at(color(j))] == 1;
        for (const Index j : graph.of(i)) count[at(color(j))] = 0;
    }
    // It stands in one of both rows, and is read there for both.
    const auto for_each_entry = [&](const auto& visit) {
        for (Index i = 0; i < rows; ++i) {
            if (on_diagonal[at(i)]) visit(Entry{i, i, i, color(i)});
            std::size_t place = graph.first(i);
            for (const Index j : graph.of(i)) {
                if (!stands[place++] || (j < i && stands[graph.place(j, i)])) continue;
                visit(Entry{i, j, i, color(j)});
                visit(Entry{j, i, i, color(j)});
            }
        }
    };
    std::vector<std::size_t> next(at(colors_), 0);
    for_each_entry([&](const Entry& entry) { ++next[at(entry.color)]; });
    std::size_t sum = 0;
    for (std::size_t& begin : next) sum += std::exchange(begin, sum);
    entries_.resize(sum);
    for_each_entry([&](const Entry& entry) { entries_[next[at(entry.color)]++] = entry; });
}

}  // namespace hesse
