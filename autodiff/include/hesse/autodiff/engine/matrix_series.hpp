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

template <class M, int order, class Function>
MatrixSeries<M, order> linear(const MatrixSeries<M, order>& a, Index rows, Index cols,
                              const Function& function) {
    return MatrixSeries<M, order>::of_parts([&](int k) { return linear(a.part(k), rows, cols, function); });
}
template <class M, int order, class Function>
MatrixSeries<M, order> bilinear(const MatrixSeries<M, order>& a, const MatrixSeries<M, order>& b, Index rows,
                                Index cols, const Function& function) {
    return MatrixSeries<M, order>::convolved(
        a, b, [&](const M& x, const M& y) { return bilinear(x, y, rows, cols, function); });
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
        auto entries = y.map();
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

// ------------------------------------------------------------------------------------------ linear words

template <class M>
M transposed(const M& a) {
    return linear(a, a.cols(), a.rows(), [](const auto& x) { return x.transpose(); });
}
/// The sum of the diagonal, (1 x 1).
template <class M>
M trace(const M& a) {
    return linear(a, 1, 1, [](const auto& x) { return x.diagonal().sum() * x.Identity(1, 1); });
}
/// The (1 x 1) matrix `factor` times the identity (n x n).
template <class M>
M scaled_identity(const M& factor, Index n) {
    return linear(factor, n, n, [n](const auto& x) { return x(0, 0) * x.Identity(n, n); });
}

}  // namespace hesse::engine
