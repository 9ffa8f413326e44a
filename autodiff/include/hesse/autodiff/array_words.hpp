#pragma once

#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/operations/sigmoid.hpp"
#include "hesse/autodiff/operations/trigonometric.hpp"

#include <utility>

namespace hesse {

/// Eigen's member functions that work entry by entry on arrays and matrices alike. Each is the free function
/// of the same formula; of an expression that nobody else can see (&&) it becomes a part.
template <class Expression>
class EntrywiseWords {
public:
    template <class Other>
    [[nodiscard]] auto cwiseMax(Other&& other) const& {
        return apply<Maximum>(self(), std::forward<Other>(other));
    }
    template <class Other>
    [[nodiscard]] auto cwiseMax(Other&& other) && {
        return apply<Maximum>(moved(), std::forward<Other>(other));
    }
    template <class Other>
    [[nodiscard]] auto cwiseMin(Other&& other) const& {
        return apply<Minimum>(self(), std::forward<Other>(other));
    }
    template <class Other>
    [[nodiscard]] auto cwiseMin(Other&& other) && {
        return apply<Minimum>(moved(), std::forward<Other>(other));
    }
    [[nodiscard]] auto cwiseAbs() const& { return apply<Abs>(self()); }
    [[nodiscard]] auto cwiseAbs() && { return apply<Abs>(moved()); }
    [[nodiscard]] auto cwiseAbs2() const& { return apply<Square>(self()); }
    [[nodiscard]] auto cwiseAbs2() && { return apply<Square>(moved()); }
    [[nodiscard]] auto cwiseSqrt() const& { return apply<Sqrt>(self()); }
    [[nodiscard]] auto cwiseSqrt() && { return apply<Sqrt>(moved()); }
    [[nodiscard]] auto cwiseInverse() const& { return apply<Inverse>(self()); }
    [[nodiscard]] auto cwiseInverse() && { return apply<Inverse>(moved()); }

protected:
    const Expression& self() const { return static_cast<const Expression&>(*this); }
    Expression&& moved() { return std::move(static_cast<Expression&>(*this)); }
};

/// Those that Eigen gives to arrays only.
template <class Expression>
class ArrayWords : public EntrywiseWords<Expression> {
public:
    [[nodiscard]] auto exp() const& { return apply<Exp>(this->self()); }
    [[nodiscard]] auto exp() && { return apply<Exp>(this->moved()); }
    [[nodiscard]] auto expm1() const& { return apply<Expm1>(this->self()); }
    [[nodiscard]] auto expm1() && { return apply<Expm1>(this->moved()); }
    [[nodiscard]] auto log() const& { return apply<Log>(this->self()); }
    [[nodiscard]] auto log() && { return apply<Log>(this->moved()); }
    [[nodiscard]] auto log1p() const& { return apply<Log1p>(this->self()); }
    [[nodiscard]] auto log1p() && { return apply<Log1p>(this->moved()); }
    [[nodiscard]] auto sqrt() const& { return apply<Sqrt>(this->self()); }
    [[nodiscard]] auto sqrt() && { return apply<Sqrt>(this->moved()); }
    [[nodiscard]] auto square() const& { return apply<Square>(this->self()); }
    [[nodiscard]] auto square() && { return apply<Square>(this->moved()); }
    [[nodiscard]] auto inverse() const& { return apply<Inverse>(this->self()); }
    [[nodiscard]] auto inverse() && { return apply<Inverse>(this->moved()); }
    [[nodiscard]] auto abs() const& { return apply<Abs>(this->self()); }
    [[nodiscard]] auto abs() && { return apply<Abs>(this->moved()); }
    [[nodiscard]] auto sin() const& { return apply<Sin>(this->self()); }
    [[nodiscard]] auto sin() && { return apply<Sin>(this->moved()); }
    [[nodiscard]] auto cos() const& { return apply<Cos>(this->self()); }
    [[nodiscard]] auto cos() && { return apply<Cos>(this->moved()); }
    [[nodiscard]] auto tan() const& { return apply<Tan>(this->self()); }
    [[nodiscard]] auto tan() && { return apply<Tan>(this->moved()); }
    [[nodiscard]] auto sinh() const& { return apply<Sinh>(this->self()); }
    [[nodiscard]] auto sinh() && { return apply<Sinh>(this->moved()); }
    [[nodiscard]] auto cosh() const& { return apply<Cosh>(this->self()); }
    [[nodiscard]] auto cosh() && { return apply<Cosh>(this->moved()); }
    [[nodiscard]] auto tanh() const& { return apply<Tanh>(this->self()); }
    [[nodiscard]] auto tanh() && { return apply<Tanh>(this->moved()); }
    template <class Exponent>
    [[nodiscard]] auto pow(Exponent&& exponent) const& {
        return apply<Power>(this->self(), std::forward<Exponent>(exponent));
    }
    template <class Exponent>
    [[nodiscard]] auto pow(Exponent&& exponent) && {
        return apply<Power>(this->moved(), std::forward<Exponent>(exponent));
    }
    template <class Other>
    [[nodiscard]] auto max(Other&& other) const& {
        return apply<Maximum>(this->self(), std::forward<Other>(other));
    }
    template <class Other>
    [[nodiscard]] auto max(Other&& other) && {
        return apply<Maximum>(this->moved(), std::forward<Other>(other));
    }
    template <class Other>
    [[nodiscard]] auto min(Other&& other) const& {
        return apply<Minimum>(this->self(), std::forward<Other>(other));
    }
    template <class Other>
    [[nodiscard]] auto min(Other&& other) && {
        return apply<Minimum>(this->moved(), std::forward<Other>(other));
    }
};

}  // namespace hesse
