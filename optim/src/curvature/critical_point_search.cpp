#include "hesse/optim/curvature/critical_point_search.hpp"

#include "../options.hpp"
#include "hesse/optim/minres.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace hesse {
namespace {

using Eigen::VectorXd;
using Slot = ObjectiveRef::Slot;
using Points = Eigen::Map<const Eigen::MatrixXd>;

constexpr const char* function = "find_critical_point";

/// M(x) = prod_i (1 + length^2 / |x - x_i|^2) for the points that are known.
class Deflation {
public:
    Deflation(const double* points, Index n, Index count, double length)
        : points_(points, n, count), square_(length * length) {}

    [[nodiscard]] double logarithm(const VectorXd& x) const {
        double sum = 0.0;
        for (Index i = 0; i < points_.cols(); ++i)
            sum += std::log1p(square_ / std::max((x - points_.col(i)).squaredNorm(), tiny));
        return sum;
    }
    /// The derivative of log M along p.
    [[nodiscard]] double slope(const VectorXd& x, const VectorXd& p) const {
        double sum = 0.0;
        for (Index i = 0; i < points_.cols(); ++i) {
            const VectorXd away = x - points_.col(i);
            const double square = std::max(away.squaredNorm(), tiny);
            sum -= 2.0 * away.dot(p) / (square * (1.0 + square / square_));
        }
        return sum;
    }

private:
    static constexpr double tiny = std::numeric_limits<double>::min();
    Points points_;
    double square_;
};

class NewtonSearch {
public:
    NewtonSearch(ObjectiveRef& f, const CriticalPointSearchOptions& options, const Deflation& deflation,
                 double* x)
        : f_(f), options_(options), deflation_(deflation), n_(f.size()), result_at_(x, n_) {
        points_[0] = points_[1] = result_at_;
    }

    CriticalPointSearchResult run() {
        f_.linearize(x().data(), Slot::current);
        ++result_.linearizations;
        result_.end = search();
        result_.value = f_.value(Slot::current);
        result_.gradient_norm = gradient(Slot::current).norm();
        result_at_ = x();
        if (result_.end == CriticalPointSearchEnd::converged && left() >= 32) count_index();
        return std::move(result_);
    }

private:
    // A linearisation refers to its point.
    [[nodiscard]] VectorXd& x() { return points_[static_cast<std::size_t>(current_)]; }
    [[nodiscard]] VectorXd& trial() { return points_[static_cast<std::size_t>(1 - current_)]; }
    [[nodiscard]] Index left() const { return options_.max_products - result_.products; }
    [[nodiscard]] Eigen::Map<const VectorXd> gradient(Slot slot) const { return {f_.gradient(slot), n_}; }
    [[nodiscard]] bool finite(Slot slot) const {
        return std::isfinite(f_.value(slot)) && gradient(slot).allFinite();
    }

    CriticalPointSearchEnd search() {
        if (!finite(Slot::current)) return CriticalPointSearchEnd::not_finite;
        for (; result_.iterations < options_.max_iterations; ++result_.iterations) {
            const double norm = gradient(Slot::current).norm();
            if (norm <= options_.gradient_tolerance) return CriticalPointSearchEnd::converged;
            if (left() < 2) break;
            VectorXd p(n_);
            const VectorXd b = -gradient(Slot::current);
            const MinresResult solved =
                minres(HessianRef(f_, Slot::current), b.data(),
                       {.tolerance = std::min(0.1, norm), .max_products = left()}, p.data());
            result_.products += solved.products;
            if (solved.end == MinresEnd::not_finite) return CriticalPointSearchEnd::not_finite;
            if (!step(p, norm)) {
                return gradient(Slot::current).norm() <= options_.gradient_tolerance
                           ? CriticalPointSearchEnd::converged
                           : CriticalPointSearchEnd::stalled;
            }
        }
        return gradient(Slot::current).norm() <= options_.gradient_tolerance
                   ? CriticalPointSearchEnd::converged
                   : CriticalPointSearchEnd::budget;
    }

    /// Newton's step p, deflated, shortened until log(M |g|) falls. False if it does not.
    bool step(VectorXd& p, double norm) {
        // (M H + g grad M') d = -M g is solved by d = p / (1 - p' grad log M): Sherman and Morrison.
        const double denominator = 1.0 - deflation_.slope(x(), p);
        const double scale = std::abs(denominator) > 1e-12 ? 1.0 / denominator : 1e12;
        double length = std::abs(scale) * p.norm();
        if (!(length > 0.0)) return false;
        p *= scale;
        if (length > options_.radius) {
            p *= options_.radius / length;
            length = options_.radius;
        }
        const double merit = std::log(norm) + deflation_.logarithm(x());
        double t = 1.0;
        for (; t * length > 1e-14 * (1.0 + x().norm()); t *= 0.5) {
            trial() = x() + t * p;
            f_.linearize(trial().data(), Slot::trial);
            ++result_.linearizations;
            if (!finite(Slot::trial)) continue;
            const double trial_norm = gradient(Slot::trial).norm();
            const bool arrived = trial_norm <= options_.gradient_tolerance;
            if (!arrived &&
                !(std::log(trial_norm) + deflation_.logarithm(trial()) < merit + std::log1p(-1e-4 * t)))
                continue;
            f_.accept_trial();
            current_ = 1 - current_;
            return true;
        }
        return false;
    }

    void count_index() {
        SaddleIndexOptions options;
        options.max_products = left();
        options.memory = options_.memory;
        options.seed = options_.seed;
        options.precision = f_.product_precision(Slot::current);
        options.check_symmetry = false;
        result_.index = saddle_index(HessianRef(f_, Slot::current), options);
        result_.products += result_.index.products;
    }

    ObjectiveRef& f_;
    const CriticalPointSearchOptions& options_;
    const Deflation& deflation_;
    Index n_;
    Eigen::Map<VectorXd> result_at_;
    std::array<VectorXd, 2> points_;
    int current_ = 0;
    CriticalPointSearchResult result_;
};

}  // namespace

CriticalPointSearchResult find_critical_point(ObjectiveRef& f, const CriticalPointSearchOptions& options,
                                              const double* known, Index count, double* x) {
    require_not_negative(function, "gradient_tolerance", options.gradient_tolerance);
    require_positive(function, "radius", options.radius);
    require_positive(function, "deflation_length", options.deflation_length);
    require_at_least(function, "max_iterations", options.max_iterations, 0);
    require_at_least(function, "max_products", options.max_products, 2);
    if (!Eigen::Map<const VectorXd>(x, f.size()).allFinite())
        throw std::invalid_argument(fmt::format("{}: the start has an entry that is not finite", function));
    const Deflation deflation(known, f.size(), count, options.deflation_length);
    return NewtonSearch(f, options, deflation, x).run();
}

}  // namespace hesse
