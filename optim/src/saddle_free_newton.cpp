#include "hesse/optim/saddle_free_newton.hpp"

#include "current_hessian.hpp"
#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <istream>
#include <limits>
#include <ostream>
#include <span>

namespace hesse {
SaddleFreeNewton::SaddleFreeNewton(Options options)
    : options_(options), search_(options.search), escape_(options.escape) {
    require_at_least(name, "subspace", options_.subspace, 1);
    if (!(options_.floor > 0.0 && options_.floor <= 1.0))
        throw std::invalid_argument(
            fmt::format("{}: floor is {}, expected 0 < floor <= 1", name, options_.floor));
    options_.search.check(name);
}

void SaddleFreeNewton::start(Iterate& at) {
    search_.start(at);
    escape_.start(at);
    lanczos_.emplace(at.space(), std::max<Index>(2, std::min(options_.subspace, at.size()) + 1),
                     LanczosOptions{.precision = at.product_precision()});
    direction_.resize(static_cast<std::size_t>(at.size()));
}

StepOutcome SaddleFreeNewton::step(Iterate& at) {
    const VectorSpace& space = at.space();
    const double norm = at.gradient_norm();
    if (norm == 0.0) return StepOutcome::converged;
    const CurrentHessian hessian{at};
    lanczos_->start(hessian, at.gradient_data());
    const Index most = std::min({options_.subspace, at.size(), std::max<Index>(1, at.affordable_products())});
    Lanczos::Step last = Lanczos::Step::grown;
    while (last == Lanczos::Step::grown && lanczos_->steps() < most) last = lanczos_->step();
    if (last == Lanczos::Step::not_finite) return StepOutcome::not_finite;

    const Tridiagonal t = lanczos_->tridiagonal();
    const auto k = static_cast<Index>(t.diagonal.size());
    // By a power of two to the size of one, so that the units of the loss do not matter to the solver.
    const double size = std::max(lanczos_->norm_estimate(), std::numeric_limits<double>::min());
    const double unit = std::scalbn(1.0, std::ilogb(size));
    const Eigen::VectorXd diagonal = Eigen::Map<const Eigen::VectorXd>(t.diagonal.data(), k) / unit;
    const Eigen::VectorXd beside = Eigen::Map<const Eigen::VectorXd>(t.beside.data(), k - 1) / unit;
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
    solver.computeFromTridiagonal(diagonal, beside);
    const Eigen::VectorXd magnitudes = unit * solver.eigenvalues().cwiseAbs();
    const double least = std::max(options_.floor * magnitudes.maxCoeff(), std::numeric_limits<double>::min());
    // V'g = |g| e_1.
    const Eigen::VectorXd first = solver.eigenvectors().row(0);
    const Eigen::VectorXd c =
        -norm * (solver.eigenvectors() * first.cwiseQuotient(magnitudes.cwiseMax(least)));
    lanczos_->expand(std::span(c.data(), static_cast<std::size_t>(k)), direction_.data());

    const double slope = space.dot(at.gradient_data(), direction_.data());
    ArmijoLineSearch::Result found;
    if (slope < 0.0) found = search_.search(at, direction_.data(), slope, 1.0, at.value());
    if (found.end == LineSearchEnd::not_finite) return StepOutcome::not_finite;
    if (found.end == LineSearchEnd::no_decrease)
        return -0.5 * slope <= at.rounding_floor() ? StepOutcome::rounding_floor : StepOutcome::line_search;
    at.accept_trial();
    return StepOutcome::moved;
}

void SaddleFreeNewton::save(std::ostream& out) const {
    StateWriter(out, name, 1);
    escape_.save(out);
}

void SaddleFreeNewton::load(std::istream& in) {
    StateReader(in, name, 1);
    escape_.load(in);
}

}  // namespace hesse
