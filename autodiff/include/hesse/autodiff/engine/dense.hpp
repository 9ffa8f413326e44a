#pragma once

#include "hesse/autodiff/gemm.hpp"
#include "hesse/autodiff/memory.hpp"
#include "hesse/autodiff/rule.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <vector>

/// Matrices as matrix functions compute with them: the words here mean the same for plain matrices and, in
/// matrix_series.hpp, for matrices that carry derivatives, so that a function's value and pullback are written once.
namespace hesse::engine {

/// A matrix of plain numbers. Every word returns a new one. A matrix of zeros, such as the tangent of a constant,
/// may be stored as none at all, and then costs nothing.
template <class S>
class Dense {
public:
    using Scalar = S;
    using Map = Eigen::Map<Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>>;
    using ConstMap = Eigen::Map<const Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>>;

    Dense() = default;
    /// Zero.
    Dense(Index rows, Index cols) : rows_(rows), cols_(cols) {}
    template <class Derived>
    explicit Dense(const Eigen::MatrixBase<Derived>& entries) : rows_(entries.rows()), cols_(entries.cols()) {
        map() = entries;
    }

    [[nodiscard]] Index rows() const { return rows_; }
    [[nodiscard]] Index cols() const { return cols_; }
    [[nodiscard]] bool is_zero() const { return entries_.empty(); }

    /// The entries, to be written; from here on they are stored.
    Map map() {
        entries_.resize(static_cast<std::size_t>(rows_ * cols_));
        return Map(entries_.data(), rows_, cols_);
    }
    /// The entries of a matrix that is stored.
    [[nodiscard]] ConstMap map() const { return ConstMap(entries_.data(), rows_, cols_); }
    /// The entries of any.
    [[nodiscard]] Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic> entries() const {
        if (is_zero()) return Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>::Zero(rows_, cols_);
        return map();
    }

    friend Dense operator+(const Dense& a, const Dense& b) {
        if (a.is_zero()) return b;
        if (b.is_zero()) return a;
        return Dense(a.map() + b.map());
    }
    friend Dense operator-(const Dense& a, const Dense& b) {
        if (b.is_zero()) return a;
        return a.is_zero() ? -b : Dense(a.map() - b.map());
    }
    friend Dense operator-(const Dense& a) { return a.is_zero() ? a : Dense(-a.map()); }
    friend Dense operator*(S scale, const Dense& a) { return a.is_zero() ? a : Dense(scale * a.map()); }
    friend Dense operator*(const Dense& a, const Dense& b) {
        Dense c(a.rows_, b.cols_);
        if (a.is_zero() || b.is_zero()) return c;
        c.map();
        const auto leading = [](Index rows) { return std::max<Index>(rows, 1); };
        gemm<S>(Transpose::no, Transpose::no, a.rows_, b.cols_, a.cols_, S(1), a.entries_.data(),
                leading(a.rows_), b.entries_.data(), leading(b.rows_), S(0), c.entries_.data(),
                leading(c.rows_));
        return c;
    }
    Dense& operator+=(const Dense& b) {
        if (is_zero()) *this = b;
        else if (!b.is_zero()) map() += b.map();
        return *this;
    }

private:
    Index rows_ = 0, cols_ = 0;
    std::vector<S, AlignedAllocator<S>> entries_;
};

/// What a linear map `function` (from an Eigen matrix to one of (rows x cols)) makes of a matrix.
template <class S, class Function>
Dense<S> linear(const Dense<S>& a, Index rows, Index cols, const Function& function) {
    Dense<S> y(rows, cols);
    if (!a.is_zero()) y.map() = function(a.map());
    return y;
}
/// The same of a bilinear map.
template <class S, class Function>
Dense<S> bilinear(const Dense<S>& a, const Dense<S>& b, Index rows, Index cols, const Function& function) {
    Dense<S> y(rows, cols);
    if (!a.is_zero() && !b.is_zero()) y.map() = function(a.map(), b.map());
    return y;
}
/// Entry by entry, the elementary function of a rule.
template <class Rule, class S>
Dense<S> each(const Dense<S>& a) {
    return Dense<S>(a.entries().unaryExpr([](const S& x) { return apply<Rule>(x); }));
}

/// A number, as a (1 x 1) matrix.
template <class S>
Dense<S> number(const S& x) {
    Dense<S> y(1, 1);
    y.map()(0, 0) = x;
    return y;
}

/// The plain matrix that a matrix with derivatives is at the point.
template <class S>
const Dense<S>& primal(const Dense<S>& a) {
    return a;
}

}  // namespace hesse::engine
