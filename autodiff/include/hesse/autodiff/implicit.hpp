#pragma once

#include "hesse/autodiff/checkpoint.hpp"
#include "hesse/autodiff/constants.hpp"
#include "hesse/autodiff/engine/factorizations.hpp"

#include <Eigen/Core>

#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// Arrays defined by equations, inside a loss: implicit functions and minimisers. They are differentiated through the
/// equation that holds at the solution, not through the steps that found it.
namespace hesse {

/// y(x) with r(x, y) = 0: y_dot = -r_y^-1 r_x x_dot,   x_bar += -r_x' r_y^-T y_bar. Residual is a function of z = (x, y) as
/// in inner_function.hpp.
template <class T, class Residual>
struct ImplicitFunction {
    static constexpr const char* name = Residual::implicit_name;
    Residual residual;
    const decltype(Residual::arguments)& arguments = residual.arguments;
    Index size;                                     // of y
    std::optional<engine::LuFactors<T>> factors{};  // of r_y

    ImplicitFunction(Residual residual_, Index size_) : residual(std::move(residual_)), size(size_) {}
    ImplicitFunction(ImplicitFunction&& other) noexcept
        : residual(std::move(other.residual)), size(other.size), factors(std::move(other.factors)) {}

    /// Factors r_y at z.
    void prepare(Tape<T>& scratch, const std::vector<T>& z) {
        std::vector<T> r_y(static_cast<std::size_t>(size * size)), unit(z.size(), T(0));
        for (Index j = 0; j < size; ++j) {
            unit[first() + static_cast<std::size_t>(j)] = T(1);
            residual.push_forward(scratch, z, unit, r_y.data() + j * size, size);
            unit[first() + static_cast<std::size_t>(j)] = T(0);
        }
        factors.emplace(engine::Dense<T>::view(r_y.data(), size, size));
    }

    void push_forward(Tape<T>& scratch, const std::vector<T>& z, const std::vector<T>& z_dot, T* y_dot,
                      Index) {
        residual.push_forward(scratch, z, z_dot, y_dot, size);
        engine::Dense<T> right = engine::Dense<T>::view(y_dot, size, 1);
        Column(y_dot, size) = -factors->solve(right).map();
    }
    std::vector<T> pull_back(Tape<T>& scratch, const std::vector<T>& z, const T* w) {
        return residual.pull_back(scratch, z, multipliers(w).data());
    }
    // With the multipliers l: r_y'l = -w, hence r_y'l_dot = -w_dot - (r_y'l)_dot, the latter for constant l.
    std::vector<T> pull_back_derivative(Tape<T>& scratch, const std::vector<T>& z,
                                        const std::vector<T>& z_dot, const T* w, const T* w_dot) {
        std::vector<T> along = z_dot;
        push_forward(scratch, z, z_dot, along.data() + first(), size);
        const std::vector<T> l = multipliers(w), zero(l.size(), T(0));
        std::vector<T> out = residual.pull_back_derivative(scratch, z, along, l.data(), zero.data());
        std::vector<T> right(w_dot, w_dot + size);
        for (Index i = 0; i < size; ++i)
            right[static_cast<std::size_t>(i)] += out[first() + static_cast<std::size_t>(i)];
        const std::vector<T> more = residual.pull_back(scratch, z, multipliers(right.data()).data());
        for (std::size_t i = 0; i < out.size(); ++i) out[i] += more[i];
        return out;
    }

private:
    using Column = Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, 1>>;
    [[nodiscard]] std::size_t first() const {
        return static_cast<std::size_t>(residual.arguments.size() - size);
    }
    std::vector<T> multipliers(const T* w) const {
        std::vector<T> l(static_cast<std::size_t>(size));
        Column(l.data(), size) = -factors->solve_transposed(engine::Dense<T>::view(w, size, 1)).map();
        return l;
    }
};

/// An implicit function as an array: recorded where an argument is variable.
template <class T, bool active, class Residual>
auto implicit_array(Residual residual, const std::vector<T>& z, Index rows, Index cols) {
    using View = ArrayView<T, active, Words::matrix>;
    const Index size = rows * cols;
    const T* y = z.data() + (static_cast<Index>(z.size()) - size);
    Tape<T>* tape = residual.arguments.tape();
    if (tape == nullptr) {
        auto kept = allocate_array<T>(rows, cols);
        std::copy_n(y, size, kept.data);
        return View(kept.operand);
    }
    ImplicitFunction<T, Residual> function(std::move(residual), size);
    function.prepare(tape->scratch(), z);
    return View(append_function(*tape, std::move(function), y, rows, cols));
}

/// Plain copies of arguments, for a solver.
template <class X>
auto plain_argument(const X& x) {
    if constexpr (ArrayLike<X>) {
        return values_as_numbers<typename std::remove_cvref_t<X>::Expression::T>(x);
    } else if constexpr (EigenArray<X>) {
        return x.eval();
    } else {
        return value_of(x);
    }
}

/// y with residual(x..., y) = 0, found by solve(x...), as a function of x inside a loss: exact first and second derivatives
/// by the implicit function theorem.
///
/// residual: callable with x... and y as arrays; returns an array with as many entries as y, and must not capture variables.
/// solve:    called with plain x (Eigen matrices, numbers); returns y as an Eigen vector or matrix. Its accuracy is that of
///           the derivatives too.
/// Factors dr/dy (m x m, dense) once a point: m sweeps and O(m^3); a gradient or product then solves with the factors.
/// Throws std::invalid_argument if the residual has another number of entries than y.
template <class Residual, class Solve, class... X>
auto implicit(Residual residual, const Solve& solve, X&&... x) {
    note_unknown_line();
    using T = NumberOfCall<X...>;
    static_assert(std::is_floating_point_v<T>, "hesse::implicit: derivatives up to the second");
    constexpr bool active = (is_active_argument<X> || ...);
    const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> y = solve(plain_argument(x)...);
    auto arguments =
        pack_arguments<T>(as_variable_argument<T>(std::forward<X>(x))..., as_variable_argument<T>(copy(y)));
    const std::vector<T> z = arguments.gather([](const auto& operand) { return operand.values(); });
    RecordedFunction<T, Residual, decltype(arguments)> function(std::move(residual), std::move(arguments), z);
    if (function.size() != y.size()) {
        throw std::invalid_argument("implicit: the residual has " + std::to_string(function.size()) +
                                    " entries, but y has " + std::to_string(y.size()));
    }
    return implicit_array<T, active>(std::move(function), z, y.rows(), y.cols());
}

/// A descent direction at a point with gradient g (n) and Hessian h (n x n): -(h + shift)^-1 g with the least shift among
/// 0, s, 10 s ... that makes the matrix positive definite.
template <class T>
Eigen::Matrix<T, Eigen::Dynamic, 1> newton_step(const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>& h,
                                                const Eigen::Matrix<T, Eigen::Dynamic, 1>& g) {
    const T largest = h.template lpNorm<Eigen::Infinity>();
    const T scale = largest > T(0) ? largest : T(1);
    for (T shift(0); shift <= T(100) * static_cast<T>(g.size()) * scale;) {
        Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> shifted = h;
        shifted.diagonal().array() += shift;
        // NaN where it is not positive definite
        const Eigen::Matrix<T, Eigen::Dynamic, 1> step =
            -engine::CholeskyFactors<T>(engine::Dense<T>(shifted)).solve(engine::Dense<T>(g)).map();
        if (step.allFinite() && step.dot(g) < T(0)) return step;
        shift = shift == T(0) ? T(1e-3) * scale : T(10) * shift;
    }
    return -g / scale;
}

/// Newton's method for the last `size` entries of z, until the gradient stops getting smaller. Throws std::runtime_error
/// where that leaves it large.
template <class T, class Function>
void minimize_inner(Function& function, std::vector<T>& z, Index size) {
    constexpr int most_steps = 200;
    const std::size_t first = z.size() - static_cast<std::size_t>(size);
    using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
    Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> h(size, size);
    std::vector<T> unit(z.size(), T(0)), trial = z;
    const auto inner_gradient = [&] { return Eigen::Map<const Vector>(function.values(), size); };
    const auto norm = [&] { return inner_gradient().template lpNorm<Eigen::Infinity>(); };
    function.linearize(z);
    T gradient = norm();
    const T initial = gradient;
    for (int k = 0; k < most_steps && gradient > T(0); ++k) {
        for (Index j = 0; j < size; ++j) {
            unit[first + static_cast<std::size_t>(j)] = T(1);
            function.push_forward(*function.tape, z, unit, h.col(j).data(), size);
            unit[first + static_cast<std::size_t>(j)] = T(0);
        }
        const Vector step = newton_step<T>(h, inner_gradient());
        const T slope = step.dot(inner_gradient());
        const T value = function.value_at(z);
        // Close to the minimum, values do not tell any more: then the gradient decides.
        bool moved = false;
        for (T length(1); !moved && length > T(1e-10); length /= T(2)) {
            for (Index i = 0; i < size; ++i) {
                trial[first + static_cast<std::size_t>(i)] =
                    z[first + static_cast<std::size_t>(i)] + length * step[i];
            }
            const T trial_value = function.value_at(trial);
            moved = std::isfinite(trial_value) && trial_value <= value + T(1e-4) * length * slope;
            if (!moved && length == T(1) && std::isfinite(trial_value)) {
                function.linearize(trial);
                moved = norm() < gradient / T(2);
            }
        }
        if (!moved) break;
        function.linearize(trial);
        const T next = norm();
        const bool stalls =
            !(next < gradient) && slope > -std::numeric_limits<T>::epsilon() * (T(1) + std::abs(value));
        if (stalls) break;
        z = trial;
        gradient = next;
    }
    function.linearize(z);
    const T limit = std::sqrt(std::numeric_limits<T>::epsilon()) * (T(1) + initial);
    if (!(gradient <= limit)) {
        throw std::runtime_error("argmin: the inner gradient is still " + std::to_string(gradient) +
                                 " after Newton's method, " + "expected at most " + std::to_string(limit) +
                                 "; try another start y0");
    }
}

/// The minimiser of loss(outer..., y) over y, from y0, as a function of the outer arguments inside a loss: exact first and
/// second derivatives by the implicit function theorem, from products with the inner Hessian and its derivative.
///
/// The last argument is y0, an Eigen vector or matrix; the loss gets all variables as arguments and may capture data.
/// Newton's method with a dense Hessian (m products and O(m^3) a step) finds y to the rounding of the inner gradient.
/// Throws std::runtime_error if that does not get to a point where the gradient is small.
template <class Loss, class... X>
auto argmin(Loss loss, X&&... outer_and_y0) {
    note_unknown_line();
    using T = NumberOfCall<X...>;
    static_assert(std::is_floating_point_v<T>, "hesse::argmin: derivatives up to the second");
    constexpr bool active = (is_active_argument<X> || ...);
    const auto all = std::tie(outer_and_y0...);
    const Index rows = std::get<sizeof...(X) - 1>(all).rows(), cols = std::get<sizeof...(X) - 1>(all).cols();
    const Index size = rows * cols;
    // The inner tape has all arguments for parameters, constant or not.
    const auto pack = [&](const auto& y) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return pack_arguments<T>(as_variable_argument<T>(std::get<I>(all))...,
                                     as_variable_argument<T>(y));
        }(std::make_index_sequence<sizeof...(X) - 1>{});
    };
    const auto values = [](const auto& x) { return x.values(); };
    auto at_start = pack(std::get<sizeof...(X) - 1>(all));
    std::vector<T> z = at_start.gather(values);
    using Function = GradientFunction<T, Loss, decltype(at_start)>;
    Function search(std::move(loss), std::move(at_start), size);
    minimize_inner(search, z, size);
    const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> y =
        Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>>(
            z.data() + (z.size() - static_cast<std::size_t>(size)), rows, cols);
    Function gradient(std::move(search.body), pack(copy(y)), size);
    gradient.linearize(z);
    return implicit_array<T, active>(std::move(gradient), z, rows, cols);
}

}  // namespace hesse
