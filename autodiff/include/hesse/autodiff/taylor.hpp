#pragma once

#include "hesse/autodiff/number.hpp"
#include "hesse/autodiff/rule.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>

/// Forward mode to any order: truncated power series.
namespace hesse {

template <class T, int order>
struct Taylor;

template <class T, int order>
inline constexpr bool is_taylor<Taylor<T, order>> = true;
template <class T, int order>
inline constexpr bool is_operand<Taylor<T, order>> = true;
template <class T, int order>
struct ScalarOfNumber<Taylor<T, order>> {
    using type = T;
};

/// x_0 + x_1 t + ... + x_order t^order: what a number is along a curve. The k-th derivative by t is k! x_k.
/// T is double or float. Comparisons look at x_0 only.
template <class T, int order>
struct Taylor {
    static_assert(std::is_floating_point_v<T> && order >= 0);
    static constexpr int size = order + 1;

    std::array<T, std::size_t{size}> coefficients;

    Taylor() = default;  // uninitialized, like a double
    template <Arithmetic S>
    Taylor(const S& constant_value) : coefficients{static_cast<T>(constant_value)} {}  // NOLINT: a number

    T& operator[](int k) { return coefficients[static_cast<std::size_t>(k)]; }
    const T& operator[](int k) const { return coefficients[static_cast<std::size_t>(k)]; }

    /// The same series with fewer terms.
    template <int lower>
    [[nodiscard]] Taylor<T, lower> truncated() const {
        static_assert(lower <= order);
        Taylor<T, lower> out;
        for (int k = 0; k <= lower; ++k) out[k] = (*this)[k];
        return out;
    }

    friend Taylor operator+(const Taylor& a) { return a; }
    friend Taylor operator-(const Taylor& a) {
        return a.each([](const T& x) { return -x; });
    }
    friend Taylor operator+(const Taylor& a, const Taylor& b) {
        Taylor y;
        for (int k = 0; k <= order; ++k) y[k] = a[k] + b[k];
        return y;
    }
    friend Taylor operator-(const Taylor& a, const Taylor& b) {
        Taylor y;
        for (int k = 0; k <= order; ++k) y[k] = a[k] - b[k];
        return y;
    }
    friend Taylor operator*(const Taylor& a, const Taylor& b) {
        Taylor y;
        for (int k = 0; k <= order; ++k) {
            y[k] = a[0] * b[k];
            for (int j = 1; j <= k; ++j) y[k] += a[j] * b[k - j];
        }
        return y;
    }
    friend Taylor operator/(const Taylor& a, const Taylor& b) {
        Taylor y;
        for (int k = 0; k <= order; ++k) {
            T rest = a[k];
            for (int j = 1; j <= k; ++j) rest -= b[j] * y[k - j];
            y[k] = rest / b[0];
        }
        return y;
    }

    // Nothing is multiplied by the terms that a constant does not have.
    template <Arithmetic S>
    friend Taylor operator+(const Taylor& a, const S& b) {
        Taylor y = a;
        y[0] += static_cast<T>(b);
        return y;
    }
    template <Arithmetic S>
    friend Taylor operator+(const S& a, const Taylor& b) {
        return b + a;
    }
    template <Arithmetic S>
    friend Taylor operator-(const Taylor& a, const S& b) {
        Taylor y = a;
        y[0] -= static_cast<T>(b);
        return y;
    }
    template <Arithmetic S>
    friend Taylor operator-(const S& a, const Taylor& b) {
        Taylor y = -b;
        y[0] = static_cast<T>(a) - b[0];
        return y;
    }
    template <Arithmetic S>
    friend Taylor operator*(const Taylor& a, const S& b) {
        return a.each([&](const T& x) { return x * static_cast<T>(b); });
    }
    template <Arithmetic S>
    friend Taylor operator*(const S& a, const Taylor& b) {
        return b * a;
    }
    template <Arithmetic S>
    friend Taylor operator/(const Taylor& a, const S& b) {
        return a.each([&](const T& x) { return x / static_cast<T>(b); });
    }
    template <Arithmetic S>
    friend Taylor operator/(const S& a, const Taylor& b) {
        return Taylor(a) / b;
    }

    template <class S>
    Taylor& operator+=(const S& b) {
        return *this = *this + b;
    }
    template <class S>
    Taylor& operator-=(const S& b) {
        return *this = *this - b;
    }
    template <class S>
    Taylor& operator*=(const S& b) {
        return *this = *this * b;
    }
    template <class S>
    Taylor& operator/=(const S& b) {
        return *this = *this / b;
    }

    friend bool operator==(const Taylor& a, const Taylor& b) { return a[0] == b[0]; }
    friend auto operator<=>(const Taylor& a, const Taylor& b) { return a[0] <=> b[0]; }

private:
    template <class Function>
    Taylor each(const Function& function) const {
        Taylor y;
        for (int k = 0; k <= order; ++k) y[k] = function((*this)[k]);
        return y;
    }
};

/// condition ? a : b, one choice for all terms.
template <Number A, Number B>
    requires(is_taylor<A> || is_taylor<B>) && (!is_dual<A> && !is_dual<B>)
auto select(bool condition, const A& a, const B& b) {
    using Common = CommonNumber<A, B>;
    return condition ? Common(a) : Common(b);
}

namespace taylor {

template <int lower, class X>
decltype(auto) truncate(const X& x) {
    if constexpr (is_taylor<X>) return x.template truncated<lower>();
    else return (x);
}

template <class X>
decltype(auto) constant_term(const X& x) {
    if constexpr (is_taylor<X>) return (x[0]);
    else return (x);
}

}  // namespace taylor

/// The chain rule: with p_I = df/dx_I(x...) as a series of one order less, y' = sum_I p_I x_I' gives the terms of
/// y = f(x...) from those of p_I and x_I (Griewank and Walther 2008, chapter 13). Costs O(order^2) operations for
/// each rule in the chain of partials.
template <class Rule, class... X>
    requires(... && (is_taylor<X> || is_plain<X>)) && (... || is_taylor<X>)
auto apply(const X&... x) {
    using Y = CommonNumber<X...>;
    using T = ScalarOf<Y>;
    constexpr int order = Y::size - 1;
    Y y;
    y[0] = apply<Rule>(taylor::constant_term(x)...);
    if constexpr (order > 0) {
        using Lower = Taylor<T, order - 1>;
        const Lower known = [&] {
            if constexpr (reads_result<Rule>) return Lower(apply<Rule>(taylor::truncate<order - 1>(x)...));
            else return Lower(y[0]);
        }();
        for (int k = 1; k <= order; ++k) y[k] = T(0);
        const auto add = [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& argument) {
            if constexpr (is_taylor<std::remove_cvref_t<decltype(argument)>>) {
                const Lower p(partial_of<Rule, I>(known, taylor::truncate<order - 1>(x)...));
                for (int k = 1; k <= order; ++k) {
                    T sum(0);
                    // A term that is zero has no say, though the partial be infinite.
                    for (int j = 1; j <= k; ++j) {
                        if (argument[j] != T(0)) sum += T(j) * argument[j] * p[k - j];
                    }
                    y[k] += sum / T(k);
                }
            }
        };
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (add(std::integral_constant<std::size_t, I>{}, x), ...);
        }(std::index_sequence_for<X...>{});
    }
    return y;
}

}  // namespace hesse
