#pragma once

#include "hesse/autodiff/array_statement.hpp"

/// Columns and rows of a matrix at once.
namespace hesse {

/// A matrix seen as its columns (by_column) or its rows (by_row): what Eigen's colwise() and rowwise() give.
template <class Expression, Slices slices>
class Partial {
public:
    using T = typename Expression::T;
    static constexpr bool active = Expression::active;
    using View = ArrayView<T, active, Expression::kind>;

    explicit Partial(Expression expression) : expression_(std::move(expression)) {}

    [[nodiscard]] View sum(SourceLine line = SourceLine::here()) const {
        note(line);
        return View(ArrayNodes<T>::sum(expression_.operand(), slices));
    }
    [[nodiscard]] auto mean(SourceLine line = SourceLine::here()) const {
        return apply_at<Multiply>(line, sum(line), T(1) / static_cast<T>(length()));
    }
    [[nodiscard]] auto squaredNorm(SourceLine line = SourceLine::here()) const {
        auto squares = apply_at<Square>(line, Expression(expression_));
        return Partial<decltype(squares), slices>(std::move(squares)).sum(line);
    }
    [[nodiscard]] auto norm(SourceLine line = SourceLine::here()) const {
        return apply_at<Sqrt>(line, squaredNorm(line));
    }
    [[nodiscard]] View prod(SourceLine line = SourceLine::here()) const {
        note(line);
        return View(ArrayNodes<T>::product(expression_.operand(), slices));
    }
    /// The first of equal ones; a NaN if there is one.
    [[nodiscard]] View maxCoeff(SourceLine line = SourceLine::here()) const {
        note(line);
        return View(IndexNodes<T>::extremes(expression_.operand(), slices, true));
    }
    [[nodiscard]] View minCoeff(SourceLine line = SourceLine::here()) const {
        note(line);
        return View(IndexNodes<T>::extremes(expression_.operand(), slices, false));
    }
    /// The entries of each in reverse order.
    [[nodiscard]] View reverse(SourceLine line = SourceLine::here()) const {
        note(line);
        return View(IndexNodes<T>::reverse(expression_.operand(), slices));
    }
    /// Each divided by its norm.
    [[nodiscard]] auto normalized(SourceLine line = SourceLine::here()) const {
        note(line);
        const View x(expression_.operand());
        const Partial<View, slices> parts(x);
        if constexpr (slices == Slices::by_column) return x.rowwise() / parts.norm();
        else return x.colwise() / parts.norm();
    }

    template <class V>
    friend auto operator+(OperandAt<Partial> a, V&& vector) {
        return a.x.template combine<Add>(a.line, std::forward<V>(vector));
    }
    template <class V>
    friend auto operator-(OperandAt<Partial> a, V&& vector) {
        return a.x.template combine<Subtract>(a.line, std::forward<V>(vector));
    }
    template <class V>
    friend auto operator*(OperandAt<Partial> a, V&& vector) {
        return a.x.template combine<Multiply>(a.line, std::forward<V>(vector));
    }
    template <class V>
    friend auto operator/(OperandAt<Partial> a, V&& vector) {
        return a.x.template combine<Divide>(a.line, std::forward<V>(vector));
    }

private:
    [[nodiscard]] Index length() const {
        return slices == Slices::by_column ? expression_.rows() : expression_.cols();
    }

    template <class Rule, class V>
    auto combine(SourceLine line, V&& vector) const {
        note(line);
        constexpr bool active_vector = is_active_argument<V>;
        Tape<T>* tape = nullptr;
        if constexpr (active || active_vector) {
            tape = tape_of_argument<T>(expression_);
            if (tape == nullptr) tape = tape_of_argument<T>(vector);
        }
        const ArrayOperand<T> v = entries_of<T>(std::forward<V>(vector), tape);
        if (!v.is_vector() || v.size() != length()) {
            throw_shapes(slices == Slices::by_column ? "colwise" : "rowwise", expression_.rows(),
                         expression_.cols(), v.rows, v.cols);
        }
        ArrayView<T, active_vector, Expression::kind> repeated(slices == Slices::by_column
                                                                   ? v.repeated_columns(expression_.cols())
                                                                   : v.repeated_rows(expression_.rows()));
        return apply_at<Rule>(line, Expression(expression_), std::move(repeated));
    }

    Expression expression_;
};

template <class Tree, Words words>
auto ArrayExpression<Tree, words>::dense_copy() const -> View {
    return View(evaluate_array<T>(ArrayLeaf<T, active>{operand()}, rows_, cols_));
}

}  // namespace hesse
