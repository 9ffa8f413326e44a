#pragma once

#include "hesse/autodiff/dual.hpp"
#include "hesse/autodiff/expression.hpp"
#include "hesse/autodiff/operations/arithmetic.hpp"
#include "hesse/autodiff/rule.hpp"

#include <cstddef>
#include <type_traits>
#include <utility>

/// Evaluation of one element of a statement, and of its adjoints. `Walk` knows the tree by type only. A
/// Source answers `leaf<I>()` and `kept<I>()`, takes `keep<I>(number)`, and has the statement's `result()`;
/// a Sink takes `add<I>(x)` and `subtract<I>(x)` for the active leaves. The same walk serves all sweeps:
///     record     leaves are numbers; results of expensive calls are kept
///     gradient   leaves are numbers; kept results are read, their derivatives computed and kept
///     product    active leaves are duals (value, tangent); everything kept is read
namespace hesse {

enum class Sweep { record, gradient, product };

/// An adjoint with the other sign. Signs are carried in types to the leaves, where they cost nothing: there an
/// adjoint is subtracted and not added.
template <class Adjoint>
struct Negative {
    Adjoint of;
};
template <class X>
inline constexpr bool is_negative = false;
template <class Adjoint>
inline constexpr bool is_negative<Negative<Adjoint>> = true;

/// An adjoint that arrives at the leaves where the condition holds, and as zero elsewhere whatever it has been
/// multiplied by: the slopes behind a choice that was not taken may be infinite.
template <class Adjoint, class Condition>
struct Masked {
    Adjoint of;
    Condition passes;
};
template <class X>
inline constexpr bool is_masked = false;
template <class Adjoint, class Condition>
inline constexpr bool is_masked<Masked<Adjoint, Condition>> = true;

template <class Adjoint, class Condition>
[[gnu::always_inline]] constexpr auto masked(const Adjoint& adjoint, const Condition& passes) {
    if constexpr (is_masked<Adjoint>) {
        const Condition both = adjoint.passes && passes;
        return Masked<decltype(adjoint.of), Condition>{adjoint.of, both};
    } else {
        return Masked<Adjoint, Condition>{adjoint, passes};
    }
}

/// Whether a number is zero in all of its parts: a truth for each lane of packs.
template <class X>
[[gnu::always_inline]] constexpr auto vanishes(const X& x) {
    if constexpr (is_dual<X>) {
        return vanishes(x.value) && vanishes(x.tangent);
    } else if constexpr (is_taylor<X>) {
        bool all_zero = true;
        for (const auto& term : x.coefficients) all_zero = all_zero && term == 0;
        return all_zero;
    } else {
        return x == zero<X>;
    }
}

/// Whether the partials of a statement are numbers known beforehand, and so finite.
template <class Tree>
inline constexpr bool has_constant_partials = true;
template <class Rule, class... Args>
inline constexpr bool has_constant_partials<Call<Rule, Args...>> =
    is_piecewise_linear<Rule> && (has_constant_partials<Args> && ...);
template <class A, class B>
inline constexpr bool has_constant_partials<Call<Multiply, A, B>> =
    !(A::active && B::active) && has_constant_partials<A> && has_constant_partials<B>;
template <class A, class B>
inline constexpr bool has_constant_partials<Call<Divide, A, B>> = !B::active && has_constant_partials<A>;

/// Whether the gradient sweep keeps numbers for products, and so has to look at every statement.
template <class Tree>
inline constexpr bool keeps_derivatives = false;
template <class Rule, class... Args>
inline constexpr bool keeps_derivatives<Call<Rule, Args...>> =
    ((Args::active || ...) && Rule::keep == Keep::derivatives) || (keeps_derivatives<Args> || ...);

/// The adjoint of a statement's result. Where it is zero, the statement contributes nothing, even if its slopes are
/// infinite: so it is with what select did not choose, if that has a name and a statement of its own.
template <class Tree, class Adjoint>
[[gnu::always_inline]] constexpr auto adjoint_of_result(const Adjoint& y_bar) {
    if constexpr (has_constant_partials<Tree>) {
        return y_bar;
    } else {
        return masked(y_bar, !vanishes(y_bar));
    }
}

template <class X>
inline constexpr bool is_twice = false;
template <class X>
inline constexpr bool is_twice<Twice<X>> = true;

template <class Adjoint, class Partial>
[[gnu::always_inline]] constexpr auto times(const Adjoint& adjoint, const Partial& partial) {
    if constexpr (std::is_same_v<Partial, PlusOne>) {
        return adjoint;
    } else if constexpr (is_masked<Adjoint>) {
        return masked(times(adjoint.of, partial), adjoint.passes);
    } else if constexpr (is_negative<Adjoint>) {
        if constexpr (std::is_same_v<Partial, MinusOne>) {
            return adjoint.of;
        } else {
            return Negative<decltype(times(adjoint.of, partial))>{times(adjoint.of, partial)};
        }
    } else if constexpr (std::is_same_v<Partial, MinusOne>) {
        return Negative<Adjoint>{adjoint};
    } else if constexpr (is_twice<Partial>) {
        return (adjoint + adjoint) * partial.of;
    } else {
        return adjoint * partial;
    }
}

/// The part of an adjoint that a sweep adds up: the number, or, of a product's duals, the tangent.
template <Sweep sweep, class Adjoint>
[[gnu::always_inline]] constexpr auto contribution_of(const Adjoint& adjoint) {
    if constexpr (sweep == Sweep::product) {
        return adjoint.tangent;
    } else {
        return adjoint;
    }
}

/// A node of an evaluated tree: its arguments, evaluated, and its value.
template <class Number>
struct EvaluatedLeaf {
    Number value;
};
/// How a node comes to be: the walk of its call, and those of the arguments.
template <Sweep sweep, class Walker, class... Walks>
struct WalkFrom {};
/// Built in place from the top down: copies of these would not fit the registers they are meant for.
template <class Arguments, class Number>
struct EvaluatedCall {
    Arguments args;
    Number value;

    template <Sweep sweep, class Walker, class Source, class... Walks>
    [[gnu::always_inline]] constexpr EvaluatedCall(WalkFrom<sweep, Walker, Walks...>, Source& source)
        : args{{Walks::template forward<sweep>(source)}...},
          value(Walker::template value_at<sweep>(source, args)) {}
};

/// The value of an argument in a product; one that depends on no parameter is no dual there.
template <bool active, class X>
[[gnu::always_inline]] constexpr auto value_part(const X& x) {
    if constexpr (active) {
        return x.value;
    } else {
        return x;
    }
}

/// An expensive rule on what a statement is recorded over: numbers as they are, duals and Taylor numbers by the
/// chain rule.
template <class Rule, class... X>
[[gnu::always_inline]] constexpr auto value_of_rule(const X&... x) {
    if constexpr ((is_plain<X> && ...)) {
        return Rule::value(x...);
    } else {
        return apply<Rule>(x...);
    }
}

template <class Tree, int FirstLeaf, int FirstKept, bool Top>
struct Walk {  // a leaf
    template <Sweep, class Source>
    [[gnu::always_inline]] static constexpr auto forward(Source& source) {
        return EvaluatedLeaf<decltype(source.template leaf<FirstLeaf>())>{source.template leaf<FirstLeaf>()};
    }
    template <Sweep sweep, class Source, class Sink, class Node, class Adjoint>
    [[gnu::always_inline]] static constexpr void reverse(Source&, Sink& sink, const Node&,
                                                         const Adjoint& adjoint) {
        if constexpr (is_masked<Adjoint>) {
            using Passed = std::remove_cvref_t<decltype(adjoint.of)>;
            if constexpr (is_negative<Passed>) {
                sink.template subtract<FirstLeaf>(
                    only_if(adjoint.passes, contribution_of<sweep>(adjoint.of.of)));
            } else {
                sink.template add<FirstLeaf>(only_if(adjoint.passes, contribution_of<sweep>(adjoint.of)));
            }
        } else if constexpr (is_negative<Adjoint>) {
            sink.template subtract<FirstLeaf>(contribution_of<sweep>(adjoint.of));
        } else {
            sink.template add<FirstLeaf>(contribution_of<sweep>(adjoint));
        }
    }

private:
    template <class Condition, class X>
    [[gnu::always_inline]] static constexpr X only_if(const Condition& passes, const X& x) {
        return select(passes, x, X(0));
    }
};

// The indices of the arguments belong to the class: a function for them alone would be one more for each node of each tree
// in each sweep, and compilers spend their time on the number of functions.
template <class Indices, class Tree, int FirstLeaf, int FirstKept, bool Top>
struct WalkOfCall;
template <class Rule, class... Args, int FirstLeaf, int FirstKept, bool Top>
struct Walk<Call<Rule, Args...>, FirstLeaf, FirstKept, Top>
    : WalkOfCall<std::index_sequence_for<Args...>, Call<Rule, Args...>, FirstLeaf, FirstKept, Top> {};

template <std::size_t... Each, class Rule, class... Args, int FirstLeaf, int FirstKept, bool Top>
struct WalkOfCall<std::index_sequence<Each...>, Call<Rule, Args...>, FirstLeaf, FirstKept, Top> {
private:
    static constexpr int arity = sizeof...(Args);
    static constexpr bool activity[sizeof...(Args)] = {Args::active...};
    static constexpr int leaves[sizeof...(Args)] = {Args::leaves...};
    static constexpr int kept[sizeof...(Args)] = {kept_numbers<Args, false>...};

    static constexpr int sum(const int* counts, std::size_t end) {
        int total = 0;
        for (std::size_t i = 0; i < end; ++i) total += counts[i];
        return total;
    }

    template <std::size_t I>
    using Argument = std::remove_cvref_t<decltype(get<I>(std::declval<const Tuple<Args...>&>()))>;
    template <std::size_t I>
    using ArgumentWalk = Walk<Argument<I>, FirstLeaf + sum(leaves, I), FirstKept + sum(kept, I), false>;

    static constexpr bool active = (Args::active || ...);
    static constexpr Keep keep = active ? Rule::keep : Keep::nothing;
    // Own kept numbers: the result unless Top, then first partials, then second ones row by row.
    static constexpr int kept_result = FirstKept + sum(kept, std::size_t{arity});
    static constexpr int kept_partials = kept_result + (Top ? 0 : 1);
    static constexpr int active_before(std::size_t end) {
        int total = 0;
        for (std::size_t i = 0; i < end; ++i) total += activity[i] ? 1 : 0;
        return total;
    }
    template <std::size_t I>
    static constexpr int kept_partial = kept_partials + active_before(I);
    template <std::size_t I, std::size_t J>
    static constexpr int kept_second() {
        constexpr int a = active_before(I < J ? I : J);
        constexpr int b = active_before(I < J ? J : I);
        constexpr int n = active_before(std::size_t{arity});
        return kept_partials + n + a * n - a * (a - 1) / 2 + (b - a);
    }

    template <Sweep sweep, class Source>
    [[gnu::always_inline]] static constexpr auto read_result(Source& source) {
        if constexpr (Top) {
            return source.result();
        } else {
            return source.template kept<kept_result>();
        }
    }

    template <Sweep sweep, class Source, class... X>
    [[gnu::always_inline]] static constexpr auto value(Source& source, const X&... x) {
        if constexpr (sweep == Sweep::record) {
            const auto y = value_of_rule<Rule>(x...);
            if constexpr (!Top) source.template keep<kept_result>(y);
            return y;
        } else if constexpr (sweep == Sweep::gradient) {
            return read_result<sweep>(source);
        } else {
            const auto y = read_result<sweep>(source);
            using T = std::remove_cvref_t<decltype(y)>;
            const auto slope = [&]<std::size_t J>(std::integral_constant<std::size_t, J>)
                __attribute__((always_inline)) {
                if constexpr (keep == Keep::derivatives) {
                    return source.template kept<kept_partial<J>>();
                } else {
                    return partial_of<Rule, J>(y, value_part<activity[Each]>(x)...);
                }
            };
            return with_tangent(
                T(y), sum_of_active(
                          [&]<std::size_t J>(auto j, const auto& argument)
                              __attribute__((always_inline)) { return argument.tangent * slope(j); },
                          x...));
        }
    }

    // Sum of term(J, x_J) over the active arguments.
    template <class Term, class... X>
    [[gnu::always_inline]] static constexpr auto sum_of_active(const Term& term, const X&... x) {
        return add_terms(with_index<Each>(term, x)...);
    }
    struct Absent {};
    template <std::size_t J, class Term, class X>
    [[gnu::always_inline]] static constexpr auto with_index(const Term& term, const X& x) {
        if constexpr (activity[J]) {
            return term.template operator()<J>(std::integral_constant<std::size_t, J>{}, x);
        } else {
            return Absent{};
        }
    }
    [[gnu::always_inline]] static constexpr Absent add_terms() { return {}; }
    template <class First, class... Rest>
    [[gnu::always_inline]] static constexpr auto add_terms(const First& first, const Rest&... rest) {
        const auto tail = add_terms(rest...);
        if constexpr (std::is_same_v<First, Absent>) {
            return tail;
        } else if constexpr (std::is_same_v<decltype(tail), const Absent>) {
            return first;
        } else {
            return first + tail;
        }
    }

    // An expensive partial with respect to argument I: as a number in the gradient sweep, which keeps it together with the
    // second partials, as a dual in the product sweep.
    template <Sweep sweep, std::size_t I, class Source, class Y, class... X>
    [[gnu::always_inline]] static constexpr auto kept_or_new(Source& source, const Y& y, const X&... x) {
        if constexpr (sweep == Sweep::gradient) {
            const auto p = partial_of<Rule, I>(y, x...);
            source.template keep<kept_partial<I>>(p);
            (keep_second<I, Each>(source, y, x...), ...);
            return p;
        } else {
            const auto p = source.template kept<kept_partial<I>>();
            using T = std::remove_cvref_t<decltype(p)>;
            return with_tangent(
                T(p), sum_of_active(
                          [&]<std::size_t K>(auto, const auto& argument) __attribute__((always_inline)) {
                              return argument.tangent * source.template kept<kept_second<I, K>()>();
                          },
                          x...));
        }
    }

    template <std::size_t I, std::size_t J, class Source, class Y, class... X>
    [[gnu::always_inline]] static constexpr void keep_second(Source& source, const Y& y, const X&... x) {
        if constexpr (activity[I] && activity[J] && I <= J) {
            const Y slope = partial_of<Rule, J>(y, x...);
            const auto p = partial_of<Rule, I>(Dual<Y>{y, slope}, along<J, Each, Y>(x)...);
            source.template keep<kept_second<I, J>()>(p.tangent);
        }
    }
    template <std::size_t J, std::size_t K, class Y, class X>
    [[gnu::always_inline]] static constexpr auto along(const X& x) {
        if constexpr (J == K) {
            return Dual<Y>{x, Y(1)};
        } else {
            return x;
        }
    }

    template <Sweep sweep, std::size_t I, class Source, class Sink, class Node, class Adjoint>
    [[gnu::always_inline]] static constexpr void reverse_argument(Source& source, Sink& sink,
                                                                  const Node& node, const Adjoint& adjoint) {
        if constexpr (!activity[I]) {
            return;
        } else if constexpr (keep == Keep::derivatives) {
            pass_on<sweep, I>(source, sink, node, adjoint,
                              kept_or_new<sweep, I>(source, node.value, get<Each>(node.args).value...));
        } else if constexpr (is_piecewise_linear<Rule>) {
            pass_on<sweep, I>(source, sink, node, adjoint,
                              partial_of<Rule, I>(node.value, get<Each>(node.args).value...));
        } else {
            ArgumentWalk<I>::template reverse<sweep>(
                source, sink, get<I>(node.args),
                times(adjoint, partial_of<Rule, I>(node.value, get<Each>(node.args).value...)));
        }
    }
    template <Sweep sweep, std::size_t I, class Source, class Sink, class Node, class Adjoint, class P>
    [[gnu::always_inline]] static constexpr void pass_on(Source& source, Sink& sink, const Node& node,
                                                         const Adjoint& adjoint, const P& p) {
        constexpr bool known = std::is_same_v<P, PlusOne> || std::is_same_v<P, MinusOne>;
        if constexpr (is_piecewise_linear<Rule> && !known && !has_constant_partials<Argument<I>>) {
            ArgumentWalk<I>::template reverse<sweep>(source, sink, get<I>(node.args),
                                                     masked(times(adjoint, p), p != zero<P>));
        } else {
            ArgumentWalk<I>::template reverse<sweep>(source, sink, get<I>(node.args), times(adjoint, p));
        }
    }

public:
    // Built in place, from the top down: copies of nodes would not fit the registers they are meant for. The value reads
    // the arguments beside it, which are there by then.
    template <Sweep sweep, class Source>
    [[gnu::always_inline]] static constexpr auto forward(Source& source) {
        using Nodes = Tuple<decltype(ArgumentWalk<Each>::template forward<sweep>(source))...>;
        using Number = std::remove_cvref_t<decltype(value_at<sweep>(source, std::declval<const Nodes&>()))>;
        return EvaluatedCall<Nodes, Number>(WalkFrom<sweep, WalkOfCall, ArgumentWalk<Each>...>{}, source);
    }
    template <Sweep sweep, class Source, class Nodes>
    [[gnu::always_inline]] static constexpr auto value_at(Source& source, const Nodes& args) {
        if constexpr (keep == Keep::nothing) return Rule::value(get<Each>(args).value...);
        else return value<sweep>(source, get<Each>(args).value...);
    }

    template <Sweep sweep, class Source, class Sink, class Node, class Adjoint>
    [[gnu::always_inline]] static constexpr void reverse(Source& source, Sink& sink, const Node& node,
                                                         const Adjoint& adjoint) {
        (reverse_argument<sweep, Each>(source, sink, node, adjoint), ...);
    }
};

}  // namespace hesse
