#pragma once

#include "hesse/autodiff/diagnosis.hpp"
#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/trace.hpp"
#include "hesse/autodiff/traced.hpp"

#include <Eigen/Core>

#include <cmath>
#include <type_traits>

/// Finds the statement that makes a NaN or an infinity.
namespace hesse {

namespace engine {

/// Whether value, gradient and Hessian product of the library itself are finite.
template <class Loss, class T, bool by_scalars>
SweptResults sweep_results(const TapeObjective<Loss, T, by_scalars>& f,
                           const Eigen::Ref<const Eigen::Matrix<T, Eigen::Dynamic, 1>>& x,
                           const Eigen::Ref<const Eigen::Matrix<T, Eigen::Dynamic, 1>>& v) {
    const auto at = f.linearize(x);
    const Eigen::Matrix<T, Eigen::Dynamic, 1> product = at.hessian() * v;
    return {std::isfinite(at.value()), at.gradient().allFinite(), product.allFinite()};
}

template <class T, class Loss>
Diagnosis diagnose_scalars(const Loss& loss, const Eigen::Ref<const Eigen::Matrix<T, Eigen::Dynamic, 1>>& x,
                           const T* direction, const SweptResults& swept) {
    Trace<T> trace;
    trace.parameters = static_cast<std::size_t>(x.size());
    Eigen::Matrix<Traced<T>, Eigen::Dynamic, 1> theta(x.size());
    for (Index i = 0; i < x.size(); ++i) theta[i] = Traced<T>(trace, x[i], static_cast<std::uint32_t>(i));
    const Traced<T> y(loss(std::as_const(theta)));
    if (y.trace() == nullptr) return diagnosis_of_constant(static_cast<double>(y.value()));
    if (y.trace() != &trace) throw_mixed_tapes();
    return diagnose_trace(trace, y.id(), direction, swept);
}

}  // namespace engine

/// The first statement that makes a NaN or an infinity, in each of the four sweeps: value, gradient, tangent, product.
///
///     std::cout << diagnose(f, x, v);
///
/// f: made by `objective`, in scalar code. x, v (n): where, and along what. The loss is called once more, with numbers
/// that write down each operation and its line. Where that is in a template of Eigen's, or in a function of the user's
/// that is made by a rule of the user's, the lines before and after are named.
/// Throws std::invalid_argument if a size is wrong or an entry of x or v is not finite. What the loss throws passes through.
template <class Loss, class T>
Diagnosis diagnose(const TapeObjective<Loss, T, true>& f,
                   const std::type_identity_t<Eigen::Ref<const Eigen::Matrix<T, Eigen::Dynamic, 1>>>& x,
                   const std::type_identity_t<Eigen::Ref<const Eigen::Matrix<T, Eigen::Dynamic, 1>>>& v) {
    require_size("diagnose: the point", x.size(), f.size());
    require_size("diagnose: the direction", v.size(), f.size());
    require_finite("diagnose: the point", x.data(), x.size());
    require_finite("diagnose: the direction", v.data(), v.size());
    const SweptResults swept = engine::sweep_results(f, x, v);
    return engine::diagnose_scalars<T>(f.loss(), x, v.data(), swept);
}

}  // namespace hesse
