#pragma once

#include "hesse/autodiff/engine/factorizations.hpp"
#include "hesse/autodiff/engine/matrix_function.hpp"

/// Solutions of linear equations and of least squares (Giles 2008, section 2.2).
namespace hesse::engine {

inline void require_square(const char* function, const Shape& a) {
    if (a.rows != a.cols) throw_shapes(function, a.rows, a.cols, a.cols, a.cols);
}

/// x with a x = b, where the factors are those of a at the point: a_0 x_k = b_k - sum_(j >= 1) a_j x_(k-j).
template <class Factors, class S>
Dense<S> solve(const Factors& factors, const Dense<S>&, const Dense<S>& b) {
    return factors.solve(b);
}
template <class Factors, class M, int order>
MatrixSeries<M, order> solve(const Factors& factors, const MatrixSeries<M, order>& a,
                             const MatrixSeries<M, order>& b) {
    MatrixSeries<M, order> x(b.rows(), b.cols());
    for (int k = 0; k <= order; ++k) {
        M rest = b.part(k);
        for (int j = 1; j <= k; ++j) rest = rest - factors.part.without_ones(a.part(j)) * x.part(k - j);
        x.part(k) = solve(factors, a.part(0), rest);
    }
    return x;
}
/// The same with the transpose of a.
template <class Factors, class S>
Dense<S> solve_transposed(const Factors& factors, const Dense<S>&, const Dense<S>& b) {
    return factors.solve_transposed(b);
}
template <class Factors, class M, int order>
MatrixSeries<M, order> solve_transposed(const Factors& factors, const MatrixSeries<M, order>& a,
                                        const MatrixSeries<M, order>& b) {
    MatrixSeries<M, order> x(b.rows(), b.cols());
    for (int k = 0; k <= order; ++k) {
        M rest = b.part(k);
        for (int j = 1; j <= k; ++j) {
            rest = rest - transposed_times(factors.part.without_ones(a.part(j)), x.part(k - j));
        }
        x.part(k) = solve_transposed(factors, a.part(0), rest);
    }
    return x;
}

/// a x = b.      x_dot = a^-1 (b_dot - a_dot x),   b_bar += a^-T x_bar,  a_bar -= (a^-T x_bar) x'
///
/// `make(a)` gives the factors; what they read of a is what gets an adjoint.
template <class Make>
struct Solve {
    static constexpr const char* name = "solve";
    static constexpr bool linear_in_last = true;
    Make make;
    const char* word = name;

    [[nodiscard]] Shape result_shape(const Shape& a, const Shape& b) const {
        if (a.rows != a.cols || a.rows != b.rows) throw_shapes(word, a.rows, a.cols, b.rows, b.cols);
        return b;
    }
    template <class S>
    [[nodiscard]] auto prepare(const Dense<S>& a, const Dense<S>&) const {
        return make(a);
    }
    template <class Factors, class S>
    Dense<S> value(const Factors& factors, const Dense<S>&, const Dense<S>& b) const {
        return factors.solve(b);
    }
    template <class Factors, class M>
    M tangent(const Factors& factors, const M& x, const M& a, const M&, const M& a_dot,
              const M& b_dot) const {
        return engine::solve(factors, a, M(b_dot - factors.part.without_ones(a_dot) * x));
    }
    template <class Factors, class M>
    void pullback(const Factors& factors, const M& x, const M& x_bar, const M& a, const M&, Adjoint<M>& a_bar,
                  Adjoint<M>& b_bar) const {
        const M b_term = solve_transposed(factors, a, x_bar);
        b_bar += b_term;
        if (a_bar) a_bar += factors.part.adjoint(M(-times_transposed(b_term, x)));
    }
};
template <class Make>
Solve(Make, const char*) -> Solve<Make>;

/// The solution of r + a x = f, a' r = g, order by order.
template <class M>
struct Augmented {
    M r, x;
};
template <class S>
Augmented<Dense<S>> solve_augmented(const QrFactors<S>& qr, const Dense<S>&, const Dense<S>& f,
                                    const Dense<S>& g) {
    auto solution = qr.solve(f, g);
    return {std::move(solution.r), std::move(solution.x)};
}
template <class S, class M, int order>
auto solve_augmented(const QrFactors<S>& qr, const MatrixSeries<M, order>& a, const MatrixSeries<M, order>& f,
                     const MatrixSeries<M, order>& g) {
    using Series = MatrixSeries<M, order>;
    Augmented<Series> y{Series(f.rows(), f.cols()), Series(g.rows(), g.cols())};
    for (int k = 0; k <= order; ++k) {
        M f_rest = f.part(k), g_rest = g.part(k);
        for (int j = 1; j <= k; ++j) {
            f_rest = f_rest - a.part(j) * y.x.part(k - j);
            g_rest = g_rest - transposed_times(a.part(j), y.r.part(k - j));
        }
        auto solution = solve_augmented(qr, a.part(0), f_rest, g_rest);
        y.r.part(k) = std::move(solution.r);
        y.x.part(k) = std::move(solution.x);
    }
    return y;
}

/// x minimises |a x - b|, with the residual r = b - a x. From r + a x = b, a' r = 0, whose matrix is symmetric:
/// (r_dot, x_dot) solves it for (b_dot - a_dot x, -a_dot' r), and with (u, v) for (0, x_bar)
/// b_bar += u, a_bar -= u x' + r v'.
struct LeastSquares {
    static constexpr const char* name = "least_squares";
    static constexpr bool linear_in_last = true;
    [[nodiscard]] Shape result_shape(const Shape& a, const Shape& b) const {
        if (a.rows < a.cols || a.rows != b.rows) throw_shapes(name, a.rows, a.cols, b.rows, b.cols);
        return {a.cols, b.cols};
    }
    template <class S>
    [[nodiscard]] auto prepare(const Dense<S>& a, const Dense<S>&) const {
        return QrFactors<S>(a);
    }
    template <class Qr, class S>
    Dense<S> value(const Qr& qr, const Dense<S>& a, const Dense<S>& b) const {
        return qr.solve(b, Dense<S>(a.cols(), b.cols())).x;
    }
    template <class Qr, class M>
    M tangent(const Qr& qr, const M& x, const M& a, const M& b, const M& a_dot, const M& b_dot) const {
        const M r = b - a * x;
        return solve_augmented(qr, a, M(b_dot - a_dot * x), M(-transposed_times(a_dot, r))).x;
    }
    template <class Qr, class M>
    void pullback(const Qr& qr, const M& x, const M& x_bar, const M& a, const M& b, Adjoint<M>& a_bar,
                  Adjoint<M>& b_bar) const {
        const auto [u, v] = solve_augmented(qr, a, M(b.rows(), b.cols()), x_bar);
        b_bar += u;
        if (a_bar) a_bar += -(times_transposed(u, x) + times_transposed(M(b - a * x), v));
    }
};

}  // namespace hesse::engine
