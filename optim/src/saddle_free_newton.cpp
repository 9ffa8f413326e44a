#include "hesse/optim/saddle_free_newton.hpp"

#include "current_hessian.hpp"
#include "hesse/optim/state_text.hpp"
#include "options.hpp"

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
    escape_.start(at);
    lanczos_.emplace(at.space(), std::max<Index>(2, std::min(options_.subspace, at.size()) + 1),
                     LanczosOptions{.precision = at.product_precision()});
    direction_.resize(static_cast<std::size_t>(at.size()));
}

/// Where the loss is linear, in units of max(1, |x|).
static constexpr double longest_step = 1e4;

/// coefficients = -|T|^-1 V'g, where V'g = |g| e_1. No eigenvalue counts for less than makes the step `longest`.
void SaddleFreeNewton::find_coefficients(double gradient_norm, double longest) {
    // By a power of two to the size of one, so that the units of the loss do not matter to the solver.
    const double size = std::max(lanczos_->norm_estimate(), std::numeric_limits<double>::min());
    const double unit = std::scalbn(1.0, std::ilogb(size));
    const auto scaled = [unit](std::span<const double> entries, std::vector<double>& out) {
        out.assign(entries.begin(), entries.end());
        for (double& entry : out) entry /= unit;
    };
    const Tridiagonal t = lanczos_->tridiagonal();
    scaled(t.diagonal, diagonal_);
    scaled(t.beside, beside_);
    spectrum_.compute({diagonal_, beside_});

    const auto magnitude = [&](Index i) {
        return unit * std::abs(spectrum_.values()[static_cast<std::size_t>(i)]);
    };
    double largest = 0.0;
    for (Index i = 0; i < spectrum_.rows(); ++i) largest = std::max(largest, magnitude(i));
    const double least =
        std::max({options_.floor * largest, gradient_norm / longest, std::numeric_limits<double>::min()});
    coefficients_.assign(diagonal_.size(), 0.0);
    for (Index i = 0; i < spectrum_.rows(); ++i) {
        const std::span<const double> vector = spectrum_.vector(i);
        const double along = -gradient_norm * vector[0] / std::max(magnitude(i), least);
        for (std::size_t j = 0; j < vector.size(); ++j) coefficients_[j] += along * vector[j];
    }
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

    find_coefficients(norm, longest_step * std::max(1.0, space.norm(at.x_data())));
    lanczos_->expand(coefficients_, direction_.data());

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
