#pragma once

#include "hesse/autodiff/engine/duals.hpp"
#include "hesse/autodiff/engine/node.hpp"
#include "hesse/autodiff/outputs.hpp"
#include "hesse/autodiff/packed_arguments.hpp"

#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

/// Functions with a tape of their own inside a loss. A node asks of such a function g, at the vector z of its arguments:
/// its values, J v, J'w, and the derivative of J'w along z_dot and w_dot; every order of the outer loss comes from these.
namespace hesse {

/// Records body at z on `tape`; returns its result.
template <class T, class Body, class Arguments>
auto record_inner(Tape<T>& tape, const Body& body, const Arguments& arguments, const T* z) {
    tape.start(z, static_cast<std::size_t>(arguments.size()), true);
    ArrayOperand<T> operand;
    operand.tape = &tape;
    operand.generation = tape.generation();
    operand.rows = operand.outer = arguments.size();
    operand.cols = 1;
    return arguments.call(body, ArrayView<T, true, Words::matrix>(operand));
}

/// A callable, recorded on a tape that all such functions of a recording share, in each sweep anew.
template <class T, class Body, class Arguments>
struct RerunFunction {
    static constexpr const char* name = "checkpoint";
    Body body;
    Arguments arguments;

    void push_forward(Tape<T>& scratch, const std::vector<T>& z, const std::vector<T>& z_dot, T* y_dot,
                      Index size) {
        const auto outputs = record(scratch, z);
        scratch.begin_results();
        scratch.prepare_sweeps();
        scratch.push_forward(z_dot.data(), outputs, y_dot, size);
    }
    std::vector<T> pull_back(Tape<T>& scratch, const std::vector<T>& z, const T* w) {
        const auto outputs = record(scratch, z);
        std::vector<T> out(z.size());
        scratch.begin_results();
        scratch.pull_back(w, outputs, out.data());
        return out;
    }
    std::vector<T> pull_back_derivative(Tape<T>& scratch, const std::vector<T>& z,
                                        const std::vector<T>& z_dot, const T* w, const T* w_dot) {
        const auto outputs = record(scratch, z);
        std::vector<T> out(z.size());
        scratch.begin_results();
        scratch.pull_back_derivative(z_dot.data(), outputs, w, w_dot, out.data());
        return out;
    }

private:
    std::vector<OutputPiece> record(Tape<T>& scratch, const std::vector<T>& z) {
        return outputs_of(record_inner(scratch, body, arguments, z.data()), scratch);
    }
};

/// A callable, recorded once on a tape of its own.
template <class T, class Body, class Arguments>
struct RecordedFunction {
    static constexpr const char* implicit_name = "implicit";
    Arguments arguments;

    /// Records the body at z. The body is stored, with the data that it holds.
    RecordedFunction(Body body, Arguments arguments_, const std::vector<T>& z)
        : arguments(std::move(arguments_)), body_(std::make_unique<const Body>(std::move(body))) {
        const auto y = record_inner(*tape_, *body_, arguments, z.data());
        if constexpr (ArrayLike<decltype(y)>) size_ = y.size();
        outputs_ = outputs_of(y, *tape_);
        tape_->begin_results();
        tape_->prepare_sweeps();
    }
    /// Number of results.
    [[nodiscard]] Index size() const { return size_; }

    void push_forward(Tape<T>&, const std::vector<T>&, const std::vector<T>& z_dot, T* y_dot, Index size) {
        tape_->push_forward(z_dot.data(), outputs_, y_dot, size);
    }
    std::vector<T> pull_back(Tape<T>&, const std::vector<T>& z, const T* w) {
        std::vector<T> out(z.size());
        tape_->pull_back(w, outputs_, out.data());
        return out;
    }
    std::vector<T> pull_back_derivative(Tape<T>&, const std::vector<T>&, const std::vector<T>& z_dot,
                                        const T* w, const T* w_dot) {
        std::vector<T> out(z_dot.size());
        tape_->pull_back_derivative(z_dot.data(), outputs_, w, w_dot, out.data());
        return out;
    }

private:
    std::unique_ptr<const Body> body_;
    std::unique_ptr<Tape<T>> tape_ = std::make_unique<Tape<T>>();
    std::vector<OutputPiece> outputs_;
    Index size_ = 1;
};

/// The gradient of a scalar callable by its last `size` arguments. The recording is kept: a Hessian product with it is what
/// one product of the outer loss costs, and, for the derivative, a recording over duals.
template <class T, class Body, class Arguments>
struct GradientFunction {
    static constexpr const char* name = "inner_gradient";
    static constexpr const char* implicit_name = "argmin";
    Body body;
    Arguments arguments;
    Index size;
    std::unique_ptr<Tape<T>> tape = std::make_unique<Tape<T>>();

    GradientFunction(Body body_, Arguments arguments_, Index size_)
        : body(std::move(body_)), arguments(std::move(arguments_)), size(size_) {}

    /// Records; the gradient is at values().
    void linearize(const std::vector<T>& z) { linearize(*tape, z); }
    [[nodiscard]] const T* values() const { return tape->adjoints() + first(); }
    /// The callable's value at z, without recording.
    [[nodiscard]] T value_at(const std::vector<T>& z) const {
        ArrayOperand<T> operand;
        operand.data = z.data();
        operand.rows = operand.outer = arguments.size();
        operand.cols = 1;
        return static_cast<T>(arguments.call(body, ArrayView<T, false, Words::matrix>(operand)));
    }

    void push_forward(Tape<T>&, const std::vector<T>& z, const std::vector<T>& z_dot, T* y_dot, Index) {
        std::vector<T> out(z.size());
        tape->product(z_dot.data(), out.data());
        std::copy_n(out.data() + first(), size, y_dot);
    }
    std::vector<T> pull_back(Tape<T>&, const std::vector<T>& z, const T* w) {
        std::vector<T> direction(z.size(), T(0)), out(z.size());
        std::copy_n(w, size, direction.data() + first());
        tape->product(direction.data(), out.data());
        return out;
    }
    // The Hessian at z + z_dot t, times w + w_dot t.
    std::vector<T> pull_back_derivative(Tape<T>&, const std::vector<T>& z, const std::vector<T>& z_dot,
                                        const T* w, const T* w_dot) {
        using Number = Dual<T>;
        std::vector<Number> point, direction(z.size(), Number(T(0))), product(z.size());
        for (std::size_t i = 0; i < z.size(); ++i) point.push_back({z[i], z_dot[i]});
        for (Index i = 0; i < size; ++i) direction[static_cast<std::size_t>(first() + i)] = {w[i], w_dot[i]};
        if (!over_duals_) over_duals_ = std::make_unique<Tape<Number>>();
        linearize(*over_duals_, point);
        over_duals_->product(direction.data(), product.data());
        std::vector<T> out;
        for (const Number& x : product) out.push_back(x.tangent);
        return out;
    }

private:
    [[nodiscard]] Index first() const { return arguments.size() - size; }
    template <class Number>
    void linearize(Tape<Number>& on, const std::vector<Number>& z) {
        const Variable<Number> y(record_inner(on, body, arguments, z.data()));
        if (y.tape() != nullptr && y.tape() != &on) throw_mixed_tapes();
        on.gradient(y.tape() != nullptr ? y.slot() : on.append_constant(y.value()));
    }

    std::unique_ptr<Tape<Dual<T>>> over_duals_;
};

/// A node that is a function with a tape of its own.
template <class T, class Function>
struct FunctionNode {
    static constexpr const char* name = Function::name;
    std::size_t slots_before, slots_after;
    std::size_t result;
    Index size;
    Function* function;

    T rounding(const SweepArrays<T>& at) const {
        return rounding_of(at, result, result + static_cast<std::size_t>(size));
    }
    void gradient(const SweepArrays<T>& at) {
        at.tape.require_adjoints({result, static_cast<std::size_t>(size)});
        for (const auto& x : arguments().operands()) {
            if (x.tape != nullptr) at.tape.require_adjoints(x.region());
        }
        arguments().scatter_add(function->pull_back(at.tape.scratch(), point(at), at.adjoint + result),
                                [&](const auto& x) { return at.adjoint + x.slot; });
    }
    void tangent(const SweepArrays<T>& at) {
        function->push_forward(at.tape.scratch(), point(at), direction(at), at.tangent + result, size);
    }
    void product(const SweepArrays<T>& at) {
        arguments().scatter_add(function->pull_back_derivative(at.tape.scratch(), point(at), direction(at),
                                                               at.adjoint + result, at.second + result),
                                [&](const auto& x) { return at.second_at(x.slot); });
    }

private:
    const auto& arguments() const { return function->arguments; }
    [[nodiscard]] std::vector<T> point(const SweepArrays<T>& at) const {
        return arguments().gather(
            [&](const auto& x) { return x.tape != nullptr ? at.value + x.slot : x.data; });
    }
    [[nodiscard]] std::vector<T> direction(const SweepArrays<T>& at) const {
        return arguments().gather(
            [&](const auto& x) -> const T* { return x.tape != nullptr ? at.tangent_at(x.slot) : nullptr; });
    }
};

/// Appends such a node: (rows x cols), its values already known.
template <class T, class Function>
ArrayOperand<T> append_function(Tape<T>& tape, Function function, const T* values, Index rows, Index cols) {
    auto state = std::make_shared<Function>(std::move(function));
    for (const auto& x : state->arguments.operands()) {
        if (x.owner) tape.keep_alive(x.owner);
    }
    FunctionNode<T, Function> node{};
    node.slots_before = tape.slots();
    const ArrayOperand<T> y = allocate_variable(tape, rows, cols);
    node.slots_after = tape.slots();
    node.result = y.slot;
    node.size = rows * cols;
    node.function = state.get();
    std::copy_n(values, node.size, tape.values() + y.slot);
    tape.keep_alive(std::move(state));
    append<T>(tape, node);
    return y;
}

}  // namespace hesse
