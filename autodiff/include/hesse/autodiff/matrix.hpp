#pragma once

#include "hesse/autodiff/array.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace hesse {

template <class S>
struct ScalarWorld {
    using T = S;
    static constexpr bool active = false;
};
template <class Number>
struct ScalarWorld<Variable<Number>> {
    using T = Number;
    static constexpr bool active = true;
};

/// A rectangle of a matrix.
struct Rectangle {
    Index row, col, rows, cols;
};

template <class S>
class WritableBlock;
template <class S>
class WritableEntry;

/// A matrix that owns its entries, over plain numbers (Matrix<double>) or variables (Matrix<Var>): what a loss
/// declares to build an array part by part. Its scalar is that of the parameters:
/// `using S = typename std::decay_t<decltype(theta)>::Scalar; Matrix<S> H(4, 100);`
///
/// Copies are values of their own. Parts of a non-const matrix may be written: `H.col(t) = tanh(z)`,
/// `S.block(0, 0, 2, 2) += a`, `H(i, j) = x`. A write goes in place while no entry of it has been read, or
/// written by a recorded statement, since the matrix was made; otherwise the rest of the matrix is copied
/// first, so that what was read keeps its meaning.
template <class S>
class Matrix {
public:
    using T = typename ScalarWorld<S>::T;
    static constexpr bool active = ScalarWorld<S>::active;
    using Expression = ArrayView<T, active, Words::matrix>;
    using Scalar = S;

    Matrix() : Matrix(0, 0) {}
    explicit Matrix(Index size) : Matrix(size, 1) {}
    /// (rows x cols) zeros. Throws std::invalid_argument if a size is negative.
    Matrix(Index rows, Index cols) {
        if (rows < 0 || cols < 0) throw_shapes("Matrix", rows, cols, 0, 0);
        auto zeros = allocate_array<T>(rows, cols);
        std::fill_n(zeros.data, rows * cols, T(0));
        entries_ = zeros.operand;
        data_ = zeros.data;
        used_.assign(static_cast<std::size_t>(rows * cols), 0);
    }
    /// The entries of an expression, or of an Eigen array.
    template <ArrayLike X>
        requires(!std::same_as<std::remove_cvref_t<X>, Matrix> &&
                 (active || !std::remove_cvref_t<X>::Expression::active))
    Matrix(const X& x)  // NOLINT(google-explicit-constructor): as Eigen's matrices
        : entries_(x.expression().operand()), used_(static_cast<std::size_t>(entries_.size()), 1) {}
    template <EigenArray X>
    Matrix(const X& x) : Matrix(x.rows(), x.cols()) {  // NOLINT(google-explicit-constructor)
        Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>>(data_, rows(), cols()) =
            x.derived().matrix().template cast<T>();
    }

    Matrix(const Matrix& other) : entries_(other.entries_), used_(other.used_.size(), 1) {
        other.mark(other.all());
    }
    Matrix(Matrix&&) noexcept = default;
    Matrix& operator=(Matrix other) noexcept {
        entries_ = std::move(other.entries_);
        data_ = other.data_;
        used_ = std::move(other.used_);
        return *this;
    }
    ~Matrix() = default;

    [[nodiscard]] Index rows() const { return entries_.rows; }
    [[nodiscard]] Index cols() const { return entries_.cols; }
    [[nodiscard]] Index size() const { return entries_.size(); }

    /// All of it, to be read: what operators and functions of arrays take.
    [[nodiscard]] Expression expression() const { return read(all()); }

    // Parts to be read ...
    [[nodiscard]] Expression block(Index row, Index col, Index rows, Index cols) const {
        return read(checked({row, col, rows, cols}));
    }
    [[nodiscard]] Expression row(Index i) const { return block(i, 0, 1, cols()); }
    [[nodiscard]] Expression col(Index j) const { return block(0, j, rows(), 1); }
    [[nodiscard]] Expression topRows(Index n) const { return block(0, 0, n, cols()); }
    [[nodiscard]] Expression bottomRows(Index n) const { return block(rows() - n, 0, n, cols()); }
    [[nodiscard]] Expression leftCols(Index n) const { return block(0, 0, rows(), n); }
    [[nodiscard]] Expression rightCols(Index n) const { return block(0, cols() - n, rows(), n); }
    [[nodiscard]] Expression segment(Index first, Index n) const { return read(part(first, n)); }
    [[nodiscard]] Expression head(Index n) const { return segment(0, n); }
    [[nodiscard]] Expression tail(Index n) const { return segment(size() - n, n); }
    [[nodiscard]] S operator()(Index i, Index j) const { return block(i, j, 1, 1)(0); }
    [[nodiscard]] S operator()(Index i) const { return segment(i, 1)(0); }
    [[nodiscard]] S operator[](Index i) const { return (*this)(i); }

    // ... and to be written or read.
    WritableBlock<S> block(Index row, Index col, Index rows, Index cols) {
        return {*this, checked({row, col, rows, cols})};
    }
    WritableBlock<S> row(Index i) { return block(i, 0, 1, cols()); }
    WritableBlock<S> col(Index j) { return block(0, j, rows(), 1); }
    WritableBlock<S> topRows(Index n) { return block(0, 0, n, cols()); }
    WritableBlock<S> bottomRows(Index n) { return block(rows() - n, 0, n, cols()); }
    WritableBlock<S> leftCols(Index n) { return block(0, 0, rows(), n); }
    WritableBlock<S> rightCols(Index n) { return block(0, cols() - n, rows(), n); }
    WritableBlock<S> segment(Index first, Index n) { return {*this, part(first, n)}; }
    WritableBlock<S> head(Index n) { return segment(0, n); }
    WritableBlock<S> tail(Index n) { return segment(size() - n, n); }
    decltype(auto) operator()(Index i, Index j) { return entry(checked({i, j, 1, 1})); }
    decltype(auto) operator()(Index i) { return entry(part(i, 1)); }
    decltype(auto) operator[](Index i) { return (*this)(i); }

    [[nodiscard]] auto transpose() const { return expression().transpose(); }
    [[nodiscard]] auto array() const { return expression().array(); }
    [[nodiscard]] auto matrix() const { return expression(); }
    [[nodiscard]] auto colwise() const { return expression().colwise(); }
    [[nodiscard]] auto rowwise() const { return expression().rowwise(); }
    [[nodiscard]] auto reshaped(Index rows, Index cols) const { return expression().reshaped(rows, cols); }
    [[nodiscard]] S sum() const { return expression().sum(); }
    [[nodiscard]] S mean() const { return expression().mean(); }
    [[nodiscard]] S squaredNorm() const { return expression().squaredNorm(); }
    [[nodiscard]] S norm() const { return expression().norm(); }
    template <class Other>
    [[nodiscard]] auto dot(Other&& other) const {
        return expression().dot(std::forward<Other>(other));
    }
    template <class Other>
    [[nodiscard]] auto cwiseProduct(Other&& other) const {
        return expression().cwiseProduct(std::forward<Other>(other));
    }

    template <class X>
        requires(ArrayLike<X> || EigenArray<X>)
    Matrix& operator+=(X&& x) {
        return *this = Matrix(expression() + std::forward<X>(x));
    }
    template <class X>
        requires(ArrayLike<X> || EigenArray<X>)
    Matrix& operator-=(X&& x) {
        return *this = Matrix(expression() - std::forward<X>(x));
    }

    template <class X>
        requires(is_scalar_argument<X>)
    Matrix& operator*=(X&& x) {
        return *this = Matrix(expression() * std::forward<X>(x));
    }
    template <class X>
        requires(is_scalar_argument<X>)
    Matrix& operator/=(X&& x) {
        return *this = Matrix(expression() / std::forward<X>(x));
    }
    /// All entries become x.
    template <class X>
        requires(is_scalar_argument<X>)
    Matrix& setConstant(const X& x) {
        block(0, 0, rows(), cols()) = x;
        return *this;
    }
    Matrix& setZero() { return *this = Matrix(rows(), cols()); }

private:
    friend class WritableBlock<S>;
    friend class WritableEntry<S>;

    [[nodiscard]] Rectangle all() const { return {0, 0, rows(), cols()}; }
    [[nodiscard]] Rectangle checked(const Rectangle& r) const {
        if (r.row < 0 || r.col < 0 || r.rows < 0 || r.cols < 0 || r.row + r.rows > rows() ||
            r.col + r.cols > cols()) {
            throw_block(r.row, r.col, r.rows, r.cols, rows(), cols());
        }
        return r;
    }
    [[nodiscard]] Rectangle part(Index first, Index n) const {
        if (rows() != 1 && cols() != 1) throw_shapes("part of a vector", rows(), cols(), n, 1);
        return checked(cols() == 1 ? Rectangle{first, 0, n, 1} : Rectangle{0, first, 1, n});
    }

    // Of plain numbers a reference will do.
    decltype(auto) entry(const Rectangle& place) {
        if constexpr (active) {
            return WritableEntry<S>(*this, place);
        } else {
            prepare(place, nullptr);
            return data_[entries_.offset(place.row, place.col)];
        }
    }

    [[nodiscard]] ArrayOperand<T> operand(const Rectangle& r) const {
        return entries_.view(entries_.offset(r.row, r.col), r.rows, r.cols, entries_.inner, entries_.outer);
    }
    [[nodiscard]] Expression read(const Rectangle& r) const {
        mark(r);
        return Expression(operand(r));
    }

    // Which entries have been read, or written by a statement: those must not change any more.
    void mark(const Rectangle& r) const {
        for (Index j = r.col; j < r.col + r.cols; ++j) std::fill_n(used(r.row, j), r.rows, std::uint8_t{1});
    }
    [[nodiscard]] bool any_used(const Rectangle& r) const {
        for (Index j = r.col; j < r.col + r.cols; ++j) {
            if (std::find(used(r.row, j), used(r.row, j) + r.rows, 1) != used(r.row, j) + r.rows) return true;
        }
        return false;
    }
    [[nodiscard]] std::uint8_t* used(Index i, Index j) const { return used_.data() + (i + j * rows()); }

    // Makes the entries of `r` writable, on `tape` if there is one.
    void prepare(const Rectangle& r, Tape<T>* tape) {
        const bool moves = tape != nullptr && entries_.tape == nullptr;
        if (!moves && !any_used(r) && (entries_.tape != nullptr || data_ != nullptr)) return;
        Matrix fresh(rows(), cols());
        if (tape == nullptr) tape = entries_.tape;
        if (tape != nullptr) {
            fresh.entries_ = ArrayNodes<T>::zeros(*tape, rows(), cols());
            fresh.data_ = nullptr;
        }
        if (tape == nullptr) {
            fresh.copy_from(*this, all());
        } else {  // all but the rectangle itself, which one statement alone may write
            const Index below = r.row + r.rows, right = r.col + r.cols;
            fresh.copy_from(*this, {0, 0, rows(), r.col});
            fresh.copy_from(*this, {0, right, rows(), cols() - right});
            fresh.copy_from(*this, {0, r.col, r.row, r.cols});
            fresh.copy_from(*this, {below, r.col, rows() - below, r.cols});
        }
        *this = std::move(fresh);
    }
    void copy_from(const Matrix& other, const Rectangle& r) {
        if (r.rows * r.cols != 0) write(r, ArrayLeaf<T, active>{other.operand(r)});
    }

    // Writes a statement to entries that are ready for it.
    template <class Tree>
    void write(const Rectangle& r, const Tree& tree) {
        const auto statement = as_statement(tree);
        Tape<T>* tape = tape_of_array<T>(statement);
        const auto leaves = statement_leaves<T>(statement, tape);
        T* data = entries_.tape != nullptr ? entries_.tape->values() + entries_.slot : data_;
        ArrayStatements<T>::run_into(ElementwiseKernels<T, Statement<Tree>, true>::table, leaves, tape,
                                     operand(r), data + entries_.offset(r.row, r.col));
        if (tape != nullptr) mark(r);
    }

    template <class X>
    void assign(const Rectangle& r, X&& x) {
        const auto tree = as_array_operand<T, active, false>(std::forward<X>(x), entries_.tape);
        const auto [x_rows, x_cols] = shape_of(x);
        if (x_rows >= 0 && (x_rows != r.rows || x_cols != r.cols)) {
            throw_shapes("assignment to a block", r.rows, r.cols, x_rows, x_cols);
        }
        prepare(r, tape_of_array<T>(tree));
        if (r.rows * r.cols != 0) write(r, tree);
    }

    ArrayOperand<T> entries_;  // dense
    T* data_ = nullptr;        // where they may be written; none for a tape's and for shared ones
    mutable std::vector<std::uint8_t> used_;
};

template <class S>
using Vector = Matrix<S>;

template <class S>
inline constexpr bool is_operand<Matrix<S>> = true;

/// A part of a Matrix that may be assigned to. As an operand it is what the matrix holds when it is used.
template <class S>
class WritableBlock {
public:
    using T = typename Matrix<S>::T;
    using Expression = typename Matrix<S>::Expression;
    using Scalar = S;

    WritableBlock(Matrix<S>& matrix, const Rectangle& place) : matrix_(matrix), place_(place) {}
    WritableBlock(const WritableBlock&) = default;

    [[nodiscard]] Index rows() const { return place_.rows; }
    [[nodiscard]] Index cols() const { return place_.cols; }
    [[nodiscard]] Index size() const { return place_.rows * place_.cols; }
    [[nodiscard]] Expression expression() const { return matrix_.read(place_); }

    WritableBlock& operator=(const WritableBlock& other) { return *this = other.expression(); }
    /// Throws std::invalid_argument if the shapes differ. A scalar fills the block.
    template <class X>
        requires(ArrayArgument<X> && !std::same_as<std::remove_cvref_t<X>, WritableBlock>)
    WritableBlock& operator=(X&& x) {
        matrix_.assign(place_, std::forward<X>(x));
        return *this;
    }
    template <class X>
    WritableBlock& operator+=(X&& x) {
        return *this = apply<Add>(expression(), std::forward<X>(x));
    }
    template <class X>
    WritableBlock& operator-=(X&& x) {
        return *this = apply<Subtract>(expression(), std::forward<X>(x));
    }
    template <class X>
        requires(is_scalar_argument<X>)
    WritableBlock& operator*=(X&& x) {
        return *this = apply<Multiply>(expression(), std::forward<X>(x));
    }
    template <class X>
        requires(is_scalar_argument<X>)
    WritableBlock& operator/=(X&& x) {
        return *this = apply<Divide>(expression(), std::forward<X>(x));
    }
    template <class X>
        requires(is_scalar_argument<X>)
    WritableBlock& setConstant(const X& x) {
        return *this = x;
    }
    WritableBlock& setZero() { return *this = T(0); }

    [[nodiscard]] auto transpose() const { return expression().transpose(); }
    [[nodiscard]] auto array() const { return expression().array(); }
    [[nodiscard]] S sum() const { return expression().sum(); }
    [[nodiscard]] S squaredNorm() const { return expression().squaredNorm(); }
    [[nodiscard]] S norm() const { return expression().norm(); }
    template <class Other>
    [[nodiscard]] auto dot(Other&& other) const {
        return expression().dot(std::forward<Other>(other));
    }

private:
    Matrix<S>& matrix_;
    Rectangle place_;
};

template <class S>
inline constexpr bool is_operand<WritableBlock<S>> = true;

/// An entry of a Matrix of variables that may be assigned to; in an expression, the variable that it holds then.
/// It is a place and not a number: to keep what is there now, name its type, `S old = H(0, 0)`.
template <class S>
class WritableEntry {
public:
    using T = typename Matrix<S>::T;

    WritableEntry(Matrix<S>& matrix, const Rectangle& place) : matrix_(matrix), place_(place) {}
    WritableEntry(const WritableEntry&) = default;

    operator S() const { return matrix_.read(place_)(0); }  // NOLINT(google-explicit-constructor)

    WritableEntry& operator=(const WritableEntry& other) { return *this = static_cast<S>(other); }
    template <class X>
        requires(std::convertible_to<X, S> && !std::same_as<std::remove_cvref_t<X>, WritableEntry>)
    WritableEntry& operator=(const X& x) {
        matrix_.assign(place_, S(x));
        return *this;
    }
    template <class X>
    WritableEntry& operator+=(const X& x) {
        return *this = S(static_cast<S>(*this) + x);
    }
    template <class X>
    WritableEntry& operator-=(const X& x) {
        return *this = S(static_cast<S>(*this) - x);
    }
    template <class X>
    WritableEntry& operator*=(const X& x) {
        return *this = S(static_cast<S>(*this) * x);
    }
    template <class X>
    WritableEntry& operator/=(const X& x) {
        return *this = S(static_cast<S>(*this) / x);
    }

private:
    Matrix<S>& matrix_;
    Rectangle place_;
};

template <class S>
struct ScalarTraits<WritableEntry<S>> {
    static constexpr bool scalar = true;
    using Number = typename Matrix<S>::T;
};
template <class S>
inline constexpr bool is_operand<WritableEntry<S>> = true;
template <class T, class S>
VariableLeaf<T> as_operand(const WritableEntry<S>& entry) {
    return static_cast<S>(entry).leaf();
}
template <class S>
auto value_of(const WritableEntry<S>& entry) {
    return static_cast<S>(entry).value();
}

}  // namespace hesse
