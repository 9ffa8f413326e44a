#pragma once

#include "hesse/autodiff/operations.hpp"

#include <utility>

namespace hesse {

template <class Expression>
class EntrywiseWords;

/// Rule(x, b...), said at a line of the user's, where x is an expression with a name, which is evaluated once, and where
/// it has none.
template <class Rule, class Expression, class... B>
auto entrywise(SourceLine line, const EntrywiseWords<Expression>& x, B&&... b) {
    return apply_at<Rule>(line, static_cast<const Expression&>(x), std::forward<B>(b)...);
}
template <class Rule, class Expression, class... B>
auto entrywise(SourceLine line, EntrywiseWords<Expression>&& x, B&&... b) {
    return apply_at<Rule>(line, static_cast<Expression&&>(x), std::forward<B>(b)...);
}

/// Eigen's member functions that work entry by entry on arrays and matrices alike. Each is the free function
/// of the same formula; of an expression that nobody else can see (&&) it becomes a part.
template <class Expression>
class EntrywiseWords {
public:
    // clang-format off
    auto cwiseAbs(SourceLine line = SourceLine::here()) const& { return entrywise<Abs>(line, *this); }
    auto cwiseAbs(SourceLine line = SourceLine::here()) && { return entrywise<Abs>(line, std::move(*this)); }
    auto cwiseAbs2(SourceLine line = SourceLine::here()) const& { return entrywise<Square>(line, *this); }
    auto cwiseAbs2(SourceLine line = SourceLine::here()) && { return entrywise<Square>(line, std::move(*this)); }
    auto cwiseSqrt(SourceLine line = SourceLine::here()) const& { return entrywise<Sqrt>(line, *this); }
    auto cwiseSqrt(SourceLine line = SourceLine::here()) && { return entrywise<Sqrt>(line, std::move(*this)); }
    auto cwiseInverse(SourceLine line = SourceLine::here()) const& { return entrywise<Inverse>(line, *this); }
    auto cwiseInverse(SourceLine line = SourceLine::here()) && { return entrywise<Inverse>(line, std::move(*this)); }
    auto cwiseSign(SourceLine line = SourceLine::here()) const& { return entrywise<Sign>(line, *this); }
    auto cwiseSign(SourceLine line = SourceLine::here()) && { return entrywise<Sign>(line, std::move(*this)); }
    template <class B> auto cwiseProduct(B&& b, SourceLine line = SourceLine::here()) const& { return entrywise<Multiply>(line, *this, std::forward<B>(b)); }
    template <class B> auto cwiseProduct(B&& b, SourceLine line = SourceLine::here()) && { return entrywise<Multiply>(line, std::move(*this), std::forward<B>(b)); }
    template <class B> auto cwiseQuotient(B&& b, SourceLine line = SourceLine::here()) const& { return entrywise<Divide>(line, *this, std::forward<B>(b)); }
    template <class B> auto cwiseQuotient(B&& b, SourceLine line = SourceLine::here()) && { return entrywise<Divide>(line, std::move(*this), std::forward<B>(b)); }
    template <class B> auto cwiseMax(B&& b, SourceLine line = SourceLine::here()) const& { return entrywise<Maximum>(line, *this, std::forward<B>(b)); }
    template <class B> auto cwiseMax(B&& b, SourceLine line = SourceLine::here()) && { return entrywise<Maximum>(line, std::move(*this), std::forward<B>(b)); }
    template <class B> auto cwiseMin(B&& b, SourceLine line = SourceLine::here()) const& { return entrywise<Minimum>(line, *this, std::forward<B>(b)); }
    template <class B> auto cwiseMin(B&& b, SourceLine line = SourceLine::here()) && { return entrywise<Minimum>(line, std::move(*this), std::forward<B>(b)); }
    // clang-format on
};

/// Those that Eigen gives to arrays only, and some that it has as free functions.
template <class Expression>
class ArrayWords : public EntrywiseWords<Expression> {
public:
    // clang-format off
    auto abs(SourceLine line = SourceLine::here()) const& { return entrywise<Abs>(line, *this); }
    auto abs(SourceLine line = SourceLine::here()) && { return entrywise<Abs>(line, std::move(*this)); }
    auto abs2(SourceLine line = SourceLine::here()) const& { return entrywise<Square>(line, *this); }
    auto abs2(SourceLine line = SourceLine::here()) && { return entrywise<Square>(line, std::move(*this)); }
    auto sign(SourceLine line = SourceLine::here()) const& { return entrywise<Sign>(line, *this); }
    auto sign(SourceLine line = SourceLine::here()) && { return entrywise<Sign>(line, std::move(*this)); }
    auto inverse(SourceLine line = SourceLine::here()) const& { return entrywise<Inverse>(line, *this); }
    auto inverse(SourceLine line = SourceLine::here()) && { return entrywise<Inverse>(line, std::move(*this)); }
    auto square(SourceLine line = SourceLine::here()) const& { return entrywise<Square>(line, *this); }
    auto square(SourceLine line = SourceLine::here()) && { return entrywise<Square>(line, std::move(*this)); }
    auto cube(SourceLine line = SourceLine::here()) const& { return entrywise<Cube>(line, *this); }
    auto cube(SourceLine line = SourceLine::here()) && { return entrywise<Cube>(line, std::move(*this)); }
    auto sqrt(SourceLine line = SourceLine::here()) const& { return entrywise<Sqrt>(line, *this); }
    auto sqrt(SourceLine line = SourceLine::here()) && { return entrywise<Sqrt>(line, std::move(*this)); }
    auto rsqrt(SourceLine line = SourceLine::here()) const& { return entrywise<Rsqrt>(line, *this); }
    auto rsqrt(SourceLine line = SourceLine::here()) && { return entrywise<Rsqrt>(line, std::move(*this)); }
    auto cbrt(SourceLine line = SourceLine::here()) const& { return entrywise<Cbrt>(line, *this); }
    auto cbrt(SourceLine line = SourceLine::here()) && { return entrywise<Cbrt>(line, std::move(*this)); }
    auto exp(SourceLine line = SourceLine::here()) const& { return entrywise<Exp>(line, *this); }
    auto exp(SourceLine line = SourceLine::here()) && { return entrywise<Exp>(line, std::move(*this)); }
    auto exp2(SourceLine line = SourceLine::here()) const& { return entrywise<Exp2>(line, *this); }
    auto exp2(SourceLine line = SourceLine::here()) && { return entrywise<Exp2>(line, std::move(*this)); }
    auto expm1(SourceLine line = SourceLine::here()) const& { return entrywise<Expm1>(line, *this); }
    auto expm1(SourceLine line = SourceLine::here()) && { return entrywise<Expm1>(line, std::move(*this)); }
    auto log(SourceLine line = SourceLine::here()) const& { return entrywise<Log>(line, *this); }
    auto log(SourceLine line = SourceLine::here()) && { return entrywise<Log>(line, std::move(*this)); }
    auto log2(SourceLine line = SourceLine::here()) const& { return entrywise<Log2>(line, *this); }
    auto log2(SourceLine line = SourceLine::here()) && { return entrywise<Log2>(line, std::move(*this)); }
    auto log10(SourceLine line = SourceLine::here()) const& { return entrywise<Log10>(line, *this); }
    auto log10(SourceLine line = SourceLine::here()) && { return entrywise<Log10>(line, std::move(*this)); }
    auto log1p(SourceLine line = SourceLine::here()) const& { return entrywise<Log1p>(line, *this); }
    auto log1p(SourceLine line = SourceLine::here()) && { return entrywise<Log1p>(line, std::move(*this)); }
    auto sin(SourceLine line = SourceLine::here()) const& { return entrywise<Sin>(line, *this); }
    auto sin(SourceLine line = SourceLine::here()) && { return entrywise<Sin>(line, std::move(*this)); }
    auto cos(SourceLine line = SourceLine::here()) const& { return entrywise<Cos>(line, *this); }
    auto cos(SourceLine line = SourceLine::here()) && { return entrywise<Cos>(line, std::move(*this)); }
    auto tan(SourceLine line = SourceLine::here()) const& { return entrywise<Tan>(line, *this); }
    auto tan(SourceLine line = SourceLine::here()) && { return entrywise<Tan>(line, std::move(*this)); }
    auto asin(SourceLine line = SourceLine::here()) const& { return entrywise<Asin>(line, *this); }
    auto asin(SourceLine line = SourceLine::here()) && { return entrywise<Asin>(line, std::move(*this)); }
    auto acos(SourceLine line = SourceLine::here()) const& { return entrywise<Acos>(line, *this); }
    auto acos(SourceLine line = SourceLine::here()) && { return entrywise<Acos>(line, std::move(*this)); }
    auto atan(SourceLine line = SourceLine::here()) const& { return entrywise<Atan>(line, *this); }
    auto atan(SourceLine line = SourceLine::here()) && { return entrywise<Atan>(line, std::move(*this)); }
    auto sinh(SourceLine line = SourceLine::here()) const& { return entrywise<Sinh>(line, *this); }
    auto sinh(SourceLine line = SourceLine::here()) && { return entrywise<Sinh>(line, std::move(*this)); }
    auto cosh(SourceLine line = SourceLine::here()) const& { return entrywise<Cosh>(line, *this); }
    auto cosh(SourceLine line = SourceLine::here()) && { return entrywise<Cosh>(line, std::move(*this)); }
    auto tanh(SourceLine line = SourceLine::here()) const& { return entrywise<Tanh>(line, *this); }
    auto tanh(SourceLine line = SourceLine::here()) && { return entrywise<Tanh>(line, std::move(*this)); }
    auto asinh(SourceLine line = SourceLine::here()) const& { return entrywise<Asinh>(line, *this); }
    auto asinh(SourceLine line = SourceLine::here()) && { return entrywise<Asinh>(line, std::move(*this)); }
    auto acosh(SourceLine line = SourceLine::here()) const& { return entrywise<Acosh>(line, *this); }
    auto acosh(SourceLine line = SourceLine::here()) && { return entrywise<Acosh>(line, std::move(*this)); }
    auto atanh(SourceLine line = SourceLine::here()) const& { return entrywise<Atanh>(line, *this); }
    auto atanh(SourceLine line = SourceLine::here()) && { return entrywise<Atanh>(line, std::move(*this)); }
    auto logistic(SourceLine line = SourceLine::here()) const& { return entrywise<Sigmoid>(line, *this); }
    auto logistic(SourceLine line = SourceLine::here()) && { return entrywise<Sigmoid>(line, std::move(*this)); }
    auto erf(SourceLine line = SourceLine::here()) const& { return entrywise<Erf>(line, *this); }
    auto erf(SourceLine line = SourceLine::here()) && { return entrywise<Erf>(line, std::move(*this)); }
    auto erfc(SourceLine line = SourceLine::here()) const& { return entrywise<Erfc>(line, *this); }
    auto erfc(SourceLine line = SourceLine::here()) && { return entrywise<Erfc>(line, std::move(*this)); }
    auto lgamma(SourceLine line = SourceLine::here()) const& { return entrywise<Lgamma>(line, *this); }
    auto lgamma(SourceLine line = SourceLine::here()) && { return entrywise<Lgamma>(line, std::move(*this)); }
    auto digamma(SourceLine line = SourceLine::here()) const& { return entrywise<Digamma>(line, *this); }
    auto digamma(SourceLine line = SourceLine::here()) && { return entrywise<Digamma>(line, std::move(*this)); }
    auto floor(SourceLine line = SourceLine::here()) const& { return entrywise<Floor>(line, *this); }
    auto floor(SourceLine line = SourceLine::here()) && { return entrywise<Floor>(line, std::move(*this)); }
    auto ceil(SourceLine line = SourceLine::here()) const& { return entrywise<Ceil>(line, *this); }
    auto ceil(SourceLine line = SourceLine::here()) && { return entrywise<Ceil>(line, std::move(*this)); }
    auto round(SourceLine line = SourceLine::here()) const& { return entrywise<Round>(line, *this); }
    auto round(SourceLine line = SourceLine::here()) && { return entrywise<Round>(line, std::move(*this)); }
    auto rint(SourceLine line = SourceLine::here()) const& { return entrywise<Rint>(line, *this); }
    auto rint(SourceLine line = SourceLine::here()) && { return entrywise<Rint>(line, std::move(*this)); }
    auto trunc(SourceLine line = SourceLine::here()) const& { return entrywise<Trunc>(line, *this); }
    auto trunc(SourceLine line = SourceLine::here()) && { return entrywise<Trunc>(line, std::move(*this)); }
    auto stop_gradient(SourceLine line = SourceLine::here()) const& { return entrywise<StopGradient>(line, *this); }
    auto stop_gradient(SourceLine line = SourceLine::here()) && { return entrywise<StopGradient>(line, std::move(*this)); }
    template <class B> auto pow(B&& b, SourceLine line = SourceLine::here()) const& { return entrywise<Power>(line, *this, std::forward<B>(b)); }
    template <class B> auto pow(B&& b, SourceLine line = SourceLine::here()) && { return entrywise<Power>(line, std::move(*this), std::forward<B>(b)); }
    template <class B> auto max(B&& b, SourceLine line = SourceLine::here()) const& { return entrywise<Maximum>(line, *this, std::forward<B>(b)); }
    template <class B> auto max(B&& b, SourceLine line = SourceLine::here()) && { return entrywise<Maximum>(line, std::move(*this), std::forward<B>(b)); }
    template <class B> auto min(B&& b, SourceLine line = SourceLine::here()) const& { return entrywise<Minimum>(line, *this, std::forward<B>(b)); }
    template <class B> auto min(B&& b, SourceLine line = SourceLine::here()) && { return entrywise<Minimum>(line, std::move(*this), std::forward<B>(b)); }
    // clang-format on
};

}  // namespace hesse
