#pragma once

#include "hesse/autodiff/array.hpp"

#include <exception>
#include <utility>

/// Parts of a Matrix that can be written.
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

template <class S>
class Matrix;
template <class S>
class WritableBlock;
template <class S>
class WritableEntry;
template <class S>
class WritableArray;
template <class S, Slices slices>
class WritablePartial;

template <class S>
inline constexpr bool is_operand<Matrix<S>> = true;
template <class S>
inline constexpr bool is_operand<WritableBlock<S>> = true;
template <class S>
inline constexpr bool is_operand<WritableArray<S>> = true;

/// The scalar of an owner of entries.
template <class Owner>
struct ScalarOfOwner;
template <template <class> class Owner, class S>
struct ScalarOfOwner<Owner<S>> {
    using type = S;
};

/// The words of arrays, for what owns entries or a part of them: they speak of its `expression()`, what it holds when
/// the word is said. Those that are not const give what can also be written.
template <class Owner>
class OwnerWords : public MatrixAndEntrywiseWords<Owner>,
                   public ArrayOperators<Owner>,
                   public BlockWords<Owner>,
                   public WholeArrayWords<Owner> {
    using S = typename ScalarOfOwner<Owner>::type;

public:
    [[nodiscard]] auto array() const { return read().array(); }
    [[nodiscard]] auto colwise(SourceLine line = SourceLine::here()) const { return read().colwise(line); }
    [[nodiscard]] auto rowwise(SourceLine line = SourceLine::here()) const { return read().rowwise(line); }
    [[nodiscard]] auto array(SourceLine line = SourceLine::here()) { return WritableArray<S>(all(line)); }
    [[nodiscard]] auto colwise(SourceLine line = SourceLine::here()) {
        return WritablePartial<S, Slices::by_column>(all(line));
    }
    [[nodiscard]] auto rowwise(SourceLine line = SourceLine::here()) {
        return WritablePartial<S, Slices::by_row>(all(line));
    }

    [[nodiscard]] auto eval() const { return read().eval(); }
    [[nodiscard]] auto matrix() const { return read(); }
    [[nodiscard]] auto transpose() const { return read().transpose(); }
    [[nodiscard]] auto reshaped(Index rows, Index cols, SourceLine line = SourceLine::here()) const {
        return read().reshaped(rows, cols, line);
    }
    [[nodiscard]] auto reshaped() const { return read().reshaped(); }
    [[nodiscard]] S sum(SourceLine line = SourceLine::here()) const { return read().sum(line); }
    [[nodiscard]] S mean(SourceLine line = SourceLine::here()) const { return read().mean(line); }
    [[nodiscard]] S squaredNorm(SourceLine line = SourceLine::here()) const {
        return read().squaredNorm(line);
    }
    [[nodiscard]] S norm(SourceLine line = SourceLine::here()) const { return read().norm(line); }
    [[nodiscard]] S maxCoeff(SourceLine line = SourceLine::here()) const { return read().maxCoeff(line); }
    [[nodiscard]] S minCoeff(SourceLine line = SourceLine::here()) const { return read().minCoeff(line); }
    template <class Other>
    [[nodiscard]] auto dot(Other&& other, SourceLine line = SourceLine::here()) const {
        return read().dot(std::forward<Other>(other), line);
    }

private:
    [[nodiscard]] auto read() const { return static_cast<const Owner&>(*this).expression(); }
    [[nodiscard]] WritableBlock<S> all(SourceLine line) {
        auto& owner = static_cast<Owner&>(*this);
        return owner.part({0, 0, owner.rows(), owner.cols()}, line);
    }
};

/// A part of a Matrix that may be assigned to. As an operand it is what the matrix holds when it is used.
template <class S>
class WritableBlock : public OwnerWords<WritableBlock<S>> {
public:
    using T = typename ScalarWorld<S>::T;
    using Expression = ArrayView<T, ScalarWorld<S>::active, Words::matrix>;
    using Scalar = S;

    WritableBlock(Matrix<S>& matrix, const Rectangle& place) : matrix_(matrix), place_(place) {}
    WritableBlock(const WritableBlock&) = default;

    [[nodiscard]] Index rows() const { return place_.rows; }
    [[nodiscard]] Index cols() const { return place_.cols; }
    [[nodiscard]] Index size() const { return place_.rows * place_.cols; }
    [[nodiscard]] Expression expression() const { return matrix_.read(place_); }

    /// A part of the part.
    [[nodiscard]] WritableBlock part(const Rectangle& r, SourceLine line) const {
        note(line);
        this->checked(r, line);
        return {matrix_, {place_.row + r.row, place_.col + r.col, r.rows, r.cols}};
    }
    [[nodiscard]] decltype(auto) operator()(Index i, Index j, SourceLine line = SourceLine::here()) const {
        this->checked({i, j, 1, 1}, line);
        return matrix_(place_.row + i, place_.col + j, line);
    }
    [[nodiscard]] decltype(auto) operator()(Index i, SourceLine line = SourceLine::here()) const {
        const Rectangle r = this->of_vector(i, 1, line);
        return (*this)(r.row, r.col, line);
    }
    [[nodiscard]] decltype(auto) operator[](IndexAt i) const { return (*this)(i.index, i.line); }

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

private:
    Matrix<S>& matrix_;
    Rectangle place_;
};

/// A part of a Matrix in array words, `M.array() += 1`. As an operand it is what the part held when it was named.
template <class S>
class WritableArray : public ArrayView<typename ScalarWorld<S>::T, ScalarWorld<S>::active, Words::array> {
    using Base = ArrayView<typename ScalarWorld<S>::T, ScalarWorld<S>::active, Words::array>;

public:
    explicit WritableArray(const WritableBlock<S>& block)
        : Base(block.expression().operand()), block_(block) {}
    WritableArray(const WritableArray&) = default;

    WritableArray& operator=(const WritableArray& other) { return *this = static_cast<const Base&>(other); }
    template <ArrayArgument X>
        requires(!std::same_as<std::remove_cvref_t<X>, WritableArray>)
    WritableArray& operator=(X&& x) {
        block_ = std::forward<X>(x);
        return *this;
    }
    template <ArrayArgument X>
    WritableArray& operator+=(X&& x) {
        return *this = apply<Add>(block_.expression(), std::forward<X>(x));
    }
    template <ArrayArgument X>
    WritableArray& operator-=(X&& x) {
        return *this = apply<Subtract>(block_.expression(), std::forward<X>(x));
    }
    template <ArrayArgument X>
    WritableArray& operator*=(X&& x) {
        return *this = apply<Multiply>(block_.expression(), std::forward<X>(x));
    }
    template <ArrayArgument X>
    WritableArray& operator/=(X&& x) {
        return *this = apply<Divide>(block_.expression(), std::forward<X>(x));
    }

private:
    WritableBlock<S> block_;
};

/// The columns or rows of a part of a Matrix, `M.colwise() += v`. As an operand it is what they held when named.
template <class S, Slices slices>
class WritablePartial : public Partial<typename WritableBlock<S>::Expression, slices> {
    using Base = Partial<typename WritableBlock<S>::Expression, slices>;

public:
    explicit WritablePartial(const WritableBlock<S>& block) : Base(block.expression()), block_(block) {}

    template <class V>
    WritablePartial& operator+=(V&& vector) {
        block_ = now() + std::forward<V>(vector);
        return *this;
    }
    template <class V>
    WritablePartial& operator-=(V&& vector) {
        block_ = now() - std::forward<V>(vector);
        return *this;
    }
    template <class V>
    WritablePartial& operator*=(V&& vector) {
        block_ = now() * std::forward<V>(vector);
        return *this;
    }
    template <class V>
    WritablePartial& operator/=(V&& vector) {
        block_ = now() / std::forward<V>(vector);
        return *this;
    }

private:
    [[nodiscard]] Base now() const { return Base(block_.expression()); }
    WritableBlock<S> block_;
};

/// What follows `M << a`: puts blocks beside each other while there are columns left, then below.
template <class S>
class CommaInitializer {
public:
    explicit CommaInitializer(Matrix<S>& matrix) : matrix_(matrix) {}
    CommaInitializer(CommaInitializer&& other) noexcept
        : matrix_(other.matrix_), next_(other.next_), moved_(std::exchange(other.moved_, true)) {}
    CommaInitializer& operator=(CommaInitializer&&) = delete;
    /// Throws std::invalid_argument if entries are left.
    ~CommaInitializer() noexcept(false) {
        if (moved_ || std::uncaught_exceptions() != 0) return;
        if (next_.row + next_.rows != matrix_.rows() || next_.col != matrix_.cols()) {
            throw_shapes("comma initializer", matrix_.rows(), matrix_.cols(), next_.row + next_.rows,
                         next_.col);
        }
    }

    template <ArrayArgument X>
    CommaInitializer& operator,(X&& x) {
        append(std::forward<X>(x));
        return *this;
    }
    template <class X>
    void append(X&& x) {
        auto [rows, cols] = shape_of(x);
        if (rows < 0) rows = cols = 1;  // a scalar
        if (next_.col == matrix_.cols() && rows != 0) next_ = {next_.row + next_.rows, 0, 0, 0};
        if (next_.col == 0) next_.rows = rows;
        if (rows != next_.rows || next_.col + cols > matrix_.cols() || next_.row + rows > matrix_.rows()) {
            throw_shapes("comma initializer", matrix_.rows(), matrix_.cols(), next_.row + rows,
                         next_.col + cols);
        }
        matrix_.assign({next_.row, next_.col, rows, cols}, std::forward<X>(x));
        next_.col += cols;
    }

private:
    Matrix<S>& matrix_;
    Rectangle next_{0, 0, 0, 0};  // where the next block begins, and the height of those before it in its row
    bool moved_ = false;
};

/// An entry of a Matrix of variables that may be assigned to; in an expression, the variable that it holds then.
/// It is a place and not a number: to keep what is there now, name its type, `S old = H(0, 0)`.
template <class S>
class WritableEntry {
public:
    using T = typename ScalarWorld<S>::T;

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
    using Number = typename ScalarWorld<S>::T;
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
