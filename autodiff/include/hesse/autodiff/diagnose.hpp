#pragma once

#include "hesse/autodiff/diagnosis.hpp"
#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/tape_diagnosis.hpp"
#include "hesse/autodiff/trace.hpp"
#include "hesse/autodiff/traced.hpp"

#include <Eigen/Core>

#include <cmath>
#include <type_traits>
#include <vector>

/// Finds the statement that makes a NaN or an infinity.
namespace hesse {

namespace engine {

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
/// f: made by `objective`. x, v (n): where, and along what.
/// A loss in scalar code is called once more, with numbers that write down each operation and its line. Where that is in a
/// template of Eigen's, or in a function that is made by a rule of the user's, the lines before and after are named. Scalar
/// code that hands Eigen's matrices of variables to words of arrays does not compile with these numbers: use the tag.
/// Of a loss in array words, and with the tag `by_recording`, the statement of the recording is named, with what it
/// calculates, shapes, entry and the numbers there, and with the nearest line that is known: operators of arrays are told none, words such as `sum`, `colwise` and `solve` are.
/// Throws std::invalid_argument if a size is wrong or an entry of x or v is not finite. What the loss throws passes through.
template <class Loss, class T, bool by_scalars, bool traced = by_scalars>
Diagnosis diagnose(const TapeObjective<Loss, T, by_scalars>& f,
                   const std::type_identity_t<Eigen::Ref<const Eigen::Matrix<T, Eigen::Dynamic, 1>>>& x,
                   const std::type_identity_t<Eigen::Ref<const Eigen::Matrix<T, Eigen::Dynamic, 1>>>& v) {
    require_size("diagnose: the point", x.size(), f.size());
    require_size("diagnose: the direction", v.size(), f.size());
    require_finite("diagnose: the point", x.data(), x.size());
    require_finite("diagnose: the direction", v.data(), v.size());
    std::vector<NotedLines::OfNode> lines;
    auto at = [&] {
        const LinesOfNodes written(lines);
        return f.linearize(x);
    }();
    const Eigen::Matrix<T, Eigen::Dynamic, 1> product = at.hessian() * v;
    const SweptResults swept{std::isfinite(at.value()), at.gradient().allFinite(), product.allFinite()};
    if constexpr (traced) return engine::diagnose_scalars<T>(f.loss(), x, v.data(), swept);
    else return diagnose_tape(at.tape(), v.data(), swept, lines);
}

/// Tag: `diagnose(f, x, v, by_recording)` looks at the statements of the recording, whatever the loss is written in.
struct ByRecording {};
inline constexpr ByRecording by_recording{};

template <class Loss, class T, bool by_scalars>
Diagnosis diagnose(const TapeObjective<Loss, T, by_scalars>& f,
                   const std::type_identity_t<Eigen::Ref<const Eigen::Matrix<T, Eigen::Dynamic, 1>>>& x,
                   const std::type_identity_t<Eigen::Ref<const Eigen::Matrix<T, Eigen::Dynamic, 1>>>& v,
                   ByRecording) {
    return diagnose<Loss, T, by_scalars, false>(f, x, v);
}

}  // namespace hesse
