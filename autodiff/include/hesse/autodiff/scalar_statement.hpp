#pragma once

#include "hesse/autodiff/evaluation.hpp"
#include "hesse/autodiff/formula.hpp"
#include "hesse/autodiff/settled_expression.hpp"

#include <array>
#include <cstring>

/// Scalar statements: how a tree is recorded, its gradient, and its partials.
namespace hesse {

/// Where the payload of a statement keeps what: numbers kept, then constants, then slots.
template <class T, class Tree, bool Top>
struct ScalarPayload {
    static constexpr auto activity = LeafActivity<Tree>::value;
    static constexpr int leaves = Tree::leaves;
    static constexpr int kept = kept_numbers<Tree, Top>;

    static constexpr int active_before(int leaf) {
        int count = 0;
        for (int i = 0; i < leaf; ++i) count += activity[static_cast<std::size_t>(i)] ? 1 : 0;
        return count;
    }
    static constexpr int variables = active_before(leaves);
    static constexpr int constants = leaves - variables;
    static constexpr std::size_t slots_at = sizeof(T) * static_cast<std::size_t>(kept + constants);
    static constexpr std::size_t bytes = slots_at + sizeof(std::uint32_t) * variables;

    /// Offset of a leaf: of its slot where it is active, of its value where it is constant.
    static constexpr std::size_t offset(int leaf) {
        const int before = active_before(leaf);
        return activity[static_cast<std::size_t>(leaf)]
                   ? slots_at + sizeof(std::uint32_t) * static_cast<std::size_t>(before)
                   : sizeof(T) * static_cast<std::size_t>(kept + leaf - before);
    }
};

// Payloads are packed to four bytes, hence memcpy: one unaligned load or store.
template <class X>
X load(const std::byte* at) {
    X x;
    std::memcpy(&x, at, sizeof(X));
    return x;
}
template <class X>
void store(std::byte* at, const X& x) {
    std::memcpy(at, &x, sizeof(X));
}

/// Source over the leaves of a tree at hand: the evaluation that is recorded.
template <class T, class Tree, bool Top>
struct LeafSource {
    using Payload = ScalarPayload<T, Tree, Top>;
    std::array<T, std::size_t{Payload::leaves}> values;
    std::array<T, std::size_t{Payload::kept} + 1> kept_numbers{};

    [[gnu::always_inline]] explicit LeafSource(const Tree& tree) {
        std::size_t i = 0;
        for_each_leaf(
            tree, [&](const auto& leaf) __attribute__((always_inline)) { values[i++] = leaf.value; });
    }
    template <int I>
    const T& leaf() const {
        return values[I];
    }
    template <int I>
    void keep(const T& number) {
        kept_numbers[I] = number;
    }
};

/// The payload of a recorded statement, read by a source.
template <class T, class Tree, bool Top>
struct PayloadReader {
    using Payload = ScalarPayload<T, Tree, Top>;
    const std::byte* payload;
    const T* value;
    T y;

    template <int I>
    [[nodiscard]] std::uint32_t slot() const {
        return load<std::uint32_t>(payload + Payload::offset(I));
    }
    template <int I>
    T leaf_value() const {
        if constexpr (Payload::activity[I]) return value[slot<I>()];
        else return load<T>(payload + Payload::offset(I));
    }
    template <int I>
    T kept() const {
        return load<T>(payload + sizeof(T) * I);
    }
    T result() const { return y; }
};

/// Source and sink of the gradient sweep, or of those of a single product.
template <class T, class Tree, bool Top, Sweep sweep>
struct SlotSource : PayloadReader<T, Tree, Top> {
    using Reader = PayloadReader<T, Tree, Top>;
    const T* tangent;
    T* adjoint;  // or its derivative

    template <int I>
    auto leaf() const {
        const T x = Reader::template leaf_value<I>();
        if constexpr (sweep == Sweep::product && Reader::Payload::activity[I]) {
            return Dual<T>{x, tangent[Reader::template slot<I>()]};
        } else {
            return x;
        }
    }
    template <int I>
    void keep(const T& number) {
        store(const_cast<std::byte*>(this->payload) + sizeof(T) * I, number);
    }

    // Called for the active leaves, from the first to the last. Contributions to one variable that follow one another
    // are added up here: memory would make each wait for the one before.
    T sum;
    std::uint32_t last;
    template <int I>
    [[gnu::always_inline]] void add(const T& x_bar) {
        const std::uint32_t x = Reader::template slot<I>();
        if (Reader::Payload::active_before(I) == 0) {
            sum = x_bar;
        } else if (x == last) {
            sum = sum + x_bar;
        } else {
            deliver();
            sum = x_bar;
        }
        last = x;
    }
    template <int I>
    [[gnu::always_inline]] void subtract(const T& x_bar) {
        add<I>(-x_bar);
    }
    [[gnu::always_inline]] void deliver() { adjoint[last] = adjoint[last] + sum; }
};

/// Source and sink for the derivative of a statement, and of its adjoints, by one of the variables that it reads.
template <class T, class Tree, bool Top>
struct PartialSource : PayloadReader<T, Tree, Top> {
    using Reader = PayloadReader<T, Tree, Top>;
    const StatementVariables& variables;
    int direction;
    T* row;  // second partials by it and each variable

    template <int I>
    [[nodiscard]] int variable() const {
        return variables.of[Reader::Payload::active_before(I)];
    }
    template <int I>
    auto leaf() const {
        const T x = Reader::template leaf_value<I>();
        if constexpr (Reader::Payload::activity[I]) {
            return Dual<T>{x, T(variable<I>() == direction ? 1 : 0)};
        } else {
            return x;
        }
    }
    template <int I>
    [[gnu::always_inline]] void add(const T& x_bar) {
        row[variable<I>()] += x_bar;
    }
    template <int I>
    [[gnu::always_inline]] void subtract(const T& x_bar) {
        row[variable<I>()] -= x_bar;
    }
};

/// What a tape does with the statement y = tree, or with y += tree where `InPlace`, whose payload begins with the
/// slot of y.
template <class T, class Tree, bool InPlace, bool Minus>
struct ScalarStatement {
    static constexpr bool top = !InPlace;
    static constexpr std::size_t header = InPlace ? sizeof(std::uint32_t) : 0;
    using Layout = ScalarPayload<T, Tree, top>;
    static constexpr std::size_t bytes = header + Layout::bytes;
    static_assert(bytes <= largest_payload<T>, "the tape makes room for no more");
    using Walker = Walk<Tree, 0, 0, top>;
    /// What an adjoint of zero reaches may have infinite slopes: see adjoint_of_result.
    static constexpr bool skips_zeros = !has_constant_partials<Tree>;

    static Position gradient(const SweepArrays<T>& arrays, Position at, std::uint32_t count) {
        const T* value = arrays.value;
        T* adjoint = arrays.adjoint;
        for (; count != 0; --count) {
            keep_simple(count);
            at.payload -= bytes;
            const std::size_t y = result(at);
            T y_bar = adjoint[y];
            if constexpr (Minus) y_bar = -y_bar;
            if constexpr (skips_zeros && !keeps_derivatives<Tree>) {
                if (vanishes(y_bar)) [[unlikely]]
                    continue;
            }
            SlotSource<T, Tree, top, Sweep::gradient> source{
                {at.payload + header, value, value[y]}, nullptr, adjoint, {}, 0};
            const auto node = Walker::template forward<Sweep::gradient>(source);
            if constexpr (keeps_derivatives<Tree>) {
                Walker::template reverse<Sweep::gradient>(source, source, node,
                                                          adjoint_of_result<Tree>(y_bar));
            } else {
                Walker::template reverse<Sweep::gradient>(source, source, node, y_bar);
            }
            source.deliver();
        }
        return at;
    }

    static Position tangent(const SweepArrays<T>& arrays, Position at, std::uint32_t count) {
        const T* value = arrays.value;
        T* tangent = arrays.tangent;
        for (; count != 0; --count) {
            keep_simple(count);
            const std::size_t y = InPlace ? load<std::uint32_t>(at.payload) : at.slot++;
            SlotSource<T, Tree, top, Sweep::product> source{
                {at.payload + header, value, value[y]}, tangent, nullptr, {}, 0};
            at.payload += bytes;
            const T y_dot = Walker::template forward<Sweep::product>(source).value.tangent;
            if constexpr (!InPlace) {
                tangent[y] = y_dot;
            } else {
                tangent[y] = Minus ? tangent[y] - y_dot : tangent[y] + y_dot;
            }
        }
        return at;
    }

    static Position product(const SweepArrays<T>& arrays, Position at, std::uint32_t count) {
        const T* value = arrays.value;
        for (; count != 0; --count) {
            keep_simple(count);
            at.payload -= bytes;
            const std::size_t y = result(at);
            Dual<T> y_bar{arrays.adjoint[y], arrays.second[y]};
            if constexpr (Minus) y_bar = -y_bar;
            if constexpr (skips_zeros) {
                if (vanishes(y_bar)) [[unlikely]]
                    continue;
            }
            SlotSource<T, Tree, top, Sweep::product> source{
                {at.payload + header, value, value[y]}, arrays.tangent, arrays.second, {}, 0};
            const auto node = Walker::template forward<Sweep::product>(source);
            Walker::template reverse<Sweep::product>(source, source, node, y_bar);
            source.deliver();
        }
        return at;
    }

    static void linearize(const SweepArrays<T>& arrays, const std::byte* payload, std::size_t y,
                          const StatementVariables& variables, T* partials, T* second) {
        const int n = variables.count;
        T y_bar = arrays.adjoint[y];
        if constexpr (Minus) y_bar = -y_bar;
        const bool curved = skips_zeros && second != nullptr && !vanishes(y_bar);
        for (int k = 0; k < n; ++k) {
            PartialSource<T, Tree, top> source{{payload + header, arrays.value, arrays.value[y]},
                                               variables,
                                               k,
                                               second == nullptr ? nullptr : second + k * n};
            const auto node = Walker::template forward<Sweep::product>(source);
            partials[k] = Minus ? T(-node.value.tangent) : node.value.tangent;
            if (second == nullptr) continue;
            for (int j = k; j < n; ++j) {
                keep_simple(j);  // n is small: no call of memset
                source.row[j] = T(0);
            }
            if constexpr (skips_zeros) {
                if (curved)
                    Walker::template reverse<Sweep::product>(source, source, node, Dual<T>{y_bar, T(0)});
            }
        }
    }

    static constexpr Operations<T> operations = {
        .gradient = gradient,
        .tangent = tangent,
        .product = product,
        .scalar = true,
        .name = "scalar statement",
        .linearize = linearize,
        .payload = {bytes, header + Layout::slots_at, Layout::variables, InPlace, has_constant_partials<Tree>,
                    &formula_of<Tree>.formula}};

private:
    // Most runs are short: the compiler is not to trade the counter for pointers with a costly set-up.
    template <class Count>
    [[gnu::always_inline]] static void keep_simple(Count& count) {
        asm("" : "+r"(count));
    }

    static std::size_t result(Position& at) {
        if constexpr (InPlace) {
            return load<std::uint32_t>(at.payload);
        } else {
            return --at.slot;
        }
    }
};

// ------------------------------------------------------------------------------------------- recording

[[noreturn]] void throw_mixed_tapes();
[[noreturn]] void throw_stale_handle();

/// The one tape of all variables in a tree; none if all are constant. Throws std::logic_error if two
/// recordings meet or a handle was kept from an earlier one.
template <class T, class Tree>
Tape<T>* tape_of(const Tree& tree) {
    Tape<T>* tape = nullptr;
    for_each_leaf(tree, [&]<class Leaf>(const Leaf& leaf) {
        if constexpr (Leaf::active) {
            if (leaf.tape == nullptr) return;
            if (tape == nullptr) {
                tape = leaf.tape;
            } else if (tape != leaf.tape) {
                throw_mixed_tapes();
            }
            if (leaf.generation != leaf.tape->generation()) throw_stale_handle();
        }
    });
    return tape;
}

/// The tape of a tree whose variables are all on it and fresh, as they nearly always are; else none, and the
/// slow way finds out why. One branch however many variables there are.
template <class T, class Tree>
[[gnu::always_inline]] inline Tape<T>* plain_tape_of(const Tree& tree) {
    Tape<T>* tape = nullptr;
    std::uint32_t generation = 0;
    bool first = true;
    std::uintptr_t different = 0;
    for_each_leaf(
        tree, [&]<class Leaf>(const Leaf& leaf) __attribute__((always_inline)) {
            if constexpr (Leaf::active) {
                if (first) {
                    tape = leaf.tape;
                    generation = leaf.generation;
                    first = false;
                } else {
                    different |= (reinterpret_cast<std::uintptr_t>(leaf.tape) ^
                                  reinterpret_cast<std::uintptr_t>(tape)) |
                                 (leaf.generation ^ generation);
                }
            }
        });
    if (tape == nullptr || different != 0 || generation != tape->generation()) [[unlikely]]
        return nullptr;
    return tape;
}

template <class Payload, class T, class Tree, class Source>
[[gnu::always_inline]] inline void write_payload(std::byte* payload, const Tree& tree, const Source& source) {
    for (int i = 0; i < Payload::kept; ++i) {
        store(payload + sizeof(T) * static_cast<std::size_t>(i),
              source.kept_numbers[static_cast<std::size_t>(i)]);
    }
    int i = 0;
    for_each_leaf(
        tree, [&]<class Leaf>(const Leaf& leaf) __attribute__((always_inline)) {
            std::byte* at = payload + Payload::offset(i++);
            if constexpr (Leaf::active) {
                store(at, leaf.slot);
            } else {
                store(at, leaf.value);
            }
        });
}

/// Constants of a tree that have the type of a variable get a slot.
template <class T, class Leaf>
[[gnu::always_inline]] inline void give_slots(Tape<T>& tape, Leaf& leaf) {
    if constexpr (Leaf::active) {
        if (leaf.tape == nullptr)
            leaf = Leaf{&tape, leaf.value, tape.append_constant(leaf.value), tape.generation()};
    }
}
template <class T, class Rule, class... Args>
[[gnu::always_inline]] inline void give_slots(Tape<T>& tape, Call<Rule, Args...>& call) {
    [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
        (give_slots(tape, get<I>(call.args)), ...);
    }
    (std::index_sequence_for<Args...>{});
}
/// Parts of a statement are settled, or variables of no tape are among its own: it is constant, or they get
/// slots. Too seldom to be compiled into each place.
template <class T, class Tree>
[[gnu::noinline]] Variable<T> record_unusual(const Tree& tree) {
    if (has_settled_part(tree)) return Variable<T>(record_by_parts<T>(tree));
    Tape<T>* tape = tape_of<T>(tree);
    if (tape == nullptr) return Variable<T>(evaluate(tree));
    Tree fresh(tree);
    give_slots(*tape, fresh);
    return record_apart<T>(fresh);
}

template <class T, class Tree>
[[gnu::always_inline]] inline Variable<T> record(const Tree& tree) {
    Tape<T>* tape = plain_tape_of<T>(tree);
    if (tape == nullptr) [[unlikely]]
        return record_unusual<T>(Tree(tree));
    using Statement = ScalarStatement<T, Tree, false, false>;
    LeafSource<T, Tree, true> source(tree);
    const T y = Statement::Walker::template forward<Sweep::record>(source).value;
    std::byte* payload = tape->append(Statement::operations, Statement::bytes);
    write_payload<ScalarPayload<T, Tree, true>, T>(payload, tree, source);
    return Variable<T>(*tape, y, tape->append_value(y));
}

template <class T>
template <bool Minus, class E>
[[gnu::always_inline]] inline Variable<T>& Variable<T>::accumulate(const E& e) {
    using Tree = std::remove_cvref_t<decltype(as_operand<T>(e))>;
    if constexpr (Tree::active) {
        const Tree& tree = as_operand<T>(e);  // ends the ownership where e is this variable
        // A sum kept from an earlier recording owns nothing in this one.
        Tape<T>* const tape = plain_tape_of<T>(tree);
        if (tape != nullptr && tape == tape_ && word_ == (owns | tape->generation())) {
            using Statement = ScalarStatement<T, Tree, true, Minus>;
            LeafSource<T, Tree, false> source(tree);
            const T term = Statement::Walker::template forward<Sweep::record>(source).value;
            std::byte* payload = tape->append(Statement::operations, Statement::bytes);
            store(payload, slot_);
            write_payload<ScalarPayload<T, Tree, false>, T>(payload + sizeof slot_, tree, source);
            value_ = Minus ? value_ - term : value_ + term;
            tape->values()[slot_] = value_;
            return *this;
        }
    }
    return begin_sum<Minus>(std::remove_cvref_t<decltype(e)>(e));
}

// The first term: the slot that it makes is the sum's own from here on. Numbers that come later are added to it
// without a statement.
template <class T>
template <bool Minus, class E>
[[gnu::noinline]] Variable<T>& Variable<T>::begin_sum(const E& e) {
    if constexpr (is_call<E>) {
        if (is_settled(e)) return accumulate<Minus>(Variable(e));
    } else {
        const bool constant = [&] {
            if constexpr (ScalarOperand<E>) return e.tape() == nullptr;
            else return true;
        }();
        if (constant && tape_ != nullptr && word_ == (owns | tape_->generation())) {
            value_ = static_cast<T>(Minus ? value_ - value_of(e) : value_ + value_of(e));
            tape_->values()[slot_] = value_;
            return *this;
        }
    }
    if constexpr (Minus) {
        *this = tape_ == nullptr ? Variable(value_ - e) : Variable(*this - e);
    } else {
        *this = tape_ == nullptr ? Variable(value_ + e) : Variable(*this + e);
    }
    if (tape_ != nullptr) word_ |= owns;
    return *this;
}

}  // namespace hesse
