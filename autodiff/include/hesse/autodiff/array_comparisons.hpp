#pragma once

#include "hesse/autodiff/array.hpp"

#include <functional>

/// Comparisons of arrays, entry by entry. They look at values only: the result is a constant array of ones and
/// zeros, as `select` takes it, and nothing is recorded.
namespace hesse {

/// y = 1 where Relation{}(a, b) holds, else 0. Only ever evaluated on values: it has no partials.
template <class Relation>
struct Comparison {
    static constexpr std::string_view name = "comparison";
    static constexpr Keep keep = Keep::nothing;
    template <class A, class B>
    static CommonNumber<A, B> value(const A& a, const B& b) {
        using R = CommonNumber<A, B>;
        return select(Relation{}(a, b), R(one<R>), R(zero<R>));
    }
};

/// The values of an argument, to be looked at before anything else is recorded.
template <class T, class X>
auto values_of(const X& x) {
    if constexpr (ArrayLike<X>) {
        ArrayOperand<T> values = x.expression().operand();
        values.data = values.values();
        values.tape = nullptr;
        return ArrayView<T, false, std::remove_cvref_t<X>::Expression::kind>(std::move(values));
    } else if constexpr (EigenVariables<X>) {
        return values_of<T>(x.derived().matrix().template cast<T>().eval());
    } else if constexpr (EigenArray<X>) {
        return ArrayView<T, false, Words::array>(constant_operand<T>(x, static_cast<Tape<T>*>(nullptr)));
    } else {
        return static_cast<T>(value_of(x));
    }
}

template <class X>
void evaluate_entries(const X& x) {
    if constexpr (ArrayLike<X>) (void)x.expression().operand();
}

template <class Relation, class A, class B>
auto compare(SourceLine line, const A& a, const B& b) {
    note(line);
    using T = NumberOfArguments<A, B>;
    // Both first, then their values: evaluating one may move the tape from under the other.
    evaluate_entries(a);
    evaluate_entries(b);
    auto ones_and_zeros = apply_entrywise<Comparison<Relation>>(values_of<T>(a), values_of<T>(b));
    Tape<T>* tape = nullptr;
    if constexpr (is_active_argument<A>) tape = tape_of_argument<T>(a);
    if constexpr (is_active_argument<B>) tape = tape != nullptr ? tape : tape_of_argument<T>(b);
    using Result = decltype(ones_and_zeros);
    return typename Result::View(
        evaluate_constants<T>(ones_and_zeros.tree(), tape, ones_and_zeros.rows(), ones_and_zeros.cols()));
}

template <class A, class B>
    requires Addable<A, B>
auto operator==(const A& a, const B& b) {
    note_unknown_line();
    return compare<std::equal_to<>>(SourceLine{}, a, b);
}
template <class A, class B>
    requires Addable<A, B>
auto operator!=(const A& a, const B& b) {
    note_unknown_line();
    return compare<std::not_equal_to<>>(SourceLine{}, a, b);
}

}  // namespace hesse
