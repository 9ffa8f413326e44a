#pragma once

#include "hesse/autodiff/engine/statement_plan.hpp"
#include "hesse/autodiff/evaluation.hpp"
#include "hesse/autodiff/expression.hpp"
#include "hesse/autodiff/memory.hpp"
#include "hesse/autodiff/tape.hpp"

#include <algorithm>
#include <vector>

namespace hesse {

/// The derivatives of scalar statements at one point, as numbers: what all products there have in common. With t the
/// tangents of slots and s the derivatives of their adjoints, the statement y = phi(x) takes part in a product by
///
///     t_y  = sum_i phi_i t_i                                 forward
///     s_i += phi_i s_y + sum_j (y_bar phi_ij) t_j            backward
///
/// so that statements are the rows of a sparse triangular matrix of partials, and terms of a sparse symmetric matrix of
/// weighted second partials, in which equal terms of different statements are one (the extended Jacobian and Hessian of
/// Griewank and Walther, Evaluating Derivatives, 2008). Where nothing but scalar statements is on the tape, a result
/// a single statement reads, and that depends on two numbers at most, is eliminated: its reader depends on these two
/// instead. Of a loss whose terms have few variables nothing but its sparse Hessian remains.
template <class T>
class LocalDerivatives {
public:
    /// Partials alone serve Jacobians; second partials are of one set of adjoints.
    enum class Content { nothing, partials, second_partials };
    Content content = Content::nothing;
    /// How a single product at this point is made: with what is kept, or by sweeps over the statements.
    enum class Way { unknown, kept, sweeps };
    Way way = Way::unknown;
    void forget() {
        content = Content::nothing;
        way = Way::unknown;
    }

    /// Where the numbers go.
    StatementPlan plan;

    /// Fills numbers in, statement by statement.
    class Filling {
    public:
        Filling(LocalDerivatives& local, bool second);
        /// Whether the next segment begins where it was planned.
        bool begins_at(std::size_t slot) {
            return local_.plan.matrices().segments[segment_++].first_slot == slot;
        }
        /// Those of the next statement. False if it is another than was planned.
        bool add(const Operations<T>& operations, const SweepArrays<T>& arrays, const std::byte* payload,
                 std::uint32_t y);

    private:
        void add_terms(const StatementPlan::Recipe& recipe);

        LocalDerivatives& local_;
        const bool second_;
        std::size_t segment_ = 0;
        const std::uint32_t* script_;
        T* next_partial_;
        T* next_factor_;
        T *const factors_, *const entries_;
        T partials_[largest_statement], second_partials_[largest_statement * largest_statement];
        T factor_[2 * largest_statement];  // of the statement's variables
    };
    void finish();

    /// Numbers t and s have, each.
    [[nodiscard]] std::size_t size() const { return plan.size(); }
    [[nodiscard]] const std::vector<StatementMatrices::Segment>& segments() const {
        return matrices_->segments;
    }

    /// Sweeps over the statements of a segment. t and s: `lanes` numbers a place, side by side. `backward` adds to s, or,
    /// where results are eliminated, starts it.
    template <std::size_t lanes = 1>
    void forward(std::size_t segment, T* t) const;
    template <std::size_t lanes = 1>
    void backward(std::size_t segment, const T* t, T* s) const;

    /// J'WJ itself, the upper triangle, where results are eliminated: see sparse_hessian.hpp.
    [[nodiscard]] std::vector<HessianEntry<T>> sparse_hessian(std::size_t parameters,
                                                              std::size_t most_entries) const;

    [[nodiscard]] std::size_t capacity_in_bytes() const {
        return plan.capacity_in_bytes() + partials_.capacity_in_bytes() + factors_.capacity_in_bytes() +
               entries_.capacity_in_bytes() + curvature_.capacity_in_bytes();
    }

private:
    void leave_out_zeros();
    void cut_off_unread();
    template <std::size_t lanes, bool all>
    static void multiply(const SparseRows& rows, std::size_t row, std::size_t end_row, const T* numbers,
                         std::size_t entry, const T* in, T* out);

    Arena<T> partials_, curvature_;  // in the rows of the plan's matrices
    Arena<T> factors_;               // of eliminated results
    Arena<T> entries_;               // of the upper triangle
    const StatementMatrices* matrices_ = nullptr;
    StatementMatrices without_zeros_;
    bool second_ = false;
};

template <class T>
LocalDerivatives<T>::Filling::Filling(LocalDerivatives& local, bool second)
    : local_(local),
      second_(second),
      script_(local.plan.script()),
      next_partial_(local.partials_.resized(local.plan.matrices().partials.columns.size())),
      next_factor_(local.factors_.resized(2 * local.plan.eliminated() + 2)),
      factors_(next_factor_),
      entries_(local.entries_.resized(local.plan.entries())) {
    local.second_ = second;
    std::fill_n(entries_, local.plan.entries(), T(0));
    *next_factor_++ = T(1);  // of variables that are not eliminated
    *next_factor_++ = T(0);
}

template <class T>
[[gnu::always_inline]] inline bool LocalDerivatives<T>::Filling::add(const Operations<T>& operations,
                                                                     const SweepArrays<T>& arrays,
                                                                     const std::byte* payload,
                                                                     std::uint32_t y) {
    using Recipe = StatementPlan::Recipe;
    const Recipe& recipe = local_.plan.recipe(*script_++);
    for (int i = 0; i < recipe.operands; ++i) {
        if (*script_++ != operations.payload.slot(payload, i)) return false;
    }
    if (recipe.in_place && *script_++ != y) return false;
    const bool curved = second_ && !recipe.terms.empty();
    if (!recipe.constant) {
        operations.linearize(arrays, payload, y, recipe.variables, partials_,
                             curved ? second_partials_ : nullptr);
    }
    if (recipe.expands) {
        for (int i = 0; i < recipe.variables.count; ++i) {
            const T* const factors = factors_ + 2 * std::size_t{*script_++};
            factor_[2 * i] = factors[0];
            factor_[2 * i + 1] = factors[1];
        }
    }
    if (recipe.restored != 0) [[unlikely]] {
        next_partial_ = std::copy_n(factors_ + 2 * std::size_t{*script_++}, recipe.restored, next_partial_);
    }
    if (curved) add_terms(recipe);
    script_ += recipe.terms.size();

    T* shares = next_partial_;
    if (recipe.target == Recipe::Target::none) return true;
    if (recipe.target == Recipe::Target::row) {
        next_partial_ += recipe.count;
    } else {
        shares = next_factor_;
        next_factor_ += 2;
    }
    if (!recipe.expands) {
        for (int i = 0; i < recipe.count; ++i) shares[i] = partials_[i];
        return true;
    }
    for (int i = 0; i < recipe.count; ++i) shares[i] = T(0);
    for (const Recipe::Share& share : recipe.shares) {
        const T& partial = partials_[share.factor / 2];
        if (!vanishes(partial)) shares[share.to] = shares[share.to] + partial * factor_[share.factor];
    }
    return true;
}

template <class T>
[[gnu::always_inline]] inline void LocalDerivatives<T>::Filling::add_terms(
    const StatementPlan::Recipe& recipe) {
    const std::uint32_t* number = script_;
    for (const StatementPlan::Recipe::Term& term : recipe.terms) {
        const T& w = second_partials_[term.pair];
        T& entry = entries_[*number++];
        if (!recipe.expands) {
            entry = entry + w;
        } else if (!vanishes(w)) {
            const T product = w * factor_[term.left] * factor_[term.right];
            entry = entry + (term.twice ? T(product + product) : product);
        }
    }
}

template <class T>
void LocalDerivatives<T>::finish() {
    matrices_ = &plan.matrices();
    const Arena<std::uint32_t>& entry_of = plan.entry_of();
    curvature_.resize(second_ ? entry_of.size() : 0);
    // Sums of zero times each number are zero while all are finite; several of them side by side.
    constexpr std::size_t at_once = 16;
    T sums[at_once];
    std::fill_n(sums, at_once, T(0));
    const auto add = [&sums](const T* numbers, std::size_t count) {
        for (std::size_t k = 0; k < count; ++k) sums[k] = sums[k] + T(0) * numbers[k];
    };
    const auto in_blocks = [](std::size_t size, const auto& block) {
        std::size_t i = 0;
        for (; i + at_once <= size; i += at_once) block(i, at_once);
        block(i, size - i);
    };
    in_blocks(curvature_.size(), [&](std::size_t first, std::size_t count) {
        for (std::size_t e = first; e < first + count; ++e) curvature_[e] = entries_[entry_of[e]];
        add(curvature_.data() + first, count);
    });
    in_blocks(partials_.size(),
              [&](std::size_t first, std::size_t count) { add(partials_.data() + first, count); });
    if (!std::all_of(sums, sums + at_once, [](const T& sum) { return vanishes(sum); })) leave_out_zeros();
}

// A zero times an infinite slope, as in the branch that select did not take, is no derivative.
template <class T>
void LocalDerivatives<T>::leave_out_zeros() {
    const StatementMatrices& all = plan.matrices();
    StatementMatrices& kept = without_zeros_ = {};
    kept.segments = all.segments;
    kept.without_curvature = all.without_curvature;
    const auto copy_rows = [](const SparseRows& from, std::size_t row, std::size_t end_row, T* numbers,
                              std::size_t entry, SparseRows& to) {
        for (; row < end_row; ++row) {
            to.rows.push_back({from.rows[row].place, 0, from.rows[row].adds});
            for (std::uint32_t k = 0; k < from.rows[row].count; ++k, ++entry) {
                if (vanishes(numbers[entry])) continue;
                numbers[to.columns.size()] = numbers[entry];
                to.columns.push_back(from.columns[entry]);
                ++to.rows.back().count;
            }
        }
    };
    for (StatementMatrices::Segment& segment : kept.segments) {
        const StatementMatrices::Segment was = segment;
        segment.partial = kept.partials.columns.size();
        segment.curvature = kept.curvature.columns.size();
        copy_rows(all.partials, was.row, was.end_row, partials_.data(), was.partial, kept.partials);
        segment.end_partial = kept.partials.columns.size();
        if (second_) {
            copy_rows(all.curvature, was.curvature_row, was.end_curvature_row, curvature_.data(),
                      was.curvature, kept.curvature);
        }
    }
    matrices_ = &kept;
    if (second_ && plan.eliminates()) cut_off_unread();
}

// Nor are infinite slopes of what reaches the loss through zeros alone.
template <class T>
void LocalDerivatives<T>::cut_off_unread() {
    const SparseRows& partials = without_zeros_.partials;
    std::vector<bool> read(size());
    for (std::size_t r = 0; r < without_zeros_.curvature.rows.size(); ++r) {
        const SparseRows::Row row = without_zeros_.curvature.rows[r];
        if (row.count != 0) read[row.place] = true;
    }
    std::size_t entry = partials.columns.size();
    for (std::size_t r = partials.rows.size(); r-- > 0;) {
        const SparseRows::Row row = partials.rows[r];
        entry -= row.count;
        if (!read[row.place]) {
            std::fill_n(&partials_[entry], row.count, T(0));
            continue;
        }
        for (std::uint32_t k = 0; k < row.count; ++k) read[partials.columns[entry + k]] = true;
    }
}

// out = rows [row, end_row) of a matrix, whose numbers begin at `entry`, times in, which may be out; rows that add, `all` or
// those that say so, add to it.
template <class T>
template <std::size_t lanes, bool all>
void LocalDerivatives<T>::multiply(const SparseRows& rows, std::size_t row, std::size_t end_row,
                                   const T* numbers, std::size_t entry, const T* in, T* out) {
    const T* number = numbers + entry;
    const std::uint32_t* column = rows.columns.data() + entry;
    for (; row < end_row; ++row) {
        const SparseRows::Row at = rows.rows[row];
        T* const to = out + at.place * lanes;
        T sum[lanes];
        for (std::size_t l = 0; l < lanes; ++l) sum[l] = all || at.adds ? to[l] : T(0);
        for (std::size_t k = at.count; k != 0; --k, ++number, ++column) {
            const T* const from = in + *column * lanes;
            for (std::size_t l = 0; l < lanes; ++l) sum[l] = sum[l] + *number * from[l];
        }
        for (std::size_t l = 0; l < lanes; ++l) to[l] = sum[l];
    }
}

template <class T>
template <std::size_t lanes>
void LocalDerivatives<T>::forward(std::size_t segment, T* t) const {
    const StatementMatrices::Segment& at = segments()[segment];
    multiply<lanes, false>(matrices_->partials, at.row, at.end_row, partials_.data(), at.partial, t, t);
}

template <class T>
template <std::size_t lanes>
void LocalDerivatives<T>::backward(std::size_t segment, const T* t, T* s) const {
    const StatementMatrices::Segment& at = segments()[segment];
    if (plan.eliminates()) {
        for (const std::uint32_t place : matrices_->without_curvature)
            std::fill_n(s + place * lanes, lanes, T(0));
        multiply<lanes, false>(matrices_->curvature, at.curvature_row, at.end_curvature_row,
                               curvature_.data(), at.curvature, t, s);
    } else {
        multiply<lanes, true>(matrices_->curvature, at.curvature_row, at.end_curvature_row, curvature_.data(),
                              at.curvature, t, s);
    }
    const SparseRows& rows = matrices_->partials;
    const T* partial = partials_.data() + at.end_partial;
    const std::uint32_t* x = rows.columns.data() + at.end_partial;
    for (std::size_t r = at.end_row; r-- > at.row;) {
        const SparseRows::Row row = rows.rows[r];
        T y[lanes];
        for (std::size_t l = 0; l < lanes; ++l) y[l] = s[row.place * lanes + l];
        if constexpr (lanes == 1) {
            if (vanishes(y[0])) {
                partial -= row.count;
                x -= row.count;
                continue;
            }
        }
        for (std::size_t k = row.count; k != 0; --k) {
            --partial;
            T* const x_bar = s + *--x * lanes;
            for (std::size_t l = 0; l < lanes; ++l) x_bar[l] = x_bar[l] + *partial * y[l];
        }
    }
}

}  // namespace hesse
