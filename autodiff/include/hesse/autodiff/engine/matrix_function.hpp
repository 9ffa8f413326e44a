#pragma once

#include "hesse/autodiff/array_operand.hpp"
#include "hesse/autodiff/engine/matrix_series.hpp"
#include "hesse/autodiff/engine/node.hpp"

#include <array>
#include <memory>
#include <utility>

/// Matrix functions: nodes that state their value and their two first derivatives, forward and reverse; every higher
/// order comes from these.
///
///     /// y = log |det a|.      y_dot = tr(a^-1 a_dot),   a_bar += y_bar a^-T
///     struct LogDeterminant {
///         static constexpr const char* name = "log_determinant";
///         Shape result_shape(const Shape& a) const;                  // throws if a does not fit
///         template <class S> auto prepare(const Dense<S>& a) const;  // once a point: factors, permutations
///         template <class Kept, class S> Dense<S> value(const Kept&, const Dense<S>& a) const;
///         template <class Kept, class M> M tangent(const Kept&, const M& y, const M& a, const M& a_dot) const;
///         template <class Kept, class M>
///         void pullback(const Kept&, const M& y, const M& y_bar, const M& a, Adjoint<M>& a_bar) const;
///     };
///
/// Of several arguments, all x come first, then all x_dot or x_bar. M is a plain matrix or one that carries
/// derivatives (dense.hpp and matrix_series.hpp have the words for both): a Hessian product runs the pullback on series
/// of order one. A function whose value is made of such words may state it for every M, and no tangent.
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
template <class Function, class M, std::size_t arity>
auto prepare(const Function& function, const std::array<M, arity>& x) {
    return std::apply([&](const auto&... argument) { return function.prepare(primal(argument)...); }, x);
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
    const auto parts = [&](int k) {
        std::array<M, arity> all;
        for (std::size_t i = 0; i < arity; ++i) all[i] = x[i].part(k);
        return all;
    };
    MatrixSeries<M, order> y;
    y.part(0) = value_of(function, kept, parts(0));
    if constexpr (order >= 1) {
        y.part(1) = tangent_of(function, kept, y.part(0), parts(0), parts(1));
        const auto next = [&]<int k>(std::integral_constant<int, k>) {
            using Lower = MatrixSeries<M, k - 1>;
            std::array<Lower, arity> lower, slope;
            for (std::size_t i = 0; i < arity; ++i) {
                lower[i] = Lower::of_parts([&](int j) { return x[i].part(j); });
                slope[i] = Lower::of_parts([&](int j) { return NumberPart<M>(j + 1) * x[i].part(j + 1); });
            }
            const Lower known = Lower::of_parts([&](int j) { return y.part(j); });
            y.part(k) = NumberPart<M>(1) / NumberPart<M>(k) *
                        tangent_of(function, kept, known, lower, slope).part(k - 1);
        };
        [&]<int... k>(std::integer_sequence<int, k...>) {
            (next(std::integral_constant<int, k + 2>{}), ...);
        }(std::make_integer_sequence<int, order - 1>{});
    }
    return y;
}

/// The entries of an operand, or their tangents, as a matrix.
template <class T>
MatrixOf<T> read_matrix(const ArrayOperand<T>& x, const T* from) {
    return matrix_of<T>(x.rows, x.cols, [&](Index i, Index j) -> const T& { return from[x.offset(i, j)]; });
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
        Kept kept;
    };

    std::size_t slots_before, slots_after;
    std::size_t result;
    Index rows, cols;
    State* state;

    void gradient(const SweepArrays<T>& at) {
        at.tape.require_adjoints({result, static_cast<std::size_t>(rows * cols)});
        for (const auto& x : state->x) {
            if (x.tape != nullptr) at.tape.require_adjoints(x.region());
        }
        pull<M>(
            read_result(at.value), read_result(at.adjoint),
            [&](const ArrayOperand<T>& x) { return read(at, x); },
            [&](const ArrayOperand<T>& x, const M& x_bar) { add(x, x_bar, at.adjoint + x.slot); });
    }
    void tangent(const SweepArrays<T>& at) {
        std::array<M, arity> x, x_dot;
        for (std::size_t i = 0; i < arity; ++i) {
            const Tangent both = with_tangent(at, state->x[i]);
            x[i] = both.part(0);
            x_dot[i] = both.part(1);
        }
        const M tangent = tangent_of(state->function, state->kept, read_result(at.value), x, x_dot);
        T* y_dot = at.tangent + result;
        for (Index j = 0; j < cols; ++j) {
            for (Index i = 0; i < rows; ++i) y_dot[i + j * rows] = entry<T>(tangent, i, j);
        }
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
    template <class Use>
    auto on_arguments(const Use& use) const {
        return std::apply(use, state->x);
    }
    [[nodiscard]] M read_result(const T* from) const {
        return matrix_of<T>(rows, cols, [&](Index i, Index j) -> const T& {
            return from[result + static_cast<std::size_t>(i + j * rows)];
        });
    }
    [[nodiscard]] static M read(const SweepArrays<T>& at, const ArrayOperand<T>& x) {
        return read_matrix(x, x.tape != nullptr ? at.value + x.slot : x.data);
    }
    [[nodiscard]] static Tangent with_tangent(const SweepArrays<T>& at, const ArrayOperand<T>& x) {
        if (x.tape == nullptr) return {read(at, x), M(x.rows, x.cols)};
        return {read(at, x), read_matrix(x, at.tangent_at(x.slot))};
    }
    static void add(const ArrayOperand<T>& x, const M& x_bar, T* to) {
        for (Index j = 0; j < x.cols; ++j) {
            for (Index i = 0; i < x.rows; ++i) to[x.offset(i, j)] += entry<T>(x_bar, i, j);
        }
    }
    // Runs the pullback over N and hands what it gives for each variable argument to `deliver`.
    template <class N, class Read, class Deliver>
    void pull(const N& y, const N& y_bar, const Read& read_argument, const Deliver& deliver) const {
        const std::array<N, arity> x = on_arguments(
            [&](const auto&... operand) { return std::array<N, arity>{read_argument(operand)...}; });
        auto x_bar = on_arguments([&](const auto&... operand) {
            return std::array<Adjoint<N>, arity>{
                Adjoint<N>(operand.rows, operand.cols, operand.tape != nullptr)...};
        });
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            state->function.pullback(state->kept, y, y_bar, x[I]..., x_bar[I]...);
        }(std::make_index_sequence<arity>{});
        for (std::size_t i = 0; i < arity; ++i) {
            if (state->x[i].tape != nullptr) deliver(state->x[i], x_bar[i].sum());
        }
    }
};

/// y = function(x...), recorded where an operand is variable.
template <class T, class Function, class... Operand>
    requires(std::same_as<Operand, ArrayOperand<T>> && ...)
ArrayOperand<T> run_function(const Function& function, const Operand&... x) {
    using M = MatrixOf<T>;
    using Node = MatrixFunctionNode<T, Function, sizeof...(Operand)>;
    Tape<T>* tape = nullptr;
    ((tape = join_tapes(tape, x.tape, x.generation)), ...);
    const Shape shape = function.result_shape(Shape{x.rows, x.cols}...);
    std::array<M, sizeof...(Operand)> values{read_matrix(x, x.values())...};
    const auto evaluate = [&](const auto& kept, T* to) {
        const M y = value_of(function, kept, values);
        for (Index j = 0; j < shape.cols; ++j) {
            for (Index i = 0; i < shape.rows; ++i) to[i + j * shape.rows] = entry<T>(y, i, j);
        }
    };
    auto kept = prepare(function, values);
    if (tape == nullptr) {
        auto y = allocate_array<T>(shape.rows, shape.cols);
        evaluate(kept, y.data);
        return y.operand;
    }
    auto state =
        std::make_shared<typename Node::State>(typename Node::State{function, {x...}, std::move(kept)});
    Node node{};
    node.slots_before = tape->slots();
    const ArrayOperand<T> y = allocate_variable(*tape, shape.rows, shape.cols);
    node.slots_after = tape->slots();
    node.result = y.slot;
    node.rows = shape.rows;
    node.cols = shape.cols;
    node.state = state.get();
    evaluate(state->kept, tape->values() + y.slot);
    tape->keep_alive(std::move(state));
    append<T>(*tape, node);
    return y;
}

}  // namespace hesse::engine
