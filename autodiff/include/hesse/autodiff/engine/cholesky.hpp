#pragma once

#include "hesse/autodiff/engine/linear_solve.hpp"

namespace hesse::engine {

/// The lower triangle, with half of the diagonal.
template <class M>
M lower_half(const M& a) {
    return linear(a, a.rows(), a.cols(), [](const auto& x) {
        using S = typename std::remove_cvref_t<decltype(x)>::Scalar;
        return x.NullaryExpr(x.rows(), x.cols(), [x](Index i, Index j) {
            return i > j ? S(x(i, j)) : i == j ? S(x(i, j) / 2) : S(0);
        });
    });
}

/// a = l l', l lower triangular, from the lower triangle of a. With P the lower triangle and half of the diagonal:
/// l_dot = l P(l^-1 a_dot l^-T),   a_bar += l^-T P(l' l_bar) l^-1, of which each entry read gets its share (Giles
/// 2008; Murray, "Differentiation of the Cholesky decomposition", 2016).
struct Cholesky {
    static constexpr const char* name = "cholesky";
    [[nodiscard]] Shape result_shape(const Shape& a) const {
        require_square(name, a);
        return a;
    }
    template <class S>
    [[nodiscard]] auto prepare(const Dense<S>& a) const {
        return TriangularFactors<S>(CholeskyFactors<S>(a).lower(), lower_part);
    }
    template <class Factors, class S>
    Dense<S> value(const Factors& l, const Dense<S>&) const {
        return l.matrix();
    }
    template <class Factors, class M>
    M tangent(const Factors& factors, const M& l, const M&, const M& a_dot) const {
        const M half = solve(factors, l, symmetric_part.of(a_dot));
        return l * lower_half(solve(factors, l, transposed(half)));
    }
    template <class Factors, class M>
    void pullback(const Factors& factors, const M& l, const M& l_bar, const M&, Adjoint<M>& a_bar) const {
        const M inner = lower_half(transposed_times(l, lower_part.adjoint(l_bar)));
        const M left = solve_transposed(factors, l, inner);
        a_bar += symmetric_part.adjoint(transposed(solve_transposed(factors, l, transposed(left))));
    }
};

}  // namespace hesse::engine
