#include "hesse/optim/curvature/landscape.hpp"

#include "../options.hpp"
#include "descent_path.hpp"
#include "hesse/optim/curvature/condition_number.hpp"
#include "hesse/optim/curvature/eigenpairs.hpp"
#include "hesse/optim/random.hpp"

#include <algorithm>
#include <cmath>
#include <ostream>

namespace hesse {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using Slot = ObjectiveRef::Slot;
using Vector = Eigen::Map<const VectorXd>;

constexpr const char* function = "map_landscape";

class Survey {
public:
    Survey(ObjectiveRef& f, const double* lower, const double* upper, const LandscapeOptions& options)
        : f_(f),
          options_(options),
          random_(options.seed),
          n_(f.size()),
          lower_(lower, n_),
          upper_(upper, n_),
          known_(n_, 0) {
        map_.lower = Columns(lower_);
        map_.upper = Columns(upper_);
        map_.seed = options.seed;
    }

    LandscapeMap run() {
        search();
        // Paths may end at minima that no search has found.
        for (std::size_t i = 0; i < map_.points.size(); ++i)
            if (map_.points[i].index > 0) follow(i);
        return std::move(map_);
    }

private:
    [[nodiscard]] bool inside(const VectorXd& x) const {
        return (x.array() >= lower_.array()).all() && (x.array() <= upper_.array()).all();
    }
    [[nodiscard]] double diameter() const { return (upper_ - lower_).norm(); }
    [[nodiscard]] static Vector at(const LandscapePoint& point) { return {point.x.data(), point.x.rows()}; }

    void search() {
        Index fruitless = 0;
        const auto degenerate = [this] {
            return std::count_if(map_.points.begin(), map_.points.end(),
                                 [](const LandscapePoint& point) { return point.degenerate; });
        };
        VectorXd start(n_);
        while (map_.starts < options_.starts && fruitless < options_.patience) {
            for (Index i = 0; i < n_; ++i) start[i] = lower_[i] + random_.uniform() * (upper_[i] - lower_[i]);
            ++map_.starts;
            bool found_one = false;
            // What was found is deflated: the same start leads elsewhere then.
            for (VectorXd x = start; look(x); x = start) {
                found_one = found_one || inside(x);
                if (static_cast<Index>(map_.points.size()) >= options_.most_points ||
                    degenerate() >= options_.most_degenerate)
                    return;
            }
            fruitless = found_one ? 0 : fruitless + 1;
        }
        map_.complete = fruitless >= options_.patience;
    }

    /// A search from x, which is moved to what it finds: a point that was not known, in the box or out of it.
    bool look(VectorXd& x) {
        CriticalPointSearchOptions options;
        options.gradient_tolerance = options_.gradient_tolerance;
        options.radius = 0.1 * diameter();
        options.deflation_length = diameter();
        options.max_iterations = 60;
        options.seed = random_.bits();
        const CriticalPointSearchResult found =
            find_critical_point(f_, options, known_.data(), known_.cols(), x.data());
        map_.linearizations += found.linearizations;
        map_.products += found.products;
        if (found.end != CriticalPointSearchEnd::converged || point_at(x, known_)) return false;
        known_.conservativeResize(Eigen::NoChange, known_.cols() + 1);
        known_.rightCols(1) = x;
        if (inside(x)) record(x, found.value, found.gradient_norm, found.index);
        return known_.cols() < 4 * options_.most_points;
    }

    void record(const VectorXd& x, double value, double gradient_norm, const SaddleIndex& index) {
        LandscapePoint point;
        point.x = Columns(x);
        point.value = value;
        point.gradient_norm = gradient_norm;
        point.index = index.lower_bound;
        point.determined = index.determined;
        point.degenerate = singular(x);
        map_.points.push_back(std::move(point));
    }

    bool singular(const VectorXd& x) {
        f_.linearize(x.data(), Slot::current);
        ++map_.linearizations;
        ExtremeEigenpairOptions options;
        options.tolerance = 1e-6;
        options.max_products = 5'000;
        options.check_symmetry = false;
        options.seed = random_.bits();
        const ConditionNumber condition = condition_number(HessianRef(f_, Slot::current), options);
        map_.products += condition.products;
        return condition.converged && condition.value > 1e8;
    }

    static bool same_point(const VectorXd& known, const VectorXd& x) {
        return (known - x).norm() <= 1e-5 * (1.0 + x.norm());
    }
    /// Which of `points` (n x any number) x is.
    static std::optional<Index> point_at(const VectorXd& x, const MatrixXd& points) {
        for (Index i = 0; i < points.cols(); ++i)
            if (same_point(points.col(i), x)) return i;
        return std::nullopt;
    }

    void follow(std::size_t from) {
        const VectorXd x = at(map_.points[from]);
        const double value = map_.points[from].value;
        const Index count = std::min(map_.points[from].index, options_.most_directions);
        f_.linearize(x.data(), Slot::current);
        ++map_.linearizations;
        EigenpairsOptions options;
        options.lowest = count;
        options.tolerance = 1e-6;
        options.check_symmetry = false;
        options.seed = options_.seed;
        const Eigenpairs pairs = eigenpairs(HessianRef(f_, Slot::current), options);
        map_.products += pairs.products;
        const MatrixXd directions = pairs.lowest.vectors.matrix();
        for (Index j = 0; j < count; ++j) {
            if (!(pairs.lowest.values[static_cast<std::size_t>(j)].value < 0.0)) break;
            for (const int side : {1, -1}) {
                DescentPath descent(f_, lower_, upper_, options_.path_steps, n_ <= options_.path_dimensions);
                const DescentPath::End end = descent.follow(x, side * directions.col(j), 1e-3 * diameter());
                map_.linearizations += descent.linearizations();
                map_.products += descent.products();
                LandscapePath path;
                path.from = from;
                path.direction = j;
                path.side = side;
                path.leaves_box = end == DescentPath::End::left_box;
                path.drop = value - descent.value();
                if (end == DescentPath::End::arrived) path.to = arrived(descent);
                path.points = descent.points();
                map_.paths.push_back(std::move(path));
            }
        }
    }

    /// Which point a path has come to; a new one, if need be.
    std::optional<std::size_t> arrived(const DescentPath& descent) {
        VectorXd x = descent.x();
        CriticalPointSearchOptions options;
        options.gradient_tolerance = options_.gradient_tolerance;
        options.radius = 1e-2 * diameter();
        const CriticalPointSearchResult found = find_critical_point(f_, options, nullptr, 0, x.data());
        map_.linearizations += found.linearizations;
        map_.products += found.products;
        if (found.end != CriticalPointSearchEnd::converged) return std::nullopt;
        for (std::size_t i = 0; i < map_.points.size(); ++i)
            if (same_point(at(map_.points[i]), x)) return i;
        if (!inside(x)) return std::nullopt;
        record(x, found.value, found.gradient_norm, found.index);
        return map_.points.size() - 1;
    }

    ObjectiveRef& f_;
    const LandscapeOptions& options_;
    RandomGenerator random_;
    Index n_;
    Vector lower_, upper_;
    MatrixXd known_;  // points that are deflated, those out of the box included
    LandscapeMap map_;
};

const char* kind(const LandscapePoint& point, Index n) {
    if (point.degenerate) return "degenerate";
    return point.index == 0 ? "minimum" : point.index == n ? "maximum" : "saddle";
}

}  // namespace

LandscapeMap map_landscape(ObjectiveRef& f, const double* lower, const double* upper,
                           const LandscapeOptions& options) {
    require_not_negative(function, "gradient_tolerance", options.gradient_tolerance);
    require_at_least(function, "starts", options.starts, 1);
    require_at_least(function, "patience", options.patience, 1);
    require_at_least(function, "most_points", options.most_points, 1);
    require_at_least(function, "most_degenerate", options.most_degenerate, 1);
    require_at_least(function, "most_directions", options.most_directions, 1);
    require_at_least(function, "path_steps", options.path_steps, 1);
    for (Index i = 0; i < f.size(); ++i) {
        if (!std::isfinite(lower[i]) || !std::isfinite(upper[i]) || !(lower[i] < upper[i]))
            throw std::invalid_argument(fmt::format(
                "{}: entry {} of lower and upper is {} and {}, expected finite numbers, the first below "
                "the second",
                function, i, lower[i], upper[i]));
    }
    return Survey(f, lower, upper, options).run();
}

std::string describe(const LandscapeMap& map) {
    const Index n = map.lower.rows();
    std::string text = fmt::format("{} critical points in the box, {} starts{}, seed {}\n", map.points.size(),
                                   map.starts, map.complete ? "" : " (there may be more)", map.seed);
    for (std::size_t i = 0; i < map.points.size(); ++i) {
        const LandscapePoint& p = map.points[i];
        text += fmt::format("  {}: {}, index {}{}, loss {:.8g}, gradient norm {:.1e}", i, kind(p, n), p.index,
                            p.determined ? "" : " at least", p.value, p.gradient_norm);
        if (n <= 4) {
            text += ", at (";
            for (Index k = 0; k < n; ++k) text += fmt::format("{}{:.6g}", k == 0 ? "" : ", ", p.x.data()[k]);
            text += ")";
        }
        text += '\n';
    }
    for (const LandscapePath& path : map.paths)
        text += fmt::format("  {} -> {}, falling by {:.6g}\n", path.from,
                            path.to           ? fmt::format("{}", *path.to)
                            : path.leaves_box ? "out of the box"
                                              : "unknown",
                            path.drop);
    return text;
}

std::ostream& operator<<(std::ostream& out, const LandscapeMap& map) { return out << describe(map); }

}  // namespace hesse
