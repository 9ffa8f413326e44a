#pragma once

#include "hesse/autodiff/evaluation.hpp"
#include "hesse/autodiff/variable.hpp"

/// Expressions of scalars that stand for a result. The type of an expression, a tree of calls, says how a number is
/// calculated. Code written for double expects more of a type: that `c ? x * y : 0.0` has one, and that what
/// `f(x * y)` deduces can be assigned to. So a tree can be settled: it then stands for a variable or a number,
/// which lies in the first of its leaves that is a variable, and its own calculation means nothing any more.
///
/// A leaf counts the calls around it that stand for it. It belongs to no tape or to a generation that no tape
/// has, so that recording meets it where it looks for the unusual, and the usual costs nothing.
namespace hesse {

template <class E>
inline constexpr bool is_scalar_call = false;
template <class Rule, class... Args>
inline constexpr bool is_scalar_call<Call<Rule, Args...>> = Call<Rule, Args...>::scalar;

template <class Rule, class... Args, class X>
inline constexpr bool can_settle<Call<Rule, Args...>, X> = [] {
    using Tree = Call<Rule, Args...>;
    if constexpr (!Tree::scalar || std::is_same_v<Tree, X>) return false;
    else if constexpr (ScalarOperand<X>) return std::is_same_v<NumberOf<Tree>, NumberOf<X>>;
    else return Arithmetic<X> || std::is_same_v<X, NumberOf<Tree>>;
}();

/// A number for a type of tree, the same in every program.
template <class Tree>
inline constexpr std::uint64_t tree_key = has_recorded_part<Tree> ? 3
                                          : Tree::active          ? 1
                                                                  : 2;
template <class Rule, class... Args>
inline constexpr std::uint64_t tree_key<Call<Rule, Args...>> = [] {
    constexpr std::uint64_t prime = 1099511628211u;  // FNV-1a
    std::uint64_t key = 14695981039346656037u;
    for (const char c : Rule::name) key = (key ^ static_cast<unsigned char>(c)) * prime;
    ((key = (key ^ tree_key<Args>)*prime), ...);
    return key;
}();

/// The rank of trees, in which no operator takes a step down: a larger tree ranks above those it is made of, and the
/// rest of an expression of which parts have been recorded above those without.
template <class Tree, class X>
constexpr bool ranks_above() {
    if constexpr (has_recorded_part<Tree> != has_recorded_part<X>) return has_recorded_part<Tree>;
    else if constexpr (Tree::calls + Tree::leaves != X::calls + X::leaves)
        return Tree::calls + Tree::leaves > X::calls + X::leaves;
    else return tree_key<Tree> > tree_key<X>;
}

/// Of two trees the upper one becomes the lower: an expression of x may then be assigned to what has the type of x,
/// and `?:` finds one way and not two.
template <class Rule, class... Args, class X>
inline constexpr bool settles_implicitly<Call<Rule, Args...>, X> = [] {
    if constexpr (is_call<X>) return ranks_above<X, Call<Rule, Args...>>();
    else if constexpr (Call<Rule, Args...>::array) return false;  // made from nothing but its arguments
    else return Arithmetic<X> || std::is_same_v<X, NumberOf<Call<Rule, Args...>>>;
}();

template <class First, class... Rest>
    requires(!is_call<First>)
struct LargestTreeOf<First, Rest...> : LargestTreeOf<Rest...> {};
template <class First>
    requires is_call<First>
struct LargestTreeOf<First> {
    using type = First;
};
template <class First, class Second, class... Rest>
    requires(is_call<First> && is_call<Second>)
struct LargestTreeOf<First, Second, Rest...>
    : LargestTreeOf<std::conditional_t<ranks_above<First, Second>(), First, Second>, Rest...> {};
template <class First, class Second, class... Rest>
    requires(is_call<First> && !is_call<Second>)
struct LargestTreeOf<First, Second, Rest...> : LargestTreeOf<First, Rest...> {};

// --------------------------------------------------------------------------------------- where it lies

template <class T>
constexpr VariableLeaf<T>& first_variable(VariableLeaf<T>& leaf) {
    return leaf;
}
template <class T>
constexpr const VariableLeaf<T>& first_variable(const VariableLeaf<T>& leaf) {
    return leaf;
}
template <class... Args>
inline constexpr std::size_t first_active = [] {
    constexpr bool active[] = {Args::active...};
    std::size_t i = 0;
    while (!active[i]) ++i;
    return i;
}();
template <class Rule, class... Args>
[[gnu::always_inline]] constexpr auto& first_variable(Call<Rule, Args...>& call) {
    return first_variable(get<first_active<Args...>>(call.args));
}
template <class Rule, class... Args>
[[gnu::always_inline]] constexpr const auto& first_variable(const Call<Rule, Args...>& call) {
    return first_variable(get<first_active<Args...>>(call.args));
}

/// How many calls there are around the first variable of a tree.
template <class Tree>
inline constexpr std::uint32_t calls_around = 0;
template <class Rule, class... Args>
inline constexpr std::uint32_t calls_around<Call<Rule, Args...>> =
    1 +
    calls_around<
        std::remove_cvref_t<decltype(get<first_active<Args...>>(std::declval<Call<Rule, Args...>&>().args))>>;

// In the word of the generation, which a tape counts in fewer bits: a leaf as large as a variable is copied as fast.
inline constexpr std::uint32_t no_generation = 0x80000000u;
static_assert(largest_calls < (no_generation >> generation_bits));
template <class T>
[[gnu::always_inline]] constexpr std::uint32_t calls_settled(const VariableLeaf<T>& leaf) {
    return (leaf.generation & ~no_generation) >> generation_bits;
}

template <class Tree>
[[gnu::always_inline]] constexpr bool is_settled(const Tree& tree) {
    return calls_settled(first_variable(tree)) >= calls_around<Tree>;
}

/// Makes a tree stand for x: a number, a variable, or the result of another tree.
template <class Tree, PlainNumber A>
constexpr void settle(Tree& tree, const A& x) {
    using T = NumberOf<Tree>;
    first_variable(tree) =
        VariableLeaf<T>{nullptr, static_cast<T>(x), 0, calls_around<Tree> << generation_bits};
}
template <class Tree, class T>
void settle(Tree& tree, const Variable<T>& x) {
    VariableLeaf<T> leaf = x.leaf();
    leaf.generation |= no_generation | (calls_around<Tree> << generation_bits);
    first_variable(tree) = leaf;
}
template <class Tree, ScalarOperand E>
    requires is_call<E>
void settle(Tree& tree, const E& x) {
    settle(tree, Variable<NumberOf<E>>(x));
}

/// What a settled tree stands for.
template <class Tree>
VariableLeaf<NumberOf<Tree>> settled_leaf(const Tree& tree) {
    VariableLeaf<NumberOf<Tree>> leaf = first_variable(tree);
    leaf.generation &= generation_mask;
    return leaf;
}

// ------------------------------------------------------------------------------- assignment to expressions

template <class E, class X>
    requires(is_scalar_call<E> && ScalarOperands<E, X>)
E& operator+=(E& e, const X& x) {
    settle(e, e + x);
    return e;
}
template <class E, class X>
    requires(is_scalar_call<E> && ScalarOperands<E, X>)
E& operator-=(E& e, const X& x) {
    settle(e, e - x);
    return e;
}
template <class E, class X>
    requires(is_scalar_call<E> && ScalarOperands<E, X>)
E& operator*=(E& e, const X& x) {
    settle(e, e * x);
    return e;
}
template <class E, class X>
    requires(is_scalar_call<E> && ScalarOperands<E, X>)
E& operator/=(E& e, const X& x) {
    settle(e, e / x);
    return e;
}

// ------------------------------------------------------------------------------------------- recording

template <class T>
constexpr T evaluate(const VariableLeaf<T>& leaf) {
    return leaf.value;
}
template <class T>
constexpr T evaluate(const ConstantLeaf<T>& leaf) {
    return leaf.value;
}
template <class Tree>
constexpr NumberOf<Tree> evaluate(const Tree& tree) {
    if (is_settled(tree)) return first_variable(tree).value;
    return evaluate_call(tree);
}
template <class Rule, class... Args>
constexpr auto evaluate_call(const Call<Rule, Args...>& call) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        if constexpr (Rule::keep == Keep::nothing) return Rule::value(evaluate(get<I>(call.args))...);
        else return value_of_rule<Rule>(evaluate(get<I>(call.args))...);
    }(std::index_sequence_for<Args...>{});
}

/// Whether a tree is settled or has a part that is.
template <class Tree>
bool has_settled_part(const Tree& tree) {
    bool any = false;
    for_each_leaf(tree, [&]<class Leaf>(const Leaf& leaf) {
        if constexpr (Leaf::active) any = any || calls_settled(leaf) != 0;
    });
    return any;
}

/// The tree recorded, out of line.
template <class T, class Tree>
[[gnu::noinline]] Variable<T> record_apart(const Tree& tree) {
    return record<T>(tree);
}

/// The leaf that a part of a tree becomes when its calls are recorded one by one.
template <class T, class Leaf>
Leaf record_by_parts(const Leaf& leaf) {
    return leaf;
}
template <class T, class Rule, class... Args>
VariableLeaf<T> record_by_parts(const Call<Rule, Args...>& call) {
    if constexpr (Call<Rule, Args...>::active) {
        if (is_settled(call)) return settled_leaf(call);
    }
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return record_apart<T>(make_call<Rule>(record_by_parts<T>(get<I>(call.args))...)).leaf();
    }(std::index_sequence_for<Args...>{});
}

}  // namespace hesse

/// An expression and a number, or two expressions, have the variable in common.
template <class E, class X>
    requires(hesse::is_scalar_call<E> && hesse::ScalarOperands<E, X> && !std::is_same_v<E, X>)
struct std::common_type<E, X> {
    using type = hesse::Variable<hesse::NumberOf<E>>;
};
template <class X, class E>
    requires(hesse::is_scalar_call<E> && hesse::Arithmetic<X>)
struct std::common_type<X, E> {
    using type = hesse::Variable<hesse::NumberOf<E>>;
};

#include "hesse/autodiff/scalar_statement.hpp"
