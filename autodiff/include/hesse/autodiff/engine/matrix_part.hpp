#pragma once

#include "hesse/autodiff/engine/matrix_series.hpp"

/// What of a matrix is read: all of it, a triangle, or one triangle as a symmetric matrix.
namespace hesse::engine {

/// Named by Eigen's flags: 0 for all, Eigen::Lower, Upper, UnitLower, StrictlyUpper ..., and with Eigen::SelfAdjoint
/// the symmetric matrix of that triangle.
struct MatrixPart {
    unsigned flags = 0;

    /// The matrix that is meant by a. Its unit diagonal, if it has one, is constant.
    template <class M>
    [[nodiscard]] M of(const M& a) const {
        if (!has(Eigen::UnitDiag)) return without_ones(a);
        const Index n = std::min(a.rows(), a.cols());
        Dense<NumberPart<M>> ones(a.rows(), a.cols());
        ones.fresh().setIdentity();
        return n == 0 ? a : without_ones(a) + constant_matrix<M>(ones);
    }
    /// The linear part of that: what it makes of a tangent.
    template <class M>
    [[nodiscard]] M without_ones(const M& a) const {
        if (flags == 0) return a;
        return linear(a, a.rows(), a.cols(), [this](const auto& x) {
            using S = typename std::remove_cvref_t<decltype(x)>::Scalar;
            return x.NullaryExpr(x.rows(), x.cols(), [this, x](Index i, Index j) {
                if (holds(i, j)) return S(x(i, j));
                return has(Eigen::SelfAdjoint) ? S(x(j, i)) : S(0);
            });
        });
    }
    /// Calls visit(i, j, row, column) for each entry (i, j) that is read, at (row, column), of a matrix (rows x cols).
    template <class Visit>
    void for_each_read(Index rows, Index cols, const Visit& visit) const {
        for (Index j = 0; j < cols; ++j) {
            for (Index i = 0; i < rows; ++i) {
                if (flags == 0 || holds(i, j)) visit(i, j, i, j);
                else if (has(Eigen::SelfAdjoint)) visit(i, j, j, i);
            }
        }
    }
    /// The adjoint of a from that of the matrix meant: each entry that is read gets what flows to all its places.
    template <class M>
    [[nodiscard]] M adjoint(const M& bar) const {
        if (flags == 0) return bar;
        return linear(bar, bar.rows(), bar.cols(), [this](const auto& x) {
            using S = typename std::remove_cvref_t<decltype(x)>::Scalar;
            return x.NullaryExpr(x.rows(), x.cols(), [this, x](Index i, Index j) {
                if (!holds(i, j)) return S(0);
                return i != j && has(Eigen::SelfAdjoint) ? S(x(i, j) + x(j, i)) : S(x(i, j));
            });
        });
    }

private:
    [[nodiscard]] bool has(unsigned flag) const { return (flags & flag) != 0; }
    [[nodiscard]] bool holds(Index i, Index j) const {
        if (i == j) return !has(Eigen::UnitDiag | Eigen::ZeroDiag);
        return has(Eigen::Lower) ? i > j : i < j;
    }
};

inline constexpr MatrixPart symmetric_part{unsigned(Eigen::Lower) | unsigned(Eigen::SelfAdjoint)};
inline constexpr MatrixPart lower_part{Eigen::Lower};

}  // namespace hesse::engine
