#pragma once

#include "hesse/autodiff/array_nodes.hpp"
#include "hesse/autodiff/array_operand.hpp"
#include "hesse/autodiff/expression.hpp"
#include "hesse/autodiff/variable.hpp"

#include <Eigen/Core>

#include <type_traits>

/// What an operand of array code can be, and which operands an operator takes.
namespace hesse {

/// Leaf of an array statement. Active where its type says that it may depend on the parameters.
template <class T, bool Active>
struct ArrayLeaf {
    using Number = T;
    using Constant = ArrayLeaf<T, false>;
    static constexpr bool active = Active;
    static constexpr bool array = true;
    static constexpr int leaves = 1;
    static constexpr int calls = 0;

    ArrayOperand<T> operand;
};

/// Whether `*` between two arrays is the matrix product or entry by entry, as Eigen distinguishes them.
enum class Words { matrix, array };

template <class Tree>
struct NumberOfTree {
    using type = typename Tree::Number;
};
template <class Rule, class First, class... Rest>
struct NumberOfTree<Call<Rule, First, Rest...>> : NumberOfTree<First> {};

template <class Tree, Words words>
class ArrayExpression;
template <class Expression, Slices slices>
class Partial;

/// A view or another array whose entries exist.
template <class T, bool Active, Words words>
using ArrayView = ArrayExpression<ArrayLeaf<T, Active>, words>;

template <class X>
inline constexpr bool is_array_expression = false;
template <class Tree, Words words>
inline constexpr bool is_array_expression<ArrayExpression<Tree, words>> = true;

/// An array expression of the library, or an owner of one (Matrix).
template <class X>
concept ArrayLike = requires(const std::remove_cvref_t<X>& x) {
    typename std::remove_cvref_t<X>::Expression;
    requires is_array_expression<typename std::remove_cvref_t<X>::Expression>;
};
// By conversion, since the parts of Eigen's vectors derive from DenseBase of their base, not of themselves.
template <class Derived>
void accept_dense(const Eigen::DenseBase<Derived>&);
template <class Derived>
void accept_array_words(const Eigen::ArrayBase<Derived>&);
/// Any array or expression of Eigen's.
template <class X>
concept EigenArray = requires(const std::remove_cvref_t<X>& x) { accept_dense(x); };

template <EigenArray X>
inline constexpr bool is_data<X> = true;
template <class Tree, Words words>
inline constexpr bool is_operand<ArrayExpression<Tree, words>> = true;

template <class X>
concept ArrayArgument = ArrayLike<X> || EigenArray<X> || ScalarOperand<X> || PlainNumber<X>;

/// At least one array of the library among arrays, Eigen's constants and scalars.
template <class... X>
concept ArrayArguments = (ArrayLike<X> || ...) && (ArrayArgument<X> && ...);

template <class X>
inline constexpr bool speaks_array = [] {
    if constexpr (ArrayLike<X>) {
        return std::remove_cvref_t<X>::Expression::kind == Words::array;
    } else if constexpr (EigenArray<X>) {
        return requires(const std::remove_cvref_t<X>& x) { accept_array_words(x); };
    } else {
        return true;  // scalars
    }
}();

template <class X>
inline constexpr bool is_scalar_argument = ScalarOperand<X> || PlainNumber<X>;

/// Two arrays of the same words, or an array in array words and a scalar.
template <class A, class B>
concept Addable = ArrayArguments<A, B> &&
                  ((is_scalar_argument<A> || is_scalar_argument<B>) ? (speaks_array<A> && speaks_array<B>)
                                                                    : speaks_array<A> == speaks_array<B>);
/// Entry by entry: two arrays in array words, or an array and a scalar.
template <class A, class B>
concept Scalable = ArrayArguments<A, B> &&
                   ((is_scalar_argument<A> || is_scalar_argument<B>) || (speaks_array<A> && speaks_array<B>));
/// Matrix product: both in matrix words.
template <class A, class B>
concept Multipliable = ArrayArguments<A, B> && !is_scalar_argument<A> && !is_scalar_argument<B> &&
                       !speaks_array<A> && !speaks_array<B>;

/// True for Eigen's constants that are a factor of a product and no array: sparse matrices, triangles, diagonals.
/// A header that knows some adds them, and overloads of `times`.
template <class X>
inline constexpr bool is_matrix_factor = false;

/// What `*` takes: entry by entry, or matrix by matrix.
template <class A, class B>
concept Factors = Scalable<A, B> || Multipliable<A, B> || is_matrix_factor<std::remove_cvref_t<A>> ||
                  is_matrix_factor<std::remove_cvref_t<B>>;
template <class A, class B>
concept Dividable = Scalable<A, B> && (is_scalar_argument<B> || (speaks_array<A> && speaks_array<B>));

}  // namespace hesse
