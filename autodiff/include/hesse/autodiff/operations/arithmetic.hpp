#pragma once

#include "hesse/autodiff/rule.hpp"

#include <cstddef>
#include <string_view>

namespace hesse {

/// Partial derivatives known at compile time, so that no sweep multiplies by them.
struct PlusOne {};
struct MinusOne {};
/// The partial derivative 2 x, of an argument that lives longer. A sweep doubles the adjoint instead, which in a sum is the same for all entries.
template <class X>
struct Twice {
    const X& of;
    constexpr operator X() const { return of + of; }
};

/// y = a + b.      dy/da = 1, dy/db = 1
struct Add {
    static constexpr std::string_view name = "add";
    static constexpr Keep keep = Keep::nothing;
    static constexpr bool piecewise_linear = true;
    template <class A, class B>
    static constexpr auto value(const A& a, const B& b) {
        return a + b;
    }
    template <std::size_t, class A, class B, class Y>
    static constexpr PlusOne partial(const A&, const B&, const Y&) {
        return {};
    }
};

/// y = a - b.      dy/da = 1, dy/db = -1
struct Subtract {
    static constexpr std::string_view name = "subtract";
    static constexpr Keep keep = Keep::nothing;
    static constexpr bool piecewise_linear = true;
    template <class A, class B>
    static constexpr auto value(const A& a, const B& b) {
        return a - b;
    }
    template <std::size_t I, class A, class B, class Y>
    static constexpr auto partial(const A&, const B&, const Y&) {
        if constexpr (I == 0) {
            return PlusOne{};
        } else {
            return MinusOne{};
        }
    }
};

/// y = a b.      dy/da = b, dy/db = a
struct Multiply {
    static constexpr std::string_view name = "multiply";
    static constexpr Keep keep = Keep::nothing;
    template <class A, class B>
    static constexpr auto value(const A& a, const B& b) {
        return a * b;
    }
    template <std::size_t I, class A, class B, class Y>
    static constexpr auto partial(const A& a, const B& b, const Y&) {
        if constexpr (I == 0) {
            return b;
        } else {
            return a;
        }
    }
};

/// y = a / b.      dy/da = 1 / b, dy/db = -y / b
struct Divide {
    static constexpr std::string_view name = "divide";
    static constexpr Keep keep = Keep::nothing;
    template <class A, class B>
    static constexpr auto value(const A& a, const B& b) {
        return a / b;
    }
    template <std::size_t I, class A, class B, class Y>
    static constexpr auto partial(const A&, const B& b, const Y& y) {
        if constexpr (I == 0) {
            return one<B> / b;
        } else {
            return -y / b;
        }
    }
};

/// y = -a.      dy/da = -1
struct Negate {
    static constexpr std::string_view name = "negate";
    static constexpr Keep keep = Keep::nothing;
    static constexpr bool piecewise_linear = true;
    template <class A>
    static constexpr A value(const A& a) {
        return -a;
    }
    template <class A, class Y>
    static constexpr MinusOne partial(const A&, const Y&) {
        return {};
    }
};

/// y = a.      dy/da = 1; the statement that writes a copy.
struct Copy {
    static constexpr std::string_view name = "copy";
    static constexpr Keep keep = Keep::nothing;
    static constexpr bool piecewise_linear = true;
    template <class A>
    static constexpr A value(const A& a) {
        return a;
    }
    template <class A, class Y>
    static constexpr PlusOne partial(const A&, const Y&) {
        return {};
    }
};

}  // namespace hesse
