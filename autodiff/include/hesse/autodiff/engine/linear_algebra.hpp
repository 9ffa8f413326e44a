#pragma once

#include "hesse/autodiff/engine/matrix_function.hpp"
#include "hesse/autodiff/matrix_functions.hpp"

#include <Eigen/LU>

#include <cmath>

namespace hesse {
namespace engine {

inline void require_square(const char* function, const Shape& a) {
    if (a.rows != a.cols) throw_shapes(function, a.rows, a.cols, a.cols, a.cols);
}

/// The factors of a square matrix: P A = L U.
template <class S>
class LuFactors {
public:
    explicit LuFactors(const Dense<S>& a) : lu_(a.entries()) {}
    [[nodiscard]] Dense<S> solve(const Dense<S>& b) const {
        return linear(b, b.rows(), b.cols(), [&](const auto& x) { return lu_.solve(x); });
    }
    [[nodiscard]] Dense<S> solve_transposed(const Dense<S>& b) const {
        const auto transposed = lu_.transpose();  // an expression of its solution refers to it
        return linear(b, b.rows(), b.cols(), [&](const auto& x) { return transposed.solve(x); });
    }
    [[nodiscard]] const auto& lu() const { return lu_; }

private:
    Eigen::PartialPivLU<Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>> lu_;
};

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
        for (int j = 1; j <= k; ++j) rest = rest - a.part(j) * x.part(k - j);
        x.part(k) = solve(factors, a.part(0), rest);
    }
    return x;
}
/// The same with the transpose of a.
template <class Factors>
struct Transposed {
    const Factors& factors;
    template <class S>
    Dense<S> solve(const Dense<S>& b) const {
        return factors.solve_transposed(b);
    }
};
template <class Factors, class M>
M solve_transposed(const Factors& factors, const M& a, const M& b) {
    return solve(Transposed<Factors>{factors}, transposed(a), b);
}

/// a x = b.      x_dot = a^-1 (b_dot - a_dot x),   b_bar += a^-T x_bar,  a_bar -= (a^-T x_bar) x'
struct Solve {
    static constexpr const char* name = "solve";
    [[nodiscard]] Shape result_shape(const Shape& a, const Shape& b) const {
        if (a.rows != a.cols || a.rows != b.rows) throw_shapes(name, a.rows, a.cols, b.rows, b.cols);
        return b;
    }
    template <class S>
    [[nodiscard]] auto prepare(const Dense<S>& a, const Dense<S>&) const {
        return LuFactors<S>(a);
    }
    template <class Kept, class S>
    Dense<S> value(const Kept& lu, const Dense<S>&, const Dense<S>& b) const {
        return lu.solve(b);
    }
    template <class Kept, class M>
    M tangent(const Kept& lu, const M& x, const M& a, const M&, const M& a_dot, const M& b_dot) const {
        return engine::solve(lu, a, M(b_dot - a_dot * x));
    }
    template <class Kept, class M>
    void pullback(const Kept& lu, const M& x, const M& x_bar, const M& a, const M&, Adjoint<M>& a_bar,
                  Adjoint<M>& b_bar) const {
        const M b_term = solve_transposed(lu, a, x_bar);
        b_bar += b_term;
        if (a_bar) a_bar += -(b_term * transposed(x));
    }
};

/// y = log |det a|.      y_dot = tr(a^-1 a_dot),   a_bar += y_bar a^-T
struct LogDeterminant {
    static constexpr const char* name = "log_determinant";
    [[nodiscard]] Shape result_shape(const Shape& a) const {
        require_square(name, a);
        return {1, 1};
    }
    template <class S>
    [[nodiscard]] auto prepare(const Dense<S>& a) const {
        return LuFactors<S>(a);
    }
    template <class Kept, class S>
    Dense<S> value(const Kept& factors, const Dense<S>& a) const {
        const auto& lu = factors.lu().matrixLU();
        S sum(0);
        for (Index i = 0; i < a.rows(); ++i) sum += std::log(std::abs(lu(i, i)));
        return number(sum);
    }
    template <class Kept, class M>
    M tangent(const Kept& lu, const M&, const M& a, const M& a_dot) const {
        return trace(engine::solve(lu, a, a_dot));
    }
    template <class Kept, class M>
    void pullback(const Kept& lu, const M&, const M& y_bar, const M& a, Adjoint<M>& a_bar) const {
        a_bar += solve_transposed(lu, a, scaled_identity(y_bar, a.rows()));
    }
};

}  // namespace engine

template <class T>
ArrayOperand<T> MatrixFunctions<T>::solve(const ArrayOperand<T>& a, const ArrayOperand<T>& b) {
    return engine::run_function<T>(engine::Solve{}, a, b);
}
template <class T>
ArrayOperand<T> MatrixFunctions<T>::log_determinant(const ArrayOperand<T>& a) {
    return engine::run_function<T>(engine::LogDeterminant{}, a);
}

}  // namespace hesse
