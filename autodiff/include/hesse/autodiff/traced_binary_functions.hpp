#pragma once

#include "hesse/autodiff/operations/activation.hpp"
#include "hesse/autodiff/operations/bessel.hpp"
#include "hesse/autodiff/operations/gamma.hpp"
#include "hesse/autodiff/operations/incomplete_gamma.hpp"
#include "hesse/autodiff/operations/linear.hpp"
#include "hesse/autodiff/operations/losses.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/operations/rounding.hpp"
#include "hesse/autodiff/operations/sigmoid.hpp"
#include "hesse/autodiff/operations/trigonometric.hpp"
#include "hesse/autodiff/traced.hpp"

/// The functions of several arguments of which one at least is traced; see traced_functions.hpp.
namespace hesse {

template <class X>
concept TracedOrNumber = is_traced<X> || Arithmetic<X>;

template <class T, TracedOrNumber B>
Traced<T> pow(Traced<T> a, B b, SourceLine line = SourceLine::here()) {
    return traced<Power>(line, a, b);
}
template <Arithmetic A, class T>
Traced<T> pow(A a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<Power>(line, a, b);
}
template <class T, TracedOrNumber B>
Traced<T> atan2(Traced<T> a, B b, SourceLine line = SourceLine::here()) {
    return traced<Atan2>(line, a, b);
}
template <Arithmetic A, class T>
Traced<T> atan2(A a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<Atan2>(line, a, b);
}
template <class T, TracedOrNumber B>
Traced<T> hypot(Traced<T> a, B b, SourceLine line = SourceLine::here()) {
    return traced<Hypot>(line, a, b);
}
template <Arithmetic A, class T>
Traced<T> hypot(A a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<Hypot>(line, a, b);
}
template <class T>
Traced<T> max(Traced<T> a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<Maximum>(line, a, b);
}
template <class T, TracedOrNumber B>
Traced<T> max(Traced<T> a, B b, SourceLine line = SourceLine::here()) {
    return traced<Maximum>(line, a, b);
}
template <Arithmetic A, class T>
Traced<T> max(A a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<Maximum>(line, a, b);
}
template <class T>
Traced<T> min(Traced<T> a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<Minimum>(line, a, b);
}
template <class T, TracedOrNumber B>
Traced<T> min(Traced<T> a, B b, SourceLine line = SourceLine::here()) {
    return traced<Minimum>(line, a, b);
}
template <Arithmetic A, class T>
Traced<T> min(A a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<Minimum>(line, a, b);
}
template <class T, TracedOrNumber B>
Traced<T> fmax(Traced<T> a, B b, SourceLine line = SourceLine::here()) {
    return traced<Fmax>(line, a, b);
}
template <Arithmetic A, class T>
Traced<T> fmax(A a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<Fmax>(line, a, b);
}
template <class T, TracedOrNumber B>
Traced<T> fmin(Traced<T> a, B b, SourceLine line = SourceLine::here()) {
    return traced<Fmin>(line, a, b);
}
template <Arithmetic A, class T>
Traced<T> fmin(A a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<Fmin>(line, a, b);
}
template <class T, TracedOrNumber B>
Traced<T> fdim(Traced<T> a, B b, SourceLine line = SourceLine::here()) {
    return traced<Fdim>(line, a, b);
}
template <Arithmetic A, class T>
Traced<T> fdim(A a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<Fdim>(line, a, b);
}
template <class T, TracedOrNumber B>
Traced<T> copysign(Traced<T> a, B b, SourceLine line = SourceLine::here()) {
    return traced<Copysign>(line, a, b);
}
template <Arithmetic A, class T>
Traced<T> copysign(A a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<Copysign>(line, a, b);
}
template <class T, TracedOrNumber B>
Traced<T> fmod(Traced<T> a, B b, SourceLine line = SourceLine::here()) {
    return traced<Fmod>(line, a, b);
}
template <Arithmetic A, class T>
Traced<T> fmod(A a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<Fmod>(line, a, b);
}
template <class T, TracedOrNumber B>
Traced<T> remainder(Traced<T> a, B b, SourceLine line = SourceLine::here()) {
    return traced<Remainder>(line, a, b);
}
template <Arithmetic A, class T>
Traced<T> remainder(A a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<Remainder>(line, a, b);
}
template <class T, TracedOrNumber B>
Traced<T> logaddexp(Traced<T> a, B b, SourceLine line = SourceLine::here()) {
    return traced<LogAddExp>(line, a, b);
}
template <Arithmetic A, class T>
Traced<T> logaddexp(A a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<LogAddExp>(line, a, b);
}
template <class T, TracedOrNumber B>
Traced<T> xlogy(Traced<T> a, B b, SourceLine line = SourceLine::here()) {
    return traced<XLogY>(line, a, b);
}
template <Arithmetic A, class T>
Traced<T> xlogy(A a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<XLogY>(line, a, b);
}
template <class T, TracedOrNumber B>
Traced<T> xlog1py(Traced<T> a, B b, SourceLine line = SourceLine::here()) {
    return traced<XLog1pY>(line, a, b);
}
template <Arithmetic A, class T>
Traced<T> xlog1py(A a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<XLog1pY>(line, a, b);
}
template <class T, TracedOrNumber B>
Traced<T> beta(Traced<T> a, B b, SourceLine line = SourceLine::here()) {
    return traced<Beta>(line, a, b);
}
template <Arithmetic A, class T>
Traced<T> beta(A a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<Beta>(line, a, b);
}
template <class T, TracedOrNumber B>
Traced<T> log_beta(Traced<T> a, B b, SourceLine line = SourceLine::here()) {
    return traced<LogBeta>(line, a, b);
}
template <Arithmetic A, class T>
Traced<T> log_beta(A a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<LogBeta>(line, a, b);
}

template <class T, TracedOrNumber B, TracedOrNumber C>
Traced<T> hypot(Traced<T> a, B b, C c, SourceLine line = SourceLine::here()) {
    return traced<Hypot>(line, a, b, c);
}
template <class T, TracedOrNumber B, TracedOrNumber C>
Traced<T> fma(Traced<T> a, B b, C c, SourceLine line = SourceLine::here()) {
    return traced<Fma>(line, a, b, c);
}
template <class T, TracedOrNumber B, TracedOrNumber C>
Traced<T> lerp(Traced<T> a, B b, C t, SourceLine line = SourceLine::here()) {
    return traced<Lerp>(line, a, b, t);
}
template <class T>
Traced<T> clamp(Traced<T> x, Traced<T> low, Traced<T> high, SourceLine line = SourceLine::here()) {
    return traced<Minimum>(line, traced<Maximum>(line, x, low), high);
}
template <class T, TracedOrNumber Low, TracedOrNumber High>
Traced<T> clamp(Traced<T> x, Low low, High high, SourceLine line = SourceLine::here()) {
    return traced<Minimum>(line, traced<Maximum>(line, x, low), high);
}
template <TracedOrNumber Condition, class T, TracedOrNumber B>
Traced<T> select(Condition condition, Traced<T> a, B b, SourceLine line = SourceLine::here()) {
    return traced<Select>(line, condition, a, b);
}
template <TracedOrNumber Condition, Arithmetic A, class T>
Traced<T> select(Condition condition, A a, Traced<T> b, SourceLine line = SourceLine::here()) {
    return traced<Select>(line, condition, a, b);
}
template <class T>
Traced<T> ldexp(Traced<T> x, int n, SourceLine line = SourceLine::here()) {
    return traced<Ldexp>(line, x, n);
}
template <class T, TracedOrNumber S = double>
Traced<T> huber(Traced<T> x, S parameter = 1.0, SourceLine line = SourceLine::here()) {
    return traced<Huber>(line, x, parameter);
}
template <class T, TracedOrNumber S = double>
Traced<T> leaky_relu(Traced<T> x, S parameter = 0.01, SourceLine line = SourceLine::here()) {
    return traced<LeakyRelu>(line, x, parameter);
}
template <class T, TracedOrNumber S = double>
Traced<T> elu(Traced<T> x, S parameter = 1.0, SourceLine line = SourceLine::here()) {
    return traced<Elu>(line, x, parameter);
}
template <class T>
Traced<T> bessel_jn(int n, Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<BesselJ>(line, n, x);
}
template <class T>
Traced<T> bessel_yn(int n, Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<BesselY>(line, n, x);
}
template <class T>
Traced<T> bessel_in(int n, Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<BesselI>(line, n, x);
}
template <class T>
Traced<T> polygamma(int n, Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<Polygamma>(line, n, x);
}
template <Arithmetic A, class T>
Traced<T> gamma_p(A a, Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<GammaP>(line, a, x);
}
template <Arithmetic A, class T>
Traced<T> gamma_q(A a, Traced<T> x, SourceLine line = SourceLine::here()) {
    return traced<GammaQ>(line, a, x);
}

}  // namespace hesse
