#include "hesse/optim/continued_conjugate_gradients.hpp"

#include "boundary_crossing.hpp"

#include <algorithm>
#include <cmath>

namespace hesse {

auto ContinuedConjugateGradients::minimize(OperatorRef h, Lanczos& run, std::span<const double> y,
                                           const Point& start, double radius, double tolerance,
                                           Index products, double* s) -> Result {
    for (Buffer* vector : {&begin_, &s_, &r_, &p_, &hp_, &ritz_vector_})
        vector->resize(static_cast<std::size_t>(space_.dimension()));
    space_.copy(s, begin_.data());
    space_.copy(s, s_.data());
    take_over(run, y);
    keep_converged(run);
    double rr = space_.dot(r_.data(), r_.data());
    inside_ = start_ = {start.model, start.norm, space_.norm(r_.data(), rr)};

    for (Index k = 1;; ++k) {
        h.apply(p_.data(), hp_.data());
        curvature_ = space_.dot(p_.data(), hp_.data());
        if (!std::isfinite(curvature_)) return {{}, k, false, false};
        const double a = rr / curvature_;
        const double square = inside_.norm * inside_.norm + a * (2.0 * space_.dot(s_.data(), p_.data()) +
                                                                 a * space_.dot(p_.data(), p_.data()));
        leaves_ = !(curvature_ > 0.0) || !(square < radius * radius);
        if (leaves_) {
            product_norm_ = space_.norm(hp_.data());
            Result result = on_last_direction(radius, s);
            result.products = k;
            return result;
        }
        space_.add(a, p_.data(), s_.data());
        space_.add(a, hp_.data(), r_.data());
        const double residual = converged_.orthogonalize(r_.data(), removed_);
        inside_ = {inside_.model - 0.5 * a * rr, std::sqrt(square), residual};
        if (residual <= tolerance || k >= products) {
            space_.copy(s_.data(), s);
            return {inside_, k};
        }
        const double before = rr;
        rr = residual * residual;
        space_.combine(-1.0, r_.data(), rr / before, p_.data());
    }
}

/// With T = L D L' the residual Hs + g is beta y_k q_{k+1}, and the last direction Q L^-T e_k.
void ContinuedConjugateGradients::take_over(Lanczos& run, std::span<const double> y) {
    const Tridiagonal t = run.tridiagonal();
    const std::size_t k = t.diagonal.size();
    multipliers_.resize(k);
    coefficients_.resize(k);
    double pivot = t.diagonal[0];
    for (std::size_t i = 0; i < k; ++i) {
        if (i > 0) pivot = t.diagonal[i] - multipliers_[i - 1] * t.beside[i - 1];
        multipliers_[i] = run.beta()[i] / pivot;
    }
    coefficients_[k - 1] = 1.0;
    for (std::size_t i = k - 1; i-- > 0;) coefficients_[i] = -multipliers_[i] * coefficients_[i + 1];
    const double residual = run.beta().back() * y.back();
    run.expand(coefficients_, p_.data());
    space_.combine(residual, run.column(run.steps()), 0.0, r_.data());
    space_.combine(-1.0, r_.data(), residual * multipliers_[k - 1], p_.data());
}

/// Ritz vectors converge from the ends of the spectrum.
void ContinuedConjugateGradients::keep_converged(Lanczos& run) {
    converged_.truncate(0);
    coefficients_.resize(static_cast<std::size_t>(run.steps()));
    Index low = 0, high = run.steps() - 1;
    while (low < high && keep_if_converged(run, low)) ++low;
    while (low < high && keep_if_converged(run, high)) --high;
}

bool ContinuedConjugateGradients::keep_if_converged(Lanczos& run, Index index) {
    const Tridiagonal t = run.tridiagonal();
    t.eigenvector(t.eigenvalue(index), coefficients_);
    // Between the square root of eps, from where on orthogonality is lost, and what does not converge in the products that follow.
    if (run.beta().back() * std::abs(coefficients_.back()) > 1e-4 * run.norm_estimate()) return false;
    run.expand(coefficients_, ritz_vector_.data());
    const double left = converged_.orthogonalize(ritz_vector_.data(), removed_);
    if (left > 0.5) converged_.append(ritz_vector_.data(), left);  // not the same again
    return true;
}

auto ContinuedConjugateGradients::again(double radius, double* s) -> Result {
    if (radius >= inside_.norm) {
        if (leaves_) return on_last_direction(radius, s);
        space_.copy(s_.data(), s);
        return {inside_};
    }
    // The residual changes linearly, and the model, which would be least at the end of this part but for rounding, quadratically.
    space_.copy(s_.data(), s);
    space_.add(-1.0, begin_.data(), s);
    const double tau =
        boundary_crossing(start_.norm * start_.norm, space_.dot(begin_.data(), s), space_.dot(s, s), radius);
    const double left = 1.0 - tau, slope = space_.dot(r_.data(), s);  // at the end
    space_.combine(1.0, begin_.data(), tau, s);
    return {{.model = inside_.model + left * (left * (start_.model - inside_.model + slope) - slope),
             .norm = radius,
             .residual = std::hypot(left * start_.residual, tau * inside_.residual)},
            0,
            true};
}

auto ContinuedConjugateGradients::on_last_direction(double radius, double* s) -> Result {
    const double ss = inside_.norm * inside_.norm, sp = space_.dot(s_.data(), p_.data()),
                 pp = space_.dot(p_.data(), p_.data());
    const double square = inside_.residual * inside_.residual;  // = -r'p; and r'Hp = -p'Hp
    double tau = boundary_crossing(ss, sp, pp, radius);
    if (tau * curvature_ > square) tau = square / curvature_;  // the minimum is inside a larger region
    space_.copy(s_.data(), s);
    space_.add(tau, p_.data(), s);
    const double along = tau * product_norm_;
    return {{.model = inside_.model + tau * (0.5 * tau * curvature_ - square),
             .norm = std::min(std::sqrt(ss + tau * (2.0 * sp + tau * pp)), radius),
             .residual = std::sqrt(std::max(square - 2.0 * tau * curvature_ + along * along, 0.0))},
            0,
            true};
}

}  // namespace hesse
