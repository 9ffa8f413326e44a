#pragma once

#include "hesse/autodiff/array.hpp"
#include "hesse/autodiff/matrix_parts.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace hesse {

/// A matrix that owns its entries, over plain numbers (Matrix<double>) or variables (Matrix<Var>): what a loss
/// declares to build an array part by part. Its scalar is that of the parameters:
/// `using S = typename std::decay_t<decltype(theta)>::Scalar; Matrix<S> H(4, 100);`
///
/// Copies are values of their own. Parts of a non-const matrix may be written: `H.col(t) = tanh(z)`,
/// `S.block(0, 0, 2, 2) += a`, `H(i, j) = x`. A write goes in place while no entry of it has been read, or
/// written by a recorded statement, since the matrix was made; otherwise the rest of the matrix is copied
/// first, so that what was read keeps its meaning.
template <class S>
class Matrix : public OwnerWords<Matrix<S>> {
public:
    using T = typename ScalarWorld<S>::T;
    static constexpr bool active = ScalarWorld<S>::active;
    using Expression = ArrayView<T, active, Words::matrix>;
    using Scalar = S;

    Matrix() : Matrix(0, 0) {}
    explicit Matrix(Index size, SourceLine line = SourceLine::here()) : Matrix(size, 1, line) {}
    /// (rows x cols) zeros. Throws std::invalid_argument if a size is negative.
    Matrix(Index rows, Index cols, SourceLine line = SourceLine::here()) {
        note(line);
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
    template <EigenVariables X>
        requires active
    Matrix(const X& x)  // NOLINT(google-explicit-constructor)
        : entries_(collected_operand<T>(x)), used_(static_cast<std::size_t>(entries_.size()), 1) {}
    template <EigenArray X>
        requires(!EigenVariables<X>)
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

    /// A part to be read, and one to be written or read: see BlockWords for their names.
    [[nodiscard]] Expression part(const Rectangle& r, SourceLine line) const {
        return read(this->checked(r, line));
    }
    WritableBlock<S> part(const Rectangle& r, SourceLine line) {
        note(line);  // also for what is assigned to it
        return {*this, this->checked(r, line)};
    }

    [[nodiscard]] S operator()(Index i, Index j, SourceLine line = SourceLine::here()) const {
        return part({i, j, 1, 1}, line)(0);
    }
    [[nodiscard]] S operator()(Index i, SourceLine line = SourceLine::here()) const {
        return part(this->of_vector(i, 1, line), line)(0);
    }
    [[nodiscard]] S operator[](IndexAt i) const { return (*this)(i.index, i.line); }
    decltype(auto) operator()(Index i, Index j, SourceLine line = SourceLine::here()) {
        return entry(this->checked({i, j, 1, 1}, line));
    }
    decltype(auto) operator()(Index i, SourceLine line = SourceLine::here()) {
        return entry(this->checked(this->of_vector(i, 1, line), line));
    }
    decltype(auto) operator[](IndexAt i) { return (*this)(i.index, i.line); }

    /// Eigen's comma initialiser: `M << a, b, c;` fills the matrix with blocks and scalars, row of blocks by row of
    /// blocks. Throws std::invalid_argument if they do not fill it exactly.
    template <ArrayArgument X>
    CommaInitializer<S> operator<<(X&& x) {
        CommaInitializer<S> rest(*this);
        rest.append(std::forward<X>(x));
        return rest;
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
        assign(all(), x);
        return *this;
    }
    Matrix& setZero() { return *this = Matrix(rows(), cols()); }

private:
    friend class WritableBlock<S>;
    friend class WritableEntry<S>;
    friend class CommaInitializer<S>;

    [[nodiscard]] Rectangle all() const { return {0, 0, rows(), cols()}; }
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

}  // namespace hesse
