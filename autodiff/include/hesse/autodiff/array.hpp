#pragma once

#include "hesse/autodiff/array_kinds.hpp"
#include "hesse/autodiff/array_nodes.hpp"
#include "hesse/autodiff/array_operand.hpp"
#include "hesse/autodiff/array_operators.hpp"
#include "hesse/autodiff/array_words.hpp"
#include "hesse/autodiff/block_words.hpp"
#include "hesse/autodiff/elementwise.hpp"
#include "hesse/autodiff/matrix_words.hpp"
#include "hesse/autodiff/source_line.hpp"
#include "hesse/autodiff/variable.hpp"
#include "hesse/autodiff/whole_array_words.hpp"

#include <Eigen/Core>

#include <concepts>
#include <optional>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

namespace hesse {

template <class T, class Tree>
ArrayOperand<T> evaluate_array(const Tree& tree, Index rows, Index cols);
template <class T, class Tree>
ScalarResult<T> evaluate_sum(const Tree& tree, Index rows, Index cols);

/// An array of the library, or an elementwise expression of arrays that is evaluated when it is needed:
/// assigned, reduced, multiplied, looked at. It speaks Eigen's words. The same type serves both worlds: over
/// plain numbers, and over variables, where evaluating records one statement.
///
/// Expressions hold handles, never references to temporaries: `auto` is safe. A named expression that is used
/// is evaluated once, and its entries are used from then on.
template <class Tree, Words words>
class ArrayExpression
    : public std::conditional_t<words == Words::array, ArrayWords<ArrayExpression<Tree, words>>,
                                MatrixAndEntrywiseWords<ArrayExpression<Tree, words>>>,
      public ArrayOperators<ArrayExpression<Tree, words>>,
      public BlockWords<ArrayExpression<Tree, words>>,
      public WholeArrayWords<ArrayExpression<Tree, words>> {
public:
    using Expression = ArrayExpression;
    using T = typename NumberOfTree<Tree>::type;
    static constexpr bool active = Tree::active;
    static constexpr Words kind = words;
    static constexpr bool evaluated = !is_call<Tree>;
    static constexpr bool cheap = kept_numbers<Tree, false> == 0;  // may as well be evaluated again
    /// What an entry is: a plain number, or a variable.
    using Scalar = std::conditional_t<active, Variable<T>, T>;
    using View = ArrayView<T, active, words>;

    ArrayExpression(Tree tree, Index rows, Index cols) : tree_(std::move(tree)), rows_(rows), cols_(cols) {}
    ArrayExpression(const ArrayExpression&) = default;
    ArrayExpression(ArrayExpression&&) noexcept = default;
    // Assigning to a temporary, as in `x.head(2) = y`, would do nothing: parts of a Matrix can be written.
    ArrayExpression& operator=(const ArrayExpression&) & = default;
    ArrayExpression& operator=(ArrayExpression&&) & noexcept = default;
    ~ArrayExpression() = default;
    explicit ArrayExpression(ArrayOperand<T> operand)
        requires evaluated
        : rows_(operand.rows), cols_(operand.cols) {
        tree_.operand = std::move(operand);
    }

    [[nodiscard]] Index rows() const { return rows_; }
    [[nodiscard]] Index cols() const { return cols_; }
    [[nodiscard]] Index size() const { return rows_ * cols_; }

    const ArrayExpression& expression() const& { return *this; }
    ArrayExpression&& expression() && { return std::move(*this); }

    /// The expression as it is, for a statement that it becomes part of.
    [[nodiscard]] const Tree& tree() const { return tree_; }
    /// Its entries, evaluated once.
    [[nodiscard]] const ArrayOperand<T>& operand() const {
        if constexpr (evaluated) {
            return tree_.operand;
        } else {
            if (!entries_) {
                const AtLine here(line_);
                entries_ = evaluate_array<T>(tree_, rows_, cols_);
            }
            return *entries_;
        }
    }
    [[nodiscard]] View eval() const { return View(operand()); }

    // ------------------------------------------------------------------------------------- entries, views

    Scalar operator()(Index i, Index j, SourceLine line = SourceLine::here()) const {
        if (i < 0 || i >= rows_ || j < 0 || j >= cols_) throw_block(i, j, 1, 1, rows_, cols_, line);
        return entry(operand().offset(i, j));
    }
    Scalar operator()(Index i, SourceLine line = SourceLine::here()) const {
        if (i < 0 || i >= size()) throw_block(i, 0, 1, 1, size(), 1, line);
        const auto& x = operand();
        return entry(cols_ == 1 ? i * x.inner : rows_ == 1 ? i * x.outer : x.offset(i));
    }
    Scalar operator[](IndexAt i) const { return (*this)(i.index, i.line); }

    /// What the words of BlockWords are made of: a view.
    [[nodiscard]] View part(const Rectangle& r, SourceLine line) const {
        const auto& x = operand();
        this->checked(r, line);
        return View(x.view(x.offset(r.row, r.col), r.rows, r.cols, x.inner, x.outer));
    }
    [[nodiscard]] View transpose() const { return View(operand().transposed()); }
    /// The entries in the order of columns, as another shape.
    [[nodiscard]] View reshaped(Index rows, Index cols, SourceLine line = SourceLine::here()) const {
        note(line);
        if (rows < 0 || cols < 0 || rows * cols != size()) throw_shapes("reshaped", rows_, cols_, rows, cols);
        const auto& x = operand();
        const bool is_vector = cols_ == 1 || rows_ == 1;
        if (is_vector && (cols == 1 || rows == 1)) {
            const Index stride = cols_ == 1 ? x.inner : x.outer;
            return View(cols == 1 ? x.view(0, rows, cols, stride, stride * rows)
                                  : x.view(0, rows, cols, 1, stride));
        }
        if (!x.is_dense()) return dense_copy().reshaped(rows, cols);
        return View(x.view(0, rows, cols, 1, rows));
    }
    [[nodiscard]] View reshaped() const { return reshaped(size(), 1); }

    // A named expression is evaluated where it is used; one that nobody else can see stays a statement to be
    // fused with the next. Hence the two overloads of what goes on entry by entry.
    [[nodiscard]] auto array() const& { return ArrayView<T, active, Words::array>(operand()); }
    [[nodiscard]] auto array() && { return with_words<Words::array>(); }
    [[nodiscard]] auto matrix() const& { return ArrayView<T, active, Words::matrix>(operand()); }
    [[nodiscard]] auto matrix() && { return with_words<Words::matrix>(); }

    // ----------------------------------------------------------------------------------------- reductions

    // Sums of cheap expressions never store their entries. Of a temporary one nobody has asked for these before:
    // nothing is compiled for that.
    [[nodiscard]] Scalar sum(SourceLine line = SourceLine::here()) const& {
        if constexpr (!evaluated) {
            if (entries_) return View(*entries_).sum(line);
        }
        return total(line);
    }
    [[nodiscard]] Scalar sum(SourceLine line = SourceLine::here()) && { return total(line); }
    [[nodiscard]] Scalar mean(SourceLine line = SourceLine::here()) const& { return average(*this, line); }
    [[nodiscard]] Scalar mean(SourceLine line = SourceLine::here()) && {
        return average(std::move(*this), line);
    }
    [[nodiscard]] Scalar squaredNorm(SourceLine line = SourceLine::here()) const& {
        if constexpr (!evaluated) {
            if (entries_ || !cheap) return View(operand()).squaredNorm(line);
        }
        return ArrayExpression(*this).squaredNorm(line);
    }
    [[nodiscard]] Scalar squaredNorm(SourceLine line = SourceLine::here()) && {
        note(line);
        if constexpr (evaluated || cheap) return apply_at<Square>(line, std::move(*this)).sum(line);
        else return View(operand()).squaredNorm(line);
    }
    [[nodiscard]] Scalar norm(SourceLine line = SourceLine::here()) const& {
        return apply<Sqrt>(squaredNorm(line));
    }
    [[nodiscard]] Scalar norm(SourceLine line = SourceLine::here()) && {
        return apply<Sqrt>(std::move(*this).squaredNorm(line));
    }
    template <class Other>
    [[nodiscard]] auto dot(Other&& other, SourceLine line = SourceLine::here()) const& {
        note(line);
        return apply_at<Multiply>(line, *this, std::forward<Other>(other)).sum(line);
    }
    template <class Other>
    [[nodiscard]] auto dot(Other&& other, SourceLine line = SourceLine::here()) && {
        note(line);
        return apply_at<Multiply>(line, std::move(*this), std::forward<Other>(other)).sum(line);
    }
    /// The first of equal ones; a NaN if there is one.
    [[nodiscard]] Scalar maxCoeff(SourceLine line = SourceLine::here()) const { return extreme(true, line); }
    [[nodiscard]] Scalar minCoeff(SourceLine line = SourceLine::here()) const { return extreme(false, line); }
    /// The same, and where it stands: its place in a vector, or its row and column.
    template <std::integral I>
    Scalar maxCoeff(I* place, SourceLine line = SourceLine::here()) const {
        note(line);
        return (*this)(extreme_at(true, place));
    }
    template <std::integral I>
    Scalar minCoeff(I* place, SourceLine line = SourceLine::here()) const {
        note(line);
        return (*this)(extreme_at(false, place));
    }
    template <std::integral I>
    Scalar maxCoeff(I* row, I* col, SourceLine line = SourceLine::here()) const {
        note(line);
        return (*this)(extreme_at(true, row, col));
    }
    template <std::integral I>
    Scalar minCoeff(I* row, I* col, SourceLine line = SourceLine::here()) const {
        note(line);
        return (*this)(extreme_at(false, row, col));
    }

    [[nodiscard]] auto colwise(SourceLine line = SourceLine::here()) const& {
        note(line);
        return Partial<View, Slices::by_column>(eval());
    }
    [[nodiscard]] auto rowwise(SourceLine line = SourceLine::here()) const& {
        note(line);
        return Partial<View, Slices::by_row>(eval());
    }
    [[nodiscard]] auto colwise(SourceLine line = SourceLine::here()) && {
        note(line);
        return Partial<ArrayExpression, Slices::by_column>(std::move(*this));
    }
    [[nodiscard]] auto rowwise(SourceLine line = SourceLine::here()) && {
        note(line);
        return Partial<ArrayExpression, Slices::by_row>(std::move(*this));
    }

private:
    // Of entries that nobody has asked for.
    [[nodiscard]] Scalar total(SourceLine line) const {
        note(line);
        if constexpr (evaluated || cheap) {
            const ScalarResult<T> result = evaluate_sum<T>(tree_, rows_, cols_);
            return scalar(result.tape, result.value, result.slot);
        } else {
            return View(operand()).sum(line);
        }
    }
    template <class Self>
    static Scalar average(Self&& self, SourceLine line) {
        note(line);
        const Index size = self.size();
        if (size == 0) throw_shapes("mean of no entries", self.rows(), self.cols(), 1, 1);
        return std::forward<Self>(self).sum(line) / static_cast<T>(size);
    }
    template <Words other>
    auto with_words() {
        return ArrayExpression<Tree, other>(std::move(tree_), rows_, cols_);
    }

    static Scalar scalar(Tape<T>* tape, const T& value, std::uint32_t slot) {
        if constexpr (active) {
            if (tape != nullptr) return Variable<T>(*tape, value, slot);
        }
        return value;
    }
    [[nodiscard]] Scalar entry(Index offset) const {
        const auto& x = operand();
        if (x.tape != nullptr) {
            if (x.generation != x.tape->generation()) throw_stale_handle();
            x.tape->read_by_entry(x.region());
        }
        return scalar(x.tape, x.values()[offset], static_cast<std::uint32_t>(x.slot + offset));
    }
    [[nodiscard]] Scalar extreme(bool largest, SourceLine line) const {
        note(line);
        return View(IndexNodes<T>::extremes(operand(), Slices::all, largest))(0);
    }
    template <class I>
    Index extreme_at(bool largest, I* row, I* col = nullptr) const {
        int place = 0;
        IndexNodes<T>::find_extremes(operand(), Slices::all, largest, &place);
        *row = static_cast<I>(col == nullptr ? place : place % rows_);
        if (col != nullptr) *col = static_cast<I>(place / rows_);
        return place;
    }
    [[nodiscard]] View dense_copy() const;

    Tree tree_;
    Index rows_;
    Index cols_;
    struct NoEntries {
        explicit operator bool() const { return false; }
        const ArrayOperand<T>& operator*() const { std::terminate(); }
    };
    // Where the expression was written, which is not where it is evaluated.
    std::conditional_t<evaluated, NoLine, WrittenAt> line_{};
    // The entries of an expression that has been evaluated.
    mutable std::conditional_t<evaluated, NoEntries, std::optional<ArrayOperand<T>>> entries_{};
};

}  // namespace hesse

#include "hesse/autodiff/array_statement.hpp"
