#pragma once

#include "hesse/autodiff/array_kinds.hpp"
#include "hesse/autodiff/operations/arithmetic.hpp"
#include "hesse/autodiff/rule.hpp"
#include "hesse/autodiff/source_line.hpp"

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

/// The operators of arrays, which know the line they stand on.
namespace hesse {

// An operator can have no default argument, but its operands may be converted to what has one. Only a function that is
// no template in them converts its operands: hence friends, of every type of array.

/// An operand, and the line of the operator.
template <class X>
struct OperandAt {
    const X& x;
    SourceLine line;

    template <class Y>
        requires std::derived_from<std::remove_cvref_t<Y>, X>
    OperandAt(const Y& y, SourceLine line_ = SourceLine::here()) : x(y), line(line_) {}  // NOLINT
};

/// One that has a name: its entries are evaluated once.
template <class X>
struct NamedAt {
    const X& x;
    SourceLine line;

    template <class Y>
        requires(std::derived_from<std::remove_cvref_t<Y>, X> &&
                 (std::is_lvalue_reference_v<Y> || std::is_const_v<Y>))
    NamedAt(Y&& y, SourceLine line_ = SourceLine::here()) : x(y), line(line_) {}  // NOLINT

    [[nodiscard]] const X& operand() const { return x; }
};

/// One that nobody else can see: it becomes a part of the statement.
template <class X>
struct TemporaryAt {
    X& x;
    SourceLine line;

    template <class Y>
        requires(std::derived_from<Y, X> && !std::is_const_v<Y>)
    TemporaryAt(Y&& y, SourceLine line_ = SourceLine::here()) : x(y), line(line_) {}  // NOLINT

    [[nodiscard]] X&& operand() const { return std::move(x); }
};

/// An index, and the line of the operator [].
struct IndexAt {
    Index index;
    SourceLine line;

    template <std::integral I>
    IndexAt(I i, SourceLine line_ = SourceLine::here())  // NOLINT
        : index(static_cast<Index>(i)), line(line_) {}
};

template <class Relation, class A, class B>
auto compare(SourceLine line, const A& a, const B& b);

/// `+ - * /` and comparisons of arrays of the type X with arrays, Eigen's constants and scalars. Of two arrays, the
/// operators of the left one are meant.
template <class X>
class ArrayOperators {
    template <class A>
    static constexpr bool is_left = !ArrayLike<A>;

    template <class B>
        requires Addable<X, B>
    friend auto operator+(NamedAt<X> a, B&& b) {
        return apply_at<Add>(a.line, a.operand(), std::forward<B>(b));
    }
    template <class B>
        requires Addable<X, B>
    friend auto operator+(TemporaryAt<X> a, B&& b) {
        return apply_at<Add>(a.line, a.operand(), std::forward<B>(b));
    }
    template <class A>
        requires(is_left<A> && Addable<A, X>)
    friend auto operator+(A&& a, NamedAt<X> b) {
        return apply_at<Add>(b.line, std::forward<A>(a), b.operand());
    }
    template <class A>
        requires(is_left<A> && Addable<A, X>)
    friend auto operator+(A&& a, TemporaryAt<X> b) {
        return apply_at<Add>(b.line, std::forward<A>(a), b.operand());
    }
    template <class B>
        requires Addable<X, B>
    friend auto operator-(NamedAt<X> a, B&& b) {
        return apply_at<Subtract>(a.line, a.operand(), std::forward<B>(b));
    }
    template <class B>
        requires Addable<X, B>
    friend auto operator-(TemporaryAt<X> a, B&& b) {
        return apply_at<Subtract>(a.line, a.operand(), std::forward<B>(b));
    }
    template <class A>
        requires(is_left<A> && Addable<A, X>)
    friend auto operator-(A&& a, NamedAt<X> b) {
        return apply_at<Subtract>(b.line, std::forward<A>(a), b.operand());
    }
    template <class A>
        requires(is_left<A> && Addable<A, X>)
    friend auto operator-(A&& a, TemporaryAt<X> b) {
        return apply_at<Subtract>(b.line, std::forward<A>(a), b.operand());
    }
    template <class B>
        requires Factors<X, B>
    friend auto operator*(NamedAt<X> a, B&& b) {
        return times(a.line, a.operand(), std::forward<B>(b));
    }
    template <class B>
        requires Factors<X, B>
    friend auto operator*(TemporaryAt<X> a, B&& b) {
        return times(a.line, a.operand(), std::forward<B>(b));
    }
    template <class A>
        requires(is_left<A> && Factors<A, X>)
    friend auto operator*(A&& a, NamedAt<X> b) {
        return times(b.line, std::forward<A>(a), b.operand());
    }
    template <class A>
        requires(is_left<A> && Factors<A, X>)
    friend auto operator*(A&& a, TemporaryAt<X> b) {
        return times(b.line, std::forward<A>(a), b.operand());
    }
    template <class B>
        requires Dividable<X, B>
    friend auto operator/(NamedAt<X> a, B&& b) {
        return apply_at<Divide>(a.line, a.operand(), std::forward<B>(b));
    }
    template <class B>
        requires Dividable<X, B>
    friend auto operator/(TemporaryAt<X> a, B&& b) {
        return apply_at<Divide>(a.line, a.operand(), std::forward<B>(b));
    }
    template <class A>
        requires(is_left<A> && Dividable<A, X>)
    friend auto operator/(A&& a, NamedAt<X> b) {
        return apply_at<Divide>(b.line, std::forward<A>(a), b.operand());
    }
    template <class A>
        requires(is_left<A> && Dividable<A, X>)
    friend auto operator/(A&& a, TemporaryAt<X> b) {
        return apply_at<Divide>(b.line, std::forward<A>(a), b.operand());
    }
    friend auto operator-(NamedAt<X> a) { return apply_at<Negate>(a.line, a.operand()); }
    friend auto operator-(TemporaryAt<X> a) { return apply_at<Negate>(a.line, a.operand()); }

    // Comparisons look at values only. (== and != have no line: operands that are converted would make them ambiguous with
    // their own reverses.)
    template <class B>
        requires Addable<X, B>
    friend auto operator<(OperandAt<X> a, const B& b) {
        return compare<std::less<>>(a.line, a.x, b);
    }
    template <class A>
        requires(is_left<A> && Addable<A, X>)
    friend auto operator<(const A& a, OperandAt<X> b) {
        return compare<std::less<>>(b.line, a, b.x);
    }
    template <class B>
        requires Addable<X, B>
    friend auto operator<=(OperandAt<X> a, const B& b) {
        return compare<std::less_equal<>>(a.line, a.x, b);
    }
    template <class A>
        requires(is_left<A> && Addable<A, X>)
    friend auto operator<=(const A& a, OperandAt<X> b) {
        return compare<std::less_equal<>>(b.line, a, b.x);
    }
    template <class B>
        requires Addable<X, B>
    friend auto operator>(OperandAt<X> a, const B& b) {
        return compare<std::greater<>>(a.line, a.x, b);
    }
    template <class A>
        requires(is_left<A> && Addable<A, X>)
    friend auto operator>(const A& a, OperandAt<X> b) {
        return compare<std::greater<>>(b.line, a, b.x);
    }
    template <class B>
        requires Addable<X, B>
    friend auto operator>=(OperandAt<X> a, const B& b) {
        return compare<std::greater_equal<>>(a.line, a.x, b);
    }
    template <class A>
        requires(is_left<A> && Addable<A, X>)
    friend auto operator>=(const A& a, OperandAt<X> b) {
        return compare<std::greater_equal<>>(b.line, a, b.x);
    }
};

}  // namespace hesse
