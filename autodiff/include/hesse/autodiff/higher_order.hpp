#pragma once

#include "hesse/autodiff/engine/duals.hpp"
#include "hesse/autodiff/engine/engine.hpp"
#include "hesse/autodiff/objective.hpp"

#include <array>

/// Derivatives beyond the second, exact: the loss is run once more over numbers that carry them. Not part of
/// <hesse/hesse.hpp>, since it compiles the tape anew for each kind of number.
namespace hesse {

/// d^k/dt^k f(x + t u) at t = 0 for k = 0 ... order: the value, u'g, u'Hu, D3f[u,u,u] ...
///
/// x, u: (n). Costs about (order + 1)(order + 2) / 2 evaluations of the loss, records nothing.
/// Throws std::invalid_argument if a size is wrong or an entry is not finite.
template <int order, class F>
auto directional_derivatives(const F& f, const Eigen::Ref<const typename F::Vector>& x,
                             const Eigen::Ref<const typename F::Vector>& u) {
    using T = typename F::Vector::Scalar;
    using Number = Taylor<T, order>;
    require_size("directional_derivatives: the direction", u.size(), f.size());
    require_size("directional_derivatives: the point", x.size(), f.size());
    require_finite("directional_derivatives: the direction", u.data(), u.size());
    Eigen::Matrix<Number, Eigen::Dynamic, 1> curve = x.template cast<Number>();
    if constexpr (order >= 1) {
        for (Index i = 0; i < x.size(); ++i) curve[i][1] = u[i];
    }
    const Number y = f.template over<Number>().value(curve);
    std::array<T, std::size_t{order} + 1> derivatives;
    T factorial(1);
    for (int k = 0; k <= order; ++k) {
        derivatives[static_cast<std::size_t>(k)] = factorial * y[k];
        factorial *= T(k + 1);
    }
    return derivatives;
}

/// d^k/dt^k g(x + t u) at t = 0 for k = 0 ... order, as the columns of an (n x order + 1) matrix: the gradient, H u,
/// D3f[u,u,.] ...
///
/// One recording and one reverse sweep over Taylor numbers: about (order + 1)(order + 2) / 2 gradients.
/// Throws as directional_derivatives does.
template <int order, class F>
auto gradient_derivatives(const F& f, const Eigen::Ref<const typename F::Vector>& x,
                          const Eigen::Ref<const typename F::Vector>& u) {
    using T = typename F::Vector::Scalar;
    using Number = Taylor<T, order>;
    require_size("gradient_derivatives: the direction", u.size(), f.size());
    require_size("gradient_derivatives: the point", x.size(), f.size());
    require_finite("gradient_derivatives: the direction", u.data(), u.size());
    Eigen::Matrix<Number, Eigen::Dynamic, 1> curve = x.template cast<Number>();
    if constexpr (order >= 1) {
        for (Index i = 0; i < x.size(); ++i) curve[i][1] = u[i];
    }
    const auto at = f.template over<Number>().linearize(curve);
    const auto gradient = at.gradient();
    Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> derivatives(x.size(), order + 1);
    T factorial(1);
    for (int k = 0; k <= order; ++k) {
        for (Index i = 0; i < x.size(); ++i) derivatives(i, k) = factorial * gradient[i][k];
        factorial *= T(k + 1);
    }
    return derivatives;
}

/// D3f[u,v,.], the derivative of H v along u: (n). Symmetric in u and v.
///
/// One recording over duals and one Hessian product of it: about eight gradients. Throws as
/// directional_derivatives does.
template <class F>
typename F::Vector third_derivative(const F& f, const Eigen::Ref<const typename F::Vector>& x,
                                    const Eigen::Ref<const typename F::Vector>& u,
                                    const Eigen::Ref<const typename F::Vector>& v) {
    using T = typename F::Vector::Scalar;
    using Number = Dual<T>;
    using Numbers = Eigen::Matrix<Number, Eigen::Dynamic, 1>;
    require_size("third_derivative: the first direction", u.size(), f.size());
    require_size("third_derivative: the second direction", v.size(), f.size());
    require_size("third_derivative: the point", x.size(), f.size());
    require_finite("third_derivative: the first direction", u.data(), u.size());
    Numbers point(x.size());
    for (Index i = 0; i < x.size(); ++i) point[i] = Number(x[i], u[i]);
    const auto at = f.template over<Number>().linearize(point);
    Numbers product(x.size());
    at.hessian().apply(v.template cast<Number>(), product);
    typename F::Vector result(x.size());
    for (Index i = 0; i < x.size(); ++i) result[i] = product[i].tangent;
    return result;
}

}  // namespace hesse
