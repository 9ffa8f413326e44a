#pragma once

#include "hesse/autodiff/array_operand.hpp"
#include "hesse/autodiff/engine/matrix_series.hpp"
#include "hesse/autodiff/engine/node.hpp"
#include "hesse/autodiff/matrix_functions.hpp"

#include <array>
#include <memory>
#include <utility>
#include <vector>

/// Matrix functions: nodes that state their value and their two first derivatives, forward and reverse; every higher
/// order comes from these.
///
///     /// y = a^-1.      y_dot = -y a_dot y,   a_bar -= y' y_bar y'
///     struct MatrixInverse {
///         static constexpr const char* name = "inverse";
///         Shape result_shape(const Shape& a) const;                  // throws if a does not fit
///         template <class S> auto prepare(const Dense<S>& a) const;  // once a point: what others keep of a
///         template <class Kept, class S> Dense<S> value(const Kept&, const Dense<S>& a) const;
///         template <class Kept, class M> M tangent(const Kept&, const M& y, const M& a, const M& a_dot) const;
///         template <class Kept, class M>
///         void pullback(const Kept&, const M& y, const M& y_bar, const M& a, Adjoint<M>& a_bar) const;
///     };
///
/// Of several arguments, all x come first, then all x_dot or x_bar. M is a plain matrix or one that carries
/// derivatives (dense.hpp and matrix_series.hpp have the words for both): a Hessian product runs the pullback on series
/// of order one. A function whose value is made of such words may state it for every M, and no tangent. One without
/// `prepare` keeps nothing. Matrices given to `prepare` may be views of memory that does not stay: keep copies.
///
/// For patterns of Hessians a function may say `static constexpr bool linear_in_last = true`, if each column of y is linear
/// in that of the last argument where the others are constant, or have `dependencies(of, y, x...)` of their slots
/// (entry_dependencies.hpp).
namespace hesse::engine {

/// What a pullback adds to: the adjoint of an argument, if anybody wants it.
template <class M>
class Adjoint {
public:
    Adjoint(Index rows, Index cols, bool wanted) : sum_(rows, cols), wanted_(wanted) {}
    explicit operator bool() const { return wanted_; }
    Adjoint& operator+=(const M& term) {
        if (wanted_) sum_ += term;
        return *this;
    }
    [[nodiscard]] const M& sum() const { return sum_; }

private:
    M sum_;
    bool wanted_;
};

/// What a matrix function keeps of its arguments at the point.
struct Nothing {};
template <class Function, class M, std::size_t arity>
auto prepare(const Function& function, const std::array<M, arity>& x) {
    return std::apply(
        [&](const auto&... argument) {
            if constexpr (requires { function.prepare(primal(argument)...); }) {
                return function.prepare(primal(argument)...);
            } else {
                return Nothing{};
            }
        },
        x);
}

/// The derivative along which the arguments of a matrix function move.
template <class Function, class Kept, class M, std::size_t arity>
M tangent_of(const Function& function, const Kept& kept, const M& y, const std::array<M, arity>& x,
             const std::array<M, arity>& x_dot) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        if constexpr (requires { function.tangent(kept, y, x[I]..., x_dot[I]...); }) {
            return function.tangent(kept, y, x[I]..., x_dot[I]...);
        } else {
            return function.value(kept, MatrixSeries<M, 1>(x[I], x_dot[I])...).part(1);
        }
    }(std::make_index_sequence<arity>{});
}

/// The value of a matrix function: of a series, y' = tangent(y, x, x') term by term.
template <class Function, class Kept, class S, std::size_t arity>
Dense<S> value_of(const Function& function, const Kept& kept, const std::array<Dense<S>, arity>& x) {
    return std::apply([&](const auto&... argument) { return function.value(kept, argument...); }, x);
}
template <class Function, class Kept, class M, int order, std::size_t arity>
MatrixSeries<M, order> value_of(const Function& function, const Kept& kept,
                                const std::array<MatrixSeries<M, order>, arity>& x) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) -> MatrixSeries<M, order> {
        if constexpr (requires { function.value(kept, x[I]...); }) {
            return function.value(kept, x[I]...);
        } else {
            MatrixSeries<M, order> y;
            y.part(0) = value_of(function, kept, std::array{x[I].part(0)...});
            const auto next = [&]<int k>(std::integral_constant<int, k>) {
                using Lower = MatrixSeries<M, k - 1>;
                using S = NumberPart<M>;
                const auto truncated = [](const auto& a) {
                    return Lower::of_parts([&](int j) { return a.part(j); });
                };
                const auto slope = [](const auto& a) {
                    return Lower::of_parts([&](int j) { return S(j + 1) * a.part(j + 1); });
                };
                y.part(k) = S(1) / S(k) *
                            tangent_of(function, kept, truncated(y), std::array{truncated(x[I])...},
                                       std::array{slope(x[I])...})
                                .part(k - 1);
            };
            if constexpr (order >= 1) {
                y.part(1) = tangent_of(function, kept, y.part(0), std::array{x[I].part(0)...},
                                       std::array{x[I].part(1)...});
            }
            [&]<int... k>(std::integer_sequence<int, k...>) {
                (next(std::integral_constant<int, k + 2>{}), ...);
            }(std::make_integer_sequence<int, (order > 1 ? order - 1 : 0)>{});
            return y;
        }
    }(std::make_index_sequence<arity>{});
}

/// The entries of an operand, or their tangents, as a matrix: a view where they lie side by side.
template <class T>
MatrixOf<T> read_matrix(const ArrayOperand<T>& x, const T* from) {
    if constexpr (std::is_floating_point_v<T>) {
        if (x.is_dense()) return Dense<T>::view(from, x.rows, x.cols);
    }
    return matrix_of<T>(x.rows, x.cols, [&](Index i, Index j) -> const T& { return from[x.offset(i, j)]; });
}

/// Calls put(i, j, entry) for each entry of a matrix.
template <class T, class Put>
void for_each_entry(const MatrixOf<T>& a, const Put& put) {
    const auto visit = [&](const auto& at) {
        for (Index j = 0; j < a.cols(); ++j) {
            for (Index i = 0; i < a.rows(); ++i) put(i, j, at(i, j));
        }
    };
    if constexpr (std::is_floating_point_v<T>) {
        if (a.is_zero()) visit([](Index, Index) { return T(0); });
        else visit(a.map());
    } else {
        visit([&](Index i, Index j) { return entry<T>(a, i, j); });
    }
}

/// Writes the entries of a matrix side by side.
template <class M, class T>
void write_matrix(const M& a, T* to) {
    for_each_entry<T>(a, [&](Index i, Index j, const T& x) { to[i + j * a.rows()] = x; });
}

template <class T, class Function, std::size_t arity>
struct MatrixFunctionNode {
    static constexpr const char* name = Function::name;
    using M = MatrixOf<T>;
    using Tangent = MatrixSeries<M, 1>;
    using Kept =
        decltype(prepare(std::declval<const Function&>(), std::declval<const std::array<M, arity>&>()));

    /// Lives as long as the recording.
    struct State {
        Function function;
        std::array<ArrayOperand<T>, arity> x;
        ArrayOperand<T> result;
        Kept kept;
    };

    static constexpr bool linear_in_last = requires { Function::linear_in_last; };

    std::size_t slots_before, slots_after;
    State* state;

    void dependencies(EntryDependencies& of) const {
        const SlotArray y = SlotArray::of(state->result);
        std::array<SlotArray, arity> x;
        std::vector<SlotArray> variable;
        for (std::size_t i = 0; i < arity; ++i) {
            if (state->x[i].tape == nullptr) continue;
            variable.push_back(x[i] = SlotArray::of(state->x[i]));
        }
        const auto tell = [&]<class... Slots>(const Slots&... slots) {
            constexpr bool tells = requires { state->function.dependencies(of, y, slots...); };
            if constexpr (tells) state->function.dependencies(of, y, slots...);
            return tells;
        };
        if (std::apply(tell, x)) return;
        if (linear_in_last && variable.size() == 1 && !x.back().constant()) {
            for (Index j = 0; j < x.back().cols; ++j) of.linear(y.column(j), x.back().column(j));
        } else {
            of.nonlinear(y, variable);
        }
    }
    void gradient(const SweepArrays<T>& at) {
        at.tape.require_adjoints(state->result.region());
        for (const auto& x : state->x) {
            if (x.tape != nullptr) at.tape.require_adjoints(x.region());
        }
        pull<M>(
            read_result(at.value), read_result(at.adjoint),
            [&](const ArrayOperand<T>& x) { return read(at, x); },
            [&](const ArrayOperand<T>& x, const M& x_bar) { add(x, x_bar, at.adjoint + x.slot); });
    }
    // Of what it reads, as large as a relative change of one unit in each entry, and of its result.
    T rounding(const SweepArrays<T>& at) {
        T sum(0);
        pull<M>(
            read_result(at.value), read_result(at.adjoint),
            [&](const ArrayOperand<T>& x) { return read(at, x); },
            [&](const ArrayOperand<T>& x, const M& x_bar) {
                for (Index j = 0; j < x.cols; ++j) {
                    for (Index i = 0; i < x.rows; ++i) {
                        const T term = entry<T>(x_bar, i, j) *
                                       at.value[x.slot + static_cast<std::size_t>(x.offset(i, j))];
                        sum += term < T(0) ? T(-term) : term;
                    }
                }
            });
        const std::size_t first = state->result.slot;
        return sum + rounding_of(at, first, first + static_cast<std::size_t>(state->result.size()));
    }
    void tangent(const SweepArrays<T>& at) {
        std::array<M, arity> x, x_dot;
        for (std::size_t i = 0; i < arity; ++i) {
            const Tangent both = with_tangent(at, state->x[i]);
            x[i] = both.part(0);
            x_dot[i] = both.part(1);
        }
        write_matrix(tangent_of(state->function, state->kept, read_result(at.value), x, x_dot),
                     at.tangent + state->result.slot);
    }
    void product(const SweepArrays<T>& at) {
        pull<Tangent>(
            {read_result(at.value), read_result(at.tangent)},
            {read_result(at.adjoint), read_result(at.second)},
            [&](const ArrayOperand<T>& x) { return with_tangent(at, x); },
            [&](const ArrayOperand<T>& x, const Tangent& x_bar) {
                add(x, x_bar.part(1), at.second_at(x.slot));
            });
    }

private:
    [[nodiscard]] M read_result(const T* from) const {
        return read_matrix(state->result, from + state->result.slot);
    }
    [[nodiscard]] static M read(const SweepArrays<T>& at, const ArrayOperand<T>& x) {
        return read_matrix(x, x.tape != nullptr ? at.value + x.slot : x.data);
    }
    [[nodiscard]] static Tangent with_tangent(const SweepArrays<T>& at, const ArrayOperand<T>& x) {
        if (x.tape == nullptr) return {read(at, x), M(x.rows, x.cols)};
        return {read(at, x), read_matrix(x, at.tangent_at(x.slot))};
    }
    static void add(const ArrayOperand<T>& x, const M& x_bar, T* to) {
        for_each_entry<T>(x_bar, [&](Index i, Index j, const T& term) { to[x.offset(i, j)] += term; });
    }
    // Runs the pullback over N and hands what it gives for each variable argument to `deliver`.
    template <class N, class Read, class Deliver>
    void pull(const N& y, const N& y_bar, const Read& read_argument, const Deliver& deliver) const {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            const auto& x = state->x;
            const std::array<N, arity> values{read_argument(x[I])...};
            std::array x_bar{Adjoint<N>(x[I].rows, x[I].cols, x[I].tape != nullptr)...};
            state->function.pullback(state->kept, y, y_bar, values[I]..., x_bar[I]...);
            const auto deliver_one = [&](const ArrayOperand<T>& operand, const Adjoint<N>& adjoint) {
                if (adjoint) deliver(operand, adjoint.sum());
            };
            (deliver_one(x[I], x_bar[I]), ...);
        }(std::make_index_sequence<arity>{});
    }
};

/// y = function(x...), recorded where an operand is variable.
template <class T, class Function, class... Operand>
    requires(std::same_as<Operand, ArrayOperand<T>> && ...)
ArrayOperand<T> run_function(const Function& function, const Operand&... x) {
    using Node = MatrixFunctionNode<T, Function, sizeof...(Operand)>;
    Tape<T>* tape = nullptr;
    ((tape = join_tapes(tape, x.tape, x.generation)), ...);
    const Shape shape = function.result_shape(Shape{x.rows, x.cols}...);
    ArrayOperand<T> y;
    T* entries = nullptr;
    Node node{};
    if (tape == nullptr) {
        auto owned = allocate_array<T>(shape.rows, shape.cols);
        y = owned.operand;
        entries = owned.data;
    } else {
        node.slots_before = tape->slots();
        y = allocate_variable(*tape, shape.rows, shape.cols);
        node.slots_after = tape->slots();
        entries = tape->values() + y.slot;
    }
    // Read only now, since the values of a tape move when it grows.
    const std::array values{read_matrix(x, x.values())...};
    auto kept = prepare(function, values);
    write_matrix(value_of(function, kept, values), entries);
    if (tape != nullptr) {
        auto state = std::make_shared<typename Node::State>(
            typename Node::State{function, {x...}, y, std::move(kept)});
        node.state = state.get();
        tape->keep_alive(std::move(state));
        append<T>(*tape, node);
    }
    return y;
}

/// The same of arrays of the library and of Eigen's constants: what a word of one's own returns.
template <class Function, class... X>
    requires MatrixArguments<X...>
auto matrix_function(const Function& function, X&&... x) {
    note_unknown_line();
    using T = NumberOfArguments<X...>;
    return apply_to_operands([&](const auto&... operand) { return run_function<T>(function, operand...); },
                             std::forward<X>(x)...);
}

}  // namespace hesse::engine
