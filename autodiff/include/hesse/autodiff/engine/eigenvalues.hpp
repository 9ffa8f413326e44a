#pragma once

#include "hesse/autodiff/engine/linear_solve.hpp"
#include "hesse/autodiff/operations/power.hpp"

#include <cmath>
#include <limits>
#include <vector>

/// Eigenvalues and eigenvectors of symmetric matrices, singular values (Magnus 1985; Giles 2008, section 2.2).
///
/// Where eigenvalues coincide, eigenvectors are not determined, and are no functions of the matrix. A function that is
/// symmetric in them is differentiable all the same (Lewis and Sendov 2001), and so are, along one direction, the
/// eigenvalues themselves: with eigenvectors for which a_dot is diagonal, too, as far as those of a leave a choice.
namespace hesse::engine {

/// What is kept at a point, and which eigenvalues are taken for equal: those closer than rounding errors.
template <class S>
class Spectrum {
public:
    /// So many eigenvalues are known to be zero for every matrix of the kind.
    explicit Spectrum(Eigensystem<S> system, Index always_zero = 0) : system_(std::move(system)) {
        const Index n = system_.w.rows();
        if (n == 0) return;
        const auto w = system_.w.map();
        const S resolution = S(n) * std::numeric_limits<S>::epsilon() * w.cwiseAbs().maxCoeff();
        cluster_.assign(static_cast<std::size_t>(n), 0);
        for (Index i = 1; i < n; ++i) {
            cluster_[static_cast<std::size_t>(i)] =
                cluster_[static_cast<std::size_t>(i - 1)] + (w(i, 0) - w(i - 1, 0) <= resolution ? 0 : 1);
        }
        // If no other is zero, they stay apart from all others.
        if ((w.array().abs() <= resolution).count() == always_zero) {
            for (Index i = 0; i < n; ++i) {
                if (std::abs(w(i, 0)) <= resolution) permanent_ = cluster_[static_cast<std::size_t>(i)];
            }
        }
    }

    [[nodiscard]] const Dense<S>& eigenvalues() const { return system_.w; }
    [[nodiscard]] const Dense<S>& eigenvectors() const { return system_.v; }
    [[nodiscard]] bool simple() const {
        return cluster_.empty() || cluster_.back() + 1 == static_cast<Index>(cluster_.size());
    }
    [[nodiscard]] bool coincide(Index i, Index j) const {
        return cluster_[static_cast<std::size_t>(i)] == cluster_[static_cast<std::size_t>(j)];
    }

    /// With eigenvectors that make the symmetric a_dot diagonal within each set of equal eigenvalues.
    [[nodiscard]] Spectrum resolved(const Dense<S>& a_dot) const {
        Spectrum y = *this;
        y.resolved_ = true;
        if (simple() || a_dot.is_zero()) return y;
        const Dense<S> slopes = transposed_times(system_.v, a_dot * system_.v);
        y.system_.v = Dense<S>(system_.v.rows(), system_.v.cols());
        auto v = y.system_.v.fresh();
        v = system_.v.map();
        const Index n = v.cols();
        for (Index begin = 0, end = 0; begin < n; begin = end) {
            while (end < n && coincide(begin, end)) ++end;
            const Index size = end - begin;
            if (size == 1) continue;
            const auto inner = symmetric_eigensystem(Dense<S>(slopes.map().block(begin, begin, size, size)));
            v.middleCols(begin, size) = system_.v.map().middleCols(begin, size) * inner.v.map();
        }
        return y;
    }

    /// 1 / (w_j - w_i); zero on the diagonal and between eigenvalues that are equal for ever, or of which the direction
    /// is resolved; NaN between others that are equal.
    template <class M>
    [[nodiscard]] M inverse_gaps(const M& w) const {
        const Index n = w.rows();
        Dense<S> ones(n, n), mask(n, n);
        auto one = ones.fresh(), factor = mask.fresh();
        for (Index j = 0; j < n; ++j) {
            for (Index i = 0; i < n; ++i) {
                one(i, j) = coincide(i, j) ? S(1) : S(0);
                const bool settled =
                    i == j || resolved_ || cluster_[static_cast<std::size_t>(i)] == permanent_;
                factor(i, j) = !coincide(i, j) ? S(1) : settled ? S(0) : std::numeric_limits<S>::quiet_NaN();
            }
        }
        const M gaps = linear(w, n, n, [n, this](const auto& x) {
            return x.NullaryExpr(
                n, n, [x, this](Index i, Index j) { return coincide(i, j) ? S(0) : S(x(j, 0) - x(i, 0)); });
        });
        return entrywise(constant_matrix<M>(mask), each<Inverse>(M(gaps + constant_matrix<M>(ones))));
    }

private:
    Eigensystem<S> system_;
    std::vector<Index> cluster_;  // the number of the set of equal eigenvalues that each is in
    Index permanent_ = -1;
    bool resolved_ = false;
};

/// The spectrum that serves along the direction of a series.
template <class S, class M>
Spectrum<S> along(const Spectrum<S>& spectrum, const M& a) {
    if constexpr (std::is_same_v<M, MatrixSeries<Dense<S>, 1>>) return spectrum.resolved(a.part(1));
    else return spectrum;
}

/// (w, v) side by side with a = v diag(w) v'.      With s = v' a_dot v and f = 1 / (w_j - w_i), zero on the diagonal:
/// w_dot = diag s, v_dot = v (f o s),   a_bar += v (diag(w_bar) + f o (v' v_bar)) v'
struct SymmetricEigen {
    static constexpr const char* name = "symmetric_eigen";
    [[nodiscard]] Shape result_shape(const Shape& a) const {
        require_square(name, a);
        return {a.rows, a.rows + 1};
    }
    template <class S>
    [[nodiscard]] auto prepare(const Dense<S>& a) const {
        return Spectrum<S>(symmetric_eigensystem(a));
    }
    template <class S>
    Dense<S> value(const Spectrum<S>& spectrum, const Dense<S>&) const {
        return side_by_side(spectrum.eigenvalues(), spectrum.eigenvectors());
    }
    template <class S, class M>
    M tangent(const Spectrum<S>& spectrum, const M& y, const M&, const M& a_dot) const {
        const M v = eigenvectors(y);
        const M slopes = transposed_times(v, symmetric_part.of(a_dot) * v);
        return side_by_side(diagonal(slopes), v * entrywise(spectrum.inverse_gaps(eigenvalues(y)), slopes));
    }
    template <class S, class M>
    void pullback(const Spectrum<S>& spectrum, const M& y, const M& y_bar, const M&,
                  Adjoint<M>& a_bar) const {
        const M v = eigenvectors(y);
        const M turning =
            entrywise(spectrum.inverse_gaps(eigenvalues(y)), transposed_times(v, eigenvectors(y_bar)));
        const M inner = times_transposed(scaled_columns(v, eigenvalues(y_bar)) + v * turning, v);
        a_bar += symmetric_part.adjoint(S(0.5) * (inner + transposed(inner)));
    }

    template <class M>
    static M eigenvalues(const M& y) {
        return linear(y, y.rows(), 1, [](const auto& x) { return x.leftCols(1); });
    }
    template <class M>
    static M eigenvectors(const M& y) {
        return linear(y, y.rows(), y.rows(), [](const auto& x) { return x.rightCols(x.rows()); });
    }

private:
    template <class M>
    static M side_by_side(const M& w, const M& v) {
        const Index n = w.rows();
        return placed(w, n, n + 1, 0, 0) + placed(v, n, n + 1, 0, 1);
    }
};

/// The eigenvectors of a symmetric matrix with derivatives.
template <class S, class M>
M eigenvectors_of(const Spectrum<S>& spectrum, const M& a) {
    if constexpr (std::is_same_v<M, Dense<S>>) {
        return spectrum.eigenvectors();
    } else {
        return SymmetricEigen::eigenvectors(
            engine::value_of(SymmetricEigen{}, along(spectrum, a), std::array<M, 1>{a}));
    }
}

/// w with a = v diag(w) v', ascending.      w_dot = diag(v' a_dot v),   a_bar += v diag(w_bar) v'
struct SymmetricEigenvalues {
    static constexpr const char* name = "symmetric_eigenvalues";
    [[nodiscard]] Shape result_shape(const Shape& a) const {
        require_square(name, a);
        return {a.rows, 1};
    }
    template <class S>
    [[nodiscard]] auto prepare(const Dense<S>& a) const {
        return Spectrum<S>(symmetric_eigensystem(a));
    }
    template <class S>
    Dense<S> value(const Spectrum<S>& spectrum, const Dense<S>&) const {
        return spectrum.eigenvalues();
    }
    template <class S, class M>
    M tangent(const Spectrum<S>& spectrum, const M&, const M& a, const M& a_dot) const {
        const M moving = symmetric_part.of(a_dot);
        const M v = [&] {
            if constexpr (std::is_same_v<M, Dense<S>>) return spectrum.resolved(moving).eigenvectors();
            else return eigenvectors_of(spectrum, symmetric_part.of(a));
        }();
        return diagonal(transposed_times(v, moving * v));
    }
    template <class S, class M>
    void pullback(const Spectrum<S>& spectrum, const M&, const M& w_bar, const M& a,
                  Adjoint<M>& a_bar) const {
        a_bar += symmetric_part.adjoint(adjoint(spectrum, w_bar, symmetric_part.of(a)));
    }

    /// The adjoint of a symmetric matrix. That of a function which is not symmetric in equal eigenvalues has no
    /// derivative: NaN.
    template <class S, class M>
    static M adjoint(const Spectrum<S>& spectrum, const M& w_bar, const M& a) {
        const M v = eigenvectors_of(spectrum, a);
        M a_bar = times_transposed(scaled_columns(v, w_bar), v);
        if constexpr (!std::is_same_v<M, Dense<S>>) {
            if (!symmetric_in_equals(spectrum, primal(w_bar))) {
                Dense<S> nan(a.rows(), a.cols());
                nan.fresh().setConstant(std::numeric_limits<S>::quiet_NaN());
                for (int k = 1; k < M::size; ++k) a_bar.part(k) += constant_matrix<typename M::Part>(nan);
            }
        }
        return a_bar;
    }

private:
    template <class S>
    static bool symmetric_in_equals(const Spectrum<S>& spectrum, const Dense<S>& w_bar) {
        if (spectrum.simple() || w_bar.is_zero()) return true;
        const auto bar = w_bar.map();
        const S allowed = std::sqrt(std::numeric_limits<S>::epsilon()) * bar.cwiseAbs().maxCoeff();
        for (Index i = 1; i < w_bar.rows(); ++i) {
            if (spectrum.coincide(i - 1, i) && !(std::abs(bar(i, 0) - bar(i - 1, 0)) <= allowed))
                return false;
        }
        return true;
    }
};

/// The singular values of a (m x n), descending: the largest eigenvalues of ((0, a'), (a, 0)), of which the others are
/// their negatives and zeros.
struct SingularValues {
    static constexpr const char* name = "singular_values";
    [[nodiscard]] Shape result_shape(const Shape& a) const { return {std::min(a.rows, a.cols), 1}; }
    template <class S>
    [[nodiscard]] auto prepare(const Dense<S>& a) const {
        return Spectrum<S>(symmetric_eigensystem(embedded(a)), std::abs(a.rows() - a.cols()));
    }
    template <class S>
    Dense<S> value(const Spectrum<S>& spectrum, const Dense<S>& a) const {
        return largest(spectrum.eigenvalues(), std::min(a.rows(), a.cols()));
    }
    template <class S, class M>
    M tangent(const Spectrum<S>& spectrum, const M& w, const M& a, const M& a_dot) const {
        return largest(SymmetricEigenvalues{}.tangent(spectrum, M(w), embedded(a), embedded(a_dot)),
                       std::min(a.rows(), a.cols()));
    }
    template <class S, class M>
    void pullback(const Spectrum<S>& spectrum, const M&, const M& w_bar, const M& a,
                  Adjoint<M>& a_bar) const {
        const Index m = a.rows(), n = a.cols();
        const M ascending = linear(w_bar, w_bar.rows(), 1, [](const auto& x) { return x.reverse(); });
        const M bar = placed(ascending, m + n, 1, m + n - w_bar.rows(), 0);
        const M whole = SymmetricEigenvalues::adjoint(spectrum, bar, symmetric_part.of(embedded(a)));
        a_bar += linear(whole, m, n, [m, n](const auto& x) { return 2 * x.bottomLeftCorner(m, n); });
    }

private:
    template <class M>
    static M largest(const M& w, Index count) {
        return linear(w, count, 1, [count](const auto& x) { return x.bottomRows(count).reverse(); });
    }
    // The lower triangle.
    template <class M>
    static M embedded(const M& a) {
        const Index m = a.rows(), n = a.cols();
        return placed(a, m + n, m + n, n, 0);
    }
};

}  // namespace hesse::engine
