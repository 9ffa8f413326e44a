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

/// y = det a.      y_dot = tr(adj(a) a_dot),   a_bar += y_bar adj(a)', with adj(a) = y a^-1, also where a is singular
///
/// There, with rows and columns permuted so that a11 is regular and s = a22 - a21 a11^-1 a12 vanishes,
/// adj(a) = det a11 (det s ((a11^-1, 0), (0, 0)) + (x, -1)' adj(s) (z, -1)), x = a11^-1 a12, z = a21 a11^-1:
/// a polynomial in s, whose small determinant and adjugate come from Faddeev and Leverrier's recursion.
struct Determinant {
    static constexpr const char* name = "determinant";
    template <class S>
    struct Kept {
        S determinant;
        LuFactors<S> lu;             // of a, or of a11
        CompletePivoting<S> pivots;  // rank n where a is regular
    };

    [[nodiscard]] Shape result_shape(const Shape& a) const {
        require_square(name, a);
        return {1, 1};
    }
    template <class S>
    [[nodiscard]] auto prepare(const Dense<S>& a) const {
        const LuFactors<S> lu(a);
        if (!lu.is_singular()) return regular(lu, a.rows());
        const CompletePivoting<S> pivots = complete_pivoting(a);
        const Index r = pivots.rank;
        return Kept<S>{lu.determinant(), LuFactors<S>(permuted(pivots, a, 0, 0, r, r)), pivots};
    }
    template <class S>
    Dense<S> value(const Kept<S>& kept, const Dense<S>&) const {
        return number(kept.determinant);
    }
    template <class S, class M>
    M tangent(const Kept<S>& kept, const M& y, const M& a, const M& a_dot) const {
        return trace_of_product(adjugate(kept, y, a), a_dot);
    }
    template <class S, class M>
    void pullback(const Kept<S>& kept, const M& y, const M& y_bar, const M& a, Adjoint<M>& a_bar) const {
        a_bar += scaled(y_bar, transposed(adjugate(kept, y, a)));
    }

private:
    template <class S>
    static Kept<S> regular(const LuFactors<S>& lu, Index n) {
        return {lu.determinant(), lu, {{}, {}, n, S(1)}};
    }
    template <class M>
    static M identity(Index n) {
        Dense<NumberPart<M>> one(n, n);
        one.fresh().setIdentity();
        return constant_matrix<M>(one);
    }
    // The block (rows x cols) at (row, col) of the permuted matrix, and the permuted matrix put back.
    template <class S, class M>
    static M permuted(const CompletePivoting<S>& p, const M& a, Index row, Index col, Index rows,
                      Index cols) {
        return linear(a, rows, cols, [&p, row, col, rows, cols](const auto& x) {
            return x.NullaryExpr(rows, cols, [&p, x, row, col](Index i, Index j) {
                return S(
                    x(p.rows[static_cast<std::size_t>(row + i)], p.cols[static_cast<std::size_t>(col + j)]));
            });
        });
    }
    // The adjugate has the rows where the matrix has its columns.
    template <class S, class M>
    static M put_back(const CompletePivoting<S>& p, const M& adjugate) {
        return linear(adjugate, [&](const auto& x) {
            std::remove_cvref_t<decltype(x)> y(x.rows(), x.cols());
            if (x.is_zero()) return y;
            auto entries = y.fresh();
            for (Index j = 0; j < x.cols(); ++j) {
                for (Index i = 0; i < x.rows(); ++i) {
                    entries(p.cols[static_cast<std::size_t>(i)], p.rows[static_cast<std::size_t>(j)]) =
                        x.map()(i, j);
                }
            }
            return y;
        });
    }
    template <class S, class M>
    static M adjugate(const Kept<S>& kept, const M& y, const M& a) {
        const Index n = a.rows(), r = kept.pivots.rank, k = n - r;
        if (k == 0) return scaled(y, solve(kept.lu, a, identity<M>(n)));
        const auto block = [&](Index row, Index col, Index rows, Index cols) {
            return permuted(kept.pivots, a, row, col, rows, cols);
        };
        const M a11 = block(0, 0, r, r), a21 = block(r, 0, k, r);
        const M x = solve(kept.lu, a11, block(0, r, r, k));
        const M z = transposed(solve_transposed(kept.lu, a11, transposed(a21)));
        const M s = block(r, r, k, k) - a21 * x;

        M adjugate_of_s = identity<M>(k), product = s;  // after j steps of k - 1
        for (Index j = 1; j < k; ++j) {
            adjugate_of_s = product - scaled_identity(M(S(1) / S(j) * trace(product)), k);
            product = s * adjugate_of_s;
        }
        const S sign = k % 2 == 0 ? S(-1) : S(1);
        const M determinant_of_s = sign / S(k) * trace(product);
        adjugate_of_s = sign * adjugate_of_s;

        const M column = placed(x, n, k, 0, 0) - placed(identity<M>(k), n, k, r, 0);
        const M row = placed(z, k, n, 0, 0) - placed(identity<M>(k), k, n, 0, r);
        const M inverse = placed(solve(kept.lu, a11, identity<M>(r)), n, n, 0, 0);
        const M all = scaled(determinant_of_s, inverse) + column * adjugate_of_s * row;
        return put_back(kept.pivots, scaled(M(kept.pivots.sign * determinant_of(kept.lu, a11)), all));
    }
    // det a of a regular matrix: y' = y tr(a^-1 a').
    template <class S>
    static Dense<S> determinant_of(const LuFactors<S>& lu, const Dense<S>&) {
        return number(lu.determinant());
    }
    template <class S, class M, int order>
    static MatrixSeries<M, order> determinant_of(const LuFactors<S>& lu, const MatrixSeries<M, order>& a) {
        return value_of(Determinant{}, regular(lu, a.rows()), std::array{a});
    }
};

}  // namespace hesse::engine
