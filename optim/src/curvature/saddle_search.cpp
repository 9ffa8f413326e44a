#include "hesse/optim/curvature/saddle_search.hpp"

#include "../options.hpp"
#include "hesse/optim/curvature/eigenpairs.hpp"
#include "hesse/optim/random.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace hesse {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using Slot = ObjectiveRef::Slot;

constexpr const char* function = "find_saddle";

class SaddleSearch {
public:
    SaddleSearch(ObjectiveRef& f, const SaddleSearchOptions& options, double* x)
        : f_(f),
          options_(options),
          random_(options.seed),
          n_(f.size()),
          result_at_(x, n_),
          radius_(options.radius) {
        points_[0] = points_[1] = result_at_;
    }

    SaddleSearchResult run(double* directions) {
        f_.linearize(x().data(), Slot::current);
        ++result_.linearizations;
        if (!std::isfinite(f_.value(Slot::current)) || !gradient(Slot::current).allFinite())
            throw std::invalid_argument(
                fmt::format("{}: the loss or its gradient at the start is not finite", function));
        for (; result_.iterations < options_.max_iterations; ++result_.iterations) {
            result_.gradient_norm = gradient(Slot::current).norm();
            if (result_.gradient_norm <= options_.gradient_tolerance) break;
            if (left() < 4 * options_.index + 16 || !step()) break;
        }
        result_.value = f_.value(Slot::current);
        result_.gradient_norm = gradient(Slot::current).norm();
        result_.converged = result_.gradient_norm <= options_.gradient_tolerance;
        result_at_ = x();
        if (vectors_.cols() != options_.index)
            find_vectors();  // before the index, which may take all products that are left
        if (left() >= 32) {
            const HessianRef hessian(f_, Slot::current);
            SaddleIndexOptions options;
            options.max_products = left();
            options.memory = options_.memory;
            options.seed = random_.bits();
            options.precision = f_.product_precision(Slot::current);
            options.most = std::max<Index>(64, 2 * options_.index);
            options.check_symmetry = false;
            result_.index = saddle_index(hessian, options);
            result_.products += result_.index.products;
        }
        if (options_.index > 0) Eigen::Map<MatrixXd>(directions, n_, options_.index) = vectors_;
        return std::move(result_);
    }

private:
    // A linearisation refers to its point.
    [[nodiscard]] VectorXd& x() { return points_[static_cast<std::size_t>(current_)]; }
    [[nodiscard]] VectorXd& trial() { return points_[static_cast<std::size_t>(1 - current_)]; }
    [[nodiscard]] Index left() const { return options_.max_products - result_.products; }
    [[nodiscard]] Eigen::Map<const VectorXd> gradient(Slot slot) const { return {f_.gradient(slot), n_}; }
    VectorXd product(const VectorXd& in) {
        VectorXd out(n_);
        f_.apply_hessian(Slot::current, in.data(), out.data());
        ++result_.products;
        return out;
    }
    /// Without its part along the vectors that are followed.
    [[nodiscard]] VectorXd across(const VectorXd& v) const {
        return vectors_.cols() == 0 ? v : VectorXd(v - vectors_ * (vectors_.transpose() * v));
    }

    /// The lowest eigenvectors, roughly: the next step finds them better.
    void find_vectors() {
        values_.resize(options_.index);
        if (options_.index == 0) {
            vectors_.resize(n_, 0);
            return;
        }
        const HessianRef hessian(f_, Slot::current);
        EigenpairsOptions options;
        options.lowest = options_.index;
        options.tolerance = options.norm_tolerance = result_.gradient_norm < 1e-2 ? 1e-4 : 1e-2;
        options.max_products = std::max<Index>(left(), 4 * options_.index + 16);
        options.memory = options_.memory;
        options.seed = random_.bits();
        options.check_symmetry = false;
        options.search_multiplicity = false;
        options.block = std::min<Index>(options_.index, 4);
        options.start = Columns(vectors_);
        Eigenpairs found = eigenpairs(hessian, options);
        result_.products += found.products;
        vectors_ = found.lowest.vectors.matrix();
        for (Index i = 0; i < options_.index; ++i)
            values_[i] = found.lowest.values[static_cast<std::size_t>(i)].value;
    }

    /// Down across the vectors: the truncated conjugate gradients of Steihaug, SINUM 20 (1983) 626.
    VectorXd descend(const VectorXd& g) {
        VectorXd s = VectorXd::Zero(n_), r = across(-g), p = r;
        double square = r.squaredNorm();
        if (square <= 1e-24 * g.squaredNorm()) return s;  // nothing but rounding is across
        const double goal = square * std::min(0.01, std::sqrt(square)) * 0.01;
        const auto to_boundary = [&] {
            const double pp = p.squaredNorm(), sp = s.dot(p), ss = s.squaredNorm();
            const double t = (-sp + std::sqrt(sp * sp + pp * (radius_ * radius_ - ss))) / pp;
            return VectorXd(s + t * p);
        };
        for (Index k = 0; k < n_ && square > goal && left() > 8; ++k) {
            const VectorXd hp = across(product(p));
            const double curvature = p.dot(hp);
            if (!(curvature > 1e-14 * p.squaredNorm())) return to_boundary();
            const double length = square / curvature;
            if ((s + length * p).norm() >= radius_) return to_boundary();
            s += length * p;
            r -= length * hp;
            const double next = r.squaredNorm();
            p = r + (next / square) * p;
            square = next;
        }
        return s;
    }

    /// Up along the vectors.
    VectorXd ascend(const VectorXd& g) const {
        VectorXd s = VectorXd::Zero(n_);
        for (Index i = 0; i < vectors_.cols(); ++i) {
            const double slope = vectors_.col(i).dot(g), size = std::max(std::abs(values_[i]), 1e-8);
            s += (slope / size) * vectors_.col(i);
        }
        const double length = s.norm();
        return length > radius_ ? VectorXd((radius_ / length) * s) : s;
    }

    /// False if no step is left to take.
    bool step() {
        find_vectors();
        const VectorXd g = gradient(Slot::current);
        for (;;) {
            const VectorXd s = ascend(g) + descend(g);
            const double length = s.norm();
            if (!(length > 1e-15 * (1.0 + x().norm()))) return false;
            const VectorXd change = product(s);
            trial() = x() + s;
            f_.linearize(trial().data(), Slot::trial);
            ++result_.linearizations;
            const bool finite = std::isfinite(f_.value(Slot::trial)) && gradient(Slot::trial).allFinite();
            // How far the gradient is from what the quadratic model says, in units of what it says will change.
            const double error =
                finite ? (gradient(Slot::trial) - g - change).norm() / std::max(change.norm(), 1e-300)
                       : std::numeric_limits<double>::infinity();
            const bool at_rounding = finite && gradient(Slot::trial).norm() <= options_.gradient_tolerance;
            if (error > 0.5 && !at_rounding) {
                radius_ = 0.25 * std::min(radius_, length);
                if (radius_ < 1e-14 || left() < 4 * options_.index + 16) return false;
                continue;
            }
            if (error < 0.1 && length > 0.8 * radius_)
                radius_ = std::min(2.0 * radius_, options_.largest_radius);
            f_.accept_trial();
            current_ = 1 - current_;
            return true;
        }
    }

    ObjectiveRef& f_;
    const SaddleSearchOptions& options_;
    RandomGenerator random_;
    Index n_;
    Eigen::Map<VectorXd> result_at_;
    std::array<VectorXd, 2> points_;
    int current_ = 0;
    double radius_;
    VectorXd values_;
    MatrixXd vectors_;  // the lowest eigenvectors, and their values
    SaddleSearchResult result_;
};

}  // namespace

SaddleSearchResult find_saddle(ObjectiveRef& f, const SaddleSearchOptions& options, double* x,
                               double* directions) {
    const Index n = f.size();
    if (options.index < 0 || options.index > n)
        throw std::invalid_argument(
            fmt::format("{}: index is {}, expected at least 0 and at most the {} parameters", function,
                        options.index, n));
    require_not_negative(function, "gradient_tolerance", options.gradient_tolerance);
    require_positive(function, "radius", options.radius);
    require_positive(function, "largest_radius", options.largest_radius);
    require_at_least(function, "max_iterations", options.max_iterations, 0);
    require_at_least(function, "max_products", options.max_products, 4 * options.index + 16);
    if (!Eigen::Map<const VectorXd>(x, n).allFinite())
        throw std::invalid_argument(fmt::format("{}: the start has an entry that is not finite", function));
    return SaddleSearch(f, options, x).run(directions);
}

}  // namespace hesse
