#pragma once

#include "hesse/autodiff/rule.hpp"
#include "hesse/autodiff/tape.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

/// Statements as types. The right-hand side of a statement is a tree: `Call<Rule, Args...>` over leaves. A
/// leaf type says at compile time whether it depends on the parameters (`active`) and whether it is one
/// number or an array (`array`). What a leaf refers to is the business of the world that defines it: the
/// scalar one (variable.hpp) or the array one (array.hpp).
namespace hesse {

/// Fixed sequence of values reached by index; std::tuple without its weight at compile time.
template <std::size_t I, class V>
struct TupleSlot {
    V value;
};
template <class Indices, class... V>
struct TupleOf;
template <std::size_t... I, class... V>
struct TupleOf<std::index_sequence<I...>, V...> : TupleSlot<I, V>... {};
template <class... V>
using Tuple = TupleOf<std::index_sequence_for<V...>, V...>;

template <std::size_t I, class V>
[[gnu::always_inline]] constexpr const V& get(const TupleSlot<I, V>& slot) {
    return slot.value;
}
template <std::size_t I, class V>
[[gnu::always_inline]] constexpr V& get(TupleSlot<I, V>& slot) {
    return slot.value;
}

/// The number alone in an arithmetic type, as static_cast gives it for a double.
template <class A, class T>
constexpr A number_as(const T& x) {
    if constexpr (std::is_same_v<A, T> || std::is_arithmetic_v<T>) return static_cast<A>(x);
    else return static_cast<A>(value_of(x));
}

/// double, float, int ..., and a tree of recording scalars, which may stand for a result instead of its
/// calculation: see settled_expression.hpp.
template <class Tree, class X>
inline constexpr bool can_settle = false;
/// Whether it may do so without being asked: the language then finds a common type for both sides of `?:`.
template <class Tree, class X>
inline constexpr bool settles_implicitly = false;

struct FromArguments {};

/// A tree: y = Rule(args...). Holds its arguments by value, handles and numbers, never references to
/// temporaries, so that a named tree stays valid for as long as the recording.
template <class Rule, class... Args>
struct Call {
    static constexpr bool active = (Args::active || ...);
    static constexpr bool array = (Args::array || ...);
    static constexpr int leaves = (Args::leaves + ...);
    static constexpr int calls = 1 + (Args::calls + ...);
    static constexpr bool scalar = active && !array;

    Tuple<Args...> args;

    /// Of its arguments, each copied once.
    [[gnu::always_inline]] constexpr Call(FromArguments, const Args&... arguments) : args{{arguments}...} {}

    constexpr Call()
        requires scalar
        : args{} {
        settle(*this, 0);
    }
    template <class X>
        requires can_settle<Call, X>
    constexpr explicit(!settles_implicitly<Call, X>) Call(const X& x) : args{} {
        settle(*this, x);
    }
    template <class X>
        requires can_settle<Call, X>
    Call& operator=(const X& x) & {
        settle(*this, x);
        return *this;
    }
    /// The number alone, as `static_cast<int>(x * y)` and `if (x * y)` ask for it.
    template <class A>
        requires(scalar && std::is_arithmetic_v<A>)
    explicit operator A() const {
        return number_as<A>(evaluate(*this));
    }
};

template <class E>
inline constexpr bool is_call = false;
template <class Rule, class... Args>
inline constexpr bool is_call<Call<Rule, Args...>> = true;

template <class Rule, class... Args>
[[gnu::always_inline]] constexpr Call<Rule, Args...> make_call(const Args&... args) {
    return Call<Rule, Args...>(FromArguments{}, args...);
}

/// An element of a statement keeps at most this many numbers.
inline constexpr int largest_kept = 40;
/// Nor is it made of more calls: templates that recur on their own expressions end.
inline constexpr int largest_calls = 24;

/// How many numbers an element of the statement keeps (see Keep) for one call, its arguments apart. The
/// call at the top of a statement finds its own result in the statement's result: `Top`.
template <class Rule, bool Top, class... Args>
constexpr int numbers_kept_by_call() {
    constexpr int active = (int{Args::active} + ...);
    if constexpr (active == 0 || Rule::keep == Keep::nothing) {
        return 0;
    } else if constexpr (Rule::keep == Keep::result) {
        return Top ? 0 : 1;
    } else {
        return (Top ? 0 : 1) + active + active * (active + 1) / 2;
    }
}

template <class Tree, bool Top>
struct KeptNumbers {  // leaves keep nothing
    static constexpr int count = 0;
};
template <class Rule, class... Args, bool Top>
struct KeptNumbers<Call<Rule, Args...>, Top> {
    static constexpr int count =
        numbers_kept_by_call<Rule, Top, Args...>() + (KeptNumbers<Args, false>::count + ...);
};

/// Numbers an element of the statement `Tree` keeps.
template <class Tree, bool Top>
inline constexpr int kept_numbers = KeptNumbers<Tree, Top>::count;

/// Whether a tree can be one statement. One that cannot is recorded in parts.
template <class Tree>
inline constexpr bool fits_statement = Tree::leaves <= largest_statement && Tree::calls <= largest_calls &&
                                       kept_numbers<Tree, false> <= largest_kept;
/// Bytes of a scalar statement over T: its operands, what it keeps, and the slot of a sum.
template <class T>
inline constexpr std::size_t largest_payload =
    sizeof(T) * static_cast<std::size_t>(largest_statement + largest_kept) + sizeof(std::uint32_t);

/// Activity of each leaf of a tree, left to right.
template <class Tree>
struct LeafActivity {
    static constexpr std::array<bool, 1> value{Tree::active};
};
template <class Rule, class... Args>
struct LeafActivity<Call<Rule, Args...>> {
    static constexpr auto value = [] {
        std::array<bool, std::size_t{Call<Rule, Args...>::leaves}> all{};
        std::size_t next = 0;
        const auto append = [&](const auto& part) {
            for (bool active : part) all[next++] = active;
        };
        (append(LeafActivity<Args>::value), ...);
        return all;
    }();
};

/// Visits the leaves of a tree from left to right.
template <class Visitor, class Leaf>
[[gnu::always_inline]] constexpr void for_each_leaf(const Leaf& leaf, Visitor&& visit) {
    visit(leaf);
}
template <class Visitor, class Rule, class... Args, std::size_t... I>
[[gnu::always_inline]] constexpr void for_each_leaf_of(const Call<Rule, Args...>& call, Visitor&& visit,
                                                       std::index_sequence<I...>) {
    (for_each_leaf(get<I>(call.args), visit), ...);
}
template <class Visitor, class Rule, class... Args>
[[gnu::always_inline]] constexpr void for_each_leaf(const Call<Rule, Args...>& call, Visitor&& visit) {
    constexpr std::size_t arity = sizeof...(Args);
    if constexpr (arity <= 2) {  // most calls: one function less to compile for each
        for_each_leaf(get<0>(call.args), visit);
        if constexpr (arity == 2) for_each_leaf(get<1>(call.args), visit);
    } else {
        for_each_leaf_of(call, visit, std::index_sequence_for<Args...>{});
    }
}

}  // namespace hesse
