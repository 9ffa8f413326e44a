#pragma once

#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/sums/linearized_sum.hpp"
#include "hesse/autodiff/sums/part_makers.hpp"
#include "hesse/autodiff/sums/parts_of_rows.hpp"
#include "hesse/autodiff/sums/rows.hpp"

#include <Eigen/Core>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

/// Losses that are sums over rows of data, evaluated part by part.
namespace hesse {

/// A sum over data at one point: its value, its gradient and its matrices, exact and the same bit for bit on any number of
/// threads. Movable, not copyable.
template <class Part, class Term, class T>
class SumLinearization {
    using Linearized = LinearizedSum<Part, Term, T>;

public:
    using Scalar = T;
    using Vector = typename Linearized::Vector;

    SumLinearization(std::shared_ptr<const SumOfParts<Part, Term, T>> sum, const Eigen::Ref<const Vector>& x)
        : at_(std::make_unique<Linearized>(std::move(sum), x)), hessian_(*at_), gauss_newton_(*at_) {}

    [[nodiscard]] Index size() const { return at_->size(); }
    [[nodiscard]] Scalar value() const { return at_->value(); }
    /// The gradient (n), which lives with the linearisation.
    [[nodiscard]] Eigen::Map<const Vector> gradient() const& { return at_->gradient(); }
    [[nodiscard]] Vector gradient() && { return at_->gradient(); }
    /// The Hessian (n x n). The first product records the parts again, about a gradient more, and keeps as many recordings as
    /// FiniteSumOptions::memory allows; where all are kept, a further product costs about two gradients, else three.
    [[nodiscard]] const auto& hessian() const { return hessian_; }
    /// The Gauss-Newton matrix (n x n), of the sums that have one, and the Hessian of the term beside the sum.
    [[nodiscard]] const auto& gauss_newton() const
        requires requires(const typename Linearized::PartAt& at) { at.gauss_newton(); }
    {
        return gauss_newton_;
    }
    /// A first-order estimate of the rounding error of value(), from one part in eight, 16 at most; of a batch from 16 parts.
    [[nodiscard]] Scalar rounding_error() const { return at_->rounding_error(); }

    /// How many parts keep their recordings for further products, and the bytes that those hold.
    [[nodiscard]] Index kept_parts() const { return at_->kept_parts(); }
    [[nodiscard]] std::size_t kept_bytes() const { return at_->kept_bytes(); }

private:
    std::unique_ptr<Linearized> at_;
    SumOperator<Linearized, SumMatrix::hessian> hessian_;
    SumOperator<Linearized, SumMatrix::gauss_newton> gauss_newton_;
};

/// A sum without a further term.
struct NoTerm {
    template <class Theta>
    auto operator()(const Theta& theta) const {
        return theta.squaredNorm();  // never called
    }
};

/// How the rows of a sum are cut.
struct CutOfRows {
    Index rows;
    FiniteSumOptions options;
};

/// A loss that is a sum over rows of data, made by `finite_sum` and its siblings. It models the concept Objective of the
/// optimizers, and can be evaluated on some of its rows: `batch`.
template <class Maker, class Regularizer = NoTerm, bool regularizer_by_scalars = false>
class FiniteSum {
public:
    using Scalar = typename Maker::Scalar;
    using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
    using Part = decltype(std::declval<const Maker&>().on(std::declval<Rows>()));
    using Term = TapeObjective<Regularizer, Scalar, regularizer_by_scalars>;
    using Linearization = SumLinearization<Part, Term, Scalar>;
    using Sum = SumOfParts<Part, Term, Scalar>;

    /// Throws std::invalid_argument if there is no row or an option is out of range.
    FiniteSum(Index rows, Maker maker, const FiniteSumOptions& options, std::optional<Term> term = {})
        : maker_(std::make_shared<const Maker>(std::move(maker))), cut_{rows, options} {
        cut_.options.rows_per_part = std::min(options.rows_per_part, std::max<Index>(rows, 0));
        Index& per_part = cut_.options.rows_per_part;
        Communicator* const ranks = communicator();
        std::exception_ptr failure;
        try {
            options.check(rows);
        } catch (...) {
            if (ranks == nullptr) throw;
            failure = std::current_exception();
        }
        if (ranks != nullptr)
            require_same_sums(*ranks, failure, size(), rows, per_part, options.memory, options.average);
        if (per_part == 0) {  // the first rank's choice is that of all
            if (ranks == nullptr || ranks->rank() == 0) per_part = rows_for_a_part(*maker_, rows);
            if (ranks != nullptr) per_part = ranks->broadcast(per_part);
        }
        together(ranks, {}, "", [&] { make_sum(parts_of_rows(rows, per_part, ranks), std::move(term)); });
    }

    /// Number n of parameters.
    [[nodiscard]] Index size() const { return maker_->size(); }
    /// Number N of rows of the data; of those listed, of a batch.
    [[nodiscard]] Index rows() const { return listed_ ? static_cast<Index>(listed_->size()) : cut_.rows; }
    /// Into how many parts the rows are cut, of how many rows each; the last may have fewer. Neither depends on threads.
    [[nodiscard]] Index parts() const { return sum_->total; }
    [[nodiscard]] Index rows_per_part() const { return cut_.options.rows_per_part; }
    [[nodiscard]] int threads() const { return sum_->threads; }
    /// The processes among which the rows are divided; null where this one has all.
    [[nodiscard]] Communicator* communicator() const { return cut_.options.communicator.get(); }

    /// The same sum and `regularizer(theta)`, once: what does not depend on data. It is not averaged, and belongs to every batch.
    template <class R>
    [[nodiscard]] auto plus(R regularizer) const {
        static_assert(std::same_as<Regularizer, NoTerm>,
                      "hesse::FiniteSum: there is a term besides the sum already");
        constexpr bool by_scalars = !ArrayLoss<R, Scalar>;
        return FiniteSum<Maker, R, by_scalars>(
            maker_, cut_, PartsHere{rows_, sum_->first, sum_->total}, listed_,
            TapeObjective<R, Scalar, by_scalars>(std::move(regularizer), size()));
    }

    /// The loss at x (n), without recording. NaN or infinity where the loss gives that: see not_finite_row.
    /// Throws std::invalid_argument if x has another size or entries that are not finite, on any rank, or is not the same on all.
    [[nodiscard]] Scalar value(const Eigen::Ref<const Vector>& x) const {
        Scalar sum = 0, of_term = 0;
        sum_->over_ranks_at("a value", x, &sum, 1, [&](Scalar* out) {
            if (sum_->term) of_term = sum_->term->value(x);
            std::vector<Scalar> values(sum_->parts.size(), Scalar(0));
            for_each_task(sum_->count(), threads(), [&](Index k) {
                if (!sum_->empty(k))
                    values[static_cast<std::size_t>(k)] = static_cast<Scalar>(sum_->part(k).value(x));
            });
            *out = sum_along_tree(values.data(), sum_->count());
        });
        return sum * sum_->weight + of_term;
    }

    /// The loss at x (n) with its gradient, and ready for products. Runs the loss once on every part. Throws as `value` does;
    /// what the loss throws passes through and leaves everything as it was.
    [[nodiscard]] Linearization linearize(const Eigen::Ref<const Vector>& x) const { return {sum_, x}; }

    /// The loss estimated from the rows listed, each as often as it is there: N / b of their sum, or their average where that
    /// is what all rows give, and the regularizer. Throws std::invalid_argument if the list is empty or names a row that there
    /// is not, or is not the same on all ranks. A batch is a sum over its rows, counted from 0 in their order: batches of it, as
    /// methods on batches draw them, are of these, as a part of the data that is there to train on.
    [[nodiscard]] FiniteSum batch(std::span<const Index> listed) const {
        std::optional<FiniteSum> some;
        together(communicator(), Fingerprint(listed.data(), listed.size_bytes()),
                 "finite_sum: the rows of a batch are", [&] {
                     require_rows(listed, rows());
                     auto of_data = std::make_shared<std::vector<Index>>(listed.begin(), listed.end());
                     if (listed_)
                         for (Index& row : *of_data) row = (*listed_)[static_cast<std::size_t>(row)];
                     PartsHere here = parts_of_rows(cut_.rows, rows_per_part(), communicator(), *of_data);
                     some.emplace(FiniteSum(maker_, cut_, std::move(here), std::move(of_data), sum_->term));
                 });
        return std::move(*some);
    }

    /// The number of the first row whose loss is not finite at x (n), if there is one: where a NaN comes from. Ranks look for it
    /// together.
    [[nodiscard]] std::optional<Index> not_finite_row(const Eigen::Ref<const Vector>& x) const {
        if (communicator() == nullptr) {
            check(x);
            return not_finite_row_here(x);
        }
        std::vector<double> found(static_cast<std::size_t>(communicator()->size()), 0.0);
        together(communicator(), Fingerprint(x.data(), static_cast<std::size_t>(x.size()) * sizeof(Scalar)),
                 "finite_sum: the point is", [&] {
                     check(x);
                     if (const auto row = not_finite_row_here(x))
                         found[static_cast<std::size_t>(communicator()->rank())] =
                             static_cast<double>(*row + 1);
                 });
        communicator()->sum(found.data(), found.size(), "the row that is not finite");
        std::optional<Index> first;
        for (const double row : found)
            if (row > 0.0 && (!first || row <= static_cast<double>(*first)))
                first = static_cast<Index>(row) - 1;
        return first;
    }

private:
    template <class, class, bool>
    friend class FiniteSum;

    [[nodiscard]] std::optional<Index> not_finite_row_here(const Eigen::Ref<const Vector>& x) const {
        for (Index k = 0; k < sum_->count(); ++k) {
            if (sum_->empty(k) || std::isfinite(sum_->part(k).value(x))) continue;
            for (Index i = 0; i < rows_[static_cast<std::size_t>(k)].size(); ++i) {
                const Rows row = rows_[static_cast<std::size_t>(k)].only(i);
                if (!std::isfinite(maker_->on(row).value(x))) return row[0];
            }
        }
        return std::nullopt;
    }

    FiniteSum(std::shared_ptr<const Maker> maker, CutOfRows cut, PartsHere here,
              std::shared_ptr<const std::vector<Index>> listed, std::optional<Term> term)
        : maker_(std::move(maker)), cut_(std::move(cut)), listed_(std::move(listed)) {
        make_sum(std::move(here), std::move(term));
    }

    /// Of these parts, which have the rows of this sum.
    void make_sum(PartsHere here, std::optional<Term> term) {
        auto sum = std::make_shared<Sum>();
        rows_ = std::move(here.parts);
        sum->parts.reserve(rows_.size());
        for (const Rows& part : rows_) {
            sum->parts.push_back(maker_->on(part));
            sum->rows.push_back(part.size());
        }
        sum->first = here.first;
        sum->total = here.total;
        // One part in eight, not to spend a gradient on it; all of a few where some may be empty.
        sum->sample = std::min<Index>(16, listed_ ? here.total : (here.total + 7) / 8);
        sum->communicator = cut_.options.communicator;
        sum->term = std::move(term);
        const double all = cut_.options.average ? 1.0 : static_cast<double>(cut_.rows);
        sum->weight = static_cast<Scalar>(all / static_cast<double>(rows()));
        sum->size = size();
        sum->threads = cut_.options.threads == 0 ? hardware_threads() : cut_.options.threads;
        sum->memory = cut_.options.memory;
        sum_ = std::move(sum);
    }
    void check(const Eigen::Ref<const Vector>& x) const {
        require_size("finite_sum: the point", x.size(), size());
        require_finite("finite_sum: the point", x.data(), x.size());
    }

    std::shared_ptr<const Maker> maker_;
    CutOfRows cut_;
    std::vector<Rows> rows_;                            // of the parts on this rank
    std::shared_ptr<const std::vector<Index>> listed_;  // of a batch, on all ranks; else null
    std::shared_ptr<const Sum> sum_;
};

/// The sum over N rows of data of a loss of n parameters: loss(theta, part) gives the sum over the rows of one part.
///
///     auto f = finite_sum(N, [&](const auto& w, const Rows& rows) {
///         const auto margins = (rows.of(x) * w).array() * rows.of(y).array();
///         return log(1.0 + exp(-margins)).sum();
///     }, d, {.average = true}).plus([](const auto& w) { return 0.005 * w.squaredNorm(); });
///
/// Memory is bounded by the parts that are worked on, one a thread. Data must outlive the sum unchanged. For scalar code
/// in a generic lambda pass the tag `scalars`, as to `objective`.
/// Throws std::invalid_argument if N or n is less than 1 or an option is out of range.
template <class T = double, class Loss>
auto finite_sum(Index rows, Loss loss, Index n, const FiniteSumOptions& options = {}) {
    constexpr bool by_scalars = !ArrayLoss<LossOfRows<Loss>, T>;
    using Maker = LossByRows<Loss, T, by_scalars>;
    return FiniteSum<Maker>(rows, Maker(std::move(loss), n), options);
}
template <class T = double, class Loss>
auto finite_sum(Index rows, Loss loss, Index n, ScalarCode, const FiniteSumOptions& options = {}) {
    using Maker = LossByRows<Loss, T, true>;
    return FiniteSum<Maker>(rows, Maker(std::move(loss), n), options);
}

/// The sum of outer(inner(theta, part), part) over the parts, with a Gauss-Newton matrix: see `composed`.
template <class T = double, class Outer, class Inner>
auto composed_sum(Index rows, Outer outer, Inner inner, Index n, const FiniteSumOptions& options = {}) {
    constexpr bool by_scalars = !ArrayLoss<LossOfRows<Inner>, T>;
    using Maker = ComposedByRows<Outer, Inner, T, by_scalars>;
    return FiniteSum<Maker>(rows, Maker(std::move(outer), std::move(inner), n), options);
}

/// Half the sum of the squares of residuals(theta, part), over the parts. Its Gauss-Newton matrix is J'J.
template <class T = double, class Residuals>
auto least_squares_sum(Index rows, Residuals residuals, Index n, const FiniteSumOptions& options = {}) {
    return composed_sum<T>(
        rows, [](const auto& r, const Rows&) { return T(0.5) * r.squaredNorm(); }, std::move(residuals), n,
        options);
}

/// A sum whose parts are objectives of one's own: make(rows) returns one of n parameters, and may be called by any thread.
template <class Make>
auto sum_of_objectives(Index rows, Make make, Index n, const FiniteSumOptions& options = {}) {
    return FiniteSum<MadeByRows<Make>>(rows, MadeByRows<Make>(std::move(make), n), options);
}

}  // namespace hesse
