#include "hesse/optim/curvature/saddle_dynamics.hpp"

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

constexpr const char* function = "saddle_dynamics";

class Dynamics {
public:
    Dynamics(ObjectiveRef& f, const SaddleDynamicsOptions& options, double* x)
        : f_(f), options_(options), random_(options.seed), n_(f.size()), result_at_(x, n_) {
        points_[0] = points_[1] = result_at_;
    }

    SaddleSearchResult run(double* directions) {
        f_.linearize(x().data(), Slot::current);
        ++result_.linearizations;
        if (!finite(Slot::current))
            throw std::invalid_argument(
                fmt::format("{}: the loss or its gradient at the start is not finite", function));
        find_directions();
        double step = options_.radius / std::max(force().norm(), 1e-300);
        step = std::min(step, 0.5 / norm_);
        for (; result_.iterations < options_.max_iterations; ++result_.iterations) {
            if (gradient(Slot::current).norm() <= options_.gradient_tolerance) break;
            if (!move(step)) break;
        }
        result_.value = f_.value(Slot::current);
        result_.gradient_norm = gradient(Slot::current).norm();
        result_.converged = result_.gradient_norm <= options_.gradient_tolerance;
        result_at_ = x();
        count_index();
        Eigen::Map<MatrixXd>(directions, n_, options_.index) = v_;
        return std::move(result_);
    }

private:
    // A linearisation refers to its point.
    [[nodiscard]] VectorXd& x() { return points_[static_cast<std::size_t>(current_)]; }
    [[nodiscard]] VectorXd& trial() { return points_[static_cast<std::size_t>(1 - current_)]; }
    [[nodiscard]] Eigen::Map<const VectorXd> gradient(Slot slot) const { return {f_.gradient(slot), n_}; }
    [[nodiscard]] bool finite(Slot slot) const {
        return std::isfinite(f_.value(slot)) && gradient(slot).allFinite();
    }
    [[nodiscard]] VectorXd force() const {
        const VectorXd g = gradient(Slot::current);
        return 2.0 * (v_ * (v_.transpose() * g)) - g;
    }

    /// The lowest eigenvectors at the start, roughly, and |H|.
    void find_directions() {
        EigenpairsOptions options;
        options.lowest = options_.index;
        options.highest = options_.index < n_ ? 1 : 0;
        options.tolerance = options.norm_tolerance = 1e-2;
        options.memory = options_.memory;
        options.seed = random_.bits();
        options.check_symmetry = options.search_multiplicity = false;
        options.block = std::min<Index>(options_.index, 4);
        const Eigenpairs found = eigenpairs(HessianRef(f_, Slot::current), options);
        result_.products += found.products;
        v_ = found.lowest.vectors.matrix();
        for (const EigenpairsAtEnd* end : {&found.lowest, &found.highest})
            for (const EigenvalueEstimate& value : end->values)
                norm_ = std::max(norm_, std::abs(value.value));
        norm_ = std::max(norm_, 1e-300);
    }

    /// The directions follow the Hessian by one step, and stay orthonormal.
    void turn() {
        MatrixXd products(n_, v_.cols());
        for (Index i = 0; i < v_.cols(); ++i)
            f_.apply_hessian(Slot::current, v_.col(i).data(), products.col(i).data());
        result_.products += v_.cols();
        norm_ = std::max(norm_, products.colwise().norm().maxCoeff());
        const double step = 0.5 / norm_;
        MatrixXd next = v_;
        for (Index i = 0; i < v_.cols(); ++i) {
            const VectorXd along = v_.leftCols(i + 1).transpose() * products.col(i);
            next.col(i) -=
                step * (products.col(i) - 2.0 * (v_.leftCols(i) * along.head(i)) - along[i] * v_.col(i));
            for (Index j = 0; j < i; ++j) next.col(i) -= next.col(j).dot(next.col(i)) * next.col(j);
            next.col(i).normalize();
        }
        v_ = next;
    }

    bool move(double& step) {
        const VectorXd before = force();
        for (int attempt = 0; attempt < 50; ++attempt) {
            const double length = step * before.norm();
            if (length > options_.radius) step *= options_.radius / length;
            trial() = x() + step * before;
            f_.linearize(trial().data(), Slot::trial);
            ++result_.linearizations;
            if (finite(Slot::trial)) break;
            step *= 0.25;
            if (attempt == 49) return false;
        }
        const VectorXd moved = trial() - x();
        f_.accept_trial();
        current_ = 1 - current_;
        turn();
        const VectorXd change = before - force();
        const double square = change.squaredNorm();
        // The shorter step of Barzilai and Borwein, IMA J. Numer. Anal. 8 (1988) 141.
        step = square > 0.0 ? std::abs(moved.dot(change)) / square : 0.5 / norm_;
        step = std::clamp(step, 1e-3 / norm_, 1e3 / norm_);
        return true;
    }

    void count_index() {
        SaddleIndexOptions options;
        options.memory = options_.memory;
        options.seed = random_.bits();
        options.precision = f_.product_precision(Slot::current);
        options.most = std::max<Index>(64, 2 * options_.index);
        options.check_symmetry = false;
        result_.index = saddle_index(HessianRef(f_, Slot::current), options);
        result_.products += result_.index.products;
    }

    ObjectiveRef& f_;
    const SaddleDynamicsOptions& options_;
    RandomGenerator random_;
    Index n_;
    Eigen::Map<VectorXd> result_at_;
    std::array<VectorXd, 2> points_;
    int current_ = 0;
    MatrixXd v_;
    double norm_ = 0.0;  // of H, the largest that was met
    SaddleSearchResult result_;
};

}  // namespace

SaddleSearchResult saddle_dynamics(ObjectiveRef& f, const SaddleDynamicsOptions& options, double* x,
                                   double* directions) {
    const Index n = f.size();
    if (options.index < 1 || options.index > n)
        throw std::invalid_argument(
            fmt::format("{}: index is {}, expected at least 1 and at most the {} parameters", function,
                        options.index, n));
    require_not_negative(function, "gradient_tolerance", options.gradient_tolerance);
    require_positive(function, "radius", options.radius);
    require_at_least(function, "max_iterations", options.max_iterations, 0);
    if (!Eigen::Map<const VectorXd>(x, n).allFinite())
        throw std::invalid_argument(fmt::format("{}: the start has an entry that is not finite", function));
    return Dynamics(f, options, x).run(directions);
}

}  // namespace hesse
