#pragma once

#include "hesse/autodiff/higher_order.hpp"
#include "hesse/optim/curvature/critical_point.hpp"
#include "hesse/optim/curvature/degenerate_point.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <stdexcept>
#include <string>

/// What higher derivatives say where the second order cannot tell: exact ones, from the tape run over Taylor numbers. Not
/// part of <hesse/hesse.hpp>, since that compiles the tape anew for each kind of number.
namespace hesse {

/// Those of an objective of the tape.
template <class F>
class TapeHigherDerivatives final : public HigherDerivatives {
public:
    TapeHigherDerivatives(const F& f, const Eigen::Ref<const Eigen::VectorXd>& x) : f_(f), x_(x) {}

    [[nodiscard]] Index size() const override { return x_.size(); }
    void along(const double* z, double* derivatives) const override {
        const auto found = directional_derivatives<most>(f_, x_, at(z));
        std::copy(found.begin(), found.end(), derivatives);
    }
    void gradients(const double* z, double* third, double* fourth) const override {
        const auto found = gradient_derivatives<3>(f_, x_, at(z));
        std::copy_n(found.col(2).data(), size(), third);
        std::copy_n(found.col(3).data(), size(), fourth);
    }
    void third(const double* u, const double* v, double* out) const override {
        const auto found = third_derivative(f_, x_, at(u), at(v));
        std::copy_n(found.data(), size(), out);
    }

private:
    [[nodiscard]] Eigen::Map<const Eigen::VectorXd> at(const double* z) const { return {z, x_.size()}; }

    const F& f_;
    Eigen::VectorXd x_;
};

/// What kind of point x is, a critical point of f where the Hessian is singular, as far as derivatives up to the fourth
/// tell; up to the sixth where all lower ones are zero. Anandkumar and Ge, COLT 2016, for what is tractable: with three
/// dimensions of the null space or more, that no direction falls is as sure as the search over random starts.
///
/// Costs the null space by Lanczos, and for each direction that is tried about fifteen gradients and one solution of
/// H w = u by MINRES.
/// Throws std::invalid_argument if sizes differ, an option is out of range, or x or a product is not finite.
template <class F>
DegeneratePoint examine_degenerate(const F& f, const Eigen::Ref<const Eigen::VectorXd>& x,
                                   const DegenerateOptions& options = {}) {
    if (x.size() != static_cast<Index>(f.size()))
        throw std::invalid_argument("examine_degenerate: x has " + std::to_string(x.size()) +
                                    " entries but the objective has " + std::to_string(f.size()) +
                                    " parameters");
    if (!x.allFinite()) throw std::invalid_argument("examine_degenerate: x has an entry that is not finite");
    const auto at = f.linearize(x);
    return examine_degenerate(at.hessian(), TapeHigherDerivatives<F>(f, x), options);
}

/// Asks classify to go on to higher orders where the second cannot tell.
struct HigherOrders {};
inline constexpr HigherOrders higher_orders{};

/// classify(f, x, options), and, where its verdict is `degenerate`, examine_degenerate: what that says is in
/// `higher_order`, and in `conclusion()`. Throws as both do.
template <class F>
CriticalPoint classify(const F& f, const Eigen::Ref<const Eigen::VectorXd>& x, HigherOrders,
                       const ClassifyOptions& options = {}) {
    CriticalPoint point = classify(f, x, options);
    if (point.kind != CriticalPointKind::degenerate) return point;
    DegenerateOptions more;
    more.curvature_tolerance = point.curvature_tolerance;
    more.memory = options.memory;
    more.seed = options.seed;
    point.higher_order = examine_degenerate(f, x, more);
    return point;
}

}  // namespace hesse
