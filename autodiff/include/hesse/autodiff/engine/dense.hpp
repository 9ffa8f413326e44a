#pragma once

#include "hesse/autodiff/gemm.hpp"
#include "hesse/autodiff/memory.hpp"
#include "hesse/autodiff/rule.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <memory>

/// Matrices as matrix functions compute with them: the words here mean the same for plain matrices and, in
/// matrix_series.hpp, for matrices that carry derivatives, so that a function's value and pullback are written once.
namespace hesse::engine {

/// A matrix of plain numbers, column by column. Every word returns a new one; copies share their entries. A matrix of
/// zeros, such as the tangent of a constant, is stored as none at all, and costs nothing.
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
    explicit Dense(const Eigen::MatrixBase<Derived>& entries) : Dense(entries.rows(), entries.cols()) {
        fresh() = entries;
    }
    /// Entries that live elsewhere, for as long as this and its copies do.
    static Dense view(const S* entries, Index rows, Index cols) {
        Dense y(rows, cols);
        y.entries_ = entries;
        return y;
    }

    [[nodiscard]] Index rows() const { return rows_; }
    [[nodiscard]] Index cols() const { return cols_; }
    [[nodiscard]] bool is_zero() const { return entries_ == nullptr; }

    /// New entries, not initialised, to be written before anything else is done with them.
    Map fresh() {
        owned_ = std::make_shared_for_overwrite<S[]>(static_cast<std::size_t>(rows_ * cols_));
        entries_ = owned_.get();
        return Map(owned_.get(), rows_, cols_);
    }
    /// The entries of a matrix that is stored.
    [[nodiscard]] ConstMap map() const { return ConstMap(entries_, rows_, cols_); }
    [[nodiscard]] const S* data() const { return entries_; }
    /// The same matrix with its entries stored, be they zero.
    [[nodiscard]] Dense stored() const {
        Dense y = *this;
        if (is_zero()) y.fresh().setZero();
        return y;
    }
    /// The same matrix in memory that nobody else owns: what `prepare` may keep.
    [[nodiscard]] Dense kept() const { return Dense(stored().map()); }

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
        return product(Transpose::no, a, Transpose::no, b);
    }
    Dense& operator+=(const Dense& b) {
        if (is_zero()) return *this = b;
        if (b.is_zero()) return *this;
        if (owned_.use_count() != 1) return *this = *this + b;
        Map(owned_.get(), rows_, cols_) += b.map();
        return *this;
    }

    /// op(a) op(b).
    static Dense product(Transpose a_op, const Dense& a, Transpose b_op, const Dense& b) {
        const bool flip_a = a_op == Transpose::yes, flip_b = b_op == Transpose::yes;
        Dense c(flip_a ? a.cols_ : a.rows_, flip_b ? b.rows_ : b.cols_);
        if (a.is_zero() || b.is_zero()) return c;
        const auto leading = [](Index rows) { return std::max<Index>(rows, 1); };
        S* entries = c.fresh().data();
        gemm<S>(a_op, b_op, c.rows_, c.cols_, flip_a ? a.rows_ : a.cols_, S(1), a.entries_, leading(a.rows_),
                b.entries_, leading(b.rows_), S(0), entries, leading(c.rows_));
        return c;
    }

private:
    Index rows_ = 0, cols_ = 0;
    std::shared_ptr<S[]> owned_;
    const S* entries_ = nullptr;
};

/// What a linear map `function` (from an Eigen matrix to one of (rows x cols)) makes of a matrix.
template <class S, class Function>
Dense<S> linear(const Dense<S>& a, Index rows, Index cols, const Function& function) {
    Dense<S> y(rows, cols);
    if (!a.is_zero()) y.fresh() = function(a.map());
    return y;
}
/// The same of a bilinear map.
template <class S, class Function>
Dense<S> bilinear(const Dense<S>& a, const Dense<S>& b, Index rows, Index cols, const Function& function) {
    Dense<S> y(rows, cols);
    if (!a.is_zero() && !b.is_zero()) y.fresh() = function(a.map(), b.map());
    return y;
}
/// The same of one that is stated on matrices of this kind.
template <class S, class Function>
Dense<S> linear(const Dense<S>& a, const Function& function) {
    return function(a);
}
template <class S, class Function>
Dense<S> bilinear(const Dense<S>& a, const Dense<S>& b, const Function& function) {
    return function(a, b);
}
/// Entry by entry, the elementary function of a rule.
template <class Rule, class S>
Dense<S> each(const Dense<S>& a) {
    return Dense<S>(a.stored().map().unaryExpr([](const S& x) { return apply<Rule>(x); }));
}

/// A number, as a (1 x 1) matrix.
template <class S>
Dense<S> number(const S& x) {
    Dense<S> y(1, 1);
    y.fresh()(0, 0) = x;
    return y;
}

/// The plain matrix that a matrix with derivatives is at the point.
template <class S>
const Dense<S>& primal(const Dense<S>& a) {
    return a;
}

}  // namespace hesse::engine
