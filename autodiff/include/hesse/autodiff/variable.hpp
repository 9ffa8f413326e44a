#pragma once

#include "hesse/autodiff/expression.hpp"
#include "hesse/autodiff/number.hpp"
#include "hesse/autodiff/operations/arithmetic.hpp"
#include "hesse/autodiff/tape.hpp"

#include <cstdint>
#include <limits>
#include <ostream>
#include <stdexcept>
#include <type_traits>

namespace hesse {

template <class T>
class Variable;
template <class T>
struct ConstantLeaf;
template <class... X>
struct LargestTreeOf;
/// Of the types of operands, the tree that ranks first; the others become it by conversion.
template <class... X>
using LargestTree = typename LargestTreeOf<X...>::type;

/// Leaf of a scalar statement: a variable as it was when the statement was written.
template <class T>
struct VariableLeaf {
    using Number = T;
    using Constant = ConstantLeaf<T>;
    static constexpr bool active = true;
    static constexpr bool array = false;
    static constexpr int leaves = 1;
    static constexpr int calls = 0;

    Tape<T>* tape;  // none: a constant that has the type of a variable
    T value;
    std::uint32_t slot;
    /// Above its bits, how many calls around the leaf stand for it: see settled_expression.hpp.
    std::uint32_t generation;

    // Copied member by member: trees of leaves that may be copied as bytes go through memory, where a wide load of one
    // waits for the narrow stores that made it.
    VariableLeaf() = default;
    [[gnu::always_inline]] VariableLeaf(Tape<T>* on, const T& number, std::uint32_t at,
                                        std::uint32_t recording)
        : tape(on), value(number), slot(at), generation(recording) {}
    [[gnu::always_inline]] VariableLeaf(const VariableLeaf& other)
        : VariableLeaf(other.tape, other.value, other.slot, other.generation) {}
    [[gnu::always_inline]] VariableLeaf& operator=(const VariableLeaf& other) {
        tape = other.tape;
        value = other.value;
        slot = other.slot;
        generation = other.generation;
        return *this;
    }
};

/// Leaf of a statement: the result of a longer expression, recorded on the way.
template <class T>
struct RecordedLeaf : VariableLeaf<T> {
    using VariableLeaf<T>::VariableLeaf;
    explicit RecordedLeaf(const VariableLeaf<T>& leaf) : VariableLeaf<T>(leaf) {}
};

/// Leaf of a statement: a number known while recording.
template <class T>
struct ConstantLeaf {
    using Number = T;
    using Constant = ConstantLeaf;
    static constexpr bool active = false;
    static constexpr bool array = false;
    static constexpr int leaves = 1;
    static constexpr int calls = 0;

    T value;
};

// ------------------------------------------------------------------------------------ what a scalar is

template <class X>
struct ScalarTraits {
    static constexpr bool scalar = false;
};
template <class T>
struct ScalarTraits<Variable<T>> {
    static constexpr bool scalar = true;
    using Number = T;
};
template <class Rule, class... Args>
    requires(!Call<Rule, Args...>::array)
struct ScalarTraits<Call<Rule, Args...>> {
    static constexpr bool scalar = true;
    template <class First, class... Rest>
    struct NumberOf {
        using type = typename First::Number;
    };
    template <class R, class... A, class... Rest>
    struct NumberOf<Call<R, A...>, Rest...> {
        using type = typename ScalarTraits<Call<R, A...>>::Number;
    };
    using Number = typename NumberOf<Args...>::type;
};

/// A recording scalar, or an expression of them.
template <class X>
concept ScalarOperand = ScalarTraits<std::remove_cvref_t<X>>::scalar;

template <class T>
inline constexpr bool is_operand<Variable<T>> = true;
template <class Rule, class... Args>
inline constexpr bool is_operand<Call<Rule, Args...>> = true;

template <class X>
using NumberOf = typename ScalarTraits<std::remove_cvref_t<X>>::Number;

/// At least one recording scalar among scalars and numbers.
template <class... X>
concept ScalarOperands = (ScalarOperand<X> || ...) && ((ScalarOperand<X> || PlainNumber<X>)&&...);

template <class Tree>
constexpr NumberOf<Tree> evaluate(const Tree& tree);
template <class T, class Tree>
Variable<T> record(const Tree& tree);

// --------------------------------------------------------------------------------------- the variable

/// A scalar that records. It behaves as a T: copy it, assign to it, keep it in containers and in Eigen's
/// matrices. One that depends on no parameter is a plain number and costs no recording.
///
/// A sum built by `+=` and `-=` is accumulated in one slot for as long as only this handle knows the slot:
/// copying the handle or using it in an expression ends that, moving it does not.
template <class T>
class Variable {
public:
    using Number = T;

    constexpr Variable() = default;
    template <PlainNumber A>
        requires Arithmetic<A> || std::same_as<A, T>
    constexpr Variable(A value)
        : value_(static_cast<T>(value)) {}  // NOLINT(google-explicit-constructor): a number
    template <ScalarOperand E>
        requires is_call<E>
    Variable(const E& tree) : Variable(record<T>(tree)) {}  // NOLINT(google-explicit-constructor)
    /// A variable that is already on a tape.
    Variable(Tape<T>& tape, const T& value, std::uint32_t slot)
        : tape_(&tape), value_(value), slot_(slot), word_(tape.generation()) {}
    explicit Variable(const VariableLeaf<T>& leaf)
        : tape_(leaf.tape), value_(leaf.value), slot_(leaf.slot), word_(leaf.generation) {}

    /// Makes this the parameter of a slot in a new recording.
    void become_parameter(Tape<T>& tape, const T& value, std::uint32_t slot) {
        tape_ = &tape;
        value_ = value;
        slot_ = slot;
        word_ = tape.generation();
    }

    Variable(const Variable& other)
        : tape_(other.tape_), value_(other.value_), slot_(other.slot_), word_(other.share()) {}
    Variable(Variable&& other) noexcept
        : tape_(other.tape_), value_(other.value_), slot_(other.slot_), word_(other.hand_over()) {}
    Variable& operator=(const Variable& other) & {  // assigning to a temporary would do nothing
        tape_ = other.tape_;
        value_ = other.value_;
        slot_ = other.slot_;
        word_ = other.share();
        return *this;
    }
    Variable& operator=(Variable&& other) & noexcept {
        tape_ = other.tape_;
        value_ = other.value_;
        slot_ = other.slot_;
        word_ = other.hand_over();  // last: other may be *this
        return *this;
    }
    ~Variable() = default;

    [[nodiscard]] constexpr const T& value() const { return value_; }
    [[nodiscard]] Tape<T>* tape() const { return tape_; }
    [[nodiscard]] std::uint32_t slot() const { return slot_; }
    /// The recording that it belongs to, of those that the tape has made.
    [[nodiscard]] std::uint32_t generation() const { return word_ & ~owns; }

    /// This variable as an operand of a statement.
    [[nodiscard]] VariableLeaf<T> leaf() const { return {tape_, value_, slot_, share()}; }

    template <class E>
        requires ScalarOperands<Variable, E>
    [[gnu::always_inline]] Variable& operator+=(const E& e) {
        return accumulate<false>(e);
    }
    template <class E>
        requires ScalarOperands<Variable, E>
    [[gnu::always_inline]] Variable& operator-=(const E& e) {
        return accumulate<true>(e);
    }
    template <class E>
        requires ScalarOperands<Variable, E>
    Variable& operator*=(const E& e) {
        return *this = *this * e;
    }
    template <class E>
        requires ScalarOperands<Variable, E>
    Variable& operator/=(const E& e) {
        return *this = *this / e;
    }
    template <class E>
        requires(ScalarOperands<Variable, E> && !std::is_same_v<E, Variable>)
    Variable& operator=(const E& e) & {
        return *this = Variable(e);
    }

    /// The number alone, as `static_cast<int>(x)` and `if (x)` ask for it.
    template <class A>
        requires(Arithmetic<A> || std::is_same_v<A, T>)
    constexpr explicit operator A() const {
        return number_as<A>(value_);
    }

private:
    static constexpr std::uint32_t owns = 0x80000000u;

    // Two hold the slot from here on: neither may accumulate into it.
    std::uint32_t share() const {
        if ((word_ & owns) != 0) [[unlikely]]
            word_ &= ~owns;
        return word_;
    }
    // The right to accumulate goes with a move.
    std::uint32_t hand_over() noexcept {
        const std::uint32_t word = word_;
        word_ &= ~owns;
        return word;
    }
    template <bool Minus, class E>
    Variable& accumulate(const E& e);
    template <bool Minus, class E>
    Variable& begin_sum(const E& e);

    Tape<T>* tape_ = nullptr;
    T value_ = T(0);
    std::uint32_t slot_ = 0;
    mutable std::uint32_t word_ = 0;  // generation of the recording, and the bit `owns`
};

using Var = Variable<double>;

// ------------------------------------------------------------------------------- operands and operators

/// Operand of a statement over T: a leaf for a variable or a number, a tree as it is.
template <class T, PlainNumber A>
[[gnu::always_inline]] constexpr ConstantLeaf<T> as_operand(const A& number) {
    return {static_cast<T>(number)};
}
template <class T>
[[gnu::always_inline]] inline VariableLeaf<T> as_operand(const Variable<T>& variable) {
    return variable.leaf();
}
template <class T, class Rule, class... Args>
[[gnu::always_inline]] inline const Call<Rule, Args...>& as_operand(const Call<Rule, Args...>& tree) {
    return tree;
}

template <class... X>
struct FirstNumber {};
template <class First, class... Rest>
struct FirstNumber<First, Rest...> : FirstNumber<Rest...> {};
template <ScalarOperand First, class... Rest>
struct FirstNumber<First, Rest...> {
    using type = NumberOf<First>;
};

/// The same, with a tree recorded first as a statement of its own.
template <class T, class X>
auto as_recorded_operand(const X& x) {
    if constexpr (is_call<X>) {
        return RecordedLeaf<T>{record<T>(x).leaf()};
    } else {
        return as_operand<T>(x);
    }
}

/// Whether a tree is the rest of an expression of which parts have been recorded.
template <class X>
inline constexpr bool has_recorded_part = false;
template <class T>
inline constexpr bool has_recorded_part<RecordedLeaf<T>> = true;
template <class Rule, class... Args>
inline constexpr bool has_recorded_part<Call<Rule, Args...>> = (has_recorded_part<Args> || ...);

/// Rule(x...) of the rest of an expression, recorded at once. Out of line: programs may be made of that, hundreds of calls
/// in one function, and compilers take more than linear time for large functions.
template <class Rule, class... X>
[[gnu::noinline]] LargestTree<X...> apply_recorded(const X&... x) {
    using T = typename FirstNumber<X...>::type;
    return LargestTree<X...>(record<T>(make_call<Rule>(as_recorded_operand<T>(x)...)));
}

/// Rule(x...), as a tree to be recorded with the statement it becomes part of. One that would be too large is
/// recorded in parts, once. After that its type grows no more, so that templates that recur on the types of
/// their expressions end; settled_expression.hpp says what such a tree is.
template <class Rule, class... X>
    requires ScalarOperands<X...>
[[gnu::always_inline]] inline auto apply(const X&... x) {
    using T = typename FirstNumber<std::remove_cvref_t<X>...>::type;
    using Tree = decltype(make_call<Rule>(as_operand<T>(x)...));
    if constexpr (fits_statement<Tree>) {
        return make_call<Rule>(as_operand<T>(x)...);
    } else if constexpr (!(has_recorded_part<X> || ...)) {
        return make_call<Rule>(as_recorded_operand<T>(x)...);
    } else {
        return apply_recorded<Rule>(x...);
    }
}

struct Power;
/// a^b has no derivative by b where a < 0: an exponent that is a constant, pow(x, T(2)), is not taken for a variable.
template <class Rule, class A, class T>
    requires(std::is_same_v<Rule, Power> && ScalarOperands<A, Variable<T>>)
Variable<T> apply(const A& a, const Variable<T>& b) {
    if (b.tape() != nullptr) return record<T>(make_call<Rule>(as_recorded_operand<T>(a), b.leaf()));
    if constexpr (ScalarOperand<A>) return Variable<T>(apply<Rule>(a, b.value()));
    else return Variable<T>(apply<Rule>(static_cast<T>(a), b.value()));
}

template <class A, class B>
    requires ScalarOperands<A, B>
[[gnu::always_inline]] inline auto operator+(const A& a, const B& b) {
    return apply<Add>(a, b);
}
template <class A, class B>
    requires ScalarOperands<A, B>
[[gnu::always_inline]] inline auto operator-(const A& a, const B& b) {
    return apply<Subtract>(a, b);
}
template <class A, class B>
    requires ScalarOperands<A, B>
[[gnu::always_inline]] inline auto operator*(const A& a, const B& b) {
    return apply<Multiply>(a, b);
}
template <class A, class B>
    requires ScalarOperands<A, B>
[[gnu::always_inline]] inline auto operator/(const A& a, const B& b) {
    return apply<Divide>(a, b);
}
template <ScalarOperand A>
auto operator-(const A& a) {
    return apply<Negate>(a);
}
template <ScalarOperand A>
const A& operator+(const A& a) {
    return a;
}

/// The number behind a variable, an expression or a number.
template <Arithmetic A>
constexpr A value_of(const A& a) {
    return a;
}
template <class T>
const T& value_of(const Variable<T>& a) {
    return a.value();
}
template <ScalarOperand E>
    requires is_call<E>
auto value_of(const E& tree) {
    return evaluate(tree);
}

template <ScalarOperand A>
    requires(!std::is_const_v<A>)
A& operator++(A& a) {
    a += 1;
    return a;
}
template <ScalarOperand A>
    requires(!std::is_const_v<A>)
A& operator--(A& a) {
    a -= 1;
    return a;
}
template <ScalarOperand A>
    requires(!std::is_const_v<A>)
A operator++(A& a, int) {
    A before = a;
    a += 1;
    return before;
}
template <ScalarOperand A>
    requires(!std::is_const_v<A>)
A operator--(A& a, int) {
    A before = a;
    a -= 1;
    return before;
}

/// What comparisons look at: the number alone, also of variables over duals.
template <class X>
constexpr auto compared(const X& x) {
    if constexpr (Arithmetic<X>) return x;
    else return compared(value_of(x));
}
template <class A, class B>
    requires ScalarOperands<A, B>
bool operator==(const A& a, const B& b) {
    return compared(a) == compared(b);
}
template <class A, class B>
    requires ScalarOperands<A, B>
auto operator<=>(const A& a, const B& b) {
    return compared(a) <=> compared(b);
}

// Of streams alone: Eigen's comma initialiser begins with the same operator.
template <class Character, class Traits, ScalarOperand A>
std::basic_ostream<Character, Traits>& operator<<(std::basic_ostream<Character, Traits>& stream, const A& a) {
    stream << value_of(a);
    return stream;
}

}  // namespace hesse

/// Limits of a scalar X that records are those of its numbers, and have its type.
template <hesse::ScalarOperand X>
class std::numeric_limits<X> : public std::numeric_limits<hesse::NumberOf<X>> {
    using Numbers = std::numeric_limits<hesse::NumberOf<X>>;

public:
    static constexpr X min() noexcept { return Numbers::min(); }
    static constexpr X max() noexcept { return Numbers::max(); }
    static constexpr X lowest() noexcept { return Numbers::lowest(); }
    static constexpr X epsilon() noexcept { return Numbers::epsilon(); }
    static constexpr X round_error() noexcept { return Numbers::round_error(); }
    static constexpr X infinity() noexcept { return Numbers::infinity(); }
    static constexpr X quiet_NaN() noexcept { return Numbers::quiet_NaN(); }
    static constexpr X signaling_NaN() noexcept { return Numbers::signaling_NaN(); }
    static constexpr X denorm_min() noexcept { return Numbers::denorm_min(); }
};

#include "hesse/autodiff/scalar_statement.hpp"
#include "hesse/autodiff/settled_expression.hpp"
