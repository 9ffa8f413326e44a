#pragma once

#include "hesse/autodiff/engine/matrix_function.hpp"
#include "hesse/autodiff/engine/matrix_part.hpp"
#include "hesse/autodiff/matrix_functions.hpp"

/// Products of matrices that are more than gemm.
namespace hesse::engine {

/// y = p b, with p the triangular or symmetric matrix that is read from a.
/// p_bar = y_bar b',   b_bar += p' y_bar
struct PartProduct {
    static constexpr const char* name = "multiply";
    static constexpr bool linear_in_last = true;
    MatrixPart part;

    [[nodiscard]] Shape result_shape(const Shape& a, const Shape& b) const {
        if (a.rows != a.cols || a.cols != b.rows) throw_shapes(name, a.rows, a.cols, b.rows, b.cols);
        return b;
    }
    template <class M>
    M value(const Nothing&, const M& a, const M& b) const {
        return part.of(a) * b;
    }
    template <class M>
    void pullback(const Nothing&, const M&, const M& y_bar, const M& a, const M& b, Adjoint<M>& a_bar,
                  Adjoint<M>& b_bar) const {
        if (a_bar) a_bar += part.adjoint(times_transposed(y_bar, b));
        if (b_bar) b_bar += transposed_times(part.of(a), y_bar);
    }
};

/// The triangular or symmetric matrix itself.
struct DensePart {
    static constexpr const char* name = "triangular or symmetric part";
    MatrixPart part;

    [[nodiscard]] Shape result_shape(const Shape& a) const { return a; }
    void dependencies(EntryDependencies& of, const SlotArray& y, const SlotArray& a) const {
        part.for_each_read(a.rows, a.cols, [&](Index i, Index j, Index row, Index column) {
            of.linear(SlotArray::one(y.slot(i, j)), SlotArray::one(a.slot(row, column)));
        });
    }
    template <class M>
    M value(const Nothing&, const M& a) const {
        return part.of(a);
    }
    template <class M>
    void pullback(const Nothing&, const M&, const M& y_bar, const M&, Adjoint<M>& a_bar) const {
        a_bar += part.adjoint(y_bar);
    }
};

/// The square matrix with a vector on its diagonal.
struct DiagonalMatrix {
    static constexpr const char* name = "asDiagonal";
    [[nodiscard]] Shape result_shape(const Shape& x) const {
        if (x.cols != 1) throw_shapes(name, x.rows, x.cols, x.rows, 1);
        return {x.rows, x.rows};
    }
    void dependencies(EntryDependencies& of, const SlotArray& y, const SlotArray& x) const {
        for (Index i = 0; i < x.rows; ++i) of.linear(SlotArray::one(y.slot(i, i)), SlotArray::one(x.slot(i)));
    }
    template <class M>
    M value(const Nothing&, const M& x) const {
        return linear(x, x.rows(), x.rows(),
                      [](const auto& d) { return d.col(0).asDiagonal().toDenseMatrix(); });
    }
    template <class M>
    void pullback(const Nothing&, const M&, const M& y_bar, const M&, Adjoint<M>& x_bar) const {
        x_bar += diagonal(y_bar);
    }
};

/// y_j = x_j' a x_j for the columns of x.      x_bar += (a x + a' x) y_bar,   a_bar += (x y_bar) x'
struct QuadraticForm {
    static constexpr const char* name = "quadratic_form";
    [[nodiscard]] Shape result_shape(const Shape& x, const Shape& a) const {
        if (a.rows != a.cols || a.rows != x.rows) throw_shapes(name, x.rows, x.cols, a.rows, a.cols);
        return {1, x.cols};
    }
    template <class M>
    M value(const Nothing&, const M& x, const M& a) const {
        return column_sums(entrywise(x, a * x));
    }
    template <class M>
    void pullback(const Nothing&, const M&, const M& y_bar, const M& x, const M& a, Adjoint<M>& x_bar,
                  Adjoint<M>& a_bar) const {
        const M scaled = scaled_columns(x, transposed(y_bar));
        if (x_bar) x_bar += a * scaled + transposed_times(a, scaled);
        if (a_bar) a_bar += times_transposed(scaled, x);
    }
};

/// Block (i, j) of y is a_ij b.      a_bar_ij += <Y_bar_ij, b>,   b_bar += sum_ij a_ij Y_bar_ij
struct Kronecker {
    static constexpr const char* name = "kronecker";
    [[nodiscard]] Shape result_shape(const Shape& a, const Shape& b) const {
        return {a.rows * b.rows, a.cols * b.cols};
    }
    template <class M>
    M value(const Nothing&, const M& a, const M& b) const {
        return bilinear(a, b, a.rows() * b.rows(), a.cols() * b.cols(), [](const auto& x, const auto& z) {
            using S = typename std::remove_cvref_t<decltype(x)>::Scalar;
            const Index rows = z.rows(), cols = z.cols();
            return x.NullaryExpr(x.rows() * rows, x.cols() * cols, [x, z, rows, cols](Index i, Index j) {
                return S(x(i / rows, j / cols) * z(i % rows, j % cols));
            });
        });
    }
    template <class M>
    void pullback(const Nothing&, const M&, const M& y_bar, const M& a, const M& b, Adjoint<M>& a_bar,
                  Adjoint<M>& b_bar) const {
        if (a_bar) {
            a_bar += bilinear(y_bar, b, a.rows(), a.cols(), [](const auto& y, const auto& z) {
                using S = typename std::remove_cvref_t<decltype(y)>::Scalar;
                const Index rows = z.rows(), cols = z.cols();
                return y.NullaryExpr(y.rows() / rows, y.cols() / cols, [y, z, rows, cols](Index i, Index j) {
                    return S(y.block(i * rows, j * cols, rows, cols).cwiseProduct(z).sum());
                });
            });
        }
        if (b_bar) {
            const Index rows = b.rows(), cols = b.cols();
            b_bar += bilinear(y_bar, a, rows, cols, [rows, cols](const auto& y, const auto& x) {
                auto sum = x.Zero(rows, cols).eval();
                for (Index j = 0; j < x.cols(); ++j) {
                    for (Index i = 0; i < x.rows(); ++i)
                        sum += x(i, j) * y.block(i * rows, j * cols, rows, cols);
                }
                return sum;
            });
        }
    }
};

/// y = f(x) for a linear map that the user owns: a sparse matrix, a factorisation.      x_bar += f'(y_bar)
template <class S>
struct LinearMapFunction {
    static constexpr const char* name = "linear map";
    LinearMap<S> map;

    [[nodiscard]] Shape result_shape(const Shape& x) const {
        if (x.rows != map.cols) throw_shapes(map.name, map.rows, map.cols, x.rows, x.cols);
        return {map.rows, x.cols};
    }
    void dependencies(EntryDependencies& of, const SlotArray& y, const SlotArray& x) const {
        if (map.entries != nullptr) return depend_through_matrix(map.entries(map.object.get()), y, x, of);
        for (Index j = 0; j < x.cols; ++j) of.linear(y.column(j), x.column(j));
    }
    template <class M>
    M value(const Nothing&, const M& x) const {
        return run(x, map.apply, map.rows);
    }
    template <class M>
    M tangent(const Nothing&, const M&, const M&, const M& x_dot) const {
        return run(x_dot, map.apply, map.rows);
    }
    template <class M>
    void pullback(const Nothing&, const M&, const M& y_bar, const M&, Adjoint<M>& x_bar) const {
        x_bar += run(y_bar, map.apply_transposed, map.cols);
    }

private:
    template <class M>
    M run(const M& x, typename LinearMap<S>::Function function, Index rows) const {
        return linear(x, [&](const Dense<S>& from) {
            Dense<S> to(rows, from.cols());
            if (!from.is_zero()) function(map.object.get(), from.data(), from.cols(), to.fresh().data());
            return to;
        });
    }
};

}  // namespace hesse::engine
