#include "hesse/optim/curvature/tridiagonal.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace hesse {
namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();
constexpr double tiny = std::numeric_limits<double>::min();

/// (d - x) - b^2 / pivot, with IEEE arithmetic through infinite pivots and a nudge away from zero, so that
/// 0 / 0 is never met (Demmel, Applied Numerical Linear Algebra, section 5.3.4).
double next_pivot(double shifted, double b, double pivot, double smallest) {
    const double next = shifted - b * (b / pivot);
    return std::abs(next) < smallest ? smallest : next;
}

struct Interval {
    double low, high;
};

/// Gershgorin's discs: they hold every eigenvalue.
Interval gershgorin(const Tridiagonal& t) {
    const std::size_t k = t.diagonal.size();
    Interval all{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    for (std::size_t i = 0; i < k; ++i) {
        const double radius =
            (i == 0 ? 0.0 : std::abs(t.beside[i - 1])) + (i + 1 == k ? 0.0 : std::abs(t.beside[i]));
        all.low = std::min(all.low, t.diagonal[i] - radius);
        all.high = std::max(all.high, t.diagonal[i] + radius);
    }
    return all;
}

}  // namespace

Index Tridiagonal::count_below(double x) const {
    Index count = 0;
    double pivot = 1.0;
    for (std::size_t i = 0; i < diagonal.size(); ++i) {
        pivot = next_pivot(diagonal[i] - x, i == 0 ? 0.0 : beside[i - 1], pivot, tiny);
        count += pivot < 0.0;
    }
    return count;
}

double Tridiagonal::eigenvalue(Index index) const {
    assert(index >= 0 && index < rows());
    auto [low, high] = gershgorin(*this);
    if (low == high) return low;
    const double accuracy = 2.0 * eps * std::max(std::abs(low), std::abs(high));
    low -= accuracy;  // the discs are rounded too
    high += accuracy;
    while (high - low > accuracy) {
        const double middle = low + 0.5 * (high - low);
        if (middle <= low || middle >= high) break;
        (count_below(middle) > index ? high : low) = middle;
    }
    return low + 0.5 * (high - low);
}

void Tridiagonal::eigenvector(double theta, std::span<double> s) const {
    const std::size_t k = diagonal.size();
    assert(s.size() == k);
    const Interval all = gershgorin(*this);
    // Far below the rounding of T, and far enough from underflow for the quotients below.
    const double smallest = std::max(eps * eps * std::max(std::abs(all.low), std::abs(all.high)), tiny);
    std::vector<double> down(k), up(k);  // pivots from the first row downwards, from the last upwards
    for (std::size_t i = 0; i < k; ++i)
        down[i] = next_pivot(diagonal[i] - theta, i == 0 ? 0.0 : beside[i - 1], i == 0 ? 1.0 : down[i - 1],
                             smallest);
    for (std::size_t i = k; i-- > 0;)
        up[i] = next_pivot(diagonal[i] - theta, i + 1 == k ? 0.0 : beside[i], i + 1 == k ? 1.0 : up[i + 1],
                           smallest);

    // Row r of (T - theta I) s = gamma_r e_r is the one equation left over: take the smallest gamma.
    std::size_t twist = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t r = 0; r < k; ++r) {
        const double gamma = std::abs(down[r] + up[r] - (diagonal[r] - theta));
        if (gamma < least) least = gamma, twist = r;
    }
    s[twist] = 1.0;
    for (std::size_t i = twist; i-- > 0;) s[i] = -s[i + 1] * (beside[i] / down[i]);
    for (std::size_t i = twist; i + 1 < k; ++i) s[i + 1] = -s[i] * (beside[i] / up[i + 1]);

    double largest = 0.0, square = 0.0;
    for (double entry : s) largest = std::max(largest, std::abs(entry));
    for (double& entry : s) entry /= largest, square += entry * entry;
    for (double& entry : s) entry /= std::sqrt(square);
}

Tridiagonal Tridiagonal::part(Index first, Index count) const {
    const auto begin = static_cast<std::size_t>(first), size = static_cast<std::size_t>(count);
    return {diagonal.subspan(begin, size), beside.subspan(begin, size == 0 ? 0 : size - 1)};
}

std::vector<TridiagonalEigenpair> lowest_eigenpairs(const Tridiagonal& t, Index count) {
    struct Found {
        double value;
        Index first, rows;  // the block
    };
    std::vector<Found> found;
    for (Index first = 0; first < t.rows();) {
        Index rows = 1;
        while (first + rows < t.rows() && t.beside[static_cast<std::size_t>(first + rows - 1)] != 0.0) ++rows;
        const Tridiagonal block = t.part(first, rows);
        for (Index i = 0; i < std::min(count, rows); ++i) found.push_back({block.eigenvalue(i), first, rows});
        first += rows;
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Found& a, const Found& b) { return a.value < b.value; });
    found.resize(std::min(found.size(), static_cast<std::size_t>(count)));

    std::vector<TridiagonalEigenpair> pairs;
    for (const Found& f : found) {
        pairs.push_back({f.value, std::vector<double>(static_cast<std::size_t>(t.rows()), 0.0)});
        t.part(f.first, f.rows)
            .eigenvector(f.value,
                         std::span(pairs.back().vector)
                             .subspan(static_cast<std::size_t>(f.first), static_cast<std::size_t>(f.rows)));
    }
    return pairs;
}

}  // namespace hesse
