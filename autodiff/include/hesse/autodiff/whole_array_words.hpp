#pragma once

#include "hesse/autodiff/dual.hpp"
#include "hesse/autodiff/index_nodes.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/rule.hpp"

#include <Eigen/Core>

#include <type_traits>
#include <utility>

namespace hesse {

/// The elementary function that a callable without state is; its derivative is what the callable makes of a dual.
template <class Callable>
struct RuleOf {
    static_assert(
        std::is_empty_v<Callable> && std::is_default_constructible_v<Callable>,
        "hesse: unaryExpr takes a generic lambda that captures nothing, `[](const auto& x) { ... }`, "
        "of the library's functions");
    static constexpr std::string_view name = "unaryExpr";
    static constexpr Keep keep = Keep::derivatives;
    template <class T>
    static T value(const T& x) {
        return T(Callable{}(x));
    }
    template <class T>
    static T partial(const T& x, const T&) {
        return Dual<T>(Callable{}(Dual<T>(x, T(one<T>)))).tangent;
    }
};

/// Eigen's member functions of an array as a whole that the words of ArrayExpression can say: for arrays, and for what
/// owns entries.
template <class Derived>
class WholeArrayWords {
public:
    /// The product of all entries; zeros among them do no harm to its derivatives.
    [[nodiscard]] auto prod(SourceLine line = SourceLine::here()) const {
        note(line);
        return view(nodes().product(operand(), Slices::all))(0);
    }

    /// The norm, where squares of entries overflow or vanish.
    [[nodiscard]] auto stableNorm(SourceLine line = SourceLine::here()) const {
        note(line);
        const auto& x = expression();
        if (x.size() == 0) return x.norm();
        const auto largest = value_of(x.cwiseAbs().maxCoeff());
        const auto scale = largest > 0 && largest - largest == 0 ? largest : decltype(largest)(1);
        auto norm = (x / scale).norm();
        norm *= scale;
        return norm;
    }
    /// x / |x|, and 0 as it is.
    [[nodiscard]] auto normalized(SourceLine line = SourceLine::here()) const {
        note(line);
        const auto& x = expression();
        auto norm = x.norm();
        if (!(value_of(norm) > 0) && !(value_of(norm) != value_of(norm))) norm = 1.0;
        return apply_at<Divide>(line, x, norm);
    }
    /// Norms: the sum of the absolute values (p = 1), the square root of the sum of squares (2), the largest absolute
    /// value (Eigen::Infinity).
    template <int p>
    [[nodiscard]] auto lpNorm(SourceLine line = SourceLine::here()) const {
        note(line);
        static_assert(p == 1 || p == 2 || p == Eigen::Infinity,
                      "hesse: lpNorm is there for p = 1, 2 and Infinity");
        const auto& x = expression();
        if constexpr (p == 1) return x.cwiseAbs().sum();
        else if constexpr (p == 2) return x.norm();
        else return x.cwiseAbs().maxCoeff();
    }

    /// The entries (i, i + k), a column, as a view. Throws std::out_of_range if there is no such diagonal.
    [[nodiscard]] auto diagonal(Index k = 0, SourceLine line = SourceLine::here()) const {
        const auto& x = operand();
        if (k > x.cols || -k > x.rows) throw_block(k < 0 ? -k : 0, k < 0 ? 0 : k, 1, 1, x.rows, x.cols, line);
        const Index n = k < 0 ? std::min(x.rows + k, x.cols) : std::min(x.rows, x.cols - k);
        const Index step = x.inner + x.outer;
        return view(x.view(n == 0 ? 0 : (k < 0 ? x.offset(-k, 0) : x.offset(0, k)), n, 1, step, n * step));
    }
    /// The sum of the diagonal.
    [[nodiscard]] auto trace(SourceLine line = SourceLine::here()) const { return diagonal().sum(line); }

    /// Copies of this, `down` of them below each other, `across` beside each other.
    [[nodiscard]] auto replicate(Index down, Index across, SourceLine line = SourceLine::here()) const {
        note(line);
        return view(indexed().replicate(operand(), down, across));
    }
    template <int down, int across>
    [[nodiscard]] auto replicate(SourceLine line = SourceLine::here()) const {
        return replicate(down, across, line);
    }
    /// All entries in reverse order.
    [[nodiscard]] auto reverse(SourceLine line = SourceLine::here()) const {
        note(line);
        return view(indexed().reverse(operand(), Slices::all));
    }

    // What a comparison, an array of ones and zeros, says of its entries. Plain answers: nothing is recorded.
    [[nodiscard]] Index count() const {
        const auto& x = operand();
        const auto* values = x.values();
        Index number = 0;
        for (Index j = 0; j < x.cols; ++j) {
            for (Index i = 0; i < x.rows; ++i) number += values[x.offset(i, j)] != 0 ? 1 : 0;
        }
        return number;
    }
    [[nodiscard]] bool any() const { return count() != 0; }
    [[nodiscard]] bool all() const { return count() == operand().size(); }
    [[nodiscard]] bool allFinite() const {
        const auto& x = operand();
        const auto* values = x.values();
        bool finite = true;
        for (Index j = 0; j < x.cols; ++j) {
            for (Index i = 0; i < x.rows; ++i) {
                finite = finite && values[x.offset(i, j)] - values[x.offset(i, j)] == 0;
            }
        }
        return finite;
    }
    /// Entries of a where this, a comparison, holds, and of b where it does not.
    template <class A, class B>
    [[nodiscard]] auto select(A&& a, B&& b, SourceLine line = SourceLine::here()) const {
        return apply_at<Select>(line, expression(), std::forward<A>(a), std::forward<B>(b));
    }
    /// f(x) of each entry, for a lambda that captures nothing and is generic in its number: `[](const auto& x) { return
    /// x * exp(x); }`. It is called with packs of numbers and with duals: it may not branch on values, but `select`.
    template <class F>
    [[nodiscard]] auto unaryExpr(const F&, SourceLine line = SourceLine::here()) const {
        return apply_at<RuleOf<F>>(line, expression());
    }

private:
    [[nodiscard]] decltype(auto) expression() const {
        return static_cast<const Derived&>(*this).expression();
    }
    [[nodiscard]] auto operand() const { return expression().operand(); }
    template <class Operand>
    [[nodiscard]] static auto view(Operand&& operand) {
        return typename Derived::Expression::View(std::forward<Operand>(operand));
    }
    [[nodiscard]] static auto nodes() { return ArrayNodes<typename Derived::Expression::T>{}; }
    [[nodiscard]] static auto indexed() { return IndexNodes<typename Derived::Expression::T>{}; }
};

}  // namespace hesse
