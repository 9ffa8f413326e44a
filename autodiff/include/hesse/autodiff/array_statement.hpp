#pragma once

#include "hesse/autodiff/array.hpp"

#include <type_traits>

/// How arrays, scalars and Eigen's constants become operands of one statement.
namespace hesse {

// ------------------------------------------------------------------------------------------ arguments

template <class... X>
struct FirstArray;
template <class First, class... Rest>
struct FirstArray<First, Rest...> : FirstArray<Rest...> {};
template <ArrayLike First, class... Rest>
struct FirstArray<First, Rest...> {
    using type = typename std::remove_cvref_t<First>::Expression;
};

/// The number type of an operation: that of what is active; of constants alone, the one with derivatives, if one has.
/// Constants over other numbers are converted.
template <class T, bool active>
struct NumberChoice {
    template <class Other, bool other_active>
    friend auto operator|(NumberChoice, NumberChoice<Other, other_active>) {
        if constexpr (std::is_same_v<T, Other>) {
            return NumberChoice<T, (active || other_active)>{};
        } else if constexpr (std::is_void_v<T>) {
            return NumberChoice<Other, other_active>{};
        } else if constexpr (std::is_void_v<Other> || active ||
                             (!std::is_floating_point_v<T> && !other_active)) {
            static_assert(!(active && other_active), "hesse: variables over float and double do not mix");
            return NumberChoice<T, active>{};
        } else {
            static_assert(other_active || !std::is_floating_point_v<Other>,
                          "hesse: constant arrays of float and of double do not mix");
            return NumberChoice<Other, other_active>{};
        }
    }
};
/// One of Eigen's arrays whose entries are variables, as scalar code makes them: `x(0) * D`.
template <class X>
concept EigenVariables = EigenArray<X> && ScalarOperand<typename std::remove_cvref_t<X>::Scalar>;

template <class X>
auto number_choice() {
    using Bare = std::remove_cvref_t<X>;
    if constexpr (EigenVariables<X>) {
        return NumberChoice<NumberOf<typename Bare::Scalar>, true>{};
    } else if constexpr (ArrayLike<X>) {
        return NumberChoice<typename Bare::Expression::T, Bare::Expression::active>{};
    } else if constexpr (ScalarOperand<X>) {
        return NumberChoice<NumberOf<X>, true>{};
    } else if constexpr (DifferentialNumber<X>) {
        return NumberChoice<Bare, false>{};
    } else {
        return NumberChoice<void, false>{};
    }
}
template <class T, bool active>
T number_of_choice(NumberChoice<T, active>);
template <class... X>
using NumberOfArguments = decltype(number_of_choice((number_choice<X>() | ...)));

template <class X>
inline constexpr bool is_active_argument = [] {
    using Bare = std::remove_cvref_t<X>;
    if constexpr (ArrayLike<X>) {
        return Bare::Expression::active;
    } else {
        return ScalarOperand<X> || EigenVariables<X>;
    }
}();

/// The expression behind an owner or an expression, keeping its value category.
template <ArrayLike X>
decltype(auto) expression_of(X&& x) {
    return std::forward<X>(x).expression();
}

/// The tape that an argument is on; none for constants, and for Eigen's variables, which may have to be recorded.
template <class T, class Tree>
Tape<T>* tape_of_array(const Tree& tree) {
    Tape<T>* tape = nullptr;
    for_each_leaf(tree, [&]<class Leaf>(const Leaf& leaf) {
        if constexpr (Leaf::array) {
            tape = join_tapes(tape, leaf.operand.tape, leaf.operand.generation);
        } else if constexpr (Leaf::active) {
            tape = join_tapes(tape, leaf.tape, leaf.generation);
        }
    });
    return tape;
}
template <class T, class X>
Tape<T>* tape_of_argument(const X& x) {
    if constexpr (!is_active_argument<X> || EigenVariables<X>) {
        return nullptr;
    } else if constexpr (ArrayLike<X>) {
        return tape_of_array<T>(x.expression().tree());
    } else {
        return tape_of<T>(as_operand<T>(x));
    }
}

/// An Eigen array as a constant operand. A named matrix, map or block of one is referenced: it must outlive
/// the recording unchanged. Any other expression, and other number types, are evaluated and kept.
template <class T, class X>
ArrayOperand<T> constant_operand(X&& x, Tape<T>* tape) {
    using Bare = std::remove_cvref_t<X>;
    static_assert(!EigenVariables<X>);
    constexpr bool direct =
        (Bare::Flags & Eigen::DirectAccessBit) != 0 && std::is_same_v<typename Bare::Scalar, T>;
    constexpr bool owns = std::is_base_of_v<Eigen::PlainObjectBase<Bare>, Bare>;
    if constexpr (direct && (!owns || std::is_lvalue_reference_v<X>)) {
        ArrayOperand<T> operand;
        operand.data = x.data();
        operand.rows = x.rows();
        operand.cols = x.cols();
        operand.inner = Bare::IsRowMajor ? x.outerStride() : x.innerStride();
        operand.outer = Bare::IsRowMajor ? x.innerStride() : x.outerStride();
        return operand;
    } else {
        auto kept = allocate_constant<T>(tape, x.rows(), x.cols());
        Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>>(kept.data, x.rows(), x.cols()) =
            x.derived().matrix().template cast<T>();
        return kept.operand;
    }
}

/// Eigen's variables as an array: one node that reads them all.
template <class T, class X>
ArrayOperand<T> collected_operand(const X& x) {
    const Eigen::Matrix<Variable<T>, Eigen::Dynamic, Eigen::Dynamic> entries = x.derived().matrix();
    return IndexNodes<T>::collect(entries.data(), entries.rows(), entries.cols());
}

template <class T, class Tree>
ArrayOperand<T> evaluate_constants(const Tree& tree, Tape<T>* tape, Index rows, Index cols);

/// A constant array over another number type: a copy.
template <class T, class Other>
ArrayOperand<T> converted_constant(const ArrayOperand<Other>& x, Tape<T>* tape) {
    auto kept = allocate_constant<T>(tape, x.rows, x.cols);
    const Other* values = x.values();
    for (Index j = 0; j < x.cols; ++j) {
        for (Index i = 0; i < x.rows; ++i) kept.data[i + j * x.rows] = static_cast<T>(values[x.offset(i, j)]);
    }
    return kept.operand;
}

/// An argument as a tree of a statement. Named expressions stand for their entries; so does an expression of
/// constants within an active statement, which sweeps then need not evaluate again, and, if `Evaluate`, any.
template <class T, bool Active, bool Evaluate, class X>
auto as_array_operand(X&& x, Tape<T>* tape) {
    if constexpr (ArrayLike<X>) {
        auto&& expression = expression_of(std::forward<X>(x));
        using E = std::remove_cvref_t<decltype(expression)>;
        static_assert(!E::active || std::is_same_v<typename E::T, T>,
                      "hesse: variables over float and double do not mix");
        if constexpr (!std::is_same_v<typename E::T, T>) {
            return ArrayLeaf<T, false>{converted_constant<T>(expression.operand(), tape)};
        } else if constexpr (E::evaluated) {
            return expression.tree();
        } else if constexpr (Active && !E::active && !std::is_lvalue_reference_v<X>) {
            return ArrayLeaf<T, false>{
                evaluate_constants<T>(expression.tree(), tape, expression.rows(), expression.cols())};
        } else if constexpr (Evaluate || std::is_lvalue_reference_v<X>) {
            return ArrayLeaf<T, E::active>{expression.operand()};
        } else {
            return expression.tree();
        }
    } else if constexpr (EigenVariables<X>) {
        return ArrayLeaf<T, true>{collected_operand<T>(x)};
    } else if constexpr (EigenArray<X>) {
        return ArrayLeaf<T, false>{constant_operand<T>(std::forward<X>(x), tape)};
    } else if constexpr (ScalarOperand<X>) {
        return Variable<T>(x).leaf();
    } else {
        return ConstantLeaf<T>{static_cast<T>(x)};
    }
}

template <class T, bool Active, class X>
using OperandTree = decltype(as_array_operand<T, Active, false>(std::declval<X>(), nullptr));

template <class X>
std::pair<Index, Index> shape_of(const X& x) {
    if constexpr (ArrayLike<X> || EigenArray<X>) {
        return {x.rows(), x.cols()};
    } else {
        return {-1, -1};  // scalars fit every shape
    }
}

// --------------------------------------------------------------------------------------- evaluation

template <class T, class Tree>
std::array<StatementLeaf<T>, std::size_t{Tree::leaves}> statement_leaves(const Tree& tree, Tape<T>* tape) {
    std::array<StatementLeaf<T>, std::size_t{Tree::leaves}> leaves;
    std::size_t i = 0;
    for_each_leaf(tree, [&]<class Leaf>(const Leaf& leaf) {
        auto& out = leaves[i++];
        if constexpr (Leaf::array) {
            const auto& x = leaf.operand;
            if (tape != nullptr && x.owner) tape->keep_alive(x.owner);
            out = {x.tape, x.data, T(0), x.slot, true, x.inner, x.outer};
        } else if constexpr (Leaf::active) {
            out = {leaf.tape, nullptr, leaf.value, leaf.slot, false, 0, 0};
        } else {
            out = {nullptr, nullptr, leaf.value, 0, false, 0, 0};
        }
    });
    return leaves;
}

/// A leaf alone is a statement too: its copy.
template <class Tree>
using Statement = std::conditional_t<is_call<Tree>, Tree, Call<Copy, Tree>>;
template <class Tree>
Statement<Tree> as_statement(const Tree& tree) {
    if constexpr (is_call<Tree>) {
        return tree;
    } else {
        return make_call<Copy>(tree);
    }
}

template <class T, class Tree>
ArrayOperand<T> evaluate_array(const Tree& tree, Index rows, Index cols) {
    const auto statement = as_statement(tree);
    Tape<T>* tape = tape_of_array<T>(statement);
    const auto leaves = statement_leaves<T>(statement, tape);
    return ArrayStatements<T>::run(ElementwiseKernels<T, Statement<Tree>, true>::table, leaves, tape, rows,
                                   cols);
}

/// Entries of a tree of constants: in the memory of the recording that reads them, if there is one, else owned.
template <class T, class Tree>
ArrayOperand<T> evaluate_constants(const Tree& tree, Tape<T>* tape, Index rows, Index cols) {
    const auto statement = as_statement(tree);
    const auto leaves = statement_leaves<T>(statement, tape);
    const OwnedArray<T> kept = allocate_constant<T>(tape, rows, cols);
    ArrayStatements<T>::run_into(ElementwiseKernels<T, Statement<Tree>, true>::table, leaves, nullptr,
                                 kept.operand, kept.data);
    return kept.operand;
}

template <class T, class Tree>
ScalarResult<T> evaluate_sum(const Tree& tree, Index rows, Index cols) {
    const auto statement = as_statement(tree);
    Tape<T>* tape = tape_of_array<T>(statement);
    const auto leaves = statement_leaves<T>(statement, tape);
    return ArrayStatements<T>::sum(ElementwiseKernels<T, Statement<Tree>, false>::table, leaves, tape, rows,
                                   cols);
}

/// Rule(x...), entry by entry. Throws std::invalid_argument where two shapes differ, naming both.
template <class Rule, class... X>
auto apply_entrywise(X&&... x) {
    using First = typename FirstArray<X...>::type;
    using T = NumberOfArguments<X...>;
    constexpr bool active = (is_active_argument<X> || ...);
    Index rows = -1, cols = -1;
    const auto fit = [&](std::pair<Index, Index> shape) {
        if (shape.first < 0) return;
        if (rows < 0) {
            std::tie(rows, cols) = shape;
        } else if (shape != std::pair{rows, cols}) {
            throw_shapes(Rule::name.data(), rows, cols, shape.first, shape.second);
        }
    };
    (fit(shape_of(x)), ...);
    Tape<T>* tape = nullptr;
    if constexpr (active) {
        ((tape = tape != nullptr ? tape : tape_of_argument<T>(x)), ...);
    }
    constexpr bool fits = fits_statement<Call<Rule, OperandTree<T, active, X>...>>;
    auto call = make_call<Rule>(as_array_operand<T, active, !fits>(std::forward<X>(x), tape)...);
    return ArrayExpression<decltype(call), First::kind>(std::move(call), rows, cols);
}

template <class Rule, class... X>
    requires ArrayArguments<X...>
auto apply_at(SourceLine line, X&&... x) {
    note(line);
    return apply_entrywise<Rule>(std::forward<X>(x)...);
}
template <class Rule, class... X>
    requires ArrayArguments<X...>
auto apply(X&&... x) {
    note_unknown_line();
    return apply_entrywise<Rule>(std::forward<X>(x)...);
}

/// The entries of an argument of a matrix operation.
template <class T, class X>
ArrayOperand<T> entries_of(X&& x, Tape<T>* tape) {
    if constexpr (ArrayLike<X>) {
        using Other = typename std::remove_cvref_t<X>::Expression::T;
        if constexpr (std::is_same_v<Other, T>) return x.expression().operand();
        else return converted_constant<T>(x.expression().operand(), tape);
    } else if constexpr (EigenVariables<X>) {
        return collected_operand<T>(x);
    } else {
        return constant_operand<T>(std::forward<X>(x), tape);
    }
}

/// a * b, entry by entry.
template <class A, class B>
    requires Scalable<A, B>
auto times(SourceLine line, A&& a, B&& b) {
    return apply_at<Multiply>(line, std::forward<A>(a), std::forward<B>(b));
}
/// The matrix product. Costs one product of its size, and one for each variable factor in a gradient.
/// Throws std::invalid_argument, naming both shapes, if they do not fit.
template <class A, class B>
    requires Multipliable<A, B>
auto times(SourceLine line, A&& a, B&& b) {
    note(line);
    using T = NumberOfArguments<A, B>;
    constexpr bool active = is_active_argument<A> || is_active_argument<B>;
    Tape<T>* tape = nullptr;
    if constexpr (active) {
        tape = tape_of_argument<T>(a);
        if (tape == nullptr) tape = tape_of_argument<T>(b);
    }
    return ArrayView<T, active, Words::matrix>(ArrayNodes<T>::multiply(
        entries_of<T>(std::forward<A>(a), tape), entries_of<T>(std::forward<B>(b), tape)));
}

}  // namespace hesse

#include "hesse/autodiff/array_comparisons.hpp"
#include "hesse/autodiff/partial.hpp"
