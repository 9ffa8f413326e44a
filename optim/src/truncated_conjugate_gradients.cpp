#include "hesse/optim/truncated_conjugate_gradients.hpp"

#include "boundary_crossing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace hesse {

TruncatedConjugateGradients::TruncatedConjugateGradients(const VectorSpace& space) : space_(space) {
    const auto n = static_cast<std::size_t>(space.dimension());
    for (Buffer* vector : {&s_, &r_, &p_, &hp_}) vector->resize(n);
    for (Crossing& crossing : crossings_) crossing.s.resize(n);
}

auto TruncatedConjugateGradients::minimize(OperatorRef h, const double* g, double radius, double tolerance,
                                           Index products, Preconditioner& preconditioner) -> Result {
    std::fill(s_.begin(), s_.end(), 0.0);
    space_.copy(g, r_.data());
    step_ = s_.data();
    for (Crossing& crossing : crossings_) crossing.length = 0.0;
    if (preconditioner) z_.resize(s_.size());
    const double* z = preconditioner ? z_.data() : r_.data();
    const auto precondition = [&] {
        if (preconditioner) preconditioner.apply(r_.data(), z_.data(), space_.dimension());
        return space_.dot(r_.data(), z);
    };
    double rz = precondition();
    Result result;
    if (std::isinf(rz)) {  // squares overflow, as they may without a preconditioner
        result.finite = false;
        return result;
    }
    if (!preconditioner && rz == 0.0) return result;  // squares underflow: there is nowhere to go
    if (!(rz > 0.0))
        throw std::invalid_argument(fmt::format(
            "TruncatedConjugateGradients: the preconditioner is not positive definite, g'Pg is {}", rz));
    const double unit = space_.dot(z, z) / rz;
    space_.combine(-1.0, z, 0.0, p_.data());

    // |s|^2, s'P^-1 p and |p|^2 in the norm above, by their recurrences: P^-1 p = -r + ...
    double ss = 0.0, sp = 0.0, pp = unit * rz;
    double rr = space_.dot(g, g);
    for (;;) {
        h.apply(p_.data(), hp_.data());
        ++result.products;
        const double php = space_.dot(p_.data(), hp_.data());
        if (!std::isfinite(php)) {
            result.finite = false;
            return result;
        }
        preconditioner.observe(p_.data(), hp_.data());
        const double a = rz / php;
        const double next_ss = ss + a * (2.0 * sp + a * pp);
        const bool leaves = !(php > 0.0) || !(next_ss < radius * radius);
        const auto model_at = [&](double tau) { return result.model + tau * (0.5 * tau * php - rz); };
        // |r + tau Hp|
        const double along = space_.dot(r_.data(), hp_.data()), across = space_.dot(hp_.data(), hp_.data());
        const auto residual_at = [&](double tau) {
            return std::sqrt(std::max(rr + tau * (2.0 * along + tau * across), 0.0));
        };
        const double reached = leaves ? radius : std::sqrt(next_ss);
        double length = radius;
        for (Crossing& crossing : crossings_) {
            length *= 0.5;
            if (crossing.length > 0.0 || length > reached) continue;
            const double tau = boundary_crossing(ss, sp, pp, length);
            space_.copy(s_.data(), crossing.s.data());
            space_.add(tau, p_.data(), crossing.s.data());
            crossing.length = length;
            crossing.model = model_at(tau);
            crossing.residual = residual_at(tau);
        }
        const double tau = leaves ? boundary_crossing(ss, sp, pp, radius) : a;
        space_.add(tau, p_.data(), s_.data());
        result.model = model_at(tau);
        result.norm = reached;
        result.residual = residual_at(tau);
        result.boundary = leaves;
        if (leaves || result.products >= products) return result;

        rr = space_.add_dot(a, hp_.data(), r_.data(), r_.data());
        if (space_.norm(r_.data(), rr) <= tolerance) return result;
        const double next = preconditioner ? precondition() : rr;
        if (!(next > 0.0) || !std::isfinite(next)) return result;  // rounding
        const double b = next / rz;
        sp = b * (sp + a * pp);
        pp = unit * next + b * b * pp;
        ss = next_ss;
        rz = next;
        space_.combine(-1.0, z, b, p_.data());
    }
}

auto TruncatedConjugateGradients::again(double radius) -> std::optional<Result> {
    for (const Crossing& crossing : crossings_)
        if (crossing.length > 0.0 && crossing.length <= radius) {
            step_ = crossing.s.data();
            return Result{.model = crossing.model,
                          .norm = crossing.length,
                          .residual = crossing.residual,
                          .boundary = true};
        }
    return std::nullopt;
}

}  // namespace hesse
