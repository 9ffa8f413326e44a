#pragma once

#include "hesse/autodiff/dual.hpp"
#include "hesse/autodiff/operations/arithmetic.hpp"
#include "hesse/autodiff/rule.hpp"
#include "hesse/autodiff/traced.hpp"

#include <array>
#include <cstddef>
#include <tuple>
#include <utility>

/// How an operation comes on a trace: its value and its first and second partials, all from the one rule.
namespace hesse {
namespace engine {

/// Rule at numbers x, with duals in the place of those that are varied.
template <class Rule, class T, std::size_t arity>
struct OperationAt {
    std::array<T, arity> x;
    T y;

    explicit OperationAt(const std::array<T, arity>& x_) : x(x_) {
        y = std::apply([](const auto&... number) { return static_cast<T>(apply<Rule>(number...)); }, x);
    }

    /// dy/dx_I
    template <std::size_t I>
    T partial() const {
        return [&]<std::size_t... K>(std::index_sequence<K...>) {
            return number(partial_of<Rule, I>(y, x[K]...));
        }(std::make_index_sequence<arity>{});
    }
    /// d2y/dx_I dx_J, where dy/dx_J is `slope`
    template <std::size_t I, std::size_t J>
    T second(const T& slope) const {
        return [&]<std::size_t... K>(std::index_sequence<K...>) {
            return tangent(partial_of<Rule, I>(Dual<T>(y, slope), along<J, K>()...));
        }(std::make_index_sequence<arity>{});
    }

private:
    template <std::size_t J, std::size_t K>
    auto along() const {
        if constexpr (J == K) return Dual<T>(x[K], T(1));
        else return x[K];
    }
    template <class P>
    static constexpr bool is_unit = std::is_same_v<P, PlusOne> || std::is_same_v<P, MinusOne>;
    template <class P>
    static T number(const P& partial) {
        if constexpr (is_unit<P>) return std::is_same_v<P, PlusOne> ? T(1) : T(-1);
        else return static_cast<T>(partial);
    }
    // A partial that does not depend on what is varied is no dual.
    template <class P>
    static T tangent(const P& partial) {
        if constexpr (is_unit<P> || std::is_arithmetic_v<P>) return T(0);
        else return static_cast<Dual<T>>(partial).tangent;
    }
};

template <class Rule, class T, class... X, std::size_t... I>
std::uint32_t write_operation(Trace<T>& trace, SourceLine line, const OperationAt<Rule, T, sizeof...(X)>& at,
                              std::index_sequence<I...>, const X&... x) {
    // Data has no partial, and there may be none by a constant: a^b by b at a < 0.
    const auto active = []<class Argument>(const Argument& argument) {
        if constexpr (is_traced<Argument>) return argument.trace() != nullptr;
        else return false;
    };
    const std::uint32_t id = trace.next_id();
    trace.operations.push_back({Rule::name, line, at.y, trace.operands.size(), trace.second.size(),
                                static_cast<std::uint32_t>(sizeof...(X)), is_piecewise_linear<Rule>});
    const std::array<bool, sizeof...(X)> is_active{active(x)...};
    std::array<T, sizeof...(X)> slopes{};
    const auto append = [&]<std::size_t J, class Argument>(std::integral_constant<std::size_t, J>,
                                                           const Argument& argument) {
        std::uint32_t operand = Trace<T>::constant;
        if constexpr (is_traced<Argument>) {
            if (is_active[J]) {
                operand = argument.id();
                slopes[J] = at.template partial<J>();
            }
        }
        trace.operands.push_back({operand, at.x[J], slopes[J]});
    };
    (append(std::integral_constant<std::size_t, I>{}, x), ...);
    const auto append_second = [&]<std::size_t J, std::size_t K, class A, class B>(std::index_sequence<J, K>,
                                                                                   const A&, const B&) {
        if constexpr (J <= K) {
            T w(0);
            if constexpr (is_traced<A> && is_traced<B> && !is_piecewise_linear<Rule>) {
                if (is_active[J] && is_active[K]) w = at.template second<J, K>(slopes[K]);
            }
            trace.second.push_back(w);
        }
    };
    const auto append_row = [&]<std::size_t J, class A>(std::integral_constant<std::size_t, J>, const A& a) {
        (append_second(std::index_sequence<J, I>{}, a, x), ...);
    };
    (append_row(std::integral_constant<std::size_t, I>{}, x), ...);
    return id;
}

template <class First, class... Rest>
struct NumberOfTraced : NumberOfTraced<Rest...> {};
template <class T, class... Rest>
struct NumberOfTraced<Traced<T>, Rest...> {
    using type = T;
};

/// The trace of all that is on one. Throws std::logic_error if they are several.
template <class T, class... X>
Trace<T>* trace_of(const X&... x) {
    Trace<T>* trace = nullptr;
    const auto join = [&]<class Argument>(const Argument& argument) {
        if constexpr (is_traced<Argument>) {
            if (argument.trace() == nullptr) return;
            if (trace != nullptr && trace != argument.trace()) throw_mixed_tapes();
            trace = argument.trace();
        }
    };
    (join(x), ...);
    return trace;
}

}  // namespace engine

template <class Rule, class... X>
auto traced(SourceLine line, const X&... x) {
    using T = typename engine::NumberOfTraced<X...>::type;
    const engine::OperationAt<Rule, T, sizeof...(X)> at({static_cast<T>(x)...});
    Trace<T>* const trace = engine::trace_of<T>(x...);
    if (trace == nullptr) return Traced<T>(at.y);
    const std::uint32_t id =
        engine::write_operation<Rule, T>(*trace, line, at, std::index_sequence_for<X...>{}, x...);
    return Traced<T>(*trace, at.y, id);
}

}  // namespace hesse
