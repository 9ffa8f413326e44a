#include "hesse/optim/krylov_subproblem.hpp"

#include "hesse/optim/curvature/extreme_eigenpairs.hpp"
#include "hesse/optim/curvature/symmetry.hpp"
#include "hesse/optim/random.hpp"
#include "options.hpp"

#include <Eigen/Eigenvalues>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <stdexcept>
#include <vector>

namespace hesse {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

}  // namespace

template <class Bound>
void KrylovSubproblem<Bound>::check(OperatorRef h, double parameter) const {
    if (h.rows() != space_.dimension())
        throw std::invalid_argument(fmt::format("{}: the operator has {} rows, expected {}",
                                                Bound::krylov_name, h.rows(), space_.dimension()));
    require_positive(Bound::krylov_name, Bound::parameter, parameter);
}

template <class Bound>
KrylovSubproblem<Bound>::KrylovSubproblem(const VectorSpace& space, Index columns, double precision)
    : space_(space),
      columns_(columns),
      lanczos_(space, columns, {.precision = precision}),
      continued_(space),
      step_(static_cast<std::size_t>(space.dimension())) {}

template <class Bound>
auto KrylovSubproblem<Bound>::solve_projected(double parameter, double guess) ->
    typename Tridiagonal::Result {
    const hesse::Tridiagonal t = lanczos_.tridiagonal();
    linear_.assign(t.diagonal.size(), 0.0);
    linear_[0] = gradient_norm_;
    return subproblem_.solve(t.diagonal, t.beside, linear_, parameter, guess);
}

template <class Bound>
double KrylovSubproblem<Bound>::projected_residual() const {
    return lanczos_.beta().back() * std::abs(subproblem_.minimizer().back());
}

template <class Bound>
bool KrylovSubproblem<Bound>::small_enough(double residual, double rounding) const {
    return residual <= std::max(tolerance_, rounding);
}

template <class Bound>
auto KrylovSubproblem<Bound>::finish(const typename Tridiagonal::Result& projected, Index products)
    -> Result {
    const double residual = projected_residual();
    lanczos_.expand(subproblem_.minimizer(), step_.data());
    guess_ = projected.multiplier;
    return {.multiplier = projected.multiplier,
            .model = projected.model,
            .norm = projected.norm,
            .residual = residual,
            .products = products,
            .boundary = projected.boundary,
            .hard_case = projected.hard_case,
            .converged = invariant_ || small_enough(residual, 10.0 * epsilon * gradient_norm_),
            .finite = projected.norm > 0.0};  // else the numbers of the projected problem overflow
}

template <class Bound>
auto KrylovSubproblem<Bound>::minimize(OperatorRef h, const double* g, double parameter, double tolerance,
                                       Index products, double least_progress) -> Result {
    check(h, parameter);
    if (!space_.all_finite(g))
        throw std::invalid_argument(fmt::format("{}: g is not finite", Bound::krylov_name));
    std::fill(step_.begin(), step_.end(), 0.0);
    linear_.clear();
    tolerance_ = tolerance;
    invariant_ = false;
    continued_from_ = std::numeric_limits<double>::infinity();
    gradient_norm_ = lanczos_.start(h, g);
    if (gradient_norm_ == 0.0) return {};

    const double rounding = 10.0 * epsilon * gradient_norm_;
    const Index limit = std::min({columns_, space_.dimension(), products});
    double guess = 0.0, before = 0.0;
    for (Index k = 1;; ++k) {
        const Lanczos::Step grown = lanczos_.step();
        if (grown == Lanczos::Step::not_finite) return {.products = k, .converged = false, .finite = false};
        invariant_ = grown == Lanczos::Step::invariant;
        const auto projected = solve_projected(parameter, guess);
        guess = projected.multiplier;
        const bool done = invariant_ || small_enough(projected_residual(), rounding);
        const bool slow =
            least_progress > 0.0 && projected.boundary &&
            static_cast<double>(k) * (projected.model - before) >= least_progress * projected.model;
        before = projected.model;
        if (!done && !slow && k < limit) continue;
        Result result = finish(projected, k);
        if (done || slow || products == k) return result;
        if constexpr (std::same_as<Bound, TrustRegionBound>) {
            if (!result.boundary) {
                continued_from_ = result.norm;
                result = finish(continued_.minimize(
                    h, lanczos_, subproblem_.minimizer(), {result.model, result.norm}, parameter,
                    std::max(tolerance_, rounding), products - k, step_.data()));
                result.products += k;
            }
        }
        return result;
    }
}

template <class Bound>
auto KrylovSubproblem<Bound>::finish(const ContinuedConjugateGradients::Result& found) const -> Result {
    return {.model = found.model,
            .norm = found.norm,
            .residual = found.residual,
            .products = found.products,
            .boundary = found.boundary,
            .converged = found.finite && small_enough(found.residual, 10.0 * epsilon * gradient_norm_),
            .finite = found.finite};
}

template <class Bound>
auto KrylovSubproblem<Bound>::again(double parameter) -> Result {
    require_positive(Bound::krylov_name, Bound::parameter, parameter);
    if (gradient_norm_ == 0.0) {
        std::fill(step_.begin(), step_.end(), 0.0);  // add_direction may have written one
        return {};
    }
    if (parameter > continued_from_) return finish(continued_.again(parameter, step_.data()));
    return finish(solve_projected(parameter, guess_), 0);
}

template <class Bound>
auto KrylovSubproblem<Bound>::add_direction(OperatorRef h, const double* v, double parameter) -> Result {
    using Eigen::MatrixXd;
    using Eigen::VectorXd;
    check(h, parameter);
    const auto n = static_cast<std::size_t>(space_.dimension());
    extra_.assign(v, v + space_.dimension());
    product_.resize(n);

    // v becomes orthogonal to Q; twice is enough.
    const Index k = gradient_norm_ == 0.0 ? 0 : lanczos_.steps();
    std::vector<double> along(static_cast<std::size_t>(k));
    const double before = space_.norm(extra_.data());
    for (int pass = 0; pass < 2 && k > 0; ++pass) {
        lanczos_.project(extra_.data(), along.data());
        lanczos_.expand(along, product_.data());
        space_.add(-1.0, product_.data(), extra_.data());
    }
    const double length = space_.norm(extra_.data());
    if (!(length > 10.0 * epsilon * before)) return again(parameter);  // nothing new in v
    space_.scale(1.0 / length, extra_.data());
    h.apply(extra_.data(), product_.data());
    if (!space_.all_finite(product_.data())) return {.products = 1, .converged = false, .finite = false};

    // [Q v]'H[Q v] is T bordered by a row; its eigenvectors make the problem diagonal.
    MatrixXd projected = MatrixXd::Zero(k + 1, k + 1);
    VectorXd linear = VectorXd::Zero(k + 1);
    if (k > 0) {
        const hesse::Tridiagonal t = lanczos_.tridiagonal();
        lanczos_.project(product_.data(), along.data());
        linear[0] = gradient_norm_;
        for (Index j = 0; j < k; ++j) {
            projected(j, j) = t.diagonal[static_cast<std::size_t>(j)];
            if (j + 1 < k) projected(j + 1, j) = t.beside[static_cast<std::size_t>(j)];
            projected(k, j) = along[static_cast<std::size_t>(j)];
        }
    }
    projected(k, k) = space_.dot(extra_.data(), product_.data());
    const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(projected);  // reads the lower triangle
    const VectorXd values = eigen.eigenvalues();
    linear = (eigen.eigenvectors().transpose() * linear).eval();
    const VectorXd beside = VectorXd::Zero(k);
    const auto solution = subproblem_.solve({values.data(), static_cast<std::size_t>(k + 1)},
                                            {beside.data(), static_cast<std::size_t>(k)},
                                            {linear.data(), static_cast<std::size_t>(k + 1)}, parameter);
    const VectorXd coefficients =
        eigen.eigenvectors() * Eigen::Map<const VectorXd>(subproblem_.minimizer().data(), k + 1);

    std::fill(step_.begin(), step_.end(), 0.0);
    if (k > 0) {
        along.assign(coefficients.begin(), coefficients.begin() + k);
        lanczos_.expand(along, step_.data());
    }
    space_.add(coefficients[k], extra_.data(), step_.data());

    // T knows nothing of v, so that H s takes a product.
    h.apply(step_.data(), product_.data());
    if (!space_.all_finite(product_.data())) return {.products = 2, .converged = false, .finite = false};
    const double rounding = 10.0 * epsilon * (space_.norm(product_.data()) + gradient_norm_);
    space_.add(solution.multiplier, step_.data(), product_.data());
    if (k > 0) {
        lanczos_.basis().copy_column(0, extra_.data());
        space_.add(gradient_norm_, extra_.data(), product_.data());
    }
    const double residual = space_.norm(product_.data());
    return {.multiplier = solution.multiplier,
            .model = solution.model,
            .norm = solution.norm,
            .residual = residual,
            .products = 2,
            .boundary = solution.boundary,
            .hard_case = solution.hard_case,
            .converged = small_enough(residual, rounding)};
}

template class KrylovSubproblem<TrustRegionBound>;
template class KrylovSubproblem<CubicTerm>;

namespace {

template <class Bound>
KrylovResult solve_globally(const char* where, OperatorRef h, const double* g, double parameter, double* step,
                            const GlobalSubproblemOptions& options) {
    const VectorSpace space(h.rows(), h.communicator());
    if (!space.all_finite(g)) throw std::invalid_argument(fmt::format("{}: g is not finite", where));
    require_positive(where, Bound::parameter, parameter);
    require_at_least(where, "columns", options.columns, 2);
    require_not_negative(where, "tolerance", options.tolerance);
    require_not_negative(where, "precision", options.precision);
    Index products = 0;
    if (options.check_symmetry) {
        RandomGenerator random(options.seed);
        require_symmetric(where, h, random, options.precision);
        products += 2;
    }

    KrylovSubproblem<Bound> subproblem(space, options.columns, options.precision);
    auto result = subproblem.minimize(h, g, parameter, options.tolerance * space.norm(g), options.columns);
    products += result.products;
    if (result.finite) {
        // An eigenvector's own residual is a part of that of the step.
        Buffer v(static_cast<std::size_t>(h.rows()));
        const auto leftmost = extreme_eigenvalues(h,
                                                  {.tolerance = 0.1 * options.tolerance,
                                                   .seed = options.seed,
                                                   .precision = options.precision,
                                                   .check_symmetry = false},
                                                  v.data(), nullptr, where);
        products += leftmost.products;
        if (leftmost.lowest.value < -result.multiplier) {
            result = subproblem.add_direction(h, v.data(), parameter);
            products += result.products;
            const double scale = space.norm(g) + result.multiplier * result.norm;
            result.converged = result.converged || result.residual <= options.tolerance * scale;
        }
        result.converged = result.converged && leftmost.lowest.converged;
    }
    space.copy(subproblem.step(), step);
    result.products = products;
    return result;
}

}  // namespace

KrylovResult solve_trust_region(OperatorRef h, const double* g, double radius, double* step,
                                const GlobalSubproblemOptions& options) {
    return solve_globally<TrustRegionBound>("solve_trust_region", h, g, radius, step, options);
}

KrylovResult solve_cubic(OperatorRef h, const double* g, double sigma, double* step,
                         const GlobalSubproblemOptions& options) {
    return solve_globally<CubicTerm>("solve_cubic", h, g, sigma, step, options);
}

}  // namespace hesse
