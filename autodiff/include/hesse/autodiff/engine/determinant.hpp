#pragma once

#include "hesse/autodiff/engine/linear_solve.hpp"

/// Inverses and determinants (Giles 2008, section 2.2).
namespace hesse::engine {

/// y = a^-1.      y_dot = -y a_dot y,   a_bar -= y' y_bar y'
struct MatrixInverse {
    static constexpr const char* name = "inverse";
    [[nodiscard]] Shape result_shape(const Shape& a) const {
        require_square(name, a);
        return a;
    }
    template <class S>
    Dense<S> value(const Nothing&, const Dense<S>& a) const {
        Dense<S> identity(a.rows(), a.rows());
        identity.fresh().setIdentity();
        return LuFactors<S>(a).solve(identity);
    }
    template <class M>
    M tangent(const Nothing&, const M& y, const M&, const M& a_dot) const {
        return -(y * a_dot * y);
    }
    template <class M>
    void pullback(const Nothing&, const M& y, const M& y_bar, const M&, Adjoint<M>& a_bar) const {
        a_bar += -times_transposed(transposed_times(y, y_bar), y);
    }
};

/// y = (log |det a|, sign of det a).      y_dot = (tr(a^-1 a_dot), 0),   a_bar += y_bar_1 a^-T
template <class Make>
struct LogDeterminant {
    static constexpr const char* name = "log_determinant";
    Make make;
    const char* word = name;

    [[nodiscard]] Shape result_shape(const Shape& a) const {
        require_square(word, a);
        return {2, 1};
    }
    template <class S>
    [[nodiscard]] auto prepare(const Dense<S>& a) const {
        return make(a);
    }
    template <class Factors, class S>
    Dense<S> value(const Factors& factors, const Dense<S>&) const {
        Dense<S> y(2, 1);
        y.fresh() << factors.log_abs_determinant(), factors.determinant_sign();
        return y;
    }
    template <class Factors, class M>
    M tangent(const Factors& factors, const M&, const M& a, const M& a_dot) const {
        const M slope = trace(solve(factors, a, factors.part.without_ones(a_dot)));
        return linear(slope, 2, 1, [](const auto& x) { return x(0, 0) * x.Identity(2, 1); });
    }
    template <class Factors, class M>
    void pullback(const Factors& factors, const M&, const M& y_bar, const M& a, Adjoint<M>& a_bar) const {
        const M log_bar = linear(y_bar, 1, 1, [](const auto& x) { return x.topRows(1); });
        a_bar += factors.part.adjoint(solve_transposed(factors, a, scaled_identity(log_bar, a.rows())));
    }
};
template <class Make>
LogDeterminant(Make, const char*) -> LogDeterminant<Make>;

/// y = det a.      y_dot = y tr(a^-1 a_dot),   a_bar += y_bar y a^-T
struct Determinant {
    static constexpr const char* name = "determinant";
    [[nodiscard]] Shape result_shape(const Shape& a) const {
        require_square(name, a);
        return {1, 1};
    }
    template <class S>
    [[nodiscard]] auto prepare(const Dense<S>& a) const {
        return LuFactors<S>(a);
    }
    template <class Factors, class S>
    Dense<S> value(const Factors& lu, const Dense<S>&) const {
        return number(lu.determinant());
    }
    template <class Factors, class M>
    M tangent(const Factors& lu, const M& y, const M& a, const M& a_dot) const {
        return y * trace(solve(lu, a, a_dot));
    }
    template <class Factors, class M>
    void pullback(const Factors& lu, const M& y, const M& y_bar, const M& a, Adjoint<M>& a_bar) const {
        a_bar += solve_transposed(lu, a, scaled_identity(M(y * y_bar), a.rows()));
    }
};

}  // namespace hesse::engine
