#pragma once

#include "hesse/autodiff/inner_function.hpp"

#include <tuple>
#include <utility>
#include <vector>

namespace hesse {

/// body(inputs...), of which only the result is recorded: the body is run again in each sweep. That trades time (one more
/// evaluation in a gradient, two in a Hessian product, each recorded and swept) for the memory of everything in between;
/// derivatives of every order stay exact. One such recording at a time is held, however many checkpoints there are.
///
/// body:   callable with arrays and scalars, stored by value. What depends on the parameters must come in as an input;
///         it may capture data, which must outlive the linearisation. Returns an array or a scalar.
/// inputs: arrays of the library, Eigen's constants, scalars.
/// Throws std::logic_error if the body uses a variable that is no input.
template <class Body, class... X>
auto checkpoint(Body body, X&&... inputs) {
    note_unknown_line();
    using T = NumberOfCall<X...>;
    if constexpr (!(is_active_argument<X> || ...)) {
        return body(inputs...);
    } else {
        auto arguments = pack_arguments<T>(std::forward<X>(inputs)...);
        const std::vector<T> z = arguments.gather([](const auto& x) { return x.values(); });
        ArrayOperand<T> operand;
        operand.data = z.data();
        operand.rows = operand.outer = arguments.size();
        operand.cols = 1;
        const auto y = arguments.call(body, ArrayView<T, false, Words::matrix>(operand));
        using Y = std::remove_cvref_t<decltype(y)>;
        using Function = RerunFunction<T, Body, decltype(arguments)>;
        Tape<T>* tape = arguments.tape();
        // With plain inputs, only a captured variable makes the result one.
        if constexpr (is_active_argument<Y>) {
            throw_mixed_tapes();
            return y;
        } else if constexpr (ArrayLike<Y>) {
            using View = ArrayView<T, true, Y::Expression::kind>;
            ArrayOperand<T> values = y.expression().operand();
            if (!values.is_dense() || !values.owner) values = ArrayNodes<T>::copy(values);
            if (tape == nullptr) return View(values);
            return View(append_function(*tape, Function{std::move(body), std::move(arguments)}, values.data,
                                        values.rows, values.cols));
        } else {
            const T value = static_cast<T>(y);
            if (tape == nullptr) return Variable<T>(value);
            const auto result =
                append_function(*tape, Function{std::move(body), std::move(arguments)}, &value, 1, 1);
            return Variable<T>(ArrayView<T, true, Words::matrix>(result)(0));
        }
    }
}

/// An argument that a tape inside a loss takes for a variable, though it may be constant there.
template <class T, class X>
decltype(auto) as_variable_argument(X&& x) {
    if constexpr (is_active_argument<X>) {
        return std::forward<X>(x);
    } else if constexpr (ArrayLike<X> || EigenArray<X>) {
        constexpr Words words = speaks_array<X> ? Words::array : Words::matrix;
        return ArrayView<T, true, words>(entries_of<T>(std::forward<X>(x), static_cast<Tape<T>*>(nullptr)));
    } else {
        return Variable<T>(static_cast<T>(x));
    }
}

/// The gradient of a scalar callable by its last argument, inside a loss: d body(outer..., y) / dy, in the shape of y. Its
/// own derivatives are exact: the loss around it has gradients and Hessian products.
///
/// The callable gets every variable as an argument; it may capture data. Costs one linearisation of it; in a Hessian product
/// of the loss around it, one product and one recording over duals, which are compiled for doubles: over floats, include
/// <hesse/higher_order.hpp> too.
template <class Body, class... X>
auto inner_gradient(Body body, X&&... arguments_and_y) {
    note_unknown_line();
    using T = NumberOfCall<X...>;
    const auto& y = std::get<sizeof...(X) - 1>(std::tie(arguments_and_y...));
    const Index rows = y.rows(), cols = y.cols();
    // All of them may vary as far as the inner tape is concerned.
    auto arguments = pack_arguments<T>(as_variable_argument<T>(std::forward<X>(arguments_and_y))...);
    using Function = GradientFunction<T, Body, decltype(arguments)>;
    const std::vector<T> z = arguments.gather([](const auto& x) { return x.values(); });
    Tape<T>* tape = arguments.tape();
    Function function{std::move(body), std::move(arguments), rows * cols};
    function.linearize(z);
    constexpr bool active = (is_active_argument<X> || ...);
    using View = ArrayView<T, active, Words::matrix>;
    if (tape == nullptr) {
        auto kept = allocate_array<T>(rows, cols);
        std::copy_n(function.values(), rows * cols, kept.data);
        return View(kept.operand);
    }
    const T* values = function.values();
    return View(append_function(*tape, std::move(function), values, rows, cols));
}

}  // namespace hesse
