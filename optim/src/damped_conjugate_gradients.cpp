#include "hesse/optim/damped_conjugate_gradients.hpp"

#include <algorithm>
#include <cmath>

namespace hesse {

DampedConjugateGradients::DampedConjugateGradients(const VectorSpace& space) : space_(space) {
    for (Buffer* vector : {&d_, &r_, &z_, &p_, &bp_})
        vector->resize(static_cast<std::size_t>(space.dimension()));
}

DampedConjugateGradients::End DampedConjugateGradients::begin(const System& system, const double* start) {
    system_ = system;
    model_ = curvature_ = 0.0;
    products_ = 0;
    std::fill(d_.begin(), d_.end(), 0.0);
    space_.combine(-1.0, system.gradient, 0.0, r_.data());
    first_rz_ = rz_ = precondition();
    if (start != nullptr && space_.norm(start) > 0.0) {
        const double curvature = multiply(start);
        if (!std::isfinite(curvature) || !space_.all_finite(bp_.data())) return End::not_finite;
        const double slope = space_.dot(system.gradient, start);
        model_ = slope + 0.5 * curvature;
        space_.copy(start, d_.data());
        space_.add(-1.0, bp_.data(), r_.data());
        rz_ = precondition();
    }
    space_.copy(system_->inverse != nullptr ? z_.data() : r_.data(), p_.data());
    return rz_ > 0.0 ? End::going_on : End::solved;
}

DampedConjugateGradients::End DampedConjugateGradients::advance() {
    const double curvature = multiply(p_.data());
    if (!std::isfinite(curvature) || !space_.all_finite(bp_.data())) return End::not_finite;
    if (!(curvature > 0.0)) return End::no_curvature;
    const double length = rz_ / curvature;
    space_.add(length, p_.data(), d_.data());
    space_.add(-length, bp_.data(), r_.data());
    model_ -= 0.5 * length * rz_;
    const double before = rz_;
    rz_ = precondition();
    if (!(rz_ > 0.0)) return End::solved;
    space_.combine(1.0, system_->inverse != nullptr ? z_.data() : r_.data(), rz_ / before, p_.data());
    return End::going_on;
}

double DampedConjugateGradients::model() const {
    return model_ - 0.5 * system_->damping * metric_square(d_.data());
}

double DampedConjugateGradients::relative_residual() const {
    return first_rz_ > 0.0 ? std::sqrt(rz_ / first_rz_) : 0.0;
}

double DampedConjugateGradients::metric_square(const double* x) const {
    if (system_->metric == nullptr) return space_.dot(x, x);
    double sum = 0.0;
    for (std::size_t i = 0; i < d_.size(); ++i) sum += system_->metric[i] * x[i] * x[i];
    return sum;
}

/// bp = (A + damping D) x; returns x'bp, which is not finite where the product is not.
double DampedConjugateGradients::multiply(const double* x) {
    system_->a.apply(x, bp_.data());
    ++products_;
    const double of_a = space_.dot(x, bp_.data()), of_metric = metric_square(x);
    if (of_metric > 0.0) curvature_ = std::max(curvature_, of_a / of_metric);
    if (system_->metric == nullptr) {
        space_.add(system_->damping, x, bp_.data());
    } else {
        for (std::size_t i = 0; i < bp_.size(); ++i) bp_[i] += system_->damping * system_->metric[i] * x[i];
    }
    return of_a + system_->damping * of_metric;
}

/// z = inverse r; returns r'z.
double DampedConjugateGradients::precondition() {
    if (system_->inverse == nullptr) return space_.dot(r_.data(), r_.data());
    for (std::size_t i = 0; i < r_.size(); ++i) z_[i] = system_->inverse[i] * r_[i];
    return space_.dot(r_.data(), z_.data());
}

}  // namespace hesse
