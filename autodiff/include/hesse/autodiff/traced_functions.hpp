#pragma once

#include "hesse/autodiff/operations/activation.hpp"
#include "hesse/autodiff/operations/bessel.hpp"
#include "hesse/autodiff/operations/error_function.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/gamma.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "hesse/autodiff/operations/losses.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/operations/rounding.hpp"
#include "hesse/autodiff/operations/sigmoid.hpp"
#include "hesse/autodiff/operations/trigonometric.hpp"
#include "hesse/autodiff/traced.hpp"

/// The functions of one traced number, which know the line of their call. They are preferred to those of operations/,
/// being more specialized; one that is missing here, as a function of the user's, works with its line unknown.
namespace hesse {

template <class T>
Traced<T> exp(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Exp>(line, x);
}
template <class T>
Traced<T> exp2(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Exp2>(line, x);
}
template <class T>
Traced<T> expm1(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Expm1>(line, x);
}
template <class T>
Traced<T> log(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Log>(line, x);
}
template <class T>
Traced<T> log1p(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Log1p>(line, x);
}
template <class T>
Traced<T> log2(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Log2>(line, x);
}
template <class T>
Traced<T> log10(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Log10>(line, x);
}
template <class T>
Traced<T> square(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Square>(line, x);
}
template <class T>
Traced<T> cube(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Cube>(line, x);
}
template <class T>
Traced<T> inverse(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Inverse>(line, x);
}
template <class T>
Traced<T> sqrt(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Sqrt>(line, x);
}
template <class T>
Traced<T> rsqrt(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Rsqrt>(line, x);
}
template <class T>
Traced<T> cbrt(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Cbrt>(line, x);
}
template <class T>
Traced<T> sin(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Sin>(line, x);
}
template <class T>
Traced<T> cos(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Cos>(line, x);
}
template <class T>
Traced<T> tan(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Tan>(line, x);
}
template <class T>
Traced<T> asin(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Asin>(line, x);
}
template <class T>
Traced<T> acos(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Acos>(line, x);
}
template <class T>
Traced<T> atan(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Atan>(line, x);
}
template <class T>
Traced<T> sinh(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Sinh>(line, x);
}
template <class T>
Traced<T> cosh(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Cosh>(line, x);
}
template <class T>
Traced<T> tanh(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Tanh>(line, x);
}
template <class T>
Traced<T> asinh(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Asinh>(line, x);
}
template <class T>
Traced<T> acosh(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Acosh>(line, x);
}
template <class T>
Traced<T> atanh(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Atanh>(line, x);
}
template <class T>
Traced<T> abs(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Abs>(line, x);
}
template <class T>
Traced<T> fabs(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Abs>(line, x);
}
template <class T>
Traced<T> relu(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Relu>(line, x);
}
template <class T>
Traced<T> floor(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Floor>(line, x);
}
template <class T>
Traced<T> ceil(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Ceil>(line, x);
}
template <class T>
Traced<T> trunc(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Trunc>(line, x);
}
template <class T>
Traced<T> round(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Round>(line, x);
}
template <class T>
Traced<T> rint(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Rint>(line, x);
}
template <class T>
Traced<T> nearbyint(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Rint>(line, x);
}
template <class T>
Traced<T> sign(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Sign>(line, x);
}
template <class T>
Traced<T> stop_gradient(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<StopGradient>(line, x);
}
template <class T>
Traced<T> sigmoid(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Sigmoid>(line, x);
}
template <class T>
Traced<T> softplus(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Softplus>(line, x);
}
template <class T>
Traced<T> log_sigmoid(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<LogSigmoid>(line, x);
}
template <class T>
Traced<T> silu(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Silu>(line, x);
}
template <class T>
Traced<T> gelu(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Gelu>(line, x);
}
template <class T>
Traced<T> gelu_tanh(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<GeluTanh>(line, x);
}
template <class T>
Traced<T> log_cosh(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<LogCosh>(line, x);
}
template <class T>
Traced<T> xlogx(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<XLogX>(line, x);
}
template <class T>
Traced<T> erf(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Erf>(line, x);
}
template <class T>
Traced<T> erfc(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Erfc>(line, x);
}
template <class T>
Traced<T> erfinv(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Erfinv>(line, x);
}
template <class T>
Traced<T> normal_pdf(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<NormalPdf>(line, x);
}
template <class T>
Traced<T> normal_cdf(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<NormalCdf>(line, x);
}
template <class T>
Traced<T> log_normal_cdf(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<LogNormalCdf>(line, x);
}
template <class T>
Traced<T> lgamma(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Lgamma>(line, x);
}
template <class T>
Traced<T> tgamma(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Tgamma>(line, x);
}
template <class T>
Traced<T> digamma(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Digamma>(line, x);
}
template <class T>
Traced<T> trigamma(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Polygamma>(line, 1, x);
}
template <class T>
Traced<T> bessel_j0(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<BesselJ>(line, 0, x);
}
template <class T>
Traced<T> bessel_j1(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<BesselJ>(line, 1, x);
}
template <class T>
Traced<T> bessel_y0(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<BesselY>(line, 0, x);
}
template <class T>
Traced<T> bessel_y1(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<BesselY>(line, 1, x);
}
template <class T>
Traced<T> bessel_i0(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<BesselI>(line, 0, x);
}
template <class T>
Traced<T> bessel_i1(Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<BesselI>(line, 1, x);
}

}  // namespace hesse
