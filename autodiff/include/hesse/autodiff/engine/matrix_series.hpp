#pragma once

#include "hesse/autodiff/dual.hpp"
#include "hesse/autodiff/engine/dense.hpp"
#include "hesse/autodiff/taylor.hpp"

#include <array>

/// Matrices that carry derivatives along a direction, as truncated series: what duals and Taylor numbers are to
/// numbers.
namespace hesse::engine {

/// part(0) + part(1) t + ... + part(order) t^order, where the parts are matrices, plain or series themselves.
template <class M, int order>
class MatrixSeries {
public:
    using Part = M;
    static constexpr int size = order + 1;

    MatrixSeries() = default;
    MatrixSeries(Index rows, Index cols) { parts_.fill(M(rows, cols)); }
    /// Of order one.
    MatrixSeries(M value, M tangent)
        requires(order == 1)
        : parts_{std::move(value), std::move(tangent)} {}

    [[nodiscard]] Index rows() const { return parts_[0].rows(); }
    [[nodiscard]] Index cols() const { return parts_[0].cols(); }
    M& part(int k) { return parts_[static_cast<std::size_t>(k)]; }
    [[nodiscard]] const M& part(int k) const { return parts_[static_cast<std::size_t>(k)]; }

    friend MatrixSeries operator+(const MatrixSeries& a, const MatrixSeries& b) {
        return of_parts([&](int k) { return a.part(k) + b.part(k); });
    }
    friend MatrixSeries operator-(const MatrixSeries& a, const MatrixSeries& b) {
        return of_parts([&](int k) { return a.part(k) - b.part(k); });
    }
    friend MatrixSeries operator-(const MatrixSeries& a) {
        return of_parts([&](int k) { return -a.part(k); });
    }
    template <Arithmetic S>
    friend MatrixSeries operator*(S scale, const MatrixSeries& a) {
        return of_parts([&](int k) { return scale * a.part(k); });
    }
    friend MatrixSeries operator*(const MatrixSeries& a, const MatrixSeries& b) {
        return convolved(a, b, [](const M& x, const M& y) { return x * y; });
    }
    /// A constant matrix times one with derivatives.
    template <Arithmetic S>
    friend MatrixSeries operator*(const Dense<S>& constant, const MatrixSeries& a) {
        return of_parts([&](int k) { return constant * a.part(k); });
    }
    MatrixSeries& operator+=(const MatrixSeries& b) {
        for (int k = 0; k <= order; ++k) part(k) += b.part(k);
        return *this;
    }

    /// The series whose k-th part is function(k).
    template <class Function>
    static MatrixSeries of_parts(const Function& function) {
        MatrixSeries y;
        for (int k = 0; k <= order; ++k) y.part(k) = function(k);
        return y;
    }
    /// A product of any kind.
    template <class Function>
    static MatrixSeries convolved(const MatrixSeries& a, const MatrixSeries& b, const Function& function) {
        return of_parts([&](int k) {
            M sum = function(a.part(0), b.part(k));
            for (int j = 1; j <= k; ++j) sum += function(a.part(j), b.part(k - j));
            return sum;
        });
    }

private:
    std::array<M, std::size_t{size}> parts_;
};

template <class M, int order, class... How>
MatrixSeries<M, order> linear(const MatrixSeries<M, order>& a, const How&... how) {
    return MatrixSeries<M, order>::of_parts([&](int k) { return linear(a.part(k), how...); });
}
template <class M, int order, class... How>
MatrixSeries<M, order> bilinear(const MatrixSeries<M, order>& a, const MatrixSeries<M, order>& b,
                                const How&... how) {
    return MatrixSeries<M, order>::convolved(a, b,
                                             [&](const M& x, const M& y) { return bilinear(x, y, how...); });
}
template <class M, int order>
decltype(auto) primal(const MatrixSeries<M, order>& a) {
    return primal(a.part(0));
}

// -------------------------------------------------------------------- between matrices and arrays of numbers

/// The matrices over a number: plain ones over double, series over duals and Taylor numbers.
template <class T>
struct MatrixOver {
    using type = Dense<T>;
};
template <class T>
struct MatrixOver<Dual<T>> {
    using type = MatrixSeries<typename MatrixOver<T>::type, 1>;
};
template <class T, int order>
struct MatrixOver<Taylor<T, order>> {
    using type = MatrixSeries<Dense<T>, order>;
};
template <class T>
using MatrixOf = typename MatrixOver<T>::type;

/// The matrix whose entries are at(i, j).
template <class T, class Entry>
MatrixOf<T> matrix_of(Index rows, Index cols, const Entry& at) {
    if constexpr (std::is_floating_point_v<T>) {
        Dense<T> y(rows, cols);
        auto entries = y.fresh();
        for (Index j = 0; j < cols; ++j) {
            for (Index i = 0; i < rows; ++i) entries(i, j) = at(i, j);
        }
        return y;
    } else if constexpr (is_dual<T>) {
        using S = typename T::Value;
        return {matrix_of<S>(rows, cols, [&](Index i, Index j) -> S { return at(i, j).value; }),
                matrix_of<S>(rows, cols, [&](Index i, Index j) -> S { return at(i, j).tangent; })};
    } else {
        using S = ScalarOf<T>;
        return MatrixOf<T>::of_parts([&](int k) {
            return matrix_of<S>(rows, cols, [&](Index i, Index j) -> S { return at(i, j)[k]; });
        });
    }
}

/// The number of which a matrix is one.
template <class M>
struct NumberOfMatrix {
    using type = typename M::Scalar;
};
template <class M, int order>
struct NumberOfMatrix<MatrixSeries<M, order>> {
    using type = Taylor<typename NumberOfMatrix<M>::type, order>;
};
template <class M>
struct NumberOfMatrix<MatrixSeries<M, 1>> {
    using type = Dual<typename NumberOfMatrix<M>::type>;
};
template <class M>
using NumberIn = typename NumberOfMatrix<M>::type;
/// double or float, whatever derivatives a matrix carries.
template <class M>
using NumberPart = ScalarOf<NumberIn<M>>;

/// Entry (i, j) as a number of type T.
template <class T, class M>
T entry(const M& a, Index i, Index j) {
    if constexpr (std::is_floating_point_v<T>) {
        return a.is_zero() ? T(0) : T(a.map()(i, j));
    } else if constexpr (is_dual<T>) {
        using S = typename T::Value;
        return T(entry<S>(a.part(0), i, j), entry<S>(a.part(1), i, j));
    } else {
        T y;
        for (int k = 0; k < T::size; ++k) y[k] = entry<ScalarOf<T>>(a.part(k), i, j);
        return y;
    }
}

/// Entry by entry, the elementary function of a rule.
template <class Rule, class M, int order>
MatrixSeries<M, order> each(const MatrixSeries<M, order>& a) {
    using T = NumberIn<MatrixSeries<M, order>>;
    return matrix_of<T>(a.rows(), a.cols(), [&](Index i, Index j) { return apply<Rule>(entry<T>(a, i, j)); });
}

// ------------------------------------------------------------------------------------------ more words

/// A matrix without derivatives, among those that have some.
template <class M>
M constant_matrix(const Dense<NumberPart<M>>& x) {
    if constexpr (std::is_same_v<M, Dense<NumberPart<M>>>) {
        return x;
    } else {
        M y(x.rows(), x.cols());
        y.part(0) = constant_matrix<typename M::Part>(x);
        return y;
    }
}

template <class M>
M transposed(const M& a) {
    return linear(a, a.cols(), a.rows(), [](const auto& x) { return x.transpose(); });
}
/// a b'.
template <class M>
M times_transposed(const M& a, const M& b) {
    return bilinear(a, b, [](const auto& x, const auto& y) {
        return std::remove_cvref_t<decltype(x)>::product(Transpose::no, x, Transpose::yes, y);
    });
}
/// a' b.
template <class M>
M transposed_times(const M& a, const M& b) {
    return bilinear(a, b, [](const auto& x, const auto& y) {
        return std::remove_cvref_t<decltype(x)>::product(Transpose::yes, x, Transpose::no, y);
    });
}
/// The product entry by entry.
template <class M>
M entrywise(const M& a, const M& b) {
    return bilinear(a, b, a.rows(), a.cols(), [](const auto& x, const auto& y) { return x.cwiseProduct(y); });
}
/// The sum of the diagonal, (1 x 1).
template <class M>
M trace(const M& a) {
    return linear(a, 1, 1, [](const auto& x) { return x.Constant(1, 1, x.diagonal().sum()); });
}
/// tr(a b), (1 x 1), without the product.
template <class M>
M trace_of_product(const M& a, const M& b) {
    return bilinear(a, b, 1, 1, [](const auto& x, const auto& y) {
        return x.Constant(1, 1, x.cwiseProduct(y.transpose()).sum());
    });
}
/// The (1 x 1) matrix `factor` times a.
template <class M>
M scaled(const M& factor, const M& a) {
    return bilinear(factor, a, a.rows(), a.cols(), [](const auto& x, const auto& y) { return x(0, 0) * y; });
}
/// The (1 x 1) matrix `factor` times the identity (n x n).
template <class M>
M scaled_identity(const M& factor, Index n) {
    return linear(factor, n, n, [n](const auto& x) { return x(0, 0) * x.Identity(n, n); });
}
/// The diagonal, as a column.
template <class M>
M diagonal(const M& a) {
    return linear(a, std::min(a.rows(), a.cols()), 1, [](const auto& x) { return x.diagonal(); });
}
/// a with its columns multiplied by the numbers of a column.
template <class M>
M scaled_columns(const M& a, const M& column) {
    return bilinear(a, column, a.rows(), a.cols(),
                    [](const auto& x, const auto& d) { return x * d.col(0).asDiagonal(); });
}
/// a as the block at (row, col) of a matrix (rows x cols) that is zero elsewhere.
template <class M>
M placed(const M& a, Index rows, Index cols, Index row, Index col) {
    return linear(a, [&](const auto& x) {
        std::remove_cvref_t<decltype(x)> y(rows, cols);
        if (x.is_zero()) return y;
        auto entries = y.fresh();
        entries.setZero();
        entries.block(row, col, x.rows(), x.cols()) = x.map();
        return y;
    });
}
/// The sums of columns, (1 x cols).
template <class M>
M column_sums(const M& a) {
    return linear(a, 1, a.cols(), [](const auto& x) { return x.colwise().sum(); });
}

}  // namespace hesse::engine
