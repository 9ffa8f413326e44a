#pragma once

#include "hesse/autodiff/operations/activation.hpp"
#include "hesse/autodiff/operations/bessel.hpp"
#include "hesse/autodiff/operations/error_function.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/gamma.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "hesse/autodiff/operations/incomplete_gamma.hpp"
#include "hesse/autodiff/operations/linear.hpp"
#include "hesse/autodiff/operations/losses.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/operations/rounding.hpp"
#include "hesse/autodiff/operations/sigmoid.hpp"
#include "hesse/autodiff/operations/trigonometric.hpp"

#include <utility>

namespace hesse {

template <class Expression>
class EntrywiseWords;

/// Rule(x, b...) where x is an expression with a name, which is evaluated once, and where it has none.
template <class Rule, class Expression, class... B>
auto entrywise(const EntrywiseWords<Expression>& x, B&&... b) {
    return apply<Rule>(static_cast<const Expression&>(x), std::forward<B>(b)...);
}
template <class Rule, class Expression, class... B>
auto entrywise(EntrywiseWords<Expression>&& x, B&&... b) {
    return apply<Rule>(static_cast<Expression&&>(x), std::forward<B>(b)...);
}

/// Eigen's member functions that work entry by entry on arrays and matrices alike. Each is the free function
/// of the same formula; of an expression that nobody else can see (&&) it becomes a part.
template <class Expression>
class EntrywiseWords {
public:
    // clang-format off
    auto cwiseAbs() const& { return entrywise<Abs>(*this); }      auto cwiseAbs() && { return entrywise<Abs>(std::move(*this)); }
    auto cwiseAbs2() const& { return entrywise<Square>(*this); }  auto cwiseAbs2() && { return entrywise<Square>(std::move(*this)); }
    auto cwiseSqrt() const& { return entrywise<Sqrt>(*this); }    auto cwiseSqrt() && { return entrywise<Sqrt>(std::move(*this)); }
    auto cwiseInverse() const& { return entrywise<Inverse>(*this); }auto cwiseInverse() && { return entrywise<Inverse>(std::move(*this)); }
    auto cwiseSign() const& { return entrywise<Sign>(*this); }    auto cwiseSign() && { return entrywise<Sign>(std::move(*this)); }
    template <class B> auto cwiseProduct(B&& b) const& { return entrywise<Multiply>(*this, std::forward<B>(b)); }
    template <class B> auto cwiseProduct(B&& b) && { return entrywise<Multiply>(std::move(*this), std::forward<B>(b)); }
    template <class B> auto cwiseQuotient(B&& b) const& { return entrywise<Divide>(*this, std::forward<B>(b)); }
    template <class B> auto cwiseQuotient(B&& b) && { return entrywise<Divide>(std::move(*this), std::forward<B>(b)); }
    template <class B> auto cwiseMax(B&& b) const& { return entrywise<Maximum>(*this, std::forward<B>(b)); }
    template <class B> auto cwiseMax(B&& b) && { return entrywise<Maximum>(std::move(*this), std::forward<B>(b)); }
    template <class B> auto cwiseMin(B&& b) const& { return entrywise<Minimum>(*this, std::forward<B>(b)); }
    template <class B> auto cwiseMin(B&& b) && { return entrywise<Minimum>(std::move(*this), std::forward<B>(b)); }
    // clang-format on
};

/// Those that Eigen gives to arrays only, and some that it has as free functions.
template <class Expression>
class ArrayWords : public EntrywiseWords<Expression> {
public:
    // clang-format off
    auto abs() const& { return entrywise<Abs>(*this); }           auto abs() && { return entrywise<Abs>(std::move(*this)); }
    auto abs2() const& { return entrywise<Square>(*this); }       auto abs2() && { return entrywise<Square>(std::move(*this)); }
    auto sign() const& { return entrywise<Sign>(*this); }         auto sign() && { return entrywise<Sign>(std::move(*this)); }
    auto inverse() const& { return entrywise<Inverse>(*this); }   auto inverse() && { return entrywise<Inverse>(std::move(*this)); }
    auto square() const& { return entrywise<Square>(*this); }     auto square() && { return entrywise<Square>(std::move(*this)); }
    auto cube() const& { return entrywise<Cube>(*this); }         auto cube() && { return entrywise<Cube>(std::move(*this)); }
    auto sqrt() const& { return entrywise<Sqrt>(*this); }         auto sqrt() && { return entrywise<Sqrt>(std::move(*this)); }
    auto rsqrt() const& { return entrywise<Rsqrt>(*this); }       auto rsqrt() && { return entrywise<Rsqrt>(std::move(*this)); }
    auto cbrt() const& { return entrywise<Cbrt>(*this); }         auto cbrt() && { return entrywise<Cbrt>(std::move(*this)); }
    auto exp() const& { return entrywise<Exp>(*this); }           auto exp() && { return entrywise<Exp>(std::move(*this)); }
    auto exp2() const& { return entrywise<Exp2>(*this); }         auto exp2() && { return entrywise<Exp2>(std::move(*this)); }
    auto expm1() const& { return entrywise<Expm1>(*this); }       auto expm1() && { return entrywise<Expm1>(std::move(*this)); }
    auto log() const& { return entrywise<Log>(*this); }           auto log() && { return entrywise<Log>(std::move(*this)); }
    auto log2() const& { return entrywise<Log2>(*this); }         auto log2() && { return entrywise<Log2>(std::move(*this)); }
    auto log10() const& { return entrywise<Log10>(*this); }       auto log10() && { return entrywise<Log10>(std::move(*this)); }
    auto log1p() const& { return entrywise<Log1p>(*this); }       auto log1p() && { return entrywise<Log1p>(std::move(*this)); }
    auto sin() const& { return entrywise<Sin>(*this); }           auto sin() && { return entrywise<Sin>(std::move(*this)); }
    auto cos() const& { return entrywise<Cos>(*this); }           auto cos() && { return entrywise<Cos>(std::move(*this)); }
    auto tan() const& { return entrywise<Tan>(*this); }           auto tan() && { return entrywise<Tan>(std::move(*this)); }
    auto asin() const& { return entrywise<Asin>(*this); }         auto asin() && { return entrywise<Asin>(std::move(*this)); }
    auto acos() const& { return entrywise<Acos>(*this); }         auto acos() && { return entrywise<Acos>(std::move(*this)); }
    auto atan() const& { return entrywise<Atan>(*this); }         auto atan() && { return entrywise<Atan>(std::move(*this)); }
    auto sinh() const& { return entrywise<Sinh>(*this); }         auto sinh() && { return entrywise<Sinh>(std::move(*this)); }
    auto cosh() const& { return entrywise<Cosh>(*this); }         auto cosh() && { return entrywise<Cosh>(std::move(*this)); }
    auto tanh() const& { return entrywise<Tanh>(*this); }         auto tanh() && { return entrywise<Tanh>(std::move(*this)); }
    auto asinh() const& { return entrywise<Asinh>(*this); }       auto asinh() && { return entrywise<Asinh>(std::move(*this)); }
    auto acosh() const& { return entrywise<Acosh>(*this); }       auto acosh() && { return entrywise<Acosh>(std::move(*this)); }
    auto atanh() const& { return entrywise<Atanh>(*this); }       auto atanh() && { return entrywise<Atanh>(std::move(*this)); }
    auto logistic() const& { return entrywise<Sigmoid>(*this); }  auto logistic() && { return entrywise<Sigmoid>(std::move(*this)); }
    auto erf() const& { return entrywise<Erf>(*this); }           auto erf() && { return entrywise<Erf>(std::move(*this)); }
    auto erfc() const& { return entrywise<Erfc>(*this); }         auto erfc() && { return entrywise<Erfc>(std::move(*this)); }
    auto lgamma() const& { return entrywise<Lgamma>(*this); }     auto lgamma() && { return entrywise<Lgamma>(std::move(*this)); }
    auto digamma() const& { return entrywise<Digamma>(*this); }   auto digamma() && { return entrywise<Digamma>(std::move(*this)); }
    auto floor() const& { return entrywise<Floor>(*this); }       auto floor() && { return entrywise<Floor>(std::move(*this)); }
    auto ceil() const& { return entrywise<Ceil>(*this); }         auto ceil() && { return entrywise<Ceil>(std::move(*this)); }
    auto round() const& { return entrywise<Round>(*this); }       auto round() && { return entrywise<Round>(std::move(*this)); }
    auto rint() const& { return entrywise<Rint>(*this); }         auto rint() && { return entrywise<Rint>(std::move(*this)); }
    auto trunc() const& { return entrywise<Trunc>(*this); }       auto trunc() && { return entrywise<Trunc>(std::move(*this)); }
    auto stop_gradient() const& { return entrywise<StopGradient>(*this); }auto stop_gradient() && { return entrywise<StopGradient>(std::move(*this)); }
    template <class B> auto pow(B&& b) const& { return entrywise<Power>(*this, std::forward<B>(b)); }
    template <class B> auto pow(B&& b) && { return entrywise<Power>(std::move(*this), std::forward<B>(b)); }
    template <class B> auto max(B&& b) const& { return entrywise<Maximum>(*this, std::forward<B>(b)); }
    template <class B> auto max(B&& b) && { return entrywise<Maximum>(std::move(*this), std::forward<B>(b)); }
    template <class B> auto min(B&& b) const& { return entrywise<Minimum>(*this, std::forward<B>(b)); }
    template <class B> auto min(B&& b) && { return entrywise<Minimum>(std::move(*this), std::forward<B>(b)); }
    // clang-format on
};

}  // namespace hesse
